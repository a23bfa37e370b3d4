"""What waits in a queue of the warehouse: how much, since when, and the first few, in one statement."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber


def first_waiting(
    rows: QuerySet,
    *,
    order: Sequence[Any],
    most: int,
    since: str,
    due: Q | None = None,
    by: str | None = None,
) -> QuerySet:
    """The first `most` rows of each queue (`by` a field; None: all of it is one), in the given order.

    Every row carries of its whole queue: `waiting` how many, `oldest` the least `since`, `overdue` how many
    meet `due`.
    """
    whole: dict[str, Any] = {"partition_by": F(by)} if by else {}
    counted = Count("pk", filter=due) if due is not None else Count("pk", filter=Q(pk__isnull=True))
    return (
        rows.annotate(
            waiting=Window(Count("pk"), **whole),
            oldest=Window(Min(since), **whole),
            overdue=Window(counted, **whole),
            place=Window(RowNumber(), order_by=order, **whole),
        )
        .filter(place__lte=most)
        .order_by("place")
    )
