"""The way a picker walks."""

import dataclasses
import datetime as dt
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True)
class Stop:
    """Where one line of a shipment lies. `shelf` is "" in a warehouse that has zones alone."""

    cold: bool
    shelf: str
    storage: str
    item: str
    last_usable_on: dt.date | None
    lot: str
    serial: str
    no: int


def order(stop: Stop) -> tuple[Any, ...]:
    """The sort key: shelf by shelf, goods stored alike together, the lots of a product side by side with the first
    to expire in front. What is kept in the cold comes last, so that it spends least time outside."""
    return (
        stop.cold,
        stop.shelf == "",
        stop.shelf,
        stop.storage,
        stop.item,
        stop.last_usable_on or dt.date.max,
        stop.lot,
        stop.serial,
        stop.no,
    )
