"""The rebate pool's rows: what is left of each entry, and new entries that move the balance with them.

Call inside an acting transaction. Whoever writes entries holds the pool's row.
"""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import connection

from qudao.kernel import bulk, journal, money, writes
from qudao.organisation import queries as organisation
from qudao.pricing.rules import pool as rules
from qudao.settlement import debtors, models

_LEFT = """
SELECT e.id, e.net + coalesce(d.net, 0), e.tax + coalesce(d.tax, 0), e.tax_rate, e.expires_on, e.share
FROM settlement_poolentry e
LEFT JOIN LATERAL (
    SELECT sum(net) AS net, sum(tax) AS tax, sum(gross) AS gross
    FROM settlement_poolentry WHERE draws_on_id = e.id
) d ON true
WHERE e.node_id = %s AND e.draws_on_id IS NULL AND e.gross + coalesce(d.gross, 0) > 0
ORDER BY e.id
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """What a pool still holds, entry by entry, and the share of an order each entry may pay."""

    entries: tuple[rules.Entry, ...]
    shares: dict[int, Decimal]

    def max_share(self, today: dt.date) -> Decimal:
        """The strictest share among the entries usable on `today`."""
        usable = [self.shares[entry.entry_id] for entry in self.entries if entry.usable(today)]
        return min(usable, default=Decimal(1))

    def rate(self, entry_id: int) -> Decimal:
        return next(entry.vat_rate for entry in self.entries if entry.entry_id == entry_id)


@dataclasses.dataclass(frozen=True, slots=True)
class Posting:
    """One entry to write: signed net and tax, the entry it draws on, and its key (written once, ever)."""

    kind: str
    net: Decimal
    tax: Decimal
    tax_rate: Decimal
    key: str
    draws_on: int | None = None
    expires_on: dt.date | None = None
    share: Decimal = Decimal(1)


def lock(node_id: int) -> bool:
    """Hold the pool's row until the transaction ends; whether the debtor has a pool."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM settlement_pool WHERE node_id = %s FOR UPDATE", [node_id])
        return cursor.fetchone() is not None


def ensure(debtor: debtors.Debtor) -> None:
    """The debtor's pool, opened with its first rebate, and held."""
    models.Pool.objects.bulk_create(
        [models.Pool(node_id=debtor.node_id, entity_id=debtor.entity_id, party_id=debtor.party_id)],
        ignore_conflicts=True,
    )
    lock(debtor.node_id)


def held(node_id: int) -> Held:
    """What is left of every entry, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [node_id])
        found = cursor.fetchall()
    return Held(
        tuple(rules.Entry(*row[:5]) for row in found),
        {row[0]: row[5] for row in found},
    )


# What an order drew of each entry, less what it gave back already.
_DRAWN = """
SELECT d.draws_on_id, -sum(d.net), -sum(d.tax), d.tax_rate, s.expires_on
FROM settlement_poolentry d JOIN settlement_poolentry s ON s.id = d.draws_on_id
WHERE d.node_id = %s AND d.origin_type = 'orders.order' AND d.origin_id = %s AND d.kind IN ('use', 'restore')
GROUP BY d.draws_on_id, d.tax_rate, s.expires_on
"""


def given_back(node_id: int, *, order_id: uuid.UUID, amount: Decimal, key: str) -> list[Posting]:
    """Postings that give the entries an order drew on `amount` back; the pool is held. Keys are `key:1`, `key:2`…"""
    with connection.cursor() as cursor:
        cursor.execute(_DRAWN, [node_id, order_id])
        drawn = [rules.Entry(*row) for row in cursor.fetchall()]
    rates = {entry.entry_id: entry.vat_rate for entry in drawn}
    return [
        Posting("restore", one.net, one.tax, rates[one.entry_id], f"{key}:{no}", draws_on=one.entry_id)
        for no, one in enumerate(rules.plan_return(drawn=drawn, amount=amount), start=1)
    ]


def taken(allocations: Iterable[rules.Allocation], holding: Held, *, kind: str, key: str) -> list[Posting]:
    """Postings that take allocations from their entries; keys are `key:1`, `key:2`…"""
    return [
        Posting(kind, -one.net, -one.tax, holding.rate(one.entry_id), f"{key}:{no}", draws_on=one.entry_id)
        for no, one in enumerate(allocations, start=1)
    ]


def post(
    postings: Sequence[Posting],
    *,
    node_id: int,
    entity_id: int,
    on: dt.date,
    origin_type: str,
    origin_id: uuid.UUID,
    entry: uuid.UUID,
) -> list[journal.Row]:
    """Write entries and move the balance by their sum; returns the rows for the journal.

    They are dated where they post: on the day `on`, or the first open one after it.
    """
    if not postings:
        return []
    on = organisation.posting_date(entity_id=entity_id, ledger="rebate", on=on)
    rows = [
        models.PoolEntry(
            entry=entry,
            node_id=node_id,
            entity_id=entity_id,
            kind=one.kind,
            on=on,
            gross=one.net + one.tax,
            net=one.net,
            tax=one.tax,
            tax_rate=one.tax_rate,
            draws_on_id=one.draws_on,
            expires_on=one.expires_on,
            share=one.share,
            origin_type=origin_type,
            origin_id=origin_id,
            key=one.key,
        )
        for one in postings
    ]
    bulk.create(rows)
    total = sum((row.gross for row in rows), money.ZERO)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE settlement_pool SET balance = balance + %s, entry = %s WHERE node_id = %s"
            " RETURNING id, balance",
            [total, entry, node_id],
        )
        pool_id, balance = cursor.fetchone()
    return [*writes.written(rows), journal.row("settlement_pool", pool_id, {"balance": balance})]
