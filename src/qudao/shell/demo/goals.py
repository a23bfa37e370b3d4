"""What the management of the demo company wants of its figures: targets and baselines of the year."""

import datetime as dt
from decimal import Decimal
from typing import Any

from qudao.insights import operations as insights
from qudao.kernel import periods, scope
from qudao.shell.demo.state import Demo

# figure: target, baseline; the sales target is made of the orders planned.
GOALS = {
    "on_time": ("0.95", "0.90"),
    "shortage": ("0.02", "0.03"),
    "order_to_ship": ("6", "8"),
    "coverage": ("0.60", "0.50"),
    "flow": ("0.95", "0.85"),
    "overdue": ("0.08", "0.10"),
    "near_expiry": ("0.05", "0.06"),
    "turnover": ("90", "110"),
    "dso": ("45", "55"),
}
_AN_ORDER = 17_000  # yuan without tax
# The small company's authorisations of this year name no target: these accounts have theirs here.
ACCOUNTS = {"kangze.CV": 640, "kangze.IVD": 640, "renji.CV": 100}


def build(demo: Demo, *, now: dt.datetime, actor: scope.Actor) -> None:
    """Targets and baselines of the contract year, for the whole business and the accounts without one."""
    year: dict[str, Any] = {"valid_from": demo.year, "valid_until": periods.add_months(demo.year, 12)}
    sales = Decimal(demo.orders * _AN_ORDER)
    insights.set_target(
        kpi="sales", target=sales, baseline=sales * Decimal("0.9"), actor=actor, now=now, **year
    )
    for kpi, (target, baseline) in GOALS.items():
        insights.set_target(
            kpi=kpi, target=Decimal(target), baseline=Decimal(baseline), actor=actor, now=now, **year
        )
    for account, an_order in ACCOUNTS.items():
        insights.set_target(
            kpi="sales",
            account_id=demo.company.accounts[account],
            target=Decimal(demo.orders * an_order),
            actor=actor,
            now=now,
            **year,
        )
