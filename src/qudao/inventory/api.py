"""Stock over the API: what lies where, transfers, counts, shelves, inspection, holds. All of it is ours alone."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Annotated, Literal

import ninja
import pydantic

from qudao.inventory import operations, queries, shelving
from qudao.inventory.operations import holds, opening, transfers
from qudao.kernel import web
from qudao.ui import parsing

router = web.router("inventory")
VIEW, MOST = "inventory.stock.view", 2000
# A balance a lot, serial, shelf and condition: there come to be more of them than of anything else.
BalanceId = Annotated[int, pydantic.Field(ge=1, le=2**63 - 1)]


class SiteOut(pydantic.BaseModel):
    id: int
    code: str
    name: str
    entity_id: int
    territory: int
    address: str
    licensed_address: bool


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


class ArrivedIn(web.Input):
    no: int = pydantic.Field(ge=1, le=100_000)
    quantity: web.Count


class ArrivalIn(web.Input):
    """`lines` null: everything as sent; of a line that is not named all arrived."""

    lines: list[ArrivedIn] | None = pydantic.Field(None, max_length=MOST)


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


class ReleaseIn(web.Input):
    to: Literal["good", "pending", "bad"]
    reason: web.Reason


# --- What there is ---------------------------------------------------------------------------------


@web.operation(router.get, "/sites", permission=VIEW, response=web.Page[SiteOut], house=True)
def list_sites(request, paging: web.Paging = ninja.Query(...)):
    """Our warehouses, in the order they are preferred."""
    start, found = parsing.whole(paging.cursor), queries.list_sites(request.actor)
    end = start + paging.limit
    return web.page(found[start:end], str(end) if len(found) > end else None)


@web.operation(router.get, "/stock", permission=VIEW, response=web.Page[StockOut], house=True)
def list_stock(request, paging: web.Paging = ninja.Query(...), site_id: int = 0, item_id: int = 0):
    """Stock by product, site, condition and owner."""
    wanted = queries.StockFilter(site_ids=_one(site_id), item_ids=_one(item_id))
    found = queries.stock_view(wanted, actor=request.actor, cursor=paging.cursor, limit=paging.limit)
    return web.page(found.rows, found.next)


@web.operation(router.get, "/balances", permission=VIEW, response=web.Page[BalanceOut], house=True)
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


# --- Transfers -------------------------------------------------------------------------------------


@web.operation(router.get, "/transfers", permission=VIEW, response=web.Page[TransferSummary], house=True)
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


@web.operation(router.get, "/transfers/{uuid:transfer_id}", permission=VIEW, response=TransferOut, house=True)
def get_transfer(request, transfer_id: uuid.UUID):
    return _transfer(transfer_id, request.actor)


@web.operation(
    router.post, "/transfers", permission=transfers.MOVE, response=TransferOut, status=201, house=True
)
def send_transfer(request, body: TransferIn):
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
    response=TransferOut,
    house=True,
)
def receive_transfer(request, transfer_id: uuid.UUID, body: ArrivalIn):
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
    return TransferSummary.model_validate(view, from_attributes=True).model_dump() | {"lines": lines}


# --- Shelves, counts, inspection -------------------------------------------------------------------


@web.operation(router.post, "/stock/relocate", permission=transfers.MOVE, response=DoneOut, house=True)
def relocate_stock(request, body: ShelvingIn):
    """Put goods on other shelves of their warehouse (上架)."""
    portions = shelving.portions(
        body.site_id, [(one.balance_id, one.quantity, one.shelf) for one in body.lines], request.actor
    )
    rows = operations.relocate_stock(portions=portions, actor=request.actor, now=request.now)
    return {"rows": len(rows)}


@web.operation(router.post, "/stock/count", permission=opening.ADJUST, response=DoneOut, house=True)
def adjust_stock(request, body: CountIn):
    """Book what a count found: what is missing leaves, what is extra waits for inspection."""
    rows = operations.adjust_stock(
        lines=[operations.CountLine(one.balance_id, one.expected, one.counted) for one in body.lines],
        reason=body.reason,
        actor=request.actor,
        now=request.now,
    )
    return {"rows": len(rows)}


@web.operation(router.post, "/stock/inspect", permission=transfers.INSPECT, response=DoneOut, house=True)
def inspect_stock(request, body: JudgementIn):
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


# --- Holds -----------------------------------------------------------------------------------------


@web.operation(router.get, "/holds", permission=holds.HOLD, response=web.Page[HoldOut], house=True)
def list_holds(request, paging: web.Paging = ninja.Query(...), all: bool = False):
    """Holds newest first; `all`: lifted ones too."""
    (before,) = web.decode_cursor(paging.cursor, uuid.UUID) or (None,)
    found = queries.list_holds(request.actor, open_only=not all, before=before, limit=paging.limit + 1)
    more = found[paging.limit - 1].id if len(found) > paging.limit else None
    return web.page(found[: paging.limit], None if more is None else web.encode_cursor(more))


@web.operation(router.post, "/holds", permission=holds.HOLD, response=PlacedOut, status=201, house=True)
def hold_lot(request, body: HoldIn):
    """Lock a lot or a serial wherever we have it; later arrivals are kept from sale."""
    placed = operations.hold_lot(
        lot_id=body.lot_id,
        serial_id=body.serial_id,
        reason=body.reason,
        actor=request.actor,
        now=request.now,
    )
    affected = [{"type": kind, "id": document} for kind, document in placed.affected]
    return HoldOut.model_validate(placed.hold, from_attributes=True).model_dump() | {"affected": affected}


@web.operation(
    router.post, "/holds/{uuid:hold_id}/release", permission=holds.RELEASE, response=HoldOut, house=True
)
def release_hold(request, hold_id: uuid.UUID, body: ReleaseIn):
    """Quality's verdict on held goods: good, to be inspected once more, or bad."""
    return operations.release_hold(
        hold_id=hold_id, to=body.to, reason=body.reason, actor=request.actor, now=request.now
    )
