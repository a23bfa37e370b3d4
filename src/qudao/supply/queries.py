"""Reads of purchases, receipts and what awaits inspection. All of it is ours alone."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal

from django.db import models as database

from qudao.catalog import queries as catalog
from qudao.inventory import incoming as arrivals
from qudao.inventory import queries as inventory
from qudao.kernel import cursors, errors, journal, numbering, scope
from qudao.supply import models

PAGE = 50
RECEIPT_LINE_FIELDS = (
    *("receipt_id", "no", "item_id", "lot_id", "serial_id", "quantity", "value"),
    *("accepted", "rejected", "reason", "disposition", "inspected_by"),
)


@dataclasses.dataclass(frozen=True, slots=True)
class PurchaseLineView:
    """`unit_price` is of one entered unit, tax included; `quantity` and `received` are base units."""

    no: int
    item_id: int
    item_code: str
    item_name: str
    specification: str
    base_unit: str
    entered_quantity: Decimal
    unit: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    gross: Decimal
    net: Decimal
    received: Decimal

    @property
    def open(self) -> Decimal:
        return self.quantity - self.received


@dataclasses.dataclass(frozen=True, slots=True)
class PurchaseView:
    """status: ordered | receiving | received. `lines` is empty in lists."""

    id: uuid.UUID
    number: str
    entity_id: int
    supplier_id: int
    site_id: int
    status: str
    ordered_on: dt.date
    expected_on: dt.date | None
    version: int
    created_at: dt.datetime
    gross: Decimal
    lines: tuple[PurchaseLineView, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class ReceiptLineView:
    """`accepted` and `rejected` are None until inspection has judged the line."""

    no: int
    purchase_line_no: int
    item_id: int
    item_code: str
    item_name: str
    specification: str
    base_unit: str
    lot_id: int
    lot_code: str
    produced_on: dt.date | None
    last_usable_on: dt.date | None
    serial_id: int | None
    serial_code: str | None
    quantity: Decimal
    value: Decimal
    scanned: str
    accepted: Decimal | None
    rejected: Decimal | None
    reason: str
    disposition: str
    inspected_by: str
    inspected_at: dt.datetime | None


@dataclasses.dataclass(frozen=True, slots=True)
class ReceiptView:
    """status: pending | inspecting | inspected. `lines` is empty in lists."""

    id: uuid.UUID
    number: str
    purchase_id: uuid.UUID
    purchase_number: str
    supplier_id: int
    entity_id: int
    site_id: int
    delivery_note: str
    status: str
    arrived_at: dt.datetime
    arrival_temperature: Decimal | None
    received_by: str
    version: int
    lines: tuple[ReceiptLineView, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """`next` is the cursor of the following page, None on the last."""

    rows: tuple
    next: str | None


_PURCHASE = tuple(
    field.name for field in dataclasses.fields(PurchaseView) if field.name not in ("gross", "lines")
)
_PURCHASE_LINE = (
    *("no", "item_id", "item__code", "item__name", "item__specification", "item__base_unit"),
    *("entered_quantity", "unit", "quantity", "unit_price", "tax_rate", "gross", "net", "received"),
)
_RECEIPT = (
    *("id", "number", "purchase_id", "purchase__number", "purchase__supplier_id", "entity_id", "site_id"),
    *("delivery_note", "status", "arrived_at", "arrival_temperature", "received_by", "version"),
)
_RECEIPT_LINE = (
    *("no", "purchase_line__no", "item_id", "item__code", "item__name", "item__specification"),
    *("item__base_unit", "lot_id", "lot__code", "lot__produced_on", "lot__last_usable_on"),
    *("serial_id", "serial__code", "quantity", "value", "scanned", "accepted", "rejected", "reason"),
    *("disposition", "inspected_by", "inspected_at"),
)


def row_of(row: database.Model, fields: Iterable[str]) -> journal.Row:
    """The row for the journal."""
    return journal.row(row, row.pk, {name: getattr(row, name) for name in fields})


def sees_prices(actor: scope.Actor) -> bool:
    """What we pay is for buyers and for those who see costs, not for everybody in the warehouse."""
    return actor.can("inventory.cost.view") or actor.can("supply.purchase.manage")


def get_purchase(purchase_id: uuid.UUID, actor: scope.Actor) -> PurchaseView:
    """With its lines. Raises NotFound."""
    with scope.transaction(actor):
        found = models.PurchaseOrder.objects.filter(pk=purchase_id).values_list(*_PURCHASE).first()
        if found is None:
            raise errors.NotFound
        rows = models.PurchaseLine.objects.filter(order_id=purchase_id).order_by("no")
        lines = tuple(PurchaseLineView(*row) for row in rows.values_list(*_PURCHASE_LINE))
    return PurchaseView(*found, sum((line.gross for line in lines), Decimal(0)), lines)


def list_purchases(
    actor: scope.Actor,
    *,
    text: str = "",
    site_ids: Iterable[int] | None = None,
    statuses: Iterable[str] | None = None,
    supplier_ids: Iterable[int] = (),
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page:
    """Purchases, ordered last first, without their lines; those whose number begins with `text`, and with it those
    of `supplier_ids`."""
    found = _purchases(text=text, supplier_ids=supplier_ids, site_ids=site_ids, statuses=statuses)
    gross = database.functions.Coalesce(
        database.Sum("lines__gross"), Decimal(0), output_field=database.DecimalField()
    )
    with scope.transaction(actor):
        rows, following = cursors.page(
            found.annotate(total=gross), order="-ordered_on", after=cursor, limit=limit
        )
    views = (PurchaseView(*(getattr(row, name) for name in _PURCHASE), row.total) for row in rows)
    return Page(tuple(views), following)


def total_purchases(
    actor: scope.Actor,
    *,
    text: str = "",
    site_ids: Iterable[int] | None = None,
    statuses: Iterable[str] | None = None,
    supplier_ids: Iterable[int] = (),
) -> tuple[int, Decimal]:
    """How many purchases `list_purchases` has, and their amount, in one statement."""
    found = _purchases(text=text, supplier_ids=supplier_ids, site_ids=site_ids, statuses=statuses)
    with scope.transaction(actor):
        sums = found.aggregate(count=database.Count("pk", distinct=True), gross=database.Sum("lines__gross"))
    return sums["count"], sums["gross"] or Decimal("0.00")


def _purchases(
    *,
    text: str,
    supplier_ids: Iterable[int],
    site_ids: Iterable[int] | None,
    statuses: Iterable[str] | None,
) -> database.QuerySet:
    found = models.PurchaseOrder.objects.all()
    if text:
        numbered = numbering.named(text)
        found = found.filter(numbered | database.Q(supplier_id__in=list(supplier_ids)))
    if site_ids is not None:
        found = found.filter(site_id__in=list(site_ids))
    if statuses is not None:
        found = found.filter(status__in=list(statuses))
    return found


@dataclasses.dataclass(frozen=True, slots=True)
class Next:
    """A purchase to receive or a receipt to inspect: who brings it where, lines still to do, when it is due."""

    id: uuid.UUID
    number: str
    supplier_id: int
    site_id: int
    lines: int
    expected_on: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait, since when the oldest, how many are due by today, and what comes next."""

    count: int = 0
    oldest: dt.date | None = None
    due: int = 0
    next: tuple[Next, ...] = ()


def waiting_purchases(
    actor: scope.Actor, *, today: dt.date, site_ids: Iterable[int] | None = None, most: int = 1
) -> Waiting:
    """Purchases still to come, what is expected first coming first. One statement."""
    found = models.PurchaseOrder.objects.filter(status__in=["ordered", "receiving"])
    if site_ids is not None:
        found = found.filter(site_id__in=list(site_ids))
    first = inventory.first_waiting(
        found,
        order=(database.F("expected_on").asc(nulls_last=True), "ordered_on", "pk"),
        since="ordered_on",
        due=database.Q(expected_on__lte=today),
        most=most,
    )
    missing = models.PurchaseLine.objects.filter(received__lt=database.F("quantity"))
    return _waiting(first, _count(missing, "order"), actor)


def incoming(item_ids: Iterable[int], *, entity_id: int, actor: scope.Actor) -> list[arrivals.Arrival]:
    """What of the items is ordered for the entity and has not been received, by day and warehouse. One statement."""
    open_quantity = database.F("quantity") - database.F("received")
    rows = models.PurchaseLine.objects.filter(
        item_id__in=list(item_ids),
        received__lt=database.F("quantity"),
        order__entity_id=entity_id,
        order__status__in=["ordered", "receiving"],
    )
    grouped = rows.values_list("item_id", "order__site_id", "order__expected_on").annotate(
        open=database.Sum(open_quantity)
    )
    with scope.transaction(actor):
        return [
            arrivals.Arrival(item_id, site_id, quantity, day)
            for item_id, site_id, day, quantity in grouped.order_by()
        ]


def open_of(item_id: int, *, actor: scope.Actor) -> tuple[int, Decimal]:
    """Purchases the item has not wholly arrived of, whoever of us placed them, and what is missing. One statement."""
    rows = models.PurchaseLine.objects.filter(
        item_id=item_id, received__lt=database.F("quantity"), order__status__in=["ordered", "receiving"]
    )
    with scope.transaction(actor):
        found = rows.aggregate(
            purchases=database.Count("order", distinct=True),
            quantity=database.Sum(database.F("quantity") - database.F("received"), default=Decimal(0)),
        )
    return found["purchases"], found["quantity"]


def waiting_receipts(actor: scope.Actor, *, site_ids: Iterable[int] | None = None, most: int = 1) -> Waiting:
    """Receipts with something to inspect, what arrived first coming first. One statement."""
    found = models.GoodsReceipt.objects.filter(status__in=["pending", "inspecting"])
    if site_ids is not None:
        found = found.filter(site_id__in=list(site_ids))
    first = inventory.first_waiting(
        found.annotate(
            supplier_id=database.F("purchase__supplier_id"),
            expected_on=database.Value(None, output_field=database.DateField()),
        ),
        order=("arrived_at", "pk"),
        since="arrived_at",
        most=most,
    )
    return _waiting(first, _count(models.GoodsReceiptLine.objects.filter(accepted=None), "receipt"), actor)


def _count(lines: database.QuerySet, of: str) -> database.Subquery:
    """How many of the lines a document has."""
    own = lines.filter(**{of: database.OuterRef("pk")}).order_by()
    return database.Subquery(own.values(of).annotate(n=database.Count("pk")).values("n"))


def _waiting(first: database.QuerySet, lines: database.Subquery, actor: scope.Actor) -> Waiting:
    fields = (
        "waiting",
        "oldest",
        "overdue",
        "id",
        "number",
        "supplier_id",
        "site_id",
        "to_do",
        "expected_on",
    )
    with scope.transaction(actor):
        found = list(first.annotate(to_do=lines).values_list(*fields))
    if not found:
        return Waiting()
    return Waiting(*found[0][:3], tuple(Next(*row[3:7], row[7] or 0, row[8]) for row in found))


def get_receipt(receipt_id: uuid.UUID, actor: scope.Actor) -> ReceiptView:
    """With its lines. Raises NotFound."""
    with scope.transaction(actor):
        found = models.GoodsReceipt.objects.filter(pk=receipt_id).values_list(*_RECEIPT).first()
        if found is None:
            raise errors.NotFound
        rows = models.GoodsReceiptLine.objects.filter(receipt_id=receipt_id).order_by("no")
        lines = tuple(ReceiptLineView(*row) for row in rows.values_list(*_RECEIPT_LINE))
    return ReceiptView(*found, lines)


def list_receipts(
    actor: scope.Actor,
    *,
    statuses: Iterable[str] | None = None,
    site_ids: Iterable[int] | None = None,
    purchase_id: uuid.UUID | None = None,
    cursor: str | None = None,
    limit: int = PAGE,
) -> Page:
    """Receipts, arrived last first, without their lines."""
    found = models.GoodsReceipt.objects.all()
    if statuses is not None:
        found = found.filter(status__in=list(statuses))
    if site_ids is not None:
        found = found.filter(site_id__in=list(site_ids))
    if purchase_id is not None:
        found = found.filter(purchase_id=purchase_id)
    named = found.annotate(
        purchase_number=database.F("purchase__number"), supplier_id=database.F("purchase__supplier_id")
    )
    with scope.transaction(actor):
        rows, following = cursors.page(named, order="-arrived_at", after=cursor, limit=limit)
    names = [field.name for field in dataclasses.fields(ReceiptView) if field.name != "lines"]
    return Page(tuple(ReceiptView(*(getattr(row, name) for name in names)) for row in rows), following)


def holds_cold_chain(purchase: PurchaseView, *, on: dt.date) -> bool:
    """Whether anything still to come is kept in the cold: its temperature is asked for on arrival."""
    item_ids = {line.item_id for line in purchase.lines if line.open > 0}
    found = catalog.items(item_ids, on=on, entity_id=purchase.entity_id)
    return any(item.cold_chain for item in found.values())
