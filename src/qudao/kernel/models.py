"""The ground's own tables: nodes, idempotency keys, number series, rule tables, stored files, journal."""

from django.db import models

from qudao.kernel import records, scope
from qudao.kernel.journal.models import *  # noqa: F403  (Django finds a module's tables here)


class Node(models.Model):
    """An anonymous owner of rows. What hangs on it, and what the facets mean, is the partners' business.

    `kind`: file | debtor | account. Facets are 0 when they do not apply.
    """

    scope = scope.internal()

    kind = models.CharField(max_length=10)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    party_id = models.IntegerField(default=0)
    entity_id = models.IntegerField(default=0)
    line_id = models.IntegerField(default=0)
    region_id = models.IntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["party_id", "kind"], name="node_party"),
            models.Index(fields=["entity_id", "region_id", "line_id"], name="node_facets"),
        ]


class NodeAncestor(models.Model):
    """Closure: every (ancestor, descendant) pair, the node itself at depth 0."""

    scope = scope.internal()
    deletable = True

    ancestor = models.ForeignKey(Node, models.CASCADE, related_name="+")
    descendant = models.ForeignKey(Node, models.CASCADE, related_name="+")
    depth = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ancestor", "descendant"], name="node_ancestor_once"),
        ]
        indexes = [models.Index(fields=["descendant", "depth"], name="node_ancestor_up")]


class IdempotencyKey(models.Model):
    """The effect of a write under its key, stored in the same transaction as the effect."""

    scope = scope.internal()

    actor = records.code(80)
    key = records.code(200)
    body_digest = models.BinaryField()
    status = models.SmallIntegerField(null=True)
    response = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="idempotency_key_once")]


class NumberSeries(models.Model):
    """The last number given out in a series of an entity and year, without gaps."""

    scope = scope.internal()

    entity_id = models.IntegerField()
    series = records.code(20)
    year = models.SmallIntegerField()
    last = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entity_id", "series", "year"], name="number_series_once")
        ]


class RuleVersion(models.Model):
    """One version of a rule table: thresholds, windows and lists with the day they begin to hold."""

    scope = scope.reference()
    append_only = True

    table = records.code(60)
    effective_from = models.DateField()
    data = models.JSONField()
    source = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "effective_from"], name="rule_version_once")]


class StoredFile(models.Model):
    """A file kept as it came, addressed by its content; the bytes lie in the blob store."""

    scope = scope.shared()
    append_only = True

    digest = records.code(64)
    node_id = models.IntegerField(default=0)
    name = records.code(255)
    media_type = records.code(100)
    size = models.BigIntegerField()
    purpose = records.code(60)
    stored_at = models.DateTimeField()
    stored_by = records.code(80)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["node_id", "purpose", "digest"], name="stored_file_once")
        ]
