"""What the address of the dashboard asks for: the period and the facets, and the filters that set them."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qudao.insights import figures, labels, queries
from qudao.kernel import periods
from qudao.ui import filters, parsing

PERIODS = {
    "month": gettext_lazy("This month"),
    "last_month": gettext_lazy("Last month"),
    "quarter": gettext_lazy("This quarter"),
    "year": gettext_lazy("This year"),
    "twelve": gettext_lazy("Last 12 months"),
}
FACETS = {
    "entity": "entity_id",
    "region": "region_id",
    "line": "line_id",
    "tier": "tier",
    "party": "party_id",
}
TIERS = ("A", "B", "C", "D")


def window(period: str, today: dt.date) -> tuple[dt.date, dt.date]:
    """[first, until) of a period's name; this month for any other word."""
    month = today.replace(day=1)
    match period:
        case "last_month":
            return periods.add_months(month, -1), month
        case "quarter":
            first = month.replace(month=(month.month - 1) // 3 * 3 + 1)
            return first, periods.add_months(first, 3)
        case "year":
            return month.replace(month=1), month.replace(year=month.year + 1, month=1)
        case "twelve":
            return periods.add_months(month, -11), periods.add_months(month, 1)
    return month, periods.add_months(month, 1)


def asked_of(request: HttpRequest) -> figures.Asked:
    """The cut of the address; what is no number does not filter."""
    query = request.GET
    today = periods.business_date(request.now)
    first, until = window(query.get("period", ""), today)
    numbers = {FACETS[name]: parsing.whole(query.get(name)) for name in ("entity", "region", "line", "party")}
    tier = query.get("tier", "")
    cut = queries.Cut(first=first, until=until, tier=tier if tier in TIERS else "", **numbers)
    return figures.Asked(cut, request.actor, today)


def bar(names: labels.Names, *, house: bool) -> list[filters.Filter]:
    """Period, entity, line; region and tier for our own people (`house`): a partner is in one and of one."""
    found = [
        filters.Choice("period", _("Period"), list(PERIODS.items()), otherwise="month"),
        filters.Choice("entity", _("Legal entity"), _choices(names.entities)),
        filters.Choice("region", _("Region"), _choices(names.regions)),
        filters.Choice("line", _("Product line"), _choices(names.lines)),
        filters.Choice("tier", labels.DIMENSIONS["tier"], [(tier, tier) for tier in TIERS]),
    ]
    return [one for one in found if house or one.key not in ("region", "tier")]


def _choices(names: dict[int, str]) -> list[tuple[str, Any]]:
    return [(str(one), name) for one, name in names.items()]


def kept(query: QueryDict, **changed: Any) -> str:
    """The period and facets of an address, with some changed, as a query."""
    found = {name: query.get(name, "") for name in ("period", *FACETS)}
    found |= {name: str(value) for name, value in changed.items()}
    return urlencode({name: value for name, value in found.items() if value})


def in_words(
    asked: figures.Asked,
    names: labels.Names,
    *,
    code: str = "",
    remembered: bool = False,
    before: tuple[dt.date, dt.date] | None = None,
) -> str:
    """2026-11-01 – 2026-11-30 and the facets chosen, or those of the figure `code`; the window `before` that changes are
    against, its end left out; how old figures may be that are `remembered`."""
    cut = asked.cut.of(code)
    parts = [
        _days(asked, code),
        names.entities.get(cut.entity_id, ""),
        names.regions.get(cut.region_id, ""),
        names.lines.get(cut.line_id, ""),
        cut.tier,
        *(str(labels.APART[one]) for one in queries.WITHOUT.get(code, ()) if getattr(asked.cut, one)),
        *(str(labels.APART[one]) for one in figures.beyond(code, asked.actor)),
        labels.basis(code, costs=asked.actor.can(figures.COST)),
        _("against %(first)s – %(last)s") % {"first": before[0], "last": before[1] - dt.timedelta(days=1)}
        if before
        else "",
        _("figures at most %(seconds)s seconds old") % {"seconds": settings.FIGURES_SECONDS}
        if remembered and settings.FIGURES_SECONDS
        else "",
    ]
    return " · ".join(part for part in parts if part)


def _days(asked: figures.Asked, code: str) -> str:
    """The days of the cut, or those a figure counts whatever period is chosen."""
    last = min(asked.cut.until - dt.timedelta(days=1), asked.today)
    if code in figures.TODAY:
        return _("as of %(day)s") % {"day": asked.today}
    first = figures.counted_since(asked) if code == "flow" else asked.cut.first
    return f"{first} – {last}"
