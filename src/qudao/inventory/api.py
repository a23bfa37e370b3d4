"""Stock over the API: what lies where, transfers, counts, shelves, inspection, holds. All of it is ours alone."""

import uuid
from decimal import Decimal

import ninja

from qudao.inventory import files, operations, queries, shapes, shelving
from qudao.inventory.operations import dating, holds, opening, places, transfers
from qudao.kernel import errors, web
from qudao.organisation import queries as organisation
from qudao.partners import territories
from qudao.ui import checked, parsing, uploads

router = web.router("inventory")
VIEW = "inventory.stock.view"


# --- What there is ---------------------------------------------------------------------------------


@web.operation(router.get, "/sites", permission=VIEW, response=web.Page[shapes.SiteOut], house=True)
def list_sites(request, paging: web.Paging = ninja.Query(...)):
    """Our warehouses, in the order they are preferred."""
    start, found = parsing.whole(paging.cursor), queries.list_sites(request.actor)
    end = start + paging.limit
    return web.page(found[start:end], str(end) if len(found) > end else None)


@web.operation(router.get, "/stock", permission=VIEW, response=web.Page[shapes.StockOut], house=True)
def list_stock(request, paging: web.Paging = ninja.Query(...), site_id: int = 0, item_id: int = 0):
    """Stock by product, site, condition and owner."""
    wanted = queries.StockFilter(site_ids=_one(site_id), item_ids=_one(item_id))
    found = queries.stock_view(wanted, actor=request.actor, cursor=paging.cursor, limit=paging.limit)
    return web.page(found.rows, found.next)


@web.operation(router.get, "/balances", permission=VIEW, response=web.Page[shapes.BalanceOut], house=True)
def list_balances(
    request,
    paging: web.Paging = ninja.Query(...),
    site_id: int = 0,
    item_id: int = 0,
    status: str = "",
):
    """Every lot and serial on hand; `status`: good, pending, bad, returned, held, in_transit."""
    (after,) = web.decode_cursor(paging.cursor, int) or (0,)
    found = queries.list_balances(
        request.actor,
        site_id=(_one(site_id) or (0,))[0],
        item_id=(_one(item_id) or (0,))[0],
        status=status[:12],
        after=min(max(after, 0), 2**62),
        limit=paging.limit + 1,
    )
    more = found[paging.limit - 1].balance_id if len(found) > paging.limit else None
    return web.page(found[: paging.limit], None if more is None else web.encode_cursor(more))


def _one(given: int) -> tuple[int, ...] | None:
    return (given,) if 0 < given < 2**31 else None


# --- Warehouses ------------------------------------------------------------------------------------


@web.operation(
    router.post, "/sites", permission=places.SITES, response=shapes.SiteOut, status=201, house=True
)
def open_site(request, body: shapes.SiteIn):
    """Open a warehouse with one place in each zone; shelves come after."""
    organisation.get_entity(body.entity_id)
    if body.region_id and body.region_id not in {one.id for one in organisation.list_regions()}:
        raise errors.NotFound
    if body.territory and body.territory not in territories.divisions():
        raise errors.Refused([errors.Reason("partners.territory_unknown", params={"code": body.territory})])
    asked = operations.SiteOpening(**body.model_dump())
    return operations.open_sites(openings=[asked], actor=request.actor, now=request.now)[0]


@web.operation(
    router.get,
    "/sites/{int:site_id}/shelves",
    permission=VIEW,
    response=web.Page[shapes.ShelfOut],
    house=True,
)
def list_shelves(request, site_id: int, paging: web.Paging = ninja.Query(...), zone: str = "", q: str = ""):
    """Places and shelves of a warehouse by code; `q` is a part of the code."""
    site = queries.get_site(site_id, request.actor)
    rows, following = queries.list_shelves(
        site.id,
        zone=zone[:12],
        text=q[:30],
        after=(paging.cursor or "")[:30],
        limit=paging.limit,
        actor=request.actor,
    )
    return web.page(rows, following)


@web.operation(
    router.post,
    "/sites/{int:site_id}/shelves",
    permission=places.MOVE,
    response=shapes.ShelvesOut,
    status=201,
    house=True,
)
def open_shelves(request, site_id: int, body: shapes.ShelvesIn):
    """Give a warehouse shelves in a zone, all of them or none."""
    count = operations.open_shelves(
        site_id=site_id, zone=body.zone, codes=body.codes, actor=request.actor, now=request.now
    )
    return {"shelves": count}


# --- Stock at go-live ------------------------------------------------------------------------------


@web.operation(
    router.post,
    "/opening-stock/check",
    permission=opening.OPEN,
    response=checked.File,
    upload=True,
    house=True,
)
def check_opening_stock(request, details: str = ninja.Form(...), file: ninja.UploadedFile = ninja.File(...)):
    """The dry run of a file of opening stock; changes nothing. `details` is as of `POST /opening-stock`."""
    found = files.check_opening(
        uploads.content(file),
        wanted=_opening(details),
        filename=file.name or "",
        actor=request.actor,
        now=request.now,
    )
    return checked.file(found.result, ok=found.ok, reasons=found.reasons)


@web.operation(
    router.post,
    "/opening-stock",
    permission=opening.OPEN,
    response=shapes.OpeningOut,
    status=201,
    upload=True,
    house=True,
)
def open_stock(request, details: str = ninja.Form(...), file: ninja.UploadedFile = ninja.File(...)):
    """Bring the stock of a workbook in, all of it or none.

    `details` is JSON text: entity_id, control_quantity and control_value, which its rows must come to.
    """
    return files.import_opening(
        uploads.content(file),
        wanted=_opening(details),
        filename=file.name or "",
        actor=request.actor,
        now=request.now,
    )


def _opening(details: str) -> files.Opening:
    told = web.embedded(shapes.OpeningIn, details, field="details")
    organisation.get_entity(told.entity_id)
    return files.Opening(**told.model_dump())


# --- Transfers -------------------------------------------------------------------------------------


@web.operation(
    router.get, "/transfers", permission=VIEW, response=web.Page[shapes.TransferSummary], house=True
)
def list_transfers(request, paging: web.Paging = ninja.Query(...), status: str = "", to_site_id: int = 0):
    """Transfers newest first; `status`: sent, received."""
    rows, following = queries.list_transfers(
        request.actor,
        status=status[:12],
        site_ids=_one(to_site_id),
        cursor=paging.cursor,
        limit=paging.limit,
    )
    return web.page(rows, following)


@web.operation(
    router.get, "/transfers/{uuid:transfer_id}", permission=VIEW, response=shapes.TransferOut, house=True
)
def get_transfer(request, transfer_id: uuid.UUID):
    return _transfer(transfer_id, request.actor)


@web.operation(
    router.post, "/transfers", permission=transfers.MOVE, response=shapes.TransferOut, status=201, house=True
)
def send_transfer(request, body: shapes.TransferIn):
    """Put goods of one warehouse on the road to another of the same legal entity."""
    made = operations.send_transfer(
        to_site_id=body.to_site_id,
        portions=[operations.Portion(one.balance_id, one.quantity) for one in body.lines],
        actor=request.actor,
        now=request.now,
    )
    return _transfer(made.id, request.actor)


@web.operation(
    router.post,
    "/transfers/{uuid:transfer_id}/receive",
    permission=transfers.MOVE,
    response=shapes.TransferOut,
    house=True,
)
def receive_transfer(request, transfer_id: uuid.UUID, body: shapes.TransferArrivalIn):
    """Take a transfer in, for inspection; what did not arrive is written off as lost on the way."""
    operations.receive_transfer(
        transfer_id=transfer_id,
        received={one.no: one.quantity for one in body.lines} if body.lines else None,
        actor=request.actor,
        now=request.now,
    )
    return _transfer(transfer_id, request.actor)


def _transfer(transfer_id: uuid.UUID, actor) -> dict:
    view, moves = queries.get_transfer(transfer_id, actor)
    lost = {one.origin_line: one.quantity for one in moves if one.kind == "lose"}
    lines = [
        {
            "no": one.origin_line,
            "item_id": one.item_id,
            "lot_id": one.lot_id,
            "serial_id": one.serial_id,
            "quantity": one.quantity,
            "lost": lost.get(one.origin_line, Decimal(0)),
        }
        for one in moves
        if one.kind == "transfer"
    ]
    return shapes.TransferSummary.model_validate(view, from_attributes=True).model_dump() | {"lines": lines}


# --- Shelves, counts, inspection -------------------------------------------------------------------


@web.operation(router.post, "/stock/relocate", permission=transfers.MOVE, response=shapes.DoneOut, house=True)
def relocate_stock(request, body: shapes.ShelvingIn):
    """Put goods on other shelves of their warehouse (上架)."""
    portions = shelving.portions(
        body.site_id, [(one.balance_id, one.quantity, one.shelf) for one in body.lines], request.actor
    )
    rows = operations.relocate_stock(portions=portions, actor=request.actor, now=request.now)
    return {"rows": len(rows)}


@web.operation(router.post, "/stock/count", permission=opening.ADJUST, response=shapes.DoneOut, house=True)
def adjust_stock(request, body: shapes.CountIn):
    """Book what a count found: what is missing leaves, what is extra waits for inspection."""
    rows = operations.adjust_stock(
        lines=[operations.CountLine(one.balance_id, one.expected, one.counted) for one in body.lines],
        reason=body.reason,
        actor=request.actor,
        now=request.now,
    )
    return {"rows": len(rows)}


@web.operation(
    router.post, "/stock/inspect", permission=transfers.INSPECT, response=shapes.DoneOut, house=True
)
def inspect_stock(request, body: shapes.JudgementIn):
    """Quality's verdict on what a transfer or a count brought; deliveries are judged on their receipt."""
    rows = operations.inspect_stock(
        judgements=[
            operations.Judgement(one.balance_id, one.accepted, one.rejected, one.reason.strip())
            for one in body.lines
        ],
        actor=request.actor,
        now=request.now,
    )
    return {"rows": len(rows)}


@web.operation(
    router.post,
    "/lots/{int:lot_id}/production-date",
    permission=dating.INSPECT,
    response=shapes.LotDatedOut,
    house=True,
)
def date_lot(request, lot_id: int, body: shapes.ProducedIn):
    """Enter the production date of a lot that came in without one; a known one does not change."""
    produced_on = operations.date_lot(
        lot_id=lot_id, produced_on=body.produced_on, actor=request.actor, now=request.now
    )
    return {"lot_id": lot_id, "produced_on": produced_on}


# --- Holds -----------------------------------------------------------------------------------------


@web.operation(router.get, "/holds", permission=holds.HOLD, response=web.Page[shapes.HoldOut], house=True)
def list_holds(request, paging: web.Paging = ninja.Query(...), all: bool = False):
    """Holds newest first; `all`: lifted ones too."""
    (before,) = web.decode_cursor(paging.cursor, uuid.UUID) or (None,)
    found = queries.list_holds(request.actor, open_only=not all, before=before, limit=paging.limit + 1)
    more = found[paging.limit - 1].id if len(found) > paging.limit else None
    return web.page(found[: paging.limit], None if more is None else web.encode_cursor(more))


@web.operation(
    router.post, "/holds", permission=holds.HOLD, response=shapes.PlacedOut, status=201, house=True
)
def hold_lot(request, body: shapes.HoldIn):
    """Lock a lot or a serial wherever we have it; later arrivals are kept from sale."""
    placed = operations.hold_lot(
        lot_id=body.lot_id,
        serial_id=body.serial_id,
        reason=body.reason,
        actor=request.actor,
        now=request.now,
    )
    affected = [{"type": kind, "id": document} for kind, document in placed.affected]
    return shapes.HoldOut.model_validate(placed.hold, from_attributes=True).model_dump() | {
        "affected": affected
    }


@web.operation(
    router.post,
    "/holds/{uuid:hold_id}/release",
    permission=holds.RELEASE,
    response=shapes.HoldOut,
    house=True,
)
def release_hold(request, hold_id: uuid.UUID, body: shapes.ReleaseIn):
    """Quality's verdict on held goods: good, to be inspected once more, or bad."""
    return operations.release_hold(
        hold_id=hold_id, to=body.to, reason=body.reason, actor=request.actor, now=request.now
    )
