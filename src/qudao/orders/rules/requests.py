"""What somebody asks for, whatever the channel: one shape for rep, mall, call centre, store, portal,
platform, API and file."""

import dataclasses
import datetime as dt
from decimal import Decimal

from qudao.kernel import errors, money

CHANNELS = ("rep", "mall", "call_centre", "store", "portal", "platform", "api", "file")
# An entry of the journal tells every line in its data, and an entry has 65,000 bytes.
MOST_LINES = 200


@dataclasses.dataclass(frozen=True, slots=True)
class LineRequest:
    """`quantity` of `item_id` in `unit` ('' is the item's price unit); `di` when it was scanned."""

    no: int
    item_id: int
    quantity: Decimal
    unit: str = ""
    di: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class OrderRequest:
    """One order of one channel account.

    `hospital_id` is the end hospital (0: taken from the delivery place, or none). `rebate_use` is money
    (tax included) to take from the rebate pool. `source_digest` names the file it came from: the same file
    for the same account is one order.
    """

    account_id: int
    ship_to_id: int
    channel: str
    lines: tuple[LineRequest, ...]
    hospital_id: int = 0
    requested_on: dt.date | None = None
    reference: str = ""
    source_digest: str = ""
    rebate_use: Decimal = money.ZERO


def check(request: OrderRequest, *, on: dt.date) -> list[errors.Reason]:
    """What is wrong with a request before anything is looked up."""
    reasons: list[errors.Reason] = []
    if request.channel not in CHANNELS:
        reasons.append(errors.Reason("orders.channel_unknown", params={"channel": request.channel}))
    if not request.lines:
        reasons.append(errors.Reason("orders.no_lines"))
    if len(request.lines) > MOST_LINES:
        counts = {"lines": len(request.lines), "most": MOST_LINES}
        reasons.append(errors.Reason("orders.too_many_lines", params=counts))
    if len({line.no for line in request.lines}) != len(request.lines):
        reasons.append(errors.Reason("orders.line_numbers_repeat"))
    if request.requested_on is not None and request.requested_on < on:
        params = {"requested_on": str(request.requested_on), "today": str(on)}
        reasons.append(errors.Reason("orders.requested_in_the_past", params=params))
    if request.rebate_use < 0 or request.rebate_use != money.amount(request.rebate_use):
        reasons.append(errors.Reason("orders.rebate_use_invalid", params={"amount": request.rebate_use}))
    reasons += [
        errors.Reason("orders.quantity_not_positive", line.no, {"quantity": line.quantity})
        for line in request.lines
        if line.quantity <= 0
    ]
    return reasons
