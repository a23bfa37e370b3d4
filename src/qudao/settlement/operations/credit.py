"""Credit limits and payment terms of a debtor."""

import datetime as dt
from decimal import Decimal

from qudao.kernel import errors, journal, locks, money, periods, scope, writes
from qudao.settlement import debtors, models, queries

MANAGE = "settlement.credit.manage"


def set_credit(
    *,
    debtor_node_id: int,
    limit: Decimal,
    approver: str,
    temporary: Decimal = money.ZERO,
    temporary_until: dt.date | None = None,
    payment_days: int = 30,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.CreditView:
    """Set what a debtor may owe and within how many days invoices fall due; opens its credit row.

    `temporary` holds before `temporary_until`. `approver` names who decided it. Raises Refused
    `settlement.credit_invalid`, `settlement.approver_missing`; NotFound for a debtor not seen.
    """
    actor.require(MANAGE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        debtor = debtors.get(debtor_node_id, actor=actor)
        errors.raise_if_refused(_check(limit, temporary, payment_days, approver))
        entry = journal.entry()
        row, _ = models.CreditLine.objects.update_or_create(
            node_id=debtor.node_id,
            defaults={
                "entry": entry,
                "entity_id": debtor.entity_id,
                "party_id": debtor.party_id,
                "limit": money.amount(limit),
                "temporary": money.amount(temporary),
                "temporary_until": temporary_until,
                "payment_days": payment_days,
                "approved_by": approver,
            },
        )
        journal.record(
            entry,
            "settlement.credit.set",
            subject=f"settlement.credit:{debtor.node_id}",
            at=now,
            node_id=debtor.node_id,
            rows=writes.written([row]),
            data={"limit": row.limit, "temporary": row.temporary, "approver": approver},
        )
        return queries.credit_of(debtor.node_id, on=periods.business_date(now), actor=actor)


def _check(limit: Decimal, temporary: Decimal, payment_days: int, approver: str) -> list[errors.Reason]:
    reasons = [
        errors.Reason("settlement.credit_invalid", params={"field": name, "value": value})
        for name, value in (("limit", limit), ("temporary", temporary), ("payment_days", payment_days))
        if value < 0
    ]
    if not approver.strip():
        reasons.append(errors.Reason("settlement.approver_missing"))
    return reasons
