"""The price lists as they stand: price rows of every kind, floors, factors of tiers and regions."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import connection

from qudao.kernel import scope
from qudao.partners import queries as partners

PAGE = 50
VIEW = "pricing.price.view"
FLOORS = "pricing.floor.view"
KINDS = ("guide", "contract", "hospital", "vbp")
TIMES = ("now", "coming", "past")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PriceFilter:
    """`item_ids` None means all products. `when` is one of TIMES, "" for whatever time. `general` leaves out what was
    agreed with an account, or is for a tier or a region alone."""

    kind: str = ""
    item_ids: tuple[int, ...] | None = None
    line_id: int | None = None
    entity_id: int | None = None
    when: str = "now"
    general: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class ListedPrice:
    """A price row with its product and whom it is for; 0 and "" mean all. Per price unit."""

    id: int
    kind: str
    entity_id: int
    item_id: int
    item_code: str
    item_name: str
    specification: str
    price_unit: str
    line_id: int
    account_id: int
    tier: str
    region_id: int
    hospital_id: int
    minimum_quantity: Decimal
    price: Decimal
    tax_included: bool
    valid_from: dt.date
    valid_until: dt.date | None
    citation: str
    excludes_promotions: bool
    contract_id: uuid.UUID | None


@dataclasses.dataclass(frozen=True, slots=True)
class ListedPrices:
    rows: tuple[ListedPrice, ...]
    next: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class FloorRow:
    """Per price unit, tax excluded."""

    id: int
    entity_id: int
    item_id: int
    item_code: str
    item_name: str
    specification: str
    price_unit: str
    line_id: int
    price: Decimal
    valid_from: dt.date
    valid_until: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class FloorRows:
    rows: tuple[FloorRow, ...]
    next: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class FactorRow:
    """A factor on the guide price; facets of 0 and "" mean all."""

    id: int
    entity_id: int
    line_id: int
    tier: str
    region_id: int
    factor: Decimal
    valid_from: dt.date
    valid_until: dt.date | None


_TIMES = {
    "": "true",
    "now": "{t}.valid_from <= %(on)s::date AND ({t}.valid_until IS NULL OR {t}.valid_until > %(on)s::date)",
    "coming": "{t}.valid_from > %(on)s::date",
    "past": "{t}.valid_until <= %(on)s::date",
}
# A partner sees rows of its own nodes (row security), and of the general ones those that may price something
# for it: no other tier's, no other region's, no other hospital's, none of a line it has no account for; and no guide
# price of what is registered for it, agreed in its contract or procured for everybody, for that never comes to hold:
# others pay by it.
_PRICES = """
FROM pricing_pricerow p JOIN catalog_item i ON i.id = p.item_id LEFT JOIN (
    SELECT h.entity_id, h.item_id, min(h.minimum_quantity) AS beyond
    FROM pricing_pricerow h
    WHERE NOT %(house)s AND (%(everyone)s OR h.node_id = ANY(%(nodes)s::int[]))
      AND (h.kind = 'hospital' AND h.hospital_id = %(party)s::int
           OR h.kind = 'contract' AND h.account_id = ANY(%(accounts)s::int[])
           OR h.kind = 'vbp' AND h.account_id = 0 AND h.hospital_id = 0 AND h.region_id = 0 AND h.tier = '')
      AND h.valid_from <= %(on)s::date AND (h.valid_until IS NULL OR h.valid_until > %(on)s::date)
    GROUP BY h.entity_id, h.item_id
) own ON own.entity_id = p.entity_id AND own.item_id = p.item_id
WHERE (%(kind)s::text = '' OR p.kind = %(kind)s::text)
  AND (%(items)s::int[] IS NULL OR p.item_id = ANY(%(items)s::int[]))
  AND (%(line)s::int IS NULL OR i.line_id = %(line)s::int)
  AND (%(entity)s::int IS NULL OR p.entity_id = %(entity)s::int)
  AND (NOT %(general)s OR p.account_id = 0 AND p.tier = '' AND p.region_id = 0)
  AND (%(everyone)s OR p.node_id = ANY(%(nodes)s::int[]))
  AND (%(house)s OR p.node_id <> 0 OR (
       p.hospital_id IN (0, %(party)s::int) AND (p.tier = '' OR p.tier = ANY(%(tiers)s::text[]))
       AND (p.region_id = 0 OR p.region_id = ANY(%(regions)s::int[]))
       AND (p.entity_id, i.line_id) IN (SELECT * FROM unnest(%(entities)s::int[], %(lines)s::int[]))
       AND (p.kind <> 'guide' OR coalesce(p.minimum_quantity < own.beyond, true))))
  AND (p.valid_until IS NULL OR p.valid_until > p.valid_from) AND {when}
"""
_PRICE_PAGE = """
SELECT p.id, p.kind, p.entity_id, p.item_id, i.code, i.name, i.specification, i.price_unit, i.line_id, p.account_id,
       p.tier, p.region_id, p.hospital_id, p.minimum_quantity, p.price, p.tax_included, p.valid_from,
       p.valid_until, p.citation, p.excludes_promotions,
       (SELECT v.contract_id FROM pricing_contractversion v WHERE v.id = p.contract_version_id)
{prices} AND (i.code, p.id) > (%(code)s::text, %(id)s::int)
ORDER BY i.code, p.id LIMIT %(limit)s::int
"""
_FLOORS = """
FROM pricing_floorprice p JOIN catalog_item i ON i.id = p.item_id
WHERE (%(items)s::int[] IS NULL OR p.item_id = ANY(%(items)s::int[]))
  AND (%(line)s::int IS NULL OR i.line_id = %(line)s::int)
  AND (%(entity)s::int IS NULL OR p.entity_id = %(entity)s::int) AND {when}
"""
_FLOOR_PAGE = """
SELECT p.id, p.entity_id, p.item_id, i.code, i.name, i.specification, i.price_unit, i.line_id, p.price,
       p.valid_from, p.valid_until
{floors} AND (i.code, p.id) > (%(code)s::text, %(id)s::int)
ORDER BY i.code, p.id LIMIT %(limit)s::int
"""
_FACTORS = """
SELECT f.id, f.entity_id, f.line_id, f.tier, f.region_id, f.factor, f.valid_from, f.valid_until
FROM pricing_tierfactor f
WHERE (%(entity)s::int IS NULL OR f.entity_id = %(entity)s::int) AND {when}
ORDER BY f.entity_id, f.line_id, f.region_id, f.tier, f.valid_from OFFSET %(skip)s::int LIMIT %(limit)s::int
"""


def find_prices(
    wanted: PriceFilter, *, on: dt.date, actor: scope.Actor, cursor: str | None = None, limit: int = PAGE
) -> ListedPrices:
    """Price rows by product code: what may price something for the actor, of every kind asked for."""
    actor.require(VIEW)
    statement = _PRICE_PAGE.format(prices=_PRICES.format(when=_when(wanted.when)))
    with scope.transaction(actor), connection.cursor() as found:
        found.execute(statement, {**_parameters(wanted, on, actor), **_after(cursor), "limit": limit + 1})
        rows = [ListedPrice(*row) for row in found.fetchall()]
    return ListedPrices(tuple(rows[:limit]), _next(rows, limit))


def count_prices(wanted: PriceFilter, *, on: dt.date, actor: scope.Actor) -> tuple[int, int, bool]:
    """(how many rows, of how many products, whether one holds from a quantity on) of what `find_prices` would find."""
    actor.require(VIEW)
    with scope.transaction(actor), connection.cursor() as found:
        prices = _PRICES.format(when=_when(wanted.when))
        counted = "count(*), count(DISTINCT p.item_id), coalesce(bool_or(p.minimum_quantity > 0), false)"
        found.execute(f"SELECT {counted} {prices}", _parameters(wanted, on, actor))
        return found.fetchone()


def find_floors(
    wanted: PriceFilter, *, on: dt.date, actor: scope.Actor, cursor: str | None = None, limit: int = PAGE
) -> FloorRows:
    """Our floors by product code. Row security shows them to our own people alone."""
    actor.require(FLOORS)
    statement = _FLOOR_PAGE.format(floors=_FLOORS.format(when=_when(wanted.when)))
    with scope.transaction(actor), connection.cursor() as found:
        parameters = {"items": _array(wanted.item_ids), "line": wanted.line_id, "entity": wanted.entity_id}
        found.execute(statement, {**parameters, "on": on, **_after(cursor), "limit": limit + 1})
        rows = [FloorRow(*row) for row in found.fetchall()]
    return FloorRows(tuple(rows[:limit]), _next(rows, limit))


def list_factors(
    *,
    on: dt.date,
    actor: scope.Actor,
    entity_id: int | None = None,
    when: str = "now",
    skip: int = 0,
    limit: int = PAGE,
) -> list[FactorRow]:
    """Factors on the guide price, for our own people."""
    actor.require(FLOORS)
    with scope.transaction(actor), connection.cursor() as found:
        found.execute(
            _FACTORS.format(when=_when(when, "f")),
            {"on": on, "entity": entity_id, "skip": skip, "limit": limit},
        )
        return [FactorRow(*row) for row in found.fetchall()]


def _when(when: str, table: str = "p") -> str:
    return _TIMES.get(when, "true").format(t=table)


def _parameters(wanted: PriceFilter, on: dt.date, actor: scope.Actor) -> dict[str, Any]:
    own = (
        partners.list_accounts(party_id=actor.party_id, actor=actor)
        if actor.party_id and not actor.house
        else []
    )
    return {
        "kind": wanted.kind,
        "items": _array(wanted.item_ids),
        "line": wanted.line_id,
        "entity": wanted.entity_id,
        "general": wanted.general,
        "on": on,
        "everyone": not actor.few,
        "nodes": [0, *actor.visible],
        "house": actor.house,
        "party": actor.party_id or 0,
        "tiers": sorted({account.tier for account in own}),
        "regions": sorted({account.region_id for account in own}),
        "accounts": [account.id for account in own],
        "entities": [account.entity_id for account in own],
        "lines": [account.line_id for account in own],
    }


def _array(ids: Iterable[int] | None) -> list[int] | None:
    return None if ids is None else list(ids)


def _after(cursor: str | None) -> dict[str, Any]:
    """The last row's place; a cursor nobody gave out is the start."""
    code, _, row_id = (cursor or "").rpartition("|")
    known = row_id.isdecimal() and len(row_id) < 10
    return {"code": code if known else "", "id": int(row_id) if known else 0}


def _next(rows: list[Any], limit: int) -> str | None:
    return f"{rows[limit - 1].item_code}|{rows[limit - 1].id}" if len(rows) > limit else None
