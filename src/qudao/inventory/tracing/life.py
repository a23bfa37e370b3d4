"""The whole life of lots and serials: moves summed between their ends, what lies where, what each consignee had."""

from collections.abc import Sequence

from .reading import all_of
from .views import Delivery, Flow, Lying, MoveView, SerialView, Standing

_FLOWS = """
SELECT kind, entity_id, from_site_id, from_status, to_site_id, to_status,
       sum(quantity), count(*), min("on"), max("on")
FROM inventory_move WHERE {column} = ANY ({ids}) AND {seen}
GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 9, 3, 5, 1, 4, 6
"""
# Lot by lot: asked for several at once, the planner reads all moves there are backwards until it has enough.
_MOVES = """
SELECT m.id, m.entry, m.kind, m.at, m."on", m.lot_id, coalesce(m.serial_id, 0), m.quantity, m.from_site_id,
       m.from_status, m.to_site_id, m.to_status, m.origin_type, m.origin_id, coalesce(s.code, '')
FROM unnest({ids}) AS goods (id) CROSS JOIN LATERAL (
    SELECT * FROM inventory_move WHERE {column} = goods.id AND {seen} ORDER BY id DESC LIMIT %(limit)s::int
) m LEFT JOIN inventory_serial s ON s.id = m.serial_id
ORDER BY m.id DESC LIMIT %(limit)s::int
"""
_SERIALS = """
SELECT s.id, s.code, m.to_site_id, m.to_status, m."on" FROM (
    SELECT DISTINCT ON (serial_id) serial_id, to_site_id, to_status, "on" FROM inventory_move
    WHERE {column} = ANY ({ids}) AND serial_id IS NOT NULL AND {seen} ORDER BY serial_id, id DESC
) m JOIN inventory_serial s ON s.id = m.serial_id ORDER BY s.code LIMIT %(limit)s::int
"""
_LYING = """
SELECT site_id, status, sum(on_hand) FROM inventory_balance WHERE {column} = ANY ({ids}) AND on_hand > 0
GROUP BY 1, 2 ORDER BY 1, 2
"""
# A shipment leaves one site; what is signed for names the road, so the site is that of its departure.
_DELIVERIES = """
WITH way AS MATERIALIZED (
    SELECT m.kind, m.origin_type, m.origin_id, m.quantity, m."on", m.from_site_id, m.to_site_id,
           s.kind = 'transit' AS onto_road, f.kind = 'transit' AS off_road
    FROM inventory_move m JOIN inventory_site s ON s.id = m.to_site_id JOIN inventory_site f ON f.id = m.from_site_id
    WHERE {column} = ANY ({ids}) AND m.from_balance_id IS NOT NULL
      AND (m.to_balance_id IS NULL AND s.kind = 'customer' OR m.kind = 'ship')
), departed AS (
    SELECT origin_type, origin_id, min(from_site_id) AS site, min("on") AS first, max("on") AS last
    FROM way WHERE onto_road GROUP BY 1, 2
), arrived AS (
    SELECT coalesce(d.site, w.from_site_id) AS site, w.to_site_id, w.quantity, d.first, d.last
    FROM way w LEFT JOIN departed d ON w.off_road AND (d.origin_type, d.origin_id) = (w.origin_type, w.origin_id)
    WHERE NOT w.onto_road
)
SELECT site, to_site_id, sum(quantity), min(first), max(last) FROM arrived GROUP BY 1, 2 ORDER BY 3 DESC, 2
"""
_STANDING = """
SELECT w.lot_id, w.serial_id,
       coalesce((SELECT sum(b.on_hand) FROM inventory_balance b
                 WHERE b.lot_id = w.lot_id AND b.status = 'held' AND w.serial_id IN (0, b.serial_id)), 0),
       coalesce((SELECT sum(CASE WHEN m.to_balance_id IS NULL THEN m.quantity ELSE -m.quantity END)
                 FROM inventory_move m
                 JOIN inventory_site s
                   ON s.id = CASE WHEN m.to_balance_id IS NULL THEN m.to_site_id ELSE m.from_site_id END
                 WHERE m.lot_id = w.lot_id AND w.serial_id IN (0, m.serial_id) AND s.kind = 'customer'
                   AND (m.from_balance_id IS NULL) <> (m.to_balance_id IS NULL)), 0)
FROM unnest(%(lots)s::int[], %(serials)s::int[]) AS w (lot_id, serial_id)
"""
_LOT_IDS, _SERIAL_IDS = ("lot_id", "%(lots)s::int[]"), ("serial_id", "%(serials)s::int[]")
_SEEN_ALL = "true"
_SEEN = (
    "(from_balance_id IS NULL AND from_site_id = ANY (%(sites)s::int[])"
    " OR to_balance_id IS NULL AND to_site_id = ANY (%(sites)s::int[]))"
)


def flows(
    *, lot_ids: Sequence[int] = (), serial_ids: Sequence[int] = (), site_ids: Sequence[int] | None = None
) -> list[Flow]:
    """The whole life of the lots, or of the serials where some are given, in the order it began.

    One statement, summed by kind and ends. With `site_ids` only what came to or left these outside sites.
    """
    return all_of(Flow, *_scoped(_FLOWS, lot_ids, serial_ids, site_ids))


def moves(
    *,
    lot_ids: Sequence[int] = (),
    serial_ids: Sequence[int] = (),
    site_ids: Sequence[int] | None = None,
    limit: int = 200,
) -> list[MoveView]:
    """The newest moves of the same, newest first."""
    return all_of(MoveView, *_scoped(_MOVES, lot_ids, serial_ids, site_ids, limit=limit))


def serials_in(lot_ids: Sequence[int], *, site_ids: Sequence[int] | None, limit: int) -> list[SerialView]:
    """The serials of the lots with where each is now, by code; with `site_ids` as far as is seen at these."""
    return all_of(SerialView, *_scoped(_SERIALS, lot_ids, (), site_ids, limit=limit))


def lying(*, lot_ids: Sequence[int] = (), serial_ids: Sequence[int] = ()) -> list[Lying]:
    """What our books say is on hand, by site and status."""
    (column, ids), values = _goods(lot_ids, serial_ids)
    return all_of(Lying, _LYING.format(column=column, ids=ids), values)


def deliveries(*, lot_ids: Sequence[int] = (), serial_ids: Sequence[int] = ()) -> list[Delivery]:
    """From which of our sites each consignee had the goods, in one statement; returns are not taken off."""
    (column, ids), values = _goods(lot_ids, serial_ids)
    return all_of(Delivery, _DELIVERIES.format(column=f"m.{column}", ids=ids), values)


def standing(goods: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Standing]:
    """(lot, serial or 0 for the whole lot) → what is held and what is out, in one statement."""
    values = {"lots": [lot for lot, _ in goods], "serials": [serial for _, serial in goods]}
    return {(one.lot_id, one.serial_id): one for one in all_of(Standing, _STANDING, values)}


def _goods(lot_ids: Sequence[int], serial_ids: Sequence[int]) -> tuple[tuple[str, str], dict]:
    """The column and the array to compare it with."""
    if serial_ids:
        return _SERIAL_IDS, {"serials": list(serial_ids)}
    return _LOT_IDS, {"lots": list(lot_ids)}


def _scoped(
    query: str,
    lot_ids: Sequence[int],
    serial_ids: Sequence[int],
    site_ids: Sequence[int] | None,
    **more: int,
) -> tuple[str, dict]:
    (column, ids), values = _goods(lot_ids, serial_ids)
    if site_ids is None:
        return query.format(column=column, ids=ids, seen=_SEEN_ALL), values | more
    return query.format(column=column, ids=ids, seen=_SEEN), values | more | {"sites": list(site_ids)}
