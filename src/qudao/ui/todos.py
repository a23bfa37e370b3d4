"""What waits for a person. Modules contribute functions `find(*, actor, now) -> list[Todo]` (manifest `todos`).

They run inside the person's reading transaction, so they find only what that person sees. What counts nothing is
not shown: they need not ask.
"""

import dataclasses
import datetime as dt
from typing import Any

from qudao.kernel import manifest, scope

_URGENT = ("bad", "warn")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Todo:
    """One line of the to-do page: `count` things of one sort behind `url`, None when it is a single thing.

    `tone` is a tone of ui.status: bad for overdue, warn for due soon, info for the rest.
    """

    title: Any
    url: str
    detail: Any = ""
    icon: str = "circle-check"
    count: int | None = None
    tone: str = "info"


def waiting(*, actor: scope.Actor, now: dt.datetime) -> list[Todo]:
    """What every module finds for the actor, the urgent first."""
    found = [
        one for find in manifest.collect("todos") for one in find(actor=actor, now=now) if one.count != 0
    ]
    return sorted(found, key=lambda one: _URGENT.index(one.tone) if one.tone in _URGENT else len(_URGENT))
