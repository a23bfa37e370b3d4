"""Receiving (收货): against a purchase and the supplier's delivery note, into the zone awaiting inspection."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import connection

from qudao.catalog import queries as catalog
from qudao.inventory import operations as inventory
from qudao.inventory import queries as inventory_queries
from qudao.kernel import decisions, errors, journal, locks, numbering, periods, records, scope
from qudao.supply import models, queries, rules

RECEIVE = "supply.receipt.manage"
ORIGIN = "supply.receipt"

_RECEIVED = """
UPDATE supply_purchaseline l SET received = l.received + a.quantity, entry = %s::uuid
FROM unnest(%s::int[], %s::numeric[]) AS a (id, quantity) WHERE l.id = a.id
"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """What arrived of a purchase line. With a `scan`, `quantity` counts the scanned packages and what is
    typed must agree with it; without, `quantity` is base units."""

    purchase_line_no: int
    quantity: Decimal
    scan: str | None = None
    lot: str = ""
    serial: str = ""
    produced_on: dt.date | None = None
    last_usable_on: dt.date | None = None


def receive_goods(
    *,
    purchase_id: uuid.UUID,
    delivery_note: str,
    lines: Sequence[ReceiptLine],
    arrival_temperature: Decimal | None = None,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.ReceiptView:
    """Take a delivery in; its cost is the purchase's net price. All of it waits for inspection, each lot on one line.

    Raises NotFound without a purchase of ours, Refused with every reason: `supply.*`, the scans', lots' and
    serials' own, and what the modules say at the point receipt.
    """
    actor.require(RECEIVE)
    on = periods.business_date(now)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        order, ordered = _lock(purchase_id)
        expected = expected_of(order, ordered, on)
        arrivals, reasons = arrivals_of(lines, on)
        reasons += rules.check_delivery(
            expected=expected,
            arrivals=arrivals,
            delivery_note=delivery_note,
            temperature=arrival_temperature,
            on=on,
        )
        errors.raise_if_refused(reasons)
        arrivals, scanned = _together(arrivals, lines)
        entry, receipt_id = journal.entry(), records.key(now)
        lots, serials = _identities(arrivals, expected, entry)
        facts = _facts(order, receipt_id, arrivals, expected, lots, serials, on)
        verdict = decisions.run(facts, actor=actor, now=now)
        warnings = verdict.require()
        values = rules.net_values(expected=expected, arrivals=arrivals)
        receipt = models.GoodsReceipt.objects.create(
            id=receipt_id,
            entry=entry,
            created_at=now,
            number=numbering.take_one(entity_id=order.entity_id, series="GR", on=on),
            purchase=order,
            entity_id=order.entity_id,
            site_id=order.site_id,
            delivery_note=delivery_note.strip(),
            arrived_at=now,
            arrival_temperature=arrival_temperature,
            received_by=actor.ref,
        )
        rows = models.GoodsReceiptLine.objects.bulk_create(
            models.GoodsReceiptLine(
                entry=entry,
                receipt=receipt,
                no=arrival.no,
                purchase_line=ordered[arrival.purchase_line_no],
                item_id=line.item_id,
                lot_id=line.lot_id,
                serial_id=line.serial_id or None,
                quantity=arrival.quantity,
                value=value,
                scanned=codes,
            )
            for arrival, line, value, codes in zip(arrivals, facts.lines, values, scanned, strict=True)
        )
        posted = _post(order, receipt, rows, arrivals, entry=entry, now=now, on=on)
        _count(order, ordered, arrivals, entry)
        effects = verdict.apply(facts, entry=entry, actor=actor, now=now)
        journal.record(
            entry,
            "supply.goods.received",
            subject=f"{ORIGIN}:{receipt_id}",
            at=now,
            rows=[
                queries.row_of(receipt, ("number", "purchase_id", "delivery_note", "received_by")),
                *(queries.row_of(row, queries.RECEIPT_LINE_FIELDS) for row in rows),
                queries.row_of(order, ("number", "status", "version")),
                *(one.row for one in posted),
                *effects,
            ],
            data={
                "number": receipt.number,
                "purchase": order.number,
                "warnings": [reason.code for reason in warnings],
            },
        )
        return queries.get_receipt(receipt_id, actor)


def _lock(purchase_id: uuid.UUID) -> tuple[models.PurchaseOrder, dict[int, models.PurchaseLine]]:
    order = models.PurchaseOrder.objects.select_for_update(no_key=True).filter(pk=purchase_id).first()
    if order is None:
        raise errors.NotFound("supply.purchase_unknown")
    if order.status not in ("ordered", "receiving"):
        raise errors.refuse("supply.purchase_closed", number=order.number)
    return order, {line.no: line for line in models.PurchaseLine.objects.filter(order=order)}


def expected_of(
    order: models.PurchaseOrder, ordered: Mapping[int, models.PurchaseLine], on: dt.date
) -> dict[int, rules.Expected]:
    """What each purchase line still expects."""
    items = catalog.items({line.item_id for line in ordered.values()}, on=on, entity_id=order.entity_id)
    return {
        no: rules.Expected(
            no=no,
            item_id=line.item_id,
            tracking=items[line.item_id].tracking,
            cold_chain=items[line.item_id].cold_chain,
            quantity=line.quantity,
            received=line.received,
            net=line.net,
            expires=items[line.item_id].shelf_life_months is not None,
        )
        for no, line in ordered.items()
    }


def arrivals_of(lines: Sequence[ReceiptLine], on: dt.date) -> tuple[list[rules.Arrival], list[errors.Reason]]:
    """What arrived, read from scans and entries, with every objection to the scans."""
    scanned = [(no, line) for no, line in enumerate(lines, 1) if line.scan]
    resolved = catalog.resolve_scans([line.scan or "" for _, line in scanned], today=on)
    by_no = {no: found for (no, _), found in zip(scanned, resolved, strict=True)}
    reasons: list[errors.Reason] = []
    arrivals = []
    for no, line in enumerate(lines, 1):
        found = by_no.get(no)
        if found is None:
            arrivals.append(
                rules.Arrival(
                    no,
                    line.purchase_line_no,
                    line.quantity,
                    line.lot,
                    line.serial,
                    line.produced_on,
                    line.last_usable_on,
                )
            )
            continue
        reasons += [dataclasses.replace(reason, line=no) for reason in found.reasons]
        reasons += _contradictions(no, line, found)
        arrivals.append(
            rules.Arrival(
                no,
                line.purchase_line_no,
                line.quantity * found.base_quantity,
                found.lot or line.lot,
                found.serial or line.serial,
                found.produced_on or line.produced_on,
                found.last_usable_on or line.last_usable_on,
                found.item_id,
            )
        )
    return arrivals, reasons


def _together(
    arrivals: Sequence[rules.Arrival], lines: Sequence[ReceiptLine]
) -> tuple[list[rules.Arrival], list[str]]:
    """Each lot once, with the codes it was read from, one to a row."""
    found = rules.together(arrivals)
    codes = [dict.fromkeys(scan for no in nos if (scan := lines[no - 1].scan)) for _, nos in found]
    return [one for one, _ in found], ["\n".join(one) for one in codes]


def _contradictions(no: int, line: ReceiptLine, found: catalog.ResolvedScan) -> list[errors.Reason]:
    pairs = (
        (line.lot, found.lot),
        (line.serial, found.serial),
        (line.produced_on, found.produced_on),
        (line.last_usable_on, found.last_usable_on),
    )
    return [
        errors.Reason("supply.scan_contradicts_entry", no, {"entered": entered, "scanned": scanned})
        for entered, scanned in pairs
        if entered and scanned and entered != scanned
    ]


def _identities(
    arrivals: Sequence[rules.Arrival], expected: Mapping[int, rules.Expected], entry: uuid.UUID
) -> tuple[list[inventory_queries.LotView], list[int]]:
    """The lot and the serial (0 without) of each arrival."""
    keys = [(expected[one.purchase_line_no].item_id, one.lot or inventory.NO_LOT) for one in arrivals]
    lots = inventory.ensure_lots(
        lots=[
            inventory.LotSpec(
                item_id=item_id,
                code=code,
                produced_on=one.produced_on,
                last_usable_on=one.last_usable_on,
                line=one.no,
            )
            for one, (item_id, code) in zip(arrivals, keys, strict=True)
        ],
        entry=entry,
    )
    serials = inventory.ensure_serials(
        serials=[
            inventory.SerialSpec(item_id=key[0], lot_id=lots[key].id, code=one.serial, line=one.no)
            for one, key in zip(arrivals, keys, strict=True)
            if one.serial
        ],
        entry=entry,
    )
    return [lots[key] for key in keys], [
        serials[key[0], one.serial] if one.serial else 0 for one, key in zip(arrivals, keys, strict=True)
    ]


def _facts(order, receipt_id, arrivals, expected, lots, serials, on) -> decisions.Facts:
    return decisions.Facts(
        point="receipt",
        subject=f"{ORIGIN}:{receipt_id}",
        entity_id=order.entity_id,
        on=on,
        lines=tuple(
            decisions.Line(
                no=arrival.no,
                item_id=expected[arrival.purchase_line_no].item_id,
                quantity=arrival.quantity,
                lot_id=lot.id,
                serial_id=serial_id,
                produced_on=lot.produced_on,
                last_usable_on=lot.last_usable_on,
            )
            for arrival, lot, serial_id in zip(arrivals, lots, serials, strict=True)
        ),
        seller_id=order.supplier_id,
        site_id=order.site_id,
    )


def _post(order, receipt, rows, arrivals, *, entry, now, on) -> list[inventory.Posted]:
    source = inventory.ensure_party_sites([order.supplier_id], kind="supplier", entry=entry)
    shelf = inventory_queries.find_location(order.site_id, "pending")
    return inventory.post(
        postings=[
            inventory.Posting(
                kind="receive",
                item_id=row.item_id,
                lot_id=row.lot_id,
                serial_id=row.serial_id,
                quantity=arrival.quantity,
                entity_id=order.entity_id,
                from_site_id=source[order.supplier_id],
                to=inventory.Place(order.site_id, shelf, "pending", "entity", order.entity_id),
                value=row.value,
                receipt_id=receipt.pk,
                origin_type=ORIGIN,
                origin_id=str(receipt.pk),
                origin_line=row.no,
            )
            for row, arrival in zip(rows, arrivals, strict=True)
        ],
        entry=entry,
        at=now,
        on=on,
    )


def _count(order, ordered, arrivals, entry) -> None:
    """Add what arrived to the purchase's lines, and see whether anything is still to come."""
    sums: dict[int, Decimal] = {}
    for arrival in arrivals:
        no = arrival.purchase_line_no
        sums[no] = sums.get(no, Decimal(0)) + arrival.quantity
    with connection.cursor() as cursor:
        cursor.execute(_RECEIVED, [entry, [ordered[no].pk for no in sums], list(sums.values())])
    complete = all(line.received + sums.get(no, Decimal(0)) == line.quantity for no, line in ordered.items())
    order.status = "received" if complete else "receiving"
    order.version, order.entry = order.version + 1, entry
    order.save(update_fields=["status", "version", "entry"])
