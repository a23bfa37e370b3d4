"""The words around prices: entities, lines, regions, and what the codes of terms mean."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qudao.catalog import queries as catalog
from qudao.kernel import periods
from qudao.ui import formats

KINDS = {
    "guide": gettext_lazy("Guide price"),
    "contract": gettext_lazy("Contract price"),
    "hospital": gettext_lazy("Registered hospital price"),
    "vbp": gettext_lazy("Centralised procurement price"),
}
BASES = {
    "ordered": pgettext_lazy("basis", "What is ordered"),
    "shipped": pgettext_lazy("basis", "What is shipped"),
    "signed": pgettext_lazy("basis", "Goods signed for"),
    "invoiced": pgettext_lazy("basis", "What is invoiced"),
    "paid": pgettext_lazy("basis", "What is paid"),
}
CALENDARS = {
    "month": pgettext_lazy("calendar", "Monthly"),
    "quarter": pgettext_lazy("calendar", "Quarterly"),
    "half": pgettext_lazy("calendar", "Half-yearly"),
    "year": pgettext_lazy("calendar", "Yearly"),
}
# What contracts call a rebate that has no name of its own: by how often it is settled.
PLAIN_REBATES = {
    "月度返利": gettext_lazy("Monthly rebate"),
    "季度返利": gettext_lazy("Quarterly rebate"),
    "半年度返利": gettext_lazy("Half-yearly rebate"),
    "年度返利": gettext_lazy("Yearly rebate"),
}
MODES = {
    "whole": gettext_lazy("On the whole volume"),
    "marginal": gettext_lazy("By bands"),
    "per_unit": gettext_lazy("Per unit"),
    "fixed": gettext_lazy("Fixed amount"),
}
TERMS = {
    "valid_from": gettext_lazy("Begins on"),
    "valid_until": gettext_lazy("Last day"),
    "payment_days": gettext_lazy("Payment term"),
    "excludes_promotions": gettext_lazy("Promotions"),
    "note": gettext_lazy("Note"),
}


def rebate(name: str) -> str:
    """A rebate as its contract calls it; in the reader's language where that is only its kind."""
    return str(PLAIN_REBATES.get(name, name))


class Names(catalog.Names):
    """Names with the words for whom a price or factor is."""

    def facets(self, tier: str, region_id: int, line_id: int = 0) -> str:
        """Whom a row is for: tier, region, line; "everybody" when none is named."""
        parts = [
            self.lines.get(line_id, "") if line_id else "",
            _("Tier %(tier)s") % {"tier": tier} if tier else "",
            self.regions.get(region_id, "") if region_id else "",
        ]
        return " · ".join(filter(None, parts)) or _("Everybody")


def period(valid_from: dt.date | None, valid_until: dt.date | None) -> str:
    """2026-01-01 – 2026-12-31, or from a day on without an end."""
    if valid_from is None:
        return formats.NOTHING
    if valid_until is None:
        return _("From %(day)s") % {"day": formats.day(valid_from)}
    # What never came to hold ends on the day it begins.
    last = max(valid_from, valid_until - dt.timedelta(days=1))
    return f"{formats.day(valid_from)} – {formats.day(last)}"


def term(name: str, value: Any) -> str:
    """A contract term's value in words."""
    if name == "valid_until":
        return formats.day(periods.last_day(value)) if value else _("Without end")
    if name == "valid_from":
        return formats.day(value)
    if name == "payment_days":
        return _("As agreed with the debtor") if value is None else _("%(days)s days") % {"days": value}
    if name == "excludes_promotions":
        return _("Takes no part") if value else _("Takes part")
    return str(value) if value not in (None, "") else formats.NOTHING


def rate(mode: str, value: Decimal) -> str:
    """What a tier of this mode pays."""
    if mode in ("whole", "marginal"):
        return formats.rate(value)
    if mode == "per_unit":
        return _("%(amount)s a piece") % {"amount": formats.amount(value, "CNY")}
    return formats.amount(value, "CNY")


def volume(measure: str, value: Decimal) -> str:
    """A bound of a scale: yuan without tax, or pieces."""
    if measure != "amount":
        return formats.quantity(value)
    return formats.amount(value, "CNY").removesuffix(".00")


def grants(one: Any) -> str:
    """满 30 盒减 ¥620: what a promotion gives, in one phrase; without a unit where its products have several."""
    minus = formats.amount(one.minus, "CNY").removesuffix(".00")
    if one.measure == "amount":
        text = (
            _("%(minus)s off every %(threshold)s")
            if one.repeats
            else _("%(minus)s off from %(threshold)s on")
        )
        return text % {"threshold": formats.amount(one.threshold, "CNY").removesuffix(".00"), "minus": minus}
    if one.unit:
        text = _("%(minus)s off every %(count)s") if one.repeats else _("%(minus)s off for %(count)s or more")
    elif one.repeats:
        text = _("%(minus)s off every quantity of %(count)s")
    else:
        text = _("%(minus)s off for a quantity of %(count)s or more")
    return text % {"count": formats.quantity(one.threshold, one.unit), "minus": minus}
