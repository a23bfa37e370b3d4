"""Words for what happens to stock, for pages and lists."""

from django.utils.translation import gettext_lazy as _

from qudao.ui import status

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
