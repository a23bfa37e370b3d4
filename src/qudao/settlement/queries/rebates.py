"""Rebate runs with each fact's cents."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from qudao.kernel import errors, scope
from qudao.pricing.rules import settlement
from qudao.settlement import models
from qudao.settlement.queries import pages


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
    row = scope.visible(models.RebateRun.objects.filter(pk=run_id), actor).first()
    if row is None:
        raise errors.NotFound
    lines = models.RebateRunLine.objects.filter(run=row).order_by("fact_id")
    return RunDetail(run_view(row), tuple(pages.fill(RunLineView, line) for line in lines))


def list_runs(
    *,
    actor: scope.Actor,
    account_id: int | None = None,
    party_id: int | None = None,
    status: str = "",
    cursor: str = "",
    limit: int = pages.LIMIT,
) -> pages.Page:
    """Runs newest first."""
    rows = scope.visible(models.RebateRun.objects.all(), actor)
    wanted = {"account_id": account_id, "party_id": party_id, "status": status or None}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return pages.page(rows, run_view, cursor=cursor, limit=limit)


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
