"""The rebate pool of a debtor: its balance and the entries it adds up to."""

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

from qudao.kernel import scope
from qudao.settlement import models, pool
from qudao.settlement.queries import pages

LIMIT = 200


@dataclasses.dataclass(frozen=True, slots=True)
class PoolView:
    """`balance` is the sum of all entries; `usable` what has not expired, paying at most `max_share`."""

    node_id: int
    balance: Decimal
    usable: Decimal
    next_expiry: dt.date | None
    max_share: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class PoolEntryView:
    id: int
    kind: str
    on: dt.date
    gross: Decimal
    net: Decimal
    tax: Decimal
    tax_rate: Decimal
    draws_on_id: int | None
    expires_on: dt.date | None
    share: Decimal
    origin_type: str
    origin_id: uuid.UUID
    key: str


def pool_of(debtor_node_id: int, *, today: dt.date, actor: scope.Actor) -> PoolView:
    """The debtor's pool; one without rebates yet, or not seen, is empty."""
    row = scope.visible(models.Pool.objects.filter(node_id=debtor_node_id), actor).first()
    if row is None:
        return PoolView(debtor_node_id, Decimal("0.00"), Decimal("0.00"), None, Decimal(0))
    held = pool.held(debtor_node_id)
    usable = [entry for entry in held.entries if entry.usable(today)]
    return PoolView(
        debtor_node_id,
        row.balance,
        sum((entry.gross for entry in usable), Decimal("0.00")),
        min((entry.valid_until for entry in usable if entry.valid_until), default=None),
        held.max_share(today) if usable else Decimal(0),
    )


def pool_entries(
    debtor_node_id: int, *, actor: scope.Actor, before: int | None = None, limit: int = LIMIT
) -> list[PoolEntryView]:
    """Entries newest first, those before the id `before`."""
    rows = scope.visible(models.PoolEntry.objects.filter(node_id=debtor_node_id), actor)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [pages.fill(PoolEntryView, row) for row in rows.order_by("-pk")[: min(limit, LIMIT)]]
