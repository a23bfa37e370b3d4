"""What did not arrive as shipped: found and brought back, or lost."""

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from qudao.inventory import operations as inventory
from qudao.inventory import queries as inventory_queries
from qudao.kernel import errors, journal, locks, periods, scope
from qudao.orders import queries, writing
from qudao.orders.rules import differences

RESOLVE = "orders.return.manage"


def resolve_differences(
    *,
    shipment_id: uuid.UUID,
    settlements: Sequence[differences.Settlement],
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.ShipmentView:
    """Close the short, damaged and refused quantity of shipment lines: `back` waits to be inspected, `lost` is
    written off. One settlement a line; all of them or none.

    Together they are exactly what of the line is still on the road; `reason` says in words what became of it. Each
    line has its own entry in the journal: they may end differently. Raises Refused `orders.line_unknown`,
    `orders.difference_does_not_add_up`, `orders.settlement_needs_reason`.
    """
    actor.require(RESOLVE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        shipment, lines = queries.lock_shipment(shipment_id, version=None, actor=actor)
        by_no = {line.no: line for line in lines}
        reasons = [] if settlements else [errors.Reason("orders.settlement_needs_reason")]
        for one in settlements:
            if one.no in by_no:
                reasons += differences.check_settled(one, open_quantity=_open(by_no[one.no]))
            else:
                reasons.append(errors.Reason("orders.line_unknown", params={"line": one.no}))
        errors.raise_if_refused(reasons)
        for one in settlements:
            _settle(shipment, by_no[one.no], one, now=now)
        return queries.shipment_views([shipment], lines)[0]


def _open(line) -> Decimal:
    return line.short + line.damaged + line.refused - line.resolved


def _settle(shipment, line, settled: differences.Settlement, *, now: dt.datetime) -> None:
    entry = journal.entry()
    posted = inventory.post(
        postings=_postings(shipment, line, settled.back, settled.lost),
        entry=entry,
        at=now,
        on=periods.business_date(now),
    )
    line.resolved += _open(line)
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
        data={
            "line": line.no,
            "back": settled.back,
            "lost": settled.lost,
            "reason": settled.reason.strip(),
        },
    )


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
