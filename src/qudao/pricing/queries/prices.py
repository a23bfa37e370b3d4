"""Prices of many lines in one statement, floors, and a partner's own price list."""

import collections
import dataclasses
import datetime as dt
import math
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, overload

from django.db import connection

from qudao.kernel import errors, money, scope
from qudao.partners import queries as partners
from qudao.pricing.rules import price

CURRENCY = "CNY"


@dataclasses.dataclass(frozen=True, slots=True)
class PriceRequest:
    """A line to price: its number, its item, its quantity in price units."""

    no: int
    item_id: int
    quantity: Decimal


# Every row that may price one of the items for this buyer, the one that decides first (the order is that
# of `rules.price`: kind, then what is most specific), and the factors of the guide price as item 0. Dates and
# facets decide here; only those of factors are sent, for a thousand dates take longer to read than to compare.
_ROWS = """
SELECT r.item_id, r.kind, r.id, r.price, r.tax_included, r.citation, r.excludes_promotions, r.minimum_quantity,
       r.factor_tier, r.factor_region, r.factor_line, r.factor_from, r.factor_until
FROM (
    SELECT p.item_id, p.kind, p.id, p.price, p.tax_included, p.citation, p.excludes_promotions,
           p.minimum_quantity, p.valid_from, p.account_id, p.tier, p.region_id, p.hospital_id,
           '' AS factor_tier, 0 AS factor_region, 0 AS factor_line, NULL::date AS factor_from,
           NULL::date AS factor_until
    FROM pricing_pricerow p
    WHERE p.item_id = ANY(%(items)s::int[]) AND p.account_id IN (0, %(account)s::int)
      AND p.hospital_id IN (0, %(hospital)s::int) AND p.entity_id = %(entity)s::int
      AND p.region_id IN (0, %(region)s::int) AND p.tier IN ('', %(tier)s::text)
      AND p.currency = %(currency)s::text
      AND p.valid_from <= %(on)s::date AND (p.valid_until IS NULL OR p.valid_until > %(on)s::date)
    UNION ALL
    SELECT 0, 'tier_region', f.id, f.factor, false, '', false,
           0, f.valid_from, 0, f.tier, f.region_id, 0,
           f.tier, f.region_id, f.line_id, f.valid_from, f.valid_until
    FROM pricing_tierfactor f
    WHERE f.entity_id = %(entity)s::int AND f.line_id IN (0, %(line)s::int)
      AND f.region_id IN (0, %(region)s::int) AND f.tier IN ('', %(tier)s::text)
      AND f.valid_from <= %(on)s::date AND (f.valid_until IS NULL OR f.valid_until > %(on)s::date)
    UNION ALL
    SELECT l.item_id, 'floor', l.id, l.price, false, '', false,
           0, l.valid_from, 0, '', 0, 0,
           '', 0, 0, NULL, NULL
    FROM pricing_floorprice l
    WHERE l.item_id = ANY(%(items)s::int[]) AND l.entity_id = %(entity)s::int
      AND l.valid_from <= %(on)s::date AND (l.valid_until IS NULL OR l.valid_until > %(on)s::date)
) r
ORDER BY r.item_id,
    CASE r.kind WHEN 'vbp' THEN 0 WHEN 'hospital' THEN 1 WHEN 'contract' THEN 2 ELSE 3 END,
    r.hospital_id <> 0 DESC, r.account_id <> 0 DESC, r.region_id <> 0 DESC, r.tier <> '' DESC,
    r.minimum_quantity DESC, r.valid_from DESC, r.id DESC
"""
_FLOORS = """
SELECT item_id, price FROM pricing_floorprice
WHERE item_id = ANY(%s::int[]) AND entity_id = %s::int
  AND valid_from <= %s::date AND (valid_until IS NULL OR valid_until > %s::date)
"""
_AGREED = """
SELECT DISTINCT item_id FROM pricing_pricerow
WHERE (account_id = %(account)s::int OR account_id = 0 AND hospital_id = %(hospital)s::int AND hospital_id <> 0)
  AND entity_id = %(entity)s::int
  AND valid_from <= %(on)s::date AND (valid_until IS NULL OR valid_until > %(on)s::date)
"""
_BEHIND = """
SELECT p.id, v.contract_id FROM pricing_pricerow p JOIN pricing_contractversion v ON v.id = p.contract_version_id
WHERE p.id = ANY(%s::int[])
"""

# Where the columns of _ROWS stand.
_KIND, _ID, _PRICE, _TAXED, _CITATION, _EXCLUDES, _MINIMUM = range(1, 8)
_TIER, _REGION, _LINE, _FROM, _UNTIL = range(8, 13)


def resolve_prices(
    *,
    account: Any,
    hospital_id: int,
    lines: Sequence[PriceRequest],
    on: dt.date,
    vat_rates: Mapping[int, Decimal],
    actor: scope.Actor,
) -> dict[int, price.PriceChoice | errors.Reason]:
    """Line number → its price, or the reason `pricing.no_price`; one statement for all lines.

    The outcome is that of `rules.price.choose` over every row there is (a test holds them together).
    `account` is the buyer's as partners give it, `hospital_id` 0 without an end hospital, `vat_rates` by
    item. Joins the caller's acting transaction. Rows of other accounts are neither asked for nor seen.
    """
    if not lines:
        return {}
    by_item, factors = _applicable(account, hospital_id, lines, on, actor)
    discounts = _discounts(factors, account, on)
    factor = Decimal(1)
    for discount in discounts:
        factor *= discount.price
    found: dict[int, price.PriceChoice | errors.Reason] = {}
    for line in lines:
        rows = by_item.get(line.item_id, ())
        for row in rows:
            if row[_MINIMUM] <= line.quantity:
                break
        else:
            found[line.no] = errors.Reason("pricing.no_price", line.no)
            continue
        kind, row_id, citation, unit_price = row[_KIND], row[_ID], row[_CITATION], row[_PRICE]
        if kind == "guide" and discounts:
            last = discounts[-1]
            kind, row_id, citation = last.kind, last.row_id, last.citation
            unit_price = money.unit_price(unit_price * factor)
        found[line.no] = price.PriceChoice(
            kind,
            row_id,
            unit_price,
            CURRENCY,
            row[_TAXED],
            vat_rates[line.item_id],
            citation,
            row[_EXCLUDES],
            _Ladder(rows, line.quantity, discounts),
        )
    return found


def _applicable(account, hospital_id, lines, on, actor) -> tuple[dict[int, list[tuple]], list[tuple]]:
    """Item → its rows, the deciding one first; and the factors."""
    parameters = {
        # As text: the driver takes longer to write a thousand numbers than the server to read them.
        "items": "{" + ",".join({str(line.item_id) for line in lines}) + "}",
        "account": account.id,
        "hospital": hospital_id,
        "entity": account.entity_id,
        "region": account.region_id,
        "tier": account.tier,
        "line": account.line_id,
        "currency": CURRENCY,
        "on": on,
    }
    with scope.transaction(actor, acting=True), connection.cursor() as cursor:
        cursor.execute(_ROWS, parameters)
        by_item: dict[int, list[tuple]] = collections.defaultdict(list)
        limits: dict[int, Decimal] = {}
        for row in cursor.fetchall():
            if row[_KIND] == "floor":
                limits[row[0]] = row[_PRICE]
            else:
                by_item[row[0]].append(row)
        scope.once(_floors_key(account.entity_id, on), {line.item_id for line in lines}, lambda _: limits)
    return by_item, by_item.pop(0, [])


def _floors_key(entity_id: int, on: dt.date) -> tuple[str, int, dt.date]:
    """Under which the floors of a transaction are remembered."""
    return "pricing.floors", entity_id, on


def _discounts(factors: list[tuple], account: Any, on: dt.date) -> Sequence[price.Rung]:
    """The factors that hold for the buyer, whatever the item: chosen by the rule, on a price of 1."""
    if not factors:
        return ()
    guide = price.Candidate(0, "guide", Decimal(1), CURRENCY, True, Decimal(0), on)
    rows = [
        price.Candidate(
            *(row[_ID], "tier_region", row[_PRICE], CURRENCY, True, Decimal(0), row[_FROM], row[_UNTIL]),
            tier=row[_TIER],
            region=row[_REGION],
            line_id=row[_LINE],
        )
        for row in factors
    ]
    request = price.Request(account.id, account.tier, account.region_id, Decimal(0))
    return price.choose(candidates=[guide, *rows], request=request, on=on).rows[1:]


class _Ladder(Sequence[price.Rung]):
    """The rows a price came by, from weak to strong, made when somebody asks how it came about."""

    __slots__ = ("_discounts", "_made", "_quantity", "_rows")

    def __init__(self, rows, quantity, discounts) -> None:
        self._rows = rows
        self._quantity = quantity
        self._discounts = discounts
        self._made: tuple[price.Rung, ...] | None = None

    def _all(self) -> tuple[price.Rung, ...]:
        if self._made is None:
            first: dict[str, price.Rung] = {}
            for row in self._rows:
                if row[_MINIMUM] <= self._quantity and row[_KIND] not in first:
                    first[row[_KIND]] = price.Rung(
                        *(row[_KIND], row[_ID], row[_PRICE], row[_TAXED], row[_CITATION], row[_MINIMUM])
                    )
            made = list(reversed(first.values()))
            if "guide" in first:
                made[1:1] = self._discounts
            self._made = tuple(made)
        return self._made

    @overload
    def __getitem__(self, at: int) -> price.Rung: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[price.Rung, ...]: ...
    def __getitem__(self, at):
        return self._all()[at]

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[price.Rung]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())


def factors_for(account: Any, *, on: dt.date, actor: scope.Actor) -> tuple[price.Candidate, ...]:
    """The factors that hold for the account's tier, region and line on the day, as `resolve_prices` uses them.

    Joins the caller's acting transaction; one statement.
    """
    _, factors = _applicable(account, 0, (), on, actor)
    return _discounts(factors, account, on)


def own_factors(*, on: dt.date, actor: scope.Actor) -> dict[tuple[int, int], Decimal]:
    """(legal entity, product line) → the factor on the guide price for the actor's own account in it; none for our own
    people. Opens its own acting transaction, a statement an account.
    """
    if actor.house or not actor.party_id:
        return {}
    with scope.transaction(actor, acting=True):
        own = partners.list_accounts(party_id=actor.party_id, actor=actor)
        return {
            (account.entity_id, account.line_id): math.prod(
                (one.price for one in factors_for(account, on=on, actor=actor)), start=Decimal(1)
            )
            for account in own
        }


def agreed_items(account: Any, *, hospital_id: int = 0, on: dt.date, actor: scope.Actor) -> frozenset[int]:
    """The items with a price that was agreed with the account, or with the end hospital, on that day.

    Joins the caller's acting transaction.
    """
    named = {"account": account.id, "hospital": hospital_id, "entity": account.entity_id, "on": on}
    with scope.transaction(actor, acting=True), connection.cursor() as cursor:
        cursor.execute(_AGREED, named)
        return frozenset(item_id for (item_id,) in cursor.fetchall())


def contracts_behind(row_ids: Iterable[int], *, actor: scope.Actor) -> dict[int, uuid.UUID]:
    """Price row → the contract it comes from; rows of no contract, or not seen, are left out."""
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_BEHIND, [sorted(set(row_ids))])
        return dict(cursor.fetchall())


def floors(item_ids: Iterable[int], *, entity_id: int, on: dt.date) -> dict[int, Decimal]:
    """Item → our floor per price unit, tax excluded; items without one are left out.

    Ours alone: joins an acting transaction, or one of our own people.
    """

    def read(missing: set[int]) -> dict[int, Decimal]:
        with connection.cursor() as cursor:
            cursor.execute(_FLOORS, [sorted(missing), entity_id, on, on])
            return dict(cursor.fetchall())

    return scope.once(_floors_key(entity_id, on), item_ids, read)
