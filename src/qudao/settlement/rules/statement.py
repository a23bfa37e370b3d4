"""A debtor's statement (对账单) of a month: lines in sections, and balances that add up to the cent.

closing = opening + sales - returns - rebates - receipts. The opening is the closing of the statement before;
a fact that came late is listed in the next statement under its own date, so the closing is always all facts
up to the month's end that were known.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from qudao.kernel import errors, money

SECTIONS = ("sales", "returns", "rebates", "receipts", "invoices", "differences")
# What makes the closing; the other sections inform.
COUNTED = ("sales", "returns", "rebates", "receipts")
REASONS = ("price", "quantity", "not_received", "twice", "missing", "rebate", "receipt", "tax", "other")
OUTCOMES = ("explained", "adjusted")
# What lowers the closing.
LOWERING = ("returns", "rebates", "receipts")
# States of a line that was answered, and of a statement in which lines are: until the partner agrees, an answer may
# be corrected.
ANSWERED = ("adjusted", "settled")
ANSWERED_IN = ("disputed", "adjusted")
# The partner agreed with the whole.
AGREED = ("confirmed", "locked")
# From each state to what may follow.
STEPS = {
    "draft": {"sent"},
    "sent": {"disputed", "confirmed"},
    "disputed": {"disputed", "adjusted"},
    "adjusted": {"disputed", "confirmed"},
    "confirmed": {"locked"},
    "locked": set(),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Sold:
    """The order line that goods were sold by: its price per price unit of `factor` base units, its discount, and the
    whole line's `amount`, with tax and before rebates used, for `quantity` base units."""

    unit_price: Decimal
    tax_included: bool
    tax_rate: Decimal
    factor: int
    discount: Decimal
    amount: Decimal
    quantity: Decimal

    @property
    def each(self) -> Decimal:
        """The price of a base unit with tax, one for all lots of the line: as agreed, or what a discount left of it."""
        if self.discount:
            return money.unit_price(self.amount / self.quantity)
        taxed = self.unit_price if self.tax_included else self.unit_price * (1 + self.tax_rate)
        return money.unit_price(taxed / self.factor)


@dataclasses.dataclass(frozen=True, slots=True)
class Fact:
    """What happened, with its journal number; `gross` with tax, after rebate use. `sold` is None for money."""

    fact_id: int
    number: int
    kind: str
    on: dt.date
    item_id: int
    lot_code: str
    quantity: Decimal
    tax: Decimal
    gross: Decimal
    rebate_used: Decimal
    document_type: str
    document_number: str
    serial_code: str = ""
    sold: Sold | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement. `amount` with tax."""

    section: str
    fact: Fact
    amount: Decimal
    tax: Decimal = money.ZERO
    quantity: Decimal = Decimal(0)

    @property
    def unit_price(self) -> Decimal:
        """The price the goods were sold at; nothing for money, and for what is not charged."""
        if not self.quantity or not self.amount:
            return Decimal(0)
        return self.fact.sold.each if self.fact.sold else money.unit_price(self.amount / self.quantity)


@dataclasses.dataclass(frozen=True, slots=True)
class Balances:
    """The figures at the head of a statement."""

    opening: Decimal
    sales: Decimal
    returns: Decimal
    rebates: Decimal
    receipts: Decimal
    closing: Decimal
    invoiced_receivable: Decimal

    @property
    def shipped_not_invoiced(self) -> Decimal:
        """What of the closing is signed for and not invoiced (已签收未开票)."""
        return self.closing - self.invoiced_receivable


def lines_of(facts: Iterable[Fact]) -> list[Line]:
    """The lines of facts, by section, date and journal number.

    Sales and returns stand at their amount before rebates used; the rebate is a line of its own.
    """
    lines = [line for fact in facts for line in _lines(fact)]
    order = {section: no for no, section in enumerate(SECTIONS)}
    return sorted(lines, key=lambda one: (order[one.section], one.fact.on, one.fact.number, one.fact.fact_id))


def _lines(fact: Fact) -> Iterable[Line]:
    before_rebate = fact.gross + fact.rebate_used
    match fact.kind:
        case "signed" | "returned":
            back = fact.kind == "returned"
            section = "returns" if back else "sales"
            yield Line(section, fact, before_rebate, fact.tax, fact.quantity)
            if fact.rebate_used:
                yield Line("rebates", fact, -fact.rebate_used if back else fact.rebate_used)
        case "paid":
            yield Line("receipts", fact, fact.gross)
        case "invoiced":
            yield Line("invoices", fact, fact.gross, fact.tax, fact.quantity)
        case "short" | "damaged":
            yield Line("differences", fact, money.ZERO, quantity=fact.quantity)
        case _:
            raise ValueError(f"{fact.kind} is no matter of statements")


def spread(*, unit_price: Decimal, quantity: Decimal, amount: Decimal) -> bool:
    """Whether a line's amount is not its price × quantity: an order line's cents were spread over its lots."""
    return bool(quantity and unit_price) and money.amount(unit_price * quantity) != amount


def balances(*, opening: Decimal, invoiced_before: Decimal, lines: Sequence[Line]) -> Balances:
    """The balances after `lines`; `invoiced_before` is the invoiced receivable at the opening."""
    sums = dict.fromkeys(SECTIONS, money.ZERO)
    for line in lines:
        sums[line.section] += line.amount
    counted = {section: sums[section] for section in COUNTED}
    return Balances(
        opening=opening,
        **counted,
        closing=opening + sums["sales"] - sums["returns"] - sums["rebates"] - sums["receipts"],
        invoiced_receivable=invoiced_before + sums["invoices"] - sums["receipts"],
    )


def step(*, status: str, to: str, number: str) -> None:
    """Raise Refused unless a statement may go from `status` to `to`.

    A second confirmation is `settlement.statement_already_confirmed`, anything else `settlement.statement_state`.
    """
    if to in STEPS[status]:
        return
    code = "settlement.statement_state"
    if to == "confirmed" and status in ("confirmed", "locked"):
        code = "settlement.statement_already_confirmed"
    raise errors.refuse(code, number=number, status=status)


def line_state(*, status: str, state: str) -> str:
    """The state of a line as it is said: who confirmed a statement agreed with every line nobody spoke of."""
    return "confirmed" if state == "open" and status in AGREED else state


def check_dispute(*, reason: str, state: str, adjusts: int | None, no: int) -> tuple[errors.Reason, ...]:
    """Why a line cannot be disputed: the reason code is unknown, the line is disputed already, or it is itself the
    answer to a dispute, of the line `adjusts`."""
    reasons = []
    if adjusts is not None:
        reasons.append(errors.Reason("settlement.line_adjusts", no, {"adjusts": adjusts}))
    if reason not in REASONS:
        reasons.append(errors.Reason("settlement.dispute_reason_unknown", no, {"reason": reason}))
    if state == "disputed":
        reasons.append(errors.Reason("settlement.line_already_disputed", no))
    return tuple(reasons)


def check_agreement(*, states: Mapping[int, str], nos: Iterable[int]) -> tuple[errors.Reason, ...]:
    """Why lines cannot be confirmed one by one: no such line, or in dispute. `states` by line number."""
    reasons = []
    for no in nos:
        if no not in states:
            reasons.append(errors.Reason("settlement.line_unknown", no))
        elif states[no] == "disputed":
            reasons.append(errors.Reason("settlement.line_in_dispute", no))
    return tuple(reasons)


def check_resolution(
    *, outcome: str, amount: Decimal | None, line_amount: Decimal, state: str, adjusts: int | None, no: int
) -> tuple[errors.Reason, ...]:
    """Why a dispute cannot be answered so: never disputed, an unknown outcome, an amount missing or too many, or an
    adjustment in all of more than the line's amount in size."""
    reasons = []
    if state not in ("disputed", *ANSWERED) or adjusts is not None:
        reasons.append(errors.Reason("settlement.line_not_disputed", no))
    stated = amount is not None and amount.is_finite() and amount and amount == money.amount(amount)
    if outcome not in OUTCOMES or bool(stated) != (outcome == "adjusted"):
        reasons.append(errors.Reason("settlement.resolution_invalid", no, {"outcome": outcome}))
    elif amount is not None and abs(amount) > abs(line_amount):
        params = {"adjustment": amount, "amount": line_amount}
        reasons.append(errors.Reason("settlement.adjustment_too_large", no, params))
    return tuple(reasons)


def correction(*, amount: Decimal | None, standing: Decimal) -> Decimal:
    """What is to be written under differences so that a line adjusted by `standing` is adjusted by `amount` in all
    (None: it stands as it was)."""
    return (amount or money.ZERO) - standing


def adjusted(*, section: str, amount: Decimal, adjustment: Decimal) -> Decimal:
    """The amount of a line after its adjustment, which lowers what is owed where it is below zero: more of what was
    returned, granted or paid lowers it too."""
    return amount - adjustment if section in LOWERING else amount + adjustment
