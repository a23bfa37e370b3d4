"""Credit, facts, invoices, receipts, statements, rebate runs, the rebate pool."""

from django.db import models
from django.db.models import F, Q

from qudao.kernel import records, scope


class CreditLine(records.Record):
    """信用: one locked row per debtor. Decisions change it; it is never computed from facts on the way.

    available = limit + temporary - receivable - shipped_not_invoiced - open_orders + prepaid. The temporary
    part holds before `temporary_until`. `shipped_not_invoiced` is what was shipped, less what was short,
    returned or invoiced: below zero where goods came back and their red invoice is still to be written.
    """

    scope = scope.own()

    node_id = models.IntegerField(unique=True)
    entity_id = models.IntegerField()
    party_id = models.IntegerField()
    limit = records.money()
    temporary = records.money(default=0)
    temporary_until = models.DateField(null=True)
    payment_days = models.SmallIntegerField(default=30)
    approved_by = records.code(80, default="")
    receivable = records.money(default=0)
    shipped_not_invoiced = records.money(default=0)
    open_orders = records.money(default=0)
    prepaid = records.money(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(open_orders__gte=0, prepaid__gte=0, limit__gte=0, temporary__gte=0),
                name="credit_not_negative",
            )
        ]


class Fact(models.Model):
    """事实: what the journal says happened, frozen with its dimensions. Corrections are new facts.

    kind: ordered | shipped | signed | returned | short | damaged | invoiced | paid. `number` is the journal
    number. Amounts are as the event says them: returns positive, a cancelled order and a red invoice negative.
    `shipment_line_id` is the delivery line a fact is about. `posted_on` is set where it posts on another day than
    `on`: that one lay in a month that was closed already.
    """

    scope = scope.own()
    append_only = True

    id = models.BigAutoField(primary_key=True)
    node_id = models.IntegerField()
    number = models.BigIntegerField()
    entry = models.UUIDField()
    kind = records.code(10)
    on = models.DateField()
    posted_on = models.DateField(null=True)
    entity_id = models.IntegerField()
    account_id = models.IntegerField()
    debtor_node_id = models.IntegerField()
    party_id = models.IntegerField()
    line_id = models.IntegerField()
    item_id = models.IntegerField()
    lot_code = records.code(40, default="")
    tier = records.code(4)
    region_id = models.IntegerField()
    hospital_id = models.IntegerField(default=0)
    contract_version_id = models.IntegerField(null=True)
    promotion_id = models.IntegerField(null=True)
    channel = records.code(12)
    price_kind = records.code(12)
    quantity = records.quantity()
    net = records.money()
    tax = records.money()
    gross = records.money()
    rebate_used = records.money(default=0)
    document_type = records.code(20)
    document_id = models.UUIDField()
    document_number = records.code(40)
    document_line = models.IntegerField()
    order_line_id = models.IntegerField(default=0)
    shipment_line_id = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "kind", "document_line"], name="fact_once")]
        indexes = [
            models.Index(fields=["node_id", "on"], name="fact_node"),
            models.Index(fields=["debtor_node_id", "kind", "on"], name="fact_debtor"),
            models.Index(fields=["account_id", "kind", "on"], name="fact_account"),
            models.Index(fields=["document_id", "kind"], name="fact_document"),
            models.Index(fields=["shipment_line_id", "kind"], name="fact_shipment_line"),
            # The few that post in a later month than their own.
            models.Index(fields=["posted_on"], condition=Q(posted_on__isnull=False), name="fact_late"),
        ]


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
    A draft is built anew by replacing its lines.
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
    quantity = records.quantity(default=0)
    unit_price = records.price(default=0)
    amount = records.money()
    tax = records.money(default=0)
    fact_id = models.BigIntegerField(null=True)
    state = records.code(10, default="open")
    dispute_reason = records.code(40, default="")
    dispute_note = records.code(200, default="")
    resolution = records.code(200, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["statement", "no"], name="statement_line_once")]
        indexes = [
            models.Index(fields=["statement"], name="statement_line_adjusted", condition=Q(state="adjusted"))
        ]


class RebateRun(records.Document):
    """返利计算: a pure function of (contract version, facts up to journal number N); replays to the cent.

    Its node is the debtor's: the agent above the account does not see what a dealer earns. `carried_in` is
    what earlier clawbacks could not take from the pool and this run deducts, `carried_out` what this one
    could not take.
    """

    scope = scope.own()

    node_id = models.IntegerField(db_index=True)
    number = records.code(40, unique=True)
    entity_id = models.IntegerField()
    party_id = models.IntegerField()
    account_id = models.IntegerField()
    contract_version_id = models.IntegerField()
    term_id = models.IntegerField()
    period_from = models.DateField()
    period_until = models.DateField()
    journal_number = models.BigIntegerField()
    status = records.code(12, default="calculated")
    volume_amount = records.money()
    volume_quantity = records.quantity()
    tier = models.SmallIntegerField()
    earned = records.money()
    settled_before = records.money()
    payable = records.money()
    carried_in = records.money(default=0)
    carried_out = records.money(default=0)
    explanation = models.JSONField()
    digest = records.code(64)
    engine = records.code(40)
    confirmed_by = records.code(80, default="")
    confirmed_at = models.DateTimeField(null=True)
    reversed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["term_id", "status"], name="rebate_run_term")]


class RebateRunLine(records.Record):
    """The cents a fact's line earned, or why it did not count."""

    scope = scope.own()
    append_only = True

    node_id = models.IntegerField(db_index=True)
    run = models.ForeignKey(RebateRun, models.PROTECT, related_name="lines")
    fact_id = models.BigIntegerField()
    document_number = records.code(40)
    document_line = models.IntegerField()
    base = records.money()
    quantity = records.quantity()
    counted = models.BooleanField()
    exclusion = records.code(20, default="")
    earned = records.money()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "fact_id"], name="rebate_run_line_once")]


class Pool(records.Record):
    """返利池 of a debtor: the balance its entries add up to, locked when used."""

    scope = scope.own()

    node_id = models.IntegerField(unique=True)
    entity_id = models.IntegerField()
    party_id = models.IntegerField()
    balance = records.money(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(balance__gte=0), name="pool_not_negative")]


class PoolEntry(models.Model):
    """One entry: confirm, use, restore, expire, clawback, adjust. Signed gross; net and tax beside.

    What is left of an entry is its gross and that of all entries that draw on it (`draws_on`), so that what
    expires first is used first. `share` is the most of an order it may pay for.
    """

    scope = scope.own()
    append_only = True

    id = models.BigAutoField(primary_key=True)
    entry = models.UUIDField()
    node_id = models.IntegerField(db_index=True)
    entity_id = models.IntegerField()
    kind = records.code(10)
    on = models.DateField()
    gross = records.money()
    net = records.money()
    tax = records.money()
    tax_rate = records.rate()
    draws_on = models.ForeignKey("self", models.PROTECT, null=True, related_name="draws")
    expires_on = models.DateField(null=True)
    share = records.rate(default=1)
    origin_type = records.code(20)
    origin_id = models.UUIDField()
    key = records.code(80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="pool_entry_once"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("tax")), name="pool_entry_tax"),
        ]
