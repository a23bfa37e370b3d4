"""Rows written and told to the journal: what every module's operations share."""

import uuid
from collections.abc import Iterable

from django.db import models

from qudao.kernel import journal


def created(rows: Iterable[models.Model], entry: uuid.UUID) -> list[journal.Row]:
    """Insert rows of one model, marked with the entry where they carry one; returns them for the journal."""
    listed = list(rows)
    if not listed:
        return []
    for row in listed:
        if hasattr(row, "entry"):
            row.entry = entry
    type(listed[0])._default_manager.bulk_create(listed)
    return written(listed)


def written(rows: Iterable[models.Model]) -> list[journal.Row]:
    """Rows as they now stand, for the journal: every column of them."""
    return [
        journal.row(
            type(row),
            row.pk,
            {str(field.column): getattr(row, field.attname) for field in row._meta.concrete_fields},
        )
        for row in rows
    ]
