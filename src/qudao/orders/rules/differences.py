"""What did not arrive as shipped: what the receiver says of it, and how it is settled."""

import dataclasses
from decimal import Decimal

from qudao.kernel import errors


@dataclasses.dataclass(frozen=True, slots=True)
class Settlement:
    """How the difference of line `no` ends: `back` comes back to be inspected, `lost` is written off, and why."""

    no: int
    back: Decimal
    lost: Decimal
    reason: str


def check_said(*, no: int, damaged: Decimal, refused: Decimal, reason: str) -> list[errors.Reason]:
    """What speaks against a difference as the receiver names it.

    Quality and the carrier need to know what is wrong with goods that are there; of goods that are not there the
    receiver knows no more than that.
    """
    if (damaged or refused) and not reason.strip():
        return [errors.Reason("orders.difference_needs_reason", no)]
    return []


def check_settled(settled: Settlement, *, open_quantity: Decimal) -> list[errors.Reason]:
    """What speaks against a settlement: it closes all that is open, and says why.

    What was short may come back too, when it is found: the reason tells a find from a slip of the hand.
    """
    found = []
    said = settled.back + settled.lost
    if min(settled.back, settled.lost) < 0 or said != open_quantity or not open_quantity:
        params = {"open": open_quantity, "said": said}
        found.append(errors.Reason("orders.difference_does_not_add_up", settled.no, params))
    if not settled.reason.strip():
        found.append(errors.Reason("orders.settlement_needs_reason", settled.no))
    return found
