"""What the warehouse reads of shipments and returns besides the documents themselves."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import models as database

from qudao.kernel import scope
from qudao.orders import models, queries, selecting

_GOODS = ("item_name", "specification", "lot_code", "serial_code", "last_usable_on")


@dataclasses.dataclass(frozen=True, slots=True)
class ReturnedGoods:
    quantity: Decimal
    item_name: str
    specification: str
    lot_code: str
    serial_code: str
    last_usable_on: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class Returned:
    """A return with the number of the shipment it belongs to, and what came back."""

    view: queries.ReturnView
    shipment: str
    goods: tuple[ReturnedGoods, ...]


OPEN = ("to_pick", "picked", "reviewed", "shipped")


def waiting_shipments(
    *, actor: scope.Actor, today: dt.date, site_ids: Sequence[int] | None = None
) -> dict[str, tuple[int, dt.datetime, int]]:
    """State → (how many, since when the oldest waits, how many are wanted today or before): one statement."""
    rows = scope.visible(models.Shipment.objects.filter(status__in=OPEN), actor)
    if site_ids is not None:
        rows = rows.filter(site_id__in=list(site_ids))
    due = database.Count("pk", filter=database.Q(order__requested_on__lte=today))
    found = (
        rows.order_by()
        .values("status")
        .annotate(count=database.Count("pk"), oldest=database.Min("created_at"), late=due)
    )
    return {one["status"]: (one["count"], one["oldest"], one["late"]) for one in found}


def waiting_returns(
    *, actor: scope.Actor, site_ids: Sequence[int] | None = None
) -> tuple[int, dt.datetime | None]:
    """How many returns nobody has inspected, and since when the oldest waits."""
    rows = scope.visible(models.Return.objects.filter(status="received"), actor)
    if site_ids is not None:
        rows = rows.filter(site_id__in=list(site_ids))
    found = rows.aggregate(count=database.Count("pk"), oldest=database.Min("created_at"))
    return found["count"], found["oldest"]


def count_unsettled(*, actor: scope.Actor) -> int:
    """How many shipments arrived differently and are not settled."""
    return selecting.unsettled(scope.visible(models.Shipment.objects.all(), actor)).count()


def list_returns(
    *, actor: scope.Actor, status: str = "", site_id: int = 0, limit: int = 100
) -> list[Returned]:
    """Returns newest first, each with its shipment and that one's number, and what came back."""
    rows = scope.visible(models.Return.objects.select_related("shipment"), actor)
    if status:
        rows = rows.filter(status=status)
    if site_id:
        rows = rows.filter(site_id=site_id)
    found = list(rows.order_by("-pk")[:limit])
    lines: dict = {}
    fields = ("document_id", "quantity", *(f"shipment_line__{name}" for name in _GOODS))
    back = models.ReturnLine.objects.filter(document__in=found).order_by("no") if found else ()
    for document_id, *line in back.values_list(*fields) if found else ():
        lines.setdefault(document_id, []).append(ReturnedGoods(*line))
    return [
        Returned(queries.return_view(row, ()), row.shipment.number, tuple(lines.get(row.pk, ())))
        for row in found
    ]


def requested_on(order_ids: Iterable, *, actor: scope.Actor) -> dict:
    """Order → (its number, the day the goods are wanted or None)."""
    rows = scope.visible(models.Order.objects.filter(pk__in=list(order_ids)), actor)
    return {pk: (number, day) for pk, number, day in rows.values_list("pk", "number", "requested_on")}
