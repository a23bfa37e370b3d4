"""Sell-through files taken in, matches decided by a person, and suspicions judged."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping

from django.db import connection

from qudao.flow import files, matching, models, queries, writing
from qudao.flow.rules import cases, customers
from qudao.kernel import blobs, errors, journal, locks, numbering, periods, rule_tables, scope, tabular
from qudao.kernel import models as kernel
from qudao.partners import queries as partners

TAKE_IN, DECIDE, JUDGE = "flow.file.take_in", "flow.match.decide", "flow.case.judge"
PURPOSE = "flow"
_EARLIER = """
SELECT r.line_digest, f.number || ' #' || r.no FROM flow_flowrow r JOIN flow_flowfile f ON f.id = r.file_id
WHERE r.node_id = %s::int AND r.line_digest = ANY (%s::text[]) AND r.state <> 'duplicate'
"""


def check_file(
    *, account_id: int, stream: bytes, name: str, actor: scope.Actor, now: dt.datetime
) -> tabular.Result:
    """The dry run: verdicts per cell, and per row what matching finds. Changes nothing.

    Rows that read well carry the reasons of their state as well; none of these refuses the file.
    """
    actor.require(TAKE_IN)
    today = periods.business_date(now)
    result = files.read(stream, name=name, today=today)
    good = [row for row in result.rows if row.ok]
    with scope.transaction(actor, acting=True):
        account = partners.get_account(account_id, actor)
        found = _match(account, [files.line(row) for row in good], actor=actor, today=today)
    said = {
        row.number: tuple(_warned(reason) for reason in one.reasons)
        for row, one in zip(good, found, strict=True)
    }
    rows = tuple(queries.with_reasons(row, said.get(row.number, ())) for row in result.rows)
    return queries.with_rows(result, rows)


def _warned(reason: errors.Reason) -> errors.Reason:
    return errors.Reason(reason.code, reason.line, reason.params, "warn", reason.link)


def take_in_file(
    *,
    account_id: int,
    month: dt.date,
    stream: bytes,
    name: str,
    method: str = "excel",
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.FlowResult:
    """Take in a dealer's file for a month: keep the original, every row as it came, and its matches.

    What counts goes into the trace at once; what does not waits for a person. Raises Refused with every
    reason when a cell cannot be read (`kernel.tabular.*`, `flow.*`), `flow.file_taken_in` for the same file
    again, NotFound for an account the actor does not see.
    """
    actor.require(TAKE_IN)
    today = periods.business_date(now)
    result = files.read(stream, name=name, today=today)
    if not result.ok:
        raise errors.Refused(result.refusals())
    digest = blobs.put(stream)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        account = partners.get_account(account_id, actor)
        _lock_parties([account.party_id])
        _refuse_repeated(account, digest)
        lines = [files.line(row) for row in result.rows]
        found = _match(account, lines, actor=actor, today=today)
        entry = journal.entry()
        file = _create_file(account, month, digest, name, method, len(lines), actor, now, entry)
        _keep_original(account, digest, name, stream, actor, now)
        originals = {row.number: files.original(row, result.header) for row in result.rows}
        ids, rows = writing.insert_rows(found, file_id=file.pk, originals=originals, entry=entry)
        rows += writing.publish(((ids[one.line.no], file.pk, one) for one in found), entry=entry, at=now)
        rows += writing.count_files([file.pk], entry=entry)
        view = queries.result_of(file.pk, actor=actor)
        journal.record(
            entry,
            "flow.file.taken_in",
            subject=f"flow.file:{file.pk}",
            at=now,
            node_id=account.node_id,
            rows=[journal.row(file, file.pk, _values(file)), *rows],
            data={"number": file.number, "month": file.period_from, "digest": digest, "states": view.states},
        )
    return view


def _match(
    account: partners.Account, lines: list[files.Line], *, actor: scope.Actor, today: dt.date
) -> list[matching.Matched]:
    with connection.cursor() as cursor:
        cursor.execute(_EARLIER, [account.node_id, [line.digest(account.id) for line in lines]])
        earlier = dict(cursor.fetchall())
    return matching.match(
        [matching.Reported(account.id, line, today) for line in lines],
        accounts={account.id: account},
        earlier={account.id: earlier},
        closing_day=_closing_day(today),
        actor=actor,
        today=today,
    )


def _closing_day(today: dt.date) -> int:
    return int(rule_tables.on("flow.closing", today)["day"])


def _lock_parties(party_ids: Iterable[int]) -> None:
    """One at a time per dealer: two files together must not sell on the same goods twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('flow', p)) FROM unnest(%s::bigint[]) AS p",
            [sorted(set(party_ids))],
        )


def _refuse_repeated(account: partners.Account, digest: str) -> None:
    earlier = models.FlowFile.objects.filter(account_id=account.id, file_digest=digest).first()
    if earlier is not None:
        when = earlier.created_at.astimezone(periods.BUSINESS_ZONE)
        raise errors.refuse("flow.file_taken_in", number=earlier.number, when=f"{when:%Y-%m-%d %H:%M}")


def _create_file(
    account: partners.Account,
    month: dt.date,
    digest: str,
    name: str,
    method: str,
    count: int,
    actor: scope.Actor,
    now: dt.datetime,
    entry: uuid.UUID,
) -> models.FlowFile:
    return models.FlowFile.objects.create(
        entry=entry,
        created_at=now,
        node_id=account.node_id,
        number=numbering.take_one(entity_id=account.entity_id, series="FF", on=periods.business_date(now)),
        entity_id=account.entity_id,
        account_id=account.id,
        party_id=account.party_id,
        period_from=month.replace(day=1),
        file_digest=digest,
        file_name=name[:255],
        method=method,
        row_count=count,
    )


def _keep_original(
    account: partners.Account, digest: str, name: str, stream: bytes, actor: scope.Actor, now: dt.datetime
) -> None:
    kernel.StoredFile.objects.bulk_create(
        [
            kernel.StoredFile(
                digest=digest,
                node_id=account.node_id,
                name=name[:255],
                media_type="application/octet-stream",
                size=len(stream),
                purpose=PURPOSE,
                stored_at=now,
                stored_by=actor.ref,
            )
        ],
        ignore_conflicts=True,
    )


def _values(file: models.FlowFile) -> dict:
    names = ("number", "account_id", "period_from", "file_digest", "file_name", "row_count")
    return {name: getattr(file, name) for name in names}


# --- Decisions of a person -------------------------------------------------------------------------


def decide_match(
    *,
    row_id: int,
    hospital_id: int | None = None,
    item_id: int | None = None,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.Decided:
    """Say which hospital, or which product, a waiting row means.

    The decision becomes an alias (the name in its city; what this partner calls the product) and every
    waiting row the actor sees that uses the same words is matched again. Deciding the same once more changes
    nothing. Raises Refused `flow.nothing_decided`, `flow.hospital_unknown`, `flow.item_unknown`, NotFound.
    """
    actor.require(DECIDE)
    if (hospital_id is None) == (item_id is None):
        raise errors.refuse("flow.nothing_decided")
    today = periods.business_date(now)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        row = _row(row_id, actor)
        entry = journal.entry()
        if hospital_id is not None:
            alias = _customer_alias(row, hospital_id, actor, entry)
            same = models.FlowRow.objects.filter(customer_key=row.customer_key, city=row.city)
        else:
            alias = _product_alias(row, item_id or 0, actor, entry, today)
            same = models.FlowRow.objects.filter(
                file__party_id=row.file.party_id, product_key=row.product_key
            )
        waiting = scope.visible(same.filter(state="unmatched"), actor)
        rows, counts = _match_again(waiting, actor=actor, now=now, today=today, entry=entry)
        if alias is None and not rows:
            return queries.Decided(row.pk, 0, 0)
        journal.record(
            entry,
            "flow.match.decided",
            subject=f"flow.row:{row.pk}",
            at=now,
            node_id=row.node_id,
            rows=[*([alias] if alias else []), *rows],
            data={"hospital_id": hospital_id, "item_id": item_id, "words": row.customer_key, **counts},
        )
    return queries.Decided(row.pk, counts["again"], counts["counted"])


def judge_case(
    *, row_id: int, verdict: str, ground: str, note: str, actor: scope.Actor, now: dt.datetime
) -> queries.RowView:
    """Say of a line suspected of 窜货 what it is: upheld, dismissed or authorised, on a ground, with a note.

    Upheld it goes on not to count, and may be judged once more. Dismissed or authorised it is held against the
    deliveries again as an authorised sale, and counts unless more was sold than delivered. Raises Refused
    `flow.no_case`, `flow.verdict_missing`, `flow.note_missing`, NotFound.
    """
    actor.require(JUDGE)
    note = note.strip()
    today = periods.business_date(now)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        _lock_parties([_row(row_id, actor).file.party_id])
        row = _row(row_id, actor)
        codes = {one["code"] for one in row.reasons}
        errors.raise_if_refused(
            cases.check(state=row.state, codes=codes, verdict=verdict, ground=ground, note=note)
        )
        entry = journal.entry()
        values = {"verdict": verdict, "ground": ground, "note": note, "judged_by": actor.ref}
        told = models.FlowVerdict.objects.create(
            entry=entry, node_id=row.node_id, row=row, judged_at=now, **values
        )
        row.verdict, row.entry = verdict, entry
        row.save(update_fields=["verdict", "entry"])
        rows, counts = [], {"again": 0, "counted": 0}
        if verdict in cases.CLEARS:
            same = models.FlowRow.objects.filter(pk=row.pk)
            rows, counts = _match_again(same, actor=actor, now=now, today=today, entry=entry, cleared=True)
        journal.record(
            entry,
            "flow.case.judged",
            subject=f"flow.row:{row.pk}",
            at=now,
            node_id=row.node_id,
            rows=[journal.row(told, told.pk, {"row_id": row.pk, **values}), *rows],
            data={"file": row.file.number, "no": row.no, "verdict": verdict, "ground": ground, **counts},
        )
        return queries.get_row(row.pk, actor)


def _row(row_id: int, actor: scope.Actor) -> models.FlowRow:
    found = scope.visible(models.FlowRow.objects.filter(pk=row_id), actor).select_related("file").first()
    if found is None:
        raise errors.NotFound
    return found


def _customer_alias(
    row: models.FlowRow, hospital_id: int, actor: scope.Actor, entry: uuid.UUID
) -> journal.Row | None:
    if hospital_id not in partners.party_names([hospital_id], actor):
        raise errors.refuse("flow.hospital_unknown")
    return _alias(
        models.CustomerAlias,
        {"name_key": row.customer_key[: customers.KEY_LENGTH], "city": row.city},
        {"hospital_id": hospital_id},
        actor,
        entry,
    )


def _product_alias(
    row: models.FlowRow, item_id: int, actor: scope.Actor, entry: uuid.UUID, today: dt.date
) -> journal.Row | None:
    if not queries.item_exists(item_id, today=today):
        raise errors.refuse("flow.item_unknown")
    return _alias(
        models.ProductAlias,
        {"party_id": row.file.party_id, "name_key": row.product_key},
        {"item_id": item_id},
        actor,
        entry,
    )


def _alias(model, key: Mapping, means: Mapping, actor: scope.Actor, entry: uuid.UUID) -> journal.Row | None:
    """The alias as written, None when it already said so."""
    if model.objects.filter(**key, **means).exists():
        return None
    values = {**means, "decided_by": actor.ref}
    alias, _ = model.objects.update_or_create(**key, defaults={**values, "entry": entry})
    return journal.row(alias, alias.pk, {**key, **values})


def _match_again(
    waiting,
    *,
    actor: scope.Actor,
    now: dt.datetime,
    today: dt.date,
    entry: uuid.UUID,
    cleared: bool = False,
) -> tuple[list[journal.Row], dict[str, int]]:
    """Match the waiting rows again with what is known now; returns what was written and how many."""
    _lock_parties(waiting.values_list("file__party_id", flat=True).distinct())
    stored = list(waiting.select_related("file").order_by("pk").select_for_update(of=("self",)))
    if not stored:
        return [], {"again": 0, "counted": 0}
    found = matching.match(
        [
            matching.Reported(
                row.file.account_id,
                files.from_json(row.reported),
                periods.business_date(row.file.created_at),
                cleared,
            )
            for row in stored
        ],
        accounts=partners.accounts_by_id({row.file.account_id for row in stored}, actor),
        earlier={},
        closing_day=_closing_day(today),
        actor=actor,
        today=today,
    )
    rows = writing.update_rows({row.pk: one for row, one in zip(stored, found, strict=True)}, entry=entry)
    rows += writing.publish(
        ((row.pk, row.file_id, one) for row, one in zip(stored, found, strict=True)), entry=entry, at=now
    )
    rows += writing.count_files({row.file_id for row in stored}, entry=entry)
    return rows, {"again": len(stored), "counted": sum(one.counts for one in found)}
