"""Statements and rebates for many at once: each its own transaction, so that one refusal stops no other."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from qudao.kernel import errors, locks, periods, scope
from qudao.pricing import queries as pricing
from qudao.settlement import computing, queries, writing
from qudao.settlement.operations import rebates, statements

MOST = 200


@dataclasses.dataclass(frozen=True, slots=True)
class Batch:
    """What a batch made, and what it could not, each with its reasons. `left` are those not begun."""

    made: tuple[Any, ...]
    refused: tuple[tuple[Any, tuple[errors.Reason, ...]], ...]
    left: int = 0


def build_statements(*, month: dt.date, actor: scope.Actor, now: dt.datetime, most: int = MOST) -> Batch:
    """Build the month's statement for every debtor with something to state and none sent yet.

    At most `most` debtors, for what runs inside a request; `settlement.jobs` goes through all of them.
    Drafts are built anew.
    """
    actor.require(statements.MANAGE)
    with scope.transaction(actor, acting=True):
        nodes = queries.debtors_to_state(month, actor=actor)
    return each(
        nodes[:most],
        lambda node: statements.build_statement(debtor_node_id=node, month=month, actor=actor, now=now),
        left=len(nodes[most:]),
    )


def send_statements(*, statement_ids: Sequence[uuid.UUID], actor: scope.Actor, now: dt.datetime) -> Batch:
    """Send the drafts among the statements to their partners; what was sent before is refused, one by one."""
    actor.require(statements.MANAGE)
    return each(statement_ids, lambda one: statements.send_statement(statement_id=one, actor=actor, now=now))


def confirm_runs(*, run_ids: Sequence[uuid.UUID], actor: scope.Actor, now: dt.datetime) -> Batch:
    """Book the runs among them that are calculated; the others are refused, one by one."""
    actor.require(rebates.CONFIRM)
    return each(run_ids, lambda one: rebates.confirm_run(run_id=one, actor=actor, now=now))


def run_rebates(*, day: dt.date, actor: scope.Actor, now: dt.datetime, most: int = MOST) -> Batch:
    """Calculate every payable term in effect on `day` for the period that day lies in.

    Terms whose calculation for that period waits for confirmation are left out: it would only be doubled.
    At most `most` terms, for what runs inside a request; `settlement.jobs` goes through all of them.
    """
    actor.require(rebates.RUN)
    terms, _waiting = terms_of(day=day, today=periods.business_date(now), actor=actor)
    return each(
        terms[:most],
        lambda term: run_term(term, day=day, actor=actor, now=now),
        left=len(terms[most:]),
    )


def terms_of(
    *, day: dt.date, today: dt.date, actor: scope.Actor
) -> tuple[list[pricing.RebateTerm], list[pricing.RebateTerm]]:
    """The payable terms in effect on `day`: those to calculate for the period it lies in, and those whose
    calculation waits for confirmation."""
    with scope.transaction(actor, acting=True):
        waiting = queries.terms_waiting(today=today, actor=actor)
        payable = [term for term in pricing.rebate_terms(on=day, actor=actor) if term.direction == "payable"]
    split: dict[bool, list[pricing.RebateTerm]] = {False: [], True: []}
    for term in payable:
        split[_waits(term, day, waiting)].append(term)
    return split[False], split[True]


def _waits(term: pricing.RebateTerm, day: dt.date, waiting: set[tuple[int, dt.date]]) -> bool:
    try:
        return (term.id, computing.clipped(term, day).valid_from) in waiting
    except errors.Refused:
        return False  # its own calculation says why


def run_term(
    term: pricing.RebateTerm, *, day: dt.date, actor: scope.Actor, now: dt.datetime
) -> queries.RunDetail:
    """`run_rebate` for one of many: two people may calculate the same month at once, and each term of it is
    to be calculated once. Raises Refused `settlement.term_waiting` besides."""
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        writing.alone("settlement.rebate.term", term.id)
        since, today = computing.clipped(term, day).valid_from, periods.business_date(now)
        if queries.is_waiting(term.id, period_from=since, today=today, actor=actor):
            raise errors.refuse("settlement.term_waiting", name=term.name)
        return rebates.run_rebate(
            contract_version_id=term.version_id, term_id=term.id, day=day, actor=actor, now=now
        )


def each(
    wanted: Iterable[Any],
    act: Callable[[Any], Any],
    *,
    left: int = 0,
    done: Callable[[int], None] = lambda count: None,
) -> Batch:
    """Do `act` for one after the other, keeping what it answers or why it is refused; `done` hears how many."""
    made, refused = [], []
    for count, one in enumerate(wanted, start=1):
        try:
            made.append(act(one))
        except errors.Refused as refusal:
            refused.append((one, tuple(refusal.reasons)))
        done(count)
    return Batch(tuple(made), tuple(refused), left)
