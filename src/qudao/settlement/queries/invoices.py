"""Invoices, receipts, what is open of them by age, and what is still to be billed."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection
from django.db.models import F

from qudao.kernel import errors, scope
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
    """Money received; `prepaid` is what pays no invoice yet. `applications` are (invoice id, amount)."""

    id: uuid.UUID
    node_id: int
    number: str
    entity_id: int
    party_id: int
    received_on: dt.date
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
    """Open invoices of a debtor, due first first, and their sums by age (账龄)."""

    invoices: tuple[InvoiceView, ...]
    ageing: dict[str, Decimal]
    total: Decimal


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
    cursor: str = "",
    limit: int = pages.LIMIT,
) -> pages.Page:
    """Invoices newest first."""
    rows = scope.visible(models.Invoice.objects.all(), actor)
    if debtor_node_id is not None:
        rows = rows.filter(node_id=debtor_node_id)
    if open_only:
        rows = rows.filter(gross__gt=F("paid") + F("credited"))
    return pages.page(rows, _view, cursor=cursor, limit=limit)


def open_items(debtor_node_id: int, *, today: dt.date, actor: scope.Actor) -> OpenItems:
    """What a debtor has to pay, and how old it is."""
    rows = scope.visible(_open(debtor_node_id), actor)
    found = [_view(row) for row in rows.order_by("due_on", "number")]
    listed = [billing.OpenInvoice(one.id, one.number, one.due_on, one.open) for one in found]
    return OpenItems(
        tuple(found),
        billing.ageing(open_invoices=listed, today=today),
        sum((one.open for one in found), Decimal("0.00")),
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
    cursor: str = "",
    limit: int = pages.LIMIT,
) -> pages.Page:
    """Receipts newest first, without what they pay."""
    rows = scope.visible(models.CashReceipt.objects.all(), actor)
    if debtor_node_id is not None:
        rows = rows.filter(node_id=debtor_node_id)
    return pages.page(
        rows, lambda row: pages.fill(ReceiptView, row, applications=()), cursor=cursor, limit=limit
    )


def _open(debtor_node_id: int):
    return models.Invoice.objects.filter(node_id=debtor_node_id, gross__gt=F("paid") + F("credited"))


def _view(row: models.Invoice) -> InvoiceView:
    return pages.fill(InvoiceView, row)
