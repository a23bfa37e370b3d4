"""Bases of the product's tables."""

import datetime as dt
import itertools
import secrets
import uuid
from collections.abc import Sequence

from django.contrib.postgres import constraints
from django.contrib.postgres.fields import ranges
from django.db import models
from django.db.models import F, Func, UUIDField

_turn = itertools.count()


def key(at: dt.datetime) -> uuid.UUID:
    """The id of a document made at the instant `at`: a list by id is a list by time, whoever wrote first.

    A UUID of version 7 whose 26 bits after the milliseconds count, so that what one operation makes keeps its
    order (RFC 9562, section 6.2, method 1).
    """
    milliseconds, turn = int(at.timestamp() * 1000), next(_turn)
    first, then = turn >> 14 & 0xFFF, turn & 0x3FFF
    return uuid.UUID(
        int=milliseconds << 80 | 0x7 << 76 | first << 64 | 0b10 << 62 | then << 48 | secrets.randbits(48)
    )


class UuidV7(Func):
    """`uuidv7()` of the database: a document's id tells its age and keeps the index narrow."""

    function = "uuidv7"
    output_field = UUIDField()


class Record(models.Model):
    """A table of the product. Subclasses declare `scope`; history tables set `append_only = True`.

    `entry` is the journal entry that wrote the row last.
    """

    entry = models.UUIDField(null=True, editable=False)

    class Meta:
        abstract = True


class Document(Record):
    """A record with a time-ordered uuid, an optimistic version and the instant it was made."""

    id = models.UUIDField(primary_key=True, db_default=UuidV7(), editable=False)
    version = models.IntegerField(default=1)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True


def money(**options) -> models.DecimalField:
    """An amount in cents."""
    return models.DecimalField(max_digits=18, decimal_places=2, **options)


def price(**options) -> models.DecimalField:
    """A unit price, 4 places."""
    return models.DecimalField(max_digits=18, decimal_places=4, **options)


def quantity(**options) -> models.DecimalField:
    """A quantity, 4 places."""
    return models.DecimalField(max_digits=18, decimal_places=4, **options)


def rate(**options) -> models.DecimalField:
    """A fraction: 0.13 is 13 %."""
    return models.DecimalField(max_digits=9, decimal_places=6, **options)


def code(length: int = 64, **options) -> models.CharField:
    return models.CharField(max_length=length, **options)


class DateRange(Func):
    """[valid_from, valid_until) as a daterange; an empty end is open."""

    function = "daterange"
    output_field = ranges.DateRangeField()


class IntRange(Func):
    """[from, until) as an int4range."""

    function = "int4range"
    output_field = ranges.IntegerRangeField()


def never_overlapping(
    name: str, *keys: str, also: Sequence = (), condition: models.Q | None = None
) -> constraints.ExclusionConstraint:
    """No two rows with equal keys whose validity overlaps. Keys are never NULL: NULLs would not compare."""
    return constraints.ExclusionConstraint(
        name=name,
        expressions=[
            *((key, "=") for key in keys),
            *also,
            (DateRange(F("valid_from"), F("valid_until")), "&&"),
        ],
        condition=condition,
    )
