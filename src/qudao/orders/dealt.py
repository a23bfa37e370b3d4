"""What orders tell an agent of the partners on its list: its dealers' last orders, and what hospitals were sent."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Max, Q, Sum
from django.utils.translation import gettext as _

from qudao.kernel import periods, scope
from qudao.orders import models
from qudao.ui import cards, tables

SENT = ("shipped", "signed", "signed_with_difference")


def columns(party_ids: Iterable[int], *, actor: scope.Actor, now: dt.datetime) -> list[cards.Figures]:
    """For partners' people: the last order of a partner, or for a hospital, and what the hospital was sent this year,
    as far as the actor sees the orders. Two statements."""
    if actor.house or not actor.can("orders.order.view"):
        return []
    wanted = set(party_ids)
    last: dict[int, dt.date] = {}
    sent: dict[int, Decimal | None] = {}
    if wanted:
        placed = models.Order.objects.exclude(status__in=("draft", "cancelled"))
        rows = scope.visible(placed, actor).order_by()
        january = periods.business_date(now).replace(month=1, day=1)
        of_year = Sum("net", filter=Q(business_on__gte=january, status__in=SENT))
        own = rows.filter(party_id__in=wanted).values_list("party_id").annotate(Max("business_on"))
        of_hospitals: Any = rows.filter(hospital_id__in=wanted).values_list("hospital_id")
        last = dict(own)
        for hospital, day, net in of_hospitals.annotate(day=Max("business_on"), net_of_year=of_year):
            last[hospital] = max(day, last.get(hospital, day))
            sent[hospital] = net
    return [
        cards.Figures(
            column=tables.Column(key="last_order", label=_("Last order, by it or for it"), kind="day"),
            values=last,
        ),
        cards.Figures(
            column=tables.Column(key="sent", label=_("Sent there this year"), kind="money"), values=sent
        ),
    ]
