"""A confirmed order whose lots were held or whose reservation expired gets other stock; prices stand."""

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from qudao.catalog import queries as catalog
from qudao.inventory import operations as inventory_operations
from qudao.inventory import queries as inventory
from qudao.inventory.rules import allocation
from qudao.kernel import decisions, errors, journal, locks, periods, scope
from qudao.orders import models, preparation, queries, writing
from qudao.orders.operations import intake, lifecycle
from qudao.orders.rules import progress
from qudao.partners import queries as partners

REALLOCATE = "orders.order.reallocate"


def reallocate_order(
    *, order_id: uuid.UUID, version: int, actor: scope.Actor, now: dt.datetime
) -> queries.OrderView:
    """Give back what a confirmed order has set aside and allocate it anew on today's stock, or change nothing.

    Prices, credit and pool stay as confirmed; the gates of allocation answer for the lots it gets. Raises
    Refused `orders.short` with the lots passed over when the stock does not serve every line.
    """
    actor.require(REALLOCATE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        order = queries.lock_order(order_id, version=version, actor=actor)
        progress.must_be(order.status, "confirmed", number=order.number)
        lines = list(models.OrderLine.objects.filter(order=order).order_by("no"))
        entry = journal.entry()
        on = periods.business_date(now)
        released = inventory_operations.release(
            origin_type="orders.order", origin_id=str(order.pk), entry=entry, now=now
        )
        found, reserved = _take(order, lines, on=on, entry=entry, actor=actor, now=now)
        taken = inventory.reservations_of(origin_type="orders.order", origin_id=str(order.pk), actor=actor)
        decisions.run(lifecycle.allocation_facts(order, taken), actor=actor, now=now).require()
        _write(order, lines, found, entry=entry)
        journal.record(
            entry,
            "orders.order.reallocated",
            subject=f"orders.order:{order.pk}",
            at=now,
            node_id=order.node_id,
            rows=[writing.order_row(order), *(one.row for one in released), *reserved],
            data={"lots": sorted({one.lot_code for one in taken})},
        )
        return queries.view_of(order, lines, actor=actor)


def _take(order, lines, *, on, entry, actor, now) -> tuple[allocation.Allocation, list[journal.Row]]:
    """What the lines get now, set aside; where somebody was quicker, on what is left then."""
    for _attempt in range(intake.TRIES - 1):
        found = allocated(order, lines, on=on, actor=actor)
        try:
            return found, intake.set_aside(order.pk, found, on=on, entry=entry, now=now)
        except errors.Conflict:
            continue
    found = allocated(order, lines, on=on, actor=actor)
    return found, intake.set_aside(order.pk, found, on=on, entry=entry, now=now)


def allocated(
    order: models.Order, lines: Sequence[models.OrderLine], *, on: dt.date, actor: scope.Actor
) -> allocation.Allocation:
    """What of the order is to be shipped, on the stock as it stands. Raises Refused `orders.short`."""
    delivery = partners.get_delivery(
        account_id=order.account_id, place_id=order.ship_to_id, hospital_id=order.hospital_id, actor=actor
    )
    lines = [line for line in lines if line.unshipped]
    item_ids = [line.item_id for line in lines]
    items = catalog.items_once(item_ids, on=on, entity_id=order.entity_id)
    wants = [
        preparation.Want(line.no, line.item_id, order.line_id, line.unshipped, items[line.item_id].base_unit)
        for line in lines
    ]
    found = preparation.allocate(
        wants,
        delivery=delivery,
        hospital_id=order.hospital_id,
        requested_on=order.requested_on and max(order.requested_on, on),
        certificates=catalog.certificates_once(item_ids),
        on=on,
        actor=actor,
    )
    errors.raise_if_refused(preparation.shortages(found, wants))
    return found


def _write(order, lines, found: allocation.Allocation, *, entry: uuid.UUID) -> None:
    skipped = writing.passed_over(found)
    for line in lines:
        mine = (pick.quantity for pick in found.picks if pick.line == line.no)
        line.reserved, line.skipped, line.entry = sum(mine, Decimal(0)), skipped.get(line.no, []), entry
    models.OrderLine.objects.bulk_update(lines, ["reserved", "skipped", "entry"])
    order.version, order.entry = order.version + 1, entry
    order.save(update_fields=["version", "entry"])
