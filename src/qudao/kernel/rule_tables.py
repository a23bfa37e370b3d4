"""Rule tables: thresholds, windows and lists of the law and of the house, versioned by effective date."""

import datetime as dt
import functools
from typing import Any

from qudao.kernel import models


@functools.lru_cache(maxsize=512)
def _at(table: str, on: dt.date, generation: int) -> dict[str, Any]:
    found = (
        models.RuleVersion.objects.filter(table=table, effective_from__lte=on)
        .order_by("-effective_from")
        .values_list("data", flat=True)
        .first()
    )
    if found is None:
        raise LookupError(f"rule table {table} has no version in force on {on}")
    return found


_generation = 0


def on(table: str, day: dt.date) -> dict[str, Any]:
    """The table's data in force on `day`. Kept in the process: versions are only ever added, with a new
    effective date, and `forget` is called where that happens."""
    return _at(table, day, _generation)


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
