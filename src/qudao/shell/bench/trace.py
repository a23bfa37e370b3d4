"""The whole trace of a lot with 10,000 moves, sums and holders included, against a hand recursive query."""

import psycopg

from qudao.compliance import queries as compliance
from qudao.kernel import database
from qudao.shell.bench import DATABASE, timing, world

# The edges of the graph, summed, and the level at which each lies below our warehouses.
_BY_HAND = """
WITH RECURSIVE edge AS MATERIALIZED (
    SELECT kind, from_site_id, from_status, to_site_id, to_status, sum(quantity) AS quantity, count(*) AS moves,
           min("on") AS first_on, max("on") AS last_on
    FROM inventory_move WHERE lot_id = %s GROUP BY 1, 2, 3, 4, 5
), way AS (
    SELECT to_site_id AS site_id, 1 AS level FROM edge WHERE from_status <> '' AND to_status = ''
    UNION
    SELECT e.to_site_id, w.level + 1 FROM way w JOIN edge e ON e.from_site_id = w.site_id
    WHERE e.from_status = '' AND e.to_status = '' AND w.level < 20
)
SELECT e.*, f.name, t.name, w.level
FROM edge e JOIN inventory_site f ON f.id = e.from_site_id JOIN inventory_site t ON t.id = e.to_site_id
LEFT JOIN (SELECT site_id, min(level) AS level FROM way GROUP BY 1) w ON w.site_id = e.to_site_id
ORDER BY w.level NULLS FIRST, e.first_on
"""


def measure(made: world.World, *, rounds: int) -> timing.Compared:
    """Raises AssertionError when both do not find the same way, or the sums do not agree."""

    def product(_: int = 0) -> compliance.Trace:
        return compliance.trace(lot_ids=[made.lot_id], actor=made.quality, today=made.company.today)

    with psycopg.connect(**database.parameters("app", DATABASE), prepare_threshold=0) as connection:

        def by_hand(_: int = 0) -> list[tuple]:
            with connection.transaction():
                connection.execute("SELECT set_config('app.everyone', 'on', true)")
                return connection.execute(_BY_HAND, [made.lot_id]).fetchall()

        ours, theirs = product(), by_hand()
        if not ours.adds_up or sum(edge.moves for edge in ours.edges) != world.MOVES:
            raise AssertionError(f"the lot does not add up: {ours.differences}")
        if {(e.from_site_id, e.to_site_id, e.quantity) for e in ours.edges} != {
            (row[1], row[3], row[5]) for row in theirs
        }:
            raise AssertionError("the two ways do not find the same edges")
        return timing.compare(product, by_hand, rounds=rounds, warm_up=5)
