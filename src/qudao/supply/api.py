"""Purchases over the API: a purchasing program orders, a warehouse's own system receives, quality judges."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Literal

import ninja
import pydantic

from qudao.kernel import scope, web
from qudao.supply import operations, queries, rules
from qudao.supply.operations import inspecting, purchasing, receiving
from qudao.ui import checked

router = web.router("supply")
VIEW, MOST_LINES = "supply.purchase.view", 500
Price = Annotated[Decimal, pydantic.Field(max_digits=18, decimal_places=4, ge=0)]


class PurchaseLineOut(pydantic.BaseModel):
    """`unit_price` is of one entered unit, tax included, null as `gross` for who may not see what we pay;
    `quantity` and `received` are base units."""

    no: int
    item_id: int
    item_code: str
    item_name: str
    entered_quantity: Decimal
    unit: str
    quantity: Decimal
    received: Decimal
    unit_price: Decimal | None
    gross: Decimal | None


class PurchaseSummary(pydantic.BaseModel):
    """`status`: ordered, receiving, received. `gross` is null for who may not see what we pay."""

    id: uuid.UUID
    number: str
    version: int
    status: str
    entity_id: int
    supplier_id: int
    site_id: int
    ordered_on: dt.date
    expected_on: dt.date | None
    gross: Decimal | None


class PurchaseOut(PurchaseSummary):
    lines: list[PurchaseLineOut]


class PurchaseLineIn(web.Input):
    """`unit_price` is of one `unit`, tax included."""

    item_id: web.Id
    quantity: web.Quantity
    unit: Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=10)]
    unit_price: Price


class PurchaseIn(web.Input):
    entity_id: web.Id
    supplier_id: web.Id
    site_id: web.Id
    expected_on: web.Day | None = None
    lines: list[PurchaseLineIn] = pydantic.Field(min_length=1, max_length=MOST_LINES)


class ReceiptLineOut(pydantic.BaseModel):
    """Base units; `accepted` and `rejected` are null until the line is judged."""

    no: int
    purchase_line_no: int
    item_id: int
    lot_id: int
    lot_code: str
    serial_code: str | None
    produced_on: dt.date | None
    last_usable_on: dt.date | None
    quantity: Decimal
    accepted: Decimal | None
    rejected: Decimal | None
    reason: str
    disposition: str


class GoodsReceiptSummary(pydantic.BaseModel):
    """`status`: pending, inspecting, inspected."""

    id: uuid.UUID
    number: str
    version: int
    status: str
    purchase_id: uuid.UUID
    purchase_number: str
    supplier_id: int
    site_id: int
    delivery_note: str
    arrived_at: dt.datetime
    arrival_temperature: Decimal | None


class GoodsReceiptOut(GoodsReceiptSummary):
    lines: list[ReceiptLineOut]


class GoodsArrivedIn(web.Input):
    """With a `scan`, `quantity` counts the scanned packages, and what else is told must agree with the label; without,
    `quantity` is base units."""

    purchase_line_no: int = pydantic.Field(ge=1, le=100_000)
    quantity: web.Quantity
    scan: str | None = pydantic.Field(None, max_length=400)
    lot: str = pydantic.Field("", max_length=40)
    serial: str = pydantic.Field("", max_length=40)
    produced_on: web.Day | None = None
    last_usable_on: web.Day | None = None


class ArrivalsIn(web.Input):
    lines: list[GoodsArrivedIn] = pydantic.Field(min_length=1, max_length=2000)


class DeliveryIn(ArrivalsIn):
    """`delivery_note` is the supplier's (随货同行单); the temperature, in °C, is asked for where goods are kept cold."""

    delivery_note: web.Text
    arrival_temperature: Annotated[Decimal, pydantic.Field(gt=-100, lt=100, decimal_places=1)] | None = None


class LookOut(pydantic.BaseModel):
    """What would be said of the goods; `arrived` is purchase line → base units."""

    arrived: dict[int, Decimal]
    cold_chain: bool
    said: list[dict]


class InspectedIn(web.Input):
    """Accepted and rejected are all of a receipt line; what is rejected has a reason."""

    no: int = pydantic.Field(ge=1, le=100_000)
    accepted: web.Count
    rejected: web.Count = Decimal(0)
    reason: str = pydantic.Field("", max_length=200)
    disposition: Literal["", "return", "destroy", "hold"] = ""


class InspectionIn(web.Input):
    lines: list[InspectedIn] = pydantic.Field(min_length=1, max_length=2000)


@web.operation(router.get, "/purchases", permission=VIEW, response=web.Page[PurchaseSummary], house=True)
def list_purchases(request, paging: web.Paging = ninja.Query(...), status: str = "", site_id: int = 0):
    """Purchases, ordered last first; `status` open: still to come."""
    statuses = ("ordered", "receiving") if status == "open" else (status[:12],) if status else None
    found = queries.list_purchases(
        request.actor,
        statuses=statuses,
        site_ids=_site(site_id),
        cursor=paging.cursor,
        limit=paging.limit,
    )
    return web.page([_purchase(one, request.actor) for one in found.rows], found.next)


@web.operation(router.get, "/purchases/{uuid:purchase_id}", permission=VIEW, response=PurchaseOut, house=True)
def get_purchase(request, purchase_id: uuid.UUID):
    return _purchase(queries.get_purchase(purchase_id, request.actor), request.actor)


@web.operation(
    router.post, "/purchases", permission=purchasing.MANAGE, response=PurchaseOut, status=201, house=True
)
def place_purchase(request, body: PurchaseIn):
    """Order goods for one of our warehouses from a supplier whose licences cover them."""
    wanted = operations.PurchaseRequest(
        entity_id=body.entity_id,
        supplier_id=body.supplier_id,
        site_id=body.site_id,
        expected_on=body.expected_on,
        lines=tuple(
            operations.PurchaseItem(one.item_id, one.quantity, one.unit, one.unit_price) for one in body.lines
        ),
    )
    made = operations.place_purchase(request=wanted, actor=request.actor, now=request.now)
    return _purchase(made, request.actor)


@web.operation(
    router.post,
    "/purchases/{uuid:purchase_id}/receipts",
    permission=receiving.RECEIVE,
    response=GoodsReceiptOut,
    status=201,
    house=True,
)
def receive_goods(request, purchase_id: uuid.UUID, body: DeliveryIn):
    """Take a delivery in; all of it waits for inspection."""
    return operations.receive_goods(
        purchase_id=purchase_id,
        delivery_note=body.delivery_note[:60],
        lines=_arrived(body.lines),
        arrival_temperature=body.arrival_temperature,
        actor=request.actor,
        now=request.now,
    )


@web.operation(
    router.post,
    "/purchases/{uuid:purchase_id}/receipts/check",
    permission=receiving.RECEIVE,
    response=LookOut,
    house=True,
)
def look_at_delivery(request, purchase_id: uuid.UUID, body: ArrivalsIn):
    """Every objection to what was scanned so far; nothing is written."""
    found = operations.look_at_delivery(
        purchase_id=purchase_id, lines=_arrived(body.lines), actor=request.actor, now=request.now
    )
    said = [checked.said(reason) for reason in found.reasons]
    return {"arrived": found.arrived, "cold_chain": found.cold_chain, "said": said}


@web.operation(
    router.get, "/goods-receipts", permission=VIEW, response=web.Page[GoodsReceiptSummary], house=True
)
def list_receipts(request, paging: web.Paging = ninja.Query(...), status: str = "", site_id: int = 0):
    """Receipts, arrived last first; `status` open: still to be judged."""
    statuses = ("pending", "inspecting") if status == "open" else (status[:12],) if status else None
    found = queries.list_receipts(
        request.actor,
        statuses=statuses,
        site_ids=_site(site_id),
        cursor=paging.cursor,
        limit=paging.limit,
    )
    return web.page(found.rows, found.next)


@web.operation(
    router.get, "/goods-receipts/{uuid:receipt_id}", permission=VIEW, response=GoodsReceiptOut, house=True
)
def get_receipt(request, receipt_id: uuid.UUID):
    return queries.get_receipt(receipt_id, request.actor)


@web.operation(
    router.post,
    "/goods-receipts/{uuid:receipt_id}/inspect",
    permission=inspecting.DECIDE,
    response=GoodsReceiptOut,
    house=True,
)
def inspect(request, receipt_id: uuid.UUID, body: InspectionIn):
    """Judge lines of a receipt, each once and whole, by somebody else than who received them."""
    return operations.inspect(
        receipt_id=receipt_id,
        verdicts=[
            rules.Verdict(one.no, one.accepted, one.rejected, one.reason.strip(), one.disposition)
            for one in body.lines
        ],
        actor=request.actor,
        now=request.now,
    )


def _site(site_id: int) -> tuple[int, ...] | None:
    return (site_id,) if 0 < site_id < 2**31 else None


def _arrived(lines: list[GoodsArrivedIn]) -> list[operations.ReceiptLine]:
    return [operations.ReceiptLine(**one.model_dump()) for one in lines]


def _purchase(view: queries.PurchaseView, actor: scope.Actor) -> dict:
    """What we pay is for buyers and for those who see costs."""
    told = PurchaseOut.model_validate(view, from_attributes=True).model_dump()
    if not queries.sees_prices(actor):
        told["gross"] = None
        told["lines"] = [line | {"unit_price": None, "gross": None} for line in told["lines"]]
    return told
