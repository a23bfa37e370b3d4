"""What the catalogue takes in and gives out over the API."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

import pydantic

from qudao.kernel import web


def _text(longest: int, shortest: int = 1):
    """Words of up to so many characters, without the blanks around them."""
    return pydantic.StringConstraints(strip_whitespace=True, min_length=shortest, max_length=longest)


Unit = Annotated[str, _text(10)]
Di = Annotated[str, _text(40)]
# VAT as a fraction: 0.13.
Rate = Annotated[Decimal, pydantic.Field(max_digits=5, decimal_places=4, ge=0, lt=1)]
# The products a certificate's annex lists.
ItemIds = Annotated[list[web.Id], pydantic.Field(max_length=10_000)]


class ProductOut(pydantic.BaseModel):
    """`tax_rate` is the fraction in force today, null where none is set; `price_unit_factor` base units a price unit."""

    id: int
    code: str
    name: str
    specification: str
    manufacturer: str
    line_id: int
    device_class: int
    category_2017: str
    category_2002: str
    tracking: str
    is_implant: bool
    cold_chain: bool
    base_unit: str
    price_unit: str
    price_unit_factor: int
    active: bool
    tax_rate: Decimal | None


class RecordIn(web.Input):
    """A record of the device register by its DI; `sale_unit` only where the sale unit holds several units of use."""

    di: Di
    sale_unit: Annotated[str, _text(10, 0)] = ""


class ProductIn(RecordIn):
    """What the register does not say. The base unit never changes; `price_unit` "": the sale unit; `device_class` null:
    as its certificate says; `tax_rate` null: none yet."""

    code: Annotated[str, _text(40)]
    line_id: web.Id
    base_unit: Unit
    price_unit: Annotated[str, _text(10, 0)] = ""
    device_class: Literal[1, 2, 3] | None = None
    is_implant: bool = False
    is_equipment: bool = False
    tax_rate: Rate | None = None
    tax_code: str = pydantic.Field("", pattern=r"^([0-9]{19})?$")


class IdentifierOut(pydantic.BaseModel):
    """`base_quantity` base units; level 0 is the sale unit, above it are packages."""

    di: str
    unit: str
    level: int
    base_quantity: int


class LinkedOut(pydantic.BaseModel):
    identifiers: list[IdentifierOut]


class UnitIn(web.Input):
    """`factor` base units in one of it."""

    unit: Unit
    factor: int = pydantic.Field(ge=1, le=999_999)


class UnitOut(pydantic.BaseModel):
    """Documents keep the version they were written with."""

    unit: str
    factor: int
    version: int


class TaxIn(web.Input):
    """`rate` is 0 where exempt; `entity_id` 0: in all entities that have nothing of their own."""

    treatment: Literal["rate", "simple", "exempt"] = "rate"
    rate: Rate
    valid_from: web.Day
    entity_id: web.OptionalId = 0


class TaxOut(pydantic.BaseModel):
    item_id: int
    entity_id: int
    treatment: str
    rate: Decimal
    valid_from: dt.date


class ProductLineIn(web.Input):
    code: Annotated[str, _text(20)]
    name: Annotated[str, _text(60)]
    name_en: Annotated[str, _text(60, 0)] = ""


class ProductLineOut(pydantic.BaseModel):
    id: int
    code: str
    name: str
    name_en: str


class EnteredOut(pydantic.BaseModel):
    """Products and certificates entered; `covered` products more on certificates there were."""

    items: int
    certificates: int
    covered: int


class TradeIn(web.Input):
    """`active` false takes a product out of trade: nobody can order or buy it, stock and history stay."""

    active: bool


class CertificateOut(pydantic.BaseModel):
    """Over all its versions; `last_day` is the expiry as printed, `devices` the products in trade that rest on it."""

    id: int
    number: str
    registrant: str
    producer: str
    version: int
    valid_from: dt.date
    last_day: dt.date | None
    revoked_on: dt.date | None
    devices: int
    state: str


class CertificateIn(web.Input):
    """What is printed on a certificate; `producer` "": the registrant; `last_day` null: no expiry."""

    number: Annotated[str, _text(60)]
    registrant: Annotated[str, _text(120)]
    producer: Annotated[str, _text(120, 0)] = ""
    production_permit: Annotated[str, _text(60, 0)] = ""
    valid_from: web.Day
    last_day: web.Day | None = None
    item_ids: ItemIds = pydantic.Field(default_factory=list)


class CoverageIn(web.Input):
    item_ids: ItemIds = pydantic.Field(min_length=1)


class RenewalIn(web.Input):
    """The term printed on the renewed certificate; `last_day` null: no expiry; `item_ids` null: the products listed so
    far."""

    valid_from: web.Day
    last_day: web.Day | None = None
    item_ids: ItemIds | None = pydantic.Field(None, min_length=1)


class RevocationIn(web.Input):
    revoked_on: web.Day


class RegisterOut(pydantic.BaseModel):
    """`read` is the sum of the others; `said` are the first hundred reasons, by record."""

    read: int
    new: int
    changed: int
    unchanged: int
    refused: int
    said: list[dict]
