"""What partners take in and give out over the API."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Literal

import pydantic

from qudao.kernel import web
from qudao.partners.rules import admission, licences


class PartnerSummary(pydantic.BaseModel):
    """`expires_on`: the earliest printed expiry of a licence in use."""

    id: int
    code: str
    name: str
    short_name: str
    uscc: str | None
    kind: str
    territory: int
    admission: str
    frozen: bool
    roles: list[str]
    tiers: list[str]
    licences: int
    expires_on: dt.date | None
    authorisations: int


class LicenceOut(pydantic.BaseModel):
    """`last_day` is the expiry as printed; `locks` are the device classes nothing else covers."""

    id: int
    party_id: int
    kind: str
    number: str
    mode: str
    issued_by: str
    valid_from: dt.date
    last_day: dt.date | None
    days_left: int | None
    state: str
    locks: list[int]
    suspended: bool
    revoked_on: dt.date | None
    version: int


class AccountOut(pydantic.BaseModel):
    id: int
    entity_id: int
    line_id: int
    role: str
    tier: str
    region_id: int
    status: str


class AuthorisationOut(pydantic.BaseModel):
    """Facets of 0 or "" mean all; the territory is a half-open range of GB/T 2260 codes."""

    id: int
    entity_id: int
    kind: str
    effect: str
    line_id: int
    item_id: int
    territory_from: int
    territory_until: int
    hospital_id: int
    channel: str
    exclusive: bool
    valid_from: dt.date
    valid_until: dt.date | None
    target: Decimal | None
    revoked_on: dt.date | None


class PlaceOut(pydantic.BaseModel):
    id: int
    kind: str
    name: str
    territory: int
    address: str
    contact: str
    phone: str


class PartnerOut(pydantic.BaseModel):
    id: int
    code: str
    name: str
    short_name: str
    uscc: str | None
    kind: str
    territory: int
    address: str
    phone: str
    admission: str
    frozen_at: dt.datetime | None
    version: int
    roles: list[str]
    licences: list[LicenceOut]
    accounts: list[AccountOut]
    authorisations: list[AuthorisationOut]
    places: list[PlaceOut]


Tier = Literal["A", "B", "C", "D"]
Name = Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Territory = Annotated[int, pydantic.Field(ge=0, le=999_999)]


class ReasonIn(web.Input):
    """It stands in the journal."""

    reason: web.Reason


class PartnerIn(web.Input):
    """A partner to admit: nothing can be traded before quality has reviewed it and its head approved. `territory` is a
    GB/T 2260 code, 0 where it is not known; grade, type and nature are a hospital's."""

    name: Name
    role: Literal["supplier", "agent", "dealer", "hospital", "service_point", "store", "carrier", "payer"]
    uscc: str = pydantic.Field("", max_length=18)
    short_name: str = pydantic.Field("", max_length=60)
    territory: Territory = 0
    address: str = pydantic.Field("", max_length=200)
    phone: str = pydantic.Field("", max_length=40)


class ParticularsIn(web.Input):
    """All of them as they shall stand; `territory` 0 where it is not known."""

    name: Name
    short_name: str = pydantic.Field(max_length=60)
    territory: Territory
    address: str = pydantic.Field(max_length=200)
    phone: str = pydantic.Field(max_length=40)
    reason: str = pydantic.Field("", max_length=200)


class AdmissionIn(web.Input):
    """Sending back, locking and unlocking say why."""

    step: admission.Step
    reason: str = pydantic.Field("", max_length=200)


class ScopeIn(web.Input):
    """One entry of 经营范围 as printed: 2017 catalogue (two digits) or 2002 (68xx)."""

    catalogue: licences.Catalogue
    category_code: str = pydantic.Field(pattern=r"^\d{2}(\d{2})?$")
    device_class: Literal[1, 2, 3]
    qualifier: licences.Qualifier = ""


class LicenceIn(web.Input):
    """`last_day` is the expiry as printed; a filing has none."""

    kind: licences.Kind
    number: Annotated[str, pydantic.StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    valid_from: web.Day
    last_day: web.Day | None = None
    mode: Literal["", "wholesale", "retail", "both"] = ""
    issued_by: str = pydantic.Field("", max_length=80)
    scope: list[ScopeIn] = pydantic.Field(default_factory=list, max_length=500)


class AccountIn(web.Input):
    """`parent_party_id` is the partner above for this entity and line, 0 for none."""

    entity_id: web.Id
    line_id: web.Id
    role: str = pydantic.Field(min_length=1, max_length=20)
    tier: Tier
    region_id: web.Id
    parent_party_id: web.OptionalId = 0
    sales_person_id: web.Id | None = None
    payment_days: int = pydantic.Field(30, ge=0, le=365)


class TierIn(ReasonIn):
    tier: Tier


class PlaceIn(web.Input):
    kind: str = pydantic.Field(min_length=1, max_length=20)
    name: Name
    territory: Territory
    address: str = pydantic.Field(min_length=1, max_length=200)
    contact: str = pydantic.Field("", max_length=60)
    phone: str = pydantic.Field("", max_length=40)
    parent_id: web.Id | None = None


class PlaceParticularsIn(web.Input):
    """All of them as they shall stand."""

    name: Name
    territory: Territory
    address: str = pydantic.Field(min_length=1, max_length=200)
    contact: str = pydantic.Field(max_length=60)
    phone: str = pydantic.Field(max_length=40)


class AuthorisationIn(web.Input):
    """Facets of 0 or "" mean all; `last_day` null: until revoked; `parent_id` is the authorisation it is granted from."""

    entity_id: web.Id
    valid_from: web.Day
    last_day: web.Day | None = None
    kind: Literal["distribution", "delivery", "bidding", "service"] = "distribution"
    effect: Literal["allow", "deny"] = "allow"
    line_id: web.OptionalId = 0
    territory: Territory = 0
    hospital_id: web.OptionalId = 0
    channel: str = pydantic.Field("", max_length=20)
    exclusive: bool = False
    sublicence: bool = False
    parent_id: web.Id | None = None
    target: web.Amount | None = None
