"""The money of a company that has been trading, for the sights of statements and rebates: one place to set it up."""

import dataclasses

from qudao.kernel import scope
from qudao.partners import queries as partners
from qudao.settlement import queries
from qudao.shell.company import Company
from tests.browser import trading


@dataclasses.dataclass
class Money:
    """What 杭州康泽 owes and has earned: its debtor node, its statement that was sent, its documents."""

    debtor: int
    statement: queries.StatementView
    invoice: queries.InvoiceView
    receipt: queries.ReceiptView
    run: queries.RunView


def found(company: Company) -> Money:
    """The documents of the company's trade (`trading.trade` has run)."""
    actor = trading.SYSTEM
    with scope.transaction(actor):
        account = partners.get_account(company.accounts["kangze.CV"], actor)
        node = account.debtor_node_id
        blue = queries.InvoiceFilter(debtor_node_id=node, kind="blue")
        return Money(
            node,
            queries.list_statements(actor=actor, debtor_node_id=node).rows[0],
            queries.list_invoices(actor=actor, wanted=blue).rows[0],
            queries.list_receipts(actor=actor, debtor_node_id=node).rows[0],
            queries.list_runs(actor=actor, account_id=account.id).rows[0],
        )


def traded(company: Company) -> Money:
    """The company after its trade."""
    trading.trade(company)
    return found(company)
