"""Pages of a queryset by keyset: sorted by one field, then by the key, from behind the row last seen.

    rows, following = cursors.page(queryset, order="-gross", after=cursor, limit=50)

Rows without a value come last in either direction. A page costs the same however far down it is, and a
row that arrives meanwhile neither repeats nor hides another.
"""

import base64
import binascii
import datetime as dt
import json
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db.models import F, Model, Q, QuerySet

from qudao.kernel import errors

MOST = 500


def page(rows: QuerySet, *, order: str, after: str | None, limit: int) -> tuple[list[Any], str | None]:
    """Up to `limit` rows (500 at most) and the cursor of what follows, None after the last.

    `order` is a field's name or an annotation's, `-` before it for falling; "pk" and "-pk" sort by the key
    alone. Raises Refused `kernel.cursor_invalid` for a cursor of another order or of no list of ours.
    """
    limit = max(1, min(limit, MOST))
    falling, field = order.startswith("-"), order.removeprefix("-")
    by_key = field in ("pk", "id", rows.model._meta.pk.name)
    if after:
        rows = _behind(rows, order, field, falling, by_key, after)
    turn = F("pk").desc() if falling else F("pk").asc()
    if by_key:
        rows = rows.order_by(turn)
    else:
        # Said of a column that is never empty, "nulls last" would keep its index from being used.
        last = {"nulls_last": True} if _may_be_empty(rows, field) else {}
        first = F(field).desc(**last) if falling else F(field).asc(**last)
        rows = rows.order_by(first, turn)
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return found, None
    return found[:limit], _encode(order, found[limit - 1], field, by_key)


def _may_be_empty(rows: QuerySet, field: str) -> bool:
    own = {one.name: one for one in rows.model._meta.get_fields()}
    return field not in own or getattr(own[field], "null", True)


def _behind(rows: QuerySet, order: str, field: str, falling: bool, by_key: bool, after: str) -> QuerySet:
    of, value, key = _decode(after)
    if of != order:
        raise _invalid(after)
    than = "lt" if falling else "gt"
    further = Q(**{f"pk__{than}": key})
    if not by_key:
        none = Q(**{f"{field}__isnull": True})
        same = none if value is None else Q(**{field: value})
        further = further & same
        if value is not None:
            further |= Q(**{f"{field}__{than}": value}) | none
    try:
        return rows.filter(further)
    except (ValueError, TypeError, ValidationError, FieldError) as error:
        raise _invalid(after) from error


def _encode(order: str, row: Model, field: str, by_key: bool) -> str:
    value = None if by_key else getattr(row, field)
    if isinstance(value, dt.date | Decimal):
        value = value.isoformat() if isinstance(value, dt.date) else str(value)
    text = json.dumps([order, value, str(row.pk)], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(text: str) -> tuple[str, Any, str]:
    try:
        padded = text + "=" * (-len(text) % 4)
        order, value, key = json.loads(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, TypeError, binascii.Error) as error:
        raise _invalid(text) from error
    return order, value, key


def _invalid(text: str) -> errors.Refused:
    return errors.refuse("kernel.cursor_invalid", cursor=text[:40])
