"""Document numbers: one gapless series per entity, kind and business year."""

import datetime as dt

from django.db import connection
from django.db.models import Q

_TAKE = (
    "INSERT INTO kernel_numberseries (entity_id, series, year, last) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (entity_id, series, year) DO UPDATE SET last = kernel_numberseries.last + %s"
    " RETURNING last"
)


# Fewer figures end too many numbers.
FIGURES = 3


def take(*, entity_id: int, series: str, on: dt.date, count: int = 1) -> list[str]:
    """The next `count` numbers, such as `SO-2026-000042`.

    The series stays locked until the transaction ends, so take numbers late; a rolled-back transaction
    gives its numbers back.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [entity_id, series, on.year, count, count])
        (last,) = cursor.fetchone()
    return [f"{series}{entity_id}-{on.year}-{number:06d}" for number in range(last - count + 1, last + 1)]


def named(text: str) -> Q:
    """The documents whose `number` begins with the text, or ends with it where it is figures alone: people say the
    last ones."""
    begins = Q(number__startswith=text.upper())
    return begins | Q(number__endswith=text) if ends(text) else begins


def ends(text: str) -> bool:
    """Whether the text may be the end of a number."""
    return text.isdecimal() and len(text) >= FIGURES


def take_one(*, entity_id: int, series: str, on: dt.date) -> str:
    return take(entity_id=entity_id, series=series, on=on)[0]
