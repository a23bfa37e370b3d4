"""Reads over facts and documents; call inside scope.transaction. The database keeps to what the actor sees.

Statements join tables of the modules below directly, for a figure over a hundred thousand rows is one
statement or it is slow; nothing here writes, and nothing above reads rows as those modules keep them.
"""

from qudao.insights.queries import targets
from qudao.insights.queries.cut import WITHOUT, Cut, counted, remembered
from qudao.insights.queries.goods import Item, list_cover, list_turnover, stock_condition, turnover
from qudao.insights.queries.partners import (
    Standing,
    attainment,
    coverage,
    cross_region,
    disputes,
    receivables,
)
from qudao.insights.queries.promotions import Promotion, list_promotions
from qudao.insights.queries.rows import rows_of
from qudao.insights.queries.sales import Breakdown, Months, break_down, by_month, by_party, of_item, total
from qudao.insights.queries.service import Service, service
from qudao.insights.queries.targets import TargetView, list_targets, targets_for

__all__ = [
    "WITHOUT",
    "Breakdown",
    "Cut",
    "Item",
    "Months",
    "Promotion",
    "Service",
    "Standing",
    "TargetView",
    "attainment",
    "break_down",
    "by_month",
    "by_party",
    "counted",
    "coverage",
    "cross_region",
    "disputes",
    "list_cover",
    "list_promotions",
    "list_targets",
    "list_turnover",
    "of_item",
    "receivables",
    "remembered",
    "rows_of",
    "service",
    "stock_condition",
    "targets",
    "targets_for",
    "total",
    "turnover",
]
