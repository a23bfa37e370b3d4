"""Rows of a statement as views."""

from typing import TypeVar

from django.db import connection

Row = TypeVar("Row")


def all_of(row_type: type[Row], query: str, values) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return [row_type(*row) for row in cursor.fetchall()]
