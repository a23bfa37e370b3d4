"""Daily sums of sales kept from the facts, and the targets and baselines figures are measured against."""

from django.db import models

from qudao.kernel import records, scope


class DailySale(models.Model):
    """What an account took on a day, returns taken off: sums of facts up to the number of SalesMark.

    Facts are the truth and these sums are only quick: 70,000 delivery lines take 100 ms to add up, their
    daily sums a tenth of that. Reads add what is newer than the mark from the facts.
    """

    scope = scope.own()

    id = models.BigAutoField(primary_key=True)
    node_id = models.IntegerField()
    on = models.DateField()
    entity_id = models.IntegerField()
    account_id = models.IntegerField()
    party_id = models.IntegerField()
    line_id = models.IntegerField()
    region_id = models.IntegerField()
    tier = records.code(4)
    channel = records.code(12)
    net = records.money()
    gross = records.money()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account_id", "on", "region_id", "tier", "channel", "node_id"], name="daily_sale_once"
            )
        ]
        indexes = [
            models.Index(fields=["node_id", "on"], name="daily_sale_node"),
            models.Index(fields=["on"], name="daily_sale_on"),
        ]


class SalesMark(models.Model):
    """One row: the journal number up to which facts are in the daily sums."""

    scope = scope.reference()

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField()


class Target(records.Record):
    """目标 and 基线 of a figure for a part of the business and a period. Facets of 0 or '' mean all.

    Those of an account are seen by whoever sees the account, general ones (no node) by the house.
    """

    scope = scope.ledger()

    node_id = models.IntegerField(null=True, db_index=True)
    kpi = records.code(20)
    entity_id = models.IntegerField(default=0)
    region_id = models.IntegerField(default=0)
    line_id = models.IntegerField(default=0)
    tier = records.code(4, default="")
    account_id = models.IntegerField(default=0)
    valid_from = models.DateField()
    valid_until = models.DateField()
    target = records.price(null=True)
    baseline = records.price(null=True)
    set_by = records.code(80)

    class Meta:
        constraints = [
            records.never_overlapping(
                "target_once", *("kpi", "entity_id", "region_id", "line_id", "tier", "account_id")
            )
        ]
