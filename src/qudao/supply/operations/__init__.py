"""Writes of supply: purchase orders, goods receipts, inspection."""

from qudao.supply.rules import Verdict

from .inspecting import inspect
from .purchasing import PurchaseItem, PurchaseRequest, place_purchase
from .receiving import ReceiptLine, receive_goods

__all__ = [
    "PurchaseItem",
    "PurchaseRequest",
    "ReceiptLine",
    "Verdict",
    "inspect",
    "place_purchase",
    "receive_goods",
]
