"""What was delivered and is not invoiced (已发未开票), line by line: together the figure of the credit row."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection

from qudao.kernel import scope

# The lines of one order: nothing of them is older than the order.
_OF_ORDER = """ AND "on" >= %(since)s AND shipment_line_id = ANY (%(lines)s)"""
_ARRIVED = """CASE WHEN bool_or(kind IN ('signed', 'short', 'damaged')) THEN coalesce(sum({0}) FILTER (WHERE kind = 'signed'), 0)
            ELSE coalesce(sum({0}) FILTER (WHERE kind = 'shipped'), 0) END"""
# Of a delivery line: what was signed for (nothing, where all of it was short or refused), or what is on its way; less
# what came back; less what was invoiced.
_MOVED = """
SELECT m.*, coalesce(b.gross, 0) AS invoiced, m.delivered - m.returned - coalesce(b.gross, 0) AS remaining
FROM (
    SELECT shipment_line_id, (array_agg(document_id ORDER BY id) FILTER (WHERE kind <> 'returned'))[1] AS shipment_id,
        max(document_number) FILTER (WHERE kind <> 'returned') AS number, max(item_id) AS item_id,
        max(lot_code) AS lot_code, min("on") FILTER (WHERE kind = 'shipped') AS shipped_on,
        min("on") FILTER (WHERE kind = 'signed') AS signed_on,
        {quantity} AS quantity, {gross} AS delivered,
        coalesce(sum(gross) FILTER (WHERE kind = 'returned'), 0) AS returned
    FROM settlement_fact WHERE debtor_node_id = %(node)s AND kind IN ('shipped', 'signed', 'short', 'damaged', 'returned'){of}
    GROUP BY shipment_line_id
) m LEFT JOIN (
    SELECT shipment_line_id, sum(gross) AS gross FROM settlement_invoiceline WHERE node_id = %(node)s{billed}
    GROUP BY shipment_line_id
) b ON b.shipment_line_id = m.shipment_line_id
"""
_SUMS = {one: _ARRIVED.format(one) for one in ("quantity", "gross")}
_LINES = (
    f"{_MOVED.format(of='', billed='', **_SUMS)} WHERE m.delivered - m.returned - coalesce(b.gross, 0) <> 0"
)
_ORDERED = _MOVED.format(of=_OF_ORDER, billed=" AND shipment_line_id = ANY (%(lines)s)", **_SUMS)


@dataclasses.dataclass(frozen=True, slots=True)
class UnbilledLine:
    """A delivery line; `signed_on` None while it is on its way. Amounts with tax; `remaining` is below zero for
    what came back after it was invoiced. `quantity` is what `delivered` is for, in base units."""

    shipment_line_id: int
    shipment_id: uuid.UUID
    number: str
    item_id: int
    lot_code: str
    shipped_on: dt.date | None
    signed_on: dt.date | None
    quantity: Decimal
    delivered: Decimal
    returned: Decimal
    invoiced: Decimal
    remaining: Decimal
    serial_code: str


def list_unbilled(
    debtor_node_id: int, *, actor: scope.Actor, before: int | None = None, limit: int = 50
) -> list[UnbilledLine]:
    """Delivery lines with something not invoiced, the latest first, those before line `before`."""
    if not _seen(debtor_node_id, actor):
        return []
    after = "AND m.shipment_line_id < %(before)s" if before is not None else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT u.*, coalesce(s.serial_code, '') FROM ({_LINES} {after} ORDER BY m.shipment_line_id DESC"
            " LIMIT %(limit)s) u LEFT JOIN orders_shipmentline s ON s.id = u.shipment_line_id"
            " ORDER BY u.shipment_line_id DESC",
            {"node": debtor_node_id, "before": before, "limit": limit},
        )
        return [UnbilledLine(*row) for row in cursor.fetchall()]


def total_unbilled(debtor_node_id: int, *, actor: scope.Actor) -> tuple[int, dict[str, Decimal]]:
    """How many lines, and the sums of their amounts, in one statement."""
    names = ("delivered", "returned", "invoiced", "remaining")
    if not _seen(debtor_node_id, actor):
        return 0, dict.fromkeys(names, Decimal("0.00"))
    sums = ", ".join(f"coalesce(sum({name}), 0)" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), {sums} FROM ({_LINES}) u", {"node": debtor_node_id})
        count, *amounts = cursor.fetchone()
    return count, dict(zip(names, amounts, strict=True))


def invoiced_of_order(
    debtor_node_id: int, *, since: dt.date, shipment_line_ids: Sequence[int], actor: scope.Actor
) -> tuple[Decimal, Decimal] | None:
    """Of the delivery lines of one order, placed on the day `since`: what is invoiced and what is delivered and not
    yet, with tax. None for a debtor not seen, or before anything is delivered."""
    if not shipment_line_ids or not _seen(debtor_node_id, actor):
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT sum(invoiced), sum(remaining) FROM ({_ORDERED}) u",
            {"node": debtor_node_id, "since": since, "lines": list(shipment_line_ids)},
        )
        invoiced, remaining = cursor.fetchone()
    return None if invoiced is None else (invoiced, remaining)


def _seen(debtor_node_id: int, actor: scope.Actor) -> bool:
    return actor.everyone or debtor_node_id in actor.visible
