"""The part of the business a figure is asked for."""

import contextlib
import contextvars
import dataclasses
import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.core.cache import cache
from django.db import connection

from qudao.kernel import scope

T = TypeVar("T")
FACETS = ("entity_id", "region_id", "line_id", "tier", "party_id")
# Debts are owed by a partner to an entity, whatever was sold where; stock is the house's.
_DEBTOR = ("region_id", "line_id", "tier")
_STOCK = ("region_id", "tier", "party_id")
# Figure → the facets it has not: choosing them does not narrow it.
WITHOUT = {
    **dict.fromkeys(("overdue", "dso", "disputes"), _DEBTOR),
    **dict.fromkeys(("stock_out", "near_expiry", "expired", "turnover"), _STOCK),
    "coverage": ("tier",),
}


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

    def of(self, code: str) -> "Cut":
        """The part of the business as this figure knows it: without the facets it has not."""
        return dataclasses.replace(
            self, **{name: "" if name == "tier" else 0 for name in WITHOUT.get(code, ())}
        )

    def where(self, alias: str, *, but: Sequence[str] = (), **columns: str) -> str:
        """`AND alias.entity_id = …` for each facet that is set; `columns` renames (line_id="i.line_id")."""
        return "".join(
            f" AND {columns.get(name, f'{alias}.{name}')} = %({name})s"
            for name in FACETS
            if getattr(self, name) and name not in but
        )

    def parameters(self, **more: Any) -> dict[str, Any]:
        return {name: getattr(self, name) for name in (*FACETS, "first", "until")} | more


_remembering: contextvars.ContextVar[bool] = contextvars.ContextVar("remembering", default=False)


@contextlib.contextmanager
def remembered() -> Iterator[None]:
    """Within, what was counted up to FIGURES_SECONDS ago for the same scope serves again.

    For boards that show many figures at a glance. Where a figure stands beside its rows it is counted anew.
    """
    token = _remembering.set(settings.FIGURES_SECONDS > 0)
    try:
        yield
    finally:
        _remembering.reset(token)


def rows(statement: str, parameters: dict[str, Any]) -> list[tuple]:
    """All rows; statements name only parameters that are given."""

    def read() -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall()

    return _known(read, statement, parameters)


def dictionaries(statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The same by column name."""

    def read() -> list[dict[str, Any]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    return _known(read, statement, parameters)


def counted(name: str, cut: Cut, count: Callable[[], T], *, today: dt.date) -> T:
    """What is counted out of many rows, under a name: within `remembered` the rows need not be gone through again."""
    return _known(count, name, cut.parameters(today=today))


def _known(read: Callable[[], T], statement: str, parameters: dict[str, Any]) -> T:
    """What `read` gives; from memory within `remembered`, under everything that decides what is seen."""
    if not _remembering.get():
        return read()
    actor = scope.current()
    seen = (actor.everyone, actor.house, actor.visible, connection.settings_dict["NAME"])
    told = repr((seen, statement, sorted(parameters.items()))).encode()
    key = f"insights.{hashlib.sha256(told).hexdigest()}"
    found = cache.get(key)
    if found is None:
        found = read()
        cache.set(key, found, settings.FIGURES_SECONDS)
    return found
