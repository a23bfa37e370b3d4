"""Rows in bulk: one statement whatever their number, and their digests for the journal."""

import uuid
from collections.abc import Sequence

from django.db import connection, models


def insert(rows: Sequence[models.Model], *, or_ignore: bool = False) -> None:
    """Insert rows of one model by arrays (no limit of parameters) and set the keys the database gave.

    `or_ignore` leaves out those that are there already, and sets no keys.
    """
    if not rows:
        return
    quote = connection.ops.quote_name
    meta = rows[0]._meta
    key = meta.pk
    given = [field for field in meta.concrete_fields if field is not key or rows[0].pk is not None]
    columns = ", ".join(quote(field.column) for field in given)
    arrays = ", ".join(f"%s::{field.rel_db_type(connection)}[]" for field in given)
    values = [[getattr(row, field.attname) for row in rows] for field in given]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(meta.db_table)} ({columns}) SELECT * FROM unnest({arrays})"
            f" {'ON CONFLICT DO NOTHING' if or_ignore else ''} RETURNING {quote(key.column)}",
            values,
        )
        if or_ignore:
            return
        for row, (number,) in zip(rows, cursor.fetchall(), strict=True):
            row.pk = number


def alone(what: str, node_id: int) -> None:
    """Let nobody else do `what` for the debtor until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 13))", [f"{what}:{node_id}"])


def uuid_in(subject: str) -> uuid.UUID:
    """The uuid in a journal subject such as `orders.order:<uuid>`."""
    return uuid.UUID(subject.partition(":")[2])
