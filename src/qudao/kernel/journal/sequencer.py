"""The sequencer: numbers what is staged, grows the tree, signs it. One at a time, by advisory lock.

It takes whatever staged rows are committed, in the order of their ids. A row of an older transaction that
commits late simply comes later: numbers follow commits, and nobody waits for anybody. Only where a past is
made, as the demo company's is, are the rows taken by the time they tell of.
"""

import datetime
import threading
import time

import psycopg

from qudao.kernel import database
from qudao.kernel.journal import keys, merkle, notes, tiles

BATCH = 5000
CHECKPOINT_SECONDS = 10.0
IDLE_SECONDS = 0.2
LOCK = 0x7175_6461_6F01

_MOVE = """
WITH moved AS (
    DELETE FROM journal_staging
    WHERE id IN (SELECT id FROM journal_staging ORDER BY {order} LIMIT %(limit)s)
    RETURNING id, entry, part, type, subject, at, node_id, body
), leaf AS (
    INSERT INTO journal_leaf (number, entry, part, type, subject, at, node_id, body)
    SELECT %(size)s::bigint + row_number() OVER (ORDER BY {order}) - 1,
        entry, part, type, subject, at, node_id, body
    FROM moved
    RETURNING number, body
)
SELECT sha256('\\x00'::bytea || convert_to('{{"entry":' || body || ',"number":' || number || '}}', 'UTF8'))
FROM leaf ORDER BY number
"""
_BY_COMMIT, _BY_TIME = _MOVE.format(order="id"), _MOVE.format(order="at, id")
_STORE = """
INSERT INTO journal_tile (level, index, hashes)
SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::bytea[])
ON CONFLICT (level, index) DO UPDATE SET hashes = excluded.hashes
"""
_LAST_TILES = """
SELECT level, index, hashes FROM generate_series(0, 7) AS levels (level)
CROSS JOIN LATERAL (
    SELECT index, hashes FROM journal_tile WHERE journal_tile.level = levels.level
    ORDER BY index DESC LIMIT 1
) AS last
"""


class Damaged(Exception):
    """The stored journal contradicts itself: nothing is added to it and nothing signed."""


def advance(limit: int = BATCH, *, by_time: bool = False) -> int:
    """Number up to `limit` staged entries; returns how many. Opens a connection of its own."""
    with _connect() as connection:
        return move(connection, limit, by_time=by_time)


def checkpoint(now: datetime.datetime) -> notes.Checkpoint | None:
    """Sign the tree if it grew since the last checkpoint. Opens a connection of its own."""
    with _connect() as connection:
        return sign(connection, keys.signer(), now)


def run(stop: threading.Event) -> None:
    """Advance while there is something, sign every ten seconds when the tree grew, until `stop` is set."""
    signer = keys.signer()
    with _connect() as connection:
        due = time.monotonic()
        while not stop.is_set():
            moved = move(connection)
            if time.monotonic() >= due:
                sign(connection, signer, datetime.datetime.now(datetime.UTC))
                due = time.monotonic() + CHECKPOINT_SECONDS
            if moved < BATCH:
                stop.wait(IDLE_SECONDS)
        sign(connection, signer, datetime.datetime.now(datetime.UTC))


def move(connection: psycopg.Connection, limit: int = BATCH, *, by_time: bool = False) -> int:
    """Number up to `limit` staged entries in one transaction; returns how many."""
    with connection.transaction():
        edge = _locked_edge(connection)
        query = _BY_TIME if by_time else _BY_COMMIT
        found = connection.execute(query, {"limit": limit, "size": edge.size}).fetchall()
        _, changed = tiles.append(edge, [leaf_hash for (leaf_hash,) in found])
        if changed:
            levels, indexes, hashes = zip(*((t.level, t.index, t.hashes) for t in changed), strict=True)
            connection.execute(_STORE, [list(levels), list(indexes), list(hashes)])
    return len(found)


def sign(
    connection: psycopg.Connection, signer: notes.Signer, now: datetime.datetime
) -> notes.Checkpoint | None:
    """Sign the tree if it grew since the last checkpoint, and store the note.

    Raises Damaged when the tree no longer contains what was signed last: two checkpoints that contradict
    each other are never signed.
    """
    with connection.transaction():
        edge = _locked_edge(connection)
        last = connection.execute("SELECT note FROM journal_checkpoint ORDER BY size DESC LIMIT 1").fetchone()
        if last:
            try:
                signed = notes.read_checkpoint(last[0], signer.verifier)
            except notes.NoteError as error:
                raise Damaged(f"the last checkpoint is not one of this key: {error}") from error
            _check_history(connection, edge, signed)
            if signed.size == edge.size:
                return None
        found = notes.Checkpoint(signer.name, edge.size, edge.root())
        connection.execute(
            "INSERT INTO journal_checkpoint (size, note, at) VALUES (%s, %s, %s)",
            [found.size, notes.sign_checkpoint(found, signer), now],
        )
    return found


def _connect() -> psycopg.Connection:
    return database.connect("sequencer", autocommit=True)


def _locked_edge(connection: psycopg.Connection) -> tiles.Edge:
    """The edge of the stored tree, under the lock that makes this the only sequencer."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    try:
        edge = tiles.edge_from(tiles.Tile(*found) for found in connection.execute(_LAST_TILES, binary=True))
    except ValueError as error:
        raise Damaged(str(error)) from error
    row = connection.execute("SELECT max(number) FROM journal_leaf").fetchone()
    last = -1 if row is None or row[0] is None else row[0]
    if last != edge.size - 1:
        raise Damaged(f"the last entry is number {last}, but the tree has {edge.size} leaves")
    return edge


def _check_history(connection: psycopg.Connection, edge: tiles.Edge, signed: notes.Checkpoint) -> None:
    def stored(level: int, index: int) -> bytes:
        query = "SELECT hashes FROM journal_tile WHERE level = %s AND index = %s"
        row = connection.execute(query, [level, index], binary=True).fetchone()
        return row[0] if row else b""

    try:
        if signed.size <= edge.size and merkle.root(signed.size, tiles.reader(stored)) == signed.root:
            return
    except ValueError:
        pass
    raise Damaged(f"the tree no longer contains the {signed.size} entries that were signed")
