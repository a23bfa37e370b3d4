"""What did not arrive as shipped: what the receiver says of it, and how it is settled."""

from decimal import Decimal

from qudao.kernel import errors


def check_said(*, no: int, damaged: Decimal, refused: Decimal, reason: str) -> list[errors.Reason]:
    """What speaks against a difference as the receiver names it.

    Quality and the carrier need to know what is wrong with goods that are there; of goods that are not there the
    receiver knows no more than that.
    """
    if (damaged or refused) and not reason.strip():
        return [errors.Reason("orders.difference_needs_reason", no)]
    return []


def check_settled(
    *, no: int, open_quantity: Decimal, back: Decimal, lost: Decimal, reason: str
) -> list[errors.Reason]:
    """What speaks against a settlement: it closes all that is open, and says why.

    What was short may come back too, when it is found: the reason tells a find from a slip of the hand.
    """
    found = []
    if min(back, lost) < 0 or back + lost != open_quantity or not open_quantity:
        params = {"open": open_quantity, "said": back + lost}
        found.append(errors.Reason("orders.difference_does_not_add_up", no, params))
    if not reason.strip():
        found.append(errors.Reason("orders.settlement_needs_reason", no))
    return found
