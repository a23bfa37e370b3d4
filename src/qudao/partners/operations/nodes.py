"""Nodes: what rows are owned by. Files, debtors and accounts are made here and nowhere else."""

from collections.abc import Sequence

from django.db import connection

from qudao.kernel import models as kernel

# From each new node up through its parents, itself at depth 0.
_CLOSE = """
WITH RECURSIVE up AS (
    SELECT id AS descendant, id AS ancestor, 0 AS depth FROM unnest(%s::int[]) AS t (id)
    UNION ALL
    SELECT up.descendant, n.parent_id, up.depth + 1
    FROM up JOIN kernel_node n ON n.id = up.ancestor WHERE n.parent_id IS NOT NULL
)
INSERT INTO kernel_nodeancestor (ancestor_id, descendant_id, depth)
SELECT ancestor, descendant, depth FROM up
"""


def open_nodes(rows: Sequence[kernel.Node]) -> list[int]:
    """Insert nodes without closure; returns their ids. `close` follows once their parents are set."""
    kernel.Node.objects.bulk_create(rows)
    return [row.pk for row in rows]


def close(ids: Sequence[int]) -> None:
    """Write the closure rows of new nodes; the nodes have no descendants yet but each other."""
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE, [list(ids)])


def link(children: Sequence[int], parents: Sequence[int]) -> None:
    """Set the parent node of each child."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_node n SET parent_id = t.parent FROM unnest(%s::int[], %s::int[]) AS t (child, parent)"
            " WHERE n.id = t.child",
            [list(children), list(parents)],
        )
