"""What has not left of an order comes back from the warehouse: to be allocated anew, or cancelled."""

import datetime as dt
import uuid

from qudao.inventory import operations as inventory
from qudao.kernel import journal, locks, periods, scope
from qudao.orders import models, queries, writing
from qudao.orders.operations import intake, lifecycle
from qudao.orders.rules import progress


def withdraw_order(
    *, order_id: uuid.UUID, version: int, actor: scope.Actor, now: dt.datetime
) -> queries.OrderView:
    """Take back what of a released order has not left: those shipments end, what is still set aside for them stays
    so for the hours of a confirmed order, and what was picked goes back to its shelf.

    The order is confirmed again, for the rest. Raises Refused `orders.wrong_state` unless the warehouse has any.
    """
    actor.require(lifecycle.RELEASE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        # Shipments before their order, as the warehouse locks them.
        shipments = queries.lock_in_the_house(order_id, actor=actor)
        order = queries.lock_order(order_id, version=version, actor=actor)
        progress.must_be(order.status, "picking", number=order.number)
        entry = journal.entry()
        until = intake.reserved_until(now, on=periods.business_date(now))
        inventory.keep(origin_type="orders.order", origin_id=str(order.pk), until=until)
        for one in shipments:
            one.status, one.version, one.entry = "withdrawn", one.version + 1, entry
        models.Shipment.objects.bulk_update(shipments, ["status", "version", "entry"])
        order.status, order.version, order.entry = "confirmed", order.version + 1, entry
        order.save(update_fields=["status", "version", "entry"])
        journal.record(
            entry,
            "orders.order.withdrawn",
            subject=f"orders.order:{order.pk}",
            at=now,
            node_id=order.node_id,
            rows=[
                writing.order_row(order),
                *(writing.row_of(one, ("number", "status", "version")) for one in shipments),
            ],
            data={"number": order.number, "shipments": [one.number for one in shipments]},
        )
        lines = list(models.OrderLine.objects.filter(order=order).order_by("no"))
        return queries.view_of(order, lines, actor=actor)
