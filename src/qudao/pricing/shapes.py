"""What pricing takes in and gives out over the API."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Literal

import pydantic

from qudao.kernel import web
from qudao.pricing import files


class ContractOut(pydantic.BaseModel):
    """A contract today. `version_number` holds, or is the next or the last; null while nothing is signed.
    `ends` is the first day on which no signed version holds."""

    id: uuid.UUID
    number: str
    title: str
    state: str
    entity_id: int
    party_id: int
    account_id: int
    line_id: int
    version_id: int | None
    version_number: int | None
    valid_from: dt.date | None
    valid_until: dt.date | None
    ends: dt.date | None
    draft_number: int | None
    prices: int


class VersionOut(pydantic.BaseModel):
    id: int
    number: int
    status: str
    valid_from: dt.date
    valid_until: dt.date | None
    price_count: int
    signed_at: dt.datetime | None


class ContractDetailOut(pydantic.BaseModel):
    id: uuid.UUID
    number: str
    title: str
    entity_id: int
    party_id: int
    account_id: int
    versions: list[VersionOut]


class VersionPriceOut(pydantic.BaseModel):
    """Per price unit, in the stated tax basis."""

    item_id: int
    price: Decimal
    tax_included: bool
    minimum_quantity: Decimal
    hospital_id: int
    valid_from: dt.date
    valid_until: dt.date | None
    clause: str


class VersionSummary(pydantic.BaseModel):
    """A version of a contract; `status` draft until it is signed."""

    id: int
    contract_id: uuid.UUID
    contract_number: str
    account_id: int
    number: int
    status: str
    valid_from: dt.date
    valid_until: dt.date | None
    price_count: int
    document_digest: str
    signed_at: dt.datetime | None


class EndingIn(web.Input):
    """`last_day` is the last one on which the contract holds."""

    last_day: web.Day
    reason: str = pydantic.Field(max_length=200)


class PriceListIn(web.Input):
    """What all prices of the file have in common. `last_day` null: until further notice; `replace` ends the prices that
    hold on `valid_from`; `citation` is shown wherever a price is explained, floors have none."""

    kind: files.Kind
    entity_id: web.Id
    valid_from: web.Day
    last_day: web.Day | None = None
    citation: Annotated[str, pydantic.StringConstraints(strip_whitespace=True, max_length=80)] = ""
    replace: bool = True


class PricesSet(pydantic.BaseModel):
    prices: int


class PromotionOut(pydantic.BaseModel):
    """满减. Empty lists and 0 mean all; `budget` and `spent` are null for partners."""

    id: int
    entity_id: int
    name: str
    measure: str
    threshold: Decimal
    minus: Decimal
    repeats: bool
    stackable: bool
    item_ids: list[int]
    line_id: int
    tiers: list[str]
    region_ids: list[int]
    valid_from: dt.date
    valid_until: dt.date | None
    budget: Decimal | None
    spent: Decimal | None


class FactorIn(web.Input):
    """A factor on the guide price, above 0 and at most 1; "" and 0 mean all. `last_day` null: until further notice;
    `replace` ends the one that holds on `valid_from`."""

    entity_id: web.Id
    factor: Decimal
    tier: Literal["", "A", "B", "C", "D"] = ""
    region_id: web.OptionalId = 0
    line_id: web.OptionalId = 0
    valid_from: web.Day
    last_day: web.Day | None = None
    replace: bool = True


class FactorsSet(pydantic.BaseModel):
    factors: int


class PromotionIn(web.Input):
    """`minus` yuan off, tax included, where `threshold` of the measure is reached; empty lists and 0 mean all."""

    name: Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    entity_id: web.Id
    measure: Literal["quantity", "amount"] = "quantity"
    threshold: web.Quantity
    minus: web.Amount
    budget: web.Amount
    repeats: bool = False
    stackable: bool = False
    valid_from: web.Day
    last_day: web.Day | None = None
    line_id: web.OptionalId = 0
    item_ids: list[web.Id] = pydantic.Field(default_factory=list, max_length=500)
    tiers: list[Literal["A", "B", "C", "D"]] = pydantic.Field(default_factory=list, max_length=4)
    region_ids: list[web.Id] = pydantic.Field(default_factory=list, max_length=100)
