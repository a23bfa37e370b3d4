"""Statements (对账单): built from facts, sent, confirmed by the partner, locked with the journal's checkpoint."""

import datetime as dt
import uuid

from qudao.catalog import queries as catalog
from qudao.kernel import bulk, errors, journal, locks, money, numbering, periods, records, scope, writes
from qudao.kernel.journal import queries as journal_queries
from qudao.settlement import consumers, debtors, models, queries, writing
from qudao.settlement.rules import statement as rules

MANAGE, CONFIRM = "settlement.statement.manage", "settlement.statement.confirm"


def build_statement(
    *,
    debtor_node_id: int,
    month: dt.date,
    up_to: int | None = None,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.StatementDetail:
    """Build the statement of the month `month` lies in, from the facts up to journal number `up_to`.

    `up_to` is at most, and by default, the last number whose facts are written. A draft is built anew; one
    that was sent stands. Raises Refused `settlement.statement_exists`, `settlement.statement_previous_open`
    (the one before is still a draft), `settlement.statement_out_of_order` (a later one exists),
    `settlement.facts_not_so_far`, `settlement.debtor_partly_seen`.
    """
    actor.require(MANAGE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        debtor = debtors.get(debtor_node_id, actor=actor)
        debtors.require_whole(debtor, actor=actor)
        writing.alone("settlement.statement", debtor.node_id)
        number = journal_number(up_to)
        period = periods.month(month.year, month.month)
        previous, draft = _neighbours(debtor.node_id, period)
        facts = queries.statement_facts(
            debtor.node_id,
            until=period.valid_until,
            number=number,
            after=(previous.period_until, previous.journal_number) if previous else None,
        )
        lines = rules.lines_of(facts)
        balances = rules.balances(
            opening=previous.closing if previous else money.ZERO,
            invoiced_before=previous.invoiced_receivable if previous else money.ZERO,
            lines=lines,
        )
        entry = journal.entry()
        statement = draft or _new(debtor, period, now=now)
        _fill(statement, balances, number=number, entry=entry)
        rows = _lines(statement, lines)
        statement.line_count = len(rows)
        if draft:
            models.StatementLine.objects.filter(statement=draft).delete()
            statement.version += 1
        statement.save(force_insert=draft is None)
        bulk.create(rows)
        _record(statement, "built", entry, now, more=rows, journal_number=number)
        return queries.get_statement(statement.pk, actor=actor)


def journal_number(up_to: int | None) -> int:
    """`up_to`, or the last number whose facts are written, which it may not pass."""
    last = consumers.cursor()
    if up_to is not None and up_to > last:
        raise errors.refuse("settlement.facts_not_so_far", number=up_to, last=last)
    return last if up_to is None else up_to


def _neighbours(
    node_id: int, period: periods.Period
) -> tuple[models.Statement | None, models.Statement | None]:
    """(the statement before, the draft to be built anew); raises Refused where the order is broken."""
    all_of_it = models.Statement.objects.filter(node_id=node_id)
    later = all_of_it.filter(period_from__gt=period.valid_from).order_by("period_from").first()
    if later is not None:
        raise errors.refuse("settlement.statement_out_of_order", number=later.number)
    same = all_of_it.filter(period_from=period.valid_from).first()
    if same is not None and same.status != "draft":
        raise errors.refuse("settlement.statement_exists", number=same.number, status=same.status)
    previous = all_of_it.filter(period_from__lt=period.valid_from).order_by("-period_from").first()
    if previous is not None and previous.status == "draft":
        raise errors.refuse("settlement.statement_previous_open", number=previous.number)
    return previous, same


def _new(debtor: debtors.Debtor, period: periods.Period, *, now: dt.datetime) -> models.Statement:
    return models.Statement(
        id=records.key(now),
        created_at=now,
        node_id=debtor.node_id,
        number=numbering.take_one(entity_id=debtor.entity_id, series="ST", on=period.valid_from),
        entity_id=debtor.entity_id,
        party_id=debtor.party_id,
        period_from=period.valid_from,
        period_until=period.valid_until,
    )


def _fill(statement: models.Statement, balances: rules.Balances, *, number: int, entry: uuid.UUID) -> None:
    statement.entry, statement.journal_number = entry, number
    for name in (*rules.COUNTED, "opening", "closing", "invoiced_receivable", "shipped_not_invoiced"):
        setattr(statement, name, getattr(balances, name))


def _lines(statement: models.Statement, lines: list[rules.Line]) -> list[models.StatementLine]:
    item_ids = {line.fact.item_id for line in lines} - {0}
    on = statement.period_until - dt.timedelta(days=1)
    items = catalog.items(item_ids, on=on, entity_id=statement.entity_id) if item_ids else {}
    return [
        models.StatementLine(
            entry=statement.entry,
            node_id=statement.node_id,
            statement=statement,
            no=no,
            section=line.section,
            on=line.fact.on,
            document_type=line.fact.document_type,
            document_number=line.fact.document_number,
            item_name=items[line.fact.item_id].name if line.fact.item_id else "",
            lot_code=line.fact.lot_code,
            serial_code=line.fact.serial_code if line.quantity else "",
            quantity=line.quantity,
            unit_price=line.unit_price,
            amount=line.amount,
            tax=line.tax,
            fact_id=line.fact.fact_id,
        )
        for no, line in enumerate(lines, start=1)
    ]


def send_statement(
    *, statement_id: uuid.UUID, version: int | None = None, actor: scope.Actor, now: dt.datetime
) -> queries.StatementView:
    """Send a draft to the partner; from now on its lines stand."""
    actor.require(MANAGE)
    return _advance(statement_id, version, "sent", {"sent_at": now}, actor, now)


def confirm_statement(
    *, statement_id: uuid.UUID, version: int | None = None, actor: scope.Actor, now: dt.datetime
) -> queries.StatementView:
    """The partner agrees with the statement as it stands; `version` is the one that was read.

    Raises Conflict when it changed since, Refused `settlement.statement_already_confirmed` the second time,
    `settlement.statement_state` while a dispute is open or before it was sent; NotFound for another
    partner's.
    """
    actor.require(CONFIRM)
    values = {"confirmed_at": now, "confirmed_by": actor.ref}
    return _advance(statement_id, version, "confirmed", values, actor, now)


def lock_statement(
    *, statement_id: uuid.UUID, version: int | None = None, actor: scope.Actor, now: dt.datetime
) -> queries.StatementView:
    """Close a confirmed statement, sign it for our side, and print on it the signed checkpoint of the journal
    that covers its facts.

    Raises Refused `settlement.no_checkpoint` when none is signed yet that covers them.
    """
    actor.require(MANAGE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        note = journal_queries.find_checkpoint()
        found = hold(statement_id, actor=actor)
        if note is None or int(note.split("\n")[1]) <= found.journal_number:
            raise errors.refuse("settlement.no_checkpoint", number=found.number)
        values = {"locked_at": now, "locked_by": actor.ref, "checkpoint": note}
        return _advance(statement_id, version, "locked", values, actor, now)


def hold(statement_id: uuid.UUID, *, actor: scope.Actor) -> models.Statement:
    """The statement, locked; raises NotFound for none, or none this actor may see. A draft is ours alone."""
    rows = models.Statement.objects.select_for_update().filter(pk=statement_id)
    found = scope.visible(rows, actor).first()
    if found is None or (found.status == "draft" and not actor.house):
        raise errors.NotFound
    return found


def at_version(statement: models.Statement, version: int | None) -> None:
    """Raise Conflict when the statement is no longer the one that was read."""
    if version is not None and statement.version != version:
        params = {"seen": version, "current": statement.version}
        raise errors.Conflict([errors.Reason("kernel.changed_meanwhile", params=params)])


def _advance(
    statement_id: uuid.UUID, version: int | None, status: str, values: dict, actor, now
) -> queries.StatementView:
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        found = hold(statement_id, actor=actor)
        # What cannot follow is said first: who confirms twice hears that, not that something changed.
        rules.step(status=found.status, to=status, number=found.number)
        at_version(found, version)
        save(found, status, status, values, now)
        return queries.statement_view(found)


def save(
    statement: models.Statement, status: str, verb: str, values: dict, now: dt.datetime, *, more=(), **data
) -> None:
    """Write a statement's next state with the rows `more` written beside it, journal last."""
    entry = more[0].entry if more else journal.entry()
    for name, value in (values | {"status": status}).items():
        setattr(statement, name, value)
    statement.version, statement.entry = statement.version + 1, entry
    statement.save(update_fields=[*values, "status", "version", "entry"])
    _record(statement, verb, entry, now, more=more, **data)


def _record(
    statement: models.Statement, verb: str, entry: uuid.UUID, now: dt.datetime, *, more=(), **data
) -> None:
    journal.record(
        entry,
        f"settlement.statement.{verb}",
        subject=f"settlement.statement:{statement.pk}",
        at=now,
        node_id=statement.node_id,
        rows=writes.written([statement, *more]),
        data={"number": statement.number, "closing": statement.closing, **data},
    )
