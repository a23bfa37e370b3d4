"""Statements over the API: built, sent and locked by us, confirmed and disputed by the partner."""

import datetime as dt
import uuid

import ninja

from qudao.kernel import web
from qudao.settlement import operations, queries
from qudao.settlement.api import shapes
from qudao.settlement.api.routing import router
from qudao.settlement.operations import statements
from qudao.ui import parsing


@web.operation(
    router.get,
    "/statements",
    permission="settlement.statement.view",
    response=web.Page[shapes.StatementSummary],
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
    response=shapes.StatementOut,
)
def get_statement(request, statement_id: uuid.UUID):
    return queries.find_statement(statement_id, actor=request.actor)


@web.operation(
    router.get,
    "/statements/{uuid:statement_id}/lines",
    permission="settlement.statement.view",
    response=web.Page[shapes.StatementLineOut],
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
    response=shapes.StatementSummary,
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
    response=shapes.StatementSummary,
)
def dispute_line(request, statement_id: uuid.UUID, no: int, body: shapes.DisputeIn):
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
    router.post,
    "/statements",
    permission=statements.MANAGE,
    response=shapes.StatementSummary,
    status=201,
)
def build_statement(request, body: shapes.BuildIn):
    """Build a debtor's statement of a month; a draft is built anew, one that was sent stands."""
    return operations.build_statement(
        debtor_node_id=body.debtor_node_id,
        month=dt.date.fromisoformat(f"{body.month}-01"),
        actor=request.actor,
        now=request.now,
    ).statement


@web.operation(
    router.post,
    "/statements/{uuid:statement_id}/send",
    permission=statements.MANAGE,
    response=shapes.StatementSummary,
)
def send_statement(request, statement_id: uuid.UUID):
    """Send a draft to the partner. If-Match names the version that was seen."""
    return operations.send_statement(statement_id=statement_id, **web.seen(request))


@web.operation(
    router.post,
    "/statements/{uuid:statement_id}/lock",
    permission=statements.MANAGE,
    response=shapes.StatementSummary,
)
def lock_statement(request, statement_id: uuid.UUID):
    """Close a confirmed statement with the journal's signed checkpoint. If-Match names the version that was seen."""
    return operations.lock_statement(statement_id=statement_id, **web.seen(request))


@web.operation(
    router.post,
    "/statements/{uuid:statement_id}/agree",
    permission=statements.CONFIRM,
    response=shapes.StatementSummary,
)
def confirm_lines(request, statement_id: uuid.UUID, body: shapes.AgreeIn):
    """Agree with lines one by one; the statement itself is confirmed as a whole."""
    return operations.confirm_lines(
        statement_id=statement_id, nos=body.lines, actor=request.actor, now=request.now
    )


@web.operation(
    router.post,
    "/statements/{uuid:statement_id}/lines/{no}/resolve",
    permission=statements.MANAGE,
    response=shapes.StatementSummary,
)
def resolve_dispute(request, statement_id: uuid.UUID, no: int, body: shapes.ResolutionIn):
    """Close the dispute of one line."""
    return operations.resolve_dispute(
        statement_id=statement_id,
        no=no if 0 < no < 2**31 else 0,
        **body.model_dump(),
        actor=request.actor,
        now=request.now,
    ).statement
