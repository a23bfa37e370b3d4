"""Debtors over the API: what each owes and may owe, its invoices issued, its money recorded."""

import ninja

from qudao.kernel import periods, web
from qudao.settlement import operations, queries
from qudao.settlement.api import invoices, shapes
from qudao.settlement.api.routing import router
from qudao.settlement.operations import credit as credits
from qudao.settlement.operations import invoices as issuing
from qudao.settlement.operations import receipts

VIEW = "settlement.credit.view"


@web.operation(router.get, "/debtors", permission=VIEW, response=web.Page[shapes.DebtorSummary])
def list_debtors(
    request,
    paging: web.Paging = ninja.Query(...),
    entity_id: int = 0,
    late: bool = False,
    all: bool = False,
):
    """Debtors, the most overdue first; `late`: overdue ones, `all`: those without debt too."""
    wanted = queries.DebtorFilter(
        entity_id=entity_id if 0 < entity_id < 2**31 else None, late=late, owing=not all
    )
    rows, more = queries.list_debtors(
        wanted,
        today=periods.business_date(request.now),
        actor=request.actor,
        cursor=paging.cursor or "",
        limit=paging.limit,
    )
    return web.page(rows, more or None)


@web.operation(router.get, "/debtors/{int:node_id}", permission=VIEW, response=shapes.CreditOut)
def get_debtor(request, node_id: int):
    """A debtor's credit today."""
    return queries.credit_of(node_id, on=periods.business_date(request.now), actor=request.actor)


@web.operation(
    router.post, "/debtors/{int:node_id}/credit", permission=credits.MANAGE, response=shapes.CreditOut
)
def set_credit(request, node_id: int, body: shapes.CreditIn):
    """Set what a debtor may owe, and within how many days its invoices fall due."""
    return operations.set_credit(
        debtor_node_id=node_id, **body.model_dump(), actor=request.actor, now=request.now
    )


@web.operation(
    router.post,
    "/debtors/{int:node_id}/invoices",
    permission=issuing.ISSUE,
    response=list[shapes.InvoiceSummary],
    status=201,
)
def issue_invoices(request, node_id: int, body: shapes.IssueIn):
    """Bill what the debtor signed for and is not billed yet; what came back after it was billed is taken back."""
    return operations.issue_invoices(
        debtor_node_id=node_id, up_to=body.up_to, actor=request.actor, now=request.now
    )


@web.operation(
    router.post,
    "/debtors/{int:node_id}/receipts",
    permission=receipts.RECORD,
    response=shapes.ReceiptOut,
    status=201,
)
def record_receipt(request, node_id: int, body: shapes.ReceiptIn):
    """Record money received; what pays no invoice is prepaid."""
    made = operations.record_receipt(
        debtor_node_id=node_id,
        **body.model_dump(exclude={"applications"}),
        applications=body.pairs(),
        actor=request.actor,
        now=request.now,
    )
    return invoices.receipt_of(made)
