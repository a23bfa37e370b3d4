"""What waits for a person. Modules contribute functions `find(*, actor, now) -> list[Todo]` (manifest `todos`).

They run inside the person's reading transaction, so they find only what that person sees.
"""

import dataclasses
from typing import Any


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
