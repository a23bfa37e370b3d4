"""Rebate scales and their settlement: volume → tier → rebate → the cents of every line.

A scale's tiers are half-open, without gaps, and each begins where the one before it ends. Modes:

- whole (全额累计): the rate of the tier reached, on the whole amount;
- marginal (超额累进): every band at its own rate. Measured by quantity, the amount is shared by the
  bands in proportion to the quantity in each;
- per_unit: money per unit of the tier reached, on the whole quantity;
- fixed: the money of the tier reached.

Rates are fractions for whole and marginal, money for the other two. Rounded half up, once, at the end.
"""

import dataclasses
import decimal
from decimal import Decimal
from typing import Any, Literal

from qudao.kernel import errors, money

Measure = Literal["amount", "quantity"]
Mode = Literal["whole", "marginal", "per_unit", "fixed"]

MEASURES: tuple[str, ...] = ("amount", "quantity")
MODES: tuple[str, ...] = ("whole", "marginal", "per_unit", "fixed")
_FRACTION_MODES = ("whole", "marginal")
# An amount × a quantity × a rate is exact in so many digits, so a half cent is seen as one.
_DIGITS = 80


@dataclasses.dataclass(frozen=True, slots=True)
class Tier:
    """From this volume on, this rate."""

    from_: Decimal
    rate: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Scale:
    """How much a volume earns. `cap` and `floor` are money; None means none."""

    measure: Measure
    mode: Mode
    tiers: tuple[Tier, ...]
    lower_inclusive: bool = True
    cap: Decimal | None = None
    floor: Decimal | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Volume:
    """What counts, net of returns: money without tax, and base units. Below zero counts as zero."""

    amount: Decimal
    quantity: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """Part of the explanation; the amounts of all steps add up to the rebate.

    A `band` goes from `from_` to `to` (None: no end) and says base × rate = amount, to the cent. The
    base is money for whole and marginal, units for per_unit, 1 for fixed. `cap` and `floor` say by how
    much they changed the sum.
    """

    code: Literal["band", "cap", "floor"]
    amount: Decimal
    from_: Decimal | None = None
    to: Decimal | None = None
    base: Decimal | None = None
    rate: Decimal | None = None

    def as_json(self) -> dict[str, Any]:
        """The step as JSON data, decimals as strings."""
        limits, figures = {"from": self.from_, "to": self.to}, {"base": self.base, "rate": self.rate}
        shown = limits | figures | {"amount": self.amount}
        return {"code": self.code} | {k: None if v is None else format(v, "f") for k, v in shown.items()}


@dataclasses.dataclass(frozen=True, slots=True)
class Earned:
    """The rebate in cents, the tier reached (0 is the first) and the steps that lead to it."""

    earned: Decimal
    tier: int
    steps: tuple[Step, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Band:
    tier: int
    base: Decimal
    numerator: Decimal  # of the unrounded rebate; all bands of a volume share one denominator


def validate(*, scale: Scale) -> tuple[errors.Reason, ...]:
    """Everything wrong with a scale. Each code is `pricing.scale_<problem>`, with the field's path."""
    found: list[errors.Reason] = []

    def refuse_if(wrong: bool, field: str, problem: str) -> None:
        if wrong:
            found.append(errors.Reason(f"pricing.scale_{problem}", params={"field": field}))

    refuse_if(scale.measure not in MEASURES, "measure", "unknown_choice")
    refuse_if(scale.mode not in MODES, "mode", "unknown_choice")
    refuse_if(not scale.tiers, "tiers", "empty")
    for i, tier in enumerate(scale.tiers):
        if i == 0:
            refuse_if(tier.from_ != 0, "tiers[0].from", "not_zero")
        else:
            refuse_if(tier.from_ <= scale.tiers[i - 1].from_, f"tiers[{i}].from", "not_increasing")
        refuse_if(tier.rate < 0, f"tiers[{i}].rate", "negative")
        refuse_if(scale.mode in _FRACTION_MODES and tier.rate > 1, f"tiers[{i}].rate", "above_one")
    for name, limit in (("cap", scale.cap), ("floor", scale.floor)):
        refuse_if(limit is not None and limit < 0, name, "negative")
    if scale.cap is not None and scale.floor is not None:
        refuse_if(scale.floor > scale.cap, "floor", "above_cap")
    return tuple(found)


def measured(*, scale: Scale, volume: Volume) -> Decimal:
    """The figure that climbs the tiers, as it is (returns may outweigh purchases)."""
    return volume.amount if scale.measure == "amount" else volume.quantity


def reached_tier(*, scale: Scale, volume: Volume) -> int:
    """Index of the tier reached. Exactly on a bound is the upper tier if `lower_inclusive`."""
    reach = measured(scale=scale, volume=volume)
    tier = 0
    for i, each in enumerate(scale.tiers):
        if reach > each.from_ or (scale.lower_inclusive and reach == each.from_):
            tier = i
    return tier


def evaluate(*, scale: Scale, volume: Volume) -> Earned:
    """What the volume earns under the scale.

    Cap and floor come last. The floor lifts the sum only when a band that pays (rate above zero) was
    reached: nobody is paid for a tier that promises nothing. Raises Refused with every fault of the
    scale.
    """
    errors.raise_if_refused(validate(scale=scale))
    with decimal.localcontext(prec=_DIGITS):
        tier = reached_tier(scale=scale, volume=volume)
        denominator, bands = _bands(scale, volume, tier)
        total = money.amount(sum((band.numerator for band in bands), Decimal(0)) / denominator)
        cents = money.allocate(total, [band.numerator for band in bands])
        steps = [_band_step(scale, band, share) for band, share in zip(bands, cents, strict=True)]
        pays = any(scale.tiers[band.tier].rate > 0 for band in bands)
        earned = total
        if scale.floor is not None and pays:
            earned = max(earned, money.amount(scale.floor))
        if scale.cap is not None:
            earned = min(earned, money.amount(scale.cap))
        if earned != total:
            steps.append(Step("floor" if earned > total else "cap", earned - total))
    return Earned(earned, tier, tuple(steps))


def _bands(scale: Scale, volume: Volume, tier: int) -> tuple[Decimal, list[_Band]]:
    """(denominator, bands): the rebate is the sum of the numerators over the denominator."""
    amount, quantity = max(volume.amount, Decimal(0)), max(volume.quantity, Decimal(0))
    rate = scale.tiers[tier].rate
    if scale.mode == "whole":
        return Decimal(1), [_Band(tier, amount, amount * rate)]
    if scale.mode == "per_unit":
        return Decimal(1), [_Band(tier, quantity, quantity * rate)]
    if scale.mode == "fixed":
        return Decimal(1), [_Band(tier, Decimal(1), rate)]
    reach = max(measured(scale=scale, volume=volume), Decimal(0))
    widths = [min(reach, _end(scale, i) or reach) - scale.tiers[i].from_ for i in range(tier + 1)]
    bases = money.allocate(amount, widths) if reach else [money.ZERO]
    bands = [
        _Band(i, base, amount * width * scale.tiers[i].rate)
        for i, (base, width) in enumerate(zip(bases, widths, strict=True))
    ]
    return reach or Decimal(1), bands


def _end(scale: Scale, tier: int) -> Decimal | None:
    return scale.tiers[tier + 1].from_ if tier + 1 < len(scale.tiers) else None


def _band_step(scale: Scale, band: _Band, share: Decimal) -> Step:
    tier = scale.tiers[band.tier]
    return Step("band", share, tier.from_, _end(scale, band.tier), band.base, tier.rate)


def next_tier(*, scale: Scale, volume: Volume) -> tuple[Decimal, Decimal] | None:
    """(how much is missing, the rate it leads to): "再进 ¥1,085,780 达 3%". None on the top tier.

    Without `lower_inclusive` the volume must pass the bound: more than what is missing.
    """
    tier = reached_tier(scale=scale, volume=volume)
    if tier + 1 == len(scale.tiers):
        return None
    following = scale.tiers[tier + 1]
    return following.from_ - measured(scale=scale, volume=volume), following.rate


def curve(
    *, scale: Scale, unit_amount: Decimal = Decimal(1), until: Decimal | None = None, samples: int = 24
) -> list[tuple[Decimal, Decimal]]:
    """(volume, rebate) points for a chart, from 0 to `until` (default: half past the last bound).

    A bound carries two points, below and on it, so that a jump is drawn upright. `unit_amount` is the
    average money per unit, for scales that measure one thing and pay on the other.
    """
    end = until if until is not None else max(scale.tiers[-1].from_ * 3 / 2, Decimal(1))
    bounds = {tier.from_ for tier in scale.tiers[1:] if tier.from_ <= end}
    below = dataclasses.replace(scale, lower_inclusive=False)
    upon = dataclasses.replace(scale, lower_inclusive=True)
    points: list[tuple[Decimal, Decimal]] = []
    for x in sorted(bounds | {money.rounded(end * i / samples, 4) for i in range(samples + 1)}):
        if scale.measure == "amount":
            volume = Volume(x, x / unit_amount)
        else:
            volume = Volume(x * unit_amount, x)
        variants = (below, upon) if x in bounds else (scale,)
        points.extend((x, evaluate(scale=each, volume=volume).earned) for each in variants)
    return points
