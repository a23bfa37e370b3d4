"""What the interface keeps for each person: saved views of lists, and notices."""

from django.db import models

from qudao.kernel import records, scope


class SavedView(records.Record):
    """A list as somebody wants it: filters, order and hidden columns are its query string."""

    scope = scope.personal()
    deletable = True

    owner = records.code(80)
    listing = records.code(60)
    title = records.code(40)
    query = models.CharField(max_length=1000)
    opens_first = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "listing", "title"], name="saved_view_once"),
            models.UniqueConstraint(
                fields=["owner", "listing"], name="saved_view_first", condition=models.Q(opens_first=True)
            ),
        ]


class Notice(records.Record):
    """Something a person started or should know. With work behind it, how far that is.

    `state`: waiting, running, done, failed. `total` 0 is work nobody can count. `url` is where the result is.
    """

    scope = scope.personal()
    deletable = True

    id = models.UUIDField(primary_key=True, db_default=records.UuidV7(), editable=False)
    owner = records.code(80)
    title = records.code(200)
    detail = models.CharField(max_length=1000, default="")
    state = records.code(10)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    url = models.CharField(max_length=500, default="")
    language = records.code(10, default="zh-hans")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-id"], name="notice_of_person"),
            models.Index(fields=["owner"], name="notice_unread", condition=models.Q(read_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(
                name="notice_state",
                condition=models.Q(state__in=("waiting", "running", "done", "failed")),
            )
        ]
