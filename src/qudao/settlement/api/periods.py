"""Accounting periods over the API."""

import datetime as dt

import ninja

from qudao.kernel import web
from qudao.organisation import operations as organisation_operations
from qudao.organisation import queries as organisation
from qudao.settlement.api import shapes
from qudao.settlement.api.routing import router
from qudao.ui import parsing


@web.operation(
    router.get,
    "/periods",
    permission=organisation_operations.CLOSE,
    response=web.Page[shapes.ClosedPeriod],
)
def list_closed_periods(request, paging: web.Paging = ninja.Query(...)):
    """Closed accounting periods, newest first; a month not among them is open unless a later one is closed."""
    start = parsing.whole(paging.cursor)
    found = organisation.list_closed_periods(actor=request.actor)
    end = start + paging.limit
    return web.page(found[start:end], str(end) if len(found) > end else None)


@web.operation(
    router.post,
    "/periods",
    permission=organisation_operations.CLOSE,
    response=shapes.ClosedPeriod,
    status=201,
)
def close_period(request, body: shapes.ClosePeriod):
    """Close a month of a ledger for good: what is dated in it and comes later posts in the next one."""
    return organisation_operations.close_period(
        entity_id=body.entity_id,
        ledger=body.ledger,
        first_on=dt.date.fromisoformat(f"{body.month}-01"),
        actor=request.actor,
        now=request.now,
    )
