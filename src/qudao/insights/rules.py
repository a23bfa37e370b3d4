"""What a figure is made of: numerator and denominator, target and baseline; and the sums behind the risk
of running out, attainment, turnover and promotions. See docs/domain/kpis.md."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

from qudao.kernel import money, periods

Unit = Literal["money", "rate", "days", "hours", "count"]
Kind = Literal["sum", "ratio", "span", "median"]

SOON_DAYS, WATCH_DAYS = 14, 30
NEAR_MONTHS, NEAR_SHARE = 6, Decimal(1) / 3
FAR_BEHIND = Decimal("0.6")


@dataclasses.dataclass(frozen=True, slots=True)
class Kpi:
    """A figure of the business. `up` says whether more is better.

    kind: sum (the numerator itself), ratio (numerator over denominator), span (ratio × days of the window),
    median (of what the denominator counts).
    """

    code: str
    unit: Unit
    kind: Kind
    up: bool


KPIS = {
    kpi.code: kpi
    for kpi in (
        Kpi("sales", "money", "sum", True),
        Kpi("attainment", "rate", "ratio", True),
        Kpi("on_time", "rate", "ratio", True),
        Kpi("shortage", "rate", "ratio", False),
        Kpi("order_to_ship", "hours", "median", False),
        Kpi("stock_out", "rate", "ratio", False),
        Kpi("near_expiry", "rate", "ratio", False),
        Kpi("expired", "rate", "ratio", False),
        Kpi("turnover", "days", "span", False),
        Kpi("coverage", "rate", "ratio", True),
        Kpi("flow", "rate", "ratio", True),
        Kpi("cross_region", "rate", "ratio", False),
        Kpi("overdue", "rate", "ratio", False),
        Kpi("dso", "days", "span", False),
        Kpi("disputes", "rate", "ratio", False),
    )
}


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """What was counted. `days` is the length of the window a span refers to; `median` and `p90` are given for
    figures of that kind."""

    numerator: Decimal | None = None
    denominator: Decimal | None = None
    days: int = 0
    median: Decimal | None = None
    p90: Decimal | None = None


def value(*, kpi: Kpi, measured: Measured) -> Decimal | None:
    """The figure: money in cents, rates to six places, days and hours to one. None without a denominator."""
    if kpi.kind == "sum":
        return measured.numerator
    if kpi.kind == "median":
        return None if measured.median is None else money.rounded(measured.median, 1)
    if measured.numerator is None or not measured.denominator:
        return None
    ratio = measured.numerator / measured.denominator
    return money.rounded(ratio * measured.days, 1) if kpi.kind == "span" else money.rounded(ratio, 6)


def change(*, kpi: Kpi, now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Against the period before: a share of it for amounts, days and hours; the difference for rates."""
    if now is None or before is None:
        return None
    if kpi.unit == "rate":
        return now - before
    return money.rounded((now - before) / before, 6) if before else None


def tone(*, kpi: Kpi, change: Decimal | None) -> str:
    """ok when it moved the good way, bad when the other; '' when it did not move or is not known."""
    if not change:
        return ""
    return "ok" if (change > 0) == kpi.up else "bad"


def met(*, kpi: Kpi, value: Decimal | None, target: Decimal | None) -> bool | None:
    """Whether the target is reached; None when either is missing."""
    if value is None or target is None:
        return None
    return value >= target if kpi.up else value <= target


@dataclasses.dataclass(frozen=True, slots=True)
class Goal:
    """A target sum over [valid_from, valid_until)."""

    target: Decimal
    valid_from: dt.date
    valid_until: dt.date


def due(*, goals: Iterable[Goal], first: dt.date, until: dt.date) -> Decimal:
    """What the goals ask of [first, until): each by its days in the window, rounded once, to the cent."""
    whole = Decimal(0)
    for goal in goals:
        days = (min(goal.valid_until, until) - max(goal.valid_from, first)).days
        if days > 0:
            whole += goal.target * days / (goal.valid_until - goal.valid_from).days
    return money.amount(whole)


def counted_from(*, goals: Iterable[Goal], first: dt.date, until: dt.date) -> dt.date:
    """The day from which attainment counts in [first, until): the first, or the day on which the goal in force at the
    end began, where that was before. So a contract year from March is not cut in two by January."""
    last = until - dt.timedelta(days=1)
    running = (goal.valid_from for goal in goals if goal.valid_from <= last < goal.valid_until)
    return min([first, *running])


def due_of_whole(*, goals: Iterable[Goal], first: dt.date, until: dt.date) -> Decimal | None:
    """The same, when the goals cover every day of the window; else None, for a year's sales are not to be
    held against a month's target. The goals do not overlap."""
    listed = list(goals)
    days = sum(max((min(goal.valid_until, until) - max(goal.valid_from, first)).days, 0) for goal in listed)
    return due(goals=listed, first=first, until=until) if days == (until - first).days else None


def is_expired(*, today: dt.date, last_usable_on: dt.date) -> bool:
    """已过期: the last day of use is over."""
    return last_usable_on < today


def is_near_expiry(*, today: dt.date, produced_on: dt.date | None, last_usable_on: dt.date) -> bool:
    """近效期: six months or less are left, or a third of the shelf life or less; what is expired is not near."""
    if is_expired(today=today, last_usable_on=last_usable_on):
        return False
    if last_usable_on <= periods.add_months(today, NEAR_MONTHS):
        return True
    if produced_on is None:
        return False
    return (last_usable_on - today).days <= (last_usable_on - produced_on).days * NEAR_SHARE


@dataclasses.dataclass(frozen=True, slots=True)
class Cover:
    """How long what is free lasts. `free` is what may be sold less what waits for goods, `rate` the demand a
    day; days are whole; `out_on` the first day without. Both None without demand."""

    free: Decimal
    rate: Decimal
    days: int | None
    out_on: dt.date | None
    state: str


def cover(
    *,
    available: Decimal,
    waiting: Decimal,
    demand: Decimal,
    window: int,
    incoming_on: dt.date | None,
    today: dt.date,
) -> Cover:
    """The stock-out risk of an item.

    available   good stock of our own that nobody has reserved
    waiting     wanted by orders that could not be filled
    demand      ordered within the last `window` days
    incoming_on the day the next purchase is expected, None without one

    state: out (nothing free), short (lasts under 14 days), watch (under 30), ok, idle (no demand). Goods on
    their way in time make of short a watch.
    """
    free = available - waiting
    rate = demand / window
    if not rate and free >= 0:
        return Cover(free, rate, None, None, "idle")
    if free <= 0:
        return Cover(free, rate, 0, today, "out")
    # Multiplied first: 120 at 80 in 56 days lasts 84 days, not 83.99….
    days = int((free * window / demand).to_integral_value(ROUND_FLOOR))
    out_on = today + dt.timedelta(days=days)
    if days >= WATCH_DAYS:
        return Cover(free, rate, days, out_on, "ok")
    helped = incoming_on is not None and incoming_on <= out_on
    return Cover(free, rate, days, out_on, "short" if days < SOON_DAYS and not helped else "watch")


@dataclasses.dataclass(frozen=True, slots=True)
class Effect:
    """What a promotion brought: `more` sold than the baseline, as a share of it (`lift`), and a yuan of cost.
    All None without a baseline."""

    more: Decimal | None
    lift: Decimal | None
    per_cost: Decimal | None


def effect(*, during: Decimal, baseline: Decimal | None, cost: Decimal) -> Effect:
    """Sales of the promoted items while it ran against those of as many days before, and what it cost."""
    if baseline is None:
        return Effect(None, None, None)
    more = during - baseline
    return Effect(
        more,
        money.rounded(more / baseline, 6) if baseline else None,
        money.rounded(more / cost, 2) if cost else None,
    )


def previous(*, first: dt.date, until: dt.date, today: dt.date) -> tuple[dt.date, dt.date]:
    """The window to compare with: the same span before, and of it only as many days as have passed.

    Windows of whole months compare with as many months: 1 to 23 November with 1 to 23 October.
    """
    months = (until.year - first.year) * 12 + until.month - first.month
    begin = periods.add_months(first, -months)
    passed = min(until, today + dt.timedelta(days=1)) - first
    return begin, first if until <= today else min(first, begin + max(passed, dt.timedelta(days=1)))
