"""Invoices and receipts over the API: what a finance program issues, records and applies."""

import datetime as dt
import uuid

import ninja

from qudao.kernel import web
from qudao.settlement import operations, queries
from qudao.settlement.api import shapes
from qudao.settlement.api.routing import router
from qudao.settlement.operations import receipts
from qudao.ui import parsing

VIEW = "settlement.invoice.view"


@web.operation(
    router.get, "/invoices", permission="settlement.invoice.view", response=web.Page[shapes.InvoiceSummary]
)
def list_invoices(request, paging: web.Paging = ninja.Query(...), open: bool = False):
    """Invoices newest first; `open`: only those still to be paid."""
    found = queries.list_invoices(
        actor=request.actor, open_only=open, cursor=paging.cursor or "", limit=paging.limit
    )
    return web.page(found.rows, found.next_cursor or None)


@web.operation(
    router.get,
    "/invoices/{uuid:invoice_id}",
    permission="settlement.invoice.view",
    response=shapes.InvoiceOut,
)
def get_invoice(request, invoice_id: uuid.UUID):
    view = queries.get_invoice(invoice_id, actor=request.actor)
    summary = shapes.InvoiceSummary.model_validate(view, from_attributes=True)
    return summary.model_dump() | {"lines": queries.invoice_lines(invoice_id, actor=request.actor)}


@web.operation(
    router.post,
    "/invoices/{uuid:invoice_id}/apply-credit",
    permission=receipts.RECORD,
    response=shapes.InvoiceSummary,
)
def apply_credit(request, invoice_id: uuid.UUID, body: shapes.ApplyIn):
    """Use what is paid or credited of an invoice beyond its amount on other open ones of the debtor."""
    return operations.apply_credit(
        invoice_id=invoice_id, applications=body.pairs(), actor=request.actor, now=request.now
    )


@web.operation(router.get, "/receipts", permission=VIEW, response=web.Page[shapes.ReceiptSummary])
def list_receipts(
    request,
    paging: web.Paging = ninja.Query(...),
    open: bool = False,
    debtor: int = 0,
    since: dt.date | None = None,
    until: dt.date | None = None,
):
    """Receipts newest first; `open`: with something prepaid; `until` is the first day after."""
    wanted = queries.ReceiptFilter(
        debtor_node_id=parsing.whole(debtor) or None, open_only=open, from_=since, until=until
    )
    found = queries.list_receipts(
        actor=request.actor, wanted=wanted, cursor=paging.cursor or "", limit=paging.limit
    )
    return web.page(found.rows, found.next_cursor or None)


@web.operation(router.get, "/receipts/{uuid:receipt_id}", permission=VIEW, response=shapes.ReceiptOut)
def get_receipt(request, receipt_id: uuid.UUID):
    return receipt_of(queries.get_receipt(receipt_id, actor=request.actor))


@web.operation(
    router.post,
    "/receipts/{uuid:receipt_id}/apply",
    permission=receipts.RECORD,
    response=shapes.ReceiptOut,
)
def apply_receipt(request, receipt_id: uuid.UUID, body: shapes.ApplyIn):
    """Pay invoices from what is still prepaid."""
    made = operations.apply_receipt(
        receipt_id=receipt_id, applications=body.pairs(), actor=request.actor, now=request.now
    )
    return receipt_of(made)


def receipt_of(view: queries.ReceiptView) -> dict:
    paid = [{"invoice_id": invoice, "amount": amount} for invoice, amount in view.applications]
    summary = shapes.ReceiptSummary.model_validate(view, from_attributes=True)
    return summary.model_dump() | {"applications": paid}
