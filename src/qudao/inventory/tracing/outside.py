"""Goods beyond our books: what came to outside sites and has not left them, and what partners passed on."""

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from qudao.kernel import bulk, journal

from .reading import all_of
from .views import Left, Onward

_LEFT = """
SELECT m.site_id, m.entity_id, m.item_id, m.lot_id, l.code, coalesce(m.serial_id, 0), coalesce(s.code, ''),
       sum(m.quantity)
FROM (
    SELECT to_site_id AS site_id, entity_id, item_id, lot_id, serial_id, quantity FROM inventory_move
    WHERE to_site_id = ANY (%(sites)s::int[]) AND to_balance_id IS NULL
    UNION ALL
    SELECT from_site_id, entity_id, item_id, lot_id, serial_id, -quantity FROM inventory_move
    WHERE from_site_id = ANY (%(sites)s::int[]) AND from_balance_id IS NULL
) m
JOIN inventory_lot l ON l.id = m.lot_id LEFT JOIN inventory_serial s ON s.id = m.serial_id
WHERE %(lots)s::int[] IS NULL OR m.lot_id = ANY (%(lots)s::int[])
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 3, 4, 6
"""
_MOVE: bulk.Columns = (
    *(("entry", "uuid"), ("kind", "text"), ("at", "timestamptz"), ("on", "date"), ("entity_id", "int")),
    *(("item_id", "int"), ("lot_id", "int"), ("serial_id", "int"), ("quantity", "numeric")),
    *(("value", "numeric"), ("from_site_id", "int"), ("from_status", "text"), ("to_site_id", "int")),
    *(("to_status", "text"), ("owner_kind", "text"), ("owner_id", "int"), ("origin_type", "text")),
    *(("origin_id", "text"), ("origin_line", "int")),
)


def left_outside(*, site_ids: Sequence[int], lot_ids: Sequence[int] | None = None) -> list[Left]:
    """What came to these outside sites and has not left them, lots that are used up included with 0.

    Per legal entity that delivered; negative where more was reported to have left than came.
    """
    return all_of(Left, _LEFT, {"sites": list(site_ids), "lots": None if lot_ids is None else list(lot_ids)})


def pass_on(*, rows: Sequence[Onward], entry: uuid.UUID, at: dt.datetime) -> list[tuple[int, journal.Row]]:
    """Write what partners report as passed on, as (move id, row for the caller's journal) in order.

    Joins the caller's transaction. The caller answers for there being enough: no balance is touched.
    """
    values = [
        (
            *(entry, row.kind, at, row.on, row.entity_id, row.item_id, row.lot_id, row.serial_id or None),
            *(row.quantity, Decimal("0.00"), row.from_site_id, "", row.to_site_id, ""),
            *("customer", row.owner_id, row.origin_type, row.origin_id, row.origin_line),
        )
        for row in rows
    ]
    ids = bulk.insert("inventory_move", _MOVE, values)
    names = [name.strip('"') for name, _ in _MOVE]
    return [
        (id, journal.row("inventory_move", id, dict(zip(names[3:], value[3:], strict=True))))
        for id, value in zip(ids, values, strict=True)
    ]
