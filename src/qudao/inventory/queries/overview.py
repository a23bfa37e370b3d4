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

_FIGURES = """
       sum(b.on_hand),
       sum(b.reserved),
       COALESCE(sum(b.on_hand - b.reserved) FILTER (WHERE b.status = 'good' AND s.kind = 'warehouse'), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE b.status = 'pending'), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE b.status = 'held'), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE b.status IN ('bad', 'returned')), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE s.kind = 'transit'), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE b.status = 'good' AND s.kind = 'warehouse' AND b.lot_id IN (
           SELECT near.id FROM inventory_lot near
           WHERE near.last_usable_on >= %(today)s::date AND near.last_usable_on <= %(near)s::date)), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE b.lot_id IN (
           SELECT past.id FROM inventory_lot past WHERE past.last_usable_on < %(today)s::date)), 0)
"""
_NAMES = "on_hand, reserved, available, pending, held, apart, in_transit, near, expired"
_SUMS = ", ".join(f"COALESCE(sum({name}), 0)" for name in _NAMES.split(", "))
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
    """Base units. `available` is sellable in our warehouses and not reserved; `near` of what is sellable has its last
    day of use from today to the day asked for; `expired` is past it, wherever and in whatever condition; `apart` is what
    does not conform or came back."""

    on_hand: Decimal
    reserved: Decimal
    available: Decimal
    pending: Decimal
    held: Decimal
    apart: Decimal
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
    """Over the whole filter. `value` is None for those who may not see costs."""

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
        f"SELECT {key}, i.name, i.specification, i.base_unit, {names}, {_FIGURES} {stock.FILTERED} {conditions}"
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
    key = _KEYS[by][0].removeprefix("i.code, ")
    conditions, params = stock.conditions(chosen)
    # Of all stock, lots and products need no look.
    source = f"{stock.FILTERED} {conditions}" if conditions else stock.ALL
    with scope.transaction(actor), connection.cursor() as database:
        database.execute(
            f"SELECT count(*), {_SUMS} FROM (SELECT {_FIGURES} {source} GROUP BY {key}) AS one ({_NAMES})",
            {**params, "today": today, "near": near},
        )
        count, *figures = database.fetchone()
        value = None
        if actor.can("inventory.cost.view"):
            database.execute(stock.cost_statement(conditions), params)
            value = money.amount(database.fetchone()[0])
    return Totals(count, Figures(*figures), value)


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
