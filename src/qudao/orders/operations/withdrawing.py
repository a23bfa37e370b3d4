"""What has not left of an order comes back from the warehouse: to be allocated anew, or cancelled; what was picked of
it goes back to its shelf."""

import datetime as dt
import uuid

from qudao.inventory import operations as inventory
from qudao.kernel import errors, journal, locks, periods, scope
from qudao.orders import models, queries, writing
from qudao.orders.operations import intake, lifecycle, warehouse
from qudao.orders.rules import progress


def withdraw_order(
    *, order_id: uuid.UUID, version: int, actor: scope.Actor, now: dt.datetime
) -> queries.OrderView:
    """Take back what of a released order has not left: those shipments end, what is still set aside for them stays
    so for the hours of a confirmed order, and what was picked waits for the keeper to put it back on its shelf.

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


def put_back_shipment(
    *, shipment_id: uuid.UUID, version: int, actor: scope.Actor, now: dt.datetime
) -> queries.ShipmentView:
    """Say that the goods of a shipment withdrawn once picked are on their shelves again. In the books they never left.

    Raises Refused `orders.wrong_state` unless it was withdrawn, `orders.nothing_to_put_back` when nothing was picked
    of it or somebody put it back before.
    """
    actor.require(warehouse.PICK)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        shipment, lines = queries.lock_shipment(shipment_id, version=version, actor=actor)
        progress.must_be(shipment.status, "withdrawn", number=shipment.number)
        if shipment.picked_at is None or shipment.put_back_at is not None:
            raise errors.refuse("orders.nothing_to_put_back", number=shipment.number)
        entry = journal.entry()
        shipment.put_back_by, shipment.put_back_at = actor.ref, now
        shipment.version, shipment.entry = shipment.version + 1, entry
        shipment.save(update_fields=["put_back_by", "put_back_at", "version", "entry"])
        journal.record(
            entry,
            "orders.shipment.put_back",
            subject=f"orders.shipment:{shipment.pk}",
            at=now,
            node_id=shipment.node_id,
            rows=[writing.row_of(shipment, ("number", "status", "version", "put_back_by"))],
            data={"number": shipment.number},
        )
        return queries.shipment_views([shipment], lines)[0]
