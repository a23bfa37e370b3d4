"""Orders from every channel, shipments by warehouse, sign-for, returns."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from qudao.kernel import records, scope


class Order(records.Document):
    """订单 of one channel account. A basket over several accounts is several orders with one `basket`.

    channel: rep | mall | call_centre | store | portal | platform | api | file. The place, hospital, contract
    version, tier and region are what held when it was placed. `signed_on` is the day the last of it was signed
    for, null while anything is missing; with `line_count` it lets figures of a year pass over the lines.
    """

    scope = scope.own()

    node_id = models.IntegerField()
    number = records.code(40, unique=True)
    basket = models.UUIDField(null=True)
    entity_id = models.IntegerField()
    account_id = models.IntegerField()
    debtor_node_id = models.IntegerField()
    party_id = models.IntegerField()
    line_id = models.IntegerField()
    ship_to_id = models.IntegerField()
    bill_to_id = models.IntegerField()
    payer_id = models.IntegerField()
    hospital_id = models.IntegerField(default=0)
    channel = records.code(12)
    status = records.code(24, default="draft")
    business_on = models.DateField()
    requested_on = models.DateField(null=True)
    promised_on = models.DateField(null=True)
    currency = records.code(3, default="CNY")
    contract_version_id = models.IntegerField(null=True)
    tier = records.code(4)
    region_id = models.IntegerField()
    sales_person_id = models.IntegerField(default=0)
    gross = records.money(default=0)
    net = records.money(default=0)
    tax = records.money(default=0)
    discount = records.money(default=0)
    rebate_used = records.money(default=0)
    placed_by = records.code(80)
    reference = records.code(80, default="")
    source_digest = records.code(64, default="")
    confirmed_at = models.DateTimeField(null=True)
    line_count = models.SmallIntegerField(default=0)
    signed_on = models.DateField(null=True)
    warnings = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["node_id", "-created_at"], name="order_node"),
            models.Index(fields=["status", "-created_at"], name="order_status"),
            models.Index(fields=["account_id", "business_on"], name="order_account"),
            models.Index(fields=["party_id", "-created_at"], name="order_party"),
            models.Index(fields=["business_on"], name="order_business"),
            models.Index(fields=["promised_on"], name="order_promised"),
            models.Index(fields=["basket"], condition=Q(basket__isnull=False), name="order_basket"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "source_digest"],
                condition=~Q(source_digest=""),
                name="order_source_once",
            )
        ]


class OrderLine(records.Record):
    """One line. `quantity` is in base units; amount = entered quantity in price units × unit price.

    Name, specification, certificate, price with its explanation and promotion are frozen here. `skipped` is
    the stock passed over when the line was allocated, and why: for our own people alone.
    """

    scope = scope.own()
    deletable = True

    node_id = models.IntegerField()
    order = models.ForeignKey(Order, models.PROTECT, related_name="lines")
    no = models.SmallIntegerField()
    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+")
    item_name = records.code(200)
    specification = records.code(200)
    certificate_number = records.code(60, default="")
    entered_quantity = records.quantity()
    unit = records.code(10)
    unit_factor = models.IntegerField(default=1)
    unit_version = models.IntegerField(default=1)
    di = records.code(40, default="")
    quantity = records.quantity()
    unit_price = records.price()
    tax_included = models.BooleanField(default=True)
    tax_rate = records.rate()
    gross = records.money()
    net = records.money()
    tax = records.money()
    discount = records.money(default=0)
    rebate_used = records.money(default=0)
    price_kind = records.code(12)
    price_row_id = models.IntegerField(null=True)
    promotion_id = models.IntegerField(null=True)
    explanation = models.JSONField(default=list)
    skipped = models.JSONField(default=list)
    reserved = records.quantity(default=0)
    shipped = records.quantity(default=0)
    signed = records.quantity(default=0)
    returned = records.quantity(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "no"], name="order_line_once"),
            models.CheckConstraint(
                condition=Q(shipped__lte=F("quantity"), signed__lte=F("shipped"), returned__lte=F("signed")),
                name="order_line_progress",
            ),
        ]
        indexes = [models.Index(fields=["node_id", "item"], name="order_line_node")]

    @property
    def unshipped(self) -> Decimal:
        """What is still to leave, in base units."""
        return self.quantity - self.shipped


class OrderTemplate(records.Document):
    """常用清单: lines an account orders again and again, under a name, without prices or stock.

    lines: [{"item": id, "quantity": text as typed, "unit": ""}].
    """

    scope = scope.own()
    deletable = True

    node_id = models.IntegerField()
    account_id = models.IntegerField()
    name = records.code(60)
    ship_to_id = models.IntegerField(default=0)
    lines = models.JSONField()
    saved_by = records.code(80)

    class Meta:
        indexes = [models.Index(fields=["node_id", "name"], name="order_template_node")]
        constraints = [models.UniqueConstraint(fields=["account_id", "name"], name="order_template_once")]


class Shipment(records.Document):
    """发货: what one warehouse sends for one order: picking → reviewed → shipped → signed.

    `put_back_at` is when the goods of one that was withdrawn once picked were back on their shelves.
    """

    scope = scope.own()

    node_id = models.IntegerField()
    number = records.code(40, unique=True)
    order = models.ForeignKey(Order, models.PROTECT, related_name="shipments")
    entity_id = models.IntegerField()
    site_id = models.IntegerField()
    ship_to_id = models.IntegerField()
    status = records.code(24, default="to_pick")
    picked_by = records.code(80, default="")
    picked_at = models.DateTimeField(null=True)
    reviewed_by = records.code(80, default="")
    reviewed_at = models.DateTimeField(null=True)
    shipped_by = records.code(80, default="")
    shipped_at = models.DateTimeField(null=True)
    carrier = records.code(60, default="")
    tracking = records.code(60, default="")
    signed_by = records.code(80, default="")
    signed_at = models.DateTimeField(null=True)
    device_at = models.DateTimeField(null=True)
    put_back_by = records.code(80, default="")
    put_back_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["node_id", "-created_at"], name="shipment_node"),
            models.Index(fields=["site_id", "status"], name="shipment_queue"),
            models.Index(fields=["shipped_at"], name="shipment_left"),
            models.Index(fields=["-created_at"], name="shipment_newest"),
        ]


class ShipmentLine(records.Record):
    """One lot or serial of an order line, with what the delivery note says of it.

    `gross`, `net` and `rebate_used` are its part of the order line's money, set when it ships. `resolved` is
    how much of what was short, damaged or refused has been found, brought back or written off.
    """

    scope = scope.own()

    node_id = models.IntegerField(db_index=True)
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+")
    no = models.SmallIntegerField()
    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+")
    lot = models.ForeignKey("inventory.Lot", models.PROTECT, related_name="+")
    serial = models.ForeignKey("inventory.Serial", models.PROTECT, related_name="+", null=True)
    reservation_id = models.BigIntegerField()
    balance_id = models.BigIntegerField()
    item_name = records.code(200)
    specification = records.code(200)
    lot_code = records.code(40)
    serial_code = records.code(40, default="")
    produced_on = models.DateField(null=True)
    last_usable_on = models.DateField(null=True)
    certificate_number = records.code(60, default="")
    registrant = records.code(120, default="")
    production_permit = records.code(60, default="")
    storage = records.code(60, default="")
    di = records.code(40, default="")
    quantity = records.quantity()
    gross = records.money(default=0)
    net = records.money(default=0)
    rebate_used = records.money(default=0)
    picked = records.quantity(default=0)
    reviewed = records.quantity(default=0)
    shipped = records.quantity(default=0)
    signed = records.quantity(default=0)
    short = records.quantity(default=0)
    damaged = records.quantity(default=0)
    refused = records.quantity(default=0)
    difference_reason = records.code(200, default="")
    resolved = records.quantity(default=0)
    returned = records.quantity(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shipment", "no"], name="shipment_line_once"),
            models.CheckConstraint(
                condition=Q(picked__lte=F("quantity"), reviewed__lte=F("picked"), shipped__lte=F("quantity")),
                name="shipment_line_progress",
            ),
            models.CheckConstraint(
                condition=Q(signed=0, short=0, damaged=0, refused=0)
                | Q(shipped=F("signed") + F("short") + F("damaged") + F("refused")),
                name="shipment_line_signed",
            ),
        ]
        indexes = [models.Index(fields=["lot"], name="shipment_line_lot")]


class SignedPhoto(records.Record):
    """A picture of what was wrong, sent with the signature; the bytes lie in the blob store under `digest`."""

    scope = scope.own()
    append_only = True

    node_id = models.IntegerField(db_index=True)
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="photos")
    no = models.SmallIntegerField()
    digest = records.code(64)
    media_type = records.code(20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment", "no"], name="signed_photo_once")]


class Return(records.Document):
    """退货: tied to its shipment, same lots and serials, into the return zone until 质管 has looked."""

    scope = scope.own()

    node_id = models.IntegerField(db_index=True)
    number = records.code(40, unique=True)
    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="returns")
    entity_id = models.IntegerField()
    site_id = models.IntegerField()
    status = records.code(12, default="received")
    reason = records.code(200)
    received_by = records.code(80)


class ReturnLine(records.Record):
    scope = scope.own()

    node_id = models.IntegerField(db_index=True)
    document = models.ForeignKey(Return, models.PROTECT, related_name="lines")
    shipment_line = models.ForeignKey(ShipmentLine, models.PROTECT, related_name="+")
    no = models.SmallIntegerField()
    quantity = records.quantity()
    gross = records.money()
    net = records.money()
    tax = records.money()
    verdict = records.code(10, default="")
