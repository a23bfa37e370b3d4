"""What figures are called, what they mean, and what stands above and below the line."""

import dataclasses
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qudao.catalog import queries as catalog
from qudao.insights import rules
from qudao.kernel import money
from qudao.ui import formats, status


@dataclasses.dataclass(frozen=True, slots=True)
class Words:
    """`top` and `bottom` name numerator and denominator; an empty one is not shown.

    `brief` stands under the figure itself where the whole `meaning` would be a wall of text; `nothing` says there why
    nothing was counted, where that is not plain.
    """

    name: Any
    meaning: Any
    top: Any
    bottom: Any = ""
    unit: tuple[Any, Any] = ("", "")
    brief: Any = ""
    nothing: Any = ""


# What is counted, of one and of several.
_LINES = (pgettext_lazy("kpi unit", "line"), pgettext_lazy("kpi unit", "lines"))
_PRODUCTS = (pgettext_lazy("kpi unit", "product"), pgettext_lazy("kpi unit", "products"))
_HOSPITALS = (pgettext_lazy("kpi unit", "hospital"), pgettext_lazy("kpi unit", "hospitals"))
_FILES = (pgettext_lazy("kpi unit", "file"), pgettext_lazy("kpi unit", "files"))
_PIECES = (pgettext_lazy("kpi unit", "piece"), pgettext_lazy("kpi unit", "pieces"))

WORDS = {
    "sales": Words(
        pgettext_lazy("kpi", "Sales"),
        gettext_lazy("Goods signed for less goods returned, without tax, by the day of signing or return."),
        gettext_lazy("Net sales"),
    ),
    "attainment": Words(
        gettext_lazy("Attainment"),
        gettext_lazy(
            "Sales since the first of January, or since the running target began where that was earlier, of the"
            " accounts that have one, over what their targets ask of these days. A target set here goes before the"
            " one of the authorisation."
        ),
        gettext_lazy("Sales of accounts with a target"),
        gettext_lazy("Target to date"),
        brief=gettext_lazy("Sales of accounts with a target, divided by their target to date."),
    ),
    "on_time": Words(
        gettext_lazy("Delivered on time"),
        gettext_lazy(
            "Order lines signed for in full by the day first promised, over the lines due in the period."
        ),
        gettext_lazy("Lines in full and on time"),
        gettext_lazy("Lines due"),
        _LINES,
    ),
    "shortage": Words(
        gettext_lazy("Out of stock when ordered"),
        gettext_lazy(
            "Lines that could not be filled when ordered and wait as a draft, over all lines ordered."
        ),
        gettext_lazy("Lines short"),
        gettext_lazy("Lines ordered"),
        _LINES,
    ),
    "order_to_ship": Words(
        gettext_lazy("Order to ship"),
        gettext_lazy("Hours from confirming the order to the goods leaving: the median of all shipments."),
        "",
        gettext_lazy("Shipments"),
    ),
    "stock_out": Words(
        gettext_lazy("Stock-out risk share"),
        gettext_lazy(
            "Products that run out within 14 days at the demand of the last 8 weeks, drafts waiting taken"
            " off, and no purchase expected in time; over the products in demand."
        ),
        gettext_lazy("Products at risk"),
        gettext_lazy("Products in demand"),
        _PRODUCTS,
    ),
    "near_expiry": Words(
        gettext_lazy("Near-expiry share"),
        gettext_lazy(
            "Our own stock with six months or less, or a third of its shelf life or less, to go; what is past its"
            " last day of use is counted apart. All stock is what lies in our warehouses today: goods on the road"
            " are not in it, unlike the average stock of the days of stock."
        ),
        gettext_lazy("Stock near its expiry"),
        gettext_lazy("All stock"),
    ),
    "expired": Words(
        gettext_lazy("Expired share"),
        gettext_lazy(
            "Our own stock past its last day of use. It is on hold, is sold to nobody, and waits to be returned or"
            " destroyed."
        ),
        gettext_lazy("Stock past its last day of use"),
        gettext_lazy("All stock"),
    ),
    "turnover": Words(
        gettext_lazy("Days of stock"),
        gettext_lazy(
            "Average stock at cost over the cost of goods sold, times 90 days; suppliers' consignment"
            " stock left out. The average of what we owned 90 days ago and own today, goods on the road and not yet"
            " signed for among it: therefore another amount than all stock of near expiry, which is of today."
        ),
        gettext_lazy("Average stock at cost"),
        gettext_lazy("Cost of goods sold in 90 days"),
    ),
    "coverage": Words(
        gettext_lazy("Channel coverage"),
        gettext_lazy(
            "Hospitals with a sale within 90 days, direct or reported by a partner, divided by the"
            " hospitals covered by an authorisation."
        ),
        gettext_lazy("Hospitals with a sale"),
        gettext_lazy("Hospitals authorised"),
        _HOSPITALS,
    ),
    "flow": Words(
        gettext_lazy("Sell-through in time"),
        gettext_lazy(
            "Monthly files that came by the closing day, over those owed: one per account and month, from"
            " January on, or from the start of a period that began earlier."
        ),
        gettext_lazy("Monthly files in time"),
        gettext_lazy("Monthly files owed"),
        _FILES,
        gettext_lazy("Monthly files that came by the closing day, over those owed."),
    ),
    "cross_region": Words(
        gettext_lazy("Outside the home region"),
        gettext_lazy(
            "Reported sales to hospitals outside the partner's own region, over all reported sales."
        ),
        gettext_lazy("Lines sold outside"),
        gettext_lazy("Lines reported"),
        _LINES,
    ),
    "overdue": Words(
        gettext_lazy("Overdue share"),
        gettext_lazy("Open invoices past their due day over all open invoices, with tax."),
        gettext_lazy("Overdue amount"),
        gettext_lazy("Open receivables"),
    ),
    "dso": Words(
        gettext_lazy("Days to get paid"),
        gettext_lazy("Open receivables over the sales of the last 90 days with tax, times 90 days."),
        gettext_lazy("Open receivables"),
        gettext_lazy("Sales of 90 days with tax"),
    ),
    "disputes": Words(
        gettext_lazy("Statement errors"),
        gettext_lazy(
            "Statement lines disputed and found wrong, over the lines of statements sent; a statement counts in the"
            " month it is of, not that in which it was sent."
        ),
        gettext_lazy("Lines found wrong"),
        gettext_lazy("Lines sent"),
        _LINES,
        nothing=gettext_lazy("No statement of this period was sent yet"),
    ),
}
# Which rows a list shows, and in which order, where the name does not say it.
_OPEN = gettext_lazy("open invoices, the longest due first")
LISTED = {
    "on_time": gettext_lazy("lines due, those late or short first"),
    "shortage": gettext_lazy("the lines that were short"),
    "turnover": gettext_lazy("products, those with the most stock first"),
    "coverage": gettext_lazy("hospitals authorised, those without a sale first"),
    "cross_region": gettext_lazy("the lines sold outside"),
    "overdue": _OPEN,
    "dso": _OPEN,
    "disputes": gettext_lazy("the lines found wrong"),
}
# What was chosen and does not touch a figure: `figures.apart`.
APART = {
    "region_id": gettext_lazy("all regions"),
    "line_id": gettext_lazy("all product lines"),
    "tier": gettext_lazy("all tiers"),
    "party_id": gettext_lazy("all partners"),
    "today": gettext_lazy("as of today"),
    "january": gettext_lazy("since January"),
    "house": gettext_lazy("stock of the whole company"),
    "demand": gettext_lazy("demand of what you see"),
}
NAMES = {code: one.name for code, one in WORDS.items()}
COVER = {
    "out": gettext_lazy("Not enough"),
    "short": gettext_lazy("Runs out soon"),
    "watch": gettext_lazy("To watch"),
    "ok": gettext_lazy("Covered"),
    "idle": gettext_lazy("No demand"),
}
DIMENSIONS = {
    "region_id": gettext_lazy("Region"),
    "line_id": gettext_lazy("Product line"),
    "tier": pgettext_lazy("kpi", "Tier"),
    "channel": gettext_lazy("Channel"),
}


def asked(kpi: rules.Kpi) -> str:
    """What the target beside a figure is: of a sum, what the days that have passed ask."""
    return _("Target for the period") if kpi.kind == "sum" else pgettext("kpi", "Target")


def shown(kpi: rules.Kpi, value: Decimal | None) -> str:
    """A figure in its unit."""
    if value is None:
        return formats.NOTHING
    match kpi.unit:
        case "money":
            return formats.amount(value, "CNY")
        case "rate":
            return formats.rate(value)
        case "days":
            return _("%(number)s days") % {"number": formats.quantity(value)}
        case "hours":
            return _("%(number)s h") % {"number": formats.quantity(value)}
    return formats.quantity(value)


def part(kpi: rules.Kpi, value: Decimal | None, *, costs: bool = True) -> str:
    """A numerator or denominator: money where the figure is made of money, else a number.

    Who sees no `costs` has stock near and past its expiry by quantity.
    """
    if value is None:
        return formats.NOTHING
    money = kpi.code in MONEY and (costs or kpi.code not in EXPIRY)
    return formats.amount(value, "CNY") if money else formats.quantity(value)


def parts(
    kpi: rules.Kpi, words: Words, measured: rules.Measured, *, costs: bool = True, units: bool = True
) -> list[tuple[Any, str]]:
    """What stands above and below the line: its name, and the number with what it counts; without `units` in a line
    of words, where the name says it already, as it does of all but stock by quantity."""
    counted = units or (kpi.code in EXPIRY and not costs)
    return [
        (
            label,
            f"{part(kpi, number, costs=costs)} {unit(kpi, words, number, costs=costs) if counted else ''}".rstrip(),
        )
        for label, number in ((words.top, measured.numerator), (words.bottom, measured.denominator))
        if label
    ]


def unit(kpi: rules.Kpi, words: Words, number: Decimal | None, *, costs: bool = True) -> Any:
    """What a numerator or denominator counts; stock by quantity counts pieces of many sorts."""
    one, several = words.unit if costs or kpi.code not in EXPIRY else _PIECES
    return one if number == 1 else several


def basis(code: str, *, costs: bool = True) -> Any:
    """What stock is measured by, which is not the same for every reader and figure; "" for figures of other things."""
    if code == "turnover":
        return _("at cost, average of 90 days ago and today")
    if code in EXPIRY:
        return _("at cost, stock of today") if costs else _("by quantity, stock of today")
    return ""


EXPIRY = ("near_expiry", "expired")
MONEY = {"sales", "attainment", *EXPIRY, "turnover", "overdue", "dso"}


def changed(kpi: rules.Kpi, change: Decimal | None) -> str:
    """+4.2% against the period before; for rates in percentage points, as exact as the rate; "" where as before."""
    if change is None:
        return ""
    points = kpi.unit == "rate"
    number = f"{change * 100:+.2f}".rstrip("0").rstrip(".") if points else f"{change * 100:+.1f}"
    if not float(number):
        return ""
    shown = money.signed(number)
    return _("%(number)s pts") % {"number": shown} if points else f"{shown}%"


class Names(catalog.Names):
    """Names with those of the dimensions of sales."""

    def of(self, dimension: str, key: int | str) -> str:
        """The name of one value of a dimension of sales."""
        match dimension:
            case "region_id":
                return self.regions.get(int(key), str(key))
            case "line_id":
                return self.lines.get(int(key), str(key))
            case "channel" | "tier":
                return str(status.show("grade" if dimension == "tier" else dimension, str(key)).label)
        return str(key)
