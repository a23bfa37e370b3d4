"""The journal as people read it: filtered, page by page, and one entry with its proof."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection
from django.urls import reverse

from qudao.kernel import config, errors, manifest, periods, scope
from qudao.kernel.journal import entries, keys, merkle, notes
from qudao.kernel.journal import queries as journal_queries
from qudao.organisation import journal_subjects, queries_people

VIEW = "organisation.journal.view"
# What a page shows of what happened.
TIMELINE = 30
# Entries are found newest first by number; what is staged has none yet and stands before them.
_LEAVES = """
SELECT number, body FROM journal_leaf
WHERE part = 0 AND number < coalesce(%(before)s::bigint, 9223372036854775807) {filters}
ORDER BY number DESC LIMIT %(limit)s
"""
_STAGED = "SELECT NULL, body FROM journal_staging WHERE part = 0 {filters} ORDER BY id DESC LIMIT %(limit)s"

_ABOUT = """
SELECT number, body FROM (
    SELECT NULL::bigint AS number, id, body FROM journal_staging
    WHERE part = 0 AND (subject = ANY (%(subjects)s::text[]) OR node_id = ANY (%(nodes)s::int[])
                        OR entry = ANY (%(entries)s::uuid[]))
    UNION ALL
    SELECT DISTINCT number, NULL::bigint, body FROM (
        SELECT found.* FROM unnest(%(nodes)s::int[]) AS wanted (node), LATERAL (
            SELECT number, body FROM journal_leaf
            WHERE node_id = wanted.node AND part = 0 ORDER BY number DESC LIMIT %(limit)s::int
        ) AS found
        UNION ALL
        SELECT found.* FROM unnest(%(subjects)s::text[]) AS wanted (name), LATERAL (
            SELECT number, body FROM journal_leaf
            WHERE subject = wanted.name AND part = 0 ORDER BY number DESC LIMIT %(limit)s::int
        ) AS found
        UNION ALL
        SELECT number, body FROM journal_leaf WHERE entry = ANY (%(entries)s::uuid[]) AND part = 0
    ) AS numbered
) AS everything
ORDER BY number DESC NULLS FIRST, id DESC NULLS LAST LIMIT %(limit)s::int
"""

# What a checkpoint covers was recorded before it was signed, so a day's entries are numbered above those
# of every earlier checkpoint: the search need not go further down.
_FLOOR = "SELECT coalesce(max(size), 0) FROM journal_checkpoint WHERE at < %s"


@dataclasses.dataclass(frozen=True, slots=True)
class Filter:
    """What to find: the one of a number, exact type and subject, the actors' references (None: anybody), the days in
    Shanghai from `since` to before `until`."""

    number: int | None = None
    type: str = ""
    subject: str = ""
    actors: tuple[str, ...] | None = None
    since: dt.date | None = None
    until: dt.date | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Proof:
    """How an entry is proven. `holds` is None where this process has no key to judge by."""

    holds: bool | None
    leaf: bytes
    leaf_hash: str
    path: tuple[str, ...]
    size: int
    checkpoint: str


@dataclasses.dataclass(frozen=True, slots=True)
class EntryView:
    """An entry with every row it lists, and the canonical text of it. `proof` is None until a checkpoint covers it."""

    leaf: entries.Leaf
    rows: tuple[entries.Row, ...]
    body: str
    proof: Proof | None

    @property
    def canonical(self) -> str:
        """The text that is hashed and signed; before it has a number, what will stand in it."""
        return self.proof.leaf.decode() if self.proof else self.body


@dataclasses.dataclass(frozen=True, slots=True)
class CheckpointView:
    """A signed checkpoint: `size` entries under `root` (base64), and the note as signed."""

    size: int
    root: str
    at: dt.datetime
    note: str


_CHECKPOINTS = """
SELECT size, at, note FROM journal_checkpoint
WHERE %(before)s::bigint IS NULL OR size < %(before)s::bigint OR size = (SELECT max(size) FROM journal_checkpoint)
ORDER BY size DESC LIMIT %(limit)s
"""


def list_checkpoints(*, limit: int, before: int | None = None) -> list[CheckpointView]:
    """The newest checkpoint, then the others, newest first; with `before` those of fewer entries."""
    with connection.cursor() as cursor:
        cursor.execute(_CHECKPOINTS, {"before": before, "limit": limit})
        return [CheckpointView(size, note.split("\n")[2], at, note) for size, at, note in cursor.fetchall()]


def covered(actor: scope.Actor) -> int:
    """How many entries the newest checkpoint covers."""
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(size), 0) FROM journal_checkpoint")
        return int(cursor.fetchone()[0])


def key_text() -> str:
    """The journal's public key as its verifier takes it, "" where this process has none."""
    try:
        return keys.signer().verifier.text
    except config.ConfigurationError:
        return ""


def list_entries(
    wanted: Filter, *, actor: scope.Actor, limit: int, before: int | None = None
) -> list[entries.Leaf]:
    """At most `limit` entries the actor may see, newest first, below number `before` (None: from the top)."""
    if wanted.actors == ():
        return []
    clauses, values = _where(wanted, actor)
    with connection.cursor() as cursor:
        found = []
        if before is None and wanted.number is None:
            cursor.execute(_STAGED.format(filters=clauses), {**values, "limit": limit})
            found = cursor.fetchall()
        if wanted.number is not None:
            clauses, values["exact"] = f"{clauses} AND number = %(exact)s", wanted.number
        if wanted.since:
            cursor.execute(_FLOOR, [_midnight(wanted.since)])
            values["floor"] = cursor.fetchone()[0]
            clauses += " AND number >= %(floor)s"
        cursor.execute(_LEAVES.format(filters=clauses), {**values, "limit": limit, "before": before})
        found += cursor.fetchall()
    return [entries.read(number, body) for number, body in found[:limit]]


def list_about(
    *,
    subjects: Sequence[str],
    node_ids: Sequence[int],
    actor: scope.Actor,
    limit: int,
    among: Iterable[uuid.UUID] = (),
) -> list[entries.Leaf]:
    """What happened to the subjects, or to anything that hangs on the nodes, as far as the actor sees it; `among`:
    entries that wrote them among many others, and so have no one subject.

    Newest first, staged entries before all numbered ones; each node is read from its end, `limit` at most.
    """
    if not actor.everyone and actor.few:
        node_ids = sorted(set(node_ids) & set(actor.visible))
    values: dict[str, Any] = {"subjects": list(subjects), "nodes": list(node_ids), "limit": limit}
    values["entries"] = [str(one) for one in among]
    with connection.cursor() as cursor:
        cursor.execute(_ABOUT, values)
        return [entries.read(number, body) for number, body in cursor.fetchall()]


def timeline(
    *subjects: str,
    actor: scope.Actor,
    limit: int = TIMELINE,
    among: Iterable[uuid.UUID] = (),
    said: Callable[[entries.Leaf], str] = lambda leaf: "",
) -> list[dict[str, Any]]:
    """What happened to the subjects, the first of which the page is of, as the timeline component takes it; `among`
    as `list_about` takes it, `said` as `as_timeline` does."""
    found = list_about(subjects=subjects, node_ids=(), actor=actor, limit=limit, among=among)
    return as_timeline(found, of=subjects[0], said=said, actor=actor)


def as_timeline(
    found: Sequence[entries.Leaf],
    *,
    of: str = "",
    said: Callable[[entries.Leaf], str] = lambda leaf: "",
    actor: scope.Actor,
) -> list[dict[str, Any]]:
    """Entries as the timeline component takes them, each with the documents it names but for that whose page it
    is (`of`), with what the page has `said` of it, and with links to their proofs for those who may follow them."""
    links = actor.can(VIEW)
    names = queries_people.names_of(leaf.actor for leaf in found)
    titles = manifest.journal_types()
    documents = journal_subjects.documents_of(found, besides=of, actor=actor)
    return [
        {
            "title": titles.get(leaf.type, leaf.type),
            "at": leaf.at,
            "documents": named,
            "detail": said(leaf) or _called(leaf),
            "who": names.get(leaf.actor, leaf.actor),
            "number": None if leaf.number is None else f"{leaf.number:,}",
            "url": address(leaf) if links else None,
        }
        for leaf, named in zip(found, documents, strict=True)
    ]


def _called(leaf: entries.Leaf) -> str:
    """The name of what has neither number nor page, such as a template of orders."""
    noun = leaf.subject.partition(":")[0]
    return "" if noun in manifest.subjects() or noun in manifest.names() else str(leaf.data.get("name") or "")


def address(leaf: entries.Leaf) -> str:
    """The page of an entry."""
    if leaf.number is None:
        return reverse("journal_staged", args=[leaf.entry])
    return reverse("journal_entry", args=[leaf.number])


def get_entry(number: int) -> EntryView:
    """The entry with this number. Raises NotFound when there is none the actor sees."""
    return _view("SELECT number, body FROM journal_leaf WHERE number = %s::bigint", number)


def get_staged(entry: uuid.UUID) -> EntryView:
    """The entry with this uuid, numbered meanwhile or not. Raises NotFound."""
    return _view(
        "SELECT number, body FROM journal_leaf WHERE entry = %s::uuid AND part = 0"
        " UNION ALL SELECT NULL, body FROM journal_staging WHERE entry = %s::uuid AND part = 0 LIMIT 1",
        entry,
        entry,
    )


def _view(query: str, *keys_: int | uuid.UUID) -> EntryView:
    with connection.cursor() as cursor:
        cursor.execute(query, [str(key) for key in keys_])
        found = cursor.fetchone()
    if found is None:
        raise errors.NotFound()
    leaf = entries.read(*found)
    rows = tuple(journal_queries.list_rows(leaf.entry))
    return EntryView(leaf, rows, found[1], _proof(leaf.number))


def _proof(number: int | None) -> Proof | None:
    if number is None:
        return None
    try:
        proof = journal_queries.inclusion(number)
    except errors.NotFound:
        return None
    return Proof(
        holds=_holds(proof),
        leaf=proof.leaf,
        leaf_hash=merkle.leaf_hash(proof.leaf).hex(),
        path=tuple(step.hex() for step in proof.path),
        size=int(proof.checkpoint.split("\n")[1]),
        checkpoint=proof.checkpoint,
    )


def _holds(proof: journal_queries.Proof) -> bool | None:
    try:
        verifier = keys.signer().verifier
    except config.ConfigurationError:
        return None
    try:
        return journal_queries.verify_proof(proof, verifier)
    except notes.NoteError:
        return False


def _where(wanted: Filter, actor: scope.Actor) -> tuple[str, dict]:
    clauses: list[str] = []
    values: dict = {}
    if wanted.type:
        clauses.append("type = %(type)s")
        values["type"] = wanted.type
    if wanted.subject:
        clauses.append("subject = %(subject)s")
        values["subject"] = wanted.subject
    if wanted.actors is not None:
        clauses.append("body::jsonb ->> 'actor' = ANY (%(actors)s::text[])")
        values["actors"] = list(wanted.actors)
    if wanted.since:
        clauses.append("at >= %(start)s")
        values["start"] = _midnight(wanted.since)
    if wanted.until:
        clauses.append("at < %(end)s")
        values["end"] = _midnight(wanted.until)
    if actor.few:
        clauses.append("(node_id = ANY (%(nodes)s::int[]) OR (node_id IS NULL AND %(house)s))")
        values["nodes"], values["house"] = list(actor.visible), actor.house
    return "".join(f" AND {clause}" for clause in clauses), values


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), periods.BUSINESS_ZONE)


def cursor_after(found: Sequence[entries.Leaf], limit: int) -> int | None:
    """The cursor of the next page, None when this one was not full or holds only staged entries."""
    return found[-1].number if len(found) == limit else None
