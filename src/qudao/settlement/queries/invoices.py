"""Invoices, receipts, what is open of them by age, and what is still to be billed."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection
from django.db.models import Count, F, Q, Sum

from qudao.kernel import errors, numbering, scope
from qudao.settlement import models
from qudao.settlement.queries import pages
from qudao.settlement.rules import billing

# Signed for, less returned, less billed, by delivery line; and the blue invoice that billed it last.
_UNBILLED = """
SELECT m.shipment_line_id, max(m.order_line_id), max(m.item_id), max(m.lot_code),
    sum(m.quantity), sum(m.net), sum(m.tax), sum(m.gross), min(m.signed_on),
    (SELECT l.invoice_id FROM settlement_invoiceline l JOIN settlement_invoice i ON i.id = l.invoice_id
     WHERE l.node_id = %(node)s AND l.shipment_line_id = m.shipment_line_id AND i.kind = 'blue'
     ORDER BY l.id DESC LIMIT 1)
FROM (
    SELECT shipment_line_id, order_line_id, item_id, lot_code, sign * quantity AS quantity, sign * net AS net,
        sign * tax AS tax, sign * gross AS gross, CASE WHEN kind = 'signed' THEN "on" END AS signed_on
    FROM settlement_fact, LATERAL (SELECT CASE kind WHEN 'signed' THEN 1 ELSE -1 END AS sign) s
    WHERE debtor_node_id = %(node)s AND kind IN ('signed', 'returned')
    UNION ALL
    SELECT shipment_line_id, order_line_id, item_id, '', -quantity, -net, -tax, -gross, NULL
    FROM settlement_invoiceline WHERE node_id = %(node)s
) m
GROUP BY m.shipment_line_id
HAVING (sum(m.quantity) <> 0 OR sum(m.gross) <> 0) AND min(m.signed_on) <= %(up_to)s
ORDER BY min(m.signed_on), m.shipment_line_id
"""

# Blue invoices with something to pay, and those paid or credited beyond their amount.
_IS_OPEN = Q(gross__gt=F("paid") + F("credited"))
_HAS_CREDIT = Q(kind="blue", gross__lt=F("paid") + F("credited"))

_TIES = """
SELECT DISTINCT ON (f.shipment_line_id) f.shipment_line_id, f.document_id, f.document_number, f."on", f.lot_code
FROM settlement_invoiceline l JOIN settlement_fact f ON f.shipment_line_id = l.shipment_line_id AND f.kind = 'signed'
WHERE l.invoice_id = %s ORDER BY f.shipment_line_id, f.id
"""


@dataclasses.dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Days are half-open; `text` names the number or the parties `party_ids`. `credit_only`: those with a
    credit to apply."""

    debtor_node_id: int | None = None
    text: str = ""
    party_ids: tuple[int, ...] = ()
    entity_id: int | None = None
    kind: str = ""
    open_only: bool = False
    credit_only: bool = False
    from_: dt.date | None = None
    until: dt.date | None = None
    due_from: dt.date | None = None
    due_until: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ReceiptFilter:
    """As InvoiceFilter; `text` may stand in the bank's reference too; `open_only`: prepaid."""

    debtor_node_id: int | None = None
    text: str = ""
    party_ids: tuple[int, ...] = ()
    entity_id: int | None = None
    open_only: bool = False
    from_: dt.date | None = None
    until: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class DeliveryTie:
    """The delivery a billed line was signed for with."""

    shipment_id: uuid.UUID
    number: str
    signed_on: dt.date
    lot_code: str


@dataclasses.dataclass(frozen=True, slots=True)
class Payment:
    """What a receipt paid of an invoice."""

    receipt_id: uuid.UUID
    number: str
    received_on: dt.date
    amount: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class CreditUse:
    """A credit used: `given` by this invoice to the other, else taken from it."""

    given: bool
    invoice_id: uuid.UUID
    number: str
    on: dt.date
    amount: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice; `open` is what is still to be paid (below zero: paid and then credited)."""

    id: uuid.UUID
    node_id: int
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
    paid: Decimal
    credited: Decimal
    version: int

    @property
    def open(self) -> Decimal:
        """Of a blue invoice; a red one is settled in the one it reverses."""
        return self.gross - self.paid - self.credited if self.kind == "blue" else Decimal("0.00")

    @property
    def unapplied(self) -> Decimal:
        """What is paid and credited beyond its amount: a credit to be used on others."""
        return max(-self.open, Decimal("0.00"))

    @property
    def status(self) -> str:
        if self.kind == "red" or self.open <= 0:
            return "paid"
        return "partly_paid" if self.paid or self.credited else "issued"


@dataclasses.dataclass(frozen=True, slots=True)
class InvoiceLineView:
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


@dataclasses.dataclass(frozen=True, slots=True)
class ReceiptView:
    """Money received; `prepaid` pays no invoice yet, `applications` are (invoice id, amount). `posted_on` is later
    than received where that month was closed."""

    id: uuid.UUID
    node_id: int
    number: str
    entity_id: int
    party_id: int
    received_on: dt.date
    posted_on: dt.date
    method: str
    reference: str
    amount: Decimal
    applied: Decimal
    version: int
    applications: tuple[tuple[uuid.UUID, Decimal], ...] = ()

    @property
    def prepaid(self) -> Decimal:
        return self.amount - self.applied


@dataclasses.dataclass(frozen=True, slots=True)
class OpenItems:
    """Open invoices of a debtor, due first first, and their sums by age (账龄); the invoices with a credit to
    apply (未核销贷项) stand beside them, for a credit has no age."""

    invoices: tuple[InvoiceView, ...]
    ageing: dict[str, Decimal]
    total: Decimal
    credits: tuple[InvoiceView, ...] = ()

    @property
    def unapplied(self) -> Decimal:
        return sum((one.unapplied for one in self.credits), Decimal("0.00"))


def unbilled(debtor_node_id: int, *, up_to: dt.date, actor: scope.Actor) -> list[billing.Unbilled]:
    """What of the deliveries signed for up to `up_to` is not billed, in one statement."""
    if not actor.everyone and debtor_node_id not in actor.visible:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_UNBILLED, {"node": debtor_node_id, "up_to": up_to})
        return [billing.Unbilled(*row) for row in cursor.fetchall()]


def get_invoice(invoice_id: uuid.UUID, *, actor: scope.Actor) -> InvoiceView:
    """One invoice; raises NotFound for none, or none this actor may see."""
    found = invoices_by_id([invoice_id], actor=actor)
    if not found:
        raise errors.NotFound
    return found[0]


def find_invoice(invoice_id: uuid.UUID, *, actor: scope.Actor) -> InvoiceView | None:
    """One invoice, None for none, or none this actor may see."""
    return next(iter(invoices_by_id([invoice_id], actor=actor)), None)


def invoice_lines(invoice_id: uuid.UUID, *, actor: scope.Actor) -> list[InvoiceLineView]:
    rows = scope.visible(models.InvoiceLine.objects.filter(invoice_id=invoice_id), actor)
    return [pages.fill(InvoiceLineView, row) for row in rows.order_by("no")]


def invoices_by_id(ids: Sequence[uuid.UUID], *, actor: scope.Actor) -> list[InvoiceView]:
    rows = scope.visible(models.Invoice.objects.filter(pk__in=ids), actor)
    return [_view(row) for row in rows.order_by("number")]


def list_invoices(
    *,
    actor: scope.Actor,
    debtor_node_id: int | None = None,
    open_only: bool = False,
    wanted: InvoiceFilter | None = None,
    cursor: str = "",
    limit: int = pages.LIMIT,
) -> pages.Page:
    """Invoices newest first."""
    wanted = wanted or InvoiceFilter()
    if debtor_node_id is not None:
        wanted = dataclasses.replace(wanted, debtor_node_id=debtor_node_id)
    if open_only:
        wanted = dataclasses.replace(wanted, open_only=True)
    return pages.page(_filtered(actor, wanted), _view, cursor=cursor, limit=limit)


def total_invoices(wanted: InvoiceFilter, *, actor: scope.Actor) -> tuple[int, dict[str, Decimal]]:
    """How many invoices the filter leaves and their sums, `open` among them, in one statement."""
    found = _filtered(actor, wanted).aggregate(
        # First: a later name would mean the sum, not the column.
        open=Sum(F("gross") - F("paid") - F("credited"), filter=_IS_OPEN & Q(kind="blue")),
        count=Count("pk"),
        net=Sum("net"),
        tax=Sum("tax"),
        gross=Sum("gross"),
    )
    return found.pop("count"), {name: value or Decimal("0.00") for name, value in found.items()}


def invoice_ties(invoice_id: uuid.UUID, *, actor: scope.Actor) -> dict[int, DeliveryTie]:
    """Delivery line → the delivery the invoice's lines bill, from the facts that were signed for."""
    get_invoice(invoice_id, actor=actor)
    with connection.cursor() as cursor:
        cursor.execute(_TIES, [invoice_id])
        return {row[0]: DeliveryTie(*row[1:]) for row in cursor.fetchall()}


def payments_of(invoice_id: uuid.UUID, *, actor: scope.Actor) -> list[Payment]:
    """What receipts paid of an invoice, in the order they were applied."""
    rows = scope.visible(models.CashApplication.objects.filter(invoice_id=invoice_id), actor)
    return [
        Payment(row.receipt_id, row.receipt.number, row.receipt.received_on, row.amount)
        for row in rows.select_related("receipt").order_by("pk")
    ]


def red_of(invoice_id: uuid.UUID, *, actor: scope.Actor) -> list[InvoiceView]:
    """The red invoices that reverse parts of a blue one."""
    rows = scope.visible(models.Invoice.objects.filter(reverses_id=invoice_id), actor)
    return [_view(row) for row in rows.order_by("number")]


def credits_of(invoice_id: uuid.UUID, *, actor: scope.Actor) -> list[CreditUse]:
    """What this invoice gave of its credit to others and took from theirs, in the order it happened."""
    wanted = Q(source_id=invoice_id) | Q(invoice_id=invoice_id)
    rows = scope.visible(models.CreditApplication.objects.filter(wanted), actor)
    found = []
    for row in rows.select_related("source", "invoice").order_by("pk"):
        given = row.source_id == invoice_id
        other = row.invoice if given else row.source
        found.append(CreditUse(given, other.pk, other.number, row.on, row.amount))
    return found


def open_items(debtor_node_id: int, *, today: dt.date, actor: scope.Actor) -> OpenItems:
    """What a debtor has to pay, and how old it is."""
    unsettled = models.Invoice.objects.filter(_IS_OPEN | _HAS_CREDIT, node_id=debtor_node_id)
    views = [_view(row) for row in scope.visible(unsettled, actor).order_by("due_on", "number")]
    found = [one for one in views if one.open > 0]
    listed = [billing.OpenInvoice(one.id, one.number, one.due_on, one.open) for one in found]
    return OpenItems(
        tuple(found),
        billing.ageing(open_invoices=listed, today=today),
        sum((one.open for one in found), Decimal("0.00")),
        tuple(one for one in views if one.unapplied),
    )


def open_invoices(debtor_node_id: int) -> list[billing.OpenInvoice]:
    """The same for the rules, inside an operation."""
    return [
        billing.OpenInvoice(row.pk, row.number, row.due_on, row.gross - row.paid - row.credited)
        for row in _open(debtor_node_id)
    ]


def get_receipt(receipt_id: uuid.UUID, *, actor: scope.Actor) -> ReceiptView:
    """One receipt with what it pays; raises NotFound."""
    row = scope.visible(models.CashReceipt.objects.filter(pk=receipt_id), actor).first()
    if row is None:
        raise errors.NotFound
    parts = models.CashApplication.objects.filter(receipt=row).order_by("pk")
    return pages.fill(ReceiptView, row, applications=tuple((part.invoice_id, part.amount) for part in parts))


def list_receipts(
    *,
    actor: scope.Actor,
    debtor_node_id: int | None = None,
    wanted: ReceiptFilter | None = None,
    cursor: str = "",
    limit: int = pages.LIMIT,
) -> pages.Page:
    """Receipts newest first, without what they pay."""
    wanted = wanted or ReceiptFilter()
    if debtor_node_id is not None:
        wanted = dataclasses.replace(wanted, debtor_node_id=debtor_node_id)
    rows = _receipts(actor, wanted)
    return pages.page(
        rows, lambda row: pages.fill(ReceiptView, row, applications=()), cursor=cursor, limit=limit
    )


def total_receipts(wanted: ReceiptFilter, *, actor: scope.Actor) -> tuple[int, dict[str, Decimal]]:
    """How many receipts the filter leaves, and what of them is applied and prepaid, in one statement."""
    found = _receipts(actor, wanted).aggregate(
        prepaid=Sum(F("amount") - F("applied")),
        count=Count("pk"),
        amount=Sum("amount"),
        applied=Sum("applied"),
    )
    return found.pop("count"), {name: value or Decimal("0.00") for name, value in found.items()}


def _filtered(actor: scope.Actor, wanted: InvoiceFilter):
    rows = scope.visible(models.Invoice.objects.all(), actor)
    exact = {
        "node_id": wanted.debtor_node_id,
        "entity_id": wanted.entity_id,
        "kind": wanted.kind or None,
        "issued_on__gte": wanted.from_,
        "issued_on__lt": wanted.until,
        "due_on__gte": wanted.due_from,
        "due_on__lt": wanted.due_until,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    rows = pages.named(rows, wanted.text, wanted.party_ids)
    if wanted.credit_only:
        rows = rows.filter(_HAS_CREDIT)
    return rows.filter(_IS_OPEN) if wanted.open_only else rows


def _receipts(actor: scope.Actor, wanted: ReceiptFilter):
    rows = scope.visible(models.CashReceipt.objects.all(), actor)
    exact = {
        "node_id": wanted.debtor_node_id,
        "entity_id": wanted.entity_id,
        "received_on__gte": wanted.from_,
        "received_on__lt": wanted.until,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if wanted.text:
        named = numbering.named(wanted.text) | Q(party_id__in=wanted.party_ids)
        rows = rows.filter(named | Q(reference__icontains=wanted.text))
    return rows.filter(amount__gt=F("applied")) if wanted.open_only else rows


def _open(debtor_node_id: int):
    return models.Invoice.objects.filter(_IS_OPEN, node_id=debtor_node_id)


def _view(row: models.Invoice) -> InvoiceView:
    return pages.fill(InvoiceView, row)
