"""Invoices, receipts, and what of one is applied to the other."""

from django.db import models
from django.db.models import F, Q

from qudao.kernel import records, scope


class Invoice(records.Document):
    """发票 of a debtor, blue or red (amounts below zero, naming the blue one it `reverses`).

    Open is gross - paid - credited; `credited` is what red invoices took off a blue one. Below zero it is a
    credit to be applied to others (CreditApplication).
    """

    scope = scope.own()

    node_id = models.IntegerField()
    number = records.code(40, unique=True)
    fiscal_number = records.code(20, default="")
    kind = records.code(6, default="blue")
    reverses = models.ForeignKey("self", models.PROTECT, null=True, related_name="red")
    entity_id = models.IntegerField()
    party_id = models.IntegerField()
    issued_on = models.DateField()
    due_on = models.DateField()
    net = records.money()
    tax = records.money()
    gross = records.money()
    paid = records.money(default=0)
    credited = records.money(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["node_id", "issued_on"], name="invoice_node"),
            models.Index(
                fields=["node_id", "due_on"],
                condition=Q(gross__gt=F("paid") + F("credited")),
                name="invoice_open",
            ),
            models.Index(
                fields=["node_id"],
                condition=Q(kind="blue", gross__lt=F("paid") + F("credited")),
                name="invoice_credit",
            ),
        ]


class InvoiceLine(records.Record):
    """Ties an amount to the delivery line it bills, or takes back what was billed; many to many over lines."""

    scope = scope.own()
    append_only = True

    node_id = models.IntegerField()
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    no = models.SmallIntegerField()
    shipment_line_id = models.IntegerField()
    order_line_id = models.IntegerField()
    item_id = models.IntegerField()
    item_name = records.code(200)
    quantity = records.quantity()
    net = records.money()
    tax = records.money()
    gross = records.money()
    tax_rate = records.rate()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["invoice", "no"], name="invoice_line_once")]
        indexes = [models.Index(fields=["node_id", "shipment_line_id"], name="invoice_line_node")]


class CashReceipt(records.Document):
    """收款 from a debtor; what is not applied to invoices is prepaid. It posts on `posted_on`: the day the money
    arrived, or the first open one after it."""

    scope = scope.own()

    node_id = models.IntegerField(db_index=True)
    number = records.code(40, unique=True)
    entity_id = models.IntegerField()
    party_id = models.IntegerField()
    received_on = models.DateField()
    posted_on = models.DateField()
    method = records.code(20)
    reference = records.code(80)
    amount = records.money()
    applied = records.money(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity_id", "method", "reference"], name="cash_receipt_once"),
            models.CheckConstraint(
                condition=Q(applied__gte=0, applied__lte=F("amount")), name="cash_applied"
            ),
        ]


class CashApplication(records.Record):
    """认款: an amount of a receipt that pays an invoice."""

    scope = scope.own()
    append_only = True

    node_id = models.IntegerField(db_index=True)
    receipt = models.ForeignKey(CashReceipt, models.PROTECT, related_name="applications")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="applications")
    amount = records.money()


class CreditApplication(records.Record):
    """贷项核销: what red invoices took off `source` after it was paid, used on `invoice` of the same debtor.

    `credited` of the source falls and that of the invoice rises by the amount: what is owed in all stays.
    """

    scope = scope.own()
    append_only = True

    node_id = models.IntegerField(db_index=True)
    source = models.ForeignKey(Invoice, models.PROTECT, related_name="credits_given")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="credits_taken")
    on = models.DateField()
    amount = records.money()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="credit_application_positive")]
