"""Closing of accounting periods."""

import datetime as dt

from django.db import connection

from qudao.kernel import errors, journal, locks, periods, scope
from qudao.organisation import models, queries, rules

from . import people, writing

CLOSE = "organisation.period.close"


def close_period(
    *, entity_id: int, ledger: str, first_on: dt.date, actor: scope.Actor, now: dt.datetime
) -> queries.PeriodView:
    """Close the month beginning `first_on` for one ledger of the entity; what comes late posts after it.

    Months close one after the other once they have ended, and are not opened again. Waits for postings under
    way. Raises Refused `organisation.period_not_ended`, `organisation.period_closed`,
    `organisation.period_out_of_order`, `organisation.period_of_others` for a person whose post does not reach
    over the whole entity; NotFound for an entity there is not.
    """
    actor.require(CLOSE)
    if first_on.day != 1 or ledger not in queries.LEDGERS:
        raise ValueError(f"not a period: {ledger} {first_on}")
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        entity = queries.get_entity(entity_id)
        if not actor.everyone and CLOSE not in people.permissions_over(
            models.Post(entity_id=entity_id), actor, now
        ):
            raise errors.refuse("organisation.period_of_others", entity=entity.short_name)
        with connection.cursor() as cursor:
            key = queries.period_lock(entity_id, ledger)
            cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [key])
        errors.raise_if_refused(
            rules.check_closing(
                first_on=first_on,
                last=queries.last_closed_of(entity_id, ledger),
                today=periods.business_date(now),
            )
        )
        entry = journal.entry()
        period = models.AccountingPeriod.objects.create(
            entity_id=entity_id,
            ledger=ledger,
            first_on=first_on,
            closed_at=now,
            closed_by=actor.ref,
            entry=entry,
        )
        writing.record(
            entry,
            "organisation.period.closed",
            period,
            now,
            entity=entity_id,
            ledger=ledger,
            first_on=first_on,
        )
    return queries.PeriodView(entity_id, ledger, first_on, now, actor.ref)
