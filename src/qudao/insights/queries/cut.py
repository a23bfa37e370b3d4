"""The part of the business a figure is asked for."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection

FACETS = ("entity_id", "region_id", "line_id", "tier", "party_id")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """[first, until) and facets; 0 and '' mean all. Facets a table does not carry are left out by name."""

    first: dt.date
    until: dt.date
    entity_id: int = 0
    region_id: int = 0
    line_id: int = 0
    tier: str = ""
    party_id: int = 0

    def within(self, first: dt.date, until: dt.date) -> "Cut":
        return dataclasses.replace(self, first=first, until=until)

    def where(self, alias: str, *, but: Sequence[str] = (), **columns: str) -> str:
        """`AND alias.entity_id = …` for each facet that is set; `columns` renames (line_id="i.line_id")."""
        return "".join(
            f" AND {columns.get(name, f'{alias}.{name}')} = %({name})s"
            for name in FACETS
            if getattr(self, name) and name not in but
        )

    def parameters(self, **more: Any) -> dict[str, Any]:
        return {name: getattr(self, name) for name in (*FACETS, "first", "until")} | more


def rows(statement: str, parameters: dict[str, Any]) -> list[tuple]:
    """All rows; statements name only parameters that are given."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def dictionaries(statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The same by column name."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
