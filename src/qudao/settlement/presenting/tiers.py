"""A rebate scale in words and as a picture: what a tier pays, how far away the next one is.

Whatever has the `measure` and `mode` of a scale is described: the scale of a run, the progress of a term.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from qudao.ui import formats


def measured(scale: Any, amount: Decimal, quantity: Decimal) -> str:
    """A volume in what the scale measures."""
    if scale.measure == "amount":
        return formats.amount(amount, "CNY")
    return _("%(count)s pieces") % {"count": formats.quantity(quantity)}


def paid(scale: Any, rate: Decimal) -> str:
    """What a tier pays."""
    if scale.mode == "fixed":
        return formats.amount(rate, "CNY")
    if scale.mode == "per_unit":
        return _("%(amount)s a piece") % {"amount": formats.amount(rate, "CNY")}
    return formats.rate(rate)


def step(one: dict[str, Any], scale: Any) -> dict[str, Any]:
    """One step of the sum: base × rate = amount, or what a cap or a floor changed."""
    if one["code"] != "band":
        return {
            "label": _("Limited to the cap") if one["code"] == "cap" else _("Raised to the floor"),
            "amount": Decimal(one["amount"]),
        }
    low, high = Decimal(one["from"] or 0), one["to"] and Decimal(one["to"])
    begin = measured(scale, low, low)
    reach = f"{begin} – {measured(scale, high, high)}" if high else _("from %(start)s") % {"start": begin}
    base = Decimal(one["base"])
    return {
        "label": reach,
        "base": formats.quantity(base) if scale.mode in ("per_unit", "fixed") else formats.amount(base),
        "rate": paid(scale, Decimal(one["rate"])),
        "amount": Decimal(one["amount"]),
    }


def following(
    scale: Any, *, rate: Decimal, missing: Decimal | None, next_rate: Decimal | None, over: bool = False
) -> str:
    """再进 ¥120,000 达 3%; of a period that is `over` by how much it was missed."""
    if missing is None or next_rate is None:
        return _("Highest tier reached: %(rate)s") % {"rate": paid(scale, rate)}
    words = _("%(missing)s short of %(rate)s") if over else _("%(missing)s more to reach %(rate)s")
    return words % {
        "missing": measured(scale, missing, missing),
        "rate": paid(scale, next_rate),
    }


def drawn(
    points: Sequence[tuple[Decimal, Decimal]], *, here: Decimal, earned: Decimal, on_amount: bool
) -> dict[str, Any]:
    """A scale as an ECharts option, with where somebody stands on it."""
    unit = _("Volume, yuan net") if on_amount else _("Pieces")
    stand = [float(here), float(earned)]
    return {
        "xAxis": {
            "type": "value",
            "name": unit,
            "nameLocation": "middle",
            "nameGap": 26,
            "splitNumber": 3,
            "axisLabel": {"hideOverlap": True},
        },
        "yAxis": {"type": "value", "name": _("Rebate, yuan")},
        "series": [
            {
                "type": "line",
                "name": _("Rebate"),
                "showSymbol": False,
                "data": [[float(x), float(y)] for x, y in points],
            },
            {"type": "scatter", "name": _("Now"), "symbolSize": 12, "data": [stand]},
        ],
    }
