"""What the operations of partners share."""

import contextlib
import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.db import IntegrityError, connection, models
from psycopg import errors as database_errors

from qudao.kernel import errors, journal, scope, search_keys

PARTIES = "partners.party.manage"
LICENCES = "partners.licence.review"
AUTHORISATIONS = "partners.authorisation.manage"

Row = TypeVar("Row", bound=models.Model)


def record(
    entry: uuid.UUID,
    type: str,
    *,
    ids: Sequence[int],
    nodes: Sequence[int],
    at: dt.datetime,
    rows: Sequence[journal.Row],
    data: dict[str, Any],
) -> None:
    """Record an act on one row under its own subject and node, on many under the noun alone, for the house."""
    noun = type.rpartition(".")[0]
    one = len(ids) == 1
    journal.record(
        entry,
        type,
        subject=f"{noun}:{ids[0]}" if one else noun,
        at=at,
        node_id=(nodes[0] or None) if one else None,
        rows=rows,
        data={"count": len(ids), **data},
    )


def locked(model: type[Row], row_id: int, actor: scope.Actor, *, version: int | None = None) -> Row:
    """The row, locked. Raises NotFound when the actor does not see it, Conflict when it is not `version`."""
    found = scope.visible(model._default_manager.filter(pk=row_id), actor).select_for_update().first()
    if found is None:
        raise errors.NotFound()
    if version is not None and found.version != version:  # type: ignore[attr-defined]
        params = {"seen": version, "current": found.version}  # type: ignore[attr-defined]
        raise errors.Conflict([errors.Reason("kernel.changed_meanwhile", params=params)])
    return found


def keys_of(name: str, short_name: str, uscc: str, code: str) -> str:
    """What a partner is found by: its names in characters, pinyin and initials, its credit code and its code."""
    words = [search_keys.keys(name), search_keys.keys(short_name), uscc.lower(), code.lower()]
    return " ".join(dict.fromkeys(filter(None, words)))


def require_whole(actor: scope.Actor) -> None:
    """Refuse an act whose reach an actor with a part of the business cannot see in full."""
    if not actor.everyone:
        raise errors.refuse("partners.whole_view_needed")


@contextlib.contextmanager
def refusing(**codes: str) -> Iterator[None]:
    """Turn the breach of a constraint into its refusal: `refusing(account_once="partners.account_exists")`.

    Foreign keys are looked at before leaving; one that leads nowhere is `partners.reference_unknown`.
    """
    try:
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, database_errors.ForeignKeyViolation):
            raise errors.refuse("partners.reference_unknown", table=cause.diag.table_name) from error
        name = cause.diag.constraint_name if isinstance(cause, database_errors.Error) else None
        if name not in codes:
            raise
        raise errors.refuse(codes[name]) from error


def missing(wanted: Iterable[int], found: Iterable[int], *, code: str, key: str) -> list[errors.Reason]:
    """A reason for every line (from 1) whose id is not among those found."""
    known = set(found)
    return [
        errors.Reason(code, line, {key: one})
        for line, one in enumerate(wanted, 1)
        if one and one not in known
    ]
