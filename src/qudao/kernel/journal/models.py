"""The journal's tables. The sequencer alone numbers, builds the tree and signs; the program only stages."""

from django.db import models

from qudao.kernel import records, scope

__all__ = ["JournalCheckpoint", "JournalCursor", "JournalLeaf", "JournalStaging", "JournalTile"]


class _Outbox(scope.Shape):
    """Read as a ledger; written by every operation, whichever partner's node it concerns."""

    __slots__ = ()

    def writes(self) -> str:
        return "true"


class JournalStaging(models.Model):
    """Entries recorded and not yet numbered, for seconds. `body` is the entry's canonical JSON.

    A long entry is staged in parts; they share its uuid.
    """

    scope = _Outbox("ledger", "node_id")
    rights = "SELECT, INSERT"
    other_rights = {"sequencer": "SELECT, DELETE"}

    id = models.BigAutoField(primary_key=True)
    entry = models.UUIDField()
    part = models.SmallIntegerField()
    type = records.code(120)
    subject = records.code(160)
    at = models.DateTimeField()
    node_id = models.IntegerField(null=True)
    body = models.TextField()

    class Meta:
        db_table = "journal_staging"
        constraints = [models.UniqueConstraint(fields=["entry", "part"], name="journal_staging_once")]


class JournalLeaf(models.Model):
    """An entry with its number, from 0, without gaps. The leaf of the tree is
    {"entry": body, "number": number}; the other columns only find it."""

    scope = scope.ledger()
    rights = "SELECT"
    other_rights = {"sequencer": "SELECT, INSERT"}

    number = models.BigIntegerField(primary_key=True)
    entry = models.UUIDField()
    part = models.SmallIntegerField()
    type = records.code(120)
    subject = records.code(160)
    at = models.DateTimeField()
    node_id = models.IntegerField(null=True)
    body = models.TextField()

    class Meta:
        db_table = "journal_leaf"
        indexes = [
            models.Index(fields=["node_id", "number"], name="journal_leaf_node"),
            models.Index(fields=["subject", "number"], name="journal_leaf_subject"),
            models.Index(fields=["entry"], name="journal_leaf_entry"),
        ]


class JournalTile(models.Model):
    """A tile of the tree: 1 to 256 concatenated hashes. Only the last of a level still grows."""

    scope = scope.reference()
    rights = "SELECT"
    other_rights = {"sequencer": "SELECT, INSERT, UPDATE"}

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "journal_tile"


class JournalCheckpoint(models.Model):
    """What was signed: size and root of the tree, as a C2SP checkpoint note."""

    scope = scope.reference()
    rights = "SELECT"
    other_rights = {"sequencer": "SELECT, INSERT"}

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "journal_checkpoint"


class JournalCursor(models.Model):
    """How far a consumer has read: the number of the next entry it will see."""

    scope = scope.internal()

    consumer = models.CharField(max_length=60, primary_key=True)
    number = models.BigIntegerField(default=0)

    class Meta:
        db_table = "journal_cursor"
