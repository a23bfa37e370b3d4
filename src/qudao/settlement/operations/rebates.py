"""Rebate runs (返利计算): calculated from facts, replayed, confirmed into the pool, reversed; and expiry."""

import datetime as dt
import uuid

from qudao.kernel import bulk, errors, journal, locks, money, numbering, periods, records, scope, writes
from qudao.pricing import queries as pricing
from qudao.pricing.rules import pool as pool_rules
from qudao.settlement import computing, debtors, models, pool, queries
from qudao.settlement.operations import statements
from qudao.settlement.rules import rebates as rules

VIEW, RUN, CONFIRM = "settlement.rebate.view", "settlement.rebate.run", "settlement.rebate.confirm"
_ORIGIN = "settlement.run"


def run_rebate(
    *,
    contract_version_id: int,
    term_id: int,
    day: dt.date,
    up_to: int | None = None,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.RunDetail:
    """Calculate a term for the calendar period `day` lies in, from the facts up to journal number `up_to`.

    Recomputes the whole period and subtracts what confirmed runs settled; changes no balance. The run keeps
    N, the digest of everything it depends on, and each fact's cents. Raises Refused
    `settlement.outside_contract`, `settlement.term_not_payable`, `settlement.basis_unknown`,
    `settlement.facts_not_so_far`.
    """
    actor.require(RUN)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        term = computing.get_term(contract_version_id=contract_version_id, term_id=term_id, actor=actor)
        debtor = debtors.of(entity_id=term.entity_id, party_id=term.party_id, actor=actor)
        number = statements.journal_number(up_to)
        period = computing.clipped(term, day)
        found = computing.compute(
            term,
            period=period,
            facts=computing.facts_of([(term, period)], number=number)[term.id],
            earlier=computing.confirmed_runs(term.id),
        )
        run = _run(term, debtor, period, found, number=number, entry=journal.entry(), now=now)
        lines = _lines(run, found)
        run.save(force_insert=True)
        bulk.create(lines)
        _record(run, "calculated", actor, now, [*lines], journal_number=number, digest=run.digest)
        return queries.get_run(run.pk, actor=actor)


def _run(
    term: pricing.RebateTerm,
    debtor: debtors.Debtor,
    period: periods.Period,
    found: computing.Computed,
    *,
    number: int,
    entry: uuid.UUID,
    now: dt.datetime,
) -> models.RebateRun:
    result = found.settlement
    return models.RebateRun(
        id=records.key(now),
        entry=entry,
        created_at=now,
        # The debtor's, not the account's: what a dealer earns is no affair of the agent above its account.
        node_id=debtor.node_id,
        number=numbering.take_one(entity_id=term.entity_id, series="RB", on=periods.business_date(now)),
        entity_id=term.entity_id,
        party_id=term.party_id,
        account_id=term.account_id,
        contract_version_id=term.version_id,
        term_id=term.id,
        period_from=period.valid_from,
        period_until=period.valid_until,
        journal_number=number,
        volume_amount=result.volume.amount,
        volume_quantity=result.volume.quantity,
        tier=result.tier,
        earned=result.earned,
        settled_before=result.settled,
        payable=result.payable,
        carried_in=found.settled.carried_in,
        explanation=_explanation(term, found),
        digest=result.digest,
        engine=computing.ENGINE,
    )


def _explanation(term: pricing.RebateTerm, found: computing.Computed) -> dict:
    following = found.settlement.next_tier
    return {
        "term": term.name,
        "contract": term.contract_number,
        "basis": term.basis,
        "scale": dict(term.scale),
        "steps": [step.as_json() for step in found.settlement.steps],
        "next_tier": [str(part) for part in following] if following else None,
        "after": [str(run_id) for run_id in found.after],
    }


def _lines(run: models.RebateRun, found: computing.Computed) -> list[models.RebateRunLine]:
    return [
        models.RebateRunLine(
            entry=run.entry,
            node_id=run.node_id,
            run=run,
            fact_id=line.fact.fact_id,
            document_number=found.facts[line.fact.fact_id].document_number,
            document_line=found.facts[line.fact.fact_id].document_line,
            base=line.fact.amount_net,
            quantity=line.fact.quantity,
            counted=line.fact.counted,
            exclusion=line.fact.exclusion,
            earned=line.share,
        )
        for line in found.settlement.lines
    ]


def replay_run(*, run_id: uuid.UUID, actor: scope.Actor) -> queries.Replay:
    """Compute a run again from its contract version, its N and the runs it subtracted; compare the cents.

    Whoever may see a run may check it.
    """
    actor.require(VIEW)
    with scope.transaction(actor, acting=True):
        detail = queries.get_run(run_id, actor=actor)
        run = models.RebateRun.objects.get(pk=run_id)
        earlier = list(models.RebateRun.objects.filter(pk__in=run.explanation["after"]))
        term, period = _term_of(run, actor), periods.Period(run.period_from, run.period_until)
        facts = computing.facts_of([(term, period)], number=run.journal_number)[term.id]
        found = computing.compute(term, period=period, facts=facts, earlier=earlier).settlement
        return queries.compare(detail, found)


def confirm_run(
    *, run_id: uuid.UUID, partial: bool = False, actor: scope.Actor, now: dt.datetime
) -> queries.RunView:
    """Book a calculated run: what it pays goes into the pool, what it takes back comes out of it.

    A clawback takes no more than the pool holds; the rest is carried to the term's next run. What was calculated
    before its period was over settles it in `partial`: the run after the period subtracts it. Raises Refused
    `settlement.run_state`, `settlement.period_not_over` (partial, and not said to be), or `settlement.run_stale`
    when another run was confirmed or reversed meanwhile.
    """
    actor.require(CONFIRM)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        run, debtor = _hold(run_id, "calculated", actor)
        errors.raise_if_refused(
            rules.check_confirmation(
                number=run.number,
                calculated_on=periods.business_date(run.created_at),
                period_until=run.period_until,
                partial=partial,
            )
        )
        standing = {str(one.pk) for one in computing.confirmed_runs(run.term_id)}
        if standing != set(run.explanation["after"]):
            raise errors.refuse("settlement.run_stale", number=run.number)
        entry = journal.entry()
        on = periods.business_date(now)
        term = _term_of(run, actor)
        postings = _credit(run, term, on) if run.payable > 0 else _clawback(run, term, debtor, on)
        return _close(
            run,
            "confirmed",
            postings,
            debtor,
            {"confirmed_at": now, "confirmed_by": actor.ref},
            entry,
            actor,
            now,
        )


def _credit(run: models.RebateRun, term: pricing.RebateTerm, on: dt.date) -> list[pool.Posting]:
    net, tax = rules.pool_amounts(payable=run.payable, tax_included=term.tax_included, rate=term.tax_rate)
    return [
        pool.Posting(
            "confirm",
            net,
            tax,
            term.tax_rate,
            f"confirm:{run.pk}",
            expires_on=periods.add_months(on, term.pool_months) if term.pool_months else None,
            share=term.pool_share,
        )
    ]


def _clawback(
    run: models.RebateRun, term: pricing.RebateTerm, debtor: debtors.Debtor, on: dt.date
) -> list[pool.Posting]:
    """What the pool gives back; what it cannot is `carried_out`, in the basis of the payable."""
    if not run.payable:
        return []
    claim = sum(rules.pool_amounts(payable=-run.payable, tax_included=term.tax_included, rate=term.tax_rate))
    held = pool.held(debtor.node_id)
    allocations, left = pool_rules.plan_clawback(entries=held.entries, amount=money.amount(claim), today=on)
    run.carried_out = left if term.tax_included else money.split_tax(left, term.tax_rate)[0]
    return pool.taken(allocations, held, kind="clawback", key=f"clawback:{run.pk}")


def reverse_run(*, run_id: uuid.UUID, reason: str, actor: scope.Actor, now: dt.datetime) -> queries.RunView:
    """Take a confirmed run back by opposite entries; the run itself stays as it was, marked reversed. The journal
    keeps the `reason`.

    Raises Refused `settlement.run_state`, `settlement.run_built_upon` (a later run subtracted it),
    `settlement.run_rebate_used` (its rebate was drawn on: run again, the difference settles it).
    """
    actor.require(CONFIRM)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        run, debtor = _hold(run_id, "confirmed", actor)
        for other in computing.confirmed_runs(run.term_id):
            if str(run.pk) in other.explanation["after"] and computing.built_upon(run, other):
                raise errors.refuse("settlement.run_built_upon", number=run.number, later=other.number)
        postings = _opposite(run, debtor)
        values = {"reversed_at": now}
        return _close(
            run, "reversed", postings, debtor, values, journal.entry(), actor, now, reason=reason[:200]
        )


def _opposite(run: models.RebateRun, debtor: debtors.Debtor) -> list[pool.Posting]:
    written = models.PoolEntry.objects.filter(node_id=debtor.node_id, origin_type=_ORIGIN, origin_id=run.pk)
    left = {entry.entry_id: entry.gross for entry in pool.held(debtor.node_id).entries}
    postings = []
    for one in written.order_by("pk"):
        credited = one.kind == "confirm"
        if credited and left.get(one.pk) != one.gross:
            raise errors.refuse("settlement.run_rebate_used", number=run.number)
        postings.append(
            pool.Posting(
                "adjust" if credited else "restore",
                -one.net,
                -one.tax,
                one.tax_rate,
                f"reverse:{one.key}",
                draws_on=one.pk if credited else one.draws_on_id,
            )
        )
    return postings


def expire_rebates(
    *, debtor_node_id: int, actor: scope.Actor, now: dt.datetime
) -> list[queries.PoolEntryView]:
    """Write off what is left of entries whose last day has passed; returns the new entries."""
    actor.require(CONFIRM)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        debtor = debtors.get(debtor_node_id, actor=actor)
        pool.lock(debtor.node_id)
        held = pool.held(debtor.node_id)
        on = periods.business_date(now)
        allocations = pool_rules.plan_expiry(entries=held.entries, today=on)
        if not allocations:
            return []
        entry = journal.entry()
        rows = pool.post(
            pool.taken(allocations, held, kind="expire", key=f"expire:{entry}"),
            node_id=debtor.node_id,
            entity_id=debtor.entity_id,
            on=on,
            origin_type="settlement.expiry",
            origin_id=entry,
            entry=entry,
        )
        journal.record(
            entry,
            "settlement.rebate.expired",
            subject=f"settlement.pool:{debtor.node_id}",
            at=now,
            node_id=debtor.node_id,
            rows=rows,
            data={"gross": sum((one.gross for one in allocations), money.ZERO)},
        )
        return queries.pool_entries(debtor.node_id, actor=actor, limit=len(allocations))


def _hold(run_id: uuid.UUID, status: str, actor: scope.Actor) -> tuple[models.RebateRun, debtors.Debtor]:
    """The run, its debtor's pool and so every other run of the debtor, locked."""
    run = scope.visible(models.RebateRun.objects.filter(pk=run_id), actor).first()
    if run is None:
        raise errors.NotFound
    debtor = debtors.of(entity_id=run.entity_id, party_id=run.party_id, actor=actor)
    pool.ensure(debtor)
    run = models.RebateRun.objects.select_for_update().get(pk=run_id)
    if run.status != status:
        raise errors.refuse("settlement.run_state", number=run.number, status=run.status)
    return run, debtor


def _term_of(run: models.RebateRun, actor: scope.Actor) -> pricing.RebateTerm:
    return computing.get_term(contract_version_id=run.contract_version_id, term_id=run.term_id, actor=actor)


def _close(run, status, postings, debtor, values, entry, actor, now, **data) -> queries.RunView:
    rows = pool.post(
        postings,
        node_id=debtor.node_id,
        entity_id=debtor.entity_id,
        on=periods.business_date(now),
        origin_type=_ORIGIN,
        origin_id=run.pk,
        entry=entry,
    )
    for name, value in values.items():
        setattr(run, name, value)
    run.status, run.version, run.entry = status, run.version + 1, entry
    run.save(update_fields=[*values, "status", "version", "entry", "carried_out"])
    _record(run, status, actor, now, (), rows=rows, **data)
    return queries.run_view(run)


def _record(
    run: models.RebateRun, verb: str, actor: scope.Actor, now: dt.datetime, lines, *, rows=(), **data
) -> None:
    journal.record(
        run.entry,
        f"settlement.rebate.{verb}",
        subject=f"settlement.run:{run.pk}",
        at=now,
        node_id=run.node_id,
        rows=[*writes.written([run, *lines]), *rows],
        data={"number": run.number, "payable": run.payable, "carried_out": run.carried_out, **data},
    )
