"""Rule tables: thresholds, windows and lists of the law and of the house, versioned by effective date."""

import bisect
import datetime as dt
import functools
from typing import Any

from qudao.kernel import models


@functools.lru_cache(maxsize=128)
def _versions(table: str, generation: int) -> list[tuple[dt.date, dict[str, Any]]]:
    """(in force from, data) of all versions, oldest first."""
    found = models.RuleVersion.objects.filter(table=table).order_by("effective_from")
    return list(found.values_list("effective_from", "data"))


_generation = 0


def on(table: str, day: dt.date) -> dict[str, Any]:
    """The table's data in force on `day`. Kept in the process: versions are only ever added, with a new
    effective date, and `forget` is called where that happens. Raises LookupError before the first."""
    versions = _versions(table, _generation)
    place = bisect.bisect_right(versions, day, key=lambda version: version[0])
    if not place:
        raise LookupError(f"rule table {table} has no version in force on {day}")
    return versions[place - 1][1]


def forget() -> None:
    """Drop what is remembered, after a version was added."""
    global _generation
    _generation += 1


def publish(*, table: str, effective_from: dt.date, data: dict[str, Any], source: str) -> None:
    """Add a version. The same (table, day) again changes nothing."""
    models.RuleVersion.objects.bulk_create(
        [models.RuleVersion(table=table, effective_from=effective_from, data=data, source=source)],
        ignore_conflicts=True,
    )
    forget()
