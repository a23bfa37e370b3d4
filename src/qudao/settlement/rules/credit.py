"""Credit (信用额度) of one debtor: what is available, and what each step of a sale does to it."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

from qudao.kernel import errors, money


@dataclasses.dataclass(frozen=True, slots=True)
class Credit:
    """A debtor's credit row, in money with tax. `temporary` holds before `temporary_until` (None: no end).

    `overdue` is what is open of invoices past due, the oldest due on `overdue_since`; `unapplied` what was credited
    after it was paid and is not applied to open invoices yet (未核销贷项).
    """

    node_id: int
    limit: Decimal
    temporary: Decimal
    temporary_until: dt.date | None
    receivable: Decimal
    shipped_not_invoiced: Decimal
    open_orders: Decimal
    prepaid: Decimal
    overdue: Decimal = money.ZERO
    overdue_since: dt.date | None = None
    unapplied: Decimal = money.ZERO

    def granted(self, on: dt.date) -> Decimal:
        """Limit and, while it holds, the temporary part."""
        holds = self.temporary_until is None or on < self.temporary_until
        return self.limit + self.temporary if holds else self.limit

    def used(self) -> Decimal:
        return self.receivable + self.shipped_not_invoiced + self.open_orders - self.prepaid

    @property
    def late(self) -> Decimal:
        """What is past due beyond what we owe back: finance has only to apply the one to the other."""
        return max(self.overdue - self.unapplied, money.ZERO)

    def available(self, on: dt.date) -> Decimal:
        """limit + temporary - receivable - shipped not invoiced - open orders + prepaid."""
        return self.granted(on) - self.used()


@dataclasses.dataclass(frozen=True, slots=True)
class Move:
    """What to add to the columns of a credit row."""

    receivable: Decimal = money.ZERO
    shipped_not_invoiced: Decimal = money.ZERO
    open_orders: Decimal = money.ZERO
    prepaid: Decimal = money.ZERO

    def undone(self) -> "Move":
        return Move(-self.receivable, -self.shipped_not_invoiced, -self.open_orders, -self.prepaid)


def judge(
    *, credit: Credit | None, gross: Decimal, on: dt.date, tolerated: Decimal
) -> tuple[errors.Reason, ...]:
    """Why an order of `gross` is refused: `settlement.no_credit_line`, `settlement.overdue` (more than
    `tolerated` is past due and not covered by unapplied credits, `settlement.overdue_in_part` where they cover a
    part), `settlement.credit_exceeded`. None of them is hidden by another. Where the credits cover it, the warning
    `settlement.overdue_covered` says that they wait to be applied."""
    if credit is None:
        return (errors.Reason("settlement.no_credit_line"),)
    reasons: list[errors.Reason] = []
    if credit.overdue > tolerated:
        reasons.append(_overdue(credit, tolerated))
    available = credit.available(on)
    if gross > available:
        params = {"available": available, "needed": gross, "missing": gross - available}
        reasons.append(errors.Reason("settlement.credit_exceeded", params=params))
    return tuple(reasons)


def _overdue(credit: Credit, tolerated: Decimal) -> errors.Reason:
    params = {"overdue": credit.overdue, "since": credit.overdue_since}
    if not credit.unapplied:
        return errors.Reason("settlement.overdue", params=params)
    params |= {"unapplied": credit.unapplied, "late": credit.late}
    if credit.late > tolerated:
        return errors.Reason("settlement.overdue_in_part", params=params)
    return errors.Reason("settlement.overdue_covered", params=params, severity="warn")


def move_at(*, point: str, gross: Decimal, details: Iterable[Mapping]) -> Move:
    """What a point of the trade moves: an order opens, a shipment turns it into shipped not invoiced, what
    arrives short (`short_gross` of a line's detail) or comes back is taken off that.

    A return of goods already invoiced makes shipped-not-invoiced fall below zero until its red invoice
    moves it back: what the debtor owes in all is right at every instant.
    """
    match point:
        case "sale":
            return Move(open_orders=gross)
        case "ship":
            return Move(open_orders=-gross, shipped_not_invoiced=gross)
        case "sign":
            missing = sum((Decimal(one.get("short_gross", 0)) for one in details), money.ZERO)
            return Move(shipped_not_invoiced=-missing)
        case "return":
            return Move(shipped_not_invoiced=-gross)
    raise ValueError(f"credit does not move at {point}")
