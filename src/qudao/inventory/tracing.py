"""Where a lot came from and where it went: the moves of its whole life, summed in the database.

Ends inside our books are (site, status); ends outside (suppliers, customers, loss) have the status ''. What
dealers report as sold on is a move between two outside ends: nobody's balance changes, the trace goes on.

Stock is ours alone: call inside an acting transaction, or as the house. Costs never appear here.
"""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import connection

from qudao.kernel import bulk, journal

SOLD_ON, CAME_BACK = "sell_through", "sell_back"


@dataclasses.dataclass(frozen=True, slots=True)
class LotView:
    """A lot, or one serial of it (`serial_id` 0 and `serial` '' for the lot as a whole).

    `hold` is the number of the open hold on it, '' when there is none.
    """

    item_id: int
    lot_id: int
    lot: str
    serial_id: int
    serial: str
    produced_on: dt.date | None
    last_usable_on: dt.date | None
    hold: str
    hold_reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Flow:
    """All moves of one kind between the same two ends, summed. A status '' is an end outside our books."""

    kind: str
    entity_id: int
    from_site_id: int
    from_status: str
    to_site_id: int
    to_status: str
    quantity: Decimal
    moves: int
    first_on: dt.date
    last_on: dt.date


@dataclasses.dataclass(frozen=True, slots=True)
class SiteView:
    """`kind` as in the sites' table; `party_id` 0 for our own."""

    id: int
    entity_id: int
    code: str
    name: str
    kind: str
    party_id: int


@dataclasses.dataclass(frozen=True, slots=True)
class Lying:
    """What our books say lies at a site in a condition."""

    site_id: int
    status: str
    quantity: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class MoveView:
    id: int
    entry: uuid.UUID
    kind: str
    at: dt.datetime
    on: dt.date
    lot_id: int
    serial_id: int
    quantity: Decimal
    from_site_id: int
    from_status: str
    to_site_id: int
    to_status: str
    origin_type: str
    origin_id: str
    serial: str


@dataclasses.dataclass(frozen=True, slots=True)
class SerialView:
    """A serial of a lot and where its last move took it."""

    serial_id: int
    serial: str
    site_id: int
    status: str
    on: dt.date


@dataclasses.dataclass(frozen=True, slots=True)
class Left:
    """What of a lot or serial (0 for none) that came to an outside site has not left it since."""

    site_id: int
    entity_id: int
    item_id: int
    lot_id: int
    lot: str
    serial_id: int
    serial: str
    quantity: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Delivery:
    """What left one of our sites for a consignee, and the first and last day of its shipping (None without the road)."""

    from_site_id: int
    to_site_id: int
    quantity: Decimal
    first_shipped: dt.date | None
    last_shipped: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """A lot (or serial) as a hold finds it: what is held now, and what customers have had and not returned."""

    lot_id: int
    serial_id: int
    held: Decimal
    out: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Onward:
    """Goods that passed between two outside sites, as a partner reports it."""

    kind: str
    entity_id: int
    item_id: int
    lot_id: int
    serial_id: int
    quantity: Decimal
    from_site_id: int
    to_site_id: int
    on: dt.date
    owner_id: int
    origin_type: str
    origin_id: str
    origin_line: int


_LOTS = """
SELECT l.item_id, l.id, l.code, coalesce(s.id, 0), coalesce(s.code, ''), l.produced_on, l.last_usable_on,
       coalesce(h.number, ''), coalesce(h.reason, '')
FROM {source}
LEFT JOIN LATERAL (
    SELECT number, reason FROM inventory_hold
    WHERE lot_id = l.id AND released_at IS NULL AND (serial_id IS NULL OR serial_id = s.id)
    ORDER BY created_at DESC LIMIT 1
) h ON true
WHERE {condition} ORDER BY l.item_id, l.code, s.code
"""
_LOT_SOURCE = "inventory_lot l LEFT JOIN inventory_serial s ON false"
_SERIAL_SOURCE = "inventory_serial s JOIN inventory_lot l ON l.id = s.lot_id"

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


def lots_coded(codes: Iterable[str]) -> list[LotView]:
    """Every lot with one of these codes; several items may use the same."""
    return _lots(_LOT_SOURCE, "l.code = ANY (%s::text[])", codes)


def serials_coded(codes: Iterable[str]) -> list[LotView]:
    """Every serial with one of these codes."""
    return _lots(_SERIAL_SOURCE, "s.code = ANY (%s::text[])", codes)


def lots_of(item_ids: Iterable[int]) -> list[LotView]:
    """Every lot of the items."""
    return _lots(_LOT_SOURCE, "l.item_id = ANY (%s::int[])", item_ids)


def lots(lot_ids: Iterable[int]) -> list[LotView]:
    return _lots(_LOT_SOURCE, "l.id = ANY (%s::int[])", lot_ids)


def serials(serial_ids: Iterable[int]) -> list[LotView]:
    return _lots(_SERIAL_SOURCE, "s.id = ANY (%s::int[])", serial_ids)


def _lots(source: str, condition: str, values: Iterable) -> list[LotView]:
    return _all(LotView, _LOTS.format(source=source, condition=condition), [sorted(set(values))])


def flows(
    *, lot_ids: Sequence[int] = (), serial_ids: Sequence[int] = (), site_ids: Sequence[int] | None = None
) -> list[Flow]:
    """The whole life of the lots, or of the serials where some are given, in the order it began.

    One statement, summed by kind and ends. With `site_ids` only what came to or left these outside sites.
    """
    return _all(Flow, *_scoped(_FLOWS, lot_ids, serial_ids, site_ids))


def moves(
    *,
    lot_ids: Sequence[int] = (),
    serial_ids: Sequence[int] = (),
    site_ids: Sequence[int] | None = None,
    limit: int = 200,
) -> list[MoveView]:
    """The newest moves of the same, newest first."""
    return _all(MoveView, *_scoped(_MOVES, lot_ids, serial_ids, site_ids, limit=limit))


def serials_in(lot_ids: Sequence[int], *, site_ids: Sequence[int] | None, limit: int) -> list[SerialView]:
    """The serials of the lots with where each is now, by code; with `site_ids` as far as is seen at these."""
    return _all(SerialView, *_scoped(_SERIALS, lot_ids, (), site_ids, limit=limit))


def lying(*, lot_ids: Sequence[int] = (), serial_ids: Sequence[int] = ()) -> list[Lying]:
    """What our books say is on hand, by site and status."""
    (column, ids), values = _goods(lot_ids, serial_ids)
    return _all(Lying, _LYING.format(column=column, ids=ids), values)


def deliveries(*, lot_ids: Sequence[int] = (), serial_ids: Sequence[int] = ()) -> list[Delivery]:
    """From which of our sites each consignee had the goods, in one statement; returns are not taken off."""
    (column, ids), values = _goods(lot_ids, serial_ids)
    return _all(Delivery, _DELIVERIES.format(column=f"m.{column}", ids=ids), values)


def standing(goods: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Standing]:
    """(lot, serial or 0 for the whole lot) → what is held and what is out, in one statement."""
    values = {"lots": [lot for lot, _ in goods], "serials": [serial for _, serial in goods]}
    return {(one.lot_id, one.serial_id): one for one in _all(Standing, _STANDING, values)}


def sites(site_ids: Iterable[int]) -> dict[int, SiteView]:
    found = _all(
        SiteView,
        "SELECT id, entity_id, code, name, kind, party_id FROM inventory_site WHERE id = ANY (%s::int[])",
        [sorted(set(site_ids))],
    )
    return {site.id: site for site in found}


def sites_of_parties(party_ids: Iterable[int]) -> dict[int, int]:
    """Site → party, for every site of these parties."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, party_id FROM inventory_site WHERE party_id = ANY (%s::int[]) AND party_id <> 0",
            [sorted(set(party_ids))],
        )
        return dict(cursor.fetchall())


def left_outside(*, site_ids: Sequence[int], lot_ids: Sequence[int] | None = None) -> list[Left]:
    """What came to these outside sites and has not left them, lots that are used up included with 0.

    Per legal entity that delivered; negative where more was reported to have left than came.
    """
    return _all(Left, _LEFT, {"sites": list(site_ids), "lots": None if lot_ids is None else list(lot_ids)})


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


def _all(row_type: type, query: str, values) -> list:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row_type(*row) for row in cursor.fetchall()]
