"""Statements, and the facts they are made of."""

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

from django.db import connection

from qudao.kernel import errors, scope
from qudao.settlement import models
from qudao.settlement.queries import pages
from qudao.settlement.rules import statement as rules

_FACTS = """
SELECT id, number, kind, "on", item_id, lot_code, quantity, tax, gross, rebate_used, document_type,
    document_number
FROM settlement_fact
WHERE debtor_node_id = %(node)s AND kind = ANY (%(kinds)s::text[]) AND "on" < %(until)s AND number <= %(number)s
    AND NOT ("on" < %(stated_until)s AND number <= %(stated_number)s)
ORDER BY number, id
"""
_KINDS = ("signed", "returned", "paid", "invoiced", "short", "damaged")


@dataclasses.dataclass(frozen=True, slots=True)
class StatementView:
    id: uuid.UUID
    node_id: int
    number: str
    entity_id: int
    party_id: int
    period_from: dt.date
    period_until: dt.date
    status: str
    version: int
    journal_number: int
    opening: Decimal
    sales: Decimal
    returns: Decimal
    rebates: Decimal
    receipts: Decimal
    closing: Decimal
    invoiced_receivable: Decimal
    shipped_not_invoiced: Decimal
    checkpoint: str
    sent_at: dt.datetime | None
    confirmed_at: dt.datetime | None
    confirmed_by: str
    locked_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class StatementLineView:
    no: int
    section: str
    on: dt.date
    document_type: str
    document_number: str
    item_name: str
    lot_code: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    tax: Decimal
    fact_id: int | None
    state: str
    dispute_reason: str
    dispute_note: str
    resolution: str


@dataclasses.dataclass(frozen=True, slots=True)
class StatementDetail:
    statement: StatementView
    lines: tuple[StatementLineView, ...]

    def section(self, name: str) -> tuple[StatementLineView, ...]:
        return tuple(line for line in self.lines if line.section == name)


def get_statement(statement_id: uuid.UUID, *, actor: scope.Actor) -> StatementDetail:
    """One statement with its lines; raises NotFound. A draft is ours alone."""
    row = _seen(actor).filter(pk=statement_id).first()
    if row is None:
        raise errors.NotFound
    lines = models.StatementLine.objects.filter(statement=row).order_by("no")
    return StatementDetail(statement_view(row), tuple(pages.fill(StatementLineView, line) for line in lines))


def list_statements(
    *,
    actor: scope.Actor,
    debtor_node_id: int | None = None,
    status: str = "",
    cursor: str = "",
    limit: int = pages.LIMIT,
) -> pages.Page:
    """Statements newest first."""
    rows = _seen(actor)
    if debtor_node_id is not None:
        rows = rows.filter(node_id=debtor_node_id)
    if status:
        rows = rows.filter(status=status)
    return pages.page(rows, statement_view, cursor=cursor, limit=limit)


def statement_facts(
    debtor_node_id: int, *, until: dt.date, number: int, after: tuple[dt.date, int] | None
) -> list[rules.Fact]:
    """The facts of a debtor dated before `until`, known at journal number `number`, that no statement has
    listed yet: the one before listed those dated before `after[0]` and known at `after[1]`."""
    stated_until, stated_number = after or (dt.date.min, -1)
    with connection.cursor() as cursor:
        cursor.execute(
            _FACTS,
            {
                "node": debtor_node_id,
                "kinds": list(_KINDS),
                "until": until,
                "number": number,
                "stated_until": stated_until,
                "stated_number": stated_number,
            },
        )
        return [rules.Fact(*row) for row in cursor.fetchall()]


def statement_view(row: models.Statement) -> StatementView:
    return pages.fill(StatementView, row)


def _seen(actor: scope.Actor):
    rows = scope.visible(models.Statement.objects.all(), actor)
    return rows if actor.house else rows.exclude(status="draft")
