"""Sell-through over the API: the lines that have to be explained (窜货 among them), and the verdict on one."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

import ninja
import pydantic

from qudao.flow import operations, queries
from qudao.flow.rules import cases
from qudao.kernel import errors, web
from qudao.ui import parsing

router = web.router("flow")


class CaseReason(pydantic.BaseModel):
    code: str
    params: dict[str, Any]


class CaseSummary(pydantic.BaseModel):
    """A reported line that has or had to be explained; ids are 0 where nothing was matched. `verdict` is "" until
    there is one; `reported` is what the file says, read."""

    id: int
    file_id: uuid.UUID
    file_number: str
    no: int
    party_id: int
    sold_on: dt.date
    counted_month: dt.date
    item_id: int
    hospital_id: int
    quantity: Decimal | None
    state: str
    verdict: str
    may_be_judged: bool
    reasons: list[CaseReason]
    original: dict[str, Any]


class VerdictOut(pydantic.BaseModel):
    verdict: str
    ground: str
    note: str
    judged_at: dt.datetime


class CaseOut(CaseSummary):
    """`verdicts` newest first."""

    verdicts: list[VerdictOut]


class VerdictIn(web.Input):
    """`ground`: serial, lot, admitted or silent for upheld; evidence or misreported for dismissed; granted or
    agreed for authorised. `note` says how it was found."""

    verdict: Literal["upheld", "dismissed", "authorised"]
    ground: Literal["serial", "lot", "admitted", "silent", "evidence", "misreported", "granted", "agreed"]
    note: Annotated[
        str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=cases.MOST_NOTE)
    ]


@web.operation(router.get, "/flow-cases", permission="flow.file.view", response=web.Page[CaseSummary])
def list_flow_cases(
    request,
    paging: web.Paging = ninja.Query(...),
    verdict: Literal["", "open", "upheld", "dismissed", "authorised"] = "",
):
    """Lines to be explained, oldest first; `verdict`: those with that verdict, open: those without."""
    found = queries.list_appeals(
        actor=request.actor,
        verdict=verdict,
        after=parsing.whole(paging.cursor),
        limit=paging.limit + 1,
    )
    more = str(found[paging.limit - 1].id) if len(found) > paging.limit else None
    return web.page(found[: paging.limit], more)


@web.operation(router.get, "/flow-cases/{int:row_id}", permission="flow.file.view", response=CaseOut)
def get_flow_case(request, row_id: int):
    return _case(row_id, request.actor)


@web.operation(router.post, "/flow-cases/{int:row_id}/verdict", permission=operations.JUDGE, response=CaseOut)
def judge_flow_case(request, row_id: int, body: VerdictIn):
    """Say of a line suspected of diversion what it is; dismissed or authorised it is matched again."""
    operations.judge_case(
        row_id=row_id,
        verdict=body.verdict,
        ground=body.ground,
        note=body.note,
        actor=request.actor,
        now=request.now,
    )
    return _case(row_id, request.actor)


def _case(row_id: int, actor) -> dict[str, Any]:
    """A case with its verdicts; raises NotFound for a line that never had to be explained."""
    row = queries.get_row(row_id if row_id < 2**63 else 0, actor)
    if not row.is_case:
        raise errors.NotFound
    summary = CaseSummary.model_validate(row, from_attributes=True)
    return summary.model_dump() | {"verdicts": queries.verdicts_of(row_id, actor)}
