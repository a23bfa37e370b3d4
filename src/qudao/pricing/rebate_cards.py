"""Rebate terms on a page: what counts, the scale as a table, and its curve beside that of the other mode."""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qudao.pricing import names, queries
from qudao.pricing.rules import case, rebate
from qudao.ui import formats, tables

OTHER = {"whole": "marginal", "marginal": "whole"}


def card(term: queries.RebateTerm) -> dict[str, Any]:
    """One term: facts, table, chart. `scale` of a stored term is always valid."""
    scale = case.read_scale(data=dict(term.scale))
    return {
        "title": names.rebate(term.name),
        "facts": _facts(term, scale),
        "table": _table(term, scale),
        "chart": f"rebate-{term.id}",
        "option": _option(scale),
        "label": _("%(name)s: rebate by volume") % {"name": names.rebate(term.name)},
    }


def in_words(term: Mapping[str, Any] | None) -> str:
    """A term on one line, for the comparison of two versions: 季度 · 全额累计 · 0 → 0%, 30,000 → 2%."""
    if term is None:
        return formats.NOTHING
    scale = case.read_scale(data=dict(term["scale"]))
    tiers = "; ".join(
        f"{names.volume(scale.measure, tier.from_)} → {names.rate(scale.mode, tier.rate)}"
        for tier in scale.tiers
    )
    limits = [
        _("cap %(amount)s") % {"amount": formats.amount(scale.cap)} if scale.cap is not None else "",
        _("at least %(amount)s") % {"amount": formats.amount(scale.floor)} if scale.floor is not None else "",
    ]
    words = [names.CALENDARS[term["calendar"]], names.BASES[term["basis"]], names.MODES[scale.mode], tiers]
    return " · ".join(filter(None, [*map(str, words), *limits]))


def _facts(term: queries.RebateTerm, scale: rebate.Scale) -> list[tuple[str, Any]]:
    found = [
        (_("What counts"), names.BASES[term.basis]),
        (_("Settled"), names.CALENDARS[term.calendar]),
        (_("Mode"), names.MODES[scale.mode]),
        (pgettext("rebate", "Amount"), _("Tax included") if term.tax_included else _("Without tax")),
        (
            _("Pool"),
            _("%(months)s months, at most %(share)s of an order")
            % {"months": term.pool_months, "share": formats.rate(term.pool_share)},
        ),
    ]
    if scale.cap is not None:
        found.append((_("Cap"), formats.amount(scale.cap, "CNY")))
    if scale.floor is not None:
        found.append((_("Least"), formats.amount(scale.floor, "CNY")))
    if term.direction == "receivable":
        found.insert(0, (_("Direction"), _("owed to us")))
    return found


def _table(term: queries.RebateTerm, scale: rebate.Scale) -> tables.Table:
    """The tiers, and what reaching each is worth: at its lower bound, in this mode and in the other."""
    other = OTHER.get(scale.mode) if scale.measure == "amount" else None
    modes = [scale.mode, *([other] if other else [])]
    columns = [
        tables.Column(
            key="from", label=_("From, yuan net") if scale.measure == "amount" else _("From, pieces")
        ),
        tables.Column(key="rate", label=_("Rate")),
    ]
    # What is paid per piece cannot be told from an amount.
    worth = scale.measure == "amount" and scale.mode != "per_unit"
    if worth:
        columns += [
            tables.Column(
                key=mode,
                label=_("Rebate at this tier: %(mode)s") % {"mode": names.MODES[mode]}
                if mode == scale.mode
                else _("For comparison: %(mode)s") % {"mode": names.MODES[mode]},
                kind="money",
            )
            for mode in modes
        ]
    rows = []
    for tier in scale.tiers:
        row: dict[str, Any] = {
            "from": names.volume(scale.measure, tier.from_),
            "rate": names.rate(scale.mode, tier.rate),
        }
        for mode in modes if worth else ():
            row[mode] = _earned(scale, mode, tier.from_)
        rows.append(row)
    return tables.Table(
        label=_("Tiers of %(name)s") % {"name": names.rebate(term.name)}, columns=columns, rows=rows
    )


def _earned(scale: rebate.Scale, mode: str, at: Decimal) -> Decimal:
    """What a volume of exactly a tier's bound earns once the tier is reached."""
    reached = dataclasses.replace(scale, mode=mode, lower_inclusive=True)  # type: ignore[arg-type]
    return rebate.evaluate(scale=reached, volume=rebate.Volume(at, at)).earned


def _option(scale: rebate.Scale) -> dict[str, Any]:
    """The curve as an ECharts option; the other mode is drawn dashed, so that the jump is seen for what it is."""
    unit = _("Volume, yuan net") if scale.measure == "amount" else _("Pieces")
    series = [_series(scale, scale.mode, strong=True)]
    if scale.measure == "amount" and scale.mode in OTHER:
        series.append(_series(scale, OTHER[scale.mode], strong=False))
    return {
        "legend": {"top": 0, "right": 0, "show": len(series) > 1},
        "xAxis": {"type": "value", "name": unit, "nameLocation": "middle", "nameGap": 26, "splitNumber": 4},
        "yAxis": {"type": "value", "name": _("Rebate, yuan")},
        "series": series,
    }


def _series(scale: rebate.Scale, mode: str, *, strong: bool) -> dict[str, Any]:
    points = rebate.curve(scale=dataclasses.replace(scale, mode=mode))  # type: ignore[arg-type]
    return {
        "type": "line",
        "name": str(names.MODES[mode]),
        "showSymbol": False,
        "lineStyle": {"width": 2} if strong else {"width": 1, "type": "dashed"},
        "data": [[float(x), float(y)] for x, y in points],
    }
