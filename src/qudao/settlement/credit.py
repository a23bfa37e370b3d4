"""The credit row: read with what is overdue and the credits not applied, locked, and moved. Call inside an acting transaction."""

import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection

from qudao.kernel import errors, journal, money, rule_tables
from qudao.settlement.rules import credit as rules

_READ = """
SELECT c.node_id, c."limit", c.temporary, c.temporary_until, c.receivable, c.shipped_not_invoiced,
    c.open_orders, c.prepaid, coalesce(late.open, 0), late.since, coalesce(credits.unapplied, 0)
FROM settlement_creditline c
LEFT JOIN LATERAL (
    SELECT sum(i.gross - i.paid - i.credited) AS open, min(i.due_on) AS since FROM settlement_invoice i
    WHERE i.node_id = c.node_id AND i.due_on < %s AND i.gross > i.paid + i.credited
) late ON true
LEFT JOIN LATERAL (
    SELECT sum(i.paid + i.credited - i.gross) AS unapplied FROM settlement_invoice i
    WHERE i.node_id = c.node_id AND i.kind = 'blue' AND i.gross < i.paid + i.credited
) credits ON true
WHERE c.node_id = ANY (%s::int[])
"""
_COLUMNS = ("receivable", "shipped_not_invoiced", "open_orders", "prepaid")
_MOVE = """
UPDATE settlement_creditline SET receivable = receivable + %s, shipped_not_invoiced = shipped_not_invoiced + %s,
    open_orders = open_orders + %s, prepaid = prepaid + %s, entry = %s
WHERE node_id = %s RETURNING id, receivable, shipped_not_invoiced, open_orders, prepaid
"""


def read(node_id: int, *, on: dt.date, lock: bool = False) -> rules.Credit | None:
    """The debtor's credit with what is overdue on `on` by the house's policy, in one statement."""
    return _read([node_id], on, " FOR UPDATE OF c" if lock else "").get(node_id)


def read_many(node_ids: Sequence[int], *, on: dt.date) -> dict[int, rules.Credit]:
    """The same of many debtors, by node."""
    return _read(node_ids, on, "")


def _read(node_ids: Sequence[int], on: dt.date, locking: str) -> dict[int, rules.Credit]:
    grace = dt.timedelta(days=int(rule_tables.on("settlement.overdue", on)["days"]))
    with connection.cursor() as cursor:
        cursor.execute(_READ + locking, [on - grace, list(node_ids)])
        return {row[0]: rules.Credit(*row) for row in cursor.fetchall()}


def tolerated(on: dt.date) -> Decimal:
    """The overdue sum that does not stop an order yet."""
    return money.amount(rule_tables.on("settlement.overdue", on)["amount"])


def overdue(node_id: int, *, on: dt.date) -> bool:
    """Whether the debtor owes more past due than is tolerated and its unapplied credits cover."""
    found = read(node_id, on=on)
    return found is not None and found.late > tolerated(on)


def lock(node_id: int) -> None:
    """Hold the credit row until the transaction ends: writers of one debtor's money wait for each other.

    Raises Refused `settlement.no_credit_line`.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT party_id FROM settlement_creditline WHERE node_id = %s FOR UPDATE", [node_id])
        if cursor.fetchone() is None:
            raise errors.refuse("settlement.no_credit_line")


def move(node_id: int, change: rules.Move, *, entry: uuid.UUID) -> journal.Row:
    """Add to the columns of the credit row. Raises Refused `settlement.no_credit_line`."""
    added = [getattr(change, name) for name in _COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [*added, entry, node_id])
        found = cursor.fetchone()
    if found is None:
        raise errors.refuse("settlement.no_credit_line")
    return journal.row("settlement_creditline", found[0], dict(zip(_COLUMNS, found[1:], strict=True)))
