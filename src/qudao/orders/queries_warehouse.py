"""What the warehouse reads of shipments and returns besides the documents themselves."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import models as database

from qudao.kernel import errors, scope
from qudao.orders import models, queries

OPEN = ("to_pick", "picked", "reviewed", "shipped")


def waiting_shipments(
    *, actor: scope.Actor, today: dt.date, site_ids: Sequence[int] | None = None
) -> dict[str, tuple[int, dt.datetime, int]]:
    """State → (how many, since when the oldest waits, how many are wanted today or before): one statement."""
    rows = scope.visible(models.Shipment.objects.filter(status__in=OPEN), actor)
    if site_ids is not None:
        rows = rows.filter(site_id__in=list(site_ids))
    due = database.Count("pk", filter=database.Q(order__requested_on__lte=today))
    found = rows.order_by().values_list("status").annotate(
        database.Count("pk"), database.Min("created_at"), due
    )
    return {status: (count, oldest, late) for status, count, oldest, late in found}


def waiting_returns(
    *, actor: scope.Actor, site_ids: Sequence[int] | None = None
) -> tuple[int, dt.datetime | None]:
    """How many returns nobody has inspected, and since when the oldest waits."""
    rows = scope.visible(models.Return.objects.filter(status="received"), actor)
    if site_ids is not None:
        rows = rows.filter(site_id__in=list(site_ids))
    found = rows.aggregate(count=database.Count("pk"), oldest=database.Min("created_at"))
    return found["count"], found["oldest"]


def list_returns(
    *, actor: scope.Actor, status: str = "", site_id: int = 0, limit: int = 100
) -> list[tuple[queries.ReturnView, str]]:
    """Returns newest first, each with the number of its shipment."""
    rows = scope.visible(models.Return.objects.select_related("shipment"), actor)
    if status:
        rows = rows.filter(status=status)
    if site_id:
        rows = rows.filter(site_id=site_id)
    return [(queries.return_view(row, ()), row.shipment.number) for row in rows.order_by("-pk")[:limit]]


def get_return(return_id, *, actor: scope.Actor) -> queries.ReturnView:
    """One return with its lines. Raises NotFound."""
    found = scope.visible(models.Return.objects.filter(pk=return_id), actor).first()
    if found is None:
        raise errors.NotFound
    return queries.return_view(found, models.ReturnLine.objects.filter(document=found).order_by("no"))


def requested_on(order_ids: Iterable, *, actor: scope.Actor) -> dict:
    """Order → (its number, the day the goods are wanted or None)."""
    rows = scope.visible(models.Order.objects.filter(pk__in=list(order_ids)), actor)
    return {pk: (number, day) for pk, number, day in rows.values_list("pk", "number", "requested_on")}
