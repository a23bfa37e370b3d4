"""Writes of supply: purchase orders, goods receipts, inspection."""

from qudao.supply.rules import Verdict

from .inspecting import inspect
from .looking import Look, look_at_delivery
from .purchasing import PurchaseItem, PurchaseRequest, place_purchase
from .receiving import ReceiptLine, receive_goods

__all__ = [
    "Look",
    "PurchaseItem",
    "PurchaseRequest",
    "ReceiptLine",
    "Verdict",
    "inspect",
    "look_at_delivery",
    "place_purchase",
    "receive_goods",
]
