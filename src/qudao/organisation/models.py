"""Legal entities, regional centres, people and what they are allowed, accounting periods."""

from django.contrib.auth import base_user
from django.contrib.postgres import fields as postgres
from django.db import models

from qudao.kernel import records, scope, search_keys


class LegalEntity(records.Record):
    """法人: one of our own companies. Goods that pass between two of them are a sale and a purchase."""

    scope = scope.reference()

    code = records.code(20, unique=True)
    name = records.code(120)
    short_name = records.code(40)
    uscc = records.code(18, unique=True)
    currency = records.code(3, default="CNY")
    tax_regime = records.code(20, default="general")
    address = records.code(200, default="")
    phone = records.code(40, default="")


class Region(records.Record):
    """区域中心: a sales region of ours, with the GB/T 2260 provinces it covers."""

    scope = scope.reference()

    code = records.code(20, unique=True)
    name = records.code(60)
    provinces = postgres.ArrayField(models.IntegerField(), default=list)


class PersonManager(base_user.BaseUserManager):
    """Looked up by user name only."""

    def get_by_natural_key(self, username):
        return self.get(username=username)


class Person(base_user.AbstractBaseUser):
    """Anybody who signs in. `party_id` 0 is our own staff, else the partner or hospital worked for.

    Read before an actor exists (sign-in), hence without row security: it holds no more than a name.
    `sounds` is what lists of people are sorted by.
    """

    scope = scope.reference()

    username = records.code(60, unique=True)
    name = records.code(60)
    sounds = records.code(400, default="")
    email = models.EmailField(blank=True, default="")
    party_id = models.IntegerField(default=0, db_index=True)
    is_active = models.BooleanField(default=True)
    language = records.code(10, default="zh-hans")
    theme = records.code(10, default="")

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]
    objects = PersonManager()

    def save(self, *args, **kwargs) -> None:
        self.sounds = search_keys.sounds(self.name)
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Role(records.Record):
    """岗位权限: a named set of permissions."""

    scope = scope.reference()

    code = records.code(40, unique=True)
    name = records.code(60)
    name_en = records.code(60, default="")
    permissions = postgres.ArrayField(records.code(80), default=list)
    first_page = records.code(60, default="home")


class Post(records.Record):
    """任职: a role held by a person or an API client within a part of the business.

    A facet of 0 means all. `party_id` ties the post to one partner's own nodes (and those below its
    accounts); otherwise the post is one of our own. `whole` lifts the node filter altogether.
    """

    scope = scope.internal()

    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="posts")
    client_id = records.code(100, default="", db_index=True)
    role = models.ForeignKey(Role, models.PROTECT, related_name="+")
    party_id = models.IntegerField(default=0)
    entity_id = models.IntegerField(default=0)
    region_id = models.IntegerField(default=0)
    line_id = models.IntegerField(default=0)
    whole = models.BooleanField(default=False)
    granted_by = records.code(80)
    valid_from = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["person", "revoked_at"], name="post_person")]


class AccountingPeriod(records.Record):
    """会计期间: closed per entity and ledger; what comes late posts in the open period."""

    scope = scope.internal()

    entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="+")
    ledger = records.code(12)
    first_on = models.DateField()
    closed_at = models.DateTimeField(null=True)
    closed_by = records.code(80, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity", "ledger", "first_on"], name="period_once"),
            models.CheckConstraint(
                condition=models.Q(ledger__in=["stock", "receivable", "payable", "rebate", "tax"]),
                name="period_ledger",
            ),
        ]
