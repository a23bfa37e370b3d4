"""What promotions brought, against as many days before."""

import dataclasses
import datetime as dt
from decimal import Decimal

from qudao.insights import rules
from qudao.insights.queries import cut as cuts

# Orders of the promoted items in the promotion's regions and tiers, by the day they were placed.
_EFFECT = """
SELECT p.id, p.entity_id, p.name, p.valid_from, p.valid_until, p.spent, p.budget, w.during_until,
    COALESCE(sum(l.net) FILTER (WHERE o.business_on >= p.valid_from), 0),
    -- Of days before there was any trade nothing can be said.
    CASE WHEN p.valid_from - (w.during_until - p.valid_from) >= (SELECT min(business_on) FROM orders_order)
        THEN COALESCE(sum(l.net) FILTER (WHERE o.business_on < p.valid_from), 0) END,
    count(l.id) FILTER (WHERE l.promotion_id = p.id),
    COALESCE(sum(l.discount) FILTER (WHERE l.promotion_id = p.id), 0)
FROM (
    SELECT * FROM pricing_promotion p WHERE p.valid_from <= %(today)s {promotions}
    ORDER BY p.valid_from DESC, p.id DESC LIMIT %(most)s
) p
CROSS JOIN LATERAL (
    SELECT LEAST(COALESCE(p.valid_until, 'infinity'), %(today)s::date + 1) AS during_until
) w
LEFT JOIN orders_order o ON o.entity_id = p.entity_id AND o.status NOT IN ('draft', 'cancelled')
    AND o.business_on >= p.valid_from - (w.during_until - p.valid_from) AND o.business_on < w.during_until
    AND (p.tiers = '{{}}' OR o.tier = ANY (p.tiers)) AND (p.region_ids = '{{}}' OR o.region_id = ANY (p.region_ids))
    AND (p.line_id = 0 OR o.line_id = p.line_id) {orders}
LEFT JOIN orders_orderline l ON l.order_id = o.id
    AND (p.item_ids = '{{}}' OR l.item_id = ANY (p.item_ids))
GROUP BY p.id, p.entity_id, p.name, p.valid_from, p.valid_until, p.spent, p.budget, w.during_until
ORDER BY p.valid_from DESC, p.id DESC
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Promotion:
    """Net orders of the promoted items while it ran and in as many days before, None where trade began later; lines
    it was applied to and what it took off them."""

    id: int
    entity_id: int
    name: str
    valid_from: dt.date
    valid_until: dt.date | None
    spent: Decimal
    budget: Decimal
    ran_until: dt.date
    during: Decimal
    baseline: Decimal | None
    lines: int
    cost: Decimal
    effect: rules.Effect


def list_promotions(cut: cuts.Cut, *, today: dt.date, most: int = 10) -> list[Promotion]:
    """The latest promotions that have begun. One statement."""
    statement = _EFFECT.format(
        promotions=cut.where("p", but=("region_id", "line_id", "tier", "party_id")), orders=cut.where("o")
    )
    return [
        Promotion(*row, rules.effect(during=row[8], baseline=row[9], cost=row[11]))
        for row in cuts.rows(statement, cut.parameters(today=today, most=most))
    ]
