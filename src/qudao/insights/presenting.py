"""Tiles, charts and tables of the dashboard, ready to print."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qudao.insights import asking, figures, labels, queries, rows, rules
from qudao.insights.terms import SALES, Terms
from qudao.kernel import periods
from qudao.ui import formats, tables

SHOWN = 8
TEN_THOUSAND = 10_000


def tiles(
    found: Mapping[str, figures.Figure], query: QueryDict, terms: Terms, *, costs: bool = True
) -> list[dict[str, Any]]:
    """One tile a figure: value, change, target and baseline; it opens its drawer. `costs`: stock is in money."""
    return [tile(code, figure, query, terms, costs=costs) for code, figure in found.items()]


def tile(
    code: str, figure: figures.Figure, query: QueryDict, terms: Terms, *, costs: bool = True
) -> dict[str, Any]:
    kpi = figure.kpi
    return {
        "code": code,
        "name": terms.words[code].name,
        "value": labels.shown(kpi, figure.value),
        "change": labels.changed(kpi, figure.change),
        "tone": figure.tone,
        "up": bool(figure.change and figure.change > 0),
        "target": labels.shown(kpi, figure.target) if figure.target is not None else "",
        "asked": labels.asked(kpi),
        "baseline": labels.shown(kpi, figure.baseline) if figure.baseline is not None else "",
        "met": figure.met,
        "detail": [
            *_detail(figure, terms.words[code], costs),
            *([formats.listed(labels.APART[one] for one in figure.apart)] if figure.apart else []),
        ],
        "meaning": terms.words[code].brief or terms.words[code].meaning,
        "url": f"{reverse('kpi')}?{asking.kept(query, kpi=code)}",
    }


def _detail(figure: figures.Figure, words: labels.Words, costs: bool) -> list[Any]:
    """What stands small under the value: the two numbers of a rate and what they count, the P90 of a median, why
    there is none."""
    measured = figure.measured
    if figure.value is None:
        return [words.nothing or _("Nothing to measure in this period")]
    if figure.kpi.kind == "median":
        if measured.p90 is None:
            return []
        return [_("P90 %(hours)s h") % {"hours": formats.quantity(rules.money.rounded(measured.p90, 1))}]
    if figure.kpi.kind == "sum" or not measured.denominator:
        return []
    parts = (measured.numerator, measured.denominator)
    first, second = (labels.part(figure.kpi, one, costs=costs) for one in parts)
    unit = labels.unit(figure.kpi, words, measured.denominator, costs=costs)
    # Whatever period is chosen, of whomever: a target runs for its own, and not every account has one.
    since = _("accounts with a target, target period to date") if figure.kpi.code == "attainment" else ""
    basis = since or labels.basis(figure.kpi.code, costs=costs)
    return [first, f"/ {second} {unit}".rstrip(), *([basis] if basis else [])]


def explanation(code: str, figure: figures.Figure, terms: Terms, *, costs: bool = True) -> dict[str, Any]:
    """How a figure came about: above and below the line, the period before, target, baseline."""
    kpi, words, measured = figure.kpi, terms.words[code], figure.measured
    steps: list[dict[str, Any]] = [
        {"label": label, "value": value} for label, value in labels.parts(kpi, words, measured, costs=costs)
    ]
    if kpi.kind == "span":
        steps.append({"label": _("Times days"), "value": str(measured.days)})
    if kpi.kind == "median":
        p90 = None if measured.p90 is None else rules.money.rounded(measured.p90, 1)
        steps.append({"label": _("Nine of ten within"), "value": labels.shown(kpi, p90)})
    steps.append({"label": words.name, "value": labels.shown(kpi, figure.value), "strong": True})
    if figure.before is not None:
        steps.append(
            {
                "label": _("Period before"),
                "value": labels.shown(kpi, figure.before),
                "note": labels.changed(kpi, figure.change),
            }
        )
    steps.append(
        {"label": labels.asked(kpi), "value": labels.shown(kpi, figure.target), "note": _met(figure)}
    )
    steps.append({"label": _("Baseline"), "value": labels.shown(kpi, figure.baseline)})
    return {"steps": steps}


def _met(figure: figures.Figure) -> str:
    if figure.met is None:
        return ""
    return _("reached") if figure.met else _("not reached")


# --- Sales ------------------------------------------------------------------------------------------


def spark(months: queries.Months, last: dt.date) -> str:
    """The last twelve months as points of a polyline in a box of 100 by 24."""
    net = [months.net.get(periods.add_months(last, back - 11), Decimal(0)) for back in range(12)]
    low, high = min(0, *net), max(net)
    span = (high - low) or 1
    return " ".join(
        f"{index * 100 / 11:.1f},{22 - float((one - low) / span) * 20:.1f}" for index, one in enumerate(net)
    )


def month_chart(months: queries.Months, last: dt.date, terms: Terms) -> dict[str, Any]:
    """Twelve months of sales beside the same months a year earlier, with the table behind."""
    shown = [periods.add_months(last, back - 11) for back in range(12)]
    now = [months.net.get(month, Decimal(0)) for month in shown]
    before = [months.net.get(periods.add_months(month, -12), Decimal(0)) for month in shown]
    # A first year has none before it: no line along the ground.
    compared = any(before)
    return {
        "name": "sales-months",
        "title": terms.by_month,
        "label": str(terms.net_months_compared if compared else terms.net_months),
        "option": {
            "xAxis": {"type": "category", "data": [f"{month:%Y-%m}" for month in shown]},
            "yAxis": {"type": "value", "name": _("10,000 yuan")},
            **({"legend": {"top": 0, "right": 0, "itemHeight": 8}} if compared else {}),
            "series": [
                {
                    "type": "bar",
                    "name": str(terms.name),
                    "barMaxWidth": 22,
                    "data": [_thousands(one) for one in now],
                },
                {
                    "type": "line",
                    "name": _("A year before"),
                    "showSymbol": False,
                    "data": [_thousands(one) for one in before],
                },
            ][: 1 + compared],
        },
        "table": tables.Table(
            label=terms.by_month,
            columns=[
                tables.Column(key="month", label=_("Month")),
                tables.Column(key="net", label=terms.net, kind="money"),
                tables.Column(key="before", label=_("A year before"), kind="money"),
            ][: 2 + compared],
            rows=[
                {"month": f"{month:%Y-%m}", "net": one, "before": earlier}
                for month, one, earlier in zip(shown, now, before, strict=True)
            ],
            sums={"net": sum(now), "before": sum(before)},
            sums_label=_("Together"),
        ),
    }


def device_option(
    shown: Sequence[dt.date], months: Mapping[dt.date, tuple[Decimal, Decimal]], unit: str
) -> dict[str, Any]:
    """Base units of one product by month."""
    nothing = (Decimal(0), Decimal(0))
    return {
        "xAxis": {"type": "category", "data": [f"{month:%Y-%m}" for month in shown]},
        "yAxis": {"type": "value", "name": unit},
        "series": [
            {
                "type": "bar",
                "name": _("Signed for, less returned"),
                "barMaxWidth": 22,
                "data": [float(months.get(month, nothing)[0]) for month in shown],
            }
        ],
    }


def breakdown_charts(
    found: Sequence[queries.Breakdown],
    names: labels.Names,
    query: QueryDict,
    terms: Terms,
    *,
    alone: bool = False,
) -> list[dict[str, Any]]:
    """By region, line, tier and channel: a bar each, the largest first; a bar opens its rows.

    A partner (`alone`) is in one region and of one tier: one bar alone says nothing.
    """
    return [
        _breakdown([one for one in found if one.dimension == dimension], dimension, names, query, terms)
        for dimension in (("line_id", "channel") if alone else ("region_id", "line_id", "tier", "channel"))
    ]


_PARAMETERS = {"region_id": "region", "line_id": "line", "tier": "tier"}


def _breakdown(found, dimension: str, names: labels.Names, query: QueryDict, terms: Terms) -> dict[str, Any]:
    largest = sorted(found, key=lambda one: one.net, reverse=True)
    title = str(labels.DIMENSIONS[dimension])
    parameter = _PARAMETERS.get(dimension)
    listed = [
        {
            "name": names.of(dimension, one.key),
            "net": one.net,
            "before": one.before,
            "change": _share(one),
            "url": f"{reverse('kpi_rows')}?{asking.kept(query, kpi='sales', **{parameter: one.key})}"
            if parameter
            else None,
        }
        for one in largest
    ]
    # What sold only in the period before stands in the table: it has no bar.
    shown = [row for row in reversed(listed[:SHOWN]) if row["net"]]
    return {
        "name": f"sales-{dimension.removesuffix('_id')}",
        "title": str(terms.by) % {"dimension": title.lower()},
        "label": str(terms.net_by) % {"dimension": title.lower()},
        "empty": "" if listed else terms.none,
        "option": {
            "xAxis": {
                "type": "value",
                "name": _("10,000 yuan"),
                "nameLocation": "middle",
                "nameGap": 24,
                # One step or a few: more numbers have no room beside the longest names.
                "splitNumber": 1,
            },
            "yAxis": {"type": "category", "data": [row["name"] for row in shown]},
            "series": [
                {
                    "type": "bar",
                    "name": str(terms.name),
                    "barMaxWidth": 16,
                    "data": [
                        {"value": _thousands(row["net"])} | ({"url": row["url"]} if row["url"] else {})
                        for row in shown
                    ],
                }
            ],
        },
        "table": tables.Table(
            label=title,
            columns=[
                tables.Column(key="name", label=title),
                tables.Column(key="net", label=terms.net, kind="money"),
                tables.Column(key="before", label=_("Period before"), kind="money"),
                tables.Column(key="change", label=_("Change on before"), kind="rate"),
            ],
            rows=listed,
            sums={"net": sum(row["net"] for row in listed), "before": sum(row["before"] for row in listed)},
            sums_label=_("Together"),
        ),
    }


def _share(one: queries.Breakdown) -> Decimal | None:
    return rules.change(kpi=rules.KPIS["sales"], now=one.net, before=one.before)


def _thousands(amount: Decimal) -> float:
    """In 10,000 yuan, as the trade reads charts."""
    return float(round(amount / TEN_THOUSAND, 2))


# --- Lists ------------------------------------------------------------------------------------------


def ranking(
    standing: Sequence[queries.Standing], names: labels.Names, terms: Terms, *, alone: bool = False
) -> tables.Table:
    """The accounts furthest behind their target; `alone` for those of one partner, told apart by their line."""
    columns = rows.columns("attainment", terms, costs=True)
    listed = [rows.linked(rows.standing(one, names)) for one in standing[:SHOWN]]
    return tables.Table(
        label=_("Attainment"),
        columns=tables.of_one_partner(columns) if alone else columns,
        rows=listed,
        empty=tables.Empty(
            title=_("No target is set"),
            hint=_("Targets come with authorisations, or are set per account."),
            icon="target",
        ),
    )


def risks(items: Iterable[queries.Item], names: labels.Names) -> tables.Table:
    """What runs out first; what is covered stays on the list behind the figure."""
    urgent = [rows.item(one, names) for one in items if one.cover.state in ("out", "short", "watch")]
    hidden = {"ordered"}
    return tables.Table(
        label=_("Stock-out risk ahead"),
        columns=[one for one in rows.columns("stock_out", SALES, costs=True) if one.key not in hidden],
        rows=urgent[:SHOWN],
        empty=tables.Empty(
            title=_("Nothing runs out within 30 days"),
            hint=_("At the demand of the last eight weeks."),
            icon="circle-check",
        ),
    )


def expired(found: Sequence[Mapping[str, Any]], *, costs: bool) -> tables.Table:
    """The lots past their last day of use that are still here, the longest past first, and where they are kept."""
    return tables.Table(
        label=pgettext("kpi", "Past its date"),
        columns=rows.columns("expired", SALES, costs=costs),
        rows=[rows.linked(rows.lot(one)) for one in found],
    )


def near_expiry(found: Sequence[Mapping[str, Any]], *, costs: bool) -> tables.Table:
    """The lots that expire first, and where they are kept."""
    hidden = {"status"}
    return tables.Table(
        label=_("Near expiry"),
        columns=[one for one in rows.columns("near_expiry", SALES, costs=costs) if one.key not in hidden],
        rows=[rows.linked(rows.lot(one)) for one in found],
        empty=tables.Empty(
            title=_("Nothing near its expiry"),
            hint=_("All stock has more than six months and a third of its life to go."),
            icon="circle-check",
        ),
    )


def _tone_of(more: Decimal | None) -> str | None:
    if not more:
        return None
    return "ok" if more > 0 else "bad"


def _term(one: queries.Promotion) -> str:
    """The days a promotion is for; one that runs on is measured only so far, and says so."""
    until = one.valid_until
    if until == one.ran_until:
        return f"{one.valid_from} – {until - dt.timedelta(days=1)}"
    if until is None:
        return _("since %(day)s, so far") % {"day": one.valid_from}
    return _("%(first)s – %(last)s, so far") % {"first": one.valid_from, "last": until - dt.timedelta(days=1)}


def promotions(found: Sequence[queries.Promotion], entities: Mapping[int, str]) -> tables.Table:
    """What each promotion sold, against as many days before, and what it cost; `entities` by id."""
    return tables.Table(
        label=_("Promotion effect"),
        columns=[
            tables.Column(key="name", label=pgettext("kpi", "Promotion"), sub="ran"),
            tables.Column(key="during", label=_("While it ran"), kind="money"),
            tables.Column(key="baseline", label=_("As many days before"), kind="money"),
            tables.Column(key="more", label=_("More"), kind="money"),
            tables.Column(key="lift", label=_("Lift"), kind="rate"),
            tables.Column(key="cost", label=_("Given away"), kind="money", sub="budget"),
            tables.Column(key="per_cost", label=_("More per yuan"), kind="money"),
        ],
        rows=[
            {
                "name": one.name,
                "ran": f"{entities[one.entity_id]} · {_term(one)}",
                "during": one.during,
                "baseline": one.baseline,
                "more": one.effect.more,
                "more_tone": _tone_of(one.effect.more),
                "lift": one.effect.lift,
                "cost": one.cost,
                "budget": _("of %(budget)s") % {"budget": formats.amount(one.budget)},
                "per_cost": one.effect.per_cost,
            }
            for one in found
        ],
        empty=tables.Empty(
            title=_("No promotion yet"),
            hint=_("Once one runs, its sales are set against as many days before."),
            icon="discount",
        ),
    )
