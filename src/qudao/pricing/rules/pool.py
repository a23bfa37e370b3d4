"""The rebate pool (返利池) of one debtor: what may be used on an order, and from which entries.

Money is tax-included, like the order it pays for; every allocation says its net and its tax.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import ROUND_DOWN, Decimal

from qudao.kernel import errors, money


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """What is left of one confirmed entry. Usable before `valid_until`; None never expires."""

    entry_id: int
    net: Decimal
    tax: Decimal
    vat_rate: Decimal
    valid_until: dt.date | None = None

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    def usable(self, today: dt.date) -> bool:
        return self.gross > 0 and (self.valid_until is None or today < self.valid_until)


@dataclasses.dataclass(frozen=True, slots=True)
class Allocation:
    """Take `gross` = net + tax from the entry."""

    entry_id: int
    gross: Decimal
    net: Decimal
    tax: Decimal


def available(*, entries: Sequence[Entry], today: dt.date) -> Decimal:
    """What the usable entries hold, tax included."""
    return sum((entry.gross for entry in entries if entry.usable(today)), money.ZERO)


def share_limit(*, order_amount: Decimal, max_share: Decimal) -> Decimal:
    """The most an order may take: its share of the eligible amount, rounded down, never above it."""
    return (order_amount * max_share).quantize(Decimal("0.01"), rounding=ROUND_DOWN)


def plan_use(
    *,
    entries: Sequence[Entry],
    order_amount: Decimal,
    want: Decimal,
    today: dt.date,
    max_share: Decimal,
    overdue: bool,
) -> tuple[Allocation, ...]:
    """Which entries pay `want`, the first to expire first, then the oldest entry.

    `order_amount` is the tax-included amount of the lines the pool may pay for; `max_share` a
    fraction of it. Raises Refused with every reason: `pricing.pool_amount_invalid`,
    `pricing.pool_overdue`, `pricing.pool_share_exceeded`, `pricing.pool_insufficient`.
    """
    reasons: list[errors.Reason] = []
    if want <= 0 or want != money.amount(want):
        reasons.append(errors.Reason("pricing.pool_amount_invalid", params={"want": want}))
    if overdue:
        reasons.append(errors.Reason("pricing.pool_overdue"))
    limit = share_limit(order_amount=order_amount, max_share=max_share)
    if want > limit:
        params = {"want": want, "limit": limit, "share": f"{max_share:.0%}"}
        reasons.append(errors.Reason("pricing.pool_share_exceeded", params=params))
    held = available(entries=entries, today=today)
    if want > held:
        params = {"want": want, "available": held}
        reasons.append(errors.Reason("pricing.pool_insufficient", params=params))
    errors.raise_if_refused(reasons)
    return _take(entries, want, today)


def plan_clawback(
    *, entries: Sequence[Entry], amount: Decimal, today: dt.date
) -> tuple[tuple[Allocation, ...], Decimal]:
    """(what the pool gives back, what is left to claim): a balance never goes below zero."""
    given = min(amount, available(entries=entries, today=today))
    return _take(entries, given, today), amount - given


def plan_expiry(*, entries: Sequence[Entry], today: dt.date) -> tuple[Allocation, ...]:
    """What expires: the whole rest of every entry whose last day has passed."""
    return tuple(
        Allocation(entry.entry_id, entry.gross, entry.net, entry.tax)
        for entry in entries
        if entry.gross > 0 and not entry.usable(today)
    )


def plan_return(*, drawn: Sequence[Entry], amount: Decimal) -> tuple[Allocation, ...]:
    """Which entries get back what goods that did not stay were paid with, of what is left of that draw: what was
    drawn last first, so that what expires last is whole again first. No more than was drawn."""
    last_first = sorted((entry for entry in drawn if entry.gross > 0), key=_expiry, reverse=True)
    return _parts(last_first, min(amount, sum((entry.gross for entry in drawn), money.ZERO)))


def _expiry(entry: Entry) -> tuple[dt.date, int]:
    return entry.valid_until or dt.date.max, entry.entry_id


def _take(entries: Sequence[Entry], total: Decimal, today: dt.date) -> tuple[Allocation, ...]:
    return _parts(sorted((entry for entry in entries if entry.usable(today)), key=_expiry), total)


def _parts(entries: Sequence[Entry], total: Decimal) -> tuple[Allocation, ...]:
    """`total` out of the entries, one after another, each with its net and tax."""
    taken: list[Allocation] = []
    missing = total
    for entry in entries:
        if missing <= 0:
            break
        part = min(missing, entry.gross)
        _, tax = money.split_tax(part, entry.vat_rate)
        # Neither side of the entry goes below zero, and the last part takes exactly the rest.
        tax = max(min(tax, entry.tax), part - entry.net)
        taken.append(Allocation(entry.entry_id, part, part - tax, tax))
        missing -= part
    return tuple(taken)
