"""Many rows, one statement: the number of statements does not depend on the number of rows."""

import functools
from collections.abc import Sequence
from typing import Any

from django.db import connection

Columns = tuple[tuple[str, str], ...]  # name, SQL type


@functools.cache
def _insertion(table: str, columns: Columns) -> str:
    names = ", ".join(name for name, _ in columns)
    arrays = ", ".join(f"%s::{kind}[]" for _, kind in columns)
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
