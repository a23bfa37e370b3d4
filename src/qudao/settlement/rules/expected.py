"""What a volume would earn on a scale, read off its curve: for what an order may be expected to bring."""

import itertools
from collections.abc import Sequence
from decimal import Decimal


def at(curve: Sequence[tuple[Decimal, Decimal]], volume: Decimal) -> Decimal:
    """The rebate at `volume` on a curve of (volume, rebate) points, straight between them and past the last.

    Where two points share a volume (a tier's bound) the upper one counts.
    """
    if len(curve) < 2:
        return Decimal(0)
    before, after = curve[-2], curve[-1]
    for left, right in itertools.pairwise(curve):
        if left[0] <= volume < right[0]:
            before, after = left, right
            break
    width = after[0] - before[0]
    if not width:
        return after[1]
    return before[1] + (after[1] - before[1]) * (volume - before[0]) / width
