"""Which remaining life a customer asks for: its most specific requirement, hospital before buyer."""

from collections.abc import Iterable
from typing import Any

from qudao.inventory.rules import eligibility


def requirement(
    rows: Iterable[Any], *, party_ids: tuple[int, ...], item_id: int, line_id: int
) -> eligibility.MinimumLife:
    """The requirement of the first of `party_ids` that has one: item before line before all."""
    found = [row for row in rows if row.item_id in (0, item_id) and row.line_id in (0, line_id)]
    for party_id in party_ids:
        mine = [row for row in found if row.party_id == party_id]
        if mine:
            best = max(mine, key=lambda row: (row.item_id != 0, row.line_id != 0))
            return eligibility.MinimumLife(days=best.days, months=best.months, fraction=best.fraction)
    return eligibility.MinimumLife()
