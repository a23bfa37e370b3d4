"""What counts for a rebate term, in which period, and what a run pays after what was settled before."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from qudao.kernel import errors, money, periods
from qudao.pricing.rules import settlement

# Fact kinds by basis: what adds to the volume, and what comes off it.
BASES: Mapping[str, tuple[str, ...]] = {
    "ordered": ("ordered", "returned"),
    "shipped": ("shipped", "returned"),
    "signed": ("signed", "returned"),
    "invoiced": ("invoiced",),
}
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
# Left out unless the term's `counts["include"]` names them.
LEFT_OUT = ("vbp", "gift", "sample")
_LISTS = (
    ("item_ids", "item_id"),
    ("channels", "channel"),
    ("region_ids", "region_id"),
    ("hospital_ids", "hospital_id"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class Fact:
    """A fact of an account, as loaded. Amounts as the event says them: returns positive."""

    fact_id: int
    kind: str
    item_id: int
    channel: str
    region_id: int
    hospital_id: int
    price_kind: str
    quantity: Decimal
    net: Decimal
    gross: Decimal
    rebate_used: Decimal
    document_number: str
    document_line: int


def exclusion(*, fact: Fact, counts: Mapping[str, Any]) -> str:
    """Why a fact does not count, "" when it does.

    `counts` may hold: `include` (price kinds counted although left out by default: vbp, gift, sample), and
    lists the fact's own value must be in: item_ids, channels, region_ids, hospital_ids; an absent or
    empty list means all. A line paid wholly by rebate never counts; one paid in part counts for the rest.
    """
    if fact.price_kind in LEFT_OUT and fact.price_kind not in counts.get("include", ()):
        return fact.price_kind
    if fact.rebate_used and not fact.gross:
        return "rebate_paid"
    for name, attribute in _LISTS:
        wanted = counts.get(name)
        if wanted and getattr(fact, attribute) not in wanted:
            return attribute
    return ""


def counted(*, facts: Iterable[Fact], counts: Mapping[str, Any]) -> list[settlement.Fact]:
    """Facts for the calculator: returns negative, without tax unless `counts["tax_included"]`."""
    found = []
    for fact in facts:
        sign = -1 if fact.kind == "returned" else 1
        amount = fact.gross if counts.get("tax_included") else fact.net
        why_not = exclusion(fact=fact, counts=counts)
        reference = f"{fact.document_number}/{fact.document_line}"
        found.append(
            settlement.Fact(
                fact.fact_id, reference, sign * amount, sign * fact.quantity, not why_not, why_not
            )
        )
    return found


def period_of(*, calendar: str, day: dt.date) -> periods.Period:
    """The term's calendar period `day` lies in: month, quarter, half or year."""
    months = _MONTHS.get(calendar)
    if months is None:
        raise errors.refuse("settlement.calendar_unknown", calendar=calendar)
    first = dt.date(day.year, (day.month - 1) // months * months + 1, 1)
    return periods.Period(first, periods.add_months(first, months))


@dataclasses.dataclass(frozen=True, slots=True)
class EarlierRun:
    """A confirmed run of the same term that was not reversed."""

    period_from: dt.date
    payable: Decimal
    carried_in: Decimal
    carried_out: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Settled:
    """What was recognised for the period before, and what earlier clawbacks still have to take."""

    recognised: Decimal
    carried_in: Decimal

    @property
    def total(self) -> Decimal:
        return self.recognised + self.carried_in


def settled_before(*, earlier: Iterable[EarlierRun], period_from: dt.date) -> Settled:
    """A run recognised its payable and what it paid on carried clawbacks. What a clawback could not take
    from the pool is carried: the term's next run, of whatever period, deducts it."""
    recognised = carried = money.ZERO
    for run in earlier:
        if run.period_from == period_from:
            recognised += run.payable + run.carried_in
        carried += run.carried_out - run.carried_in
    return Settled(recognised, carried)


def built_upon(*, run: EarlierRun, by: dt.date) -> bool:
    """Whether a later run, of the period that begins on `by`, subtracted anything of this one: it is of the same
    period, or deducted what this one carried. Of another period that merely came after it did not."""
    found = settled_before(earlier=[run], period_from=by)
    return bool(found.recognised or found.carried_in)


def is_preview(*, calculated_on: dt.date, period_until: dt.date) -> bool:
    """Whether a run says only what was earned so far: it was calculated before its period was over."""
    return calculated_on < period_until


def waits(*, calculated_on: dt.date, period_until: dt.date, today: dt.date) -> bool:
    """Whether a calculated run stands for its period, so that another would only double it: a preview does until the
    period is over."""
    return today < period_until or not is_preview(calculated_on=calculated_on, period_until=period_until)


def check_confirmation(
    *, number: str, calculated_on: dt.date, period_until: dt.date, partial: bool
) -> tuple[errors.Reason, ...]:
    """Why a run cannot be confirmed: a preview settles its period in part, and that is to be said (`partial`)."""
    if partial or not is_preview(calculated_on=calculated_on, period_until=period_until):
        return ()
    params = {"number": number, "on": calculated_on, "until": period_until}
    return (errors.Reason("settlement.period_not_over", params=params),)


def pool_amounts(*, payable: Decimal, tax_included: bool, rate: Decimal) -> tuple[Decimal, Decimal]:
    """(net, tax) of a payable. A result without tax gets its tax on top, rounded once."""
    if tax_included:
        return money.split_tax(payable, rate)
    return payable, money.amount(payable * rate)
