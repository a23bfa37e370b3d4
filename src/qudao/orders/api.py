"""Orders over the API: place, look, confirm, cancel, follow."""

import uuid

import ninja
from django.http import FileResponse

from qudao.kernel import blobs, errors, web
from qudao.orders import kept, operations, queries, queries_warehouse, scanning, shapes
from qudao.orders.operations import returning, signing
from qudao.orders.rules import photos as pictures
from qudao.orders.rules import requests
from qudao.ui import uploads

router = web.router("orders")


@web.operation(router.post, "/orders", permission="orders.order.place", response=shapes.OrderOut, status=201)
def place_order(request, body: shapes.OrderIn):
    """Place an order; every gate answers, and what refuses is listed line by line."""
    wanted = requests.OrderRequest(
        account_id=body.account_id,
        ship_to_id=body.ship_to_id,
        channel="api",
        hospital_id=body.hospital_id,
        requested_on=body.requested_on,
        reference=body.reference,
        rebate_use=body.rebate_use,
        lines=_lines(body.lines),
    )
    verb = operations.save_draft if body.draft else operations.place_order
    return verb(request=wanted, actor=request.actor, now=request.now)


@web.operation(
    router.post, "/baskets", permission="orders.order.place", response=list[shapes.OrderOut], status=201
)
def place_basket(request, body: shapes.BasketIn):
    """Place lines of several product lines at once: one order a channel account, all of them or none.

    The rebate is used on the order with the most lines.
    """
    return operations.place_basket(
        party_id=body.party_id,
        entity_id=body.entity_id,
        template=requests.OrderRequest(
            account_id=0,
            ship_to_id=body.ship_to_id,
            channel="api",
            hospital_id=body.hospital_id,
            requested_on=body.requested_on,
            reference=body.reference,
            rebate_use=body.rebate_use,
            lines=_lines(body.lines),
        ),
        actor=request.actor,
        now=request.now,
    )


def _lines(lines: list[shapes.LineIn]) -> tuple[requests.LineRequest, ...]:
    return tuple(
        requests.LineRequest(no, line.item_id, line.quantity, line.unit, line.di)
        for no, line in enumerate(lines, start=1)
    )


@web.operation(router.get, "/orders", permission="orders.order.view", response=web.Page[shapes.OrderSummary])
def list_orders(
    request, paging: web.Paging = ninja.Query(...), wanted: shapes.OrdersWanted = ninja.Query(...)
):
    """Orders newest first; `until` is the first day after."""
    wanted = queries.Filter(**wanted.model_dump())
    found = queries.list_orders(wanted, actor=request.actor, cursor=paging.cursor or "", limit=paging.limit)
    return web.page(found.rows, found.next_cursor or None)


@web.operation(
    router.get, "/orders/{uuid:order_id}", permission="orders.order.view", response=shapes.OrderOut
)
def get_order(request, order_id: uuid.UUID):
    return queries.get_order(order_id, actor=request.actor)


@web.operation(
    router.get,
    "/orders/{uuid:order_id}/shipments",
    permission="orders.shipment.view",
    response=list[shapes.ShipmentOut],
)
def list_shipments_of_order(request, order_id: uuid.UUID):
    queries.get_order(order_id, actor=request.actor)
    return queries.shipments_of(order_id, actor=request.actor)


@web.operation(
    router.post,
    "/orders/{uuid:order_id}/confirm",
    permission="orders.order.confirm",
    response=shapes.OrderOut,
)
def confirm_order(request, order_id: uuid.UUID):
    """Confirm a draft. If-Match names the version that was seen."""
    return operations.confirm_order(order_id=order_id, **web.seen(request))


@web.operation(
    router.post, "/orders/{uuid:order_id}/cancel", permission="orders.order.place", response=shapes.OrderOut
)
def cancel_order(request, order_id: uuid.UUID, body: shapes.CancelIn):
    return operations.cancel_order(
        order_id=order_id,
        reason=body.reason,
        **web.seen(request),
    )


@web.operation(
    router.post,
    "/orders/{uuid:order_id}/release",
    permission="orders.order.release",
    response=list[shapes.ShipmentOut],
)
def release_order(request, order_id: uuid.UUID):
    return operations.release_order(order_id=order_id, **web.seen(request))


@web.operation(
    router.post,
    "/orders/{uuid:order_id}/reallocate",
    permission="orders.order.reallocate",
    response=shapes.OrderOut,
)
def reallocate_order(request, order_id: uuid.UUID):
    """Give back what a confirmed order has set aside and allocate it anew; prices stand."""
    return operations.reallocate_order(order_id=order_id, **web.seen(request))


@web.operation(
    router.get,
    "/orders/{uuid:order_id}/returns",
    permission="orders.order.view",
    response=list[shapes.ReturnDetailOut],
)
def list_returns_of_order(request, order_id: uuid.UUID):
    queries.get_order(order_id, actor=request.actor)
    return queries.returns_of(order_id, actor=request.actor)


@web.operation(
    router.get,
    "/accounts/{int:account_id}/order-templates",
    permission="orders.order.place",
    response=list[shapes.TemplateOut],
)
def list_templates(request, account_id: int):
    """The templates of an account, by name; 404 for an account that is not the caller's own."""
    kept.own_account(account_id, actor=request.actor)
    return kept.list_templates(account_id, actor=request.actor)


@web.operation(
    router.post, "/order-templates", permission="orders.order.place", response=shapes.TemplateOut, status=201
)
def save_template(request, body: shapes.TemplateIn):
    """Keep lines under a name of the account; 404 for an account that is not the caller's own."""
    return operations.save_template(
        account_id=body.account_id,
        name=body.name,
        lines=_lines(body.lines),
        ship_to_id=body.ship_to_id,
        actor=request.actor,
        now=request.now,
    )


@web.operation(
    router.patch,
    "/order-templates/{uuid:template_id}",
    permission="orders.order.place",
    response=shapes.TemplateOut,
)
def rename_template(request, template_id: uuid.UUID, body: shapes.TemplateNameIn):
    """Call a template otherwise. If-Match names the version that was seen."""
    return operations.rename_template(template_id=template_id, name=body.name, **web.seen(request))


@web.operation(
    router.delete, "/order-templates/{uuid:template_id}", permission="orders.order.place", status=204
)
def remove_template(request, template_id: uuid.UUID):
    operations.remove_template(
        template_id=template_id,
        **web.seen(request),
    )


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
def ship_shipment(request, shipment_id: uuid.UUID):
    return operations.ship_shipment(shipment_id=shipment_id, **web.seen(request))


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
