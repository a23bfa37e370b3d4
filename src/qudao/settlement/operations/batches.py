"""Statements and rebates for many at once: each its own transaction, so that one refusal stops no other."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from qudao.kernel import errors, scope
from qudao.pricing import queries as pricing
from qudao.settlement import computing, queries
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

    At most `most` debtors; run again for those left. Drafts are built anew.
    """
    actor.require(statements.MANAGE)
    with scope.transaction(actor, acting=True):
        nodes = queries.debtors_to_state(month, actor=actor)
    return _each(
        nodes[:most],
        lambda node: statements.build_statement(debtor_node_id=node, month=month, actor=actor, now=now),
        left=len(nodes[most:]),
    )


def send_statements(*, statement_ids: Sequence[uuid.UUID], actor: scope.Actor, now: dt.datetime) -> Batch:
    """Send the drafts among the statements to their partners; what was sent before is refused, one by one."""
    actor.require(statements.MANAGE)
    return _each(statement_ids, lambda one: statements.send_statement(statement_id=one, actor=actor, now=now))


def confirm_runs(*, run_ids: Sequence[uuid.UUID], actor: scope.Actor, now: dt.datetime) -> Batch:
    """Book the runs among them that are calculated; the others are refused, one by one."""
    actor.require(rebates.CONFIRM)
    return _each(run_ids, lambda one: rebates.confirm_run(run_id=one, actor=actor, now=now))


def run_rebates(*, day: dt.date, actor: scope.Actor, now: dt.datetime, most: int = MOST) -> Batch:
    """Calculate every payable term in effect on `day` for the period that day lies in.

    Terms whose calculation for that period waits for confirmation are left out: it would only be doubled.
    At most `most` terms; run again for those left.
    """
    actor.require(rebates.RUN)
    with scope.transaction(actor, acting=True):
        waiting = queries.terms_waiting(actor=actor)
        terms = [
            term
            for term in pricing.rebate_terms(on=day, actor=actor)
            if term.direction == "payable"
            and (term.id, computing.clipped(term, day).valid_from) not in waiting
        ]
    return _each(
        terms[:most],
        lambda term: rebates.run_rebate(
            contract_version_id=term.version_id, term_id=term.id, day=day, actor=actor, now=now
        ),
        left=len(terms[most:]),
    )


def _each(wanted: Iterable[Any], act: Callable[[Any], Any], *, left: int = 0) -> Batch:
    made, refused = [], []
    for one in wanted:
        try:
            made.append(act(one))
        except errors.Refused as refusal:
            refused.append((one, tuple(refusal.reasons)))
    return Batch(tuple(made), tuple(refused), left)
