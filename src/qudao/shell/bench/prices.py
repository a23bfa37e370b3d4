"""A thousand prices resolved with their explanation at hand, against one hand-written query of the prices."""

from decimal import Decimal

import psycopg

from qudao.kernel import database, scope
from qudao.pricing import queries as pricing
from qudao.pricing.rules import price
from qudao.shell.bench import DATABASE, timing, world

# Contract before guide; the guide price by the tier's factor. The other kinds and facets are not asked for.
_BY_HAND = """
SELECT DISTINCT ON (p.item_id) p.item_id,
       CASE p.kind WHEN 'guide' THEN round(p.price * f.factor, 4) ELSE p.price END,
       p.kind, p.id, p.tax_included, p.citation, p.excludes_promotions
FROM pricing_pricerow p, pricing_tierfactor f
WHERE p.item_id = ANY(%b::int[]) AND p.entity_id = %s AND p.account_id IN (0, %s) AND p.hospital_id = 0
  AND p.minimum_quantity <= 1 AND p.valid_from <= %s AND (p.valid_until IS NULL OR p.valid_until > %s)
  AND f.entity_id = p.entity_id AND f.tier = %s
  AND f.valid_from <= %s AND (f.valid_until IS NULL OR f.valid_until > %s)
ORDER BY p.item_id, p.kind = 'guide'
"""


def measure(made: world.World, *, rounds: int) -> timing.Compared:
    """Raises AssertionError when both do not give the same prices."""
    on, account, items = made.company.today, made.account, list(made.items)
    lines = [pricing.PriceRequest(no, item, Decimal(1)) for no, item in enumerate(items, 1)]
    rates = dict.fromkeys(items, Decimal("0.13"))
    parameters = [items, account.entity_id, account.id, on, on, account.tier, on, on]

    def product(_: int = 0) -> dict:
        with scope.transaction(made.actor, acting=True):
            return pricing.resolve_prices(
                account=account, hospital_id=0, lines=lines, on=on, vat_rates=rates, actor=made.actor
            )

    with psycopg.connect(**database.parameters("app", DATABASE), prepare_threshold=0) as connection:

        def by_hand(_: int = 0) -> dict:
            with connection.transaction():
                connection.execute("SELECT set_config('app.everyone', 'on', true)")
                return {row[0]: row[1:] for row in connection.execute(_BY_HAND, parameters)}

        ours, theirs = product(), by_hand()
        if [_plain(ours[line.no]) for line in lines] != [theirs[line.item_id] for line in lines]:
            raise AssertionError("the two ways do not give the same prices")
        return timing.compare(product, by_hand, rounds=rounds)


def _plain(choice: price.PriceChoice) -> tuple:
    return (
        *(choice.unit_price, choice.kind, choice.row_id, choice.tax_included, choice.citation),
        choice.excludes_promotions,
    )
