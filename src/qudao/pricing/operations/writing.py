"""What the operations of pricing share: dated rows that never overlap, written in bulk."""

import datetime as dt
import itertools
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from psycopg import errors as database_errors

from qudao.catalog import queries as catalog
from qudao.kernel import errors, journal, writes

MANAGE = "pricing.contract.manage"
SIGN = "pricing.contract.sign"
PROMOTE = "pricing.promotion.manage"
# More findings than a person mends at once are not listed.
SHOWN = 20
_HIGHEST = Decimal(10) ** 14


def insert(
    rows: Sequence[models.Model], *, keys: Sequence[str], entry: uuid.UUID, replace: bool = False
) -> list[journal.Row]:
    """Insert dated rows of one model, in a number of statements that does not depend on how many.

    `keys` are the fields in which no two rows may be in force at once. With `replace`, rows in force end
    the day a new one with the same keys begins. Raises Refused `pricing.price_repeated` for new rows that
    overlap each other, `pricing.price_overlap` for each that overlaps one there is, naming it.
    """
    if not rows:
        return []
    errors.raise_if_refused(_repeated(rows, keys))
    ended = _end(rows, keys, entry) if replace else []
    for row in rows:
        row.entry = entry  # type: ignore[attr-defined]
    try:
        with transaction.atomic():
            type(rows[0])._default_manager.bulk_create(rows)
    except IntegrityError as error:
        if isinstance(error.__cause__, database_errors.ExclusionViolation):
            raise errors.Refused(_overlaps(rows, keys)) from error
        raise
    return ended + writes.written(rows)


def period_reasons(
    valid_from: dt.date, valid_until: dt.date | None, line: int | None = None
) -> list[errors.Reason]:
    """A period ends after it begins."""
    if valid_until is None or valid_until > valid_from:
        return []
    return [errors.Reason("pricing.period_invalid", line, {"from": valid_from, "until": valid_until})]


def price_reasons(price: Decimal, minimum: Decimal, line: int) -> list[errors.Reason]:
    """A price and the quantity it begins at are not negative and have at most 4 decimals."""
    found = []
    if not _stored_exactly(price):
        found.append(errors.Reason("pricing.price_invalid", line, {"price": price}))
    if not _stored_exactly(minimum):
        found.append(errors.Reason("pricing.minimum_invalid", line, {"quantity": minimum}))
    return found


def _stored_exactly(value: Decimal) -> bool:
    return value.is_finite() and 0 <= value < _HIGHEST and value == value.quantize(Decimal("0.0001"))


def item_reasons(
    item_ids: Sequence[int], *, entity_id: int, on: dt.date, line_id: int = 0
) -> list[errors.Reason]:
    """Every place (from 1) whose item does not exist, or is of another product line than asked."""
    known = catalog.items(set(item_ids), on=on, entity_id=entity_id)
    return [
        errors.Reason("pricing.item_unknown", place, {"item": item_id})
        if item_id not in known
        else errors.Reason("pricing.item_of_other_line", place, {"item": known[item_id].code})
        for place, item_id in enumerate(item_ids, 1)
        if item_id not in known or line_id not in (0, known[item_id].line_id)
    ]


def _repeated(rows: Sequence[Any], keys: Sequence[str]) -> list[errors.Reason]:
    """New rows with equal keys whose periods overlap; the later of each pair is named."""
    names = [rows[0]._meta.get_field(key).attname for key in keys]
    places = sorted(
        range(len(rows)),
        key=lambda i: (*(getattr(rows[i], name) for name in names), rows[i].valid_from, i),
    )
    found = []
    for i, j in itertools.pairwise(places):
        one, other = rows[i], rows[j]
        same = all(getattr(one, name) == getattr(other, name) for name in names)
        if same and (one.valid_until is None or other.valid_from < one.valid_until):
            params = {"first": min(i, j) + 1}
            found.append(errors.Reason("pricing.price_repeated", max(i, j) + 1, params))
    return found[:SHOWN]


def _matching(rows: Sequence[Any], keys: Sequence[str]) -> tuple[str, str, list[list]]:
    """(the new rows as a table `n`, the condition that an old row `o` has the same keys, parameters)."""
    fields = [rows[0]._meta.get_field(name) for name in (*keys, "valid_from", "valid_until")]
    arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in fields)
    columns = ", ".join(field.column for field in fields)
    table = f"unnest({arrays}) WITH ORDINALITY AS n ({columns}, place)"
    same = " AND ".join(f"o.{field.column} = n.{field.column}" for field in fields[:-2])
    return table, same, [[getattr(row, field.attname) for row in rows] for field in fields]


def _end(rows: Sequence[Any], keys: Sequence[str], entry: uuid.UUID) -> list[journal.Row]:
    """End what began before a new row with the same keys, the day that one begins."""
    table, same, parameters = _matching(rows, keys)
    name = rows[0]._meta.db_table
    statement = (
        f"UPDATE {name} o SET valid_until = n.valid_from, entry = %s::uuid FROM {table} WHERE {same}"
        " AND o.valid_from < n.valid_from AND (o.valid_until IS NULL OR o.valid_until > n.valid_from)"
        " RETURNING o.id, o.valid_until"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [entry, *parameters])
        return [journal.row(name, row_id, {"valid_until": until}) for row_id, until in cursor.fetchall()]


def _overlaps(rows: Sequence[Any], keys: Sequence[str]) -> list[errors.Reason]:
    """Which new row (by place, from 1) meets which old one."""
    table, same, parameters = _matching(rows, keys)
    names = {field.name for field in rows[0]._meta.concrete_fields}
    citation = "o.citation" if "citation" in names else "''"
    code = "(SELECT code FROM catalog_item i WHERE i.id = o.item_id)" if "item" in names else "''"
    statement = (
        f"SELECT n.place, {code}, {citation}, o.valid_from, o.valid_until FROM {rows[0]._meta.db_table} o"
        f" JOIN {table} ON {same} AND daterange(o.valid_from, o.valid_until)"
        f" && daterange(n.valid_from, n.valid_until) ORDER BY n.place, o.valid_from LIMIT {SHOWN}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found = cursor.fetchall()
    reason = "pricing.price_overlap" if "item" in names else "pricing.factor_overlap"
    return [
        errors.Reason(
            reason,
            place,
            {"item": item or "—", "citation": cited or "—", "from": begins, "until": ends or "…"},
        )
        for place, item, cited, begins, ends in found
    ] or [errors.Reason("kernel.busy")]
