"""Consumers: facts, webhooks, notices. Each reads the numbers in order, once, and keeps its place."""

from collections.abc import Callable, Sequence

from django.db import connection

from qudao.kernel import scope
from qudao.kernel.journal import entries

Handler = Callable[[Sequence[entries.Leaf]], None]


def consume(name: str, handler: Handler, batch: int = 1000) -> int:
    """Give the next entries after the consumer's place to `handler` and move the place, in one transaction.

    Returns how many leaves that were; 0 also when another process is consuming under this name. What the
    handler writes and the new place commit together, so that every entry takes effect exactly once; an
    exception leaves both undone. Further parts of a long entry carry rows only and are passed over:
    `queries.list_rows` has them.
    """
    with scope.everything(f"journal.{name}"), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_cursor (consumer, number) VALUES (%s, 0) ON CONFLICT DO NOTHING", [name]
        )
        cursor.execute("SELECT number FROM journal_cursor WHERE consumer = %s FOR UPDATE SKIP LOCKED", [name])
        place = cursor.fetchone()
        if place is None:
            return 0
        cursor.execute(
            "SELECT number, body FROM journal_leaf WHERE number >= %s ORDER BY number LIMIT %s",
            [place[0], batch],
        )
        leaves = [entries.read(number, body) for number, body in cursor.fetchall()]
        if leaves:
            handler([leaf for leaf in leaves if leaf.part == 0])
            cursor.execute(
                "UPDATE journal_cursor SET number = %s WHERE consumer = %s", [place[0] + len(leaves), name]
            )
    return len(leaves)


def place(name: str) -> int:
    """The number of the next leaf the consumer will see: all before it have taken effect."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM journal_cursor WHERE consumer = %s", [name])
        found = cursor.fetchone()
    return int(found[0]) if found else 0
