"""What can be done with orders, one function a business verb."""

from qudao.orders.operations.difference import resolve_differences
from qudao.orders.operations.intake import place_basket, place_order, quote_order, save_draft
from qudao.orders.operations.lifecycle import cancel_order, change_draft, confirm_order, release_order
from qudao.orders.operations.reallocating import reallocate_order
from qudao.orders.operations.returning import inspect_return, take_return
from qudao.orders.operations.signing import sign_for
from qudao.orders.operations.templating import remove_template, rename_template, save_template
from qudao.orders.operations.warehouse import (
    block_shipment,
    pick_shipment,
    review_shipment,
    ship_shipment,
)
from qudao.orders.operations.withdrawing import put_back_shipment, withdraw_order

__all__ = [
    "block_shipment",
    "cancel_order",
    "change_draft",
    "confirm_order",
    "inspect_return",
    "pick_shipment",
    "place_basket",
    "place_order",
    "put_back_shipment",
    "quote_order",
    "reallocate_order",
    "release_order",
    "remove_template",
    "rename_template",
    "resolve_differences",
    "review_shipment",
    "save_draft",
    "save_template",
    "ship_shipment",
    "sign_for",
    "take_return",
    "withdraw_order",
]
