"""What the goods we sell are called to those who read of them: our sales are the purchases of our partners."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy, pgettext_lazy

from qudao.insights import labels
from qudao.kernel import scope


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """`by` and `net_by` take the name of a `dimension`; `words` are the figures' by code."""

    name: Any
    net: Any
    this_year: Any
    by_month: Any
    net_months: Any
    net_months_compared: Any
    by: Any
    net_by: Any
    none: Any
    words: Mapping[str, labels.Words]


SALES = Terms(
    name=pgettext_lazy("kpi", "Sales"),
    net=gettext_lazy("Net sales"),
    this_year=gettext_lazy("Sales this year"),
    by_month=gettext_lazy("Sales by month"),
    net_months=gettext_lazy("Net sales of the last twelve months"),
    net_months_compared=gettext_lazy(
        "Net sales of the last twelve months and of the same months a year before"
    ),
    by=gettext_lazy("Sales by %(dimension)s"),
    net_by=gettext_lazy("Net sales by %(dimension)s"),
    none=gettext_lazy("No sales in this period."),
    words=labels.WORDS,
)
PURCHASES = Terms(
    name=pgettext_lazy("kpi", "Purchases"),
    net=gettext_lazy("Net purchases"),
    this_year=gettext_lazy("Purchases this year"),
    by_month=gettext_lazy("Purchases by month"),
    net_months=gettext_lazy("Net purchases of the last twelve months"),
    net_months_compared=gettext_lazy(
        "Net purchases of the last twelve months and of the same months a year before"
    ),
    by=gettext_lazy("Purchases by %(dimension)s"),
    net_by=gettext_lazy("Net purchases by %(dimension)s"),
    none=gettext_lazy("No purchases in this period."),
    words={
        **labels.WORDS,
        "sales": labels.Words(
            pgettext_lazy("kpi", "Purchases"),
            gettext_lazy(
                "Goods signed for less goods returned, without tax, by the day of signing or return."
            ),
            gettext_lazy("Net purchases"),
        ),
        "attainment": labels.Words(
            gettext_lazy("Attainment"),
            gettext_lazy(
                "Purchases since the first of January, or since the running target began where that was earlier, of"
                " the accounts that have one, over what their targets ask of these days."
            ),
            gettext_lazy("Purchases of accounts with a target"),
            gettext_lazy("Target to date"),
            brief=gettext_lazy("Purchases of accounts with a target, divided by their target to date."),
        ),
        "dso": labels.Words(
            gettext_lazy("Days until you pay"),
            gettext_lazy("Open invoices over the purchases of the last 90 days with tax, times 90 days."),
            gettext_lazy("Open invoices"),
            gettext_lazy("Purchases of 90 days with tax"),
        ),
        "overdue": dataclasses.replace(labels.WORDS["overdue"], bottom=gettext_lazy("Open invoices")),
    },
)


def for_reader(actor: scope.Actor) -> Terms:
    """The words for our own people, or for those of a partner."""
    return SALES if actor.house else PURCHASES
