"""Prices for everybody or for a hospital, our floors, the factors of tiers and regions."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import models as django

from qudao.kernel import errors, journal, periods, scope
from qudao.pricing import models

from . import writing

PRICE_KEYS = (
    *("entity_id", "kind", "item", "account_id", "tier", "region_id", "hospital_id"),
    *("minimum_quantity", "currency"),
)
_FLOOR_KEYS = ("item", "entity_id")
_FACTOR_KEYS = ("entity_id", "line_id", "tier", "region_id")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ListPrice:
    """A price of an item per price unit. `region_id` 0 and `tier` "" mean all."""

    item_id: int
    price: Decimal
    minimum_quantity: Decimal = Decimal(0)
    tax_included: bool = True
    region_id: int = 0
    tier: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewFactor:
    """A factor on the guide price: 0.88 is 12 % off. Facets of 0 or "" mean all."""

    factor: Decimal
    line_id: int = 0
    tier: str = ""
    region_id: int = 0


def set_guide_prices(
    *,
    entity_id: int,
    prices: Sequence[ListPrice],
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    citation: str = "",
    replace: bool = False,
    actor: scope.Actor,
    now: dt.datetime,
) -> int:
    """Set guide prices (指导价), all or none; returns how many.

    `replace` ends what is in force on `valid_from`; without it a price that is in force then refuses:
    `pricing.price_overlap` with the place in `prices`.
    """
    rows = _price_rows(prices, "guide", entity_id, valid_from, valid_until, citation, actor)
    return _set("guide", rows, PRICE_KEYS, entity_id, replace, actor, now)


def set_hospital_prices(
    *,
    entity_id: int,
    hospital_id: int,
    prices: Sequence[ListPrice],
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    citation: str = "",
    account: Any = None,
    replace: bool = False,
    actor: scope.Actor,
    now: dt.datetime,
) -> int:
    """Register prices for an end hospital (报备价), for whoever buys for it or for one account alone.

    `account` is that account as partners give it; then only it sees the price. Else as guide prices.
    """
    rows = _price_rows(prices, "hospital", entity_id, valid_from, valid_until, citation, actor)
    for row in rows:
        row.hospital_id = hospital_id
        if account is not None:
            row.account_id, row.node_id = account.id, account.node_id
    return _set("hospital", rows, PRICE_KEYS, entity_id, replace, actor, now)


def set_vbp_prices(
    *,
    entity_id: int,
    prices: Sequence[ListPrice],
    valid_from: dt.date,
    valid_until: dt.date | None,
    citation: str,
    hospital_id: int = 0,
    replace: bool = False,
    actor: scope.Actor,
    now: dt.datetime,
) -> int:
    """Enter prices awarded in centralised procurement (集采), by region or for one hospital.

    `citation` names the award. Else as guide prices.
    """
    rows = _price_rows(prices, "vbp", entity_id, valid_from, valid_until, citation, actor)
    for row in rows:
        row.hospital_id = hospital_id
    return _set("vbp", rows, PRICE_KEYS, entity_id, replace, actor, now)


def set_floors(
    *,
    entity_id: int,
    floors: Sequence[tuple[int, Decimal]],
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    replace: bool = False,
    actor: scope.Actor,
    now: dt.datetime,
) -> int:
    """Set our floors (底价): (item, price per price unit without tax). Else as guide prices."""
    actor.require(writing.MANAGE)
    reasons = writing.period_reasons(valid_from, valid_until)
    for place, (_, floor) in enumerate(floors, 1):
        reasons += writing.price_reasons(floor, Decimal(0), place)
    errors.raise_if_refused(reasons)
    rows = [
        models.FloorPrice(
            entity_id=entity_id,
            item_id=item_id,
            price=floor,
            valid_from=valid_from,
            valid_until=valid_until,
            approved_by=actor.ref,
        )
        for item_id, floor in floors
    ]
    return _set("floor", rows, _FLOOR_KEYS, entity_id, replace, actor, now)


def set_tier_factors(
    *,
    entity_id: int,
    factors: Sequence[NewFactor],
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    replace: bool = False,
    actor: scope.Actor,
    now: dt.datetime,
) -> int:
    """Set factors of tiers and regions (等级与区域系数), above 0 and at most 1. Else as guide prices."""
    actor.require(writing.MANAGE)
    reasons = writing.period_reasons(valid_from, valid_until)
    for place, new in enumerate(factors, 1):
        exact = new.factor.is_finite() and new.factor == new.factor.quantize(Decimal("0.000001"))
        if not exact or not 0 < new.factor <= 1:
            reasons.append(errors.Reason("pricing.factor_invalid", place, {"factor": new.factor}))
    errors.raise_if_refused(reasons)
    rows = [
        models.TierFactor(
            entity_id=entity_id, valid_from=valid_from, valid_until=valid_until, **dataclasses.asdict(new)
        )
        for new in factors
    ]
    return _set("factor", rows, _FACTOR_KEYS, entity_id, replace, actor, now)


def _price_rows(
    prices: Sequence[ListPrice],
    kind: str,
    entity_id: int,
    valid_from: dt.date,
    valid_until: dt.date | None,
    citation: str,
    actor: scope.Actor,
) -> list[models.PriceRow]:
    actor.require(writing.MANAGE)
    reasons = writing.period_reasons(valid_from, valid_until)
    for place, new in enumerate(prices, 1):
        reasons += writing.price_reasons(new.price, new.minimum_quantity, place)
    errors.raise_if_refused(reasons)
    return [
        models.PriceRow(
            entity_id=entity_id,
            kind=kind,
            item_id=new.item_id,
            price=new.price,
            minimum_quantity=new.minimum_quantity,
            tax_included=new.tax_included,
            region_id=new.region_id,
            tier=new.tier,
            valid_from=valid_from,
            valid_until=valid_until,
            citation=citation,
            approved_by=actor.ref,
        )
        for new in prices
    ]


def _set(
    kind: str,
    rows: Sequence[django.Model],
    keys: tuple[str, ...],
    entity_id: int,
    replace: bool,
    actor: scope.Actor,
    now: dt.datetime,
) -> int:
    with scope.transaction(actor, acting=True):
        if rows and hasattr(rows[0], "item_id"):
            items = [row.item_id for row in rows]  # type: ignore[attr-defined]
            on = periods.business_date(now)
            errors.raise_if_refused(writing.item_reasons(items, entity_id=entity_id, on=on))
        entry = journal.entry()
        changed = writing.insert(rows, keys=keys, entry=entry, replace=replace)
        if changed:
            journal.record(
                entry,
                "pricing.price.set",
                subject=f"pricing.price:{kind}",
                at=now,
                node_id=getattr(rows[0], "node_id", 0) or None,
                rows=changed,
                data={"kind": kind, "entity_id": entity_id, "count": len(rows)},
            )
    return len(rows)
