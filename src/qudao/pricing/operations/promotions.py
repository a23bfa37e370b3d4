"""Promotions and their budgets."""

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection

from qudao.kernel import errors, journal, money, periods, scope, writes
from qudao.pricing import models, queries
from qudao.pricing.queries import promotions as views

from . import writing

# Locks in the order of ids; the limit is looked at again on the row as it stands once the lock is held.
_SPEND = """
WITH asked AS (SELECT * FROM unnest(%s::int[], %s::numeric[]) AS a (id, amount)),
locked AS MATERIALIZED (
    SELECT p.id FROM pricing_promotion p WHERE p.id IN (SELECT id FROM asked) ORDER BY p.id FOR UPDATE
)
UPDATE pricing_promotion p SET spent = p.spent + a.amount, entry = %s::uuid
FROM asked a JOIN locked l ON l.id = a.id
WHERE p.id = a.id AND p.spent + a.amount BETWEEN 0 AND p.budget
RETURNING p.id, p.spent
"""


def start_promotion(
    *,
    entity_id: int,
    name: str,
    threshold: Decimal,
    minus: Decimal,
    budget: Decimal,
    valid_from: dt.date,
    valid_until: dt.date | None = None,
    measure: str = "quantity",
    repeats: bool = False,
    stackable: bool = False,
    item_ids: Sequence[int] = (),
    line_id: int = 0,
    tiers: Sequence[str] = (),
    region_ids: Sequence[int] = (),
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.PromotionView:
    """Start a spend-and-save promotion (满减) with a budget.

    Raises Refused `pricing.promotion_invalid` naming the field, `pricing.period_invalid`.
    """
    actor.require(writing.PROMOTE)
    reasons = writing.period_reasons(valid_from, valid_until)
    wrong = {
        "name": not name.strip(),
        "measure": measure not in ("quantity", "amount"),
        "threshold": threshold <= 0 or threshold != money.rounded(threshold, 4),
        "minus": minus <= 0 or minus != money.amount(minus),
        "budget": budget < minus or budget != money.amount(budget),
    }
    reasons += [
        errors.Reason("pricing.promotion_invalid", params={"field": field})
        for field, faulty in wrong.items()
        if faulty
    ]
    errors.raise_if_refused(reasons)
    with scope.transaction(actor, acting=True):
        entry = journal.entry()
        row = models.Promotion(
            entry=entry,
            entity_id=entity_id,
            name=name.strip(),
            measure=measure,
            threshold=threshold,
            minus=minus,
            repeats=repeats,
            stackable=stackable,
            item_ids=sorted(set(item_ids)),
            line_id=line_id,
            tiers=sorted(set(tiers)),
            region_ids=sorted(set(region_ids)),
            budget=budget,
            spent=money.ZERO,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        row.save(force_insert=True)
        journal.record(
            entry,
            "pricing.promotion.started",
            subject=f"pricing.promotion:{row.pk}",
            at=now,
            rows=writes.written([row]),
            data={"name": row.name, "budget": row.budget},
        )
    return views.view(row)


def stop_promotion(*, promotion_id: int, actor: scope.Actor, now: dt.datetime) -> queries.PromotionView:
    """Stop a promotion: from today on it takes nothing off. What was granted before stays granted.

    Raises NotFound, Refused `pricing.promotion_ended` for one that has ended already.
    """
    actor.require(writing.PROMOTE)
    today = periods.business_date(now)
    with scope.transaction(actor, acting=True):
        row = models.Promotion.objects.select_for_update().filter(pk=promotion_id).first()
        if row is None:
            raise errors.NotFound()
        if views.view(row).state(today) == "ended":
            raise errors.refuse("pricing.promotion_ended", name=row.name, on=row.valid_until)
        entry = journal.entry()
        # One that was still to come never comes: it ends the day it would have begun.
        row.valid_until = max(today, row.valid_from)
        row.entry = entry
        row.save()
        journal.record(
            entry,
            "pricing.promotion.stopped",
            subject=f"pricing.promotion:{row.pk}",
            at=now,
            rows=writes.written([row]),
            data={"name": row.name, "spent": row.spent},
        )
    return views.view(row)


def spend_promotions(spent: Sequence[tuple[int, Decimal]], *, entry: uuid.UUID) -> list[journal.Row]:
    """Take (promotion, amount) off the budgets, in the caller's acting transaction; one statement.

    The budget is never exceeded, however many spend at once. Raises Refused
    `pricing.promotion_budget_spent` for each promotion that has not enough left; the caller's transaction
    must not go on then.
    """
    return _spend(spent, entry)


def return_promotions(spent: Sequence[tuple[int, Decimal]], *, entry: uuid.UUID) -> list[journal.Row]:
    """Give back what a cancelled order had taken, in the caller's acting transaction."""
    return _spend([(promotion_id, -amount) for promotion_id, amount in spent], entry)


def _spend(spent: Sequence[tuple[int, Decimal]], entry: uuid.UUID) -> list[journal.Row]:
    amounts: dict[int, Decimal] = {}
    for promotion_id, amount in spent:
        amounts[promotion_id] = amounts.get(promotion_id, money.ZERO) + amount
    if not amounts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SPEND, [list(amounts), list(amounts.values()), entry])
        found = dict(cursor.fetchall())
    if missing := amounts.keys() - found.keys():
        rows = {row.pk: row for row in models.Promotion.objects.filter(pk__in=missing)}
        raise errors.Refused(
            errors.Reason(
                "pricing.promotion_budget_spent",
                params={
                    "name": rows[promotion_id].name if promotion_id in rows else promotion_id,
                    "remaining": rows[promotion_id].budget - rows[promotion_id].spent
                    if promotion_id in rows
                    else money.ZERO,
                },
            )
            for promotion_id in sorted(missing)
        )
    return [
        journal.row(models.Promotion, row_id, {"spent": total}) for row_id, total in sorted(found.items())
    ]
