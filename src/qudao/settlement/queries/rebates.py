"""Rebate runs with each fact's cents."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncDate

from qudao.kernel import errors, periods, scope
from qudao.pricing.rules import settlement
from qudao.settlement import computing, models
from qudao.settlement.queries import pages
from qudao.settlement.rules import rebates as rules

_LINES = """
SELECT f.id, f.number, f.kind, f."on", f.item_id, f.lot_code, f.document_type, f.document_id, l.document_number,
    l.document_line, l.base, l.quantity, l.counted, l.exclusion, l.earned
FROM settlement_rebaterunline l JOIN settlement_fact f ON f.id = l.fact_id
WHERE l.run_id = %(run)s AND l.fact_id > %(after)s
    AND (%(counted)s::boolean IS NULL OR l.counted = %(counted)s::boolean)
ORDER BY l.fact_id LIMIT %(limit)s
"""
_SUMS = """
SELECT l.exclusion, count(*), sum(l.base), sum(l.quantity), sum(l.earned), array_agg(DISTINCT f.item_id)
FROM settlement_rebaterunline l JOIN settlement_fact f ON f.id = l.fact_id
WHERE l.run_id = %(run)s GROUP BY l.exclusion ORDER BY l.exclusion
"""


@dataclasses.dataclass(frozen=True, slots=True)
class RunView:
    """A run. `payable` = `earned` - `settled_before`, which holds `carried_in` of unmet clawbacks.

    `explanation` has the scale, the steps that lead to `earned`, the next tier (missing, rate) and the ids
    of the runs subtracted (`after`).
    """

    id: uuid.UUID
    node_id: int
    number: str
    entity_id: int
    party_id: int
    account_id: int
    contract_version_id: int
    term_id: int
    period_from: dt.date
    period_until: dt.date
    journal_number: int
    status: str
    version: int
    volume_amount: Decimal
    volume_quantity: Decimal
    tier: int
    earned: Decimal
    settled_before: Decimal
    payable: Decimal
    carried_in: Decimal
    carried_out: Decimal
    explanation: Mapping[str, Any]
    digest: str
    engine: str
    created_at: dt.datetime
    confirmed_by: str
    confirmed_at: dt.datetime | None
    reversed_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class RunLineView:
    """A fact's part: its base without tax, and the cents it earned, or why it did not count."""

    fact_id: int
    document_number: str
    document_line: int
    base: Decimal
    quantity: Decimal
    counted: bool
    exclusion: str
    earned: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class RunDocumentLine:
    """A line of a run with what it is about: the fact's kind, day, product and document."""

    fact_id: int
    number: int
    kind: str
    on: dt.date
    item_id: int
    lot_code: str
    document_type: str
    document_id: uuid.UUID
    document_number: str
    document_line: int
    base: Decimal
    quantity: Decimal
    counted: bool
    exclusion: str
    earned: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class RunSum:
    """Lines of one reason: how many, their base without tax, their pieces of which products, and the cents they
    earned."""

    exclusion: str
    count: int
    base: Decimal
    quantity: Decimal
    earned: Decimal
    item_ids: tuple[int, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class RunFilter:
    """`from_` and `until` leave runs whose period touches them; `text` names the number or the parties `party_ids`.
    `preview` leaves what was calculated before its period was over, or what was not."""

    status: str = ""
    text: str = ""
    party_ids: tuple[int, ...] = ()
    entity_id: int | None = None
    from_: dt.date | None = None
    until: dt.date | None = None
    preview: bool | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class RunDetail:
    run: RunView
    lines: tuple[RunLineView, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Replay:
    """A run computed again: whether everything is the same, and what is not (name, stored, replayed)."""

    same: bool
    digest: str
    earned: Decimal
    payable: Decimal
    differences: tuple[tuple[str, str, str], ...]


def get_run(run_id: uuid.UUID, *, actor: scope.Actor) -> RunDetail:
    """One run with its lines; raises NotFound for none, or none this actor may see."""
    row = _row(run_id, actor)
    lines = models.RebateRunLine.objects.filter(run=row).order_by("fact_id")
    return RunDetail(run_view(row), tuple(pages.fill(RunLineView, line) for line in lines))


def find_run(run_id: uuid.UUID, *, actor: scope.Actor) -> RunView:
    """One run without its lines; raises NotFound."""
    return run_view(_row(run_id, actor))


def list_runs(
    *,
    actor: scope.Actor,
    account_id: int | None = None,
    party_id: int | None = None,
    status: str = "",
    wanted: RunFilter | None = None,
    cursor: str = "",
    limit: int = pages.LIMIT,
) -> pages.Page:
    """Runs newest first."""
    given = {"account_id": account_id, "party_id": party_id, "status": status or None}
    rows = _filtered(actor, wanted or RunFilter())
    rows = rows.filter(**{name: value for name, value in given.items() if value is not None})
    return pages.page(rows, run_view, cursor=cursor, limit=limit)


def total_runs(wanted: RunFilter, *, actor: scope.Actor) -> tuple[int, int, dict[str, Decimal]]:
    """How many runs the filter leaves, how many of them are previews, and what they earn and pay, in one statement."""
    previews = Count("pk", filter=Q(status="calculated", calculated_on__lt=F("period_until")))
    found = _filtered(actor, wanted).aggregate(
        count=Count("pk"),
        previews=previews,
        earned=Sum("earned"),
        payable=Sum("payable"),
        volume_amount=Sum("volume_amount"),
    )
    count, previewed = found.pop("count"), found.pop("previews")
    return count, previewed, {name: value or Decimal("0.00") for name, value in found.items()}


def terms_waiting(*, today: dt.date, actor: scope.Actor) -> set[tuple[int, dt.date]]:
    """(term, first day of the period) of every calculation that waits for confirmation."""
    return _waiting(_seen(actor), today)


def is_waiting(term_id: int, *, period_from: dt.date, today: dt.date, actor: scope.Actor) -> bool:
    """Whether a calculation of the term for that period waits for confirmation."""
    return bool(_waiting(_seen(actor).filter(term_id=term_id, period_from=period_from), today))


def _waiting(rows, today: dt.date) -> set[tuple[int, dt.date]]:
    calculated = rows.filter(status="calculated")
    return {
        (term_id, since)
        for term_id, since, until, at in calculated.values_list(
            "term_id", "period_from", "period_until", "created_at"
        )
        if rules.waits(calculated_on=periods.business_date(at), period_until=until, today=today)
    }


def run_states(ids: Iterable[uuid.UUID], *, actor: scope.Actor) -> dict[uuid.UUID, tuple[str, str]]:
    """Run → (its number, its state); those not seen are left out."""
    rows = _seen(actor).filter(pk__in=list(ids)).values_list("pk", "number", "status")
    return {pk: (number, status) for pk, number, status in rows}


def built_upon(run: RunView, *, actor: scope.Actor) -> list[str]:
    """The numbers of the confirmed runs that subtracted what this one settled."""
    later = _seen(actor).filter(
        term_id=run.term_id, status="confirmed", explanation__after__contains=str(run.id)
    )
    return [one.number for one in later.order_by("number") if computing.built_upon(run, one)]


def run_lines(
    run_id: uuid.UUID, *, actor: scope.Actor, counted: bool | None = None, after: int = 0, limit: int = 50
) -> list[RunDocumentLine]:
    """Lines of a run with the documents behind them, in the order of their facts, those after `after`."""
    _row(run_id, actor)
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"run": run_id, "counted": counted, "after": after, "limit": limit})
        return [RunDocumentLine(*row) for row in cursor.fetchall()]


def run_sums(run_id: uuid.UUID, *, actor: scope.Actor) -> list[RunSum]:
    """What counts and what does not, by reason ("" first: what counts)."""
    _row(run_id, actor)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS, {"run": run_id})
        return [RunSum(*row[:-1], item_ids=tuple(row[-1])) for row in cursor.fetchall()]


def _seen(actor: scope.Actor):
    return scope.visible(models.RebateRun.objects.all(), actor)


def _row(run_id: uuid.UUID, actor: scope.Actor) -> models.RebateRun:
    found = _seen(actor).filter(pk=run_id).first()
    if found is None:
        raise errors.NotFound
    return found


def _filtered(actor: scope.Actor, wanted: RunFilter):
    exact = {
        "status": wanted.status or None,
        "entity_id": wanted.entity_id,
        "period_from__lt": wanted.until,
        "period_until__gt": wanted.from_,
    }
    rows = _seen(actor).annotate(calculated_on=TruncDate("created_at", tzinfo=periods.BUSINESS_ZONE))
    if wanted.preview is not None:
        early = Q(calculated_on__lt=F("period_until"))  # rules.is_preview, for the database
        rows = rows.filter(early if wanted.preview else ~early)
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    return pages.named(rows, wanted.text, wanted.party_ids)


def run_view(row: models.RebateRun) -> RunView:
    return pages.fill(RunView, row)


def compare(stored: RunDetail, found: settlement.Settlement) -> Replay:
    """A stored run against the same computed again, to the cent of every line."""
    run = stored.run
    pairs: list[tuple[str, Any, Any]] = [
        ("digest", run.digest, found.digest),
        ("volume_amount", run.volume_amount, found.volume.amount),
        ("tier", run.tier, found.tier),
        ("earned", run.earned, found.earned),
        ("payable", run.payable, found.payable),
    ]
    cents = {line.fact_id: line.earned for line in stored.lines}
    again = {int(line.fact.fact_id): line.share for line in found.lines}
    pairs += [
        (f"fact {fact_id}", cents.get(fact_id), again.get(fact_id))
        for fact_id in sorted(cents.keys() | again.keys())
    ]
    differences = tuple((name, str(a), str(b)) for name, a, b in pairs if a != b)
    return Replay(not differences, found.digest, found.earned, found.payable, differences)
