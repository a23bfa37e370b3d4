"""Targets and baselines over the API: what a planning program sets."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

import ninja
import pydantic

from qudao.insights import operations, queries
from qudao.kernel import periods, web

router = web.router("insights")
Figure = Annotated[Decimal, pydantic.Field(max_digits=18, decimal_places=4)]


class TargetOut(pydantic.BaseModel):
    """Amounts in yuan, rates as fractions, days and hours as they are; facets of 0 and "" mean all. Half-open."""

    id: int
    kpi: str
    entity_id: int
    region_id: int
    line_id: int
    tier: str
    account_id: int
    valid_from: dt.date
    valid_until: dt.date
    target: Decimal | None
    baseline: Decimal | None


class TargetIn(web.Input):
    """Target, baseline or both of a figure, for a part of the business from `valid_from` to `last_day`."""

    kpi: str = pydantic.Field(min_length=1, max_length=40)
    valid_from: web.Day
    last_day: web.Day
    target: Figure | None = None
    baseline: Figure | None = None
    entity_id: web.OptionalId = 0
    region_id: web.OptionalId = 0
    line_id: web.OptionalId = 0
    tier: Literal["", "A", "B", "C", "D"] = ""
    account_id: web.OptionalId = 0


@web.operation(router.get, "/targets", permission=operations.SET, response=web.Page[TargetOut])
def list_targets(request, paging: web.Paging = ninja.Query(...), kpi: str = ""):
    """Targets and baselines in the order they were set."""
    (after,) = web.decode_cursor(paging.cursor, int) or (0,)
    found = queries.list_targets(
        actor=request.actor, kpi=kpi[:40], after=min(max(after, 0), 2**31 - 1), limit=paging.limit + 1
    )
    rows = found[: paging.limit]
    return web.page(rows, web.encode_cursor(rows[-1].id) if len(found) > paging.limit else None)


@web.operation(router.post, "/targets", permission=operations.SET, response=TargetOut, status=201)
def set_target(request, body: TargetIn):
    """The same part and period again replaces both numbers; the journal keeps what was."""
    return operations.set_target(
        **body.model_dump(exclude={"last_day"}),
        valid_until=periods.day_after(body.last_day),
        actor=request.actor,
        now=request.now,
    )
