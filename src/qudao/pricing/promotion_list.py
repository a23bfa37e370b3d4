"""The list of promotions."""

import datetime as dt
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.kernel import scope
from qudao.pricing import listing as lists
from qudao.pricing import names as words
from qudao.pricing import presenting, queries
from qudao.pricing.names import Names
from qudao.ui import filters, listing, parsing, status, tables

PROMOTION_STATES = ("running", "planned", "ended")


def promotions(query: QueryDict, *, today: dt.date, actor: scope.Actor) -> listing.Listing:
    """Promotions; their budgets for our own people alone."""
    names = Names.load()
    state = lists.choice(query, "state", PROMOTION_STATES)

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        after = parsing.whole(cursor)
        found = queries.list_promotions(actor=actor, state=state, on=today, after=after, limit=limit + 1)
        rows = [_promotion(one, names, today, actor) for one in found[:limit]]
        return listing.Slice(rows, str(found[limit - 1].id) if len(found) > limit else None)

    def sums() -> tuple[dict[str, Any], str]:
        count, budget, spent = queries.count_promotions(actor=actor, on=today, state=state)
        money = {"budget": budget, "spent": spent} if actor.house else {}
        return money, _("%(count)s promotions") % {"count": count}

    budget = [
        tables.Column(key="used", label=_("Budget used"), kind="bar"),
        tables.Column(key="spent", label=_("Spent"), kind="money"),
        tables.Column(key="budget", label=_("Budget"), kind="money"),
    ]
    return listing.Listing(
        name="promotions",
        title=_("Promotions"),
        columns=[
            tables.Column(key="name", label=_("Promotion")),
            tables.Column(key="state", label=_("State"), kind="status", status="promotion"),
            tables.Column(key="grants", label=_("Grants")),
            tables.Column(key="for_whom", label=_("For")),
            tables.Column(key="period", label=_("Validity")),
            *(budget if actor.house else []),
            tables.Column(key="entity", label=_("Legal entity")),
        ],
        filters=[
            filters.Choice(
                "state", _("State"), [(one, status.show("promotion", one).label) for one in PROMOTION_STATES]
            )
        ],
        fetch=fetch,
        sums=sums,
        empty=tables.Empty(
            title=_("No promotion yet"),
            hint=_("A promotion takes a fixed sum off from a threshold on, within a budget."),
            icon="gift",
        ),
    )


def _promotion(
    one: queries.PromotionView, names: Names, today: dt.date, actor: scope.Actor
) -> dict[str, Any]:
    return {
        "url": reverse("promotion", args=[one.id]),
        "name": one.name,
        "state": one.state(today),
        "grants": words.grants(one),
        "for_whom": presenting.audience(one, names),
        "period": words.period(one.valid_from, one.valid_until),
        "used": one.spent / one.budget if one.budget and actor.house else None,
        "spent": one.spent if actor.house else None,
        "budget": one.budget if actor.house else None,
        "entity": names.entities.get(one.entity_id, ""),
    }
