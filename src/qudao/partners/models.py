"""Parties with roles, channel accounts, debtors, delivery places, licences, authorisations."""

from django.contrib.postgres import indexes as postgres_indexes
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from qudao.kernel import records, scope


class Territory(models.Model):
    """An administrative division of GB/T 2260."""

    scope = scope.reference()

    code = models.IntegerField(primary_key=True)
    name = records.code(60)
    level = records.code(10)


class Party(records.Record):
    """A legal body we deal with. Hospitals are public (node 0); the others are seen through their file node.

    `file_node_id` owns what is confidential about it: licences, documents.
    """

    scope = scope.shared()

    node_id = models.IntegerField(db_index=True)
    file_node_id = models.IntegerField(unique=True)
    code = records.code(20, unique=True)
    name = records.code(120)
    short_name = records.code(60, default="")
    uscc = records.code(18, null=True, unique=True)
    kind = records.code(12, default="company")
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+", null=True)
    address = records.code(200, default="")
    phone = records.code(40, default="")
    search_keys = models.TextField(default="")
    admission = records.code(20, default="effective")
    frozen_at = models.DateTimeField(null=True)
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [
            postgres_indexes.GinIndex(fields=["search_keys"], opclasses=["gin_trgm_ops"], name="party_search")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["company", "hospital", "person"]), name="party_kind")
        ]


class PartyRole(records.Record):
    """A dated role: dealer, agent, supplier, hospital, service_point, store, carrier, payer."""

    scope = scope.shared()

    node_id = models.IntegerField(db_index=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="roles")
    role = records.code(20)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["party", "role"], name="party_role")]


class Hospital(models.Model):
    """What makes a party a hospital: grade 三甲 …, type 综合 …, nature 公立 …."""

    scope = scope.reference()

    party = models.OneToOneField(Party, models.PROTECT, primary_key=True, related_name="hospital")
    grade = records.code(10)
    type = records.code(20)
    nature = records.code(10, default="公立")


class DeliveryPlace(records.Record):
    """收货地点: a campus 院区, department, warehouse or office goods are sent to."""

    scope = scope.shared()

    node_id = models.IntegerField(db_index=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="places")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    kind = records.code(12)
    name = records.code(120)
    territory = models.ForeignKey(Territory, models.PROTECT, related_name="+")
    address = records.code(200)
    contact = records.code(60, default="")
    phone = records.code(40, default="")


class PastParticulars(records.Record):
    """What a party, or one of its places, was called and where it was reached, until the instant of a change."""

    scope = scope.shared()
    append_only = True

    node_id = models.IntegerField(db_index=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    place = models.ForeignKey(DeliveryPlace, models.PROTECT, null=True, related_name="+")
    until = models.DateTimeField()
    name = records.code(120)
    short_name = records.code(60, default="")
    territory = models.ForeignKey(Territory, models.PROTECT, null=True, related_name="+")
    address = records.code(200, default="")
    contact = records.code(60, default="")
    phone = records.code(40, default="")

    class Meta:
        indexes = [models.Index(fields=["party", "until"], name="past_particulars")]


class Debtor(records.Record):
    """The partner as debtor of one legal entity: credit, statements and pool hang on its node."""

    scope = scope.own()

    node_id = models.IntegerField(unique=True)
    entity_id = models.IntegerField()
    party = models.ForeignKey(Party, models.PROTECT, related_name="debtors")
    payment_days = models.SmallIntegerField(default=30)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity_id", "party"], name="debtor_once")]


class ChannelAccount(records.Record):
    """渠道账户: a partner in one legal entity and product line, under the account above it for that line."""

    scope = scope.own()

    node_id = models.IntegerField(unique=True)
    entity_id = models.IntegerField()
    party = models.ForeignKey(Party, models.PROTECT, related_name="accounts")
    line = models.ForeignKey("catalog.ProductLine", models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    debtor_node_id = models.IntegerField()
    role = records.code(20)
    tier = records.code(4)
    region = models.ForeignKey("organisation.Region", models.PROTECT, related_name="+")
    sales_person = models.ForeignKey("organisation.Person", models.PROTECT, related_name="+", null=True)
    status = records.code(10, default="open")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entity_id", "party", "line"], name="account_once")]
        indexes = [models.Index(fields=["party", "line"], name="account_party")]


class TierChange(records.Record):
    """等级变更: history of an account's tier."""

    scope = scope.own()
    append_only = True

    node_id = models.IntegerField(db_index=True)
    account = models.ForeignKey(ChannelAccount, models.PROTECT, related_name="+")
    tier = records.code(4)
    reason = records.code(200)
    from_on = models.DateField()
    decided_by = records.code(80)


class Licence(records.Record):
    """营业执照, 经营许可/备案, 生产许可, 执业许可. A filing has no expiry by law: `valid_until` stays empty."""

    scope = scope.own()

    node_id = models.IntegerField(db_index=True)
    party = models.ForeignKey(Party, models.PROTECT, related_name="licences")
    kind = records.code(30)
    number = records.code(60)
    mode = records.code(20, default="")
    issued_by = records.code(80, default="")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    revoked_on = models.DateField(null=True)
    suspended = models.BooleanField(default=False)
    file_digest = records.code(64, default="")
    reviewed_by = records.code(80, default="")
    version = models.IntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["party", "kind"], name="licence_party")]


class LicenceScope(records.Record):
    """经营范围: one category of a licence, in the 2017 or the 2002 catalogue."""

    scope = scope.own()
    deletable = True

    node_id = models.IntegerField(db_index=True)
    licence = models.ForeignKey(Licence, models.CASCADE, related_name="scope_entries")
    catalogue = records.code(4)
    category = records.code(10)
    qualifier = records.code(20, default="")
    device_class = models.SmallIntegerField(default=0)


class Authorisation(records.Record):
    """授权: what a partner may sell where. Facets of 0 mean all; territory is a range of GB/T 2260 codes."""

    scope = scope.own()

    node_id = models.IntegerField(db_index=True)
    entity_id = models.IntegerField()
    party = models.ForeignKey(Party, models.PROTECT, related_name="authorisations")
    kind = records.code(12, default="distribution")
    effect = records.code(6, default="allow")
    line_id = models.IntegerField(default=0)
    item_id = models.IntegerField(default=0)
    territory_from = models.IntegerField(default=0)
    territory_until = models.IntegerField(default=1_000_000)
    hospital_id = models.IntegerField(default=0)
    channel = records.code(20, default="")
    exclusive = models.BooleanField(default=False)
    sublicence = models.BooleanField(default=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    target = records.money(null=True)
    document_digest = records.code(64, default="")
    revoked_on = models.DateField(null=True)

    class Meta:
        constraints = [
            records.never_overlapping(
                "authorisation_exclusive",
                *("entity_id", "kind", "line_id", "item_id", "hospital_id"),
                # Exclusive among what one grantor gives: passing part of it on is no overlap.
                also=[
                    (Coalesce(F("parent"), 0), "="),
                    (records.IntRange(F("territory_from"), F("territory_until")), "&&"),
                ],
                condition=Q(exclusive=True, effect="allow", revoked_on__isnull=True),
            )
        ]
        indexes = [models.Index(fields=["party", "valid_from"], name="authorisation_party")]


class LifeRequirement(records.Record):
    """效期要求: the least remaining life a customer takes, for all, a line or an item (0: all)."""

    scope = scope.internal()

    party = models.ForeignKey(Party, models.PROTECT, related_name="+")
    line_id = models.IntegerField(default=0)
    item_id = models.IntegerField(default=0)
    days = models.IntegerField(default=0)
    months = models.SmallIntegerField(default=0)
    fraction = records.rate(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["party", "line_id", "item_id"], name="life_requirement_once")
        ]
