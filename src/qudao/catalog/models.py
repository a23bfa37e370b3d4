"""Product lines, devices, their identifiers and units, tax treatment, registration certificates."""

from django.contrib.postgres import indexes as postgres_indexes
from django.db import models

from qudao.kernel import records, scope


class ProductLine(records.Record):
    """产品线."""

    scope = scope.reference()

    code = records.code(20, unique=True)
    name = records.code(60)
    name_en = records.code(60, default="")


class Item(records.Record):
    """A device as we trade it: one specification of one product of one registrant.

    The base unit is the smallest unit consumed; a price unit holds `price_unit_factor` of them.
    """

    scope = scope.reference()

    code = records.code(40, unique=True)
    name = records.code(200)
    specification = records.code(200)
    manufacturer = records.code(120)
    line = models.ForeignKey(ProductLine, models.PROTECT, related_name="+")
    device_class = models.SmallIntegerField()
    category_2017 = records.code(10, default="")
    category_2002 = records.code(10, default="")
    tracking = records.code(10, default="lot")
    is_implant = models.BooleanField(default=False)
    is_equipment = models.BooleanField(default=False)
    cold_chain = models.BooleanField(default=False)
    storage = records.code(60, default="")
    base_unit = records.code(10)
    price_unit = records.code(10)
    price_unit_factor = models.IntegerField(default=1)
    tax_code = records.code(19, default="")
    shelf_life_months = models.SmallIntegerField(null=True)
    search_keys = models.TextField(default="")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(device_class__in=[1, 2, 3]), name="item_class"),
            models.CheckConstraint(
                condition=models.Q(tracking__in=["lot", "serial", "none"]), name="item_tracking"
            ),
            models.CheckConstraint(condition=models.Q(price_unit_factor__gte=1), name="item_price_unit"),
        ]
        indexes = [
            postgres_indexes.GinIndex(fields=["search_keys"], opclasses=["gin_trgm_ops"], name="item_search"),
            models.Index(fields=["line", "code"], name="item_line"),
        ]


class DeviceIdentifier(records.Record):
    """A DI and the package it stands for: `base_quantity` base units of the item."""

    scope = scope.reference()

    di = records.code(40, unique=True)
    carrier = records.code(10)
    item = models.ForeignKey(Item, models.PROTECT, related_name="identifiers")
    unit = records.code(10)
    level = models.SmallIntegerField(default=0)
    base_quantity = models.IntegerField(default=1)
    version = models.IntegerField(default=1)
    serial_required = models.BooleanField(default=False)


class ItemUnit(records.Record):
    """A unit in which the item is entered, and how many base units it holds, in versions."""

    scope = scope.reference()

    item = models.ForeignKey(Item, models.PROTECT, related_name="units")
    unit = records.code(10)
    factor = models.IntegerField()
    version = models.IntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "unit", "version"], name="item_unit_once"),
            models.CheckConstraint(condition=models.Q(factor__gte=1), name="item_unit_factor"),
        ]


class TaxTreatment(records.Record):
    """VAT on an item by entity (0: all) and date."""

    scope = scope.reference()

    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    entity_id = models.IntegerField(default=0)
    treatment = records.code(12, default="rate")
    rate = records.rate()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [records.never_overlapping("tax_never_twice", "item", "entity_id")]


class Certificate(records.Record):
    """注册证 or 备案凭证. The registrant is text here; a number outlives renewals."""

    scope = scope.reference()

    number = records.code(60, unique=True)
    registrant = records.code(120)
    registrant_uscc = records.code(18, default="")
    producer = records.code(120, default="")
    production_permit = records.code(60, default="")


class CertificateVersion(records.Record):
    """One validity of a certificate, with the models it covers."""

    scope = scope.reference()

    certificate = models.ForeignKey(Certificate, models.PROTECT, related_name="versions")
    number = models.SmallIntegerField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    revoked_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "number"], name="certificate_version_once")
        ]


class CertificateCoverage(records.Record):
    """A certificate version covers an item."""

    scope = scope.reference()

    version = models.ForeignKey(CertificateVersion, models.PROTECT, related_name="coverage")
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "version"], name="certificate_covers_once")]


class ItemCode(records.Record):
    """A customer's or platform's own code for an item (node 0: everybody's, such as 医保)."""

    scope = scope.shared()

    node_id = models.IntegerField(default=0)
    scheme = records.code(20)
    code = records.code(60)
    item = models.ForeignKey(Item, models.PROTECT, related_name="+")
    unit = records.code(10, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node_id", "scheme", "code", "item"], name="item_code_once")
        ]


class UdiRecord(records.Record):
    """A device of the NMPA UDI database as last released, by primary DI."""

    scope = scope.reference()

    di = records.code(60, unique=True)
    record_key = records.code(60)
    version_number = models.IntegerField()
    name = records.code(300)
    specification = models.TextField(default="")
    registrant = records.code(200, default="")
    registrant_uscc = records.code(18, default="")
    certificates = models.TextField(default="")
    category_2017 = records.code(20, default="")
    serial_on_label = models.BooleanField(default=False)
    withdrawn_on = models.DateField(null=True)
    data = models.JSONField()
