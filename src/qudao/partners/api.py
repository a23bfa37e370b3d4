"""Partners over the API: who they are, their licences, what they may sell where."""

import datetime as dt
from decimal import Decimal

import ninja
import pydantic

from qudao.kernel import periods, web
from qudao.partners import queries

router = web.router("partners")
VIEW = "partners.party.view"


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


@web.operation(router.get, "/partners", permission=VIEW, response=web.Page[PartnerSummary])
def list_partners(
    request, paging: web.Paging = ninja.Query(...), q: str = "", role: str = "", expiring_within: int = 0
):
    """Partners by code; `q` is a name, pinyin, code or credit code, `expiring_within` days of a licence."""
    wanted = queries.PartyFilter(
        text=q[:60], role=role[:20], expiring_within=min(max(expiring_within, 0), 3650) or None
    )
    found = queries.list_parties(
        wanted,
        actor=request.actor,
        cursor=paging.cursor,
        limit=paging.limit,
        today=periods.business_date(request.now),
    )
    return web.page(found.rows, found.next)


@web.operation(router.get, "/partners/{int:party_id}", permission=VIEW, response=PartnerOut)
def get_partner(request, party_id: int):
    """One partner with what of it the caller sees."""
    return queries.get_party(party_id, request.actor, today=periods.business_date(request.now))


@web.operation(router.get, "/licences", permission=VIEW, response=web.Page[LicenceOut])
def list_licences(request, paging: web.Paging = ninja.Query(...), kind: str = "", within: int = 0):
    """Licences by expiry; `within` days in which they lapse, lapsed ones too."""
    wanted = queries.LicenceFilter(kind=kind[:30], within=min(max(within, 0), 3650) or None)
    found = queries.list_all_licences(
        wanted,
        actor=request.actor,
        today=periods.business_date(request.now),
        cursor=paging.cursor,
        limit=paging.limit,
    )
    return web.page([row.licence for row in found.rows], found.next)
