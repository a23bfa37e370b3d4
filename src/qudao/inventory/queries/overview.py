"""Stock at a glance (库存总览): per item and warehouse, or per item and lot, its conditions side by side."""

import base64
import dataclasses
import datetime as dt
import json
from decimal import Decimal
from typing import Literal

from django.db import connection

from qudao.kernel import errors, money, scope

from . import stock

By = Literal["site", "lot"]
PAGE = 50

_NEAR = """b.lot_id IN (SELECT near.id FROM inventory_lot near
           WHERE near.last_usable_on >= %(today)s::date AND near.last_usable_on <= %(near)s::date)"""
_PAST = "b.lot_id IN (SELECT past.id FROM inventory_lot past WHERE past.last_usable_on < %(today)s::date)"
_FIGURES = f"""
       COALESCE(sum(b.on_hand - b.reserved) FILTER (WHERE {stock.SELLABLE}), 0),
       COALESCE(sum(b.reserved), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE {stock.IN_HOUSE} AND b.status = 'pending'), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE {stock.IN_HOUSE} AND b.status = 'held'), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE {stock.IN_HOUSE} AND b.status IN ('bad', 'returned')), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE {stock.IN_HOUSE}), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE {stock.ON_ROAD}), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE {stock.SELLABLE} AND {{near}}), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE {{past}}), 0)
"""
# Balances alike are added first, so that the figures ask each kind of stock once and not each balance: `past` is null
# of lots that neither are past their last day of use nor near it. Sites are few: their rows are counted among the
# groups; lots are as many as balances and are counted on their own.
_TOTALS = f"""
SELECT {{count}}, {_FIGURES.format(near="NOT b.past", past="b.past")}
FROM (SELECT {{key}}, b.site_id, b.status, ending.past, sum(b.on_hand) AS on_hand, sum(b.reserved) AS reserved
      {{source}} LEFT JOIN (SELECT l.id, l.last_usable_on < %(today)s::date AS past FROM inventory_lot l
                          WHERE l.last_usable_on <= %(near)s::date) AS ending ON ending.id = b.lot_id
      {{where}} GROUP BY 1, 2, 3, 4) AS b
JOIN inventory_site s ON s.id = b.site_id
"""
_COUNTED = {
    "site": ("b.item_id", "count(DISTINCT (b.item_id, b.site_id))"),
    "lot": ("0", "(SELECT count(*) FROM (SELECT 1 {source} {where} GROUP BY b.item_id, b.lot_id) AS lots)"),
}
# what a row is of → its key, its names, the columns it groups by besides
_KEYS = {
    "site": ("i.code, b.item_id, b.site_id", "s.name, ''::text, min(l.last_usable_on), false", "s.name"),
    "lot": (
        "i.code, b.item_id, b.lot_id",
        "''::text, l.code, l.last_usable_on, l.held",
        "l.code, l.last_usable_on, l.held",
    ),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Figures:
    """Base units. `available` is sellable in our warehouses and not reserved, `apart` what does not conform or came
    back: with `reserved`, `pending` and `held` they make up `on_hand`, what lies in a house. `in_transit` is on the
    road and comes besides. Of what is sellable `near` has its last day of use from today to the day asked for;
    `expired` is past it, wherever and in whatever condition."""

    available: Decimal
    reserved: Decimal
    pending: Decimal
    held: Decimal
    apart: Decimal
    on_hand: Decimal
    in_transit: Decimal
    near: Decimal
    expired: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """`key_id` is the site's or the lot's id; `site` or `lot` is empty, whichever the row is not of.

    `last_usable_on` is the lot's last day of use, of a site the earliest among its lots.
    """

    item_code: str
    item_id: int
    key_id: int
    item_name: str
    specification: str
    base_unit: str
    site: str
    lot: str
    last_usable_on: dt.date | None
    lot_held: bool
    figures: Figures


@dataclasses.dataclass(frozen=True, slots=True)
class Totals:
    """Over the whole filter. `value`, of what lies in a house and what is on the road, is None for those who may not
    see costs."""

    rows: int
    figures: Figures
    value: Decimal | None


def stock_overview(
    chosen: stock.StockFilter,
    *,
    by: By,
    today: dt.date,
    near: dt.date,
    actor: scope.Actor,
    cursor: str | None = None,
    limit: int = PAGE,
) -> tuple[list[Row], str | None]:
    """One page of rows in the order of item codes, and the cursor of the next, None on the last."""
    key, names, grouped = _KEYS[by]
    conditions, params = stock.conditions(chosen)
    after = _read_cursor(cursor)
    if after:
        conditions += f" AND ({key}) > (%(c0)s::text, %(c1)s::int, %(c2)s::int)"
        params |= {f"c{place}": part for place, part in enumerate(after)}
    statement = (
        f"SELECT {key}, i.name, i.specification, i.base_unit, {names}, {_FIGURES.format(near=_NEAR, past=_PAST)}"
        f" {stock.FILTERED} {conditions}"
        f" GROUP BY {key}, i.name, i.specification, i.base_unit, {grouped} ORDER BY {key} LIMIT %(limit)s::int"
    )
    with scope.transaction(actor), connection.cursor() as database:
        database.execute(statement, {**params, "today": today, "near": near, "limit": limit + 1})
        rows = [Row(*row[:10], Figures(*row[10:])) for row in database.fetchall()]
    more = _write_cursor(rows[limit - 1]) if len(rows) > limit else None
    return rows[:limit], more


def stock_totals(
    chosen: stock.StockFilter, *, by: By, today: dt.date, near: dt.date, actor: scope.Actor
) -> Totals:
    """The sums of everything filtered, and how many rows that is."""
    key, count = _COUNTED[by]
    conditions, params = stock.conditions(chosen)
    # Of all stock, lots and products need no look.
    source = stock.JOINED if conditions else stock.ALL
    where = f"{stock.THERE} {conditions}"
    with scope.transaction(actor), connection.cursor() as database:
        database.execute(
            _TOTALS.format(
                key=key, count=count.format(source=source, where=where), source=source, where=where
            ),
            {**params, "today": today, "near": near},
        )
        rows, *figures = database.fetchone()
        value = None
        if actor.can("inventory.cost.view"):
            database.execute(stock.cost_statement(conditions), params)
            value = money.amount(database.fetchone()[0])
    return Totals(rows, Figures(*figures), value)


def units_differ(chosen: stock.StockFilter, *, actor: scope.Actor) -> bool:
    """Whether what is filtered is counted in more than one unit; stops at the first that is another."""
    conditions, params = stock.conditions(chosen)
    filtered = stock.FILTERED + conditions
    statement = (
        f"""SELECT EXISTS (SELECT 1 {filtered} AND i.base_unit <> (SELECT i.base_unit {filtered} LIMIT 1))"""
    )
    with scope.transaction(actor), connection.cursor() as database:
        database.execute(statement, params)
        return bool(database.fetchone()[0])


def _write_cursor(row: Row) -> str:
    key = [row.item_code, row.item_id, row.key_id]
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _read_cursor(cursor: str | None) -> list:
    if not cursor:
        return []
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor))
        kinds = [type(part) for part in found]
    except (ValueError, TypeError) as error:
        raise errors.NotFound from error
    if kinds != [str, int, int]:
        raise errors.NotFound
    return found
