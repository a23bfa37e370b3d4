"""What opening stock brought in already."""

import dataclasses
import datetime as dt
from collections.abc import Sequence

from django.db import connection

# Goods are the same by item, lot and serial at the same place: the shelf named, or none of the shelves.
_OPENED = """
SELECT w.no, m.origin_id, m."on"
FROM unnest(%s::int[], %s::int[], %s::int[], %s::text[], %s::text[], %s::int[])
    AS w (no, site_id, item_id, lot, serial, location_id)
JOIN inventory_lot l ON l.item_id = w.item_id AND l.code = w.lot
CROSS JOIN LATERAL (
    SELECT o.origin_id, o."on" FROM inventory_move o JOIN inventory_balance b ON b.id = o.to_balance_id
    LEFT JOIN inventory_location p ON p.id = b.location_id LEFT JOIN inventory_serial n ON n.id = o.serial_id
    WHERE o.lot_id = l.id AND o.kind = 'open' AND o.to_site_id = w.site_id AND COALESCE(n.code, '') = w.serial
      AND CASE WHEN w.location_id = 0 THEN p.id IS NULL OR p.code = upper(p.zone) ELSE p.id = w.location_id END
    ORDER BY o.id LIMIT 1
) m ORDER BY w.no
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Opened:
    """The document that first brought in the goods of line `no`, and its day."""

    no: int
    number: str
    on: dt.date


def opened_before(lines: Sequence[tuple[int, int, str, str, int]]) -> list[Opened]:
    """Of (site, item, lot, serial, shelf or 0), by their place from 1, those that opening stock brought in already."""
    if not lines:
        return []
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*lines, strict=True)]
        cursor.execute(_OPENED, [list(range(1, len(lines) + 1)), *columns])
        return [Opened(*row) for row in cursor.fetchall()]
