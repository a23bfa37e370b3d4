"""What must hold of a demo company, asked of the database as its owner: balances are the sums of their moves …, and
what each of its stories needs is there, on whatever day it was made."""

from collections.abc import Iterator
from decimal import Decimal

import psycopg

from qudao.kernel import scope
from qudao.pricing import queries as pricing
from qudao.settlement import queries as settlement
from qudao.shell.demo.state import Demo

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


# name, a statement that finds it; {today} is the day the company was made.
_STATEMENT = "SELECT FROM settlement_statement WHERE status = '{}'"
STORIES = (
    (
        "a licence ends within the month",
        "SELECT FROM partners_licence WHERE valid_until > {today} AND valid_until < {today} + 30",
    ),
    (
        "a licence has lapsed",
        "SELECT FROM partners_licence WHERE kind = 'distribution_permit' AND valid_until <= {today}",
    ),
    (
        "a product's certificate ran out",
        """
        SELECT FROM catalog_certificateversion v WHERE v.valid_until <= {today} AND NOT EXISTS (
            SELECT FROM catalog_certificateversion n WHERE n.certificate_id = v.certificate_id AND n.number > v.number
        )
        """,
    ),
    (
        "an order waits for what may not be sold",
        """
        SELECT FROM orders_order o JOIN orders_orderline l ON l.order_id = o.id
        JOIN catalog_certificatecoverage c ON c.item_id = l.item_id
        JOIN catalog_certificateversion v ON v.id = c.version_id
        WHERE o.status = 'draft' AND v.revoked_on <= {today}
        """,
    ),
    (
        "this month has sales in every legal entity",
        """
        SELECT FROM settlement_fact WHERE kind = 'signed' AND "on" >= date_trunc('month', {today}::timestamp)
        HAVING count(DISTINCT entity_id) = 3
        """,
    ),
    (
        "somebody owes what was due a month ago",
        "SELECT FROM settlement_invoice WHERE gross > paid + credited AND due_on < {today} - 30",
    ),
    *(
        (f"a statement is {state}", _STATEMENT.format(state))
        for state in ("draft", "sent", "disputed", "locked")
    ),
    (
        "a promotion runs and was used",
        "SELECT FROM pricing_promotion WHERE valid_from <= {today} AND valid_until > {today} AND spent > 0",
    ),
    ("goods were diverted", "SELECT FROM flow_flowrow WHERE state = 'appeal'"),
    (
        "a rebate waits to be confirmed",
        "SELECT FROM settlement_rebaterun WHERE status = 'calculated' AND payable > 0",
    ),
    ("a transfer is on its way", "SELECT FROM inventory_transfer WHERE status = 'sent'"),
    ("somebody never signed in", "SELECT FROM organisation_person WHERE last_login IS NULL"),
    (
        "most of our own signed in within the week",
        """
        SELECT FROM organisation_person WHERE party_id = 0
        HAVING count(*) FILTER (WHERE last_login >= {today} - 7) * 4 > count(*) * 3
        """,
    ),
)
# What the history must have met; see state.Stories.
MET = (
    *(
        "lapsing_partner",
        "lapsed_partner",
        "versioned_contract",
        "promotion",
        "rebate_run",
        "rebate_to_confirm",
    ),
    *("rebate_used_order", "split_order", "difference_shipment", "returned_shipment", "short_draft"),
    *("refused_draft", "short_purchase", "recalled_lot", "recall_hold", "disputed_statement"),
    *("settled_statement", "locked_statement", "sent_statement", "diverted_file", "diverted_hospital"),
)


def lacking(demo: Demo, owner: psycopg.Connection) -> Iterator[str]:
    """One line for every story that the company made cannot show."""
    yield from (f"no {name.replace('_', ' ')}" for name in MET if not getattr(demo.stories, name))
    if len(demo.stories.recall_holders) < 2:
        yield "fewer than two partners hold the recalled lot"
    with owner.transaction():
        owner.execute("SELECT set_config('app.everyone', 'on', true)")
        today = f"date '{demo.today}'"
        for name, statement in STORIES:
            if not owner.execute(statement.format(today=today)).fetchall():
                yield f"not so that {name}"
    for name in demo.asked:
        yield from _off_the_middle(demo, name)


def _off_the_middle(demo: Demo, name: str) -> Iterator[str]:
    """The first dealer stands on a step of its rebate with one below and one above, some way off."""
    actor = scope.system("demo")
    with scope.transaction(actor):
        terms = pricing.rebate_terms(account_id=demo.company.accounts[name], on=demo.today, actor=actor)
        found = settlement.progress(terms, today=demo.today)
    if len(found) != 1:
        yield f"{name} has {len(found)} rebates that run"
    for one in found:
        if not one.tier or one.missing is None or one.missing < one.volume_amount / 20:
            yield f"{name} stands at {one.volume_amount} on step {one.tier}, {one.missing} before the next"
        if not one.earned > Decimal(0):
            yield f"{name} has earned nothing"
