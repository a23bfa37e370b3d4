"""Receipts (收款) and what they pay (认款)."""

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db import IntegrityError, connection

from qudao.kernel import bulk, errors, journal, locks, money, numbering, periods, records, scope, writes
from qudao.organisation import queries as organisation
from qudao.settlement import credit, debtors, models, queries
from qudao.settlement.rules import billing
from qudao.settlement.rules import credit as credit_rules

RECORD = "settlement.cash.record"
Applications = Sequence[tuple[uuid.UUID, Decimal]]


def record_receipt(
    *,
    debtor_node_id: int,
    amount: Decimal,
    method: str,
    reference: str,
    received_on: dt.date,
    applications: Applications | None = None,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.ReceiptView:
    """Record money received; it pays `applications` (invoice, amount), else the invoices due first.

    What pays no invoice is prepaid. It posts on the day it was received, or, where that month is closed, on the
    first open day after. `reference` is the bank's: the same one again in the same way is
    refused as `settlement.receipt_twice`. Raises Refused also for amounts that are no cents above zero and
    for applications that do not fit.
    """
    actor.require(RECORD)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        debtor = debtors.get(debtor_node_id, actor=actor)
        credit.lock(debtor.node_id)
        on = periods.business_date(now)
        errors.raise_if_refused(_check(amount, method, reference, received_on, on))
        parts = parts_of(debtor.node_id, amount, applications)
        applied = sum((part for _, part in parts), money.ZERO)
        posted_on = organisation.posting_date(entity_id=debtor.entity_id, ledger="receivable", on=received_on)
        entry = journal.entry()
        receipt = models.CashReceipt(
            id=records.key(now),
            entry=entry,
            created_at=now,
            node_id=debtor.node_id,
            number=numbering.take_one(entity_id=debtor.entity_id, series="CR", on=on),
            entity_id=debtor.entity_id,
            party_id=debtor.party_id,
            received_on=received_on,
            posted_on=posted_on,
            method=method,
            reference=reference.strip(),
            amount=amount,
            applied=applied,
        )
        _insert(receipt)
        rows = [*writes.written([receipt]), *_apply(receipt, parts, entry=entry)]
        change = credit_rules.Move(receivable=-applied, prepaid=amount - applied)
        rows.append(credit.move(debtor.node_id, change, entry=entry))
        journal.record(
            entry,
            "settlement.cash.recorded",
            subject=f"settlement.receipt:{receipt.pk}",
            at=now,
            node_id=debtor.node_id,
            rows=rows,
            data={
                "receipt_id": receipt.pk,
                "number": receipt.number,
                "amount": amount,
                "applied": applied,
                "on": received_on,
                "posted_on": posted_on,
                "debtor_node_id": debtor.node_id,
                "entity_id": debtor.entity_id,
                "party_id": debtor.party_id,
            },
        )
        return queries.get_receipt(receipt.pk, actor=actor)


def apply_receipt(
    *,
    receipt_id: uuid.UUID,
    applications: Applications | None = None,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.ReceiptView:
    """Pay invoices from what is still prepaid of a receipt: `applications`, else those due first."""
    actor.require(RECORD)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        view = queries.get_receipt(receipt_id, actor=actor)
        credit.lock(view.node_id)
        receipt = models.CashReceipt.objects.get(pk=receipt_id)
        left = receipt.amount - receipt.applied
        parts = parts_of(receipt.node_id, left, applications)
        applied = sum((part for _, part in parts), money.ZERO)
        if not applied:
            raise errors.refuse("settlement.nothing_to_apply", number=receipt.number)
        entry = journal.entry()
        receipt.applied += applied
        receipt.version += 1
        receipt.entry = entry
        receipt.save(update_fields=["applied", "version", "entry"])
        change = credit_rules.Move(receivable=-applied, prepaid=-applied)
        journal.record(
            entry,
            "settlement.cash.applied",
            subject=f"settlement.receipt:{receipt.pk}",
            at=now,
            node_id=receipt.node_id,
            rows=[
                *writes.written([receipt]),
                *_apply(receipt, parts, entry=entry),
                credit.move(receipt.node_id, change, entry=entry),
            ],
            data={"applied": applied},
        )
        return queries.get_receipt(receipt_id, actor=actor)


def _check(
    amount: Decimal, method: str, reference: str, received_on: dt.date, on: dt.date
) -> list[errors.Reason]:
    reasons = []
    if not billing.is_positive_cents(amount):
        reasons.append(errors.Reason("settlement.amount_invalid", params={"amount": amount}))
    if not method.strip() or not reference.strip():
        reasons.append(errors.Reason("settlement.reference_missing"))
    if received_on > on:
        reasons.append(errors.Reason("settlement.received_in_future", params={"on": received_on}))
    return reasons


def parts_of(
    node_id: int,
    amount: Decimal,
    applications: Applications | None,
    *,
    overspent: str = "settlement.receipt_overspent",
) -> list[tuple[uuid.UUID, Decimal]]:
    """What pays which invoice. The credit row is locked: nothing else pays them meanwhile."""
    found = queries.open_invoices(node_id)
    if applications is None:
        return list(billing.pay_oldest(open_invoices=found, amount=amount))
    errors.raise_if_refused(
        billing.check_applications(
            applications=applications, open_invoices=found, amount=amount, overspent=overspent
        )
    )
    return list(applications)


def _insert(receipt: models.CashReceipt) -> None:
    try:
        receipt.save(force_insert=True)
    except IntegrityError as error:
        if "cash_receipt_once" in str(error):
            raise errors.refuse(
                "settlement.receipt_twice", method=receipt.method, reference=receipt.reference
            ) from error
        raise


def _apply(receipt: models.CashReceipt, parts: Applications, *, entry: uuid.UUID) -> list[journal.Row]:
    """Write the applications and what is now paid of each invoice."""
    if not parts:
        return []
    rows = [
        models.CashApplication(
            entry=entry, node_id=receipt.node_id, receipt=receipt, invoice_id=invoice_id, amount=part
        )
        for invoice_id, part in parts
    ]
    bulk.create(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE settlement_invoice i SET paid = i.paid + p.amount, entry = %s FROM ("
            " SELECT id, sum(amount) AS amount FROM unnest(%s::uuid[], %s::numeric[]) AS t (id, amount) GROUP BY id"
            ") p WHERE i.id = p.id RETURNING i.id, i.paid",
            [entry, [invoice_id for invoice_id, _ in parts], [part for _, part in parts]],
        )
        paid = [journal.row("settlement_invoice", key, {"paid": value}) for key, value in cursor.fetchall()]
    return [*writes.written(rows), *paid]
