"""Goods: how long stock lasts, what of it nears its expiry, how quickly it turns. For our own people."""

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

from qudao.insights import rules
from qudao.insights.queries import cut as cuts

WINDOW = 56
# A draft has no stock reserved: all of it waits.
_COVER = """
WITH demand AS (
    SELECT l.item_id, COALESCE(sum(l.quantity) FILTER (WHERE o.status <> 'draft'), 0) AS ordered,
        COALESCE(sum(l.quantity) FILTER (WHERE o.status = 'draft'), 0) AS waiting
    FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
    WHERE o.business_on > %(since)s AND o.business_on <= %(today)s AND o.status <> 'cancelled' {orders}
    GROUP BY l.item_id
), stock AS (
    SELECT b.item_id, sum(b.on_hand - b.reserved) AS available
    FROM inventory_balance b JOIN inventory_site s ON s.id = b.site_id AND s.kind = 'warehouse'
    WHERE b.status = 'good' AND b.owner_kind = 'entity' AND b.on_hand > 0 AND b.on_hand > b.reserved
        AND b.lot_id NOT IN (SELECT t.id FROM inventory_lot t WHERE t.held OR t.last_usable_on <= %(today)s) {stock}
    GROUP BY b.item_id
), incoming AS (
    SELECT l.item_id, sum(l.quantity - l.received) AS quantity, min(p.expected_on) AS expected_on
    FROM supply_purchaseline l JOIN supply_purchaseorder p ON p.id = l.order_id
    WHERE p.status NOT IN ('draft', 'cancelled', 'closed', 'received') AND l.received < l.quantity {purchases}
    GROUP BY l.item_id
)
SELECT i.id, i.code, i.name, i.specification, i.base_unit, i.line_id, COALESCE(s.available, 0), d.waiting,
    d.ordered, COALESCE(n.quantity, 0), n.expected_on
FROM demand d JOIN catalog_item i ON i.id = d.item_id
LEFT JOIN stock s ON s.item_id = d.item_id LEFT JOIN incoming n ON n.item_id = d.item_id
WHERE true {items} ORDER BY COALESCE(s.available, 0) / GREATEST(d.ordered + d.waiting, 1), i.code LIMIT %(most)s
"""
# rules.is_expired. And six months or a third of the shelf life: rules.is_near_expiry.
EXPIRED = "t.last_usable_on < %(today)s::date"
NEAR = """(t.last_usable_on >= %(today)s::date AND (t.last_usable_on <= (%(today)s::date + interval '6 months')::date
    OR (t.last_usable_on - %(today)s::date) * 3 <= t.last_usable_on - t.produced_on))"""
LOTS = """
FROM inventory_balance b JOIN inventory_site s ON s.id = b.site_id AND s.kind = 'warehouse'
JOIN inventory_lot t ON t.id = b.lot_id JOIN catalog_item i ON i.id = b.item_id
LEFT JOIN (
    SELECT entity_id, item_id, lot_id, sum(left_value) / NULLIF(sum(left_quantity), 0) AS unit
    FROM inventory_costlayer WHERE left_quantity > 0 GROUP BY 1, 2, 3
) c ON c.entity_id = b.entity_id AND c.item_id = b.item_id AND c.lot_id = b.lot_id
WHERE b.on_hand > 0 AND b.owner_kind = 'entity' {where}
"""
_CONDITION = (
    "SELECT COALESCE(round(sum(b.on_hand * c.unit), 2), 0),"
    f" COALESCE(round(sum(b.on_hand * c.unit) FILTER (WHERE {NEAR}), 2), 0),"
    f" COALESCE(round(sum(b.on_hand * c.unit) FILTER (WHERE {EXPIRED}), 2), 0),"
    f" COALESCE(sum(b.on_hand), 0), COALESCE(sum(b.on_hand) FILTER (WHERE {NEAR}), 0),"
    f" COALESCE(sum(b.on_hand) FILTER (WHERE {EXPIRED}), 0) " + LOTS
)
# Cost of goods sold is what title passed for; what came back is taken off. Opening is closing rolled back.
_TURNOVER = """
SELECT (
    SELECT COALESCE(sum(c.left_value), 0) FROM inventory_costlayer c JOIN catalog_item i ON i.id = c.item_id
    WHERE c.left_quantity > 0 {layers}
), COALESCE(sum(m.value) FILTER (WHERE m.kind = 'sign'), 0) - COALESCE(sum(m.value) FILTER (WHERE m.kind = 'return'), 0),
COALESCE(sum(m.value) FILTER (WHERE m.from_balance_id IS NULL AND m.kind <> 'return'), 0)
FROM inventory_move m JOIN catalog_item i ON i.id = m.item_id
WHERE m."on" > %(since)s AND m."on" <= %(today)s AND m.owner_kind = 'entity' {moves}
"""

_TURNOVER_ROWS = """
WITH held AS (
    SELECT c.item_id, sum(c.left_value) AS closing FROM inventory_costlayer c JOIN catalog_item i ON i.id = c.item_id
    WHERE c.left_quantity > 0 {layers} GROUP BY 1
), moved AS (
    SELECT m.item_id, COALESCE(sum(m.value) FILTER (WHERE m.kind = 'sign'), 0)
            - COALESCE(sum(m.value) FILTER (WHERE m.kind = 'return'), 0) AS sold,
        COALESCE(sum(m.value) FILTER (WHERE m.from_balance_id IS NULL AND m.kind <> 'return'), 0) AS came
    FROM inventory_move m JOIN catalog_item i ON i.id = m.item_id
    WHERE m."on" > %(since)s AND m."on" <= %(today)s AND m.owner_kind = 'entity' {moves} GROUP BY 1
)
SELECT i.name AS item, i.code, i.specification, i.line_id, COALESCE(v.sold, 0) AS sold,
    COALESCE(h.closing, 0) + (COALESCE(v.sold, 0) - COALESCE(v.came, 0)) / 2 AS stock
FROM held h FULL JOIN moved v USING (item_id) JOIN catalog_item i ON i.id = item_id
ORDER BY stock DESC, i.code LIMIT %(limit)s OFFSET %(after)s
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """A product in demand: what may be sold, what waits for it, what was ordered within the last 56 days, what
    is on its way in; and how long it lasts."""

    item_id: int
    code: str
    name: str
    specification: str
    unit: str
    line_id: int
    available: Decimal
    waiting: Decimal
    ordered: Decimal
    incoming: Decimal
    incoming_on: dt.date | None
    cover: rules.Cover


def list_cover(cut: cuts.Cut, *, today: dt.date, most: int = 2000) -> list[Item]:
    """The items ordered within the last eight weeks, those that run out first. Region and tier do not matter:
    stock is the house's. One statement."""
    cut = cut.of("stock_out")
    statement = _COVER.format(
        orders=cut.where("o", but=("line_id",)),
        stock=cut.where("b", but=("line_id",)),
        purchases=cut.where("p", but=("line_id",)),
        items=cut.where("i", but=("entity_id",)),
    )
    since = today - dt.timedelta(days=WINDOW)
    found = cuts.rows(statement, cut.parameters(since=since, today=today, most=most))
    items = [_item(row, today) for row in found]
    return sorted(items, key=lambda one: (_URGENCY[one.cover.state], one.cover.days or 0, one.code))


_URGENCY = {"out": 0, "short": 1, "watch": 2, "ok": 3, "idle": 4}


def _item(row: tuple, today: dt.date) -> Item:
    *_, available, waiting, ordered, _incoming, incoming_on = row
    cover = rules.cover(
        available=available,
        waiting=waiting,
        demand=ordered,
        window=WINDOW,
        incoming_on=incoming_on,
        today=today,
    )
    return Item(*row, cover=cover)


@dataclasses.dataclass(frozen=True, slots=True)
class Condition:
    """Our own goods in warehouses, all of them, near their expiry and past it; at cost or in base units."""

    whole: Decimal
    near: Decimal
    expired: Decimal


def stock_condition(cut: cuts.Cut, *, today: dt.date, costs: bool) -> Condition:
    """At cost, or by quantity. One statement."""
    cut = cut.of("near_expiry")
    statement = _CONDITION.format(where=owned(cut, "b"))
    [found] = cuts.rows(statement, cut.parameters(today=today))
    return Condition(*(found[:3] if costs else found[3:]))


def turnover(cut: cuts.Cut, *, today: dt.date, days: int) -> tuple[Decimal, Decimal]:
    """(average stock at cost, cost of goods sold) of the last `days` days; consignment is not ours."""
    cut = cut.of("turnover")
    statement = _TURNOVER.format(layers=owned(cut, "c"), moves=owned(cut, "m"))
    since = today - dt.timedelta(days=days)
    closing, sold, came = cuts.rows(statement, cut.parameters(since=since, today=today))[0]
    return (closing + sold - came + closing) / 2, sold


def list_turnover(
    cut: cuts.Cut, *, today: dt.date, days: int, after: int = 0, limit: int
) -> list[dict[str, Any]]:
    """The same product by product, the most stock first: item, code, line_id, stock, sold. One statement."""
    cut = cut.of("turnover")
    statement = _TURNOVER_ROWS.format(layers=owned(cut, "c"), moves=owned(cut, "m"))
    since = today - dt.timedelta(days=days)
    return cuts.dictionaries(statement, cut.parameters(since=since, today=today, after=after, limit=limit))


def owned(cut: cuts.Cut, alias: str) -> str:
    """The part of our own goods; the line is the product's."""
    return cut.where(alias, line_id="i.line_id")
