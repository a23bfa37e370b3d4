"""Rebates over the API: terms, runs with the cents of each line, booked and taken back."""

import uuid

import ninja

from qudao.kernel import periods, web
from qudao.pricing import queries as pricing
from qudao.settlement import computing, operations, queries
from qudao.settlement.api import shapes
from qudao.settlement.api.routing import router
from qudao.settlement.operations import batches, rebates
from qudao.ui import parsing


@web.operation(
    router.get, "/rebate-runs", permission="settlement.rebate.view", response=web.Page[shapes.RunSummary]
)
def list_rebate_runs(request, paging: web.Paging = ninja.Query(...), status: str = ""):
    """Rebate runs newest first."""
    found = queries.list_runs(
        actor=request.actor, status=status[:12], cursor=paging.cursor or "", limit=paging.limit
    )
    return web.page(found.rows, found.next_cursor or None)


@web.operation(
    router.get, "/rebate-runs/{uuid:run_id}", permission="settlement.rebate.view", response=shapes.RunSummary
)
def get_rebate_run(request, run_id: uuid.UUID):
    return queries.find_run(run_id, actor=request.actor)


@web.operation(
    router.get,
    "/rebate-runs/{uuid:run_id}/lines",
    permission="settlement.rebate.view",
    response=web.Page[shapes.RunLineOut],
)
def list_rebate_run_lines(request, run_id: uuid.UUID, paging: web.Paging = ninja.Query(...)):
    """The cents of each line; the cursor is the last fact's id."""
    after = int(paging.cursor) if (paging.cursor or "").isdigit() and len(paging.cursor or "") < 19 else 0
    lines = queries.run_lines(run_id, actor=request.actor, after=after, limit=paging.limit + 1)
    more = str(lines[paging.limit - 1].fact_id) if len(lines) > paging.limit else None
    return web.page(lines[: paging.limit], more)


@web.operation(
    router.get, "/rebate-pools", permission="settlement.rebate.view", response=web.Page[shapes.PoolOut]
)
def list_rebate_pools(request, paging: web.Paging = ninja.Query(...)):
    """What each debtor's pool holds and what of it lapses next, by debtor."""
    after = parsing.whole(paging.cursor)
    found = queries.list_pools(actor=request.actor, after=after, limit=paging.limit + 1)
    more = str(found[paging.limit - 1].node_id) if len(found) > paging.limit else None
    return web.page(found[: paging.limit], more)


@web.operation(
    router.get,
    "/rebate-terms",
    permission=rebates.RUN,
    response=web.Page[shapes.TermOut],
    house=True,
)
def list_rebate_terms(request, paging: web.Paging = ninja.Query(...), on: str = ""):
    """The terms of versions in effect on a day, today if none is named: what there is to calculate."""
    day = parsing.day(on[:10]) or periods.business_date(request.now)
    start, found = parsing.whole(paging.cursor), pricing.rebate_terms(on=day, actor=request.actor)
    end = start + paging.limit
    return web.page(found[start:end], str(end) if len(found) > end else None)


@web.operation(router.post, "/rebate-runs", permission=rebates.RUN, response=shapes.RunSummary, status=201)
def run_rebate(request, body: shapes.CalculationIn):
    """Calculate a term for the period a day lies in, once: a run that waits for confirmation is not doubled."""
    term = computing.get_term(
        contract_version_id=body.contract_version_id, term_id=body.term_id, actor=request.actor
    )
    return batches.run_term(term, day=body.day, actor=request.actor, now=request.now).run


@web.operation(
    router.post,
    "/rebate-runs/{uuid:run_id}/confirm",
    permission=rebates.CONFIRM,
    response=shapes.RunSummary,
)
def confirm_run(request, run_id: uuid.UUID, partial: bool = False):
    """Book a calculated run: what it pays goes into the pool, what it takes back comes out of it. A run calculated
    before its period was over settles it in part, which is to be said with `partial`."""
    return operations.confirm_run(run_id=run_id, partial=partial, actor=request.actor, now=request.now)


@web.operation(
    router.post,
    "/rebate-runs/{uuid:run_id}/reverse",
    permission=rebates.CONFIRM,
    response=shapes.RunSummary,
)
def reverse_run(request, run_id: uuid.UUID, body: shapes.ReversalIn):
    """Take a confirmed run back by opposite entries."""
    return operations.reverse_run(run_id=run_id, reason=body.reason, actor=request.actor, now=request.now)


@web.operation(
    router.post,
    "/rebate-runs/{uuid:run_id}/replay",
    permission=rebates.VIEW,
    response=shapes.ReplayOut,
)
def replay_run(request, run_id: uuid.UUID):
    """Compute a run again from its contract version and journal number; changes nothing."""
    found = operations.replay_run(run_id=run_id, actor=request.actor)
    differences = [
        {"name": name, "stored": stored, "replayed": replayed} for name, stored, replayed in found.differences
    ]
    return {
        "same": found.same,
        "digest": found.digest,
        "earned": found.earned,
        "payable": found.payable,
        "differences": differences,
    }
