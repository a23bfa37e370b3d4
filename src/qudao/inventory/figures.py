"""The figures of stock side by side, as every page that sums stock shows them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qudao.inventory import queries
from qudao.ui import tables

# Days within which a lot's last day of use is near, as people may choose, and where they choose none.
NEAR, USUAL = (30, 90, 180), 90
# What lies in a house adds up to what is on hand; what is on the road comes after, and parts of it all last.
KEYS = ("available", "reserved", "pending", "held", "apart", "on_hand", "in_transit", "near", "expired")


def columns(near: int, links: Mapping[str, str] | None = None) -> list[tables.Column]:
    """`near`: the days the reader asks about; near expiry (近效期) is another thing, judged by a lot's whole life.
    `links`: figure → the value of a row that holds where it
    leads."""
    labels = {
        "available": _("Available"),
        "reserved": _("Reserved"),
        "pending": _("Awaiting inspection"),
        "held": _("On hold"),
        "apart": _("Rejected / returned"),
        "on_hand": _("On hand"),
        "in_transit": _("In transit"),
        "near": _("Expires within %(days)s days") % {"days": near},
        "expired": pgettext("stock", "Past its date"),
    }
    return [
        tables.Column(
            key=key,
            label=labels[key],
            kind="qty",
            link=(links or {}).get(key),
            telling=key in ("available", "on_hand"),
        )
        for key in KEYS
    ]


def values(figures: queries.Figures) -> dict[str, Decimal]:
    return {key: getattr(figures, key) for key in KEYS}


def row(figures: queries.Figures) -> dict[str, Any]:
    """The figures of a row, those that ask for attention in colour."""
    tones = {"near_tone": "warn" if figures.near else "", "expired_tone": "bad" if figures.expired else ""}
    return {**values(figures), **tones}
