"""Purchase orders, goods receipts, inspection."""

from django.db import models

from qudao.kernel import records, scope


class PurchaseOrder(records.Document):
    """采购订单 of one of our entities with a supplier."""

    scope = scope.internal()

    number = records.code(40, unique=True)
    entity_id = models.IntegerField()
    supplier_id = models.IntegerField()
    site_id = models.IntegerField()
    status = records.code(12, default="draft")
    ordered_on = models.DateField()
    expected_on = models.DateField(null=True)


class PurchaseLine(records.Record):
    """One line: entered quantity and unit as ordered, `quantity` in base units."""

    scope = scope.internal()

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="lines")
    no = models.SmallIntegerField()
    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+")
    entered_quantity = records.quantity()
    unit = records.code(10)
    quantity = records.quantity()
    unit_price = records.price()
    tax_rate = records.rate()
    gross = records.money()
    net = records.money()
    received = records.quantity(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "no"], name="purchase_line_once")]


class GoodsReceipt(records.Document):
    """收货: what a carrier brought against a purchase order, with its 随货同行单."""

    scope = scope.internal()

    number = records.code(40, unique=True)
    purchase = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="receipts")
    entity_id = models.IntegerField()
    site_id = models.IntegerField()
    delivery_note = records.code(60)
    status = records.code(12, default="pending")
    arrived_at = models.DateTimeField()
    arrival_temperature = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    received_by = records.code(80)


class GoodsReceiptLine(records.Record):
    """One lot or serial received. Inspection decides how much of it becomes 合格.

    `disposition` is what is to be done with what was rejected: one of `rules.DISPOSITIONS`.
    """

    scope = scope.internal()

    receipt = models.ForeignKey(GoodsReceipt, models.PROTECT, related_name="lines")
    no = models.SmallIntegerField()
    purchase_line = models.ForeignKey(PurchaseLine, models.PROTECT, related_name="+")
    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+")
    lot = models.ForeignKey("inventory.Lot", models.PROTECT, related_name="+")
    serial = models.ForeignKey("inventory.Serial", models.PROTECT, related_name="+", null=True)
    quantity = records.quantity()
    value = records.money()
    scanned = models.TextField(default="")
    accepted = records.quantity(null=True)
    rejected = records.quantity(null=True)
    reason = records.code(200, default="")
    disposition = records.code(12, default="")
    inspected_by = records.code(80, default="")
    inspected_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["receipt", "no"], name="receipt_line_once")]
