"""What stock takes in and gives out over the API."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Literal

import pydantic

from qudao.inventory.operations import places
from qudao.kernel import web

MOST = 2000
# A balance a lot, serial, shelf and condition: there come to be more of them than of anything else.
BalanceId = Annotated[int, pydantic.Field(ge=1, le=2**63 - 1)]
Code = Annotated[
    str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=places.SHELF_CODE)
]


class OpeningIn(web.Input):
    """Whose stock a file holds, and what it comes to: base units, and cost without tax."""

    entity_id: web.Id
    control_quantity: web.Quantity
    control_value: web.Amount


class OpeningOut(pydantic.BaseModel):
    number: str
    lines: int
    quantity: Decimal
    value: Decimal


class SiteOut(pydantic.BaseModel):
    id: int
    code: str
    name: str
    entity_id: int
    region_id: int
    territory: int
    address: str
    licensed_address: bool
    priority: int


class ShelfOut(pydantic.BaseModel):
    """`entrance`: where goods come into the zone, no shelf; `products` lie on it."""

    code: str
    zone: str
    entrance: bool
    products: int


class SiteIn(web.Input):
    """`territory` is a code of GB/T 2260, 0: not known; `region_id` 0: none; stock is taken from the lowest `priority`
    first; `licensed_address`: it stands on our licence."""

    code: Code
    name: Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    entity_id: web.Id
    region_id: web.OptionalId = 0
    territory: int = pydantic.Field(0, ge=0, le=999_999)
    address: Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
    licensed_address: bool = True
    priority: int = pydantic.Field(50, ge=0, le=999)


class ShelvesIn(web.Input):
    """`zone`: pending, good, bad, returned, held, shipping."""

    zone: str = pydantic.Field(min_length=1, max_length=10)
    codes: list[Code] = pydantic.Field(min_length=1, max_length=MOST)


class ShelvesOut(pydantic.BaseModel):
    """How many were opened; codes are kept in capitals."""

    shelves: int


class StockOut(pydantic.BaseModel):
    """A product at a site in one condition, in base units; `available` is what may be sold now."""

    item_id: int
    item_code: str
    site_id: int
    entity_id: int
    status: str
    owner_kind: str
    owner_id: int
    lots: int
    on_hand: Decimal
    reserved: Decimal
    available: Decimal
    first_expiry: dt.date | None


class BalanceOut(pydantic.BaseModel):
    """A lot or serial on its shelf, in base units; what moves, is counted or judged is named by `balance_id`."""

    balance_id: int
    site_id: int
    location: str
    item_id: int
    item_code: str
    lot_id: int
    lot: str
    last_usable_on: dt.date | None
    serial: str
    status: str
    on_hand: Decimal
    reserved: Decimal


class TransferSummary(pydantic.BaseModel):
    """`status`: sent, received."""

    id: uuid.UUID
    number: str
    version: int
    status: str
    entity_id: int
    from_site_id: int
    to_site_id: int
    created_at: dt.datetime
    received_at: dt.datetime | None


class TransferLineOut(pydantic.BaseModel):
    """`lost` is what did not arrive."""

    no: int
    item_id: int
    lot_id: int
    serial_id: int | None
    quantity: Decimal
    lost: Decimal


class TransferOut(TransferSummary):
    lines: list[TransferLineOut]


class PortionIn(web.Input):
    balance_id: BalanceId
    quantity: web.Quantity


class TransferIn(web.Input):
    to_site_id: web.Id
    lines: list[PortionIn] = pydantic.Field(min_length=1, max_length=MOST)


class TransferredIn(web.Input):
    no: int = pydantic.Field(ge=1, le=100_000)
    quantity: web.Count


class TransferArrivalIn(web.Input):
    """`lines` null: everything as sent; of a line that is not named all arrived."""

    lines: list[TransferredIn] | None = pydantic.Field(None, max_length=MOST)


class ShelvedIn(PortionIn):
    """`shelf` is its code."""

    shelf: str = pydantic.Field(min_length=1, max_length=40)


class ShelvingIn(web.Input):
    site_id: web.Id
    lines: list[ShelvedIn] = pydantic.Field(min_length=1, max_length=MOST)


class CountedIn(web.Input):
    """`expected` is what the count sheet said: if stock moved since, the count is refused."""

    balance_id: BalanceId
    expected: web.Count
    counted: web.Count


class CountIn(web.Input):
    reason: web.Reason
    lines: list[CountedIn] = pydantic.Field(min_length=1, max_length=MOST)


class JudgedIn(web.Input):
    """What is rejected has a reason."""

    balance_id: BalanceId
    accepted: web.Count
    rejected: web.Count = Decimal(0)
    reason: str = pydantic.Field("", max_length=200)


class JudgementIn(web.Input):
    lines: list[JudgedIn] = pydantic.Field(min_length=1, max_length=MOST)


class DoneOut(pydantic.BaseModel):
    """How many movements were booked; a count without a difference books none."""

    rows: int


class HoldOut(pydantic.BaseModel):
    id: uuid.UUID
    number: str
    version: int
    item_id: int
    lot_id: int
    serial_id: int | None
    reason: str
    created_at: dt.datetime
    released_at: dt.datetime | None
    release_reason: str


class AffectedOut(pydantic.BaseModel):
    """A document whose reservation was released: it is to be allocated anew."""

    type: str
    id: str


class PlacedOut(HoldOut):
    affected: list[AffectedOut]


class HoldIn(web.Input):
    """All of a lot, or with `serial_id` one piece of it."""

    lot_id: web.Id
    serial_id: web.Id | None = None
    reason: web.Reason


class ProducedIn(web.Input):
    produced_on: web.Day


class LotDatedOut(pydantic.BaseModel):
    lot_id: int
    produced_on: dt.date


class ReleaseIn(web.Input):
    to: Literal["good", "pending", "bad"]
    reason: web.Reason
