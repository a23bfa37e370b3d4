"""What was wrong with goods that came back from a delivery, for whoever inspects them."""

import uuid
from collections.abc import Iterable

from qudao.inventory import origins
from qudao.kernel import scope
from qudao.orders import models, shipment_pages
from qudao.organisation import queries_journal

DIFFERENCE = "orders.difference"


def find(found: Iterable[origins.Origin], *, actor: scope.Actor) -> dict[origins.Origin, str]:
    """Of goods that came back to settle a difference: what was signed for as different, why, and what the settlement
    said became of them. Two statements, none where nothing came back so."""
    wanted = {of: _line(of[1]) for of in found if of[0] == DIFFERENCE}
    if not wanted or not actor.can("orders.shipment.view"):
        return {}
    shipments = {shipment for shipment, _no in wanted.values()}
    rows = models.ShipmentLine.objects.filter(shipment_id__in=shipments).select_related("item")
    lines = {(row.shipment_id, row.no): row for row in scope.visible(rows, actor)}
    settled = _settled(shipments, actor)
    return {
        of: " · ".join(
            filter(
                None,
                (
                    shipment_pages.kinds(lines[key], unit=lines[key].item.base_unit),
                    lines[key].difference_reason,
                    settled.get(key, ""),
                ),
            )
        )
        for of, key in wanted.items()
        if key in lines
    }


def _line(origin_id: str) -> tuple[uuid.UUID, int]:
    shipment, _sep, no = origin_id.partition(":")
    return uuid.UUID(shipment), int(no)


def _settled(shipments: set[uuid.UUID], actor: scope.Actor) -> dict[tuple[uuid.UUID, int], str]:
    """Shipment and line → why it was settled so, as the journal says."""
    subjects = {f"orders.shipment:{one}": one for one in shipments}
    leaves = queries_journal.list_about(
        subjects=list(subjects), node_ids=(), actor=actor, limit=queries_journal.TIMELINE * len(subjects)
    )
    return {
        (subjects[leaf.subject], leaf.data["line"]): leaf.data["reason"]
        for leaf in leaves
        if leaf.type == "orders.difference.resolved"
    }
