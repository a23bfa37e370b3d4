"""A line of a statement in dispute (异议), and how it was settled."""

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Max

from qudao.kernel import errors, journal, locks, money, periods, scope
from qudao.settlement import models, queries
from qudao.settlement.operations import statements
from qudao.settlement.rules import statement as rules


def dispute_line(
    *,
    statement_id: uuid.UUID,
    no: int,
    reason: str,
    note: str = "",
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.StatementDetail:
    """The partner disputes line `no`, with a reason code of `rules.statement.REASONS`.

    Raises Refused for an unknown reason, a line disputed already, one that only says how another was adjusted, or a
    statement that is no longer open.
    """
    actor.require(statements.CONFIRM)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        statement, line = _hold(statement_id, no, actor)
        rules.step(status=statement.status, to="disputed", number=statement.number)
        errors.raise_if_refused(
            rules.check_dispute(reason=reason, state=line.state, adjusts=line.adjusts, no=no)
        )
        line.state, line.dispute_reason, line.dispute_note = "disputed", reason, note[:200]
        line.resolution, line.entry = "", journal.entry()
        line.save(update_fields=["state", "dispute_reason", "dispute_note", "resolution", "entry"])
        statements.save(statement, "disputed", "disputed", {}, now, more=[line], line=no, reason=reason)
        return queries.get_statement(statement_id, actor=actor)


def confirm_lines(
    *, statement_id: uuid.UUID, nos: Sequence[int], actor: scope.Actor, now: dt.datetime
) -> queries.StatementView:
    """The partner agrees with lines one by one; the statement itself is confirmed as a whole.

    Lines agreed with already stay as they are. Raises Refused `settlement.line_unknown`,
    `settlement.line_in_dispute`, or `settlement.statement_state` for a statement that is not open.
    """
    actor.require(statements.CONFIRM)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        statement = statements.hold(statement_id, actor=actor)
        if "disputed" not in rules.STEPS[statement.status]:
            raise errors.refuse(
                "settlement.statement_state", number=statement.number, status=statement.status
            )
        wanted = sorted(set(nos))
        lines = list(models.StatementLine.objects.filter(statement=statement, no__in=wanted).order_by("no"))
        states = {line.no: line.state for line in lines}
        errors.raise_if_refused(rules.check_agreement(states=states, nos=wanted))
        agreed = [line for line in lines if line.state == "open"]
        if not agreed:
            return queries.statement_view(statement)
        entry = journal.entry()
        for line in agreed:
            line.state, line.entry = "confirmed", entry
        models.StatementLine.objects.filter(pk__in=[line.pk for line in agreed]).update(
            state="confirmed", entry=entry
        )
        numbers = [line.no for line in agreed]
        statements.save(statement, statement.status, "agreed", {}, now, more=agreed, lines=numbers)
        return queries.statement_view(statement)


def resolve_dispute(
    *,
    statement_id: uuid.UUID,
    no: int,
    outcome: str,
    resolution: str,
    amount: Decimal | None = None,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.StatementDetail:
    """Close the dispute of line `no`: `explained` (it stands) or `adjusted` by `amount` in all.

    An adjustment is written as a new line under differences: what both sides agreed, to be carried out by
    a document of its own (a red invoice, a return), whose facts come with the next statement. A later answer to
    the same line replaces the earlier one by a further line that corrects it; so we correct our own answer as long
    as the partner has not agreed. With the last dispute closed the statement is open for confirmation again.

    Raises Refused `settlement.line_not_disputed`, `settlement.resolution_invalid`,
    `settlement.adjustment_too_large`, or `settlement.statement_state` for a statement that is agreed.
    """
    actor.require(statements.MANAGE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        statement, line = _hold(statement_id, no, actor)
        errors.raise_if_refused(
            rules.check_resolution(
                outcome=outcome,
                amount=amount,
                line_amount=line.amount,
                state=line.state,
                adjusts=line.adjusts,
                no=no,
            )
        )
        if statement.status not in rules.ANSWERED_IN:
            raise errors.refuse(
                "settlement.statement_state", number=statement.number, status=statement.status
            )
        change = rules.correction(amount=amount, standing=line.adjustment)
        line.entry = journal.entry()
        line.state = "adjusted" if outcome == "adjusted" else "settled"
        line.resolution, line.adjustment = resolution[:200], amount or money.ZERO
        line.save(update_fields=["state", "resolution", "adjustment", "entry"])
        written = [line]
        if change:
            written.append(_difference(line, change, now))
        left = models.StatementLine.objects.filter(statement=statement, state="disputed").exists()
        status = "disputed" if left else "adjusted"
        statements.save(statement, status, "resolved", {}, now, more=written, line=no, outcome=outcome)
        return queries.get_statement(statement_id, actor=actor)


def _hold(
    statement_id: uuid.UUID, no: int, actor: scope.Actor
) -> tuple[models.Statement, models.StatementLine]:
    statement = statements.hold(statement_id, actor=actor)
    line = models.StatementLine.objects.filter(statement=statement, no=no).first()
    if line is None:
        raise errors.NotFound
    return statement, line


def _difference(line: models.StatementLine, amount: Decimal, now: dt.datetime) -> models.StatementLine:
    last = models.StatementLine.objects.filter(statement_id=line.statement_id).aggregate(no=Max("no"))["no"]
    return models.StatementLine.objects.create(
        entry=line.entry,
        node_id=line.node_id,
        statement_id=line.statement_id,
        no=last + 1,
        section="differences",
        on=periods.business_date(now),
        document_type=line.document_type,
        document_number=line.document_number,
        item_name=line.item_name,
        lot_code=line.lot_code,
        serial_code=line.serial_code,
        amount=amount,
        dispute_reason=line.dispute_reason,
        resolution=line.resolution,
        adjusts=line.no,
        state="settled",
    )
