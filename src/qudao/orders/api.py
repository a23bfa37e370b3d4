"""Orders over the API: place, look, confirm, cancel, follow."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated

import ninja
import pydantic

from qudao.kernel import web
from qudao.orders import kept, operations, queries, scanning
from qudao.orders.operations import returning, signing
from qudao.orders.rules import requests
from qudao.partners import queries as partners

router = web.router("orders")
Code = Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


class LineIn(web.Input):
    item_id: web.Id
    quantity: web.Quantity
    unit: str = pydantic.Field("", max_length=10)
    di: str = pydantic.Field("", max_length=40)


class OrderIn(web.Input):
    """An order of one channel account. `draft`: keep it without reserving stock."""

    account_id: web.Id
    ship_to_id: web.Id
    lines: list[LineIn] = pydantic.Field(min_length=1, max_length=requests.MOST_LINES)
    hospital_id: int = pydantic.Field(0, ge=0, le=2**31 - 1)
    requested_on: dt.date | None = None
    reference: str = pydantic.Field("", max_length=80)
    rebate_use: web.Amount = pydantic.Field(Decimal("0.00"), ge=0)
    draft: bool = False


class LineOut(pydantic.BaseModel):
    no: int
    item_id: int
    item_name: str
    specification: str
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
    explanation: list[dict]
    shipped: Decimal
    signed: Decimal
    returned: Decimal


class OrderSummary(pydantic.BaseModel):
    id: uuid.UUID
    number: str
    version: int
    status: str
    channel: str
    account_id: int
    ship_to_id: int
    hospital_id: int
    business_on: dt.date
    requested_on: dt.date | None
    currency: str
    gross: Decimal
    net: Decimal
    tax: Decimal
    discount: Decimal
    rebate_used: Decimal
    reference: str


class OrderOut(OrderSummary):
    lines: list[LineOut]
    warnings: list[dict]


class ShipmentLineOut(pydantic.BaseModel):
    no: int
    item_id: int
    item_name: str
    lot_code: str
    serial_code: str
    last_usable_on: dt.date | None
    quantity: Decimal
    picked: Decimal
    reviewed: Decimal
    shipped: Decimal
    signed: Decimal
    short: Decimal
    damaged: Decimal
    refused: Decimal
    difference_reason: str
    returned: Decimal


class ShipmentOut(pydantic.BaseModel):
    id: uuid.UUID
    number: str
    version: int
    status: str
    order_id: uuid.UUID
    shipped_at: dt.datetime | None
    carrier: str
    tracking: str
    signed_at: dt.datetime | None
    lines: list[ShipmentLineOut]


class ScansIn(web.Input):
    """Codes as the scanner sent them."""

    scans: list[Code] = pydantic.Field(min_length=1, max_length=2000)


class ArrivedIn(web.Input):
    no: int = pydantic.Field(ge=1, le=100_000)
    signed: Annotated[Decimal, pydantic.Field(max_digits=18, decimal_places=4, ge=0)]
    short: Annotated[Decimal, pydantic.Field(max_digits=18, decimal_places=4, ge=0)] = Decimal(0)
    damaged: Annotated[Decimal, pydantic.Field(max_digits=18, decimal_places=4, ge=0)] = Decimal(0)
    refused: Annotated[Decimal, pydantic.Field(max_digits=18, decimal_places=4, ge=0)] = Decimal(0)
    reason: str = pydantic.Field("", max_length=200)


class SignIn(web.Input):
    """`lines` null: everything arrived as shipped."""

    lines: list[ArrivedIn] | None = pydantic.Field(None, max_length=2000)
    device_at: dt.datetime | None = None


class ReturnedIn(web.Input):
    no: int = pydantic.Field(ge=1, le=100_000)
    quantity: web.Quantity


class ReturnIn(web.Input):
    reason: Code
    lines: list[ReturnedIn] = pydantic.Field(min_length=1, max_length=2000)


class ReturnOut(pydantic.BaseModel):
    id: uuid.UUID
    number: str
    version: int
    status: str
    shipment_id: uuid.UUID
    reason: str


class ReturnLineOut(pydantic.BaseModel):
    no: int
    quantity: Decimal
    gross: Decimal
    net: Decimal
    tax: Decimal
    verdict: str


class ReturnDetailOut(ReturnOut):
    lines: list[ReturnLineOut]


class OrdersWanted(pydantic.BaseModel):
    """What a list of orders shows; what is left out does not filter."""

    text: str = pydantic.Field("", max_length=80)
    status: str = pydantic.Field("", max_length=24)
    channel: str = pydantic.Field("", max_length=12)
    party_id: int = pydantic.Field(0, ge=0, le=2**31 - 1)
    account_id: int = pydantic.Field(0, ge=0, le=2**31 - 1)
    line_id: int = pydantic.Field(0, ge=0, le=2**31 - 1)
    since: dt.date | None = None
    until: dt.date | None = None


class TemplateIn(web.Input):
    """Lines an account orders again and again; the same name again replaces them."""

    account_id: web.Id
    name: Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    lines: list[LineIn] = pydantic.Field(min_length=1, max_length=requests.MOST_LINES)
    ship_to_id: int = pydantic.Field(0, ge=0, le=2**31 - 1)


class TemplateLineOut(pydantic.BaseModel):
    item_id: int
    quantity: Decimal
    unit: str


class TemplateOut(pydantic.BaseModel):
    id: uuid.UUID
    version: int
    account_id: int
    name: str
    ship_to_id: int
    lines: list[TemplateLineOut]


class CancelIn(web.Input):
    reason: Code


@web.operation(router.post, "/orders", permission="orders.order.place", response=OrderOut, status=201)
def place_order(request, body: OrderIn):
    """Place an order; every gate answers, and what refuses is listed line by line."""
    wanted = requests.OrderRequest(
        account_id=body.account_id,
        ship_to_id=body.ship_to_id,
        channel="api",
        hospital_id=body.hospital_id,
        requested_on=body.requested_on,
        reference=body.reference,
        rebate_use=body.rebate_use,
        lines=_lines(body.lines),
    )
    verb = operations.save_draft if body.draft else operations.place_order
    return verb(request=wanted, actor=request.actor, now=request.now)


def _lines(lines: list[LineIn]) -> tuple[requests.LineRequest, ...]:
    return tuple(
        requests.LineRequest(no, line.item_id, line.quantity, line.unit, line.di)
        for no, line in enumerate(lines, start=1)
    )


@web.operation(router.get, "/orders", permission="orders.order.view", response=web.Page[OrderSummary])
def list_orders(request, paging: web.Paging = ninja.Query(...), wanted: OrdersWanted = ninja.Query(...)):
    """Orders newest first; `until` is the first day after."""
    wanted = queries.Filter(**wanted.model_dump())
    found = queries.list_orders(wanted, actor=request.actor, cursor=paging.cursor or "", limit=paging.limit)
    return web.page(found.rows, found.next_cursor or None)


@web.operation(router.get, "/orders/{uuid:order_id}", permission="orders.order.view", response=OrderOut)
def get_order(request, order_id: uuid.UUID):
    return queries.get_order(order_id, actor=request.actor)


@web.operation(
    router.get,
    "/orders/{uuid:order_id}/shipments",
    permission="orders.shipment.view",
    response=list[ShipmentOut],
)
def list_shipments_of_order(request, order_id: uuid.UUID):
    queries.get_order(order_id, actor=request.actor)
    return queries.shipments_of(order_id, actor=request.actor)


@web.operation(
    router.post, "/orders/{uuid:order_id}/confirm", permission="orders.order.confirm", response=OrderOut
)
def confirm_order(request, order_id: uuid.UUID):
    """Confirm a draft. If-Match names the version that was seen."""
    return operations.confirm_order(
        order_id=order_id, version=web.expected_version(request), actor=request.actor, now=request.now
    )


@web.operation(
    router.post, "/orders/{uuid:order_id}/cancel", permission="orders.order.place", response=OrderOut
)
def cancel_order(request, order_id: uuid.UUID, body: CancelIn):
    return operations.cancel_order(
        order_id=order_id,
        version=web.expected_version(request),
        reason=body.reason,
        actor=request.actor,
        now=request.now,
    )


@web.operation(
    router.post,
    "/orders/{uuid:order_id}/release",
    permission="orders.order.release",
    response=list[ShipmentOut],
)
def release_order(request, order_id: uuid.UUID):
    return operations.release_order(
        order_id=order_id, version=web.expected_version(request), actor=request.actor, now=request.now
    )


@web.operation(
    router.post,
    "/orders/{uuid:order_id}/reallocate",
    permission="orders.order.reallocate",
    response=OrderOut,
)
def reallocate_order(request, order_id: uuid.UUID):
    """Give back what a confirmed order has set aside and allocate it anew; prices stand."""
    return operations.reallocate_order(
        order_id=order_id, version=web.expected_version(request), actor=request.actor, now=request.now
    )


@web.operation(
    router.get,
    "/orders/{uuid:order_id}/returns",
    permission="orders.order.view",
    response=list[ReturnDetailOut],
)
def list_returns_of_order(request, order_id: uuid.UUID):
    queries.get_order(order_id, actor=request.actor)
    return queries.returns_of(order_id, actor=request.actor)


@web.operation(
    router.get,
    "/accounts/{int:account_id}/order-templates",
    permission="orders.order.place",
    response=list[TemplateOut],
)
def list_templates(request, account_id: int):
    """The templates of an account, by name; 404 for an account the caller does not see."""
    partners.get_account(account_id, request.actor)
    return kept.list_templates(account_id, actor=request.actor)


@web.operation(
    router.post, "/order-templates", permission="orders.order.place", response=TemplateOut, status=201
)
def save_template(request, body: TemplateIn):
    """Keep lines under a name of the account."""
    return operations.save_template(
        account_id=body.account_id,
        name=body.name,
        lines=_lines(body.lines),
        ship_to_id=body.ship_to_id,
        actor=request.actor,
        now=request.now,
    )


@web.operation(
    router.delete, "/order-templates/{uuid:template_id}", permission="orders.order.place", status=204
)
def remove_template(request, template_id: uuid.UUID):
    operations.remove_template(
        template_id=template_id,
        version=web.expected_version(request),
        actor=request.actor,
        now=request.now,
    )


@web.operation(
    router.get, "/shipments/{uuid:shipment_id}", permission="orders.shipment.view", response=ShipmentOut
)
def get_shipment(request, shipment_id: uuid.UUID):
    return queries.get_shipment(shipment_id, actor=request.actor)


def _scanned(request, shipment_id, body: ScansIn) -> dict:
    return {
        "shipment_id": shipment_id,
        "version": web.expected_version(request),
        "scans": [scanning.Scan(code) for code in body.scans],
        "actor": request.actor,
        "now": request.now,
    }


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/pick",
    permission="orders.shipment.pick",
    response=ShipmentOut,
)
def pick_shipment(request, shipment_id: uuid.UUID, body: ScansIn):
    return operations.pick_shipment(**_scanned(request, shipment_id, body))


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/review",
    permission="orders.shipment.review",
    response=ShipmentOut,
)
def review_shipment(request, shipment_id: uuid.UUID, body: ScansIn):
    return operations.review_shipment(**_scanned(request, shipment_id, body))


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/ship",
    permission="orders.shipment.ship",
    response=ShipmentOut,
)
def ship_shipment(request, shipment_id: uuid.UUID):
    return operations.ship_shipment(
        shipment_id=shipment_id, version=web.expected_version(request), actor=request.actor, now=request.now
    )


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/sign",
    permission="orders.shipment.sign",
    response=ShipmentOut,
)
def sign_for(request, shipment_id: uuid.UUID, body: SignIn):
    arrived = body.lines and [
        signing.Arrived(one.no, one.signed, one.short, one.damaged, one.refused, one.reason)
        for one in body.lines
    ]
    return operations.sign_for(
        shipment_id=shipment_id,
        version=web.expected_version(request),
        arrived=arrived,
        device_at=body.device_at,
        actor=request.actor,
        now=request.now,
    )


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/returns",
    permission="orders.return.manage",
    response=ReturnOut,
    status=201,
)
def take_return(request, shipment_id: uuid.UUID, body: ReturnIn):
    return operations.take_return(
        shipment_id=shipment_id,
        returned=[returning.Returned(one.no, one.quantity) for one in body.lines],
        reason=body.reason[:200],
        actor=request.actor,
        now=request.now,
    )
