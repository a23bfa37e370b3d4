"""What is still to come in: whoever buys goods says it (manifest `incoming`), whoever sells them asks.

A contribution is `find(item_ids, *, entity_id, actor) -> list[Arrival]`, in one statement.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from qudao.kernel import manifest, scope


@dataclasses.dataclass(frozen=True, slots=True)
class Arrival:
    """Base units of an item on their way to a site; `expected_on` None: no day was agreed."""

    item_id: int
    site_id: int
    quantity: Decimal
    expected_on: dt.date | None


def find(item_ids: Iterable[int], *, entity_id: int, actor: scope.Actor) -> list[Arrival]:
    """What is bought for the entity and has not arrived, what is expected first first."""
    wanted = sorted(set(item_ids))
    found = [
        arrival
        for contribution in manifest.collect("incoming")
        for arrival in contribution(wanted, entity_id=entity_id, actor=actor)
    ]
    return sorted(found, key=lambda one: (one.expected_on or dt.date.max, one.site_id))
