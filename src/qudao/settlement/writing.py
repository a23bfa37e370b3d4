"""What the operations of settlement share: one at a time for a debtor, and the document a subject names."""

import uuid

from django.db import connection


def alone(what: str, node_id: int) -> None:
    """Let nobody else do `what` for the debtor until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 13))", [f"{what}:{node_id}"])


def uuid_in(subject: str) -> uuid.UUID:
    """The uuid in a journal subject such as `orders.order:<uuid>`."""
    return uuid.UUID(subject.partition(":")[2])
