"""Many rows, one statement: the number of statements does not depend on the number of rows.

Rows to insert travel as one JSON text, which the standard library writes and PostgreSQL reads faster than the
driver writes an array per column; rows to update as arrays.
"""

import datetime as dt
import decimal
import functools
import json
import operator
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection, models

Columns = tuple[tuple[str, str], ...]  # name, SQL type


@functools.cache
def _insertion(table: str, columns: Columns, or_ignore: bool) -> str:
    names = ", ".join(f'"{name}"' for name, _ in columns)
    typed = ", ".join(f'"{name}" {kind}' for name, kind in columns)
    return (
        f"INSERT INTO {table} ({names}) SELECT {names}"
        f" FROM ROWS FROM (json_to_recordset(%s::json) AS ({typed})) WITH ORDINALITY AS r ({names}, position)"
        f" ORDER BY position{' ON CONFLICT DO NOTHING' if or_ignore else ''} RETURNING id"
    )


def insert(
    table: str, columns: Columns, rows: Sequence[tuple[Any, ...]], *, or_ignore: bool = False
) -> list[int]:
    """Insert the rows and return their ids in the order of the rows (ids are numbers drawn in that order).

    `or_ignore` leaves out those that are there already: their ids are not among the answer.
    """
    if not rows:
        return []
    names = [name for name, _ in columns]
    document = _encode([dict(zip(names, row, strict=True)) for row in rows])
    with connection.cursor() as cursor:
        cursor.execute(_insertion(table, columns, or_ignore), [document])
        return sorted(row[0] for row in cursor.fetchall())


def _text(value: Any) -> str:
    """A value JSON has no word for, as PostgreSQL reads its column."""
    if isinstance(value, (decimal.Decimal, uuid.UUID)):
        return str(value)
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return f"\\x{value.hex()}"
    raise TypeError(f"no column takes {type(value).__name__}")


_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, default=_text).encode


def arrays(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """The columns of the rows, one array each, as `unnest` takes them."""
    return [list(column) for column in zip(*rows, strict=True)]


@functools.cache
def _fields(model: type[models.Model], keyed: bool) -> tuple[tuple[str, ...], Columns]:
    """Attributes and columns of a model."""
    fields = [field for field in model._meta.concrete_fields if keyed or not field.primary_key]
    # Without its length: a cast to varchar(10) would cut what is too long, the column refuses it.
    columns = tuple((str(field.column), str(field.db_type(connection)).split("(")[0]) for field in fields)
    return tuple(field.attname for field in fields), columns


def create(instances: Sequence[models.Model], *, or_ignore: bool = False) -> None:
    """Insert new instances of one model, all with their key or all without; these get theirs.

    The same as the manager's `bulk_create`, in a quarter of its time; expressions as values are not taken.
    `or_ignore` leaves out those that are there already; then the instances are told nothing.
    """
    if not instances:
        return
    model, keyed = type(instances[0]), instances[0].pk is not None
    names, columns = _fields(model, keyed)
    values = operator.attrgetter(*names)
    table = connection.ops.quote_name(model._meta.db_table)
    ids = insert(table, columns, [values(one) for one in instances], or_ignore=or_ignore)
    if or_ignore:
        return
    for one, id in zip(instances, ids, strict=True):
        if not keyed:
            one.pk = id
        one._state.adding = False
        one._state.db = connection.alias
