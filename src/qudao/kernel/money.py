"""Money and quantities: Decimal, rounded half up, once, here and nowhere else.

Amounts are in the currency's cents (2 places), unit prices keep 4 places, quantities at most 4.
"""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

Number = Decimal | int | str

ZERO = Decimal("0.00")
_STEPS = tuple(Decimal(1).scaleb(-places) for places in range(13))


def exact(value: Number) -> Decimal:
    """Return `value` as a finite Decimal. Floats are refused: they have already lost the cents."""
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, str)):
        raise TypeError(f"money is Decimal, int or str, not {type(value).__name__}")
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a finite number")
    return number


def rounded(value: Number, places: int) -> Decimal:
    """Round half up (away from zero on a tie) to `places` decimals."""
    return exact(value).quantize(_STEPS[places], rounding=ROUND_HALF_UP)


def amount(value: Number) -> Decimal:
    """Money in cents."""
    return rounded(value, 2)


def unit_price(value: Number) -> Decimal:
    """Price of one price unit, 4 places."""
    return rounded(value, 4)


def quantity(value: Number) -> Decimal:
    """A quantity, at most 4 places; more places are refused, not rounded away."""
    number = exact(value)
    result = rounded(number, 4)
    if result != number:
        raise ValueError(f"quantity {value} has more than 4 decimals")
    return result


def split_tax(gross: Number, rate: Number) -> tuple[Decimal, Decimal]:
    """(net, tax) of a tax-included amount; the tax is the rest, so that both add up to `gross`."""
    total = amount(gross)
    net = rounded(total / (1 + exact(rate)), 2)
    return net, total - net


def signed(number: str) -> str:
    """A number written in digits with a minus as wide as a plus, the one that sums are written with: -5.3 → −5.3."""
    return number.replace("-", "\N{MINUS SIGN}")


def allocate(total: Number, weights: Sequence[Number], places: int = 2) -> list[Decimal]:
    """Split `total` in proportion to `weights`, exact to the last cent (largest remainder).

    Ties go to the earlier weight. All weights zero: split evenly. Raises ValueError when there is
    nobody to give to or a weight is negative.
    """
    shares = [exact(weight) for weight in weights]
    if not shares:
        raise ValueError("nothing to allocate to")
    if any(share < 0 for share in shares):
        raise ValueError("weights are not negative")
    if not any(shares):
        shares = [Decimal(1)] * len(shares)
    whole = rounded(total, places)
    sign = -1 if whole < 0 else 1
    step = Decimal(1).scaleb(-places)
    base = sum(shares)
    ideal = [abs(whole) * share / base for share in shares]
    parts = [part.quantize(step, rounding=ROUND_DOWN) for part in ideal]
    missing = int((abs(whole) - sum(parts)) / step)
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - ideal[i], i))
    for i in by_remainder[:missing]:
        parts[i] += step
    return [sign * part for part in parts]
