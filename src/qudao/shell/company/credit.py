"""Credit limits."""

import datetime as dt
from decimal import Decimal

from qudao.kernel import scope
from qudao.partners import queries as partners
from qudao.settlement import operations
from qudao.shell.company import Company

LIMITS = {"lianyou": "800000.00", "kangze": "500000.00", "renji": "60000.00", "zheer": "900000.00"}


def build(company: Company, *, now: dt.datetime, actor: scope.Actor) -> None:
    accounts = [partners.get_account(account_id, actor) for account_id in company.accounts.values()]
    debtors = {account.party_id: account.debtor_node_id for account in accounts}
    for party, limit in LIMITS.items():
        operations.set_credit(
            debtor_node_id=debtors[company.parties[party]],
            limit=Decimal(limit),
            approver="钱芳",
            actor=actor,
            now=now,
        )
