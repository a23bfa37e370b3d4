"""The credit of a debtor, and the facts everything is settled from."""

from django.db import models
from django.db.models import Q

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
