"""What the management of the demo company wants of its figures: targets and baselines of the year."""

import datetime as dt
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from qudao.insights import operations as insights
from qudao.kernel import periods, scope
from qudao.shell.demo import grants, trade, worth
from qudao.shell.demo.state import Demo

# figure: target, baseline; the sales targets are made of the orders planned.
GOALS = {
    "attainment": ("1", "0.90"),
    "on_time": ("0.95", "0.90"),
    "shortage": ("0.02", "0.03"),
    "order_to_ship": ("6", "8"),
    "coverage": ("0.60", "0.50"),
    "stock_out": ("0.05", "0.08"),
    "flow": ("0.95", "0.85"),
    "cross_region": ("0.01", "0.03"),
    "overdue": ("0.08", "0.10"),
    "near_expiry": ("0.05", "0.06"),
    "expired": ("0.005", "0.01"),
    "turnover": ("90", "110"),
    "dso": ("45", "55"),
    "disputes": ("0.01", "0.02"),
}
# How much of its target an account attains: most between these, with this in the middle, some far less.
_LOW, _HIGH, _USUAL = 0.70, 1.24, 0.96
# What of an account's usual year is next to nothing.
_TRIFLE = Decimal("0.05")
_WEAK, _WEAKEST, _WEAK_OF_TEN = 0.56, 0.34, 1


def targets(demo: Demo, deals: Sequence[trade.Deal]) -> dict[str, Decimal]:
    """Account → what it is to buy in a year without tax, from what it will have bought; who buys next to nothing has
    none, and an agent in each of its provinces no less than any dealer under it."""
    found = {}
    yearly = worth.yearly(demo, deals)
    least = sum(yearly.values()) / max(len(yearly), 1) * _TRIFLE
    for name, amount in yearly.items():
        if amount > least:
            target = amount / Decimal(_attained(demo, name))
            step = 10_000 if target >= 100_000 else 1_000
            found[name] = Decimal(max(round(target / step), 1) * step).quantize(Decimal("0.01"))
    for one in demo.partners.values():
        for line, agent in one.lines.items():
            below, above = f"{one.key}.{line}", f"{agent}.{line}"
            if below in found and above in found:
                provinces = len(grants.areas_of(demo.partners[agent]))
                found[above] = max(found[above], found[below] * provinces)
    return found


def _attained(demo: Demo, name: str) -> float:
    """The share of the target that the account will have bought; who stopped ordering is far behind."""
    chance = random.Random(f"{demo.seed} target {name}")
    one = demo.partners[name.split(".")[0]]
    # Those of the small company, whose pages are shown most, do well enough.
    weak = bool(one.code) and chance.random() * 10 < _WEAK_OF_TEN
    if weak or one.paying.startswith("stopped"):
        return chance.uniform(_WEAKEST, _WEAK)
    return chance.triangular(_LOW, _HIGH, _USUAL)


def build(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> None:
    """Targets and baselines of the contract year, for the whole business; accounts have theirs by authorisation."""
    year: dict[str, Any] = {"valid_from": demo.year, "valid_until": periods.add_months(demo.year, 12)}
    before: dict[str, Any] = {"valid_from": periods.add_months(demo.year, -12), "valid_until": demo.year}
    sales = Decimal(round(sum(demo.targets.values()) / 100_000) * 100_000)
    for share, valid in (("0.9", before), ("1", year)):
        asked = sales * Decimal(share)
        insights.set_target(
            kpi="sales", target=asked, baseline=asked * Decimal("0.9"), actor=actor, now=now, **valid
        )
    for kpi, (target, baseline) in GOALS.items():
        insights.set_target(
            kpi=kpi, target=Decimal(target), baseline=Decimal(baseline), actor=actor, now=now, **year
        )
