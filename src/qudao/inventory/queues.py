"""What waits in the warehouses: each module counts its own queues (manifest `queues`), one page shows them.

A contribution is `find(*, actor, now, site_ids) -> list[Queue]`; `site_ids` None stands for all sites. It
answers only the queues whose work this person may do or see, each with the first few of its tasks.
"""

import dataclasses
import datetime as dt
from typing import Any

from qudao.kernel import manifest, scope

SHOWN = 3
"""How many tasks a queue names."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing that waits, behind `url` where the work is done.

    `party_id` is whose goods they are, or who brings them; `site_ids` where it waits, or from where to where it
    goes; `lines` how many it has, 0 when that says nothing;
    `day` when it is promised or expected, None when nothing is.
    """

    title: Any
    url: str
    party_id: int = 0
    site_ids: tuple[int, ...] = ()
    detail: Any = ""
    lines: int = 0
    day: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """`oldest` is since when the first waits, `due` how many are wanted today or were before.

    `mine` says that this person does the work rather than looking on; `order` is the goods' own way; `tasks`
    are what to take up next, at most SHOWN, the most urgent first.
    """

    key: str
    title: Any
    icon: str
    url: str
    count: int
    oldest: dt.datetime | dt.date | None = None
    due: int = 0
    mine: bool = False
    order: int = 50
    tasks: tuple[Task, ...] = ()


def find(*, actor: scope.Actor, now: dt.datetime, site_ids: tuple[int, ...] | None) -> list[Queue]:
    """The queues of all modules in the order goods go through them."""
    found = [
        queue
        for contribution in manifest.collect("queues")
        for queue in contribution(actor=actor, now=now, site_ids=site_ids)
    ]
    return sorted(found, key=lambda queue: queue.order)


def address(url: str, site_ids: tuple[int, ...] | None) -> str:
    """The list behind a queue, narrowed to the chosen site."""
    if not site_ids:
        return url
    return f"{url}{'&' if '?' in url else '?'}site={site_ids[0]}"
