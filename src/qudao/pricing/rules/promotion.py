"""Spend-and-save promotions (满减): from a threshold on, a fixed sum off, shared by the lines to the cent.

A promotion's money is tax-included. Lines at a 集采 price, lines whose contract excludes promotions and
lines priced without tax take no part: they neither count towards a threshold nor receive a discount.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

from qudao.kernel import errors, money

from . import price


@dataclasses.dataclass(frozen=True, slots=True)
class Promotion:
    """`minus` off for every (`repeating`) or the first `threshold` of quantity or amount.

    `items` empty means every item, `tiers` every tier, `regions` every region;
    `budget_remaining` None means no limit. Promotions are tried by `rank`, then by id. One that is not
    `stackable` takes only lines without a promotion, and leaves them to no other.
    """

    promotion_id: int
    name: str
    measure: Literal["quantity", "amount"]
    threshold: Decimal
    minus: Decimal
    valid_from: dt.date
    valid_until: dt.date | None = None
    items: frozenset[int] = frozenset()
    tiers: frozenset[str] = frozenset()
    regions: frozenset[int] = frozenset()
    repeating: bool = False
    stackable: bool = False
    budget_remaining: Decimal | None = None
    rank: int = 0

    def __post_init__(self) -> None:
        if self.threshold <= 0 or self.minus <= 0:
            raise ValueError("threshold and minus are above zero")


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """A priced line: document line number, item, quantity in price units, the price chosen."""

    line: int
    item_id: int
    quantity: Decimal
    choice: price.PriceChoice

    @property
    def amount(self) -> Decimal:
        return money.amount(self.quantity * self.choice.unit_price)

    @property
    def takes_part(self) -> bool:
        chosen = self.choice
        return chosen.tax_included and chosen.kind != "vbp" and not chosen.excludes_promotions


@dataclasses.dataclass(frozen=True, slots=True)
class Discounted:
    """What a line receives: its discount in all, and per promotion (id, cents), with the steps."""

    line: int
    discount: Decimal
    promotions: tuple[tuple[int, Decimal], ...]
    steps: tuple[price.Step, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """Every line in its order; `spent` per promotion that applied (id, sum); warnings if any."""

    lines: tuple[Discounted, ...]
    spent: tuple[tuple[int, Decimal], ...]
    warnings: tuple[errors.Reason, ...]


def apply(
    *, promotions: Sequence[Promotion], lines: Sequence[Line], tier: str, region: int, on: dt.date
) -> Outcome:
    """Take every promotion in force off the lines it concerns.

    Thresholds look at amounts before any discount. A promotion is granted in whole multiples of
    `minus` only, as many as threshold, budget and the lines' remaining amount allow; one that the
    budget cuts short adds the warning `pricing.promotion_budget_spent`.
    """
    found: dict[int, Discounted] = {line.line: Discounted(line.line, money.ZERO, (), ()) for line in lines}
    if len(found) != len(lines):
        raise ValueError("line numbers are unique")
    closed: set[int] = set()
    spent: list[tuple[int, Decimal]] = []
    warnings: list[errors.Reason] = []
    for promotion in sorted(promotions, key=lambda each: (each.rank, each.promotion_id)):
        if not _in_force(promotion, tier, region, on):
            continue
        sharing = [
            line
            for line in lines
            if line.takes_part
            and (not promotion.items or line.item_id in promotion.items)
            and line.line not in closed
            and (promotion.stackable or not found[line.line].promotions)
        ]
        left = [line.amount - found[line.line].discount for line in sharing]
        wanted = min(_times_reached(promotion, sharing), int(sum(left) / promotion.minus))
        times = _times_affordable(promotion, wanted)
        if times < wanted:
            params = {"name": promotion.name, "remaining": promotion.budget_remaining}
            warnings.append(errors.Reason("pricing.promotion_budget_spent", None, params, "warn"))
        if times == 0:
            continue
        total = money.amount(promotion.minus * times)
        spent.append((promotion.promotion_id, total))
        for line, share in zip(sharing, money.allocate(total, left), strict=True):
            found[line.line] = _discounted(found[line.line], line, promotion, times, share)
            if not promotion.stackable:
                closed.add(line.line)
    return Outcome(tuple(found.values()), tuple(spent), tuple(warnings))


def _in_force(promotion: Promotion, tier: str, region: int, on: dt.date) -> bool:
    return (
        promotion.valid_from <= on
        and (promotion.valid_until is None or on < promotion.valid_until)
        and (not promotion.tiers or tier in promotion.tiers)
        and (not promotion.regions or region in promotion.regions)
    )


def _times_reached(promotion: Promotion, lines: Sequence[Line]) -> int:
    if promotion.measure == "quantity":
        reached = sum((line.quantity for line in lines), Decimal(0))
    else:
        reached = sum((line.amount for line in lines), Decimal(0))
    times = int(reached / promotion.threshold)
    return times if promotion.repeating else min(times, 1)


def _times_affordable(promotion: Promotion, times: int) -> int:
    if promotion.budget_remaining is None:
        return times
    return min(times, int(max(promotion.budget_remaining, money.ZERO) / promotion.minus))


def _discounted(
    before: Discounted, line: Line, promotion: Promotion, times: int, share: Decimal
) -> Discounted:
    amount = line.amount - before.discount
    params = {
        "name": promotion.name,
        "measure": promotion.measure,
        "threshold": format(promotion.threshold, "f"),
        "minus": format(promotion.minus, "f"),
        "times": str(times),
        "discount": format(share, "f"),
    }
    step = price.Step("promotion", params, promotion.promotion_id, amount, amount - share, True)
    return Discounted(
        line.line,
        before.discount + share,
        (*before.promotions, (promotion.promotion_id, share)),
        (*before.steps, step),
    )
