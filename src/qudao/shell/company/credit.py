"""Credit limits."""

import datetime as dt
from decimal import Decimal

from qudao.kernel import scope
from qudao.settlement import operations
from qudao.shell.company import Company

LIMITS = {"lianyou": "800000.00", "kangze": "500000.00", "renji": "60000.00", "zheer": "900000.00"}


def build(company: Company, *, now: dt.datetime, actor: scope.Actor) -> None:
    for party, limit in LIMITS.items():
        operations.set_credit(
            entity_id=company.entities["qd"],
            party_id=company.parties[party],
            limit=Decimal(limit),
            actor=actor,
            now=now,
        )
