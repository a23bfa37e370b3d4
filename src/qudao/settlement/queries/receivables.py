"""What debtors owe by age, with their credit: one row a debtor, the worst first."""

import base64
import binascii
import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection

from qudao.kernel import errors, scope
from qudao.settlement.rules import billing

_AGES = ", ".join(f'coalesce(a."{name}", 0) AS "{name}"' for name in billing.BUCKETS)
_SUMS = ",\n        ".join(
    f'sum(i.gross - i.paid - i.credited) FILTER (WHERE {{{name.replace("-", "_")}}}) AS "{name}"'
    for name in billing.BUCKETS
)
_DEBTORS = """
SELECT c.node_id, c.entity_id, c.party_id, c."limit", c.temporary, c.temporary_until, c.receivable,
    c.shipped_not_invoiced, c.open_orders, c.prepaid, coalesce(a.total, 0) AS total,
    coalesce(a.total, 0) - coalesce(a.not_due, 0) AS overdue, coalesce(a.invoices, 0) AS invoices,
    coalesce(k.unapplied, 0) AS unapplied, %s
FROM settlement_creditline c LEFT JOIN (
    SELECT i.node_id, count(*) AS invoices, sum(i.gross - i.paid - i.credited) AS total,
        %s
    FROM settlement_invoice i WHERE i.gross > i.paid + i.credited {invoices}
    GROUP BY i.node_id
) a ON a.node_id = c.node_id LEFT JOIN (
    SELECT i.node_id, sum(i.paid + i.credited - i.gross) AS unapplied
    FROM settlement_invoice i WHERE i.kind = 'blue' AND i.gross < i.paid + i.credited {invoices}
    GROUP BY i.node_id
) k ON k.node_id = c.node_id
WHERE true {debtors}
"""


_CREDITS = """
SELECT count(*) FROM settlement_invoice i
WHERE i.kind = 'blue' AND i.gross < i.paid + i.credited
    AND (%(everyone)s OR i.node_id = ANY (%(nodes)s::int[]))
    AND EXISTS (SELECT FROM settlement_invoice o WHERE o.node_id = i.node_id AND o.gross > o.paid + o.credited)
"""


@dataclasses.dataclass(frozen=True, slots=True)
class DebtorFilter:
    """`owing`: only debtors with something open, credited, shipped or prepaid; `late`: only those past due; `nodes`:
    only these debtors, None for all."""

    party_ids: tuple[int, ...] | None = None
    entity_id: int | None = None
    owing: bool = False
    late: bool = False
    nodes: tuple[int, ...] | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class DebtorView:
    """A debtor's credit and open invoices; `ageing` has every bucket of `rules.billing.BUCKETS`. `unapplied` are
    credits to apply, in none of the buckets: receivable = total - unapplied."""

    node_id: int
    entity_id: int
    party_id: int
    limit: Decimal
    temporary: Decimal
    temporary_until: dt.date | None
    receivable: Decimal
    shipped_not_invoiced: Decimal
    open_orders: Decimal
    prepaid: Decimal
    total: Decimal
    overdue: Decimal
    invoices: int
    unapplied: Decimal
    ageing: Mapping[str, Decimal]

    def granted(self, on: dt.date) -> Decimal:
        holds = self.temporary_until is None or on < self.temporary_until
        return self.limit + self.temporary if holds else self.limit

    def used(self) -> Decimal:
        return self.receivable + self.shipped_not_invoiced + self.open_orders - self.prepaid

    def available(self, on: dt.date) -> Decimal:
        return self.granted(on) - self.used()


def list_debtors(
    wanted: DebtorFilter, *, today: dt.date, actor: scope.Actor, cursor: str = "", limit: int = 50
) -> tuple[list[DebtorView], str]:
    """Debtors by what is overdue, most first, and the cursor of the next page ("" on the last)."""
    query, values = _query(wanted, today, actor)
    after = ""
    if cursor:
        values |= _read(cursor)
        after = "WHERE (overdue, -node_id) < (%(overdue)s::numeric, -%(node)s::int)"
    with connection.cursor() as found:
        found.execute(
            f"SELECT * FROM ({query}) d {after} ORDER BY overdue DESC, node_id LIMIT %(limit)s",
            values | {"limit": limit + 1},
        )
        rows = [_view(row) for row in found.fetchall()]
    more = _written(rows[limit - 1]) if len(rows) > limit else ""
    return rows[:limit], more


def total_debtors(
    wanted: DebtorFilter, *, today: dt.date, actor: scope.Actor
) -> tuple[int, dict[str, Decimal]]:
    """How many debtors the filter leaves and the sums of their columns, in one statement."""
    query, values = _query(wanted, today, actor)
    names = (
        "total",
        "overdue",
        "shipped_not_invoiced",
        "open_orders",
        "prepaid",
        "unapplied",
        *billing.BUCKETS,
    )
    sums = ", ".join(f'coalesce(sum("{name}"), 0)' for name in names)
    with connection.cursor() as found:
        found.execute(f"SELECT count(*), {sums} FROM ({query}) d", values)
        count, *amounts = found.fetchone()
    return count, dict(zip(names, amounts, strict=True))


def count_credits(*, actor: scope.Actor) -> int:
    """How many invoices have a credit to apply and a debtor with an invoice it could be used on."""
    with connection.cursor() as cursor:
        cursor.execute(_CREDITS, {"everyone": actor.everyone, "nodes": list(actor.visible)})
        return cursor.fetchone()[0]


def _query(wanted: DebtorFilter, today: dt.date, actor: scope.Actor) -> tuple[str, dict[str, Any]]:
    values: dict[str, Any] = {"today": today}
    ages = {}
    for name in billing.BUCKETS:
        key = name.replace("-", "_")
        first, end = billing.due_between(bucket=name, today=today)
        parts = []
        if first is not None:
            values[f"from_{key}"] = first
            parts.append(f"i.due_on >= %(from_{key})s")
        if end is not None:
            values[f"until_{key}"] = end
            parts.append(f"i.due_on < %(until_{key})s")
        ages[key] = " AND ".join(parts)
    clauses = []
    if not actor.everyone:
        values["nodes"] = list(actor.visible)
        clauses.append("c.node_id = ANY (%(nodes)s::int[])")
    if wanted.party_ids is not None:
        values["parties"] = list(wanted.party_ids)
        clauses.append("c.party_id = ANY (%(parties)s::int[])")
    if wanted.entity_id is not None:
        values["entity"] = wanted.entity_id
        clauses.append("c.entity_id = %(entity)s")
    if wanted.nodes is not None:
        values["chosen"] = list(wanted.nodes)
        clauses.append("c.node_id = ANY (%(chosen)s::int[])")
    if wanted.owing:
        clauses.append(
            "(a.total > 0 OR k.unapplied > 0 OR c.shipped_not_invoiced <> 0 OR c.prepaid <> 0"
            " OR c.open_orders <> 0)"
        )
    if wanted.late:
        clauses.append("a.total > coalesce(a.not_due, 0)")
    seen = "AND i.node_id = ANY (%(nodes)s::int[])" if not actor.everyone else ""
    del values["today"]
    shape = _DEBTORS.replace("%s", "{ages}", 1).replace("%s", "{sums}", 1)
    query = shape.format(
        ages=_AGES,
        sums=_SUMS.format(**ages),
        invoices=seen,
        debtors="".join(f" AND {clause}" for clause in clauses),
    )
    return query, values


def _view(row: tuple) -> DebtorView:
    return DebtorView(*row[:14], dict(zip(billing.BUCKETS, row[14:], strict=True)))


def _written(last: DebtorView) -> str:
    return base64.urlsafe_b64encode(json.dumps([str(last.overdue), last.node_id]).encode()).decode()


def _read(cursor: str) -> dict[str, Any]:
    try:
        overdue, node = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return {"overdue": Decimal(overdue), "node": int(node)}
    except (ValueError, TypeError, binascii.Error, InvalidOperation) as error:
        raise errors.refuse("settlement.cursor_invalid", cursor=cursor[:40]) from error
