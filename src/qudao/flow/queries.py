"""Reads of sell-through: files, rows, what waits for a person, and what counted."""

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet

from qudao.catalog import queries as catalog
from qudao.flow import models, reasons
from qudao.flow.rules import cases, states
from qudao.kernel import errors, scope, tabular

PAGE = 50
# What has become of a file: none of its rows is matched yet, some wait for a person, none does.
STATUSES = {
    "taken_in": Q(status="taken_in", matched_count=0),
    "partly_matched": Q(status="taken_in", matched_count__gt=0),
    "matched": Q(status="matched"),
}
MOST_WAITING = 200


@dataclasses.dataclass(frozen=True, slots=True)
class FileView:
    """A file as taken in. `states`: how many rows stand in each state; `month` the first of the month; `status` one of
    STATUSES."""

    id: uuid.UUID
    number: str
    account_id: int
    party_id: int
    entity_id: int
    month: dt.date
    name: str
    digest: str
    method: str
    taken_in_at: dt.datetime
    rows: int
    matched: int
    status: str
    states: dict[str, int]


FlowResult = FileView


@dataclasses.dataclass(frozen=True, slots=True)
class RowView:
    """A reported sale. `original` is what the file said; ids are 0 where nothing was matched."""

    id: int
    file_id: uuid.UUID
    file_number: str
    no: int
    original: dict[str, Any]
    reported: dict[str, Any]
    sold_on: dt.date
    counted_month: dt.date
    item_id: int
    lot_id: int
    serial_id: int
    hospital_id: int
    quantity: Decimal | None
    customer_rule: str
    product_rule: str
    state: str
    reasons: tuple[errors.Reason, ...]
    candidates: dict[str, list]
    move_id: int | None
    verdict: str = ""
    party_id: int = 0

    @property
    def is_case(self) -> bool:
        """Whether its partner has to explain it, or had to."""
        return self.state == states.APPEAL or bool(self.verdict)

    @property
    def may_be_judged(self) -> bool:
        return cases.open_to(state=self.state, codes={one.code for one in self.reasons})


@dataclasses.dataclass(frozen=True, slots=True)
class VerdictView:
    """What a person found of a case."""

    verdict: str
    ground: str
    note: str
    judged_by: str
    judged_at: dt.datetime


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """Rows that wait because the same words are not understood; one decision settles them all.

    `what` is customer or product; `row_id` one of the rows; `candidates` [{hospital_id | item_id, score}].
    """

    what: str
    words: str
    city: int
    party_id: int
    rows: int
    row_id: int
    candidates: tuple[dict, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Decided:
    """How many waiting rows were matched again, and how many of them count now."""

    row_id: int
    again: int
    counted: int


def get_file(file_id: uuid.UUID, actor: scope.Actor) -> FileView:
    """One file. Raises NotFound when there is none the actor sees."""
    with scope.transaction(actor):
        found = _file_views(_files(actor).filter(pk=file_id))
    if not found:
        raise errors.NotFound
    return found[0]


def result_of(file_id: uuid.UUID, *, actor: scope.Actor) -> FlowResult:
    """The same inside an operation, on its behalf."""
    return _file_views(_files(actor).filter(pk=file_id))[0]


def list_files(
    *,
    actor: scope.Actor,
    account_id: int | None = None,
    party_id: int = 0,
    text: str = "",
    text_party_ids: Sequence[int] = (),
    status: str = "",
    month: dt.date | None = None,
    before: tuple[dt.datetime, uuid.UUID] | None = None,
    limit: int = PAGE,
) -> list[FileView]:
    """Files, newest first; `before` is (taken_in_at, id) of the last one seen.

    `text` begins a file's number, or is the name of the parties `text_party_ids`; `month` is its first day; `status`
    one of STATUSES.
    """
    with scope.transaction(actor):
        rows = _files(actor)
        if account_id is not None:
            rows = rows.filter(account_id=account_id)
        if party_id:
            rows = rows.filter(party_id=party_id)
        if text:
            named = Q(party_id__in=list(text_party_ids)) if text_party_ids else Q()
            rows = rows.filter(Q(number__startswith=text.upper()) | named)
        if status:
            rows = rows.filter(STATUSES.get(status, Q(status=status)))
        if month is not None:
            rows = rows.filter(period_from=month)
        if before is not None:
            at, last = before
            rows = rows.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=last))
        return _file_views(rows.order_by("-created_at", "-pk")[:limit])


def list_rows(
    file_id: uuid.UUID, *, actor: scope.Actor, state: str = "", after: int = 0, limit: int = PAGE
) -> list[RowView]:
    """Rows of a file by number, those behind `after`; `state` keeps one state."""
    with scope.transaction(actor):
        rows = _rows(actor).filter(file_id=file_id, no__gt=after).select_related("file").order_by("no")
        return [_row_view(row) for row in (rows.filter(state=state) if state else rows)[:limit]]


OPEN = "open"


def list_appeals(
    *, actor: scope.Actor, verdict: str = "", after: int = 0, limit: int = PAGE
) -> list[RowView]:
    """Rows whose partner has to explain (窜货, more than bought), or had to, oldest first.

    `verdict` keeps those found so, or with OPEN those suspected of 窜货 that nobody has judged.
    """
    with scope.transaction(actor):
        rows = _rows(actor).filter(pk__gt=after).select_related("file").order_by("pk")
        if verdict == OPEN:
            rows = _unjudged(rows)
        elif verdict:
            rows = rows.filter(verdict=verdict)
        else:
            rows = rows.filter(Q(state=states.APPEAL) | ~Q(verdict=""))
        return [_row_view(row) for row in rows[:limit]]


def count_unjudged(*, actor: scope.Actor) -> int:
    """How many suspicions of 窜货 wait for a verdict."""
    with scope.transaction(actor):
        return _unjudged(_rows(actor)).count()


def _unjudged(rows: QuerySet) -> QuerySet:
    return rows.filter(state=states.APPEAL, verdict="", reasons__contains=[{"code": cases.SUSPICION}])


def get_row(row_id: int, actor: scope.Actor) -> RowView:
    """Raises NotFound."""
    with scope.transaction(actor):
        found = _rows(actor).filter(pk=row_id).select_related("file").first()
    if found is None:
        raise errors.NotFound
    return _row_view(found)


def verdicts_of(row_id: int, actor: scope.Actor) -> list[VerdictView]:
    """What was found of a case, the last first."""
    fields = [field.name for field in dataclasses.fields(VerdictView)]
    with scope.transaction(actor):
        rows = scope.visible(models.FlowVerdict.objects.filter(row_id=row_id), actor).order_by("-pk")
        return [VerdictView(*row) for row in rows.values_list(*fields)]


_WAITING = """
SELECT 'customer', customer_key, city, 0, count(*), min(id), (array_agg(candidates->'customer' ORDER BY id))[1]
FROM flow_flowrow WHERE state = 'unmatched' AND hospital_id = 0 {nodes}
GROUP BY customer_key, city
UNION ALL
SELECT 'product', r.product_key, 0, f.party_id, count(*), min(r.id),
       (array_agg(r.candidates->'product' ORDER BY r.id))[1]
FROM flow_flowrow r JOIN flow_flowfile f ON f.id = r.file_id
WHERE r.state = 'unmatched' AND r.item_id = 0 {row_nodes}
GROUP BY r.product_key, f.party_id
ORDER BY 5 DESC, 6 LIMIT %(limit)s::int
"""


def list_waiting(*, actor: scope.Actor, limit: int = MOST_WAITING) -> list[Waiting]:
    """What a person has to decide, the words that hold up most rows first."""
    few = {"nodes": list(actor.visible)} if actor.few else {}
    query = _WAITING.format(
        nodes="AND node_id = ANY (%(nodes)s::int[])" if few else "",
        row_nodes="AND r.node_id = ANY (%(nodes)s::int[])" if few else "",
    )
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(query, {"limit": limit, **few})
        return [Waiting(*row[:6], tuple(_loaded(row[6]))) for row in cursor.fetchall()]


def count_waiting(*, actor: scope.Actor) -> int:
    """How many rows wait for a person."""
    with scope.transaction(actor):
        return _rows(actor).filter(state=states.UNMATCHED).count()


def hospitals(actor: scope.Actor) -> QuerySet:
    """The hospitals that reported sales were matched to, as a query of their ids."""
    return _rows(actor).exclude(hospital_id=0).order_by().values("hospital_id")


def last_sales(party_ids: Iterable[int], *, actor: scope.Actor) -> dict[int, dt.date]:
    """Party → the day of the last sale it reported, or that was reported to it; two statements for any number."""
    wanted, found = list(party_ids), {}
    if wanted:
        counted = _rows(actor).filter(state__in=("normal", "late")).order_by()
        for key in ("file__party_id", "hospital_id"):
            found |= dict(counted.filter(**{f"{key}__in": wanted}).values_list(key).annotate(Max("sold_on")))
    return found


def item_exists(item_id: int, *, today: dt.date) -> bool:
    return item_id in catalog.items([item_id], on=today, entity_id=0)


def with_reasons(row: tabular.RowResult, said: Sequence[errors.Reason]) -> tabular.RowResult:
    """The row with what matching says of it."""
    return dataclasses.replace(row, row_reasons=(*row.row_reasons, *said))


def with_rows(result: tabular.Result, rows: Sequence[tabular.RowResult]) -> tabular.Result:
    return dataclasses.replace(result, rows=tuple(rows))


def _files(actor: scope.Actor):
    return scope.visible(models.FlowFile.objects.all(), actor)


def _rows(actor: scope.Actor):
    return scope.visible(models.FlowRow.objects.all(), actor)


def _file_views(rows) -> list[FileView]:
    found = list(rows)
    counted: dict[uuid.UUID, dict[str, int]] = {file.pk: {} for file in found}
    grouped = (
        models.FlowRow.objects.filter(file_id__in=counted).order_by("state").values_list("file_id", "state")
    )
    for file_id, state, number in grouped.annotate(Count("pk")):
        counted[file_id][state] = number
    return [
        FileView(
            id=file.pk,
            number=file.number,
            account_id=file.account_id,
            party_id=file.party_id,
            entity_id=file.entity_id,
            month=file.period_from,
            name=file.file_name,
            digest=file.file_digest,
            method=file.method,
            taken_in_at=file.created_at,
            rows=file.row_count,
            matched=file.matched_count,
            status="partly_matched" if file.status == "taken_in" and file.matched_count else file.status,
            states=counted[file.pk],
        )
        for file in found
    ]


def _row_view(row: models.FlowRow) -> RowView:
    return RowView(
        id=row.pk,
        file_id=row.file_id,
        file_number=row.file.number,
        no=row.no,
        original=row.original,
        reported=row.reported,
        sold_on=row.sold_on,
        counted_month=row.counted_month,
        item_id=row.item_id,
        lot_id=row.lot_id,
        serial_id=row.serial_id,
        hospital_id=row.hospital_id,
        quantity=row.quantity,
        customer_rule=row.customer_rule,
        product_rule=row.product_rule,
        state=row.state,
        reasons=tuple(reasons.from_json(one) for one in row.reasons),
        candidates=row.candidates,
        move_id=row.move_id,
        verdict=row.verdict,
        party_id=row.file.party_id,
    )


def _loaded(value: Any) -> list[dict]:
    """JSON as the driver hands it over: text under Django, which reads its own columns itself."""
    return (json.loads(value) if isinstance(value, str) else value) or []
