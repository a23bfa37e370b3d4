"""Contracts, price lists and promotions over the API: read, taken in from workbooks, signed, ended."""

import io
import uuid

import ninja
from django.http import HttpResponse

from qudao.kernel import errors, periods, scope, web
from qudao.organisation import queries as organisation
from qudao.partners import queries as partners
from qudao.pricing import files, operations, queries, shapes
from qudao.pricing.operations import writing
from qudao.ui import checked, uploads

router = web.router("pricing")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@web.operation(
    router.get, "/contracts", permission="pricing.contract.view", response=web.Page[shapes.ContractOut]
)
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
    response=shapes.ContractDetailOut,
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
        "versions": [
            shapes.VersionOut.model_validate(version, from_attributes=True) for version in detail.versions
        ],
    }


@web.operation(
    router.get,
    "/contracts/{uuid:contract_id}/prices",
    permission="pricing.contract.view",
    response=web.Page[shapes.VersionPriceOut],
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


@web.operation(router.get, "/contract-versions/{int:version_id}/workbook", permission="pricing.contract.view")
def get_version_workbook(request, version_id: int):
    """A version as the workbook (.xlsx) that can be changed and taken in as the next one."""
    version = queries.get_own_version(version_id, request.actor)
    stream = io.BytesIO()
    files.export_contract(
        stream,
        version_id=version_id,
        account=partners.get_account(version.account_id, request.actor),
        on=periods.business_date(request.now),
        actor=request.actor,
    )
    return HttpResponse(stream.getvalue(), content_type=XLSX)


# --- Contracts from workbooks ----------------------------------------------------------------------


@web.operation(router.post, "/contracts/check", permission=writing.MANAGE, response=checked.File, upload=True)
def check_contract_file(
    request, account_id: web.Id = ninja.Form(...), file: ninja.UploadedFile = ninja.File(...)
):
    """The dry run of a contract's workbook for a channel account; changes nothing."""
    return _check_contract(request, _account(request, account_id), None, file)


@web.operation(
    router.post,
    "/contracts",
    permission=writing.MANAGE,
    response=shapes.VersionSummary,
    status=201,
    upload=True,
)
def import_contract(
    request, account_id: web.Id = ninja.Form(...), file: ninja.UploadedFile = ninja.File(...)
):
    """Take a contract's workbook in as a draft, or not at all; it holds once it is signed."""
    return _import_contract(request, _account(request, account_id), None, file)


@web.operation(
    router.post,
    "/contracts/{uuid:contract_id}/versions/check",
    permission=writing.MANAGE,
    response=checked.File,
    upload=True,
)
def check_version_file(request, contract_id: uuid.UUID, file: ninja.UploadedFile = ninja.File(...)):
    """The dry run of the next version's workbook; changes nothing."""
    return _check_contract(request, _account_of(request, contract_id), contract_id, file)


@web.operation(
    router.post,
    "/contracts/{uuid:contract_id}/versions",
    permission=writing.MANAGE,
    response=shapes.VersionSummary,
    status=201,
    upload=True,
)
def import_version(request, contract_id: uuid.UUID, file: ninja.UploadedFile = ninja.File(...)):
    """Take the workbook of a contract's next version in as a draft, or not at all."""
    return _import_contract(request, _account_of(request, contract_id), contract_id, file)


@web.operation(
    router.post,
    "/contract-versions/{int:version_id}/sign-with-paper",
    permission=writing.SIGN,
    response=shapes.VersionSummary,
    upload=True,
)
def sign_version(
    request,
    version_id: int,
    signed_by: str = ninja.Form(..., max_length=80),
    countersigned_by: str = ninja.Form(..., max_length=80),
    paper: ninja.UploadedFile = ninja.File(...),
):
    """Put a draft into effect with the scan of the paper both have signed (PDF, JPEG or PNG)."""
    with scope.transaction(request.actor):
        queries.get_contract_version(version_id, request.actor)
    return operations.sign_version(
        version_id=version_id,
        signed_by=signed_by,
        countersigned_by=countersigned_by,
        paper=uploads.content(paper),
        filename=paper.name or "",
        **_by(request),
    )


@web.operation(
    router.post,
    "/contracts/{uuid:contract_id}/end",
    permission=writing.SIGN,
    response=shapes.ContractDetailOut,
)
def end_contract(request, contract_id: uuid.UUID, body: shapes.EndingIn):
    """End a contract before its time; orders taken until then keep their price."""
    operations.end_contract(contract_id=contract_id, **body.model_dump(), **_by(request))
    return get_contract(request, contract_id)


def _account(request, account_id: int) -> partners.Account:
    with scope.transaction(request.actor):
        return partners.get_account(account_id, request.actor)


def _account_of(request, contract_id: uuid.UUID) -> partners.Account:
    with scope.transaction(request.actor):
        return _account(request, queries.get_contract(contract_id, request.actor).contract.account_id)


def _check_contract(request, account, contract_id, file) -> dict:
    found = files.check_contract_file(
        uploads.content(file),
        account=account,
        contract_id=contract_id,
        filename=file.name or "",
        **_by(request),
    )
    return checked.file(*found.results, ok=found.ok, reasons=found.reasons)


def _import_contract(request, account, contract_id, file) -> queries.VersionView:
    return files.import_contract(
        uploads.content(file),
        account=account,
        contract_id=contract_id,
        filename=file.name or "",
        **_by(request),
    )


# --- Price lists from workbooks --------------------------------------------------------------------


@web.operation(router.get, "/price-files", permission=writing.MANAGE, house=True)
def get_price_workbook(request, kind: files.Kind, entity_id: web.Id):
    """The prices that hold today as a workbook (.xlsx); changed and sent back they are the next price list."""
    organisation.get_entity(entity_id)
    stream = io.BytesIO()
    today = periods.business_date(request.now)
    files.write_price_workbook(stream, kind=kind, entity_id=entity_id, on=today, actor=request.actor)
    return HttpResponse(stream.getvalue(), content_type=XLSX)


@web.operation(
    router.post,
    "/price-files/check",
    permission=writing.MANAGE,
    response=checked.File,
    upload=True,
    house=True,
)
def check_price_file(request, details: str = ninja.Form(...), file: ninja.UploadedFile = ninja.File(...)):
    """The dry run of a price list; changes nothing. `details` is as of `POST /price-files`."""
    found = files.check_price_file(
        uploads.content(file), wanted=_price_list(details), filename=file.name or "", **_by(request)
    )
    return checked.file(found.result, ok=found.ok, reasons=found.reasons)


@web.operation(
    router.post,
    "/price-files",
    permission=writing.MANAGE,
    response=shapes.PricesSet,
    status=201,
    upload=True,
    house=True,
)
def import_prices(request, details: str = ninja.Form(...), file: ninja.UploadedFile = ninja.File(...)):
    """Set the prices of a workbook, all of them or none: guide prices, those of hospitals, awards, or floors.

    `details` is JSON text: kind (guide, hospital, vbp, floor), entity_id, valid_from, last_day, citation, replace.
    """
    count = files.import_prices(
        uploads.content(file), wanted=_price_list(details), filename=file.name or "", **_by(request)
    )
    return {"prices": count}


def _price_list(details: str) -> files.PriceList:
    told = web.embedded(shapes.PriceListIn, details, field="details")
    organisation.get_entity(told.entity_id)
    return files.PriceList(
        **told.model_dump(exclude={"last_day"}), valid_until=periods.day_after(told.last_day)
    )


@web.operation(
    router.post,
    "/price-factors",
    permission=writing.MANAGE,
    response=shapes.FactorsSet,
    status=201,
    house=True,
)
def set_factor(request, body: shapes.FactorIn):
    """Set the factor of a tier, a region or a line on the guide price from a day on."""
    organisation.get_entity(body.entity_id)
    facets = body.model_dump(include={"factor", "tier", "region_id", "line_id"})
    count = operations.set_tier_factors(
        entity_id=body.entity_id,
        factors=[operations.NewFactor(**facets)],
        valid_from=body.valid_from,
        valid_until=periods.day_after(body.last_day),
        replace=body.replace,
        **_by(request),
    )
    return {"factors": count}


# --- Promotions ------------------------------------------------------------------------------------


@web.operation(
    router.get, "/promotions", permission="pricing.price.view", response=web.Page[shapes.PromotionOut]
)
def list_promotions(request, paging: web.Paging = ninja.Query(...), state: str = ""):
    """Promotions in the order they were made; `state`: planned, running, ended."""
    (after,) = web.decode_cursor(paging.cursor, int) or (0,)
    found = queries.list_promotions(
        actor=request.actor,
        state=state if state in ("planned", "running", "ended") else "",
        on=periods.business_date(request.now),
        after=min(max(after, 0), 2**31 - 1),
        limit=paging.limit + 1,
    )
    rows = [_promotion(one, request.actor) for one in found[: paging.limit]]
    return web.page(rows, web.encode_cursor(rows[-1]["id"]) if len(found) > paging.limit else None)


@web.operation(
    router.post,
    "/promotions",
    permission=writing.PROMOTE,
    response=shapes.PromotionOut,
    status=201,
    house=True,
)
def start_promotion(request, body: shapes.PromotionIn):
    """Start a spend-and-save promotion with a budget."""
    organisation.get_entity(body.entity_id)
    wanted = body.model_dump(exclude={"last_day"}) | {"valid_until": periods.day_after(body.last_day)}
    return _promotion(operations.start_promotion(**wanted, **_by(request)), request.actor)


@web.operation(
    router.post,
    "/promotions/{int:promotion_id}/stop",
    permission=writing.PROMOTE,
    response=shapes.PromotionOut,
    house=True,
)
def stop_promotion(request, promotion_id: int):
    """From today on it takes nothing off; what was granted stays granted."""
    found = operations.stop_promotion(promotion_id=promotion_id, **_by(request))
    return _promotion(found, request.actor)


def _promotion(view: queries.PromotionView, actor: scope.Actor) -> dict:
    """The budget is for our own people alone."""
    told = shapes.PromotionOut.model_validate(view, from_attributes=True).model_dump()
    return told if actor.house else told | {"budget": None, "spent": None}


def _by(request) -> dict:
    return {"actor": request.actor, "now": request.now}
