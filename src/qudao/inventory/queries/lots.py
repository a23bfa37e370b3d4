"""Lots by what is printed on them."""

import dataclasses
import datetime as dt

from qudao.inventory import models
from qudao.kernel import scope


@dataclasses.dataclass(frozen=True, slots=True)
class LotView:
    """`last_usable_on` is the last day of use."""

    id: int
    item_id: int
    code: str
    produced_on: dt.date | None
    last_usable_on: dt.date | None
    held: bool


_LOT = tuple(field.name for field in dataclasses.fields(LotView))


def lots_of(item_id: int, actor: scope.Actor, *, limit: int = 200) -> list[LotView]:
    """The item's lots, those that last longest first."""
    with scope.transaction(actor):
        found = models.Lot.objects.filter(item_id=item_id).order_by("-last_usable_on", "-pk")[:limit]
        return [LotView(*row) for row in found.values_list(*_LOT)]


def find_lot(item_id: int, code: str, actor: scope.Actor) -> LotView | None:
    with scope.transaction(actor):
        found = models.Lot.objects.filter(item_id=item_id, code=code).values_list(*_LOT).first()
    return None if found is None else LotView(*found)
