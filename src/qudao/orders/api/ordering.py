"""Orders over the API: quote, place, look, confirm, cancel; what an account orders again and again."""

import uuid

import ninja

from qudao.kernel import web
from qudao.orders import files, kept, operations, queries, shapes
from qudao.orders.api.routing import router
from qudao.orders.rules import requests
from qudao.ui import checked, uploads


@web.operation(router.post, "/orders", permission="orders.order.place", response=shapes.OrderOut, status=201)
def place_order(request, body: shapes.OrderIn):
    """Place an order; every gate answers, and what refuses is listed line by line."""
    verb = operations.save_draft if body.draft else operations.place_order
    return verb(request=_request(body), actor=request.actor, now=request.now)


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


def _request(body: shapes.OrderIn) -> requests.OrderRequest:
    return requests.OrderRequest(
        account_id=body.account_id,
        ship_to_id=body.ship_to_id,
        channel="api",
        hospital_id=body.hospital_id,
        requested_on=body.requested_on,
        reference=body.reference,
        rebate_use=body.rebate_use,
        lines=_lines(body.lines),
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
    router.put, "/orders/{uuid:order_id}", permission="orders.order.place", response=shapes.OrderOut
)
def change_draft(request, order_id: uuid.UUID, body: shapes.OrderIn):
    """Go on with a draft: it becomes what the body says, and with `draft` false an order. It stays with its account.
    If-Match names the version that was seen."""
    verb = operations.change_draft if body.draft else operations.confirm_order
    return verb(order_id=order_id, request=_request(body), **web.seen(request))


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
    "/orders/{uuid:order_id}/withdraw",
    permission="orders.order.release",
    response=shapes.OrderOut,
)
def withdraw_order(request, order_id: uuid.UUID):
    """Take a released order back from the warehouse before anything of it left: it is confirmed again."""
    return operations.withdraw_order(order_id=order_id, **web.seen(request))


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


# --- What an order would be; orders from a dealer's table -------------------------------------------


@web.operation(router.post, "/orders/quote", permission="orders.order.place", response=shapes.QuoteOut)
def quote_order(request, body: shapes.OrderIn):
    """What placing this order would give: prices, gates, when it can be there. Sets nothing aside."""
    found = operations.quote_order(request=_request(body), actor=request.actor, now=request.now)
    lines = [
        {
            "no": line.no,
            "item_id": line.request.item_id,
            "quantity": line.measured.base,
            "unit_price": line.choice.unit_price,
            "gross": line.gross,
            "net": line.net,
        }
        for line in found.lines
    ]
    return {
        "orderable": not found.refused,
        "gross": found.total("gross"),
        "net": found.total("net"),
        "earliest_on": found.earliest_on,
        "lines": lines,
        "said": [checked.said(reason) for reason in found.reasons],
    }


@web.operation(
    router.post,
    "/order-files/check",
    permission="orders.order.place",
    response=checked.File,
    upload=True,
)
def check_order_file(
    request,
    account_id: web.Id = ninja.Form(...),
    ship_to_id: web.Id = ninja.Form(...),
    file: ninja.UploadedFile = ninja.File(...),
):
    """Read a dealer's table of codes and quantities; changes nothing."""
    found = files.check_order_file(**_file(request, account_id, ship_to_id, file))
    of_file = found.reasons[len(found.result.reasons) :]
    return checked.file(found.result, ok=found.ok, reasons=of_file)


@web.operation(
    router.post,
    "/order-files",
    permission="orders.order.place",
    response=shapes.OrderOut,
    status=201,
    upload=True,
)
def place_order_file(
    request,
    account_id: web.Id = ninja.Form(...),
    ship_to_id: web.Id = ninja.Form(...),
    file: ninja.UploadedFile = ninja.File(...),
):
    """Place the order in a dealer's table, all of it or nothing; what refuses names the row of the table."""
    return files.place_order_file(**_file(request, account_id, ship_to_id, file))


def _file(request, account_id: int, ship_to_id: int, file) -> dict:
    return {
        "content": uploads.content(file),
        "filename": file.name or "",
        "account_id": account_id,
        "ship_to_id": ship_to_id,
        "actor": request.actor,
        "now": request.now,
    }
