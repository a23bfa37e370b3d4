"""What can still be promised for a day (available to promise, ATP).

A lot counts until its last usable day, a confirmed receipt from its day on. What is promised already comes
first: a new promise may not leave any of it without goods, today or later.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Supply:
    """`quantity` usable from `available_on` to `last_usable_on`, both included; None is for ever."""

    available_on: dt.date
    last_usable_on: dt.date | None
    quantity: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Promise:
    """`quantity` to be delivered on a day; reservations of goods on hand are not among them."""

    on: dt.date
    quantity: Decimal


def available(
    *, on: dt.date, supplies: Sequence[Supply], promises: Sequence[Promise] = (), safety: Decimal = Decimal(0)
) -> Decimal:
    """The most that can be promised for the day `on`, in base units, never below zero.

    `supplies`: good stock less reservations, and confirmed receipts. `safety` stays untouched. Deliveries
    met grow one for one with a new promise until goods run out, so the answer is the deliveries met with
    a promise of everything, less the deliveries met without it.
    """
    everything = sum((supply.quantity for supply in supplies), Decimal(0))
    without = _delivered(supplies, promises)
    with_all = _delivered(supplies, [*promises, Promise(on, everything)])
    return max(Decimal(0), with_all - without - safety)


def _delivered(supplies: Iterable[Supply], promises: Iterable[Promise]) -> Decimal:
    """The most that can be delivered in all: day by day, what expires first goes first."""
    lots = sorted(supplies, key=lambda supply: (supply.last_usable_on or dt.date.max, supply.available_on))
    left = [lot.quantity for lot in lots]
    delivered = Decimal(0)
    for promise in sorted(promises, key=lambda promise: promise.on):
        missing = promise.quantity
        for i, lot in enumerate(lots):
            if lot.available_on <= promise.on <= (lot.last_usable_on or dt.date.max):
                part = min(missing, left[i])
                left[i] -= part
                missing -= part
        delivered += promise.quantity - missing
    return delivered
