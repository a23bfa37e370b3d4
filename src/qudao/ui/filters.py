"""Filter bars whose whole state is the address: links and menus that change one parameter each.

Every change drops the cursor, since a page number of another list means nothing.
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from django.http import QueryDict

CURSOR = "cursor"


@dataclasses.dataclass(frozen=True, slots=True)
class Toggle:
    """A chip that is on or off: `?key=value` or nothing. `count` is how many rows it would leave."""

    key: str
    value: str
    label: Any
    count: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """A menu of (value, label), one of them or none."""

    key: str
    label: Any
    choices: Sequence[tuple[str, Any]]


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A box to type in."""

    key: str
    label: Any


Filter = Toggle | Choice | Text


def with_value(query: QueryDict, key: str, value: str | None) -> str:
    """The address with `key` set to `value`, or without `key` when it is None."""
    changed = query.copy()
    changed.pop(CURSOR, None)
    changed.pop(key, None)
    if value is not None:
        changed[key] = value
    return f"?{changed.urlencode()}"


def toggled(query: QueryDict, key: str, value: str) -> str:
    """The address with `value` added to the values of `key`, or taken away when it is among them."""
    values = query.getlist(key)
    changed = query.copy()
    changed.pop(CURSOR, None)
    changed.setlist(key, [v for v in values if v != value] if value in values else [*values, value])
    return f"?{changed.urlencode()}"


def shown(filters: Sequence[Filter], query: QueryDict) -> list[dict[str, Any]]:
    """What the template needs: kind, label, whether it is on, and where each link leads."""
    return [_shown(one, query) for one in filters]


def _shown(one: Filter, query: QueryDict) -> dict[str, Any]:
    now = query.get(one.key)
    if isinstance(one, Toggle):
        on = now == one.value
        url = with_value(query, one.key, None if on else one.value)
        return {"kind": "toggle", "label": one.label, "count": one.count, "on": on, "url": url}
    if isinstance(one, Text):
        rest = [
            (key, value) for key, values in query.lists() if key not in (one.key, CURSOR) for value in values
        ]
        return {"kind": "text", "key": one.key, "label": one.label, "value": now or "", "rest": rest}
    chosen = next((label for value, label in one.choices if value == now), None)
    entries = [
        {"label": label, "on": value == now, "url": with_value(query, one.key, value)}
        for value, label in one.choices
    ]
    clear = with_value(query, one.key, None)
    return {"kind": "choice", "label": one.label, "chosen": chosen, "entries": entries, "clear": clear}
