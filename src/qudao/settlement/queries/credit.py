"""Credit of debtors."""

import dataclasses
import datetime as dt
from decimal import Decimal

from qudao.kernel import errors, scope
from qudao.settlement import credit, models

LIMIT = 200


@dataclasses.dataclass(frozen=True, slots=True)
class CreditView:
    """What a debtor may owe, owes, and has left; `overdue` is open past due by the house's policy."""

    node_id: int
    entity_id: int
    party_id: int
    limit: Decimal
    temporary: Decimal
    temporary_until: dt.date | None
    payment_days: int
    approved_by: str
    receivable: Decimal
    shipped_not_invoiced: Decimal
    open_orders: Decimal
    prepaid: Decimal
    overdue: Decimal
    overdue_since: dt.date | None
    available: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class DebtorRef:
    node_id: int
    entity_id: int
    party_id: int


def find_credit(debtor_node_id: int, *, on: dt.date, actor: scope.Actor) -> CreditView | None:
    """The credit of a debtor on a day, None where it has none or the actor does not see it."""
    rows = models.CreditLine.objects.filter(node_id=debtor_node_id)
    row = scope.visible(rows, actor).first()
    return None if row is None else _view(row, on)


def find_credit_row(debtor_node_id: int, *, actor: scope.Actor) -> DebtorRef | None:
    """Whose a debtor node is, for who sees its credit."""
    rows = scope.visible(models.CreditLine.objects.filter(node_id=debtor_node_id), actor)
    row = rows.first()
    return None if row is None else DebtorRef(row.node_id, row.entity_id, row.party_id)


def credit_of(debtor_node_id: int, *, on: dt.date, actor: scope.Actor) -> CreditView:
    """As `find_credit`; raises NotFound."""
    found = find_credit(debtor_node_id, on=on, actor=actor)
    if found is None:
        raise errors.NotFound
    return found


def _view(row: models.CreditLine, on: dt.date) -> CreditView:
    return _merged(row, credit.read_many([row.node_id], on=on)[row.node_id], on)


def _merged(row: models.CreditLine, found, on: dt.date) -> CreditView:
    return CreditView(
        node_id=row.node_id,
        entity_id=row.entity_id,
        party_id=row.party_id,
        limit=found.limit,
        temporary=found.temporary,
        temporary_until=found.temporary_until,
        payment_days=row.payment_days,
        approved_by=row.approved_by,
        receivable=found.receivable,
        shipped_not_invoiced=found.shipped_not_invoiced,
        open_orders=found.open_orders,
        prepaid=found.prepaid,
        overdue=found.overdue,
        overdue_since=found.overdue_since,
        available=found.available(on),
    )
