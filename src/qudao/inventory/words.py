"""Words for what happens to stock, for pages and lists."""

from django.utils.translation import gettext_lazy as _

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
    "count": _("Stock count"),
    "adjust": _("Stock count"),
}


def move(kind: str) -> str:
    return str(MOVES.get(kind, kind))
