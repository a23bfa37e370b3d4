"""Settlement over the API: statements, invoices, rebate runs; a partner confirms and disputes."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Literal

import ninja
import pydantic

from qudao.kernel import web
from qudao.organisation import operations as organisation_operations
from qudao.organisation import queries as organisation
from qudao.settlement import operations, queries
from qudao.ui import parsing

router = web.router("settlement")


class StatementSummary(pydantic.BaseModel):
    """closing = opening + sales - returns - rebates - receipts; periods are half-open."""

    id: uuid.UUID
    number: str
    version: int
    status: str
    entity_id: int
    party_id: int
    period_from: dt.date
    period_until: dt.date
    journal_number: int
    opening: Decimal
    sales: Decimal
    returns: Decimal
    rebates: Decimal
    receipts: Decimal
    closing: Decimal
    invoiced_receivable: Decimal
    shipped_not_invoiced: Decimal
    sent_at: dt.datetime | None
    confirmed_at: dt.datetime | None
    locked_at: dt.datetime | None


class StatementLineOut(pydantic.BaseModel):
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
    state: str
    dispute_reason: str
    dispute_note: str
    resolution: str


class StatementOut(StatementSummary):
    """`checkpoint` is the signed note of the journal, "" before the lock."""

    checkpoint: str


class InvoiceSummary(pydantic.BaseModel):
    """`open` is what is still to be paid; a red invoice `reverses_id` a blue one."""

    id: uuid.UUID
    number: str
    fiscal_number: str
    kind: str
    reverses_id: uuid.UUID | None
    entity_id: int
    party_id: int
    issued_on: dt.date
    due_on: dt.date
    net: Decimal
    tax: Decimal
    gross: Decimal
    open: Decimal


class InvoiceLineOut(pydantic.BaseModel):
    no: int
    shipment_line_id: int
    order_line_id: int
    item_id: int
    item_name: str
    quantity: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal
    tax_rate: Decimal


class InvoiceOut(InvoiceSummary):
    lines: list[InvoiceLineOut]


class RunSummary(pydantic.BaseModel):
    """payable = earned - settled_before; the same from (contract_version_id, facts up to journal_number)."""

    id: uuid.UUID
    number: str
    status: str
    entity_id: int
    party_id: int
    account_id: int
    contract_version_id: int
    period_from: dt.date
    period_until: dt.date
    journal_number: int
    volume_amount: Decimal
    volume_quantity: Decimal
    tier: int
    earned: Decimal
    settled_before: Decimal
    payable: Decimal
    digest: str


class RunLineOut(pydantic.BaseModel):
    """`base` without tax; `exclusion` says why a line does not count."""

    fact_id: int
    document_number: str
    document_line: int
    base: Decimal
    quantity: Decimal
    counted: bool
    exclusion: str
    earned: Decimal


class DisputeIn(web.Input):
    """`reason`: price, quantity, not_received, twice, missing, rebate, receipt, tax, other."""

    reason: Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
    note: str = pydantic.Field("", max_length=200)


class ClosedPeriod(pydantic.BaseModel):
    """A closed month of a ledger of one of our legal entities; nothing posts into it."""

    entity_id: int
    ledger: str
    first_on: dt.date
    closed_at: dt.datetime
    closed_by: str


class ClosePeriod(web.Input):
    """`month` as 2026-10."""

    entity_id: web.Id
    ledger: Literal["receivable", "rebate"]
    month: Annotated[str, pydantic.StringConstraints(pattern=r"^2\d{3}-(0[1-9]|1[0-2])$")]


@web.operation(
    router.get, "/statements", permission="settlement.statement.view", response=web.Page[StatementSummary]
)
def list_statements(request, paging: web.Paging = ninja.Query(...), status: str = "", month: str = ""):
    """Statements newest first; `month` as 2026-11."""
    wanted = queries.StatementFilter(status=status[:12], month=parsing.month(month[:7]))
    found = queries.list_statements(
        actor=request.actor, wanted=wanted, cursor=paging.cursor or "", limit=paging.limit
    )
    return web.page(found.rows, found.next_cursor or None)


@web.operation(
    router.get,
    "/statements/{uuid:statement_id}",
    permission="settlement.statement.view",
    response=StatementOut,
)
def get_statement(request, statement_id: uuid.UUID):
    return queries.find_statement(statement_id, actor=request.actor)


@web.operation(
    router.get,
    "/statements/{uuid:statement_id}/lines",
    permission="settlement.statement.view",
    response=web.Page[StatementLineOut],
)
def list_statement_lines(request, statement_id: uuid.UUID, paging: web.Paging = ninja.Query(...)):
    """Lines by number; the cursor is the number of the last one."""
    queries.find_statement(statement_id, actor=request.actor)
    lines = queries.section_lines(
        statement_id,
        section="",
        actor=request.actor,
        after=parsing.whole(paging.cursor),
        limit=paging.limit + 1,
    )
    more = str(lines[paging.limit - 1].no) if len(lines) > paging.limit else None
    return web.page(lines[: paging.limit], more)


@web.operation(
    router.post,
    "/statements/{uuid:statement_id}/confirm",
    permission="settlement.statement.confirm",
    response=StatementSummary,
)
def confirm_statement(request, statement_id: uuid.UUID):
    """Confirm the statement as it was read: If-Match names its version."""
    return operations.confirm_statement(
        statement_id=statement_id,
        **web.seen(request),
    )


@web.operation(
    router.post,
    "/statements/{uuid:statement_id}/lines/{no}/dispute",
    permission="settlement.statement.confirm",
    response=StatementSummary,
)
def dispute_line(request, statement_id: uuid.UUID, no: int, body: DisputeIn):
    """Dispute one line, with a reason."""
    return operations.dispute_line(
        statement_id=statement_id,
        no=no if 0 < no < 2**31 else 0,
        reason=body.reason,
        note=body.note,
        actor=request.actor,
        now=request.now,
    ).statement


@web.operation(
    router.get, "/invoices", permission="settlement.invoice.view", response=web.Page[InvoiceSummary]
)
def list_invoices(request, paging: web.Paging = ninja.Query(...), open: bool = False):
    """Invoices newest first; `open`: only those still to be paid."""
    found = queries.list_invoices(
        actor=request.actor, open_only=open, cursor=paging.cursor or "", limit=paging.limit
    )
    return web.page(found.rows, found.next_cursor or None)


@web.operation(
    router.get, "/invoices/{uuid:invoice_id}", permission="settlement.invoice.view", response=InvoiceOut
)
def get_invoice(request, invoice_id: uuid.UUID):
    view = queries.get_invoice(invoice_id, actor=request.actor)
    summary = InvoiceSummary.model_validate(view, from_attributes=True)
    return summary.model_dump() | {"lines": queries.invoice_lines(invoice_id, actor=request.actor)}


@web.operation(router.get, "/rebate-runs", permission="settlement.rebate.view", response=web.Page[RunSummary])
def list_rebate_runs(request, paging: web.Paging = ninja.Query(...), status: str = ""):
    """Rebate runs newest first."""
    found = queries.list_runs(
        actor=request.actor, status=status[:12], cursor=paging.cursor or "", limit=paging.limit
    )
    return web.page(found.rows, found.next_cursor or None)


@web.operation(
    router.get, "/rebate-runs/{uuid:run_id}", permission="settlement.rebate.view", response=RunSummary
)
def get_rebate_run(request, run_id: uuid.UUID):
    return queries.find_run(run_id, actor=request.actor)


@web.operation(
    router.get,
    "/rebate-runs/{uuid:run_id}/lines",
    permission="settlement.rebate.view",
    response=web.Page[RunLineOut],
)
def list_rebate_run_lines(request, run_id: uuid.UUID, paging: web.Paging = ninja.Query(...)):
    """The cents of each line; the cursor is the last fact's id."""
    after = int(paging.cursor) if (paging.cursor or "").isdigit() and len(paging.cursor or "") < 19 else 0
    lines = queries.run_lines(run_id, actor=request.actor, after=after, limit=paging.limit + 1)
    more = str(lines[paging.limit - 1].fact_id) if len(lines) > paging.limit else None
    return web.page(lines[: paging.limit], more)


@web.operation(
    router.get,
    "/periods",
    permission=organisation_operations.CLOSE,
    response=web.Page[ClosedPeriod],
)
def list_closed_periods(request, paging: web.Paging = ninja.Query(...)):
    """Closed accounting periods, newest first; a month not among them is open unless a later one is closed."""
    start = parsing.whole(paging.cursor)
    found = organisation.list_closed_periods(actor=request.actor)
    end = start + paging.limit
    return web.page(found[start:end], str(end) if len(found) > end else None)


@web.operation(
    router.post, "/periods", permission=organisation_operations.CLOSE, response=ClosedPeriod, status=201
)
def close_period(request, body: ClosePeriod):
    """Close a month of a ledger for good: what is dated in it and comes later posts in the next one."""
    return organisation_operations.close_period(
        entity_id=body.entity_id,
        ledger=body.ledger,
        first_on=dt.date.fromisoformat(f"{body.month}-01"),
        actor=request.actor,
        now=request.now,
    )
