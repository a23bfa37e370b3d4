"""Invoices and receipts: what is to be billed, when it is due, which invoices a receipt pays."""

import dataclasses
import datetime as dt
import itertools
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal

from qudao.kernel import errors, money

# Days past due, upper bounds included.
_BUCKETS = ((30, "1-30"), (60, "31-60"), (90, "61-90"), (180, "91-180"), (365, "181-365"))
BUCKETS = ("not_due", *(name for _, name in _BUCKETS), "over_365")


@dataclasses.dataclass(frozen=True, slots=True)
class Unbilled:
    """What of a delivery line is signed for, less returned, less invoiced. Negative: to be taken back by a
    red invoice that reverses `blue_id`, the invoice that billed it last."""

    shipment_line_id: int
    order_line_id: int
    item_id: int
    lot_code: str
    quantity: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    signed_on: dt.date
    blue_id: uuid.UUID | None = None

    @property
    def tax_rate(self) -> Decimal:
        return rate_of(net=self.net, tax=self.tax)


@dataclasses.dataclass(frozen=True, slots=True)
class Planned:
    """An invoice to be written: blue, or red and reversing `reverses`."""

    kind: Literal["blue", "red"]
    reverses: uuid.UUID | None
    lines: tuple[Unbilled, ...]

    def total(self, what: str) -> Decimal:
        return sum((getattr(line, what) for line in self.lines), money.ZERO)


def rate_of(*, net: Decimal, tax: Decimal) -> Decimal:
    """The VAT rate amounts in cents speak of. Rates in force are whole percents; nothing billed has none."""
    return money.rounded(tax / net, 2) if net else Decimal(0)


def plan_invoices(*, unbilled: Sequence[Unbilled], most_lines: int) -> tuple[Planned, ...]:
    """Blue invoices of at most `most_lines` lines, then a red one for each invoice that lines come off."""
    ordered = sorted(unbilled, key=lambda one: (one.signed_on, one.shipment_line_id))
    blue = [one for one in ordered if one.quantity >= 0]
    red = sorted((one for one in ordered if one.quantity < 0), key=lambda one: str(one.blue_id))
    planned = [
        Planned("blue", None, tuple(blue[start : start + most_lines]))
        for start in range(0, len(blue), most_lines)
    ]
    for blue_id, lines in itertools.groupby(red, key=lambda one: one.blue_id):
        planned.append(Planned("red", blue_id, tuple(lines)))
    return tuple(planned)


@dataclasses.dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice and what is still to be paid of it."""

    invoice_id: uuid.UUID
    number: str
    due_on: dt.date
    open: Decimal


def bucket(*, due_on: dt.date, today: dt.date) -> str:
    """The ageing bucket (账龄) of an open amount, by days past due: not_due, 1-30, … over_365."""
    days = (today - due_on).days
    if days <= 0:
        return "not_due"
    return next((name for most, name in _BUCKETS if days <= most), "over_365")


def due_between(*, bucket: str, today: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The due days of a bucket as [first, end): None where open. Raises KeyError for an unknown bucket."""
    if bucket == "not_due":
        return today, None
    if bucket == "over_365":
        return None, today - dt.timedelta(days=_BUCKETS[-1][0])
    most = {name: days for days, name in _BUCKETS}[bucket]
    least = max((days for days, _ in _BUCKETS if days < most), default=0)
    return today - dt.timedelta(days=most), today - dt.timedelta(days=least)


def ageing(*, open_invoices: Iterable[OpenInvoice], today: dt.date) -> dict[str, Decimal]:
    """Open amounts by bucket, every bucket named."""
    sums = dict.fromkeys(BUCKETS, money.ZERO)
    for one in open_invoices:
        sums[bucket(due_on=one.due_on, today=today)] += one.open
    return sums


def pay_oldest(
    *, open_invoices: Iterable[OpenInvoice], amount: Decimal
) -> tuple[tuple[uuid.UUID, Decimal], ...]:
    """What of `amount` pays which invoice, the one due first before the others; the rest is prepaid."""
    paid: list[tuple[uuid.UUID, Decimal]] = []
    for one in sorted(open_invoices, key=lambda one: (one.due_on, one.number)):
        part = min(amount, one.open)
        if part > 0:
            paid.append((one.invoice_id, part))
            amount -= part
    return tuple(paid)


def check_applications(
    *,
    applications: Sequence[tuple[uuid.UUID, Decimal]],
    open_invoices: Iterable[OpenInvoice],
    amount: Decimal,
    overspent: str = "settlement.receipt_overspent",
) -> tuple[errors.Reason, ...]:
    """Why given applications (invoice, amount) of a receipt or a credit cannot be: `settlement.amount_invalid`,
    `settlement.invoice_unknown`, `settlement.invoice_overpaid`, `overspent`."""
    known = {one.invoice_id: one for one in open_invoices}
    sums: dict[uuid.UUID, Decimal] = {}
    reasons: list[errors.Reason] = []
    for line, (invoice_id, part) in enumerate(applications, start=1):
        if not is_positive_cents(part):
            reasons.append(errors.Reason("settlement.amount_invalid", line, {"amount": part}))
        sums[invoice_id] = sums.get(invoice_id, money.ZERO) + part
    for invoice_id, part in sums.items():
        found = known.get(invoice_id)
        if found is None:
            reasons.append(errors.Reason("settlement.invoice_unknown", params={"invoice": invoice_id}))
        elif part > found.open:
            params = {"number": found.number, "open": found.open, "amount": part}
            reasons.append(errors.Reason("settlement.invoice_overpaid", params=params))
    total = sum(sums.values(), money.ZERO)
    if total > amount:
        params = {"amount": amount, "applied": total}
        reasons.append(errors.Reason(overspent, params=params))
    return tuple(reasons)


def is_positive_cents(value: Decimal) -> bool:
    return value.is_finite() and value > 0 and value == money.amount(value)
