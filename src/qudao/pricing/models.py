"""Contracts in versions, price rows, tier factors, promotions, rebate terms."""

from django.contrib.postgres import fields as postgres
from django.db import models
from django.db.models import F, Q

from qudao.kernel import records, scope


class Contract(records.Document):
    """合同 with one partner in one legal entity; quotes, orders and settlements cite a version of it."""

    scope = scope.own()

    node_id = models.IntegerField()
    number = records.code(40, unique=True)
    entity_id = models.IntegerField()
    party_id = models.IntegerField()
    account_id = models.IntegerField()
    title = records.code(120)
    status = records.code(12, default="draft")

    class Meta:
        indexes = [
            models.Index(fields=["node_id", "number"], name="contract_node"),
            models.Index(fields=["account_id"], name="contract_account"),
        ]


class ContractVersion(records.Record):
    """One version: its validity, its terms, who signed. Effective versions of a contract never overlap."""

    scope = scope.own()

    node_id = models.IntegerField(db_index=True)
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="versions")
    number = models.SmallIntegerField()
    status = records.code(12, default="draft")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    terms = models.JSONField(default=dict)
    document_digest = records.code(64, default="")
    signed_by = records.code(80, default="")
    countersigned_by = records.code(80, default="")
    signed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contract", "number"], name="contract_version_once"),
            records.never_overlapping(
                "contract_version_overlap", "contract", condition=Q(status="effective")
            ),
        ]


class PriceRow(records.Record):
    """A base price. kind: guide 指导价 | contract 合同价 | hospital 报备价 | vbp 集采.

    Facets of 0 or '' mean all. `price` is per price unit of the item, in the stated tax basis. A row that
    never came to hold ends on the day it begins.
    """

    scope = scope.shared()

    node_id = models.IntegerField(default=0)
    entity_id = models.IntegerField()
    kind = records.code(10)
    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+", db_index=False)
    account_id = models.IntegerField(default=0)
    tier = records.code(4, default="")
    region_id = models.IntegerField(default=0)
    hospital_id = models.IntegerField(default=0)
    minimum_quantity = records.quantity(default=0)
    currency = records.code(3, default="CNY")
    price = records.price()
    tax_included = models.BooleanField(default=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    contract_version = models.ForeignKey(
        ContractVersion, models.PROTECT, null=True, related_name="price_rows"
    )
    citation = records.code(60, default="")
    excludes_promotions = models.BooleanField(default=False)
    approved_by = records.code(80, default="")

    class Meta:
        constraints = [
            records.never_overlapping(
                "price_never_twice",
                *("entity_id", "kind", "item", "account_id", "tier", "region_id", "hospital_id"),
                *("minimum_quantity", "currency"),
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=Q(kind__in=["guide", "contract", "hospital", "vbp"]),
                name="price_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["item", "account_id", "hospital_id"], name="price_item"),
            models.Index(fields=["node_id", "account_id"], name="price_node"),
        ]


class FloorPrice(records.Record):
    """底价 of an item in an entity, per price unit without tax: ours alone, no partner reads it."""

    scope = scope.internal()

    entity_id = models.IntegerField()
    item = models.ForeignKey("catalog.Item", models.PROTECT, related_name="+")
    price = records.price()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    approved_by = records.code(80, default="")

    class Meta:
        constraints = [
            records.never_overlapping("floor_never_twice", "item", "entity_id"),
            models.CheckConstraint(condition=Q(price__gte=0), name="floor_not_negative"),
        ]


class TierFactor(records.Record):
    """等级与区域系数: list × tier × region, by line (0: all)."""

    scope = scope.internal()

    entity_id = models.IntegerField()
    line_id = models.IntegerField(default=0)
    tier = records.code(4, default="")
    region_id = models.IntegerField(default=0)
    factor = records.rate()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            records.never_overlapping("tier_factor_never_twice", "entity_id", "line_id", "tier", "region_id")
        ]


class Promotion(records.Record):
    """促销 满减: from `threshold` price units of its items on, `minus` off, within a budget."""

    scope = scope.reference()

    entity_id = models.IntegerField()
    name = records.code(80)
    kind = records.code(12, default="minus")
    measure = records.code(10, default="quantity")
    threshold = records.quantity()
    minus = records.money()
    repeats = models.BooleanField(default=False)
    stackable = models.BooleanField(default=True)
    item_ids = postgres.ArrayField(models.IntegerField(), default=list)
    line_id = models.IntegerField(default=0)
    tiers = postgres.ArrayField(records.code(4), default=list)
    region_ids = postgres.ArrayField(models.IntegerField(), default=list)
    budget = records.money()
    spent = records.money(default=0)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(spent__gte=0, spent__lte=F("budget")), name="promotion_budget")
        ]


class RebateTerm(records.Record):
    """返利条款 of a contract version: business volume, scale and calendar, kept apart.

    `scale` is the calculator's scale; `counts` says what of the volume counts.
    """

    scope = scope.own()

    node_id = models.IntegerField(db_index=True)
    contract_version = models.ForeignKey(ContractVersion, models.PROTECT, related_name="rebate_terms")
    name = records.code(80)
    direction = records.code(10, default="payable")
    basis = records.code(10)
    scale = models.JSONField()
    counts = models.JSONField(default=dict)
    calendar = records.code(10, default="quarter")
    tax_included = models.BooleanField(default=True)
    tax_rate = records.rate(default="0.13")
    pool_months = models.SmallIntegerField(default=12)
    pool_share = records.rate(default="0.5")
