"""What the operations of the organisation share: who may change the house, a row with its entry."""

import datetime as dt
from typing import Any

from django.db import IntegrityError
from django.db import models as django

from qudao.kernel import errors, journal, scope

MANAGE = "organisation.person.manage"
AUDIT = "organisation.journal.export"


def require_ours(actor: scope.Actor) -> None:
    """Partners manage people too, their own; what our house is made of is not theirs to change."""
    actor.require(MANAGE)
    if not actor.house:
        raise errors.Forbidden([errors.Reason("kernel.forbidden", params={"permission": MANAGE})])


def insert(
    row: django.Model,
    type: str,
    actor: scope.Actor,
    now: dt.datetime,
    *,
    taken: str = "organisation.code_taken",
    **data: Any,
) -> None:
    try:
        with scope.transaction(actor, acting=True):
            entry = journal.entry()
            if hasattr(row, "entry"):
                row.entry = entry
            row.save(force_insert=True)
            record(entry, type, row, now, **data)
    except IntegrityError as error:
        raise errors.refuse(taken, text=str(data.get("code", data.get("username", "")))) from error


def record(entry, type: str, row: django.Model, now: dt.datetime, **data: Any) -> None:
    values = {field.column: getattr(row, field.attname) for field in row._meta.concrete_fields}
    journal.record(
        entry,
        type,
        subject=f"{type.rpartition('.')[0]}:{row.pk}",
        at=now,
        rows=[journal.row(row, row.pk, values)],
        data=data,
    )
