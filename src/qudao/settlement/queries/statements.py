"""Statements, and the facts they are made of."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet, Sum, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import RowNumber

from qudao.kernel import errors, periods, scope
from qudao.settlement import models
from qudao.settlement.queries import pages
from qudao.settlement.rules import statement as rules

_FACTS = """
SELECT f.id, f.number, f.kind, f."on", f.item_id, f.lot_code, f.quantity, f.tax, f.gross, f.rebate_used,
    f.document_type, f.document_number, coalesce(s.serial_code, ''),
    o.unit_price, o.tax_included, o.tax_rate, i.price_unit_factor, o.discount, o.gross + o.rebate_used, o.quantity
FROM settlement_fact f
LEFT JOIN orders_shipmentline s ON s.id = f.shipment_line_id
LEFT JOIN orders_orderline o ON o.id = f.order_line_id
LEFT JOIN catalog_item i ON i.id = o.item_id
WHERE f.debtor_node_id = %(node)s AND f.kind = ANY (%(kinds)s::text[]) AND f.number <= %(number)s
    AND coalesce(f.posted_on, f."on") < %(until)s
    AND NOT (coalesce(f.posted_on, f."on") < %(stated_until)s AND f.number <= %(stated_number)s)
ORDER BY f.number, f.id
"""
# Where in a row what the goods were sold by begins.
_SOLD = 13
_ITEM_CODE = RawSQL(
    "coalesce((SELECT i.code FROM settlement_fact f JOIN catalog_item i ON i.id = f.item_id"
    " WHERE f.id = settlement_statementline.fact_id), '')",
    [],
)
_DIFFERENCE = RawSQL(
    "CASE WHEN settlement_statementline.section = 'differences' THEN coalesce((SELECT f.kind FROM settlement_fact f"
    " WHERE f.id = settlement_statementline.fact_id), '') ELSE '' END",
    [],
)
_KINDS = ("signed", "returned", "paid", "invoiced", "short", "damaged")


# Who has something to state: facts of the month, or a statement of an earlier month that did not close at zero;
# and no statement of the month that was sent, nor one of a later month. Those are the fewest, so they are sought
# first, and the facts of each only until the first.
_TO_STATE = """
WITH unstated AS MATERIALIZED (
    SELECT n.id FROM kernel_node n
    WHERE n.kind = 'debtor' AND (%(everyone)s OR n.id = ANY (%(nodes)s::int[])) AND NOT EXISTS (
        SELECT FROM settlement_statement s WHERE s.node_id = n.id
            AND (s.period_from > %(begin)s OR s.period_from = %(begin)s AND s.status <> 'draft')
    )
)
SELECT u.id FROM unstated u
WHERE EXISTS (
    SELECT FROM settlement_fact f
    WHERE f.debtor_node_id = u.id AND f.kind = ANY (%(kinds)s::text[])
        AND f.posted_on IS NULL AND f."on" >= %(begin)s AND f."on" < %(until)s
) OR u.id IN (
    SELECT debtor_node_id FROM settlement_fact
    WHERE kind = ANY (%(kinds)s::text[]) AND posted_on >= %(begin)s AND posted_on < %(until)s
) OR %(carried)s AND (
    SELECT closing FROM settlement_statement s WHERE s.node_id = u.id AND s.period_from < %(begin)s
    ORDER BY s.period_from DESC LIMIT 1
) <> 0
ORDER BY u.id
"""


@dataclasses.dataclass(frozen=True, slots=True)
class StatementFilter:
    """`month` is its first day; `text` names the number or the parties `party_ids`."""

    month: dt.date | None = None
    status: str = ""
    entity_id: int | None = None
    debtor_node_id: int | None = None
    text: str = ""
    party_ids: tuple[int, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class SectionTotals:
    """A section's lines, their sum, how many of them are in dispute, and the earliest day of one."""

    count: int
    amount: Decimal
    disputed: int
    first_on: dt.date | None = None


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
    locked_by: str


@dataclasses.dataclass(frozen=True, slots=True)
class StatementLineView:
    """A line; `item_code` is our code of its product, "" for money. `difference` is what went wrong at the door,
    "short" or "damaged", of a line that says only that: such goods are not among the sales, so it has no amount."""

    no: int
    section: str
    on: dt.date
    document_type: str
    document_number: str
    item_name: str
    lot_code: str
    serial_code: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    tax: Decimal
    fact_id: int | None
    state: str
    dispute_reason: str
    dispute_note: str
    resolution: str
    adjusts: int | None
    adjustment: Decimal
    item_code: str
    difference: str

    @property
    def spread(self) -> bool:
        """Whether cents spread over lots make its amount another than price × quantity."""
        return rules.spread(unit_price=self.unit_price, quantity=self.quantity, amount=self.amount)


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
    lines = _lines(actor, statement=row).order_by("no")
    return StatementDetail(statement_view(row), tuple(pages.fill(StatementLineView, line) for line in lines))


def find_statement(statement_id: uuid.UUID, *, actor: scope.Actor) -> StatementView:
    """One statement without its lines; raises NotFound."""
    row = _seen(actor).filter(pk=statement_id).first()
    if row is None:
        raise errors.NotFound
    return statement_view(row)


def list_statements(
    *,
    actor: scope.Actor,
    debtor_node_id: int | None = None,
    status: str = "",
    wanted: StatementFilter | None = None,
    cursor: str = "",
    limit: int = pages.LIMIT,
) -> pages.Page:
    """Statements newest first."""
    rows = _filtered(actor, wanted or StatementFilter(), debtor_node_id)
    if status:
        rows = rows.filter(status=status)
    return pages.page(rows, statement_view, cursor=cursor, limit=limit)


def total_statements(wanted: StatementFilter, *, actor: scope.Actor) -> tuple[int, dict[str, Decimal]]:
    """How many statements the filter leaves and the sum of each head figure, in one statement."""
    names = ("opening", "sales", "returns", "rebates", "receipts", "closing")
    found = _filtered(actor, wanted).aggregate(count=Count("pk"), **{name: Sum(name) for name in names})
    return found.pop("count"), {name: value or Decimal("0.00") for name, value in found.items()}


def count_statements(*, actor: scope.Actor) -> dict[str, int]:
    """How many statements stand in each state."""
    rows = _seen(actor).values("status").annotate(count=Count("pk")).order_by("status")
    return {row["status"]: row["count"] for row in rows}


def statement_states(ids: Iterable[uuid.UUID], *, actor: scope.Actor) -> dict[uuid.UUID, tuple[str, str]]:
    """Statement → (its number, its state); those not seen are left out."""
    rows = _seen(actor).filter(pk__in=list(ids)).values_list("pk", "number", "status")
    return {pk: (number, status) for pk, number, status in rows}


def disputes_of(ids: Sequence[uuid.UUID], *, actor: scope.Actor) -> dict[uuid.UUID, tuple[int, Decimal]]:
    """Statement → (lines in dispute, not answered yet; what answers adjusted in all); those without are left out."""
    rows = scope.visible(models.StatementLine.objects.filter(statement_id__in=list(ids)), actor)
    counted = (
        rows.exclude(dispute_reason="")
        .values("statement_id")
        .annotate(
            disputed=Count("pk", filter=Q(state="disputed")),
            adjusted=Sum("amount", filter=Q(section="differences"), default=Decimal("0.00")),
        )
        .order_by()
    )
    return {row["statement_id"]: (row["disputed"], row["adjusted"]) for row in counted}


def statement_sections(statement_id: uuid.UUID, *, actor: scope.Actor) -> dict[str, SectionTotals]:
    """The sections of a statement with their sums, in the order they are printed."""
    rows = scope.visible(models.StatementLine.objects.filter(statement_id=statement_id), actor)
    found = {
        row.pop("section"): SectionTotals(**row)
        for row in rows.values("section")
        .annotate(
            count=Count("pk"),
            amount=Sum("amount"),
            disputed=Count("pk", filter=Q(state="disputed")),
            first_on=Min("on"),
        )
        .order_by()
    }
    return {name: found.get(name, SectionTotals(0, Decimal("0.00"), 0)) for name in rules.SECTIONS}


def _lines(actor: scope.Actor, **wanted: Any) -> QuerySet:
    rows = scope.visible(models.StatementLine.objects.filter(**wanted), actor)
    return rows.annotate(item_code=_ITEM_CODE, difference=_DIFFERENCE)


def section_lines(
    statement_id: uuid.UUID, *, section: str, actor: scope.Actor, after: int = 0, limit: int = 50
) -> list[StatementLineView]:
    """Lines of a section (of all for "") by number, those after `after`."""
    rows = _lines(actor, statement_id=statement_id, no__gt=after)
    if section:
        rows = rows.filter(section=section)
    return [pages.fill(StatementLineView, line) for line in rows.order_by("no")[:limit]]


def first_lines(
    statement_id: uuid.UUID, *, actor: scope.Actor, limit: int
) -> dict[str, list[StatementLineView]]:
    """The first `limit` lines of every section, in one statement."""
    rows = _lines(actor, statement_id=statement_id)
    ranked = rows.annotate(rank=Window(RowNumber(), partition_by="section", order_by="no"))
    found: dict[str, list[StatementLineView]] = {name: [] for name in rules.SECTIONS}
    for line in ranked.filter(rank__lte=limit).order_by("no"):
        found[line.section].append(pages.fill(StatementLineView, line))
    return found


def disputed_lines(statement_id: uuid.UUID, *, actor: scope.Actor) -> list[StatementLineView]:
    """The lines that wait for our answer; 50 at most."""
    rows = _lines(actor, statement_id=statement_id)
    return [pages.fill(StatementLineView, line) for line in rows.filter(state="disputed").order_by("no")[:50]]


def get_line(statement_id: uuid.UUID, no: int, *, actor: scope.Actor) -> StatementLineView:
    """One line; raises NotFound."""
    line = _lines(actor, statement_id=statement_id, no=no).first()
    if line is None:
        raise errors.NotFound
    return pages.fill(StatementLineView, line)


def behind(fact_id: int, *, actor: scope.Actor) -> tuple[uuid.UUID, int] | None:
    """(document, order line or 0) of a fact, None where the actor does not see the fact."""
    rows = scope.visible(models.Fact.objects.filter(pk=fact_id), actor)
    return rows.values_list("document_id", "order_line_id").first()


def debtors_to_state(month: dt.date, *, carried: bool = True, actor: scope.Actor) -> list[int]:
    """Debtor nodes with a fact or, where `carried`, an opening to state for the month and none sent for it yet."""
    period = periods.month(month.year, month.month)
    with connection.cursor() as cursor:
        cursor.execute(
            _TO_STATE,
            {
                "begin": period.valid_from,
                "until": period.valid_until,
                "carried": carried,
                "kinds": list(_KINDS),
                "everyone": actor.everyone,
                "nodes": list(actor.visible),
            },
        )
        return [node for (node,) in cursor.fetchall()]


def statement_facts(
    debtor_node_id: int, *, until: dt.date, number: int, after: tuple[dt.date, int] | None
) -> list[rules.Fact]:
    """The facts of a debtor posted before `until`, known at journal number `number`, that no statement has
    listed yet: the one before listed those posted before `after[0]` and known at `after[1]`."""
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
        return [
            rules.Fact(*row[:_SOLD], sold=None if row[_SOLD] is None else rules.Sold(*row[_SOLD:]))
            for row in cursor.fetchall()
        ]


def statement_view(row: models.Statement) -> StatementView:
    return pages.fill(StatementView, row)


def _filtered(actor: scope.Actor, wanted: StatementFilter, debtor_node_id: int | None = None):
    rows = _seen(actor)
    exact = {
        "node_id": debtor_node_id if debtor_node_id is not None else wanted.debtor_node_id,
        "period_from": wanted.month,
        "status": wanted.status or None,
        "entity_id": wanted.entity_id,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    return pages.named(rows, wanted.text, wanted.party_ids)


def _seen(actor: scope.Actor):
    rows = scope.visible(models.Statement.objects.all(), actor)
    return rows if actor.house else rows.exclude(status="draft")
