"""Invoices for what was signed for, and red ones for what came back after it was invoiced."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.db import connection

from qudao.catalog import queries as catalog
from qudao.kernel import (
    bulk,
    errors,
    journal,
    locks,
    money,
    numbering,
    periods,
    records,
    rule_tables,
    scope,
    writes,
)
from qudao.organisation import queries as organisation
from qudao.settlement import credit, debtors, models, queries
from qudao.settlement.rules import billing
from qudao.settlement.rules import credit as credit_rules

ISSUE = "settlement.invoice.issue"


def issue_invoices(
    *,
    debtor_node_id: int,
    up_to: dt.date,
    actor: scope.Actor,
    now: dt.datetime,
) -> list[queries.InvoiceView]:
    """Bill everything the debtor signed for up to `up_to` (included) that is not billed yet.

    What came back after it was billed is taken back by red invoices, each naming the blue one it reverses.
    They are dated on the day they post, which is today. Blue ones fall due after the debtor's payment days. Bills
    what is in the facts: what happened in the last seconds comes next time. Raises Refused `settlement.nothing_to_invoice`,
    `settlement.no_credit_line`, `settlement.debtor_partly_seen`.
    """
    actor.require(ISSUE)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        debtor = debtors.get(debtor_node_id, actor=actor)
        debtors.require_whole(debtor, actor=actor)
        credit.lock(debtor.node_id)
        on = organisation.posting_date(
            entity_id=debtor.entity_id, ledger="receivable", on=periods.business_date(now)
        )
        planned = billing.plan_invoices(
            unbilled=queries.unbilled(debtor.node_id, up_to=up_to, actor=actor),
            most_lines=int(rule_tables.on("settlement.invoice", on)["lines"]),
        )
        if not planned:
            raise errors.refuse("settlement.nothing_to_invoice", up_to=up_to)
        entry = journal.entry()
        invoices, lines = _write(debtor, planned, on=on, entry=entry, now=now)
        credited = _credit_blue(invoices, entry=entry)
        total = sum((invoice.gross for invoice in invoices), money.ZERO)
        change = credit_rules.Move(receivable=total, shipped_not_invoiced=-total)
        moved = credit.move(debtor.node_id, change, entry=entry)
        journal.record(
            entry,
            "settlement.invoice.issued",
            subject=f"settlement.debtor:{debtor.node_id}",
            at=now,
            node_id=debtor.node_id,
            rows=[*writes.written([*invoices, *lines]), *credited, moved],
            data={
                "invoices": [
                    {"id": one.pk, "number": one.number, "kind": one.kind, "gross": one.gross}
                    for one in invoices
                ]
            },
        )
        return queries.invoices_by_id([invoice.pk for invoice in invoices], actor=actor)


def _write(
    debtor: debtors.Debtor,
    planned: Sequence[billing.Planned],
    *,
    on: dt.date,
    entry: uuid.UUID,
    now: dt.datetime,
) -> tuple[list[models.Invoice], list[models.InvoiceLine]]:
    days = models.CreditLine.objects.values_list("payment_days", flat=True).get(node_id=debtor.node_id)
    item_ids = {line.item_id for one in planned for line in one.lines}
    items = catalog.items(item_ids, on=on, entity_id=debtor.entity_id)
    numbers = numbering.take(entity_id=debtor.entity_id, series="IV", on=on, count=len(planned))
    invoices, lines = [], []
    for one, number in zip(planned, numbers, strict=True):
        invoice = models.Invoice(
            id=records.key(now),
            entry=entry,
            created_at=now,
            node_id=debtor.node_id,
            number=number,
            kind=one.kind,
            reverses_id=one.reverses,
            entity_id=debtor.entity_id,
            party_id=debtor.party_id,
            issued_on=on,
            due_on=on + dt.timedelta(days=days),
            net=one.total("net"),
            tax=one.total("tax"),
            gross=one.total("gross"),
        )
        invoices.append(invoice)
        lines += [
            _line(invoice, no, line, items[line.item_id].name) for no, line in enumerate(one.lines, start=1)
        ]
    bulk.create(invoices)
    bulk.create(lines)
    return invoices, lines


def _line(invoice: models.Invoice, no: int, line: billing.Unbilled, name: str) -> models.InvoiceLine:
    return models.InvoiceLine(
        entry=invoice.entry,
        node_id=invoice.node_id,
        invoice=invoice,
        no=no,
        shipment_line_id=line.shipment_line_id,
        order_line_id=line.order_line_id,
        item_id=line.item_id,
        item_name=name,
        quantity=line.quantity,
        net=line.net,
        tax=line.tax,
        gross=line.gross,
        tax_rate=line.tax_rate,
    )


def _credit_blue(invoices: Iterable[models.Invoice], *, entry: uuid.UUID) -> list[journal.Row]:
    """Take what red invoices reverse off the blue ones: so much less is open."""
    red = [invoice for invoice in invoices if invoice.reverses_id]
    if not red:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE settlement_invoice i SET credited = i.credited - r.gross, entry = %s"
            " FROM unnest(%s::uuid[], %s::numeric[]) AS r (id, gross) WHERE i.id = r.id"
            " RETURNING i.id, i.credited",
            [entry, [one.reverses_id for one in red], [one.gross for one in red]],
        )
        return [
            journal.row("settlement_invoice", number, {"credited": credited})
            for number, credited in cursor.fetchall()
        ]
