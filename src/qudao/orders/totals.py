"""Sums of orders by account, for whoever stands above it."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import models as django_models

from qudao.kernel import scope
from qudao.orders import models
from qudao.orders.rules import progress


@dataclasses.dataclass(frozen=True, slots=True)
class Total:
    """`net` and `gross` of confirmed orders, how many, and the day of the latest."""

    count: int
    net: Decimal
    gross: Decimal
    latest_on: dt.date | None


NOTHING = Total(0, Decimal("0.00"), Decimal("0.00"), None)


def by_account(account_ids: Iterable[int], *, since: dt.date, actor: scope.Actor) -> dict[int, Total]:
    """Account → what it ordered since the day, drafts and cancelled orders left out; one statement."""
    rows = models.Order.objects.filter(account_id__in=list(account_ids), business_on__gte=since).exclude(
        status__in=progress.NO_SALE
    )
    grouped = (
        scope.visible(rows, actor)
        .values_list("account_id")
        .annotate(
            count=django_models.Count("pk"),
            net=django_models.Sum("net"),
            gross=django_models.Sum("gross"),
            latest=django_models.Max("business_on"),
        )
        .order_by()
    )
    return {row[0]: Total(*row[1:]) for row in grouped}
