"""An order on its way to the warehouse: go on with a draft, confirm, cancel, release into shipments."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from qudao.catalog.queries import papers as catalog_papers
from qudao.inventory import operations as inventory_operations
from qudao.inventory import queries as inventory
from qudao.kernel import decisions, errors, journal, locks, numbering, periods, records, scope
from qudao.orders import models, preparation, queries, writing
from qudao.orders.operations import intake
from qudao.orders.rules import progress, requests
from qudao.pricing import operations as pricing

RELEASE = "orders.order.release"


def confirm_order(
    *,
    order_id: uuid.UUID,
    version: int,
    actor: scope.Actor,
    now: dt.datetime,
    request: requests.OrderRequest | None = None,
) -> queries.OrderView:
    """Confirm a draft and reserve its stock, or change nothing: as it was kept, or as `request` has it now.

    Prices and gates are those of now. Raises Conflict `kernel.changed_meanwhile` when somebody changed or
    confirmed it since `version`.
    """
    actor.require(intake.CONFIRM)
    if request is not None:
        actor.require(intake.PLACE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        order = queries.lock_order(order_id, version=version, actor=actor)
        progress.step(progress.ORDER_STEPS, order.status, "confirmed", number=order.number)
        lines = list(models.OrderLine.objects.filter(order=order).order_by("no"))
        wanted = request_of(order, lines) if request is None else _of_draft(order, request, actor)
        prepared = intake.decided(wanted, order.pk, actor=actor, now=now)
        return _rewrite(order, prepared, status="confirmed", actor=actor, now=now)


def change_draft(
    *,
    order_id: uuid.UUID,
    version: int,
    request: requests.OrderRequest,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.OrderView:
    """Keep a draft as `request` has it now, priced anew; its number stays. Refuses what a new draft refuses, and
    raises Conflict `kernel.changed_meanwhile` when somebody changed or confirmed it since `version`."""
    actor.require(intake.PLACE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        order = queries.lock_order(order_id, version=version, actor=actor)
        progress.must_be(order.status, "draft", number=order.number)
        prepared = intake.kept(_of_draft(order, request, actor), order.pk, actor=actor, now=now)
        return _rewrite(order, prepared, status="draft", actor=actor, now=now)


def _of_draft(
    order: models.Order, request: requests.OrderRequest, actor: scope.Actor
) -> requests.OrderRequest:
    """The request for a draft that exists: it stays with its account, with the file it came from, and, while it goes
    to the same place, with its hospital."""
    preparation.require_own(order.party_id, actor=actor)
    if request.account_id != order.account_id:
        raise errors.refuse("orders.draft_of_other_account", number=order.number)
    hospital = order.hospital_id if request.ship_to_id == order.ship_to_id else 0
    return dataclasses.replace(
        request, source_digest=order.source_digest, hospital_id=request.hospital_id or hospital
    )


def _rewrite(order: models.Order, prepared, *, status: str, actor, now) -> queries.OrderView:
    """A draft with what was prepared in the place of what it held."""
    models.OrderLine.objects.filter(order=order).delete()
    entry = journal.entry()
    values = writing.order_values(prepared) | {
        "status": status,
        "confirmed_at": now if status == "confirmed" else None,
        "version": order.version + 1,
        "entry": entry,
    }
    for name, value in values.items():
        setattr(order, name, value)
    order.save(update_fields=list(values))
    return intake.finish(order, prepared, entry=entry, actor=actor, now=now)


def request_of(order: models.Order, lines: Sequence[models.OrderLine]) -> requests.OrderRequest:
    """The request a kept order stands for."""
    return requests.OrderRequest(
        account_id=order.account_id,
        ship_to_id=order.ship_to_id,
        channel=order.channel,
        hospital_id=order.hospital_id,
        requested_on=order.requested_on,
        reference=order.reference,
        source_digest=order.source_digest,
        rebate_use=order.rebate_used,
        lines=tuple(
            requests.LineRequest(line.no, line.item_id, line.entered_quantity, line.unit, line.di)
            for line in lines
        ),
    )


def cancel_order(
    *, order_id: uuid.UUID, version: int, reason: str, actor: scope.Actor, now: dt.datetime
) -> queries.OrderView:
    """Cancel an order that is not in the warehouse; gives back stock, credit and pool.

    Raises Refused `orders.some_left` when a part of it left before the rest was withdrawn: that part is sold.
    Raises NotFound for an order that is not the actor's own: an agent cancels none of its dealers'.
    """
    actor.require(intake.PLACE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        order = queries.lock_order(order_id, version=version, actor=actor)
        preparation.require_own(order.party_id, actor=actor)
        progress.step(progress.ORDER_STEPS, order.status, "cancelled", number=order.number)
        lines = list(models.OrderLine.objects.filter(order=order).order_by("no"))
        if any(line.shipped for line in lines):
            raise errors.refuse("orders.some_left", number=order.number)
        entry = journal.entry()
        rows: list[journal.Row] = []
        if order.status == "confirmed":
            facts = intake.sale_facts_of(order, lines)
            rows += decisions.undo(facts, entry=entry, actor=actor, now=now)
            inventory_operations.release(
                origin_type="orders.order", origin_id=str(order.pk), entry=entry, now=now
            )
            rows += pricing.return_promotions(_promotions_of(lines), entry=entry)
            models.OrderLine.objects.filter(order=order).update(reserved=0, entry=entry)
        order.status, order.version, order.entry = "cancelled", order.version + 1, entry
        order.save(update_fields=["status", "version", "entry"])
        journal.record(
            entry,
            "orders.order.cancelled",
            subject=f"orders.order:{order.pk}",
            at=now,
            node_id=order.node_id,
            rows=[writing.order_row(order), *rows],
            data={"reason": reason},
        )
        return queries.view_of(order, lines, actor=actor)


def _promotions_of(lines: Sequence[models.OrderLine]) -> list[tuple[int, Decimal]]:
    """What each promotion took off, as the frozen explanations tell."""
    return [
        (step["row"], Decimal(step["before"]) - Decimal(step["after"]))
        for line in lines
        for step in line.explanation
        if step["code"] == "promotion"
    ]


def release_order(
    *, order_id: uuid.UUID, version: int, actor: scope.Actor, now: dt.datetime
) -> list[queries.ShipmentView]:
    """Hand a confirmed order to the warehouses that hold its stock: one shipment each."""
    actor.require(RELEASE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        order = queries.lock_order(order_id, version=version, actor=actor)
        progress.step(progress.ORDER_STEPS, order.status, "picking", number=order.number)
        lines = {line.no: line for line in models.OrderLine.objects.filter(order=order)}
        taken = inventory.reservations_of(origin_type="orders.order", origin_id=str(order.pk), actor=actor)
        _complete(order, lines.values(), taken)
        facts = allocation_facts(order, taken)
        decisions.run(facts, actor=actor, now=now).require()
        inventory_operations.keep(origin_type="orders.order", origin_id=str(order.pk))
        entry = journal.entry()
        shipments, shipment_lines = _shipments(order, lines, taken, entry=entry, now=now)
        order.status, order.version, order.entry = "picking", order.version + 1, entry
        order.save(update_fields=["status", "version", "entry"])
        journal.record(
            entry,
            "orders.order.released",
            subject=f"orders.order:{order.pk}",
            at=now,
            node_id=order.node_id,
            rows=[
                writing.order_row(order),
                *(writing.row_of(one, ("number", "order_id", "site_id", "status")) for one in shipments),
                *(
                    writing.row_of(one, ("shipment_id", "no", "item_id", "lot_id", "serial_id", "quantity"))
                    for one in shipment_lines
                ),
            ],
            data={"number": order.number, "shipments": [one.number for one in shipments]},
        )
        return queries.shipment_views(shipments, shipment_lines)


def _complete(order, lines, taken) -> None:
    """What of every line is to be shipped must still be reserved: a hold or an expiry may have taken it back."""
    held: dict[int, Decimal] = {}
    for one in taken:
        held[one.origin_line] = held.get(one.origin_line, Decimal(0)) + one.quantity
    errors.raise_if_refused(
        errors.Reason(
            "orders.reservation_lost",
            line.no,
            {"number": order.number, "wanted": line.unshipped, "reserved": held.get(line.no, Decimal(0))},
        )
        for line in lines
        if held.get(line.no, Decimal(0)) < line.unshipped
    )


def allocation_facts(order: models.Order, taken: Sequence[inventory.ReservationView]) -> decisions.Facts:
    """The order on the lots set aside for it, for the gates of allocation."""
    return decisions.Facts(
        point="allocation",
        subject=f"orders.order:{order.pk}",
        entity_id=order.entity_id,
        on=order.business_on,
        lines=tuple(
            decisions.Line(
                no=one.origin_line,
                item_id=one.item_id,
                quantity=one.quantity,
                lot_id=one.lot_id,
                serial_id=one.serial_id or 0,
                produced_on=one.produced_on,
                last_usable_on=one.last_usable_on,
            )
            for one in taken
        ),
        node_id=order.node_id,
        account_id=order.account_id,
        buyer_id=order.party_id,
        ship_to_id=order.ship_to_id,
        channel=order.channel,
        detail={"hospital_id": order.hospital_id},
    )


def _shipments(order, lines, taken, *, entry, now):
    """One shipment a warehouse, one line a reservation, with what the delivery note must say frozen."""
    on = periods.business_date(now)
    sites = sorted({one.site_id for one in taken})
    numbers = numbering.take(entity_id=order.entity_id, series="SH", on=on, count=len(sites))
    shipments = models.Shipment.objects.bulk_create(
        models.Shipment(
            id=records.key(now),
            entry=entry,
            created_at=now,
            node_id=order.node_id,
            number=number,
            order=order,
            entity_id=order.entity_id,
            site_id=site_id,
            ship_to_id=order.ship_to_id,
        )
        for site_id, number in zip(sites, numbers, strict=True)
    )
    of_site = {shipment.site_id: shipment for shipment in shipments}
    item_ids = sorted({one.item_id for one in taken})
    papers = catalog_papers.papers(item_ids, on=on)
    counters = dict.fromkeys(sites, 0)
    rows = []
    for one in sorted(
        taken, key=lambda one: (one.site_id, one.origin_line, one.last_usable_on or dt.date.max, one.id)
    ):
        counters[one.site_id] += 1
        rows.append(
            _shipment_line(
                of_site[one.site_id], lines[one.origin_line], one, papers, counters[one.site_id], entry
            )
        )
    return shipments, models.ShipmentLine.objects.bulk_create(rows)


def _shipment_line(shipment, line, taken, papers, no, entry) -> models.ShipmentLine:
    paper = papers[taken.item_id].of(taken.produced_on)
    return models.ShipmentLine(
        entry=entry,
        node_id=shipment.node_id,
        shipment=shipment,
        order_line=line,
        no=no,
        item_id=taken.item_id,
        lot_id=taken.lot_id,
        serial_id=taken.serial_id,
        reservation_id=taken.id,
        balance_id=taken.balance_id,
        item_name=line.item_name,
        specification=line.specification,
        lot_code=taken.lot_code,
        serial_code=taken.serial_code,
        produced_on=taken.produced_on,
        last_usable_on=taken.last_usable_on,
        certificate_number=paper.certificate_number,
        registrant=paper.registrant,
        production_permit=paper.production_permit,
        storage=paper.storage,
        di=paper.di,
        quantity=taken.quantity,
    )
