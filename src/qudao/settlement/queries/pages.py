"""Pages newest first (documents have ids in time order), and views of rows."""

import dataclasses
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from django.db import models

from qudao.kernel import errors, numbering

LIMIT = 50


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """Up to `limit` rows and the cursor of the next page, "" on the last."""

    rows: tuple
    next_cursor: str


def page(rows: models.QuerySet, view: Callable[[Any], Any], *, cursor: str, limit: int) -> Page:
    """A page of documents after the id `cursor`."""
    if cursor:
        try:
            rows = rows.filter(pk__lt=uuid.UUID(cursor))
        except ValueError as error:
            raise errors.refuse("settlement.cursor_invalid", cursor=cursor[:40]) from error
    limit = max(1, min(limit, 200))
    found = list(rows.order_by("-pk")[: limit + 1])
    more = str(found[limit - 1].pk) if len(found) > limit else ""
    return Page(tuple(view(row) for row in found[:limit]), more)


def named(rows: models.QuerySet, text: str, party_ids: Sequence[int]) -> models.QuerySet:
    """The documents whose number the text names, and those of the parties it names; all without a text."""
    return rows.filter(numbering.named(text) | models.Q(party_id__in=party_ids)) if text else rows


def fill(view: type, row: Any, **more: Any) -> Any:
    """A view dataclass from a row's attributes of the same names."""
    names = [field.name for field in dataclasses.fields(view) if field.name not in more]
    return view(**{name: getattr(row, name) for name in names}, **more)
