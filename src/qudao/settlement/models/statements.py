"""Statements of a month with their lines."""

from django.db import models
from django.db.models import F, Q

from qudao.kernel import records, scope


class Statement(records.Document):
    """对账单 of a debtor and month: opening + sales - returns - rebates - receipts = closing."""

    scope = scope.own()

    node_id = models.IntegerField()
    number = records.code(40, unique=True)
    entity_id = models.IntegerField()
    party_id = models.IntegerField()
    period_from = models.DateField()
    period_until = models.DateField()
    status = records.code(12, default="draft")
    journal_number = models.BigIntegerField()
    opening = records.money()
    sales = records.money()
    returns = records.money()
    rebates = records.money()
    receipts = records.money()
    closing = records.money()
    line_count = models.IntegerField(default=0)
    invoiced_receivable = records.money()
    shipped_not_invoiced = records.money()
    checkpoint = models.TextField(default="")
    sent_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = records.code(80, default="")
    locked_at = models.DateTimeField(null=True)
    locked_by = records.code(80, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node_id", "period_from"], name="statement_once"),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("sales") - F("returns") - F("rebates") - F("receipts")),
                name="statement_adds_up",
            ),
        ]


class StatementLine(records.Record):
    """One document line of the month, in its section; the partner confirms or disputes it.

    Sections sales, returns, rebates and receipts make the closing; invoices and differences inform.
    A draft is built anew by replacing its lines. `adjustment` is what was answered to a dispute of the line, in
    all: the sum of the lines under differences that name it in `adjusts`. Those are only ever added to.
    """

    scope = scope.own()
    deletable = True

    node_id = models.IntegerField(db_index=True)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="lines")
    no = models.IntegerField()
    section = records.code(12)
    on = models.DateField()
    document_type = records.code(20)
    document_number = records.code(40)
    item_name = records.code(200, default="")
    lot_code = records.code(40, default="")
    serial_code = records.code(40, default="")
    quantity = records.quantity(default=0)
    unit_price = records.price(default=0)
    amount = records.money()
    tax = records.money(default=0)
    fact_id = models.BigIntegerField(null=True)
    state = records.code(10, default="open")
    dispute_reason = records.code(40, default="")
    dispute_note = records.code(200, default="")
    resolution = records.code(200, default="")
    adjusts = models.IntegerField(null=True)
    adjustment = records.money(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "no"], name="statement_line_once")]
        indexes = [
            models.Index(fields=["statement"], name="statement_line_adjusted", condition=Q(state="adjusted"))
        ]
