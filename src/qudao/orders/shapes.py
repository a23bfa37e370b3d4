"""What orders take in and give out over the API."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Literal

import pydantic

from qudao.kernel import web
from qudao.orders.rules import requests

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
    requested_on: web.Day | None = None
    reference: str = pydantic.Field("", max_length=80)
    rebate_use: web.Amount = pydantic.Field(Decimal("0.00"), ge=0)
    draft: bool = False


class BasketIn(web.Input):
    """Lines of any product line a partner carries in one legal entity: one order a channel account, all or none."""

    party_id: web.Id
    entity_id: web.Id
    ship_to_id: web.Id
    lines: list[LineIn] = pydantic.Field(min_length=1, max_length=requests.MOST_LINES)
    hospital_id: int = pydantic.Field(0, ge=0, le=2**31 - 1)
    requested_on: web.Day | None = None
    reference: str = pydantic.Field("", max_length=80)
    rebate_use: web.Amount = pydantic.Field(Decimal("0.00"), ge=0)


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
    basket: uuid.UUID | None = pydantic.Field(
        description="The same for the orders one basket was split into."
    )


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


class PhotoOut(pydantic.BaseModel):
    """A photo of a difference; `digest` is the SHA-256 of its content."""

    no: int
    media_type: str
    digest: str


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


TemplateName = Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class TemplateNameIn(web.Input):
    name: TemplateName


class TemplateIn(web.Input):
    """Lines an account orders again and again; the same name again replaces them."""

    account_id: web.Id
    name: TemplateName
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


class CarrierIn(web.Input):
    """Own delivery leaves both empty; `tracking` is the carrier's waybill number."""

    carrier: str = pydantic.Field("", max_length=60)
    tracking: str = pydantic.Field("", max_length=60)


class BlockIn(web.Input):
    cause: Literal["damaged", "unreadable", "mismatch", "expired", "other"]
    note: str = pydantic.Field("", max_length=200)


class DifferenceIn(web.Input):
    """Together they are what of the line is still on the road; `reason` says how it came about."""

    back: web.Count = Decimal(0)
    lost: web.Count = Decimal(0)
    reason: str = pydantic.Field(max_length=200)


class ReturnVerdictIn(web.Input):
    """`good`: sellable again; else not conforming."""

    good: bool


class ShipmentSummary(pydantic.BaseModel):
    id: uuid.UUID
    number: str
    version: int
    status: str
    order_id: uuid.UUID
    site_id: int
    ship_to_id: int
    created_at: dt.datetime
    shipped_at: dt.datetime | None
    carrier: str
    tracking: str
    signed_at: dt.datetime | None


class QuotedLine(pydantic.BaseModel):
    """After promotion and rebate use."""

    no: int
    item_id: int
    quantity: Decimal
    unit_price: Decimal
    gross: Decimal
    net: Decimal


class QuoteOut(pydantic.BaseModel):
    """What placing the order would give; lines that cannot be measured or priced are missing, `said` tells why.
    `orderable`: nothing refuses it. `earliest_on` is when goods can be there."""

    orderable: bool
    gross: Decimal
    net: Decimal
    earliest_on: dt.date | None
    lines: list[QuotedLine]
    said: list[dict]
