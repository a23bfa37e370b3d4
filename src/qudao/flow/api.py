"""Sell-through over the API: files taken in, words matched, and the lines that have to be explained (窜货 among them)."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

import ninja
import pydantic

from qudao.flow import operations, queries
from qudao.flow.rules import cases
from qudao.kernel import errors, web
from qudao.ui import checked, parsing, uploads

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


class CaseVerdictIn(web.Input):
    """`ground`: serial, lot, admitted or silent for upheld; evidence or misreported for dismissed; granted or
    agreed for authorised. `note` says how it was found."""

    verdict: Literal["upheld", "dismissed", "authorised"]
    ground: Literal["serial", "lot", "admitted", "silent", "evidence", "misreported", "granted", "agreed"]
    note: Annotated[
        str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=cases.MOST_NOTE)
    ]


class FileOut(pydantic.BaseModel):
    """A file as taken in; `states`: how many rows stand in each; `status`: taken_in while none is matched,
    partly_matched while some wait for a person, matched."""

    id: uuid.UUID
    number: str
    account_id: int
    party_id: int
    month: dt.date
    name: str
    taken_in_at: dt.datetime
    rows: int
    matched: int
    status: str
    states: dict[str, int]


class WaitingOut(pydantic.BaseModel):
    """Rows that wait because the same words are not understood. `what`: customer or product; `row_id` is one of the
    rows, deciding it settles them all; candidates are {hospital_id or item_id, score}."""

    what: str
    words: str
    city: int
    party_id: int
    rows: int
    row_id: int
    candidates: list[dict[str, Any]]


class MatchIn(web.Input):
    """One of the two."""

    hospital_id: web.Id | None = None
    item_id: web.Id | None = None


class MatchOut(pydantic.BaseModel):
    """`again`: rows matched anew, `counted`: those of them that count now."""

    row_id: int
    again: int
    counted: int


@web.operation(
    router.post, "/flow-files/check", permission=operations.TAKE_IN, response=checked.File, upload=True
)
def check_flow_file(
    request, account_id: web.Id = ninja.Form(...), file: ninja.UploadedFile = ninja.File(...)
):
    """The dry run of a dealer's file: what cannot be read, and what matching finds; changes nothing."""
    found = operations.check_file(
        account_id=account_id,
        stream=uploads.content(file),
        name=file.name or "",
        actor=request.actor,
        now=request.now,
    )
    return checked.file(found, ok=found.ok)


@web.operation(
    router.post,
    "/flow-files",
    permission=operations.TAKE_IN,
    response=FileOut,
    status=201,
    upload=True,
)
def take_in_flow_file(
    request,
    account_id: web.Id = ninja.Form(...),
    month: web.Month = ninja.Form(...),
    file: ninja.UploadedFile = ninja.File(...),
):
    """Take in a dealer's sell-through file (流向) of an account for a month, as 2026-10, all of it or nothing."""
    return operations.take_in_file(
        account_id=account_id,
        month=dt.date.fromisoformat(f"{month}-01"),
        stream=uploads.content(file),
        name=file.name or "",
        method="api",
        actor=request.actor,
        now=request.now,
    )


@web.operation(router.get, "/flow-files", permission="flow.file.view", response=web.Page[FileOut])
def list_flow_files(request, paging: web.Paging = ninja.Query(...), month: str = ""):
    """Files newest first; `month` as 2026-10."""
    found = queries.list_files(
        actor=request.actor,
        month=parsing.month(month[:7]),
        before=web.decode_cursor(paging.cursor, dt.datetime.fromisoformat, uuid.UUID),  # type: ignore[arg-type]
        limit=paging.limit + 1,
    )
    rows = found[: paging.limit]
    last = rows[-1] if len(found) > paging.limit else None
    return web.page(rows, last and web.encode_cursor(last.taken_in_at.isoformat(), last.id))


@web.operation(router.get, "/flow-matches", permission=operations.DECIDE, response=web.Page[WaitingOut])
def list_flow_matches(request, paging: web.Paging = ninja.Query(...)):
    """Words nobody understood, those that hold up most rows first. What is decided leaves the list: one page."""
    return web.page(queries.list_waiting(actor=request.actor, limit=paging.limit), None)


@web.operation(router.post, "/flow-rows/{int:row_id}/match", permission=operations.DECIDE, response=MatchOut)
def decide_flow_match(request, row_id: int, body: MatchIn):
    """Say which hospital, or which product, a waiting row means; every row with the same words follows."""
    return operations.decide_match(
        row_id=row_id if row_id < 2**63 else 0,
        hospital_id=body.hospital_id,
        item_id=body.item_id,
        actor=request.actor,
        now=request.now,
    )


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
def judge_flow_case(request, row_id: int, body: CaseVerdictIn):
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
