"""Returns (退货): tied to their shipment, same lot and serial, own zone, inspected before sellable."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from qudao.inventory import operations as inventory
from qudao.inventory import queries as inventory_queries
from qudao.kernel import decisions, errors, journal, locks, money, numbering, periods, records, scope
from qudao.orders import models, queries, writing
from qudao.orders.operations import warehouse
from qudao.orders.rules import amounts

TAKE, INSPECT = "orders.return.manage", "orders.return.inspect"


@dataclasses.dataclass(frozen=True, slots=True)
class Returned:
    """`quantity` base units of shipment line `no` come back."""

    no: int
    quantity: Decimal


def take_return(
    *,
    shipment_id: uuid.UUID,
    returned: Sequence[Returned],
    reason: str,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.ReturnView:
    """Take goods back into the return zone. Raises Refused for more than was signed for and not returned."""
    actor.require(TAKE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        shipment, all_lines = queries.lock_shipment(shipment_id, version=None, actor=actor)
        lines, by_no = _chosen(all_lines, returned)
        order_lines = queries.lock_order_lines(lines)
        shares = _shares(lines, by_no)
        detail = {pk: {"rebate_back": share.rebate_used} for pk, share in shares.items()}
        facts = warehouse.facts_of(shipment, lines, "return", now=now, shares=shares, detail=detail)
        verdict = decisions.run(facts, actor=actor, now=now)
        verdict.require()
        entry = journal.entry()
        document = _create(shipment, reason, entry=entry, actor=actor, now=now)
        rows = _receive(shipment, document, lines, by_no, entry=entry, now=now)
        return_lines = models.ReturnLine.objects.bulk_create(
            models.ReturnLine(
                entry=entry,
                node_id=shipment.node_id,
                document=document,
                shipment_line=line,
                no=no,
                quantity=by_no[line.no],
                gross=shares[line.pk].gross,
                net=shares[line.pk].net,
                tax=shares[line.pk].tax,
            )
            for no, line in enumerate(lines, start=1)
        )
        for line in lines:
            line.returned += by_no[line.no]
        for whole in order_lines.values():
            whole.returned += sum(
                (by_no[one.no] for one in lines if one.order_line_id == whole.pk), Decimal(0)
            )
        queries.save_lines(lines, ["returned"], entry=entry)
        queries.save_lines(order_lines.values(), ["returned"], entry=entry)
        rows += verdict.apply(facts, entry=entry, actor=actor, now=now)
        writing.record(
            entry,
            "orders.return.received",
            subject=f"orders.return:{document.pk}",
            at=now,
            node_id=shipment.node_id,
            rows=[
                writing.row_of(document, ("number", "shipment_id", "reason", "status")),
                *(
                    writing.row_of(
                        one, ("document_id", "shipment_line_id", "quantity", "gross", "net", "tax")
                    )
                    for one in return_lines
                ),
                *rows,
            ],
            data=_data(shipment, document, lines, return_lines, order_lines, shares, facts.on),
        )
        return queries.return_view(document, return_lines)


def inspect_return(
    *, return_id: uuid.UUID, version: int, good: bool, actor: scope.Actor, now: dt.datetime
) -> queries.ReturnView:
    """Quality's verdict on returned goods: sellable again, or not conforming."""
    actor.require(INSPECT)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        document, lines = queries.lock_return(return_id, version=version, actor=actor)
        if document.status != "received":
            raise errors.refuse("orders.return_already_inspected", number=document.number)
        verdict = "good" if good else "bad"
        entry = journal.entry()
        moved = inventory_queries.moved(origin_type="orders.return", origin_id=str(document.pk))
        posted = inventory.post(
            postings=[
                inventory.Posting(
                    kind="inspect",
                    item_id=move.item_id,
                    lot_id=move.lot_id,
                    serial_id=move.serial_id,
                    quantity=move.quantity,
                    entity_id=document.entity_id,
                    from_balance_id=move.to_balance_id,
                    from_site_id=document.site_id,
                    to_site_id=document.site_id,
                    to=inventory.Place(document.site_id, None, verdict, "entity", document.entity_id),
                    origin_type="orders.return",
                    origin_id=str(document.pk),
                    origin_line=move.origin_line,
                )
                for move in moved
            ],
            entry=entry,
            at=now,
            on=periods.business_date(now),
        )
        for line in lines:
            line.verdict = verdict
        queries.save_lines(lines, ["verdict"], entry=entry)
        document.status, document.version, document.entry = "inspected", document.version + 1, entry
        document.save(update_fields=["status", "version", "entry"])
        journal.record(
            entry,
            "orders.return.inspected",
            subject=f"orders.return:{document.pk}",
            at=now,
            node_id=document.node_id,
            rows=[
                writing.row_of(document, ("number", "status", "version")),
                *(writing.row_of(line, ("document_id", "verdict")) for line in lines),
                *(one.row for one in posted),
            ],
            data={"verdict": verdict},
        )
        return queries.return_view(document, lines)


def _chosen(all_lines, returned: Sequence[Returned]):
    by_no = {one.no: one.quantity for one in returned}
    known = {line.no: line for line in all_lines}
    reasons = [errors.Reason("orders.line_unknown", no) for no in sorted(set(by_no) - set(known))]
    if not by_no:
        reasons.append(errors.Reason("orders.no_lines"))
    for no, quantity in by_no.items():
        if no in known:
            left = known[no].signed - known[no].returned
            if quantity <= 0 or quantity > left:
                params = {"quantity": quantity, "left": left, "lot": known[no].lot_code}
                reasons.append(errors.Reason("orders.return_exceeds_signed", no, params))
    errors.raise_if_refused(reasons)
    return [line for line in all_lines if line.no in by_no], by_no


def _shares(lines, by_no) -> dict[int, amounts.Money]:
    """The money of what comes back, cumulative over returns: all back is all that was signed for."""
    return {
        line.pk: amounts.part(line, whole=line.shipped, already=line.returned, quantity=by_no[line.no])
        for line in lines
    }


def _create(shipment, reason, *, entry, actor, now) -> models.Return:
    on = periods.business_date(now)
    return models.Return.objects.create(
        id=records.key(now),
        entry=entry,
        created_at=now,
        node_id=shipment.node_id,
        number=numbering.take_one(entity_id=shipment.entity_id, series="RT", on=on),
        shipment=shipment,
        entity_id=shipment.entity_id,
        site_id=shipment.site_id,
        reason=reason,
        received_by=actor.ref,
    )


def _receive(shipment, document, lines, by_no, *, entry, now) -> list[journal.Row]:
    """Back from the customer into the return zone, at the cost they left with."""
    left = inventory_queries.moved(origin_type="orders.shipment", origin_id=str(shipment.pk), kind="sign")
    values = {move.origin_line: move for move in left}
    customer = inventory.ensure_party_sites([shipment.order.party_id])[shipment.order.party_id]
    posted = inventory.post(
        postings=[
            inventory.Posting(
                kind="return",
                item_id=line.item_id,
                lot_id=line.lot_id,
                serial_id=line.serial_id,
                quantity=by_no[line.no],
                entity_id=shipment.entity_id,
                from_balance_id=None,
                from_site_id=customer,
                to_site_id=shipment.site_id,
                to=inventory.Place(shipment.site_id, None, "returned", "entity", shipment.entity_id),
                value=_cost(values[line.no], line.returned, by_no[line.no]),
                origin_type="orders.return",
                origin_id=str(document.pk),
                origin_line=line.no,
            )
            for line in lines
        ],
        entry=entry,
        at=now,
        on=periods.business_date(now),
    )
    return [one.row for one in posted]


def _cost(left, already: Decimal, quantity: Decimal) -> Decimal:
    """What the goods cost when they left, of the part that comes back now."""
    return money.amount(left.value * (already + quantity) / left.quantity) - money.amount(
        left.value * already / left.quantity
    )


def _data(shipment, document, lines, return_lines, order_lines, shares, on) -> dict:
    return {
        "dims": writing.dimensions(
            shipment.order, document_type="return", document_id=document.pk, number=document.number, on=on
        ),
        "lines": [
            writing.fact_line(
                order_lines[line.order_line_id],
                no=one.no,
                document_line_id=one.pk,
                quantity=one.quantity,
                share=shares[line.pk],
                lot=line.lot_code,
                shipment_line_id=line.pk,
            )
            for line, one in zip(lines, return_lines, strict=True)
        ],
    }
