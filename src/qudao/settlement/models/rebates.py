"""Rebate runs with their lines, and the pool they are credited to."""

from django.db import models
from django.db.models import F, Q

from qudao.kernel import records, scope


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
