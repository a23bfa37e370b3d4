"""What lies where: candidates for allocation, and the stock of all sites at a glance."""

import base64
import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterable
from decimal import Decimal

from django.db import connection

from qudao.inventory.rules import eligibility, moves, status
from qudao.kernel import errors, money, scope, search_keys

PAGE = 100

_CANDIDATES = """
SELECT b.id, b.item_id, b.site_id, b.location_id, b.lot_id, l.code, COALESCE(b.received_on, l.produced_on),
       b.status, b.owner_kind, b.owner_id, b.on_hand, b.reserved, s.kind, s.priority, l.produced_on,
       l.last_usable_on, b.serial_id, COALESCE(n.code, ''), l.held
FROM inventory_balance b
JOIN inventory_site s ON s.id = b.site_id AND s.kind = 'warehouse'
JOIN inventory_lot l ON l.id = b.lot_id
LEFT JOIN inventory_serial n ON n.id = b.serial_id
WHERE b.item_id = ANY(%s::int[]) AND b.entity_id = %s::int AND b.on_hand > 0
"""
# A location that is called as its zone says no more than the zone does.
_BALANCE = """
SELECT b.id, b.entity_id, b.site_id, s.name, s.kind, b.location_id,
       CASE WHEN p.code <> upper(p.zone) THEN p.code ELSE '' END, b.item_id, b.lot_id, l.code,
       l.last_usable_on, b.serial_id, COALESCE(n.code, ''), b.status, b.owner_kind, b.owner_id,
       b.on_hand, b.reserved, b.received_on
FROM inventory_balance b JOIN inventory_site s ON s.id = b.site_id
LEFT JOIN inventory_location p ON p.id = b.location_id
JOIN inventory_lot l ON l.id = b.lot_id LEFT JOIN inventory_serial n ON n.id = b.serial_id
"""
# Where goods are, of a balance `b` at its site `s`: on the road (在途) until they are signed for or taken in, else in a
# house (在库); and what of that may be sold. Whatever sums stock takes its figures from these.
ON_ROAD = "s.kind = 'transit'"
IN_HOUSE = "s.kind <> 'transit'"
SELLABLE = "b.status = 'good' AND s.kind = 'warehouse'"
_FREE_ELSEWHERE = f"""
SELECT b.item_id, b.site_id, sum(b.on_hand - b.reserved) AS free
FROM inventory_balance b JOIN inventory_site s ON s.id = b.site_id JOIN inventory_lot l ON l.id = b.lot_id
WHERE {SELLABLE} AND b.item_id = ANY(%s::int[]) AND b.entity_id <> %s::int AND b.owner_kind = 'entity'
    AND b.on_hand > b.reserved AND NOT l.held AND (l.last_usable_on IS NULL OR l.last_usable_on >= %s::date)
GROUP BY b.item_id, b.site_id ORDER BY free DESC, b.site_id
"""
ALL = "FROM inventory_balance b"
JOINED = f"""{ALL} JOIN inventory_site s ON s.id = b.site_id
JOIN inventory_lot l ON l.id = b.lot_id JOIN catalog_item i ON i.id = b.item_id
"""
THERE = " WHERE b.on_hand > 0"
FILTERED = JOINED + THERE
# Cost lies in layers by entity, item and lot, not by site: it is summed over the lots the filter meets.
_VALUE = "SELECT COALESCE(sum(c.left_value), 0) FROM inventory_costlayer c"
_VALUE_OF = """ JOIN (
    SELECT DISTINCT b.entity_id, b.item_id, b.lot_id {filtered}
) f USING (entity_id, item_id, lot_id)"""


def cost_statement(conditions: str) -> str:
    """The statement that gives the cost of the stock the conditions meet; without any, of all there is."""
    joined = _VALUE_OF.format(filtered=FILTERED + conditions) if conditions else ""
    return f"{_VALUE}{joined} WHERE c.left_quantity > 0"


def candidates(
    *,
    entity_id: int,
    item_ids: Iterable[int],
    certificate_ok: Callable[[int, dt.date | None], bool],
    actor: scope.Actor,
) -> list[eligibility.Candidate]:
    """All stock of the items in the entity's warehouses, whatever its condition: one statement.

    `certificate_ok` says whether a certificate covers goods of an item made on a day. Stock nobody may take
    is among them so that it can be said why it was passed over.
    """
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_CANDIDATES, [sorted(set(item_ids)), entity_id])
        rows = cursor.fetchall()
    known: dict[tuple[int, dt.date | None], bool] = {}
    found = []
    for row in rows:
        item_id, produced_on, last_usable_on = row[1], row[14], row[15]
        key = (item_id, produced_on)
        if key not in known:
            known[key] = certificate_ok(item_id, produced_on)
        found.append(
            eligibility.Candidate(
                *row[:6],
                received_on=row[6] or dt.date.min,
                status=status.Status(row[7]),
                owner=moves.Owner(moves.OwnerKind(row[8]), row[9]),
                on_hand=row[10],
                reserved=row[11],
                site_kind=moves.SiteKind(row[12]),
                site_priority=row[13],
                last_usable_on=last_usable_on,
                shelf_life_days=_days(produced_on, last_usable_on),
                serial_id=row[16],
                serial_code=row[17],
                certificate_ok=known[key],
                held=row[18],
            )
        )
    return found


@dataclasses.dataclass(frozen=True, slots=True)
class Free:
    """Base units of an item that lie free at a site."""

    item_id: int
    site_id: int
    quantity: Decimal


def free_elsewhere(item_ids: Iterable[int], *, entity_id: int, on: dt.date, actor: scope.Actor) -> list[Free]:
    """What of the items our other entities could sell on the day, the most first. One statement."""
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_FREE_ELSEWHERE, [sorted(set(item_ids)), entity_id, on])
        return [Free(*row) for row in cursor.fetchall()]


def _days(produced_on: dt.date | None, last_usable_on: dt.date | None) -> int | None:
    return (last_usable_on - produced_on).days if produced_on and last_usable_on else None


@dataclasses.dataclass(frozen=True, slots=True)
class BalanceView:
    id: int
    entity_id: int
    site_id: int
    site_name: str
    site_kind: str
    location_id: int | None
    location: str
    item_id: int
    lot_id: int
    lot_code: str
    last_usable_on: dt.date | None
    serial_id: int | None
    serial_code: str
    status: str
    owner_kind: str
    owner_id: int
    on_hand: Decimal
    reserved: Decimal
    received_on: dt.date | None

    @property
    def on_road(self) -> bool:
        """As ON_ROAD says."""
        return self.site_kind == "transit"

    @property
    def available(self) -> Decimal | None:
        """What of it is free, where it may be sold at all, as SELLABLE says."""
        sellable = self.status == "good" and self.site_kind == "warehouse"
        return self.on_hand - self.reserved if sellable else None


def balances_of_lot(lot_id: int, actor: scope.Actor) -> list[BalanceView]:
    """Where all of a lot is, nothing left out but what left our books."""
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(
            f"{_BALANCE} WHERE b.lot_id = %s::int AND b.on_hand > 0 ORDER BY s.name, b.id", [lot_id]
        )
        return [BalanceView(*row) for row in cursor.fetchall()]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StockFilter:
    """None and empty leave a filter out. `expiring_from` and `expiring_until` take lots whose last day of use is no
    earlier and no later; `lot` is the code of a lot or of a serial; `road` is True for what is on the road alone, False
    for what is in a house. `text` is of the product; with `or_code` it may as well be the code of a lot or serial, as it
    stands or in capitals."""

    text: str = ""
    or_code: bool = False
    entity_id: int | None = None
    item_ids: tuple[int, ...] | None = None
    line_ids: tuple[int, ...] | None = None
    site_ids: tuple[int, ...] | None = None
    region_ids: tuple[int, ...] | None = None
    statuses: tuple[str, ...] | None = None
    road: bool | None = None
    owner_kind: str = ""
    lot: str = ""
    expiring_from: dt.date | None = None
    expiring_until: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class StockRow:
    """An item at a site in one condition. `first_expiry` is the earliest last day of use among its lots."""

    item_code: str
    item_id: int
    site_id: int
    status: str
    owner_kind: str
    owner_id: int
    item_name: str
    specification: str
    base_unit: str
    site_name: str
    site_kind: str
    entity_id: int
    lots: int
    on_hand: Decimal
    reserved: Decimal
    first_expiry: dt.date | None

    @property
    def available(self) -> Decimal:
        """What may be sold now."""
        good = self.status == "good" and self.site_kind == "warehouse"
        return self.on_hand - self.reserved if good else Decimal(0)


@dataclasses.dataclass(frozen=True, slots=True)
class StockTotals:
    """Over all rows of the filter: `on_hand` is in a house, `in_transit` comes besides. `value`, of both, is None for
    those who may not see costs."""

    rows: int
    on_hand: Decimal
    reserved: Decimal
    available: Decimal
    in_transit: Decimal
    pending: Decimal
    value: Decimal | None


@dataclasses.dataclass(frozen=True, slots=True)
class StockPage:
    """`next` is the cursor of the following page, None on the last."""

    rows: tuple[StockRow, ...]
    next: str | None
    totals: StockTotals


# Each looked up once by its own index, and not with every balance.
_OR_CODE = """(b.item_id IN (SELECT i.id FROM catalog_item i WHERE {named})
    OR b.lot_id IN (SELECT named.id FROM inventory_lot named WHERE named.code = ANY(%(codes)s::text[]))
    OR b.serial_id IN (SELECT n.id FROM inventory_serial n WHERE n.code = ANY(%(codes)s::text[])))"""
_KEY = "i.code, b.item_id, b.site_id, b.status, b.owner_kind, b.owner_id"
_ROWS = f"""
SELECT {_KEY}, i.name, i.specification, i.base_unit, s.name, s.kind, b.entity_id,
       count(DISTINCT b.lot_id), sum(b.on_hand), sum(b.reserved), min(l.last_usable_on)
"""
_GROUP = (
    f" GROUP BY {_KEY}, i.name, i.specification, i.base_unit, s.name, s.kind, b.entity_id ORDER BY {_KEY}"
)
_TOTALS = f"""
SELECT count(*), COALESCE(sum(b.on_hand) FILTER (WHERE {IN_HOUSE}), 0), COALESCE(sum(b.reserved), 0),
       COALESCE(sum(b.on_hand - b.reserved) FILTER (WHERE {SELLABLE}), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE {ON_ROAD}), 0),
       COALESCE(sum(b.on_hand) FILTER (WHERE {IN_HOUSE} AND b.status = 'pending'), 0)
FROM (
    SELECT b.site_id, b.status, sum(b.on_hand) AS on_hand, sum(b.reserved) AS reserved {{filtered}}
    GROUP BY b.item_id, b.site_id, b.status, b.owner_kind, b.owner_id, b.entity_id
) AS b JOIN inventory_site s ON s.id = b.site_id
"""


def stock_view(
    chosen: StockFilter, *, actor: scope.Actor, cursor: str | None = None, limit: int = PAGE
) -> StockPage:
    """The stock of all sites by item, site, condition and owner, from the row behind `cursor`."""
    where, params = conditions(chosen)
    filtered = FILTERED + where
    paged = filtered
    if cursor is not None:
        paged += f" AND ({_KEY}) > (%(c0)s::text, %(c1)s::int, %(c2)s::int, %(c3)s::text, %(c4)s::text, %(c5)s::int)"
    with scope.transaction(actor), connection.cursor() as database:
        after = {f"c{place}": part for place, part in enumerate(_read_cursor(cursor))}
        database.execute(
            f"{_ROWS}{paged}{_GROUP} LIMIT %(limit)s::int", {**params, **after, "limit": limit + 1}
        )
        rows = [StockRow(*row) for row in database.fetchall()]
        database.execute(_TOTALS.format(filtered=filtered), params)
        totals = database.fetchone()
        value = None
        if actor.can("inventory.cost.view"):
            database.execute(cost_statement(where), params)
            value = money.amount(database.fetchone()[0])
    more = len(rows) > limit
    return StockPage(
        tuple(rows[:limit]),
        _write_cursor(rows[limit - 1]) if more else None,
        StockTotals(*totals, value=value),
    )


def conditions(chosen: StockFilter) -> tuple[str, dict]:
    """The filter as conditions on FILTERED, with their parameters."""
    clauses, params = [], {}

    def add(name: str, clause: str, value: object) -> None:
        clauses.append(f" AND {clause}")
        params[name] = value

    for name, column in (
        ("item_ids", "b.item_id"),
        ("line_ids", "i.line_id"),
        ("site_ids", "b.site_id"),
        ("region_ids", "s.region_id"),
    ):
        if getattr(chosen, name) is not None:
            add(name, f"{column} = ANY(%({name})s::int[])", list(getattr(chosen, name)))
    if chosen.entity_id is not None:
        add("entity_id", "b.entity_id = %(entity_id)s::int", chosen.entity_id)
    if chosen.statuses is not None:
        add("statuses", "b.status = ANY(%(statuses)s::text[])", list(chosen.statuses))
    if chosen.road is not None:
        clauses.append(f" AND {ON_ROAD if chosen.road else IN_HOUSE}")
    if chosen.owner_kind:
        add("owner_kind", "b.owner_kind = %(owner_kind)s::text", chosen.owner_kind)
    if chosen.lot:
        add(
            "lot",
            "(l.code = %(lot)s::text OR b.serial_id IN"
            " (SELECT n.id FROM inventory_serial n WHERE n.code = %(lot)s::text))",
            chosen.lot,
        )
    if chosen.expiring_from is not None:
        add("expiring_from", "l.last_usable_on >= %(expiring_from)s::date", chosen.expiring_from)
    if chosen.expiring_until is not None:
        add("expiring", "l.last_usable_on <= %(expiring)s::date", chosen.expiring_until)
    # As the keys are written: letters and digits alone, so nothing in a word is a wildcard.
    words = [f"%{search_keys.normalised(word)}%" for word in chosen.text.split()[:6]]
    params |= {f"word{place}": word for place, word in enumerate(words)}
    named = [f"i.search_keys LIKE %(word{place})s::text" for place in range(len(words))]
    if chosen.or_code:
        add("codes", _OR_CODE.format(named=" AND ".join(named)), [chosen.text, chosen.text.upper()])
    else:
        clauses += [f" AND {one}" for one in named]
    return "".join(clauses), params


def _write_cursor(row: StockRow) -> str:
    key = [row.item_code, row.item_id, row.site_id, row.status, row.owner_kind, row.owner_id]
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def _read_cursor(cursor: str | None) -> list:
    if cursor is None:
        return []
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor))
        kinds = [type(part) for part in found]
    except (ValueError, TypeError) as error:
        raise errors.NotFound from error
    if kinds != [str, int, int, str, str, int]:
        raise errors.NotFound
    return found


def value_of(*, entity_id: int, item_ids: Iterable[int], actor: scope.Actor) -> dict[int, Decimal]:
    """Item → what is left in its cost layers, in cents. Needs the permission to see costs."""
    actor.require("inventory.cost.view")
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(
            "SELECT item_id, sum(left_value) FROM inventory_costlayer"
            " WHERE entity_id = %s::int AND item_id = ANY(%s::int[]) AND left_quantity > 0 GROUP BY item_id",
            [entity_id, sorted(set(item_ids))],
        )
        return dict(cursor.fetchall())
