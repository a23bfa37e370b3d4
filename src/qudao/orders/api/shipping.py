"""Shipments and returns over the API: picked, reviewed, shipped, signed for; what came back, and its verdict."""

import uuid

import ninja
from django.http import FileResponse

from qudao.kernel import blobs, errors, web
from qudao.orders import operations, queries, queries_warehouse, scanning, shapes
from qudao.orders.api.routing import router
from qudao.orders.operations import difference, returning, signing, warehouse
from qudao.orders.rules import differences
from qudao.orders.rules import photos as pictures
from qudao.ui import uploads


@web.operation(
    router.get,
    "/shipments",
    permission="orders.shipment.view",
    response=web.Page[shapes.ShipmentSummary],
)
def list_shipments(request, paging: web.Paging = ninja.Query(...), status: str = "", site_id: int = 0):
    """Shipments, released last first; `status`: to_pick, picked, reviewed, shipped, signed, signed_with_difference, withdrawn."""
    wanted = queries.Filter(status=status[:24], site_id=site_id if 0 < site_id < 2**31 else 0)
    found = queries.list_shipments(
        wanted, actor=request.actor, cursor=paging.cursor or "", limit=paging.limit
    )
    return web.page(found.rows, found.next_cursor or None)


@web.operation(
    router.get,
    "/shipments/{uuid:shipment_id}",
    permission="orders.shipment.view",
    response=shapes.ShipmentOut,
)
def get_shipment(request, shipment_id: uuid.UUID):
    return queries.get_shipment(shipment_id, actor=request.actor)


def _scanned(request, shipment_id, body: shapes.ScansIn) -> dict:
    return {
        "shipment_id": shipment_id,
        "scans": [scanning.Scan(code) for code in body.scans],
        **web.seen(request),
    }


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/pick",
    permission="orders.shipment.pick",
    response=shapes.ShipmentOut,
)
def pick_shipment(request, shipment_id: uuid.UUID, body: shapes.ScansIn):
    return operations.pick_shipment(**_scanned(request, shipment_id, body))


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/review",
    permission="orders.shipment.review",
    response=shapes.ShipmentOut,
)
def review_shipment(request, shipment_id: uuid.UUID, body: shapes.ScansIn):
    return operations.review_shipment(**_scanned(request, shipment_id, body))


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/ship",
    permission="orders.shipment.ship",
    response=shapes.ShipmentOut,
)
def ship_shipment(request, shipment_id: uuid.UUID, body: shapes.CarrierIn | None = None):
    """Hand the goods over to the carrier. If-Match names the version that was seen."""
    by = body or shapes.CarrierIn()
    return operations.ship_shipment(shipment_id=shipment_id, **by.model_dump(), **web.seen(request))


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/sign",
    permission="orders.shipment.sign",
    response=shapes.ShipmentOut,
)
def sign_for(request, shipment_id: uuid.UUID, body: shapes.SignIn):
    """Sign for a shipment, all of it or with differences per line."""
    return operations.sign_for(shipment_id=shipment_id, **_signed(body), **web.seen(request))


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/sign-with-photos",
    permission="orders.shipment.sign",
    response=shapes.ShipmentOut,
    upload=True,
)
def sign_with_photos(
    request,
    shipment_id: uuid.UUID,
    details: str = ninja.Form("{}"),
    photos: list[ninja.UploadedFile] = ninja.File(...),
):
    """Sign with photos of what is different: `details` is the body of `sign` as JSON text, `photos` are JPEG or PNG.

    What the device wrote into them, the place among it, is not kept.
    """
    errors.raise_if_refused(pictures.check_number(len(photos)))
    return operations.sign_for(
        shipment_id=shipment_id,
        photos=[pictures.Photo(one.name or "", uploads.content(one)) for one in photos],
        **_signed(web.embedded(shapes.SignIn, details, field="details")),
        **web.seen(request),
    )


def _signed(body: shapes.SignIn) -> dict:
    arrived = body.lines and [
        signing.Arrived(one.no, one.signed, one.short, one.damaged, one.refused, one.reason)
        for one in body.lines
    ]
    return {"arrived": arrived, "device_at": body.device_at}


@web.operation(
    router.get,
    "/shipments/{uuid:shipment_id}/photos",
    permission="orders.shipment.view",
    response=list[shapes.PhotoOut],
)
def list_photos(request, shipment_id: uuid.UUID):
    """The photos sent with the signature."""
    queries.get_shipment(shipment_id, actor=request.actor)
    return queries_warehouse.photos_of(shipment_id, actor=request.actor)


@web.operation(router.get, "/shipments/{uuid:shipment_id}/photos/{int:no}", permission="orders.shipment.view")
def get_photo(request, shipment_id: uuid.UUID, no: int):
    """One photo itself, as JPEG or PNG."""
    queries.get_shipment(shipment_id, actor=request.actor)
    found = {one.no: one for one in queries_warehouse.photos_of(shipment_id, actor=request.actor)}.get(no)
    if found is None:
        raise errors.NotFound
    return FileResponse(blobs.open(found.digest), content_type=found.media_type)


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/returns",
    permission="orders.return.manage",
    response=shapes.ReturnOut,
    status=201,
)
def take_return(request, shipment_id: uuid.UUID, body: shapes.ReturnIn):
    return operations.take_return(
        shipment_id=shipment_id,
        returned=[returning.Returned(one.no, one.quantity) for one in body.lines],
        reason=body.reason[:200],
        actor=request.actor,
        now=request.now,
    )


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/block",
    permission=warehouse.REVIEW,
    response=shapes.ShipmentOut,
)
def block_shipment(request, shipment_id: uuid.UUID, body: shapes.BlockIn):
    """The review found something wrong: the shipment goes back to be picked anew. If-Match names the version."""
    return operations.block_shipment(shipment_id=shipment_id, **body.model_dump(), **web.seen(request))


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/put-back",
    permission=warehouse.PICK,
    response=shapes.ShipmentOut,
)
def put_back_shipment(request, shipment_id: uuid.UUID):
    """What was picked of a withdrawn shipment is on its shelves again. If-Match names the version."""
    return operations.put_back_shipment(shipment_id=shipment_id, **web.seen(request))


@web.operation(
    router.post,
    "/shipments/{uuid:shipment_id}/lines/{no}/settle",
    permission=difference.RESOLVE,
    response=shapes.ShipmentOut,
)
def resolve_difference(request, shipment_id: uuid.UUID, no: int, body: shapes.DifferenceIn):
    """Close what of a line did not arrive as shipped: back to be inspected, or lost."""
    settled = differences.Settlement(no if 0 < no < 2**31 else 0, **body.model_dump())
    return operations.resolve_differences(
        shipment_id=shipment_id, settlements=[settled], actor=request.actor, now=request.now
    )


@web.operation(router.get, "/returns", permission="orders.order.view", response=web.Page[shapes.ReturnOut])
def list_returns(request, paging: web.Paging = ninja.Query(...), status: str = "", site_id: int = 0):
    """What came back, newest first; `status`: received, inspected."""
    (before,) = web.decode_cursor(paging.cursor, uuid.UUID) or (None,)
    found = queries_warehouse.list_returns(
        actor=request.actor,
        status=status[:12],
        site_id=site_id if 0 < site_id < 2**31 else 0,
        before=before,
        limit=paging.limit + 1,
    )
    rows = [one.view for one in found[: paging.limit]]
    return web.page(rows, web.encode_cursor(rows[-1].id) if len(found) > paging.limit else None)


@web.operation(
    router.post,
    "/returns/{uuid:return_id}/inspect",
    permission=returning.INSPECT,
    response=shapes.ReturnDetailOut,
    house=True,
)
def inspect_return(request, return_id: uuid.UUID, body: shapes.ReturnVerdictIn):
    """Quality's verdict on returned goods. If-Match names the version that was seen."""
    return operations.inspect_return(return_id=return_id, good=body.good, **web.seen(request))
