"""What must hold of a demo company, asked of the database as its owner: balances are the sums of their moves …"""

from collections.abc import Iterator

import psycopg

# name, a statement that finds what contradicts it.
INVARIANTS = (
    (
        "a balance is what its moves brought less what they took",
        """
        SELECT b.id FROM inventory_balance b LEFT JOIN (
            SELECT balance, sum(quantity) AS quantity FROM (
                SELECT to_balance_id AS balance, quantity FROM inventory_move WHERE to_balance_id IS NOT NULL
                UNION ALL
                SELECT from_balance_id, -quantity FROM inventory_move WHERE from_balance_id IS NOT NULL
            ) m GROUP BY balance
        ) s ON s.balance = b.id WHERE b.on_hand <> coalesce(s.quantity, 0)
        """,
    ),
    (
        "what is reserved is what stands in active reservations",
        """
        SELECT b.id FROM inventory_balance b LEFT JOIN (
            SELECT balance_id, sum(quantity) AS quantity FROM inventory_reservation WHERE state = 'active'
            GROUP BY 1
        ) r ON r.balance_id = b.id WHERE b.reserved <> coalesce(r.quantity, 0)
        """,
    ),
    (
        "an order is the sum of its lines",
        """
        SELECT o.id FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
        GROUP BY o.id HAVING o.gross <> sum(l.gross) OR o.net <> sum(l.net)
        """,
    ),
    (
        "what a debtor owes is what is open of its invoices",
        """
        SELECT c.node_id FROM settlement_creditline c LEFT JOIN (
            SELECT node_id, sum(gross - paid - CASE kind WHEN 'blue' THEN credited ELSE 0 END) AS open
            FROM settlement_invoice WHERE kind = 'blue' GROUP BY 1
        ) i ON i.node_id = c.node_id WHERE c.receivable <> coalesce(i.open, 0)
        """,
    ),
    (
        "a statement's closing is its opening and its lines",
        """
        SELECT s.id FROM settlement_statement s
        WHERE s.closing <> s.opening + s.sales - s.returns - s.rebates - s.receipts
        """,
    ),
    (
        "no pool is overdrawn",
        "SELECT node_id FROM settlement_poolentry GROUP BY node_id HAVING sum(net + tax) < 0",
    ),
)


def contradictions(owner: psycopg.Connection) -> Iterator[str]:
    """One line for every invariant that does not hold, with how many rows contradict it."""
    with owner.transaction():
        owner.execute("SELECT set_config('app.everyone', 'on', true)")
        for name, statement in INVARIANTS:
            found = owner.execute(statement).fetchall()
            if found:
                yield f"not true that {name}: {len(found)} rows, first {found[0][0]}"
