"""Words for what happens to stock, for pages and lists."""

from decimal import Decimal

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from qudao.ui import formats, status

# Move.kind → what happened
MOVES = {
    "open": _("Opening balance"),
    "receive": _("Received"),
    "inspect": _("Inspected"),
    "hold": _("Put on hold"),
    "release": _("Released from hold"),
    "relocate": _("Moved to another shelf"),
    "transfer": _("Sent to another warehouse"),
    "ship": _("Shipped"),
    "sign": _("Signed for"),
    "return": _("Came back"),
    "bring_back": _("Brought back from the road"),
    "lose": _("Written off"),
    "send_back": _("Sent back to the supplier"),
    "destroy": _("Destroyed"),
    "expire": _("Expired and locked"),
    "sell_through": _("Sold on, as reported"),
    "sell_back": _("Returned to the partner, as reported"),
    "count": _("Stock count"),
    "adjust": _("Stock count"),
}

# Sites that stand for something else than a place of ours: their codes are for the books.
_NAMED_BY_KIND = frozenset({"transit", "loss", "count", "opening"})


def site(name: str, kind: str, party: str = "") -> str:
    """A site as a person calls it: ours by name, a partner's by the partner, the others by what they are."""
    return str(status.show("site", kind).label) if kind in _NAMED_BY_KIND else party or name


def hold_reaches(*, ours: Decimal, road: Decimal, unit: str) -> str:
    """What a hold of a lot or serial locks and what on its way to a customer it does not, in numbers, asked before it is
    placed."""
    said = gettext("This locks %(quantity)s of ours: nothing of it can be sold, picked or shipped.") % {
        "quantity": formats.quantity(ours, unit)
    }
    if not road:
        return said
    beyond = gettext(
        "%(quantity)s more are on the way to customers, not covered by this hold; have them stopped."
    ) % {"quantity": formats.quantity(road, unit)}
    return gettext("%(locked)s %(beyond)s") % {"locked": said, "beyond": beyond}


def hold_placed(affected: int) -> str:
    """What a hold did, with how many documents lost what was set aside for them."""
    if not affected:
        return gettext("On hold.")
    return ngettext(
        "On hold. %(count)s document lost its stock and must be allocated anew.",
        "On hold. %(count)s documents lost their stock and must be allocated anew.",
        affected,
    ) % {"count": affected}


def arrival(kind: str, origin_type: str) -> str:
    """What brought goods to where they lie: a transfer taken in is told from other goods received."""
    return str(_("Transfer")) if origin_type == "inventory.transfer" else move(kind)


def move(kind: str) -> str:
    return str(MOVES.get(kind, kind))


RELEASED = (
    ("", _("Choose …")),
    ("good", _("Good: back to sale")),
    ("pending", _("Inspect once more")),
    ("bad", _("Bad: not to be sold")),
)
"""What quality may find when it lifts a hold; nothing is chosen before it chooses."""
