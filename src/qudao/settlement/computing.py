"""A rebate computed from a contract version's term and the facts up to a journal number."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from qudao.kernel import errors, periods, scope
from qudao.pricing import queries as pricing
from qudao.pricing.rules import case, settlement
from qudao.settlement import models
from qudao.settlement.rules import rebates as rules

ENGINE = "python/1"

_FACTS = """
SELECT w.term, f.id, f.kind, f.item_id, f.channel, f.region_id, f.hospital_id, f.price_kind, f.quantity, f.net,
    f.gross, f.rebate_used, f.document_number, f.document_line
FROM unnest(%(terms)s::int[], %(accounts)s::int[], %(kinds)s::text[], %(from)s::date[], %(until)s::date[])
    AS w (term, account, kinds, period_from, period_until)
JOIN settlement_fact f ON f.account_id = w.account AND f.kind = ANY (string_to_array(w.kinds, ' '))
    AND f."on" >= w.period_from AND f."on" < w.period_until
WHERE f.number <= %(number)s ORDER BY f.id
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Computed:
    """A settlement with the facts it came from; `after` are the runs it subtracts."""

    settlement: settlement.Settlement
    facts: dict[int, rules.Fact]
    settled: rules.Settled
    after: tuple[uuid.UUID, ...]


def get_term(*, contract_version_id: int, term_id: int, actor: scope.Actor) -> pricing.RebateTerm:
    """The payable term of a version that holds or held. Raises NotFound, or Refused
    `settlement.term_not_payable`, `settlement.basis_unknown`."""
    found = pricing.rebate_terms(version_id=contract_version_id, actor=actor)
    term = next((one for one in found if one.id == term_id), None)
    if term is None:
        raise errors.NotFound
    if term.direction != "payable" or term.version_status == "draft":
        raise errors.refuse("settlement.term_not_payable", name=term.name, status=term.version_status)
    if term.basis not in rules.BASES:
        raise errors.refuse("settlement.basis_unknown", name=term.name, basis=term.basis)
    return term


def compute(
    term: pricing.RebateTerm,
    *,
    period: periods.Period,
    facts: dict[int, rules.Fact],
    earlier: Sequence[models.RebateRun],
) -> Computed:
    """What the term earns in the period by its facts, less what `earlier` runs settled."""
    scale = case.read_scale(data=term.scale)
    settled = rules.settled_before(
        earlier=[_earlier(run) for run in earlier],
        period_from=period.valid_from,
    )
    found = settlement.settle(
        scale=scale,
        facts=rules.counted(facts=facts.values(), counts=term.counts),
        already_settled=settled.total,
    )
    return Computed(found, facts, settled, tuple(sorted(run.pk for run in earlier)))


def confirmed_runs(*term_ids: int) -> list[models.RebateRun]:
    """The runs of the terms that stand."""
    return list(models.RebateRun.objects.filter(term_id__in=term_ids, status="confirmed"))


def _earlier(run: Any) -> rules.EarlierRun:
    return rules.EarlierRun(run.period_from, run.payable, run.carried_in, run.carried_out)


def built_upon(run: Any, later: Any) -> bool:
    """Whether the later run, which came after this one, subtracted anything of it; both as rows or views."""
    return rules.built_upon(run=_earlier(run), by=later.period_from)


def clipped(term: pricing.RebateTerm, day: dt.date) -> periods.Period:
    """The term's calendar period of `day`, as far as the contract version reaches.

    Raises Refused `settlement.outside_contract` for a day on which the version does not hold.
    """
    validity = periods.Period(term.valid_from, term.valid_until)
    if not validity.contains(day):
        raise errors.refuse("settlement.outside_contract", day=day, name=term.name)
    whole = rules.period_of(calendar=term.calendar, day=day)
    ends = [end for end in (whole.valid_until, term.valid_until) if end is not None]
    return periods.Period(max(whole.valid_from, term.valid_from), min(ends))


def facts_of(
    asked: Sequence[tuple[pricing.RebateTerm, periods.Period]], *, number: int
) -> dict[int, dict[int, rules.Fact]]:
    """Term → the facts of its account in the period, by id, up to journal number `number`; one statement."""
    found: dict[int, dict[int, rules.Fact]] = {term.id: {} for term, _ in asked}
    params = {
        "terms": [term.id for term, _ in asked],
        "accounts": [term.account_id for term, _ in asked],
        "kinds": [" ".join(rules.BASES[term.basis]) for term, _ in asked],
        "from": [period.valid_from for _, period in asked],
        "until": [period.valid_until for _, period in asked],
        "number": number,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, params)
        for term_id, *row in cursor.fetchall():
            found[term_id][row[0]] = rules.Fact(*row)
    return found
