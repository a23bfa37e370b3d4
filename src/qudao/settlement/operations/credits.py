"""Credits (贷项): what a red invoice took off an invoice that was paid already, used on open ones (核销)."""

import datetime as dt
import uuid
from decimal import Decimal

from django.db import connection

from qudao.kernel import bulk, errors, journal, locks, money, periods, scope, writes
from qudao.organisation import queries as organisation
from qudao.settlement import credit, models, queries
from qudao.settlement.operations import receipts

_MOVE = """
UPDATE settlement_invoice i SET credited = i.credited + p.amount, entry = %s
FROM (SELECT id, sum(amount) AS amount FROM unnest(%s::uuid[], %s::numeric[]) AS t (id, amount) GROUP BY id) p
WHERE i.id = p.id RETURNING i.id, i.credited
"""


def apply_credit(
    *,
    invoice_id: uuid.UUID,
    applications: receipts.Applications | None = None,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.InvoiceView:
    """Use what is paid or credited of an invoice beyond its amount on other open invoices of the same debtor in
    the same legal entity: `applications` (invoice, amount), else those due first.

    Written as entries of their own; what the debtor owes in all stays the same. Raises Refused
    `settlement.no_credit_to_apply`, `settlement.nothing_to_credit`, or why given applications do not fit.
    """
    actor.require(receipts.RECORD)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        view = queries.get_invoice(invoice_id, actor=actor)
        credit.lock(view.node_id)
        source = queries.get_invoice(invoice_id, actor=actor)
        if not source.unapplied:
            raise errors.refuse("settlement.no_credit_to_apply", number=source.number)
        parts = receipts.parts_of(
            source.node_id, source.unapplied, applications, overspent="settlement.credit_overspent"
        )
        if not parts:
            raise errors.refuse("settlement.nothing_to_credit", number=source.number)
        entry = journal.entry()
        on = organisation.posting_date(
            entity_id=source.entity_id, ledger="receivable", on=periods.business_date(now)
        )
        rows = _insert(source, parts, on=on, entry=entry)
        applied = sum((part for _, part in parts), money.ZERO)
        moved = _move([(source.id, -applied), *parts], entry=entry)
        journal.record(
            entry,
            "settlement.credit.applied",
            subject=f"settlement.debtor:{source.node_id}",
            at=now,
            node_id=source.node_id,
            rows=[*writes.written(rows), *moved],
            data={"number": source.number, "applied": applied},
        )
        return queries.get_invoice(invoice_id, actor=actor)


def _insert(
    source: queries.InvoiceView, parts: receipts.Applications, *, on: dt.date, entry: uuid.UUID
) -> list[models.CreditApplication]:
    rows = [
        models.CreditApplication(
            entry=entry, node_id=source.node_id, source_id=source.id, invoice_id=key, on=on, amount=part
        )
        for key, part in parts
    ]
    bulk.create(rows)
    return rows


def _move(changes: list[tuple[uuid.UUID, Decimal]], *, entry: uuid.UUID) -> list[journal.Row]:
    """Move `credited` from the source to the invoices it now counts for."""
    ids, amounts = zip(*changes, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [entry, list(ids), list(amounts)])
        return [
            journal.row("settlement_invoice", key, {"credited": credited})
            for key, credited in cursor.fetchall()
        ]
