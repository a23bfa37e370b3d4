"""How values look on screens: separators, fixed decimals, ISO days, Asia/Shanghai times."""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from qudao.kernel import money, periods, units

NOTHING = "—"
CURRENCIES = {
    "CNY": pgettext_lazy("currency", "Renminbi"),
    "USD": pgettext_lazy("currency", "US dollar"),
    "EUR": pgettext_lazy("currency", "Euro"),
}
SYMBOLS = {"CNY": "¥", "USD": "$", "EUR": "€"}


def amount(value: money.Number | None, currency: str = "") -> str:
    """1234.5 → 1,234.50; with a currency code → ¥ 1,234.50. None → a dash."""
    if value is None or value == "":
        return NOTHING
    text = money.signed(f"{money.amount(value):,.2f}")
    return f"{SYMBOLS.get(currency, currency)} {text}" if currency else text


def unit_price(value: money.Number | None) -> str:
    """At least 2 and at most 4 decimals: 1860 → 1,860.00; 0.0135 → 0.0135."""
    if value is None or value == "":
        return NOTHING
    whole, _, decimals = money.signed(f"{money.unit_price(value):,.4f}").partition(".")
    return f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"


def exact_price(value: money.Number | None) -> str:
    """Always 4 decimals, so that a column of them lines up: 119.469 → 119.4690."""
    if value is None or value == "":
        return NOTHING
    return money.signed(f"{money.unit_price(value):,.4f}")


def quantity(value: money.Number | None, unit: str = "") -> str:
    """1200.0000 → 1,200; 0.5 → 0.5; with a unit → 1,200 盒, in English 1,200 boxes."""
    if value is None or value == "":
        return NOTHING
    text = money.signed(f"{money.quantity(value):,.4f}".rstrip("0").rstrip("."))
    return f"{text} {units.shown(unit, money.exact(value))}" if unit else text


# A unit of measure beside no quantity.
unit = units.shown


def separated(words: str) -> str:
    """Counts of five digits and more in a sentence, with separators: 共 100001 单 → 共 100,001 单."""
    return re.sub(r"(?<![\d.,])\d{5,}(?![\d,])", lambda found: f"{int(found[0]):,}", words)


def rate(value: money.Number | None) -> str:
    """A fraction as percent, at most 2 decimals: 0.13 → 13%, 0.0225 → 2.25%."""
    if value is None or value == "":
        return NOTHING
    text = f"{money.rounded(money.exact(value) * 100, 2):f}".rstrip("0").rstrip(".")
    return f"{money.signed(text)}%"


def day(value: dt.date | dt.datetime | None) -> str:
    """2026-11-23. An instant is shown as the business day it falls on."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, dt.datetime):
        value = periods.business_date(value)
    return value.isoformat()


def moment(value: dt.datetime | None) -> str:
    """2026-11-23 14:32 in Asia/Shanghai."""
    if value is None or value == "":
        return NOTHING
    return value.astimezone(periods.BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M")


def percent_points(value: Any) -> int:
    """A fraction as whole percent points for a bar's label: 0.784 → 78; what is not reached yet is not called 100."""
    points = int(money.rounded(money.exact(value) * 100, 0))
    return 99 if points == 100 and money.exact(value) < 1 else points


def bar_length(value: Any) -> Decimal:
    """A fraction cut to 0..1, the part of a bar that is filled."""
    return min(max(money.exact(value), Decimal(0)), Decimal(1))


def listed(values: Iterable[Any]) -> str:
    """Words one after the other, as the reader's language writes a list: a, b; 甲、乙."""
    return pgettext("between the words of a list", ", ").join(map(str, values))


def clauses(values: Iterable[Any]) -> str:
    """Longer words one after the other, which may hold commas themselves: a; b; 甲；乙."""
    return pgettext("between the clauses of a list", "; ").join(map(str, values))


def in_all(of: Any) -> str:
    """What a foot says before its sums: that they are sums, and where it is known `of` how many."""
    return _("Total · %(of)s") % {"of": of} if of else _("Total")
