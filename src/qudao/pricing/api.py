"""Contracts and their prices over the API: read."""

import datetime as dt
import uuid
from decimal import Decimal

import ninja
import pydantic

from qudao.kernel import errors, periods, web
from qudao.pricing import queries

router = web.router("pricing")


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


@web.operation(router.get, "/contracts", permission="pricing.contract.view", response=web.Page[ContractOut])
def list_contracts(request, paging: web.Paging = ninja.Query(...), state: str = ""):
    """Contracts by number; `state`: effective, expiring, draft (one waits to be signed), pending, ended."""
    found = queries.find_contracts(
        queries.ContractFilter(state=state[:12]),
        on=periods.business_date(request.now),
        actor=request.actor,
        cursor=paging.cursor,
        limit=paging.limit,
    )
    return web.page(found.rows, found.next)


@web.operation(
    router.get,
    "/contracts/{uuid:contract_id}",
    permission="pricing.contract.view",
    response=ContractDetailOut,
)
def get_contract(request, contract_id: uuid.UUID):
    detail = queries.get_contract(contract_id, request.actor)
    one = detail.contract
    return {
        "id": one.id,
        "number": one.number,
        "title": one.title,
        "entity_id": one.entity_id,
        "party_id": one.party_id,
        "account_id": one.account_id,
        "versions": [VersionOut.model_validate(version, from_attributes=True) for version in detail.versions],
    }


@web.operation(
    router.get,
    "/contracts/{uuid:contract_id}/prices",
    permission="pricing.contract.view",
    response=web.Page[VersionPriceOut],
)
def list_contract_prices(
    request, contract_id: uuid.UUID, paging: web.Paging = ninja.Query(...), version: int | None = None
):
    """Prices of a version by product; without `version`, of the newest."""
    detail = queries.get_contract(contract_id, request.actor)
    chosen = next((one for one in detail.versions if version in (None, one.number)), None)
    if chosen is None:
        raise errors.NotFound()
    (skip,) = web.decode_cursor(paging.cursor, int) or (0,)
    rows = queries.list_version_prices(
        chosen.id, actor=request.actor, skip=min(max(skip, 0), 10**6), limit=paging.limit + 1
    )
    following = web.encode_cursor(skip + paging.limit) if len(rows) > paging.limit else None
    return web.page(rows[: paging.limit], following)
