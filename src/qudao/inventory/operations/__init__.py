"""Writes of stock: posting, reservations, sites, lots and serials, holds, transfers, opening and counts."""

from .dating import date_lot
from .holds import Placed, hold_lot, lock_expired, reach, release_hold
from .identities import NO_LOT, LotSpec, SerialSpec, ensure_lots, ensure_serials
from .opening import CountLine, OpeningLine, adjust_stock, open_stock
from .places import ZONES, SiteOpening, ensure_common_sites, ensure_party_sites, open_shelves, open_sites
from .plan import Place, Posting
from .reserving import expire_reservations, keep, release, reserve
from .stock import Posted, post
from .transfers import (
    Judgement,
    Portion,
    inspect_stock,
    receive_transfer,
    relocate_stock,
    send_transfer,
)

__all__ = [
    "NO_LOT",
    "ZONES",
    "CountLine",
    "Judgement",
    "LotSpec",
    "OpeningLine",
    "Place",
    "Placed",
    "Portion",
    "Posted",
    "Posting",
    "SerialSpec",
    "SiteOpening",
    "adjust_stock",
    "date_lot",
    "ensure_common_sites",
    "ensure_lots",
    "ensure_party_sites",
    "ensure_serials",
    "expire_reservations",
    "hold_lot",
    "inspect_stock",
    "keep",
    "lock_expired",
    "open_shelves",
    "open_sites",
    "open_stock",
    "post",
    "reach",
    "receive_transfer",
    "release",
    "release_hold",
    "relocate_stock",
    "reserve",
    "send_transfer",
]
