"""A contract ended before its time (提前终止): its prices and rebates stop; what was ordered keeps its price."""

import datetime as dt
import uuid

from django.db import connection

from qudao.kernel import errors, journal, periods, scope, writes
from qudao.pricing import models

from . import writing


def end_contract(
    *, contract_id: uuid.UUID, last_day: dt.date, reason: str, actor: scope.Actor, now: dt.datetime
) -> uuid.UUID:
    """End a contract with `last_day`, the last on which it holds; answers the contract's id.

    Versions and prices that reach further end the day after; those that would begin later never hold, and rebates
    stop with their version. Orders keep the price they were taken at. Raises Refused `pricing.end_reason_missing`,
    `pricing.end_in_past` for a day before today, `pricing.ends_anyway` when nothing of it reaches beyond that day;
    NotFound.
    """
    actor.require(writing.SIGN)
    ends, today = last_day + dt.timedelta(days=1), periods.business_date(now)
    with scope.transaction(actor, acting=True):
        rows = models.Contract.objects.select_for_update().filter(pk=contract_id)
        contract = scope.visible(rows, actor).first()
        if contract is None:
            raise errors.NotFound()
        versions = reaching(contract, ends)
        reasons = []
        if not reason.strip():
            reasons.append(errors.Reason("pricing.end_reason_missing"))
        if last_day < today:
            reasons.append(errors.Reason("pricing.end_in_past", params={"day": last_day, "today": today}))
        if not versions:
            params = {"number": contract.number, "day": last_day}
            reasons.append(errors.Reason("pricing.ends_anyway", params=params))
        errors.raise_if_refused(reasons)
        entry = journal.entry()
        written = end_versions(versions, ends, entry)
        journal.record(
            entry,
            "pricing.contract.ended",
            subject=f"pricing.contract:{contract.pk}",
            at=now,
            node_id=contract.node_id,
            rows=written,
            data={"contract": contract.number, "last_day": last_day, "reason": reason.strip()[:200]},
        )
    return contract.pk


def reaching(contract: models.Contract, day: dt.date) -> list[models.ContractVersion]:
    """The signed versions that hold on `day` or later."""
    signed = models.ContractVersion.objects.filter(contract=contract, status="effective").order_by("number")
    return [one for one in signed if one.valid_until is None or one.valid_until > day]


def end_versions(versions: list[models.ContractVersion], day: dt.date, entry: uuid.UUID) -> list[journal.Row]:
    """End versions and their prices on `day`, the first without them. What was still to come never comes: it ends
    the day it would have begun."""
    if not versions:
        return []
    for one in versions:
        one.valid_until, one.entry = max(one.valid_from, day), entry
        one.save()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pricing_pricerow SET valid_until = greatest(valid_from, %s::date), entry = %s::uuid"
            " WHERE contract_version_id = ANY(%s::int[]) AND (valid_until IS NULL OR valid_until > %s::date)"
            " RETURNING id, valid_until",
            [day, entry, [one.pk for one in versions], day],
        )
        ended = [
            journal.row(models.PriceRow, row_id, {"valid_until": until})
            for row_id, until in cursor.fetchall()
        ]
    return [*writes.written(versions), *ended]
