"""What is ordered and not shipped yet (未发货订单), order by order: together the open orders of a debtor's credit."""

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from qudao.kernel import cursors, scope
from qudao.orders import models

# Orders that may have something to ship; once signed for nothing is left.
OPEN = ("confirmed", "picking", "shipped")
_NOTHING = Decimal("0.00")


@dataclasses.dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order with something to ship. Amounts with tax, after rebates used: ordered, shipped, what remains."""

    id: uuid.UUID
    number: str
    status: str
    line_id: int
    business_on: dt.date
    promised_on: dt.date | None
    gross: Decimal
    shipped: Decimal
    remaining: Decimal


def list_of(
    debtor_node_id: int, *, actor: scope.Actor, cursor: str = "", limit: int = 50
) -> tuple[list[OpenOrder], str]:
    """The debtor's open orders, the latest first, and the cursor of what follows."""
    found, following = cursors.page(_open(debtor_node_id, actor), order="-pk", after=cursor, limit=limit)
    names = [field.name for field in dataclasses.fields(OpenOrder)]
    return [OpenOrder(*(getattr(row, name) for name in names)) for row in found], following or ""


def total_of(debtor_node_id: int, *, actor: scope.Actor) -> tuple[int, dict[str, Decimal]]:
    """How many orders, and the sums of their amounts, in one statement."""
    names = ("gross", "shipped", "remaining")
    found = _open(debtor_node_id, actor).aggregate(
        count=Count("pk"), **{f"sum_{name}": Coalesce(Sum(name), _NOTHING) for name in names}
    )
    return found["count"], {name: found[f"sum_{name}"] for name in names}


def of_item(item_id: int, *, actor: scope.Actor) -> tuple[int, Decimal]:
    """How many orders, and how much of the item in base units; one statement."""
    rows = models.OrderLine.objects.filter(item_id=item_id, order__status__in=OPEN, shipped__lt=F("quantity"))
    with scope.transaction(actor):
        found = scope.visible(rows, actor).aggregate(
            orders=Count("order", distinct=True),
            quantity=Sum(F("quantity") - F("shipped"), default=Decimal(0)),
        )
    return found["orders"], found["quantity"]


def _open(debtor_node_id: int, actor: scope.Actor) -> QuerySet:
    sent = models.ShipmentLine.objects.filter(shipment__order=OuterRef("pk")).order_by()
    sums = sent.values("shipment__order").annotate(total=Sum("gross")).values("total")
    rows = models.Order.objects.filter(debtor_node_id=debtor_node_id, status__in=OPEN)
    return (
        scope.visible(rows, actor)
        .annotate(shipped=Coalesce(Subquery(sums), _NOTHING))
        .annotate(remaining=F("gross") - F("shipped"))
        .exclude(remaining=_NOTHING)
    )
