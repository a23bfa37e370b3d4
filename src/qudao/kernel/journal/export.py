"""Export from the database, as it stands there: what is wrong with it is for the verifier to find."""

import pathlib
from collections.abc import Iterator
from typing import Any

import psycopg

from qudao.kernel import database
from qudao.kernel.journal import archive, entries, keys, notes, tiles

# Columns only find an entry; what it says is its body. NULL where the body is not JSON any more.
_FIRST_MISLABELLED = """
SELECT min(number) FROM journal_leaf
CROSS JOIN LATERAL (SELECT CASE WHEN body IS JSON THEN body::jsonb END AS entry_body) AS parsed
WHERE (entry::text, part, type, subject, node_id, at) IS DISTINCT FROM (
    entry_body ->> 'id', (entry_body ->> 'part')::int, entry_body ->> 'type', entry_body ->> 'subject',
    (entry_body ->> 'node')::int, (entry_body ->> 'at')::timestamptz
)
"""


def export(directory: str | pathlib.Path) -> archive.Written:
    """Write the journal up to its last checkpoint into `directory`, in bounded memory.

    Raises archive.ExportError when the directory is not empty or nothing was signed yet.
    """
    with database.connect("sequencer") as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return write(connection, directory, keys.signer())


def write(
    connection: psycopg.Connection, directory: str | pathlib.Path, signer: notes.Signer
) -> archive.Written:
    """`export` on a given connection (one snapshot: repeatable read) with a given key."""
    row = connection.execute("SELECT max(size) FROM journal_checkpoint").fetchone()
    size = row[0] if row and row[0] is not None else 0
    return archive.write(
        directory,
        leaves=_leaves(connection, size),
        stored=_tiles(connection, size),
        checkpoints=_checkpoints(connection),
        signer=signer,
    )


def first_mislabelled(connection: psycopg.Connection) -> int | None:
    """The first entry whose columns say something else than its body; None when all agree."""
    row = connection.execute(_FIRST_MISLABELLED).fetchone()
    return row[0] if row else None


def _leaves(connection: psycopg.Connection, size: int) -> Iterator[bytes]:
    query = "SELECT number, body FROM journal_leaf WHERE number < %s ORDER BY number"
    for number, body in _stream(connection, query, size):
        yield entries.leaf_bytes(number, body)


def _checkpoints(connection: psycopg.Connection) -> Iterator[str]:
    for (note,) in _stream(connection, "SELECT note FROM journal_checkpoint ORDER BY size"):
        yield note


def _tiles(connection: psycopg.Connection, size: int) -> Iterator[tiles.Tile]:
    """The tiles of the tree of `size` leaves; the last of a level may have grown since and is cut."""
    widths = {level: (index, width) for level, index, width in tiles.layout(size)}
    query = "SELECT level, index, hashes FROM journal_tile ORDER BY level, index"
    for level, index, hashes in _stream(connection, query):
        last, width = widths.get(level, (-1, 0))
        if index < last:
            yield tiles.Tile(level, index, bytes(hashes))
        elif index == last:
            yield tiles.Tile(level, index, bytes(hashes)[: width * 32])


def _stream(connection: psycopg.Connection, query: str, *parameters: Any) -> Iterator[tuple[Any, ...]]:
    with connection.cursor("journal_export") as cursor:
        cursor.itersize = 2000
        cursor.execute(query, parameters)
        yield from cursor
