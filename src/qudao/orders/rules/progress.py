"""States of orders and shipments, and the only ways between them.

One way leads back: an order whose shipments are all withdrawn from the warehouse is confirmed again.
"""

from collections.abc import Iterable

from qudao.kernel import errors

ORDER_STEPS: frozenset[tuple[str, str]] = frozenset(
    {
        ("draft", "submitted"),
        ("draft", "confirmed"),
        ("submitted", "confirmed"),
        ("draft", "cancelled"),
        ("submitted", "cancelled"),
        ("confirmed", "cancelled"),
        ("confirmed", "picking"),
        ("picking", "shipped"),
        ("shipped", "signed"),
        ("shipped", "signed_with_difference"),
    }
)
SHIPMENT_STEPS: frozenset[tuple[str, str]] = frozenset(
    {
        ("to_pick", "picked"),
        ("picked", "reviewed"),
        ("picked", "to_pick"),
        ("reviewed", "shipped"),
        ("to_pick", "withdrawn"),
        ("picked", "withdrawn"),
        ("reviewed", "withdrawn"),
        ("shipped", "signed"),
        ("shipped", "signed_with_difference"),
    }
)

# An order that is no sale yet, or no longer; and one that is on its way to the buyer.
NO_SALE = ("draft", "submitted", "cancelled")
UNDER_WAY = ("confirmed", "picking", "shipped")

# Why the outgoing review stops goods.
BLOCKS = ("damaged", "unreadable", "mismatch", "expired", "other")


def step(allowed: frozenset[tuple[str, str]], current: str, wanted: str, *, number: str) -> None:
    """Raise Refused `orders.wrong_state` when `wanted` cannot follow `current`."""
    if (current, wanted) not in allowed:
        raise errors.refuse("orders.wrong_state", number=number, state=current, wanted=wanted)


def must_be(current: str, wanted: str, *, number: str) -> None:
    """Raise Refused `orders.wrong_state` for anything but a document in state `wanted`."""
    if current != wanted:
        raise errors.refuse("orders.wrong_state", number=number, state=current, wanted=wanted)


IN_THE_HOUSE = frozenset({"to_pick", "picked", "reviewed"})
"""States of a shipment that has not left: its order is being picked, whatever the others do."""


def order_status(shipments: Iterable[str]) -> str:
    """An order's state from its shipments': the slowest one decides, those withdrawn do not count."""
    states = [state for state in shipments if state != "withdrawn"]
    if any(state in IN_THE_HOUSE for state in states):
        return "picking"
    if any(state == "shipped" for state in states):
        return "shipped"
    return "signed_with_difference" if "signed_with_difference" in states else "signed"
