"""Service: delivered on time, short, hours from order to ship."""

import dataclasses
import datetime as dt
from collections.abc import Collection
from decimal import Decimal

from qudao.insights.queries import cut as cuts

FIGURES = ("on_time", "shortage", "order_to_ship")
# A day is due once it is over, and today already what is signed for in full: the day's other orders are under way.
# A line counts as delivered by what was signed for up to the day first promised: of an order signed for in full by its
# day that is all, and its deliveries need no look.
ON_TIME = """
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
CROSS JOIN LATERAL (
    SELECT CASE WHEN o.signed_on <= o.promised_on THEN l.signed ELSE (
        SELECT sum(sl.signed) FROM orders_shipmentline sl JOIN orders_shipment sh ON sh.id = sl.shipment_id
        WHERE sl.order_line_id = l.id AND (sh.signed_at AT TIME ZONE 'Asia/Shanghai')::date <= o.promised_on
    ) END AS by_then
) d
WHERE o.promised_on >= %(first)s AND o.promised_on < %(until)s
    AND (o.promised_on < %(today)s OR o.promised_on = %(today)s AND o.signed_on <= %(today)s)
    AND o.status NOT IN ('draft', 'cancelled') {where}
"""
# The same counted, where the lines of such an order need no look either.
_ON_TIME = """
SELECT COALESCE(sum(o.line_count), 0), COALESCE(sum(CASE WHEN o.signed_on <= o.promised_on THEN o.line_count ELSE (
    SELECT count(*) FROM orders_orderline l
    WHERE l.order_id = o.id AND l.signed >= l.quantity AND (
        SELECT sum(sl.signed) FROM orders_shipmentline sl JOIN orders_shipment sh ON sh.id = sl.shipment_id
        WHERE sl.order_line_id = l.id AND (sh.signed_at AT TIME ZONE 'Asia/Shanghai')::date <= o.promised_on
    ) >= l.quantity
) END), 0)
FROM orders_order o
WHERE o.promised_on >= %(first)s AND o.promised_on < %(until)s
    AND (o.promised_on < %(today)s OR o.promised_on = %(today)s AND o.signed_on <= %(today)s)
    AND o.status NOT IN ('draft', 'cancelled') {where}
"""
# An order that cannot be filled is refused; what was kept of it is a draft with what could be given.
SHORT = """
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
WHERE o.business_on >= %(first)s AND o.business_on < %(until)s AND o.status <> 'cancelled' {where}
"""
_SHORT = """
SELECT COALESCE(sum(o.line_count), 0), COALESCE(sum(CASE WHEN o.status = 'draft' THEN (
    SELECT count(*) FROM orders_orderline l WHERE l.order_id = o.id AND l.reserved < l.quantity
) ELSE 0 END), 0)
FROM orders_order o
WHERE o.business_on >= %(first)s AND o.business_on < %(until)s AND o.status <> 'cancelled' {where}
"""
HOURS = """
FROM orders_shipment sh JOIN orders_order o ON o.id = sh.order_id
WHERE sh.shipped_at >= (%(first)s)::date::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND sh.shipped_at < (%(until)s)::date::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND o.confirmed_at IS NOT NULL {where}
"""
_TAKEN = "extract(epoch FROM sh.shipped_at - o.confirmed_at) / 3600"
_HOURS = (
    f"SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY {_TAKEN}),"
    f" percentile_cont(0.9) WITHIN GROUP (ORDER BY {_TAKEN}) " + HOURS
)


@dataclasses.dataclass(frozen=True, slots=True)
class Service:
    """Lines due and of them delivered in full by the day first promised; lines ordered and of them short;
    shipments and their hours from confirmation to leaving, None without shipments."""

    due: int
    on_time: int
    lines: int
    short: int
    shipments: int
    median: Decimal | None
    p90: Decimal | None


def service(cut: cuts.Cut, *, today: dt.date, wanted: Collection[str] = FIGURES) -> Service:
    """A statement for each figure that is `wanted`; what is not counted is nought."""
    where, parameters = cut.where("o"), cut.parameters(today=today)

    def counted(code: str, statement: str, nothing: tuple) -> tuple:
        return cuts.rows(statement.format(where=where), parameters)[0] if code in wanted else nothing

    due = counted("on_time", _ON_TIME, (0, 0))
    short = counted("shortage", _SHORT, (0, 0))
    count, median, p90 = counted("order_to_ship", _HOURS, (0, None, None))
    return Service(*due, *short, count, _decimal(median), _decimal(p90))


def _decimal(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(str(number))
