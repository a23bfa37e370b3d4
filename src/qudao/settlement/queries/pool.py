"""The rebate pool of a debtor: its balance and the entries it adds up to."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection
from django.db.models import Count, Sum

from qudao.kernel import scope
from qudao.settlement import models, pool
from qudao.settlement.queries import pages

LIMIT = 200


@dataclasses.dataclass(frozen=True, slots=True)
class PoolView:
    """`balance` is the sum of all entries; `usable` what has not expired, paying at most `max_share`."""

    node_id: int
    balance: Decimal
    usable: Decimal
    next_expiry: dt.date | None
    max_share: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class PoolRow:
    """A pool in the list; `next_expiry` is when what is left of `lapsing` is written off."""

    node_id: int
    entity_id: int
    party_id: int
    balance: Decimal
    next_expiry: dt.date | None
    lapsing: Decimal | None


_LAPSING = """
SELECT DISTINCT ON (node_id) node_id, expires_on, sum(left_over) OVER (PARTITION BY node_id, expires_on)
FROM (
    SELECT e.node_id, e.expires_on, e.gross + coalesce(
        (SELECT sum(d.gross) FROM settlement_poolentry d WHERE d.draws_on_id = e.id), 0) AS left_over
    FROM settlement_poolentry e
    WHERE e.node_id = ANY (%s::int[]) AND e.draws_on_id IS NULL AND e.expires_on IS NOT NULL
) h
WHERE left_over > 0
ORDER BY node_id, expires_on
"""


@dataclasses.dataclass(frozen=True, slots=True)
class PoolEntryView:
    id: int
    kind: str
    on: dt.date
    gross: Decimal
    net: Decimal
    tax: Decimal
    tax_rate: Decimal
    draws_on_id: int | None
    expires_on: dt.date | None
    share: Decimal
    origin_type: str
    origin_id: uuid.UUID
    key: str


def pool_of(debtor_node_id: int, *, today: dt.date, actor: scope.Actor) -> PoolView:
    """The debtor's pool; one without rebates yet, or not seen, is empty."""
    row = scope.visible(models.Pool.objects.filter(node_id=debtor_node_id), actor).first()
    if row is None:
        return PoolView(debtor_node_id, Decimal("0.00"), Decimal("0.00"), None, Decimal(0))
    held = pool.held(debtor_node_id)
    usable = [entry for entry in held.entries if entry.usable(today)]
    return PoolView(
        debtor_node_id,
        row.balance,
        sum((entry.gross for entry in usable), Decimal("0.00")),
        min((entry.valid_until for entry in usable if entry.valid_until), default=None),
        held.max_share(today) if usable else Decimal(0),
    )


def list_pools(
    *, actor: scope.Actor, party_ids: Sequence[int] | None = None, after: int = 0, limit: int = 50
) -> list[PoolRow]:
    """Pools by debtor node, those after `after`, with what lapses next. One statement."""
    rows = scope.visible(models.Pool.objects.filter(node_id__gt=after), actor)
    if party_ids is not None:
        rows = rows.filter(party_id__in=list(party_ids))
    listed = list(rows.order_by("node_id")[:limit])
    with connection.cursor() as cursor:
        cursor.execute(_LAPSING, [[row.node_id for row in listed]])
        lapsing = {row[0]: row[1:] for row in cursor.fetchall()}
    return [
        PoolRow(
            row.node_id, row.entity_id, row.party_id, row.balance, *lapsing.get(row.node_id, (None, None))
        )
        for row in listed
    ]


_LAPSED = """
SELECT DISTINCT e.node_id FROM settlement_poolentry e
WHERE e.draws_on_id IS NULL AND e.expires_on <= %s AND e.gross + coalesce(
    (SELECT sum(d.gross) FROM settlement_poolentry d WHERE d.draws_on_id = e.id), 0) > 0
ORDER BY e.node_id
"""


def lapsed_pools(*, today: dt.date) -> list[int]:
    """Debtor nodes with something left of a rebate whose last day has passed; for a job, which sees all."""
    with connection.cursor() as cursor:
        cursor.execute(_LAPSED, [today])
        return [node for (node,) in cursor.fetchall()]


def total_pools(*, actor: scope.Actor, party_ids: Sequence[int] | None = None) -> tuple[int, Decimal]:
    """How many pools there are and what they hold."""
    rows = scope.visible(models.Pool.objects.all(), actor)
    if party_ids is not None:
        rows = rows.filter(party_id__in=list(party_ids))
    found = rows.aggregate(count=Count("pk"), balance=Sum("balance"))
    return found["count"], found["balance"] or Decimal("0.00")


def find_pool_node(*, entity_id: int, party_id: int, actor: scope.Actor) -> int | None:
    """The debtor node whose pool it is; None without a pool, or one not seen."""
    rows = scope.visible(models.Pool.objects.filter(entity_id=entity_id, party_id=party_id), actor)
    return rows.values_list("node_id", flat=True).first()


def has_pool(debtor_node_id: int, *, actor: scope.Actor) -> bool:
    return scope.visible(models.Pool.objects.filter(node_id=debtor_node_id), actor).exists()


def origin_numbers(found: Sequence["PoolEntryView | Drawn"], *, actor: scope.Actor) -> dict[uuid.UUID, str]:
    """The numbers of the runs and orders that entries come from, as far as the actor sees them."""
    ids = {"settlement.run": set(), "orders.order": set()}
    for one in found:
        ids.setdefault(one.origin_type, set()).add(one.origin_id)
    runs = scope.visible(models.RebateRun.objects.filter(pk__in=ids["settlement.run"]), actor)
    orders = scope.visible(
        models.Fact.objects.filter(document_type="order", document_id__in=ids["orders.order"]), actor
    )
    numbers = dict(runs.values_list("pk", "number"))
    return numbers | dict(orders.values_list("document_id", "document_number").distinct())


_DRAWN = """
SELECT d.origin_type, d.origin_id, -sum(d.gross) FROM settlement_poolentry e
JOIN settlement_poolentry d ON d.draws_on_id = e.id
WHERE e.origin_type = 'settlement.run' AND e.origin_id = %s AND e.kind = 'confirm'
GROUP BY d.origin_type, d.origin_id HAVING sum(d.gross) < 0 ORDER BY min(d.id)
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Drawn:
    """What one order, expiry or other run took of what a run paid in, with tax, less what it gave back."""

    origin_type: str
    origin_id: uuid.UUID
    gross: Decimal


def drawn_of(run_id: uuid.UUID) -> list[Drawn]:
    """What was drawn on the rebate of a run the reader sees, the oldest first; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_DRAWN, [run_id])
        return [Drawn(*row) for row in cursor.fetchall()]


def entry_left(debtor_node_id: int, *, actor: scope.Actor) -> dict[int, Decimal]:
    """Entry → what is left of it, with tax; entries used up are not among them."""
    if not actor.everyone and debtor_node_id not in actor.visible:
        return {}
    return {entry.entry_id: entry.gross for entry in pool.held(debtor_node_id).entries}


def pool_entries(
    debtor_node_id: int, *, actor: scope.Actor, before: int | None = None, limit: int = LIMIT
) -> list[PoolEntryView]:
    """Entries newest first, those before the id `before`."""
    rows = scope.visible(models.PoolEntry.objects.filter(node_id=debtor_node_id), actor)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [pages.fill(PoolEntryView, row) for row in rows.order_by("-pk")[: min(limit, LIMIT)]]
