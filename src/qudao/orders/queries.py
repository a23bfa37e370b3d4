"""Reads of orders, shipments and returns, scoped; and the locks operations take."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db import models as django_models
from django.db.models import F
from django.urls import reverse

from qudao.kernel import cursors, errors, numbering, scope
from qudao.orders import models, selecting
from qudao.orders.rules import progress
from qudao.orders.selecting import Filter
from qudao.orders.viewing import (
    ReturnLineView,
    ReturnView,
    ShipmentLineView,
    ShipmentView,
    late,
    shown_state,
)
from qudao.pricing.rules import price

PAGE = 50


@dataclasses.dataclass(frozen=True, slots=True)
class LineView:
    """An order line as a page or the API shows it; quantities in the entered unit and in base units.

    `explanation` has the steps its reader may see. `item_code` and `base_unit` are the product's, of lines that
    were asked for; an operation that gives its order back leaves them out.
    """

    id: int
    no: int
    item_id: int
    item_name: str
    specification: str
    certificate_number: str
    entered_quantity: Decimal
    unit: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    gross: Decimal
    net: Decimal
    tax: Decimal
    discount: Decimal
    rebate_used: Decimal
    price_kind: str
    explanation: list
    skipped: list
    reserved: Decimal
    shipped: Decimal
    signed: Decimal
    returned: Decimal
    item_code: str = dataclasses.field(default="", compare=False)
    base_unit: str = dataclasses.field(default="", compare=False)


@dataclasses.dataclass(frozen=True, slots=True)
class OrderView:
    """An order with its lines (empty in lists). `entry` wrote it last."""

    id: uuid.UUID
    entry: uuid.UUID
    number: str
    version: int
    status: str
    channel: str
    entity_id: int
    account_id: int
    node_id: int
    debtor_node_id: int
    party_id: int
    ship_to_id: int
    hospital_id: int
    line_id: int
    tier: str
    contract_version_id: int | None
    business_on: dt.date
    requested_on: dt.date | None
    promised_on: dt.date | None
    currency: str
    gross: Decimal
    net: Decimal
    tax: Decimal
    discount: Decimal
    rebate_used: Decimal
    reference: str
    basket: uuid.UUID | None
    placed_by: str
    created_at: dt.datetime
    confirmed_at: dt.datetime | None
    warnings: list
    lines: tuple[LineView, ...] = ()
    unsettled: bool = True

    @property
    def state(self) -> str:
        """The state to show: a difference that is settled alarms nobody any more."""
        return shown_state(self.status, self.unsettled)

    @property
    def promise(self) -> dt.date | None:
        """The day the goods are promised for; a draft promises nothing, nor does what was called off."""
        return None if self.status in progress.NO_SALE else self.promised_on

    def is_late(self, today: dt.date) -> bool:
        """Promised for a day that is over, and not signed for."""
        return self.status in progress.UNDER_WAY and late(self.promised_on, today)


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """Up to `limit` rows and the cursor of the next page, "" on the last."""

    rows: tuple
    next_cursor: str


@dataclasses.dataclass(frozen=True, slots=True)
class Sums:
    """What the orders of a filter come to: `count` of them stand, `others` are drafts or called off and count for
    nothing."""

    count: int
    others: int
    gross: Decimal
    net: Decimal
    tax: Decimal


def get_order(order_id: uuid.UUID, *, actor: scope.Actor) -> OrderView:
    """One order with its lines. Raises NotFound for none, or none this actor may see."""
    rows = selecting.marked(models.Order.objects.filter(pk=order_id), by="shipment__order")
    found = scope.visible(rows, actor).first()
    if found is None:
        raise errors.NotFound
    return view_of(found, _lines(order=found), actor=actor)


# Our code and the base unit of a line's product, read with it.
_CODE, _UNIT = F("item__code"), F("item__base_unit")


def _lines(**wanted: Any) -> django_models.QuerySet:
    rows = models.OrderLine.objects.filter(**wanted).order_by("no")
    return rows.annotate(item_code=_CODE, base_unit=_UNIT)


def _shipment_lines(**wanted: Any) -> django_models.QuerySet:
    rows = models.ShipmentLine.objects.filter(**wanted).order_by("shipment_id", "no")
    return rows.annotate(item_code=_CODE, unit=_UNIT)


def others_of_basket(view: OrderView, *, actor: scope.Actor) -> list[tuple[uuid.UUID, str]]:
    """(id, number) of the orders placed in one basket with this one, those the actor sees."""
    if view.basket is None:
        return []
    rows = scope.visible(models.Order.objects.filter(basket=view.basket), actor).exclude(pk=view.id)
    return list(rows.order_by("number").values_list("pk", "number")[:PAGE])


def find_order(number: str, *, actor: scope.Actor) -> OrderView | None:
    found = scope.visible(models.Order.objects.filter(number=number), actor).first()
    return None if found is None else view_of(found, _lines(order=found), actor=actor)


def standing_order_called(reference: str, *, account_id: int) -> tuple[str, dt.date, str] | None:
    """Number, day and page of the account's newest order under this number of the customer's, cancelled ones and
    drafts aside."""
    named = models.Order.objects.filter(account_id=account_id, reference__iexact=reference.strip())
    found = named.exclude(status__in=("draft", "cancelled")).order_by("-business_on", "-pk").first()
    return found and (found.number, found.business_on, reverse("order", args=[found.pk]))


def find_order_line(line_id: int, *, actor: scope.Actor) -> LineView | None:
    """One line of an order with its frozen price; None for none, or none this actor may see."""
    found = scope.visible(_lines(pk=line_id), actor).first()
    return None if found is None else _line_view(found, actor)


def list_orders(wanted: Filter, *, actor: scope.Actor, cursor: str = "", limit: int = PAGE) -> Page:
    """Orders by `sort`; without one those entered last come first."""
    rows = selecting.marked(selecting.selected(wanted, actor), by="shipment__order")
    found, following = cursors.page(rows, order=wanted.sort or "-pk", after=cursor, limit=limit)
    return Page(tuple(order_view(row) for row in found), following or "")


def sum_orders(wanted: Filter, *, actor: scope.Actor) -> Sums:
    """Number and amounts of what the filter finds, in one statement: of what is a sale, unless a state is asked for."""
    none = django_models.Q(status__in=() if wanted.status else progress.NO_SALE)
    total = selecting.selected(wanted, actor).aggregate(
        count=django_models.Count("pk", filter=~none),
        others=django_models.Count("pk", filter=none),
        **{name: django_models.Sum(name, filter=~none) for name in ("gross", "net", "tax")},
    )
    return Sums(**{name: Decimal(0) if value is None else value for name, value in total.items()})


def list_shipments(wanted: Filter, *, actor: scope.Actor, cursor: str = "", limit: int = PAGE) -> Page:
    """Shipments with who receives them and what their order says, those released last first, or by `sort`."""
    told = {"buyer": F("order__party_id"), "to": F("order__hospital_id")}
    told |= {"order_number": F("order__number"), "promised_on": F("order__promised_on")}
    rows = scope.visible(models.Shipment.objects.annotate(**told), actor)
    for name in ("status", "site_id"):
        if getattr(wanted, name):
            rows = rows.filter(**{name: getattr(wanted, name)})
    if wanted.number:
        rows = rows.filter(numbering.named(wanted.number))
    if wanted.text:
        rows = rows.filter(pk__in=selecting.shipments_named(wanted))
    if wanted.party_id:
        rows = selecting.received_by(rows, wanted.party_id)
    if wanted.unsettled:
        rows = selecting.unsettled(rows)
    if wanted.off_shelf:
        rows = rows.filter(selecting.OFF_SHELF)
    rows = selecting.marked(rows, by="shipment")
    found, following = cursors.page(rows, order=wanted.sort or "-created_at", after=cursor, limit=limit)
    views = (dataclasses.replace(shipment_view(row), receivers=(row.buyer, row.to)) for row in found)
    return Page(tuple(views), following or "")


def get_shipment(shipment_id: uuid.UUID, *, actor: scope.Actor) -> ShipmentView:
    """With who receives it. Raises NotFound."""
    rows = models.Shipment.objects.filter(pk=shipment_id).select_related("order")
    found = scope.visible(rows, actor).first()
    if found is None:
        raise errors.NotFound
    (view,) = shipment_views([found], _shipment_lines(shipment=found))
    return dataclasses.replace(view, receivers=selecting.receivers(found.order))


def shipments_of(order_id: uuid.UUID, *, actor: scope.Actor, withdrawn: bool = False) -> list[ShipmentView]:
    """The shipments of an order that stand, or with those that were `withdrawn`, with lines."""
    rows = models.Shipment.objects.filter(order_id=order_id)
    rows = rows if withdrawn else rows.exclude(status="withdrawn")
    found = list(scope.visible(rows, actor).order_by("number"))
    return shipment_views(found, _shipment_lines(shipment__in=found) if found else ())


def open_shipments_of(party_id: int, *, actor: scope.Actor, limit: int) -> list[ShipmentView]:
    """What of the party's orders is being picked or is on the road, newest first, without lines."""
    return [shipment_view(row) for row in selecting.open_shipments(party_id, actor=actor, limit=limit)]


def returns_of(order_id: uuid.UUID, *, actor: scope.Actor) -> list[ReturnView]:
    found = list(
        scope.visible(models.Return.objects.filter(shipment__order_id=order_id), actor).order_by("pk")
    )
    lines = list(models.ReturnLine.objects.filter(document__in=found).order_by("no")) if found else []
    return [return_view(one, [line for line in lines if line.document_id == one.pk]) for one in found]


def last_order_of(account_id: int, *, actor: scope.Actor) -> OrderView | None:
    """The account's latest confirmed order, for "as last time"."""
    rows = models.Order.objects.filter(account_id=account_id).exclude(status__in=("draft", "cancelled"))
    found = scope.visible(rows, actor).order_by("-pk").first()
    return None if found is None else view_of(found, _lines(order=found), actor=actor)


# -- views of rows -------------------------------------------------------------------------------


def _fill(view: type, row: Any, **more: Any) -> Any:
    """A view dataclass from the attributes of the same names."""
    names = [field.name for field in dataclasses.fields(view) if field.name not in more]
    return view(**{name: getattr(row, name) for name in names if hasattr(row, name)}, **more)


def order_view(row: models.Order) -> OrderView:
    return _fill(OrderView, row, lines=())


def view_of(row: models.Order, lines: Iterable[models.OrderLine], *, actor: scope.Actor) -> OrderView:
    """The order with its lines, for this reader."""
    return _fill(OrderView, row, lines=tuple(_line_view(line, actor) for line in lines))


def _line_view(line: models.OrderLine, actor: scope.Actor) -> LineView:
    return _fill(LineView, line, explanation=price.told(line.explanation, house=actor.house))


def shipment_view(row: models.Shipment) -> ShipmentView:
    return _fill(ShipmentView, row, lines=())


def shipment_views(
    rows: Iterable[models.Shipment], lines: Iterable[models.ShipmentLine]
) -> list[ShipmentView]:
    by_shipment: dict[uuid.UUID, list[ShipmentLineView]] = {}
    for line in lines:
        by_shipment.setdefault(line.shipment_id, []).append(_fill(ShipmentLineView, line))
    return [
        _fill(
            ShipmentView,
            row,
            lines=tuple(by_shipment.get(row.pk, ())),
            unsettled=any(line.unresolved > 0 for line in by_shipment.get(row.pk, ())),
        )
        for row in rows
    ]


def return_view(row: models.Return, lines: Iterable[models.ReturnLine]) -> ReturnView:
    return _fill(ReturnView, row, lines=tuple(_fill(ReturnLineView, line) for line in lines))


# -- locks ---------------------------------------------------------------------------------------


def lock_order(order_id: uuid.UUID, *, version: int, actor: scope.Actor) -> models.Order:
    """The order, locked; Conflict when it is no longer at `version`."""
    rows = models.Order.objects.select_for_update().filter(pk=order_id)
    return at_version(scope.visible(rows, actor).first(), version)


def lock_shipment(
    shipment_id: uuid.UUID, *, version: int | None, actor: scope.Actor
) -> tuple[models.Shipment, list[models.ShipmentLine]]:
    """The shipment with its order, locked, and its lines."""
    rows = models.Shipment.objects.select_for_update(of=("self",)).select_related("order")
    found = at_version(scope.visible(rows.filter(pk=shipment_id), actor).first(), version)
    return found, list(_shipment_lines(shipment=found))


def lock_in_the_house(order_id: uuid.UUID, *, actor: scope.Actor) -> list[models.Shipment]:
    """The shipments of an order that have not left, locked in key order."""
    rows = models.Shipment.objects.select_for_update().filter(order_id=order_id)
    return list(scope.visible(rows.filter(status__in=progress.IN_THE_HOUSE), actor).order_by("pk"))


def lock_return(
    return_id: uuid.UUID, *, version: int, actor: scope.Actor
) -> tuple[models.Return, list[models.ReturnLine]]:
    rows = models.Return.objects.select_for_update().filter(pk=return_id)
    found = at_version(scope.visible(rows, actor).first(), version)
    return found, list(models.ReturnLine.objects.filter(document=found).order_by("no"))


def lock_order_lines(lines: Sequence[models.ShipmentLine]) -> dict[int, models.OrderLine]:
    """The order lines behind shipment lines, locked in key order."""
    ids = sorted({line.order_line_id for line in lines})
    rows = models.OrderLine.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    return {row.pk: row for row in rows}


def at_version(found: Any, version: int | None) -> Any:
    """The row; NotFound for none, Conflict when it is no longer at `version` (None: whatever it is)."""
    if found is None:
        raise errors.NotFound
    if version is not None and found.version != version:
        params = {"seen": version, "current": found.version}
        raise errors.Conflict([errors.Reason("kernel.changed_meanwhile", params=params)])
    return found


def save_lines(lines: Iterable[Any], fields: Sequence[str], *, entry: uuid.UUID) -> None:
    """Write the listed numeric or text columns of rows of one table in one statement."""
    rows = list(lines)
    if not rows:
        return
    model = type(rows[0])
    columns = [model._meta.get_field(name) for name in fields]
    arrays = ", ".join(f"%s::{column.db_type(connection)}[]" for column in columns)
    names = ", ".join(column.column for column in columns)
    sets = ", ".join(f"{column.column} = given.{column.column}" for column in columns)
    statement = (
        f"UPDATE {model._meta.db_table} AS target SET {sets}, entry = %s"
        f" FROM unnest(%s::bigint[], {arrays}) AS given (id, {names}) WHERE target.id = given.id"
    )
    values = [[getattr(row, column.attname) for row in rows] for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(statement, [entry, [row.pk for row in rows], *values])
