"""流向: what dealers say they sold on, kept as it came beside what it was matched to."""

from django.db import models

from qudao.kernel import records, scope


class FlowFile(records.Document):
    """One file of a dealer and month; the original is kept. The same file twice is refused.

    status: taken_in while rows wait for a person, matched when none does.
    """

    scope = scope.own()

    node_id = models.IntegerField(db_index=True)
    number = records.code(40, unique=True)
    entity_id = models.IntegerField()
    account_id = models.IntegerField()
    party_id = models.IntegerField()
    period_from = models.DateField()
    file_digest = records.code(64)
    file_name = records.code(255)
    method = records.code(10)
    row_count = models.IntegerField()
    matched_count = models.IntegerField(default=0)
    status = records.code(12, default="taken_in")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account_id", "file_digest"], name="flow_file_once")]
        indexes = [
            models.Index(fields=["node_id", "-created_at"], name="flow_file_node"),
            models.Index(fields=["account_id", "period_from"], name="flow_file_month"),
        ]


class FlowRow(records.Record):
    """One sale as reported. `original` is never overwritten; matches stand beside it with their rule.

    `verdict` is the last of its FlowVerdicts, "" while there is none.
    `reported` is the original in its normal form, `customer_key` with `city` and `product_key` what aliases
    are kept by, `candidates` what a person may choose from, `move_id` the move the row gave the trace.
    """

    scope = scope.own()

    node_id = models.IntegerField(db_index=True)
    file = models.ForeignKey(FlowFile, models.PROTECT, related_name="rows")
    no = models.IntegerField()
    original = models.JSONField()
    reported = models.JSONField()
    sold_on = models.DateField()
    counted_month = models.DateField()
    customer_key = records.code(160)
    city = models.IntegerField(default=0)
    product_key = records.code(250)
    candidates = models.JSONField(default=dict)
    item_id = models.IntegerField(default=0)
    lot_id = models.IntegerField(default=0)
    serial_id = models.IntegerField(default=0)
    hospital_id = models.IntegerField(default=0)
    quantity = records.quantity(null=True)
    customer_rule = records.code(20, default="")
    product_rule = records.code(20, default="")
    state = records.code(12, default="normal")
    reasons = models.JSONField(default=list)
    verdict = records.code(12, db_default="")
    line_digest = records.code(64)
    move_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "no"], name="flow_row_once"),
            models.UniqueConstraint(
                fields=["node_id", "line_digest"],
                condition=~models.Q(state="duplicate"),
                name="flow_row_duplicate",
            ),
        ]
        indexes = [
            models.Index(
                fields=["customer_key", "city"],
                name="flow_row_customer",
                condition=models.Q(state="unmatched"),
            ),
            models.Index(
                fields=["node_id", "product_key"],
                name="flow_row_product",
                condition=models.Q(state="unmatched"),
            ),
            models.Index(fields=["node_id", "-counted_month"], name="flow_row_month"),
            models.Index(fields=["verdict"], name="flow_row_appeal", condition=models.Q(state="appeal")),
        ]


class FlowVerdict(records.Record):
    """认定: what a person found of a row suspected of 窜货, on which ground, and why; another one is a new row."""

    scope = scope.own()
    append_only = True

    node_id = models.IntegerField(db_index=True)
    row = models.ForeignKey(FlowRow, models.PROTECT, related_name="verdicts")
    verdict = records.code(12)
    ground = records.code(12)
    note = records.code(500)
    judged_by = records.code(80)
    judged_at = models.DateTimeField()


class CustomerAlias(records.Record):
    """别名: a name that reports use in a city (0: none named) and the hospital a person said it is."""

    scope = scope.internal()

    name_key = records.code(160)
    city = models.IntegerField(default=0)
    hospital_id = models.IntegerField()
    decided_by = records.code(80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name_key", "city"], name="customer_alias_once")]


class ProductAlias(records.Record):
    """What a partner calls a product of ours, as a person decided."""

    scope = scope.internal()

    party_id = models.IntegerField()
    name_key = records.code(250)
    item_id = models.IntegerField()
    decided_by = records.code(80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party_id", "name_key"], name="product_alias_once")]
