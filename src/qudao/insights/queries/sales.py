"""Sales: goods signed for less goods returned, by the day they were, from the daily sums and newer facts."""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from django.db import connection

from qudao.insights.queries import cut as cuts
from qudao.kernel import scope

# The sums up to the mark, and the facts after it: right at any moment, whoever keeps the sums. The mark stands in the
# statement as a number: left to a subquery, the planner takes the facts after it for a third of all.
_SOURCE = """(
    SELECT node_id, "on", entity_id, account_id, party_id, line_id, region_id, tier, channel, net, gross
    FROM insights_dailysale
    UNION ALL
    SELECT node_id, "on", entity_id, account_id, party_id, line_id, region_id, tier, channel,
        CASE kind WHEN 'signed' THEN net ELSE -net END, CASE kind WHEN 'signed' THEN gross ELSE -gross END
    FROM settlement_fact WHERE number > {mark} AND kind IN ('signed', 'returned')
)"""
DIMENSIONS = ("region_id", "line_id", "tier", "channel")
_TOTAL = """
SELECT COALESCE(sum(s.net), 0), COALESCE(sum(s.gross), 0) FROM {source} s
WHERE s."on" >= %(first)s AND s."on" < %(until)s {where}
"""
_MONTHS = """
SELECT date_trunc('month', s."on")::date, sum(s.net) FROM {source} s
WHERE s."on" >= %(first)s AND s."on" < %(until)s {where} GROUP BY 1
"""
_BREAK_DOWN = """
SELECT GROUPING(s.region_id, s.line_id, s.tier, s.channel), s.region_id, s.line_id, s.tier, s.channel,
    COALESCE(sum(s.net) FILTER (WHERE s."on" >= %(first)s AND s."on" < %(until)s), 0),
    COALESCE(sum(s.net) FILTER (WHERE s."on" >= %(before)s AND s."on" < %(before_until)s), 0)
FROM {source} s WHERE s."on" >= %(before)s AND s."on" < %(until)s {where}
GROUP BY GROUPING SETS ((s.region_id), (s.line_id), (s.tier), (s.channel))
"""
_WHICH = {0b0111: 0, 0b1011: 1, 0b1101: 2, 0b1110: 3}


@dataclasses.dataclass(frozen=True, slots=True)
class Months:
    """Net by first of the month; months without sales are 0."""

    net: dict[dt.date, Decimal]


@dataclasses.dataclass(frozen=True, slots=True)
class Breakdown:
    """One value of a dimension (region_id, line_id, tier, channel): net now and in the window before."""

    dimension: str
    key: int | str
    net: Decimal
    before: Decimal


def source() -> str:
    """Every sale, to stand in a FROM; the mark is read once a transaction."""
    return _SOURCE.format(mark=scope.once(source, [0], lambda _: {0: _mark()})[0])


def _mark() -> int:
    """Never remembered: it is part of the statements that are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(max(number), -1) FROM insights_salesmark")
        return cursor.fetchone()[0]


def total(cut: cuts.Cut) -> tuple[Decimal, Decimal]:
    """(net, gross) of the window."""
    statement = _TOTAL.format(source=source(), where=cut.where("s"))
    return cuts.rows(statement, cut.parameters())[0]


def by_month(cut: cuts.Cut) -> Months:
    """Net by month of the window."""
    statement = _MONTHS.format(source=source(), where=cut.where("s"))
    return Months(dict(cuts.rows(statement, cut.parameters())))


def break_down(cut: cuts.Cut, *, before: tuple[dt.date, dt.date]) -> list[Breakdown]:
    """Every dimension at once: one statement. `before` is the window to compare with, earlier than the cut's."""
    statement = _BREAK_DOWN.format(source=source(), where=cut.where("s"))
    found = cuts.rows(statement, cut.parameters(before=before[0], before_until=before[1]))
    return [
        Breakdown(DIMENSIONS[_WHICH[which]], keys[_WHICH[which]], net, earlier)
        for which, *keys, net, earlier in found
        if net or earlier
    ]


_BY_PARTY = """
SELECT s.party_id, sum(s.net) FROM {source} s
WHERE s."on" >= %(first)s AND s."on" < %(until)s AND s.party_id = ANY (%(parties)s::int[]) {where} GROUP BY 1
"""


def by_party(cut: cuts.Cut, party_ids: Iterable[int]) -> dict[int, Decimal]:
    """Net of the window by party."""
    statement = _BY_PARTY.format(source=source(), where=cut.where("s"))
    return dict(cuts.rows(statement, cut.parameters(parties=sorted(party_ids))))


# By the delivery lines of the product: facts have no index of their own by product.
_OF_ITEM = """
SELECT date_trunc('month', f."on")::date,
    sum(CASE f.kind WHEN 'signed' THEN f.quantity ELSE -f.quantity END),
    sum(CASE f.kind WHEN 'signed' THEN f.net ELSE -f.net END)
FROM orders_shipmentline l JOIN settlement_fact f ON f.shipment_line_id = l.id
WHERE l.item_id = %(item)s::int AND f.kind IN ('signed', 'returned')
    AND f."on" >= %(first)s AND f."on" < %(until)s
GROUP BY 1
"""


def of_item(item_id: int, cut: cuts.Cut) -> dict[dt.date, tuple[Decimal, Decimal]]:
    """First of the month → (base units, net) of one product, signed for less returned; as far as one sees."""
    found = cuts.rows(_OF_ITEM, cut.parameters(item=item_id))
    return {month: (quantity, net) for month, quantity, net in found}
