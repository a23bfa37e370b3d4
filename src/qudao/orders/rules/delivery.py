"""The earliest day goods from our warehouses can be where they are wanted."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping


def earliest(
    *,
    on: dt.date,
    origins: Iterable[int],
    destination: int,
    days: Mapping[str, int],
    is_working_day: Callable[[dt.date], bool],
) -> dt.date | None:
    """The day the slowest part arrives, counted in working days after `on`; None without origins.

    Territories are codes of GB/T 2260 (330100); `days` says how many working days goods take within a `city`,
    a `province`, and `beyond`.
    """
    distances = [days[_distance(origin, destination)] for origin in origins]
    if not distances:
        return None
    day, left = on, max(distances)
    while left:
        day += dt.timedelta(days=1)
        left -= is_working_day(day)
    return day


def _distance(origin: int, destination: int) -> str:
    if origin // 100 == destination // 100:
        return "city"
    return "province" if origin // 10_000 == destination // 10_000 else "beyond"
