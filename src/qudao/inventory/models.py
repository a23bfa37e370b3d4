"""Sites, lots, serials, balances by owner and status, moves, cost layers, reservations, holds."""

from django.db import models
from django.db.models import F, Q

from qudao.kernel import records, scope


class Site(records.Record):
    """Where goods can be. kind: warehouse | transit | supplier | customer | cabinet | vehicle | loss.

    Sites of partners and hospitals carry their party; `licensed_address` is the address on our licence.
    """

    scope = scope.internal()

    entity_id = models.IntegerField(default=0)
    code = records.code(30, unique=True)
    name = records.code(80)
    kind = records.code(10)
    party_id = models.IntegerField(default=0, db_index=True)
    region_id = models.IntegerField(default=0)
    territory = models.IntegerField(default=0)
    address = records.code(200, default="")
    licensed_address = models.BooleanField(default=True)
    priority = models.SmallIntegerField(default=50)


class Location(records.Record):
    """库位 in a zone: pending 待验, good 合格, bad 不合格, returned 退货, held 冻结, shipping 发货."""

    scope = scope.internal()

    site = models.ForeignKey(Site, models.PROTECT, related_name="locations")
    code = records.code(30)
    zone = records.code(10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "code"], name="location_once")]


class Lot(records.Record):
    """批: one production batch of an item. `last_usable_on` is the last day of use."""

    scope = scope.internal()

    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+")
    code = records.code(40)
    produced_on = models.DateField(null=True)
    last_usable_on = models.DateField(null=True)
    held = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "code"], name="lot_once")]
        indexes = [
            models.Index(fields=["code"], name="lot_code"),
            models.Index(fields=["last_usable_on"], name="lot_usable"),
        ]


class Serial(records.Record):
    """序列号: one piece."""

    scope = scope.internal()

    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="serials")
    code = records.code(40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "code"], name="serial_once")]
        indexes = [models.Index(fields=["code"], name="serial_code")]


class Balance(models.Model):
    """What lies where. Overselling is forbidden by the check, not by hope."""

    scope = scope.internal()

    id = models.BigAutoField(primary_key=True)
    entity_id = models.IntegerField()
    site = models.ForeignKey(Site, models.PROTECT, related_name="+", db_index=False)
    location = models.ForeignKey(Location, models.PROTECT, related_name="+", null=True)
    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+", db_index=False)
    serial = models.ForeignKey(Serial, models.PROTECT, related_name="+", null=True)
    status = records.code(10)
    owner_kind = records.code(10, default="entity")
    owner_id = models.IntegerField()
    on_hand = records.quantity(default=0)
    reserved = records.quantity(default=0)
    received_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "location", "item", "lot", "serial", "status", "owner_kind", "owner_id"],
                name="balance_key",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("on_hand")), name="balance_never_oversold"
            ),
            models.CheckConstraint(
                condition=Q(serial__isnull=True) | Q(on_hand__lte=1), name="balance_serial_once"
            ),
            models.UniqueConstraint(
                fields=["serial"], condition=Q(on_hand__gt=0), name="balance_serial_one_place"
            ),
        ]
        indexes = [
            # Four balances of five are used up. What there is, is looked for by product and summed without its rows.
            models.Index(
                fields=["item", "site", "status", "lot"],
                include=["on_hand", "reserved", "entity_id", "owner_kind"],
                condition=Q(on_hand__gt=0),
                name="balance_stock",
            ),
            models.Index(fields=["lot"], name="balance_lot"),
            # What the queues and the to-dos of a warehouse ask for.
            models.Index(fields=["status", "site"], condition=Q(on_hand__gt=0), name="balance_state"),
        ]


class Move(models.Model):
    """One movement, from → to, never changed. A side without balance is outside our books.

    `value` is the cost that moves along. `origin_*` says which document caused it.
    """

    scope = scope.internal()
    append_only = True

    id = models.BigAutoField(primary_key=True)
    entry = models.UUIDField()
    kind = records.code(16)
    at = models.DateTimeField()
    on = models.DateField()
    entity_id = models.IntegerField()
    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    serial = models.ForeignKey(Serial, models.PROTECT, related_name="+", null=True)
    quantity = records.quantity()
    value = records.money(default=0)
    from_site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    from_balance_id = models.BigIntegerField(null=True)
    from_status = records.code(10, default="")
    to_site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    to_balance_id = models.BigIntegerField(null=True)
    to_status = records.code(10, default="")
    owner_kind = records.code(10, default="entity")
    owner_id = models.IntegerField(default=0)
    origin_type = records.code(40)
    origin_id = records.code(40)
    origin_line = models.IntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="move_positive")]
        indexes = [
            models.Index(fields=["lot", "id"], name="move_lot"),
            models.Index(fields=["serial", "id"], name="move_serial", condition=Q(serial__isnull=False)),
            models.Index(fields=["origin_type", "origin_id"], name="move_origin"),
        ]


class CostLayer(models.Model):
    """成本层: what a receipt of a lot cost, and what of it is left."""

    scope = scope.internal()

    id = models.BigAutoField(primary_key=True)
    entry = models.UUIDField()
    entity_id = models.IntegerField()
    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    receipt_id = models.UUIDField(null=True)
    received_on = models.DateField()
    quantity = records.quantity()
    value = records.money()
    left_quantity = records.quantity()
    left_value = records.money()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(left_quantity__gte=0, left_value__gte=0, left_quantity__lte=F("quantity")),
                name="cost_layer_left",
            )
        ]
        indexes = [models.Index(fields=["item", "lot", "entity_id", "received_on"], name="cost_layer_key")]


class Reservation(models.Model):
    """占用: a quantity of a balance set aside for a document line until it ships or expires."""

    scope = scope.internal()

    id = models.BigAutoField(primary_key=True)
    entry = models.UUIDField()
    balance = models.ForeignKey(Balance, models.PROTECT, related_name="+")
    quantity = records.quantity()
    origin_type = records.code(40)
    origin_id = records.code(40)
    origin_line = models.IntegerField()
    state = records.code(10, default="active")
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["origin_type", "origin_id"], name="reservation_origin"),
            models.Index(fields=["balance"], name="reservation_balance", condition=Q(state="active")),
            models.Index(fields=["expires_at"], name="reservation_expiry", condition=Q(state="active")),
        ]


class Transfer(records.Document):
    """调拨 between two warehouses of one entity, through its transit site. Its moves are its lines.

    status: sent | received.
    """

    scope = scope.internal()

    number = records.code(40, unique=True)
    entity_id = models.IntegerField()
    from_site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    to_site = models.ForeignKey(Site, models.PROTECT, related_name="+")
    status = records.code(10, default="sent")
    sent_by = records.code(80)
    received_by = records.code(80, default="")
    received_at = models.DateTimeField(null=True)


class Hold(records.Document):
    """冻结: a lot or serial locked for a reason (recall, complaint), released by quality alone."""

    scope = scope.internal()

    number = records.code(40, unique=True)
    entity_id = models.IntegerField(default=0)
    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+")
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+")
    serial = models.ForeignKey(Serial, models.PROTECT, related_name="+", null=True)
    reason = records.code(200)
    placed_by = records.code(80)
    released_at = models.DateTimeField(null=True)
    released_by = records.code(80, default="")
    release_reason = records.code(200, default="")
