"""Reading the journal: timelines, checkpoints and proofs. Call inside scope.transaction."""

import dataclasses
import functools
import uuid

from django.db import connection

from qudao.kernel import errors, scope
from qudao.kernel.journal import entries, merkle, notes, tiles

_TIMELINE = """
SELECT number, body FROM (
    (SELECT NULL::bigint AS number, id, body FROM journal_staging
     WHERE part = 0 {filters} ORDER BY id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT number, NULL, body FROM journal_leaf
     WHERE part = 0 {filters} ORDER BY number DESC LIMIT %(limit)s)
) AS found
ORDER BY number DESC NULLS FIRST, id DESC NULLS LAST LIMIT %(limit)s
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Proof:
    """That leaf `number`, with the bytes `leaf`, is in the tree the signed `checkpoint` speaks of."""

    number: int
    leaf: bytes
    path: tuple[bytes, ...]
    checkpoint: str


def timeline(subject: str | None, actor: scope.Actor, limit: int = 50) -> list[entries.Leaf]:
    """What happened to `subject` (None: to anything) and `actor` may see, newest first, staged included."""
    filters = "AND subject = %(subject)s" if subject is not None else ""
    if actor.few:
        # The database filters by node in any case; naming the nodes lets it use the index.
        filters += " AND (node_id = ANY (%(nodes)s::int[]) OR (node_id IS NULL AND %(house)s))"
    parameters = {
        "subject": subject,
        "limit": limit,
        "nodes": list(actor.visible),
        "house": actor.house,
    }
    used = {key: value for key, value in parameters.items() if f"%({key})s" in _TIMELINE + filters}
    with connection.cursor() as cursor:
        cursor.execute(_TIMELINE.format(filters=filters), used)
        return [entries.read(number, body) for number, body in cursor.fetchall()]


def list_rows(entry: uuid.UUID) -> list[entries.Row]:
    """Every row an entry lists, of all its parts, staged or numbered."""
    query = (
        "SELECT part, body FROM journal_staging WHERE entry = %(entry)s"
        " UNION SELECT part, body FROM journal_leaf WHERE entry = %(entry)s ORDER BY part"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, {"entry": entry})
        return [row for _, body in cursor.fetchall() for row in entries.read(None, body).rows]


def find_checkpoint(size: int | None = None) -> str | None:
    """The signed note of the tree of `size` leaves, the newest when None; None when there is none."""
    query = "SELECT note FROM journal_checkpoint WHERE size = coalesce(%s::bigint, size) ORDER BY size DESC LIMIT 1"
    with connection.cursor() as cursor:
        cursor.execute(query, [size])
        found = cursor.fetchone()
    return found[0] if found else None


def inclusion(number: int) -> Proof:
    """Proof that entry `number` is in the tree of the newest checkpoint.

    Raises NotFound when the actor does not see the entry, or no checkpoint covers it yet.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM journal_leaf WHERE number = %s", [number])
        found = cursor.fetchone()
    note = find_checkpoint()
    size = int(note.split("\n")[1]) if note else 0
    if found is None or note is None or number >= size:
        raise errors.NotFound()
    # A path takes many hashes out of few tiles: each is read once a proof.
    path = merkle.inclusion(number, size, tiles.reader(functools.cache(_tile)))
    return Proof(number, entries.leaf_bytes(number, found[0]), tuple(path), note)


def consistency(old: int, new: int) -> list[bytes]:
    """Proof that the tree of `old` leaves is a prefix of the tree of `new`; hashes of RFC 6962 §2.1.2."""
    return merkle.consistency(old, new, tiles.reader(functools.cache(_tile)))


def verify_proof(proof: Proof, verifier: notes.Verifier) -> bool:
    """Whether the proof holds under the journal's key; raises NoteError for a bad checkpoint."""
    signed = notes.read_checkpoint(proof.checkpoint, verifier)
    return merkle.verify_inclusion(
        leaf=merkle.leaf_hash(proof.leaf),
        number=proof.number,
        size=signed.size,
        root=signed.root,
        proof=proof.path,
    )


def _tile(level: int, index: int) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT hashes FROM journal_tile WHERE level = %s AND index = %s", [level, index])
        found = cursor.fetchone()
    return bytes(found[0]) if found else b""
