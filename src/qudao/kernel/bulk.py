"""Many rows, one statement: the number of statements does not depend on the number of rows.

Columns travel as arrays in the binary format: as text every quotation mark in them would be escaped twice.
"""

import functools
import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, models

Columns = tuple[tuple[str, str], ...]  # name, SQL type


@functools.cache
def _insertion(table: str, columns: Columns) -> str:
    names = ", ".join(name for name, _ in columns)
    arrays = ", ".join(f"%b::{kind}[]" for _, kind in columns)
    return (
        f"INSERT INTO {table} ({names}) SELECT {names}"
        f" FROM unnest({arrays}) WITH ORDINALITY AS r ({names}, position)"
        " ORDER BY position RETURNING id"
    )


def insert(table: str, columns: Columns, rows: Sequence[tuple[Any, ...]]) -> list[int]:
    """Insert the rows and return their ids in the order of the rows (ids are numbers drawn in that order)."""
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_insertion(table, columns), arrays(rows))
        return sorted(row[0] for row in cursor.fetchall())


def arrays(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    """The columns of the rows, one array each, as `unnest` takes them."""
    return [list(column) for column in zip(*rows, strict=True)]


@functools.cache
def _fields(model: type[models.Model], keyed: bool) -> tuple[tuple[str, ...], frozenset[int], Columns]:
    """Attributes, the places of those that are JSON, and columns of a model."""
    fields = [field for field in model._meta.concrete_fields if keyed or not field.primary_key]
    # Without its length: a cast to varchar(10) would cut what is too long, the column refuses it.
    columns = tuple(
        (connection.ops.quote_name(str(field.column)), str(field.db_type(connection)).split("(")[0])
        for field in fields
    )
    in_json = frozenset(at for at, field in enumerate(fields) if isinstance(field, models.JSONField))
    return tuple(field.attname for field in fields), in_json, columns


def create(instances: Sequence[models.Model]) -> None:
    """Insert new instances of one model, all with their key or all without; these get theirs.

    The same as the manager's `bulk_create`, in a quarter of its time; expressions as values are not taken.
    """
    if not instances:
        return
    model, keyed = type(instances[0]), instances[0].pk is not None
    names, in_json, columns = _fields(model, keyed)
    rows = []
    for one in instances:
        values = [getattr(one, name) for name in names]
        for at in in_json:
            if values[at] is not None:
                values[at] = json.dumps(values[at], ensure_ascii=False)
        rows.append(tuple(values))
    ids = insert(connection.ops.quote_name(model._meta.db_table), columns, rows)
    for one, id in zip(instances, ids, strict=True):
        if not keyed:
            one.pk = id
        one._state.adding = False
        one._state.db = connection.alias
