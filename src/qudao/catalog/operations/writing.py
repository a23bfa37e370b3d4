"""What the operations of the catalogue share."""

import uuid
from collections.abc import Iterable

from django.db import connection, models

from qudao.kernel import journal

ITEMS = "catalog.item.manage"
CERTIFICATES = "catalog.certificate.manage"


def one_at_a_time(what: str) -> None:
    """Registrations of `what` wait for each other until the transaction ends: they are rare, and so the
    look for taken codes and numbers holds until the rows are written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 11))", [f"catalog.{what}"])


def created(rows: Iterable[models.Model], entry: uuid.UUID) -> list[journal.Row]:
    """Insert rows of one model, marked with the entry; returns them for the journal."""
    listed = list(rows)
    if not listed:
        return []
    for row in listed:
        row.entry = entry
    type(listed[0])._default_manager.bulk_create(listed)
    return written(listed)


def written(rows: Iterable[models.Model]) -> list[journal.Row]:
    """Rows as they now stand, for the journal."""
    return [
        journal.row(
            type(row),
            row.pk,
            {field.column: getattr(row, field.attname) for field in row._meta.concrete_fields},
        )
        for row in rows
    ]
