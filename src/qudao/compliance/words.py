"""Words for what a trace shows: kinds of moves, lines of the sums, differences."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qudao.compliance import queries
from qudao.compliance.rules import tracing
from qudao.ui import formats, status

MOVES: Mapping[str, Any] = {
    "receive": pgettext_lazy("move", "Received"),
    "inspect": gettext_lazy("Inspected"),
    "open": gettext_lazy("Opening stock"),
    "transfer": gettext_lazy("Transferred"),
    "relocate": gettext_lazy("Relocated"),
    "ship": gettext_lazy("Shipped"),
    "sign": gettext_lazy("Signed for"),
    "return": gettext_lazy("Taken back"),
    "bring_back": gettext_lazy("Brought back"),
    "send_back": gettext_lazy("Sent back to the supplier"),
    "count": gettext_lazy("Stock count"),
    "lose": gettext_lazy("Lost"),
    "destroy": gettext_lazy("Destroyed"),
    "hold": gettext_lazy("Put on hold"),
    "release": gettext_lazy("Hold lifted"),
    "expire": gettext_lazy("Expired and locked"),
    "sell_through": gettext_lazy("Sold on, as reported"),
    "sell_back": gettext_lazy("Returned to the partner, as reported"),
}
TOTALS: Mapping[str, Any] = {
    "received": gettext_lazy("Received from supplier"),
    "opened": gettext_lazy("Opening stock"),
    "opened_back": gettext_lazy("Taken out of the opening stock"),
    "counted_in": gettext_lazy("Found at stock counts"),
    "counted_out": gettext_lazy("Missing at stock counts"),
    "found": gettext_lazy("Found again"),
    "lost": gettext_lazy("Lost or destroyed"),
    "sent_back": gettext_lazy("Sent back to the supplier"),
    "on_hand": gettext_lazy("On hand"),
    "in_transit": gettext_lazy("In transit"),
    "delivered": gettext_lazy("Delivered"),
    "left": gettext_lazy("Still there"),
    "sold_on": gettext_lazy("Sold on"),
    "returned": gettext_lazy("Returned to us"),
}


def move(kind: str) -> str:
    return str(MOVES.get(kind, kind))


def total(code: str) -> str:
    return str(TOTALS[code])


def place(found: queries.Trace, site_id: int) -> str:
    """The name of a place, as far as the reader may know it."""
    node = found.nodes.get(site_id)
    if node is None:
        return ""
    if node.kind in ("loss", "count", "opening"):
        return {
            "loss": _("Lost or destroyed"),
            "count": _("Stock count"),
            "opening": _("Opening stock"),
        }[node.kind]
    if node.kind == "transit":
        return _("In transit")
    return node.name or _("Not shown")


def indented(found: queries.Trace, site_id: int, level: int) -> str:
    """The same below whoever it came from, as a list of them shows it."""
    return f"{'　' * max(level - 1, 0)}{place(found, site_id)}"


def condition(value: str) -> str:
    return str(status.show("zone", value).label) if value else ""


def direction(code: str) -> str:
    return {
        "forward": _("Where it went"),
        "backward": _("Where it came from"),
        "inside": _("What happened with us"),
    }[code]


def held(chosen: queries.Subject) -> str:
    """That it is on hold, by which document and why."""
    return _("On hold by %(number)s: %(reason)s") % {"number": chosen.hold, "reason": chosen.hold_reason}


def shipped(found: queries.Trace, edge: tracing.Edge) -> str:
    """The days on which what a consignee signed for left our warehouses; "" of other moves."""
    sent = [one for one in found.deliveries if one.to_site_id == edge.to_site_id and one.first_shipped]
    if edge.kind != "sign" or not sent:
        return ""
    return days(min(one.first_shipped for one in sent), max(one.last_shipped for one in sent))


def days(first: dt.date, last: dt.date) -> str:
    """One day, or from the first to the last."""
    return formats.day(first) if first == last else f"{formats.day(first)} – {formats.day(last)}"


def contact(told: queries.Notice) -> str:
    """Whom to call: the contact of the first place, and the telephone."""
    return " ".join(filter(None, (told.person, told.phone)))


def difference(found: queries.Trace, one: Any) -> str:
    """What does not add up, in a sentence."""
    values = {
        "place": " ".join(filter(None, (place(found, one.site_id), condition(one.status)))),
        "expected": formats.quantity(one.expected),
        "found": formats.quantity(one.found),
    }
    match one.what:
        case "books":
            return _("%(place)s: by its moves %(expected)s, by the books %(found)s.") % values
        case "holder":
            return _("%(place)s: %(expected)s came, %(found)s left again.") % values
    return _("In all %(expected)s came, %(found)s are accounted for.") % values
