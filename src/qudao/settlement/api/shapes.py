"""What settlement takes in and gives out over the API."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Literal

import pydantic

from qudao.kernel import web


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
    """`adjustment` is what was answered to a dispute of the line, in all; a line under differences that writes it
    names the line it `adjusts`."""

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
    state: str
    dispute_reason: str
    dispute_note: str
    resolution: str
    adjusts: int | None
    adjustment: Decimal


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


class PoolOut(pydantic.BaseModel):
    """A debtor's rebate pool; `lapsing` of it is written off on `next_expiry`."""

    node_id: int
    entity_id: int
    party_id: int
    balance: Decimal
    next_expiry: dt.date | None
    lapsing: Decimal | None


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
    month: web.Month


class BuildIn(web.Input):
    """`month` as 2026-10."""

    debtor_node_id: web.Id
    month: web.Month


class AgreeIn(web.Input):
    """The numbers of the lines agreed with."""

    lines: list[Annotated[int, pydantic.Field(ge=1, le=10**6)]] = pydantic.Field(
        min_length=1, max_length=2000
    )


class ResolutionIn(web.Input):
    """explained: the line stands; adjusted: by `amount` in all, at most the line's amount in size. A later answer
    replaces the earlier one; the difference is written as a line of its own."""

    outcome: Literal["explained", "adjusted"]
    resolution: web.Reason
    amount: web.Amount | None = None


class DebtorSummary(pydantic.BaseModel):
    """What a partner owes one of our legal entities; `ageing` is of the open invoices, `unapplied` credits stand beside
    them. `prepaid` pays no invoice yet."""

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
    overdue: Decimal
    unapplied: Decimal
    ageing: dict[str, Decimal]


class CreditOut(pydantic.BaseModel):
    """What a debtor may owe, owes, and has left."""

    node_id: int
    entity_id: int
    party_id: int
    limit: Decimal
    temporary: Decimal
    temporary_until: dt.date | None
    payment_days: int
    approved_by: str
    receivable: Decimal
    shipped_not_invoiced: Decimal
    open_orders: Decimal
    prepaid: Decimal
    overdue: Decimal
    overdue_since: dt.date | None
    available: Decimal


class ReversalIn(web.Input):
    """Why a confirmed run is taken back."""

    reason: web.Reason


class CreditIn(web.Input):
    """`temporary` holds before `temporary_until`; `approver` names who decided it."""

    limit: Annotated[web.Amount, pydantic.Field(ge=0)]
    temporary: Annotated[web.Amount, pydantic.Field(ge=0)] = Decimal("0.00")
    temporary_until: web.Day | None = None
    payment_days: int = pydantic.Field(30, ge=0, le=365)
    approver: str = pydantic.Field(max_length=80)


class IssueIn(web.Input):
    """What was signed for up to this day, that day too."""

    up_to: web.Day


class ApplicationIn(web.Input):
    invoice_id: uuid.UUID
    amount: web.Amount


class ApplyIn(web.Input):
    """`applications` null: the invoices due first."""

    applications: list[ApplicationIn] | None = pydantic.Field(None, max_length=2000)

    def pairs(self) -> list[tuple[uuid.UUID, Decimal]] | None:
        return self.applications and [(one.invoice_id, one.amount) for one in self.applications]


class ReceiptIn(ApplyIn):
    """`reference` is the bank's: the same one again, in the same way, is refused."""

    amount: web.Amount
    method: str = pydantic.Field(max_length=20)
    reference: str = pydantic.Field(max_length=80)
    received_on: web.Day


class ApplicationOut(pydantic.BaseModel):
    invoice_id: uuid.UUID
    amount: Decimal


class ReceiptSummary(pydantic.BaseModel):
    """`prepaid` pays no invoice yet; `posted_on` is later than received where that month was closed."""

    id: uuid.UUID
    number: str
    version: int
    node_id: int
    entity_id: int
    party_id: int
    received_on: dt.date
    posted_on: dt.date
    method: str
    reference: str
    amount: Decimal
    applied: Decimal
    prepaid: Decimal


class ReceiptOut(ReceiptSummary):
    applications: list[ApplicationOut]


class TermOut(pydantic.BaseModel):
    """A rebate term of a version in effect; `direction`: payable to the partner, receivable from a manufacturer."""

    id: int
    version_id: int
    contract_number: str
    version_number: int
    entity_id: int
    party_id: int
    account_id: int
    name: str
    direction: str
    basis: str
    calendar: str
    valid_from: dt.date
    valid_until: dt.date | None


class CalculationIn(web.Input):
    """A term of a contract version, for the calendar period that `day` lies in."""

    contract_version_id: web.Id
    term_id: web.Id
    day: web.Day


class DifferenceOut(pydantic.BaseModel):
    name: str
    stored: str
    replayed: str


class ReplayOut(pydantic.BaseModel):
    """A run computed again: whether every cent is the same, and what is not."""

    same: bool
    digest: str
    earned: Decimal
    payable: Decimal
    differences: list[DifferenceOut]
