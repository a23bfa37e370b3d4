"""Promotions in force."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import connection
from django.db.models import BooleanField, CharField, Count, F, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL

from qudao.kernel import errors, scope
from qudao.pricing import models
from qudao.pricing.rules import promotion

PAGE = 50


@dataclasses.dataclass(frozen=True, slots=True)
class PromotionView:
    """满减 as it stands: what it grants, to whom, and what is left of its budget. `unit`: the one its products are
    priced in, "" where there are several or where it names no products."""

    id: int
    entity_id: int
    name: str
    measure: str
    threshold: Decimal
    minus: Decimal
    repeats: bool
    stackable: bool
    item_ids: tuple[int, ...]
    line_id: int
    tiers: tuple[str, ...]
    region_ids: tuple[int, ...]
    budget: Decimal
    spent: Decimal
    valid_from: dt.date
    valid_until: dt.date | None
    unit: str = ""

    def state(self, on: dt.date) -> str:
        """planned, running or ended that day; one stopped before it began has ended."""
        if self.valid_until is not None and self.valid_until <= max(on, self.valid_from):
            return "ended"
        return "planned" if self.valid_from > on else "running"

    @property
    def remaining(self) -> Decimal:
        return self.budget - self.spent


# A promotion of a product line takes the lines of that line's items; with items named too, both must hold.
_IN_FORCE = """
SELECT p.id, p.name, p.measure, p.threshold, p.minus, p.valid_from, p.valid_until, p.tiers, p.region_ids,
       p.repeats, p.stackable, p.budget - p.spent, array_agg(i.id)
FROM pricing_promotion p
JOIN catalog_item i ON i.id = ANY(%(items)s::int[])
     AND (p.item_ids = '{}' OR i.id = ANY(p.item_ids)) AND p.line_id IN (0, i.line_id)
WHERE p.entity_id = %(entity)s::int
  AND p.valid_from <= %(on)s::date AND (p.valid_until IS NULL OR p.valid_until > %(on)s::date)
  AND (p.tiers = '{}' OR %(tier)s::text = ANY(p.tiers))
  AND (p.region_ids = '{}' OR %(region)s::int = ANY(p.region_ids))
GROUP BY p.id ORDER BY p.id
"""

# A promotion for single products is one of the lines these belong to.
_OF_LINE = """
(pricing_promotion.item_ids = '{}' OR EXISTS (
    SELECT FROM catalog_item i WHERE i.id = ANY(pricing_promotion.item_ids) AND i.line_id = %s::int))
"""
_UNIT = """
(SELECT CASE WHEN count(DISTINCT i.price_unit) = 1 THEN min(i.price_unit) ELSE '' END
 FROM catalog_item i WHERE i.id = ANY(pricing_promotion.item_ids))
"""
# Whether one of the accounts the reader sees may use the promotion: a partner is not told what others are granted.
_MAY_USE = """
EXISTS (SELECT FROM partners_channelaccount a WHERE a.entity_id = pricing_promotion.entity_id
    AND pricing_promotion.line_id IN (0, a.line_id)
    AND (pricing_promotion.tiers = '{}' OR a.tier = ANY(pricing_promotion.tiers))
    AND (pricing_promotion.region_ids = '{}' OR a.region_id = ANY(pricing_promotion.region_ids))
    AND (pricing_promotion.item_ids = '{}' OR EXISTS (
        SELECT FROM catalog_item i WHERE i.id = ANY(pricing_promotion.item_ids) AND i.line_id = a.line_id)))
"""


def promotions_in_force(
    *, entity_id: int, item_ids: Iterable[int], tier: str, region_id: int, on: dt.date
) -> list[promotion.Promotion]:
    """The promotions that concern any of the items for this buyer on the day, as the rule takes them.

    One statement; `items` of each are those asked for that it covers. Call inside a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _IN_FORCE,
            {
                "items": sorted(set(item_ids)),
                "entity": entity_id,
                "tier": tier,
                "region": region_id,
                "on": on,
            },
        )
        return [
            promotion.Promotion(
                promotion_id=row[0],
                name=row[1],
                measure=row[2],
                threshold=row[3],
                minus=row[4],
                valid_from=row[5],
                valid_until=row[6],
                items=frozenset(row[12]),
                tiers=frozenset(row[7]),
                regions=frozenset(row[8]),
                repeating=row[9],
                stackable=row[10],
                budget_remaining=row[11],
            )
            for row in cursor.fetchall()
        ]


def list_promotions(
    *,
    actor: scope.Actor,
    entity_id: int | None = None,
    state: str = "",
    on: dt.date | None = None,
    after: int = 0,
    limit: int = PAGE,
) -> list[PromotionView]:
    """Promotions by id, those after `after`; with `on`, those planned, running or ended (`state`) that day. A
    partner's reader is shown those that one of its accounts may use."""
    actor.require("pricing.price.view")
    with scope.transaction(actor):
        rows = _seen(actor).filter(pk__gt=after).order_by("pk")
        if entity_id is not None:
            rows = rows.filter(entity_id=entity_id)
        if state and on is not None:
            rows = rows.filter(_STATES[state](on))
        return [view(row) for row in rows[:limit]]


def count_promotions(*, actor: scope.Actor, on: dt.date, state: str = "") -> tuple[int, Decimal, Decimal]:
    """(how many, their budgets, what is spent of them) of what `list_promotions` lists; one statement."""
    actor.require("pricing.price.view")
    with scope.transaction(actor):
        rows = _seen(actor).filter(_STATES[state](on)) if state else _seen(actor)
        sums = rows.aggregate(count=Count("pk"), budget=Sum("budget"), spent=Sum("spent"))
    return sums["count"], sums["budget"] or Decimal(0), sums["spent"] or Decimal(0)


def get_promotion(promotion_id: int, *, actor: scope.Actor) -> PromotionView:
    """One promotion. Raises NotFound, also for a partner none of whose accounts may use it."""
    actor.require("pricing.price.view")
    with scope.transaction(actor):
        row = _seen(actor).filter(pk=promotion_id).first()
    if row is None:
        raise errors.NotFound()
    return view(row)


def _all() -> QuerySet[models.Promotion]:
    return models.Promotion.objects.annotate(unit=RawSQL(_UNIT, [], output_field=CharField()))


def _seen(actor: scope.Actor) -> QuerySet[models.Promotion]:
    rows = _all()
    return rows if actor.house else rows.filter(RawSQL(_MAY_USE, [], output_field=BooleanField()))


def promotions_for(
    *,
    entity_id: int,
    line_id: int,
    tier: str,
    region_id: int,
    on: dt.date,
    actor: scope.Actor,
    limit: int = PAGE,
) -> list[PromotionView]:
    """The promotions an account of this line, tier and region may use that day; of those for single products, the
    ones with a product of the line."""
    with scope.transaction(actor):
        rows = _all().filter(_running(on), entity_id=entity_id, line_id__in=(0, line_id))
        rows = rows.filter(
            Q(tiers=[]) | Q(tiers__contains=[tier]), Q(region_ids=[]) | Q(region_ids__contains=[region_id])
        )
        rows = rows.filter(RawSQL(_OF_LINE, [line_id], output_field=BooleanField()))
        return [view(row) for row in rows.order_by("pk")[:limit]]


def _running(on: dt.date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_until=None) | Q(valid_until__gt=on))


_STATES = {
    "planned": lambda on: Q(valid_from__gt=on) & (Q(valid_until=None) | Q(valid_until__gt=F("valid_from"))),
    "running": _running,
    "ended": lambda on: Q(valid_until__lte=on) | Q(valid_until__lte=F("valid_from")),
}


def view(row: models.Promotion) -> PromotionView:
    """The row as others see it."""
    values = {field.name: getattr(row, field.name) for field in dataclasses.fields(PromotionView)[:-1]}
    for name in ("item_ids", "tiers", "region_ids"):
        values[name] = tuple(values[name])
    # What an operation has just written was not read with its unit.
    return PromotionView(**values, unit=getattr(row, "unit", ""))
