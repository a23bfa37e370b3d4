"""Keeps the daily sums of sales: whenever the journal moves, facts newer than the mark are added."""

from collections.abc import Sequence

from django.db import connection

from qudao.kernel import journal

# Under the row of the mark: two workers never add the same facts.
_MARK = """
INSERT INTO insights_salesmark (id, number) VALUES (1, -1) ON CONFLICT (id) DO UPDATE SET number = insights_salesmark.number
RETURNING number
"""
_NEWEST = "SELECT max(number) FROM settlement_fact WHERE number > %s::bigint"
_ADD = """
INSERT INTO insights_dailysale
    (node_id, "on", entity_id, account_id, party_id, line_id, region_id, tier, channel, net, gross)
SELECT node_id, "on", entity_id, account_id, party_id, line_id, region_id, tier, channel,
    sum(CASE kind WHEN 'signed' THEN net ELSE -net END), sum(CASE kind WHEN 'signed' THEN gross ELSE -gross END)
FROM settlement_fact
WHERE number > %s::bigint AND number <= %s::bigint AND kind IN ('signed', 'returned')
GROUP BY node_id, "on", entity_id, account_id, party_id, line_id, region_id, tier, channel
ON CONFLICT (account_id, "on", region_id, tier, channel, node_id)
DO UPDATE SET net = insights_dailysale.net + EXCLUDED.net, gross = insights_dailysale.gross + EXCLUDED.gross
"""


def sales(leaves: Sequence[journal.Leaf]) -> None:
    """Add the facts that are there; those still to be written are added next time. Three statements."""
    with connection.cursor() as cursor:
        cursor.execute(_MARK)
        [mark] = cursor.fetchone()
        cursor.execute(_NEWEST, [mark])
        [newest] = cursor.fetchone()
        if newest is None:
            return
        cursor.execute(_ADD, [mark, newest])
        cursor.execute("UPDATE insights_salesmark SET number = %s::bigint WHERE id = 1", [newest])
