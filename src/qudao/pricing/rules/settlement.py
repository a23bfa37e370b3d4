"""Settling a rebate: a pure function of the scale and the facts, explained to each line's cents.

A settlement always recomputes from the contract's start and subtracts what was settled before, so a
return after a settlement comes back as a lower, perhaps negative, payable in the next.
"""

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Sequence
from decimal import Decimal

from qudao.kernel import errors, money

from . import rebate

FactId = int | str


@dataclasses.dataclass(frozen=True, slots=True)
class Fact:
    """One invoice (or order, shipment…) line. Returns carry negative amount and quantity.

    A fact either counts or names why not in `exclusion`: vbp, gift, sample, rebate_paid, diverted…
    """

    fact_id: FactId
    line_ref: str
    amount_net: Decimal
    quantity: Decimal
    counted: bool = True
    exclusion: str = ""

    def __post_init__(self) -> None:
        if self.counted == bool(self.exclusion):
            raise ValueError("a fact counts, or says why it does not")


@dataclasses.dataclass(frozen=True, slots=True)
class SettledLine:
    """A fact, the base its share was measured by (None when it does not count), its cents."""

    fact: Fact
    base: Decimal | None
    share: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Settlement:
    """The explained result; the shares of `lines` add up to `earned` exactly.

    `digest` is the SHA-256 (hex) of scale, facts and settled sum, whatever their order: equal digests
    mean equal cents.
    """

    volume: rebate.Volume
    tier: int
    earned: Decimal
    settled: Decimal
    payable: Decimal
    steps: tuple[rebate.Step, ...]
    next_tier: tuple[Decimal, Decimal] | None
    lines: tuple[SettledLine, ...]
    digest: str


def payable(*, earned: Decimal, settled: Decimal) -> Decimal:
    """What is still to pay; below zero it is clawed back."""
    return money.amount(earned - settled)


def settle(*, scale: rebate.Scale, facts: Sequence[Fact], already_settled: Decimal) -> Settlement:
    """Settle all facts since the contract's start. No counted fact earns nothing, not even a floor.

    Raises Refused for a faulty scale, or with `pricing.fact_repeated` when a fact comes twice.
    """
    ordered = sorted(facts, key=lambda fact: str(fact.fact_id))
    for one, other in itertools.pairwise(ordered):
        if str(one.fact_id) == str(other.fact_id):
            raise errors.refuse("pricing.fact_repeated", fact=one.fact_id, reference=one.line_ref)
    counted = [fact for fact in ordered if fact.counted]
    volume = rebate.Volume(
        sum((fact.amount_net for fact in counted), Decimal(0)),
        sum((fact.quantity for fact in counted), Decimal(0)),
    )
    result = rebate.evaluate(scale=scale, volume=volume)
    if not counted:
        result = rebate.Earned(money.ZERO, 0, ())
    bases = [(fact.fact_id, _base(scale, fact)) for fact in counted]
    shares = dict(allocate_to_lines(earned=result.earned, lines=bases))
    weights = dict(bases)
    return Settlement(
        volume=volume,
        tier=result.tier,
        earned=result.earned,
        settled=money.amount(already_settled),
        payable=payable(earned=result.earned, settled=already_settled),
        steps=result.steps,
        next_tier=rebate.next_tier(scale=scale, volume=volume),
        lines=tuple(
            SettledLine(fact, weights.get(fact.fact_id), shares.get(fact.fact_id, money.ZERO))
            for fact in ordered
        ),
        digest=digest(scale=scale, facts=ordered, already_settled=already_settled),
    )


def _base(scale: rebate.Scale, fact: Fact) -> Decimal:
    """What a line's share is measured by: what the scale pays on; for a fixed sum, what it measures."""
    on_quantity = scale.mode == "per_unit" or (scale.mode == "fixed" and scale.measure == "quantity")
    return fact.quantity if on_quantity else fact.amount_net


def allocate_to_lines(
    *, earned: Decimal, lines: Sequence[tuple[FactId, Decimal]]
) -> list[tuple[FactId, Decimal]]:
    """Share the rebate in proportion to each line's base; exact to the cent (largest remainder).

    A marginal scale's lines share its average rate: no line is "the one" that reached a band. A return
    (negative base) takes its share back. Where returns outweigh purchases, only purchases share.
    """
    if not lines:
        return []
    bought = [max(base, Decimal(0)) for _, base in lines]
    returned = [max(-base, Decimal(0)) for _, base in lines]
    plus, minus = sum(bought), sum(returned)
    if minus == 0 or plus <= minus:
        shares = money.allocate(earned, bought)
    else:
        given = money.amount(earned * plus / (plus - minus))
        taken = money.allocate(given - earned, returned)
        shares = [a - b for a, b in zip(money.allocate(given, bought), taken, strict=True)]
    return [(fact_id, share) for (fact_id, _), share in zip(lines, shares, strict=True)]


def digest(*, scale: rebate.Scale, facts: Sequence[Fact], already_settled: Decimal) -> str:
    """SHA-256 (hex) of everything a settlement depends on, as canonical JSON."""
    content = {
        "scale": {
            "measure": scale.measure,
            "mode": scale.mode,
            "lower_inclusive": scale.lower_inclusive,
            "tiers": [[_canonical(tier.from_), _canonical(tier.rate)] for tier in scale.tiers],
            "cap": _canonical(scale.cap),
            "floor": _canonical(scale.floor),
        },
        "facts": sorted(
            [str(f.fact_id), _canonical(f.amount_net), _canonical(f.quantity), f.counted, f.exclusion]
            for f in facts
        ),
        "settled": _canonical(already_settled),
    }
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Decimal | None) -> str | None:
    """One spelling per number: 1, 1.0 and 1.00 are the same."""
    if value is None:
        return None
    return format(value.normalize(), "f") if value else "0"
