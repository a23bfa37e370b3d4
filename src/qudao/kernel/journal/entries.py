"""Recording: what happened, to what, by whom, and which rows it wrote, as the last act of a transaction."""

import dataclasses
import datetime
import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models

from qudao.kernel import records, scope
from qudao.kernel.journal import canonical

# An entry bundle gives an entry two bytes for its length; the number and the frame need a few of them.
LIMIT = 65_000
# Its first 48 bits are the milliseconds since 1970.
UUID_WITH_TIME = 7

_STAGE = (
    "INSERT INTO journal_staging (entry, part, type, subject, at, node_id, body)"
    " SELECT %s::uuid, part - 1, %s::text, %s::text, %s::timestamptz, %s::int, body"
    " FROM unnest(%b::text[]) WITH ORDINALITY AS parts (body, part)"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """A row written: its table, its key as text, and the hexadecimal digest of what was written."""

    table: str
    id: str
    digest: str


@dataclasses.dataclass(frozen=True, slots=True)
class Leaf:
    """An entry as it was recorded. `number` is None while it is staged."""

    number: int | None
    entry: uuid.UUID
    part: int
    type: str
    subject: str
    actor: str
    at: datetime.datetime
    node_id: int | None
    rows: tuple[Row, ...]
    data: dict[str, Any]

    @property
    def recorded(self) -> datetime.datetime:
        """When the entry was made, by the clock that its uuid carries; `at` is when it says it happened."""
        if self.entry.version != UUID_WITH_TIME:
            return self.at
        return datetime.datetime.fromtimestamp((self.entry.int >> 80) / 1000, datetime.UTC)


def true_time() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


# What entries are recorded by. A company that lives its year in two minutes has a clock of its own.
_clock: Callable[[], datetime.datetime] = true_time


def record_by(clock: Callable[[], datetime.datetime]) -> None:
    """Let this process record by another clock from now on."""
    global _clock
    _clock = clock


def entry() -> uuid.UUID:
    """A new entry's uuid, in time order; the rows an operation writes carry it."""
    return records.key(_clock())


def row(table: type[models.Model] | models.Model | str, id: Any, values: Mapping[str, Any]) -> Row:
    """The row of `table` (its name or its model) as written: `values` by column name."""
    name = table if isinstance(table, str) else table._meta.db_table
    key = id if isinstance(id, str) else str(canonical.plain(id))
    data = canonical.canonical({"table": name, "id": key, "values": values})
    return Row(name, key, canonical.digest(data).hex())


def record(
    entry: uuid.UUID,
    type: str,
    *,
    subject: str,
    at: datetime.datetime,
    node_id: int | None = None,
    rows: Iterable[Row] = (),
    data: Mapping[str, Any] | None = None,
) -> uuid.UUID:
    """Stage `entry`, in the transaction that did what it tells and under its actor; returns the uuid.

    `type` is `module.noun.verbed`; `subject` is `module.noun:id`; `node_id` the node whose viewers see it,
    None for the house alone; `data` what consumers need, in types `canonical.plain` knows. More rows than
    fit into 65,000 bytes go into further parts of the same entry. Raises LookupError outside
    scope.transaction, ValueError when `data` alone is too long.
    """
    head = {
        "id": entry,
        "type": type,
        "subject": subject,
        "actor": scope.current().ref,
        "at": at,
        "node": node_id,
        "data": data or {},
    }
    bodies = [body.decode() for body in parts(head, list(rows))]
    with connection.cursor() as cursor:
        cursor.execute(_STAGE, [entry, type, subject, at, node_id, bodies])
    return entry


def parts(head: Mapping[str, Any], rows: Sequence[Row]) -> list[bytes]:
    """The canonical bodies of an entry: one, or as many as its rows need. Later parts carry no data."""
    listed = [[row.table, row.id, row.digest] for row in rows]
    whole = canonical.canonical({**head, "part": 0, "rows": listed})
    if len(whole) <= LIMIT:
        return [whole]
    bodies: list[bytes] = []
    start = 0
    while start < len(listed) or not bodies:
        frame = {**head, "data": {} if bodies else head["data"], "part": len(bodies)}
        space = LIMIT - len(canonical.canonical({**frame, "rows": []}))
        end = _fitting(listed, start, space)
        if space < 0 or end == start:
            raise ValueError("a journal entry does not fit: keep its data in rows, and list those")
        bodies.append(canonical.canonical({**frame, "rows": listed[start:end]}))
        start = end
    return bodies


def read(number: int | None, body: str) -> Leaf:
    """The entry in a canonical body."""
    found = json.loads(body)
    return Leaf(
        number=number,
        entry=uuid.UUID(found["id"]),
        part=found["part"],
        type=found["type"],
        subject=found["subject"],
        actor=found["actor"],
        at=datetime.datetime.fromisoformat(found["at"]),
        node_id=found["node"],
        rows=tuple(Row(*listed) for listed in found["rows"]),
        data=found["data"],
    )


def leaf_bytes(number: int, body: str) -> bytes:
    """The leaf of the tree: the entry with its number, canonical because both keys are in order."""
    return b'{"entry":%b,"number":%d}' % (body.encode(), number)


def _fitting(listed: Sequence[list[str]], start: int, space: int) -> int:
    """The end of the rows from `start` that fit into `space` bytes."""
    end = start
    while end < len(listed):
        space -= len(canonical.canonical(listed[end])) + 1
        if space < 0:
            break
        end += 1
    return end
