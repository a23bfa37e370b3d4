"""Setting stock aside for documents. A reservation changes only under the lock of its balance."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.db import connection

from qudao.inventory import queries
from qudao.inventory.rules import allocation
from qudao.kernel import bulk, errors, journal, locks, scope

BATCH = 500

# The locks are taken in the order of the balances whatever the plan: rows of `locked` come one after another,
# and none is changed before it came. What another transaction changed meanwhile is read anew under its lock.
_RESERVE = """
WITH picks AS MATERIALIZED (
    SELECT * FROM unnest(%(balances)s::bigint[], %(quantities)s::numeric[], %(lines)s::int[])
        WITH ORDINALITY AS p (balance_id, quantity, line, position)
), locked AS MATERIALIZED (
    SELECT id FROM inventory_balance WHERE id = ANY(%(balances)s::bigint[]) ORDER BY id FOR UPDATE
), wanted AS (
    SELECT balance_id, sum(quantity) AS quantity FROM picks GROUP BY balance_id
), taken AS (
    UPDATE inventory_balance b SET reserved = b.reserved + wanted.quantity
    FROM wanted JOIN locked ON locked.id = wanted.balance_id
    WHERE b.id = wanted.balance_id AND b.status = 'good' AND b.on_hand - b.reserved >= wanted.quantity
    RETURNING b.id
), placed AS (
    INSERT INTO inventory_reservation
        (entry, balance_id, quantity, origin_type, origin_id, origin_line, state, expires_at)
    SELECT %(entry)s::uuid, balance_id, quantity, %(origin_type)s::text, %(origin_id)s::text, line, 'active',
        %(expires_at)s::timestamptz
    FROM picks WHERE (SELECT count(*) FROM taken) = (SELECT count(*) FROM wanted) ORDER BY position
    RETURNING id
)
SELECT (SELECT array_agg(id ORDER BY id) FROM placed), (SELECT array_agg(id) FROM taken)
"""
_FREE = """
SELECT id, CASE WHEN status = 'good' THEN on_hand - reserved ELSE 0 END
FROM inventory_balance WHERE id = ANY(%s::bigint[])
"""
_LOCK_OF_ORIGIN = """
SELECT id FROM inventory_balance WHERE id IN (
    SELECT balance_id FROM inventory_reservation
    WHERE origin_type = %s::text AND origin_id = %s::text AND state = 'active'
) ORDER BY id FOR UPDATE
"""
_LOCK_DUE = """
SELECT b.id FROM inventory_balance b WHERE b.id IN (
    SELECT balance_id FROM inventory_reservation
    WHERE state = 'active' AND expires_at <= %s::timestamptz ORDER BY expires_at LIMIT %s::int
) ORDER BY b.id FOR UPDATE SKIP LOCKED
"""
_END = """
UPDATE inventory_reservation SET state = %(state)s::text, entry = %(entry)s::uuid
WHERE state = 'active' AND balance_id = ANY(%(balances)s::bigint[]) AND {condition}
RETURNING id, balance_id, quantity, origin_type, origin_id, origin_line
"""
_GIVE_BACK = """
UPDATE inventory_balance b SET reserved = b.reserved - w.quantity
FROM unnest(%s::bigint[], %s::numeric[]) AS w (id, quantity) WHERE b.id = w.id
"""
_KEEP = """
UPDATE inventory_reservation SET expires_at = %s::timestamptz
WHERE origin_type = %s::text AND origin_id = %s::text AND state = 'active'
"""


def reserve(
    *,
    picks: Sequence[allocation.Pick],
    origin_type: str,
    origin_id: str,
    expires_at: dt.datetime | None,
    entry: uuid.UUID,
    now: dt.datetime,
) -> list[int]:
    """Set the picks aside, all or none; returns reservation ids aligned with the picks.

    Joins the caller's transaction, in one statement. Raises Conflict `inventory.taken_meanwhile`, nothing
    having changed, for every pick whose balance no longer holds enough: the caller may allocate anew.
    """
    if not picks:
        return []
    wanted: dict[int, Decimal] = {}
    for pick in picks:
        wanted[pick.balance_id] = wanted.get(pick.balance_id, Decimal(0)) + pick.quantity
    with connection.cursor() as cursor:
        cursor.execute(
            _RESERVE,
            {
                "balances": [pick.balance_id for pick in picks],
                "quantities": [pick.quantity for pick in picks],
                "lines": [pick.line for pick in picks],
                "entry": entry,
                "origin_type": origin_type,
                "origin_id": origin_id,
                "expires_at": expires_at,
            },
        )
        placed, taken = cursor.fetchone()
        if placed is None:
            _refuse_taken(cursor, picks, wanted, set(taken or ()))
    return placed


def _refuse_taken(cursor, picks, wanted, taken) -> None:
    """Give back what could be taken and say which could not; the locks are held."""
    if taken:
        cursor.execute(_GIVE_BACK, bulk.arrays([(one, wanted[one]) for one in sorted(taken)]))
    cursor.execute(_FREE, [list(wanted)])
    free = dict(cursor.fetchall())
    raise errors.Conflict(
        errors.Reason(
            "inventory.taken_meanwhile",
            pick.line,
            {"wanted": pick.quantity, "available": free.get(pick.balance_id, Decimal(0))},
        )
        for pick in picks
        if pick.balance_id not in taken
    )


def release(
    *, origin_type: str, origin_id: str, entry: uuid.UUID, now: dt.datetime
) -> list[queries.ReservationEnd]:
    """Give back all a document has set aside; joins the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_OF_ORIGIN, [origin_type, origin_id])
        balances = [row[0] for row in cursor.fetchall()]
    return end(
        balances,
        state="released",
        entry=entry,
        condition="origin_type = %(origin_type)s::text AND origin_id = %(origin_id)s::text",
        params={"origin_type": origin_type, "origin_id": origin_id},
    )


def keep(*, origin_type: str, origin_id: str, until: dt.datetime | None = None) -> None:
    """Let the document's reservations stand until then, or without end (the warehouse has begun); joins the
    transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [until, origin_type, origin_id])


def expire_reservations(*, now: dt.datetime) -> list[queries.ReservationEnd]:
    """Give back what was set aside until `now` or earlier, in batches, one journal entry each.

    What another transaction is working on is left for the next run.
    """
    found: list[queries.ReservationEnd] = []
    while batch := _expire_batch(now):
        found += batch
    return found


def _expire_batch(now: dt.datetime) -> list[queries.ReservationEnd]:
    with scope.everything("reservations"), locks.refusing_when_busy():
        with connection.cursor() as cursor:
            cursor.execute(_LOCK_DUE, [now, BATCH])
            balances = [row[0] for row in cursor.fetchall()]
        entry = journal.entry()
        ended = end(
            balances,
            state="expired",
            entry=entry,
            condition="expires_at <= %(now)s::timestamptz",
            params={"now": now},
        )
        if ended:
            journal.record(
                entry,
                "inventory.reservations.expired",
                subject="inventory.reservations:expiry",
                at=now,
                rows=[one.row for one in ended],
                data={"origins": [list(origin) for origin in origins(ended)]},
            )
        return ended


def end(
    balances: Sequence[int],
    *,
    state: str,
    entry: uuid.UUID,
    condition: str = "true",
    params: dict | None = None,
) -> list[queries.ReservationEnd]:
    """End the active reservations on balances that are locked already, and give the quantities back."""
    if not balances:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _END.format(condition=condition),
            {"state": state, "entry": entry, "balances": list(balances), **(params or {})},
        )
        ended = [queries.ReservationEnd(*row, state) for row in sorted(cursor.fetchall())]
        freed: dict[int, Decimal] = {}
        for one in ended:
            freed[one.balance_id] = freed.get(one.balance_id, Decimal(0)) + one.quantity
        if freed:
            cursor.execute(_GIVE_BACK, bulk.arrays(sorted(freed.items())))
    return ended


def origins(ended: Iterable[queries.ReservationEnd]) -> list[tuple[str, str]]:
    """The documents concerned, once each."""
    return sorted({(one.origin_type, one.origin_id) for one in ended})
