"""Two ways of doing the same thing, timed in turns so that a noisy machine disturbs both alike."""

import dataclasses
import gc
import statistics
import time
from collections.abc import Callable


@dataclasses.dataclass(frozen=True, slots=True)
class Compared:
    """Milliseconds. `ratio` is the product's median over the floor's."""

    p50_ms: float
    p95_ms: float
    floor_p50_ms: float
    floor_p95_ms: float
    ratio: float
    rounds: int


def compare(
    product: Callable[[int], object], floor: Callable[[int], object], *, rounds: int, warm_up: int = 30
) -> Compared:
    """Call both with 0, 1, 2 … in turns and take the time of all rounds after the warm-up."""
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(warm_up + rounds):
        for way, times in zip((product, floor), taken, strict=True):
            elapsed = _elapsed(way, number)
            if number >= warm_up:
                times.append(elapsed)
    ours, theirs = (_quantiles(times) for times in taken)
    return Compared(
        p50_ms=round(ours[0], 3),
        p95_ms=round(ours[1], 3),
        floor_p50_ms=round(theirs[0], 3),
        floor_p95_ms=round(theirs[1], 3),
        ratio=round(ours[0] / theirs[0], 2),
        rounds=rounds,
    )


def _elapsed(way: Callable[[int], object], number: int) -> float:
    """Milliseconds of one call, without a collection that the other's garbage made due."""
    gc.collect(0)
    begun = time.perf_counter()
    way(number)
    return (time.perf_counter() - begun) * 1000


def _quantiles(times: list[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]
