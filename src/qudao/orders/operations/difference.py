"""What did not arrive as shipped: found and brought back, or lost."""

import datetime as dt
import uuid
from decimal import Decimal

from qudao.inventory import operations as inventory
from qudao.inventory import queries as inventory_queries
from qudao.kernel import errors, journal, locks, periods, scope
from qudao.orders import queries, writing
from qudao.orders.rules import differences

RESOLVE = "orders.return.manage"


def resolve_difference(
    *,
    shipment_id: uuid.UUID,
    no: int,
    back: Decimal,
    lost: Decimal,
    reason: str,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.ShipmentView:
    """Close the short, damaged and refused quantity of a shipment line: `back` into the return zone, `lost` written off.

    Together they are exactly what is still on the road; `reason` says in words what became of it. Raises Refused
    `orders.difference_does_not_add_up`, `orders.settlement_needs_reason`.
    """
    actor.require(RESOLVE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        shipment, lines = queries.lock_shipment(shipment_id, version=None, actor=actor)
        line = next((one for one in lines if one.no == no), None)
        if line is None:
            raise errors.refuse("orders.line_unknown", line=no)
        open_quantity = line.short + line.damaged + line.refused - line.resolved
        errors.raise_if_refused(
            differences.check_settled(no=no, open_quantity=open_quantity, back=back, lost=lost, reason=reason)
        )
        entry = journal.entry()
        posted = inventory.post(
            postings=_postings(shipment, line, back, lost),
            entry=entry,
            at=now,
            on=periods.business_date(now),
        )
        line.resolved += open_quantity
        queries.save_lines([line], ["resolved"], entry=entry)
        journal.record(
            entry,
            "orders.difference.resolved",
            subject=f"orders.shipment:{shipment.pk}",
            at=now,
            node_id=shipment.node_id,
            rows=[
                writing.row_of(line, ("shipment_id", "no", "short", "damaged", "refused", "resolved")),
                *(one.row for one in posted),
            ],
            data={"line": no, "back": back, "lost": lost, "reason": reason.strip()},
        )
        return queries.shipment_views([shipment], lines)[0]


def _postings(shipment, line, back: Decimal, lost: Decimal) -> list[inventory.Posting]:
    common = {
        "item_id": line.item_id,
        "lot_id": line.lot_id,
        "serial_id": line.serial_id,
        "entity_id": shipment.entity_id,
        "from_balance_id": line.balance_id,
        "from_site_id": inventory_queries.transit_site(shipment.entity_id),
        "origin_type": "orders.difference",
        "origin_id": f"{shipment.pk}:{line.no}",
        "origin_line": line.no,
    }
    postings = []
    if back:
        place = inventory.Place(shipment.site_id, None, "pending", "entity", shipment.entity_id)
        postings.append(
            inventory.Posting(
                kind="bring_back", quantity=back, to_site_id=shipment.site_id, to=place, **common
            )
        )
    if lost:
        loss = inventory_queries.loss_site()
        postings.append(inventory.Posting(kind="lose", quantity=lost, to_site_id=loss, to=None, **common))
    return postings
