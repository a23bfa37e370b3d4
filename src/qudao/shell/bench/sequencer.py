"""How many staged entries a second the sequencer numbers, hashes into the tree and stores."""

import dataclasses
import time

from qudao.kernel import database, journal
from qudao.shell.bench import DATABASE

STAGED = 20_000

# Entries as an order of ten lines stages them, where there are such; else of the same size.
_STAGE = """
INSERT INTO journal_staging (entry, part, type, subject, at, node_id, body)
SELECT gen_random_uuid(), 0, 'bench.entry.staged', 'bench.entry:' || n, now(), NULL,
       coalesce((SELECT body FROM journal_staging WHERE type = 'orders.order.confirmed' LIMIT 1),
                '{"data":"' || repeat('x', 7000) || '"}')
FROM generate_series(1, %s) n
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Sequenced:
    leaves: int
    seconds: float
    leaves_per_s: int
    bytes_per_leaf: int


def measure() -> Sequenced:
    """Number everything staged, in the sequencer's own batches."""
    with database.connect("owner", database=DATABASE) as owner:
        owner.execute("SELECT set_config('app.everyone', 'on', true)")
        owner.execute(_STAGE, [STAGED])
        size = owner.execute("SELECT avg(length(body))::int FROM journal_staging").fetchone()[0]
    begun, leaves = time.perf_counter(), 0
    while moved := journal.advance():
        leaves += moved
    seconds = time.perf_counter() - begun
    return Sequenced(leaves, round(seconds, 3), round(leaves / seconds), size)
