"""Pages of orders: list, desk, order."""

import dataclasses
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.kernel import errors, periods, scope
from qudao.orders import customer, finding, kept, offering, operations, presenting, queries
from qudao.orders import desk as desks
from qudao.orders import lists as order_lists
from qudao.orders.operations import returning
from qudao.orders.rules import templates
from qudao.partners import queries as partners
from qudao.ui import formats, listing, pages, parsing

# Partners offered to one who types a part of a name.
MOST_FOUND = 20


@pages.page("orders.order.view")
def order_list(request) -> HttpResponseBase:
    """Every channel's orders in one list."""
    new = listing.Action(label=_("New order"), url=reverse("order_desk"), icon="plus", primary=True)
    described = order_lists.described(request)
    templates = listing.Action(label=_("Templates"), url=reverse("order_templates"), icon="template")
    may_place = request.actor.can("orders.order.place")
    return listing.respond(request, described, actions=[templates, new] if may_place else [])


@pages.page("orders.order.place", own_transaction=True)
def order_desk(request) -> HttpResponse:
    """The intake: choose the partner, then lines; POST places the order."""
    if request.method == "POST":
        return _place(request)
    actor = request.actor
    if request.GET.get("draft"):
        return _go_on(request, request.GET["draft"])
    party_id = actor.party_id or desks.read(request.GET).party_id
    if not party_id:
        text = request.GET.get("q", "").strip()
        with scope.transaction(actor):
            found = partners.search_parties(text, actor=actor, limit=MOST_FOUND + 1) if text else []
            latest = None if text else finding.latest_buyers(actor)
        if len(found) == 1:
            return redirect(f"{reverse('order_desk')}?party={found[0].id}")
        return pages.show(
            request,
            "orders/choose_partner.html",
            {
                "found": found[:MOST_FOUND],
                "more": len(found) > MOST_FOUND,
                "text": text,
                "latest": latest,
                "crumbs": presenting.desk_crumbs(),
            },
        )
    asked = desks.read(request.GET)
    chosen = tuple(line for line in asked.lines if line.quantity)
    lines = tuple(dataclasses.replace(line, no=no) for no, line in enumerate(chosen, start=1))
    desk = desks.Desk(party_id, asked.account_id, asked.ship_to_id, lines=lines, focus=len(lines))
    desk = _with_defaults(desk, actor)
    if request.GET.get("last"):
        desk = _as_last_time(desk, actor)
    if request.GET.get("again"):
        desk = _as_before(desk, request.GET["again"], actor)
    if request.GET.get("kept"):
        desk = _from_template(desk, request.GET["kept"], actor)
    return _show_desk(request, desk)


def _show_desk(request, desk: desks.Desk, *, draft: queries.OrderView | None = None) -> HttpResponse:
    context = _desk_context(request, desk, draft=draft)
    with scope.transaction(request.actor):
        context["about"] = customer.about(context["party"], open_draft=desk.draft_id, actor=request.actor)
        return pages.show(request, "orders/desk.html", context)


def _go_on(request, draft: str) -> HttpResponse:
    """The desk with a draft on it; an order that is none any more is shown. Raises NotFound for one that is not the
    actor's to place."""
    found = _order_of(draft, request.actor)
    if not presenting.may_place(request.actor, found):
        raise errors.NotFound
    if found.status != "draft":
        return redirect("order", order_id=found.id)
    return _show_desk(request, desks.of_draft(found), draft=found)


@pages.page("orders.order.place")
def order_quote(request) -> HttpResponse:
    """The desk again after anything was typed: prices, stock and gates of every line."""
    posted, actor = request.POST, request.actor
    desk = _with_defaults(desks.read(posted), actor)
    added = desks.Addition(desk)
    said: tuple[errors.Reason, ...] = ()
    saved = ""
    if posted.get("last"):
        added = desks.Addition(_as_last_time(desk, actor))
    elif posted.get("template"):
        added = desks.Addition(_from_template(desk, posted["template"], actor))
    elif "save_template" in posted:
        saved, said = _save_template(request, desk)
    else:
        added = _added(request, desk)
    reasons = (*added.reasons, *said)
    context = _desk_context(request, added.desk, reasons=reasons, left=added.left or _left(posted))
    context |= {
        "saved": saved,
        # A name that was not taken is mended where it was typed.
        "naming": posted.get("template_name", "")[: templates.MOST_NAME] if said else None,
        "typed": added.typed,
        "offers": _offers(request, added) if added.several else None,
    }
    return pages.show(request, "orders/desk_body.html", context)


def _added(request, desk: desks.Desk) -> desks.Addition:
    """What was typed, scanned or pasted, or the rows left over from a paste and mended."""
    text = request.POST.get("left" if "retry" in request.POST else "add", "")
    with scope.transaction(request.actor):
        account = partners.get_account(desk.account_id, request.actor)
        return desks.add(
            desk,
            text,
            chosen=parsing.whole(request.POST.get("choose")),
            line_id=account.line_id,
            entity_id=account.entity_id,
            on=periods.business_date(request.now),
        )


def _offers(request, added: desks.Addition) -> offering.Offers:
    """The products that match what was typed; their prices and stock are the house's to tell, hence acting."""
    with scope.transaction(request.actor, acting=True):
        return offering.offers(
            added.typed,
            account_id=added.desk.account_id,
            place_id=added.desk.ship_to_id,
            on=periods.business_date(request.now),
            actor=request.actor,
        )


def _left(posted) -> str:
    """Rows of an earlier paste that still wait, unless they were just tried or thrown away."""
    gone = "retry" in posted or "drop" in posted
    return "" if gone else posted.get("left", "")[: desks.MOST_LEFT]


def _from_template(desk: desks.Desk, chosen: str, actor: scope.Actor) -> desks.Desk:
    with scope.transaction(actor):
        found = {str(one.id): one for one in kept.list_templates(desk.account_id, actor=actor)}.get(chosen)
        if found is None:
            raise errors.NotFound
        desk = desks.with_lines(desk, found.lines)
    return dataclasses.replace(desk, ship_to_id=found.ship_to_id or desk.ship_to_id)


def _save_template(request, desk: desks.Desk) -> tuple[str, tuple[errors.Reason, ...]]:
    """The name it was kept under, or what speaks against it."""
    wanted, reasons = desks.request_of(desk)
    try:
        errors.raise_if_refused(reasons)
        made = operations.save_template(
            account_id=desk.account_id,
            name=request.POST.get("template_name", ""),
            lines=wanted.lines,
            ship_to_id=desk.ship_to_id,
            actor=request.actor,
            now=request.now,
        )
    except errors.Refused as refusal:
        return "", tuple(refusal.reasons)
    return made.name, ()


def _place(request) -> HttpResponse:
    desk = _with_defaults(desks.read(request.POST), request.actor)
    wanted, reasons = desks.request_of(desk)
    try:
        errors.raise_if_refused([*reasons, *desks.waiting(_left(request.POST))])
        verb, of = _verb(request, desk)
        made = pages.once(
            request,
            lambda: str(verb(**of, request=wanted, actor=request.actor, now=request.now).id),
            body=[verb.__name__, of, dataclasses.asdict(wanted)],
        )
    except errors.Refused as refusal:
        context = _desk_context(request, desk, reasons=tuple(refusal.reasons))
        return pages.show(request, "orders/desk.html", context, status=refusal.status)
    notices.success(
        request, _("Kept as a draft.") if request.POST.get("draft") else _("The order is placed.")
    )
    return redirect("order", order_id=made)


def _verb(request, desk: desks.Desk) -> tuple[Callable[..., queries.OrderView], dict[str, Any]]:
    """What the pressed button does: keep or place, a new order or the draft that is gone on with."""
    keeps = bool(request.POST.get("draft"))
    if not desk.draft_id:
        return (operations.save_draft if keeps else operations.place_order), {}
    of = {"order_id": _order_of(desk.draft_id, request.actor).id, "version": desk.draft_version}
    return (operations.change_draft if keeps else operations.confirm_order), of


def _with_defaults(desk: desks.Desk, actor: scope.Actor) -> desks.Desk:
    """Fill in the account and place when there is only one to choose, and the person's own channel. A partner has a
    desk of its own alone: an agent sees its dealers' accounts, what they agreed and keep is theirs. Raises NotFound."""
    if actor.party_id:
        if desk.party_id not in (0, actor.party_id):
            raise errors.NotFound
        desk = dataclasses.replace(desk, party_id=actor.party_id)
    with scope.transaction(actor):
        accounts = partners.list_accounts(party_id=desk.party_id, actor=actor)
        places = partners.list_places(desk.party_id, actor)
    if desk.account_id not in {account.id for account in accounts}:
        desk = dataclasses.replace(desk, account_id=accounts[0].id if accounts else 0)
    if not desk.ship_to_id and places:
        desk = dataclasses.replace(desk, ship_to_id=places[0].id)
    return dataclasses.replace(desk, channel="portal") if actor.party_id else desk


def _as_last_time(desk: desks.Desk, actor: scope.Actor) -> desks.Desk:
    """The lines of the account's last order, beside what is on the desk already."""
    with scope.transaction(actor):
        last = queries.last_order_of(desk.account_id, actor=actor) if desk.account_id else None
        return desk if last is None else desks.with_order(desk, last)


def _as_before(desk: desks.Desk, order: str, actor: scope.Actor) -> desks.Desk:
    """The lines of an earlier order of the account. Raises NotFound for one not seen."""
    found = _order_of(order, actor)
    return desks.with_order(desk, found) if found.account_id == desk.account_id else desk


def _order_of(order_id: str, actor: scope.Actor) -> queries.OrderView:
    try:
        with scope.transaction(actor):
            return queries.get_order(uuid.UUID(order_id), actor=actor)
    except ValueError as error:
        raise errors.NotFound from error


def _desk_context(
    request,
    desk: desks.Desk,
    *,
    reasons=(),
    left: str | None = None,
    draft: queries.OrderView | None = None,
) -> dict[str, Any]:
    """Everything the desk shows. Quoting opens its own acting transaction, so this runs outside one."""
    wanted, unread = desks.request_of(desk)
    left = _left(request.POST) if left is None else left
    quote = None
    found: list[errors.Reason] = [*unread, *desks.waiting(left)]
    if wanted.lines and wanted.account_id and wanted.ship_to_id:
        try:
            quote = _quote(request, wanted)
            found += quote.reasons
        except errors.Refused as refusal:
            found += refusal.reasons
    known = {(one.code, one.line) for one in found}
    found += [reason for reason in reasons if (reason.code, reason.line) not in known]
    with scope.transaction(request.actor):
        return presenting.desk(request.actor, desk, quote, found, draft=draft, now=request.now) | {
            "channels": order_lists.CHANNELS,
            "left": left,
        }


def _quote(request, wanted):
    return operations.quote_order(request=wanted, actor=request.actor, now=request.now)


@pages.page("orders.order.view")
def order_detail(request, order_id) -> HttpResponse:
    """The order: lines, shipments with lots, returns, what happened. With a line named, how its price came about
    fills the drawer."""
    order = queries.get_order(order_id, actor=request.actor)
    asked = parsing.whole(request.GET.get("line")) if request.headers.get("HX-Request") else 0
    return _line_price(request, order, asked) if asked else _show_order(request, order)


def _show_order(request, order: queries.OrderView, *, reasons=(), code: int = 200) -> HttpResponse:
    again = {"party": order.party_id, "account": order.account_id, "again": order.id}
    today = periods.business_date(request.now)
    context = presenting.order(request.actor, order, today=today) | {
        "channel": order_lists.CHANNELS.get(order.channel),
        "again": f"{reverse('order_desk')}?{urlencode(again)}"
        if presenting.may_place(request.actor, order)
        else "",
        "reasons": reasons,
    }
    return pages.show(request, "orders/order.html", context, status=code)


def _line_price(request, order: queries.OrderView, no: int) -> HttpResponse:
    line = next((one for one in order.lines if one.no == no), None)
    if line is None:
        raise errors.NotFound
    quantity = formats.quantity(line.entered_quantity, line.unit)
    found = presenting.explanation(line.explanation, line.unit_price, quantity)
    context = {"line": line, "title": found["title"], "explanation": {"steps": found["steps"]}}
    return pages.show(request, "orders/line_price.html", context)


@pages.page("orders.order.view")
@pages.acts_on("order")
def order_step(request, order_id) -> HttpResponse:
    """Confirm, allocate anew, release, cancel, or take goods back, from the order's page; then it says so. A refusal
    stands on the page of the order."""
    step = request.POST.get("step")
    try:
        _perform(request, order_id, step)
    except (errors.NotFound, errors.Forbidden):
        raise
    except errors.Refused as refusal:
        with scope.transaction(request.actor):
            order = queries.get_order(order_id, actor=request.actor)
            return _show_order(request, order, reasons=refusal.reasons, code=refusal.status)
    said = {
        "confirm": _("The order is confirmed."),
        "release": _("The order is with the warehouse."),
        "reallocate": _("Stock is allocated anew: every line is set aside."),
        "withdraw": _(
            "The order is back from the warehouse. Allocate it anew, cancel it or release it again."
        ),
        "return": _("The return is entered."),
        "cancel": _("The order is cancelled."),
    }
    if step in said:
        notices.success(request, said[step])
    return redirect("order", order_id=order_id)


def _perform(request, order_id, step: str | None) -> None:
    version = parsing.whole(request.POST.get("version"))
    common = {"order_id": order_id, "version": version, "actor": request.actor, "now": request.now}
    if step == "confirm":
        operations.confirm_order(**common)
    elif step == "release":
        operations.release_order(**common)
    elif step == "withdraw":
        operations.withdraw_order(**common)
    elif step == "reallocate":
        operations.reallocate_order(**common)
    elif step == "return":
        _take_return(request, order_id)
    elif step == "cancel":
        operations.cancel_order(reason=request.POST.get("reason", "")[:200], **common)


def _take_return(request, order_id: uuid.UUID) -> None:
    """Goods of one of the order's shipments come back, once under the key of the form."""
    with scope.transaction(request.actor):
        shipments = {str(one.id): one for one in queries.shipments_of(order_id, actor=request.actor)}
    shipment = shipments.get(request.POST.get("shipment", ""))
    if shipment is None:
        raise errors.NotFound
    wanted = {line.no: request.POST.get(f"back_{line.no}", "").strip() for line in shipment.lines}
    typed = {no: text for no, text in wanted.items() if text not in ("", "0")}
    quantities = {no: parsing.number(text) for no, text in typed.items()}
    errors.raise_if_refused(
        errors.Reason("orders.quantity_not_a_number", no, {"text": typed[no][:20]})
        for no, quantity in quantities.items()
        if quantity is None
    )
    reason = request.POST.get("reason", "").strip()[:200]
    if not reason:
        raise errors.refuse("orders.return_needs_reason")
    pages.once(
        request,
        lambda: (
            operations.take_return(
                shipment_id=shipment.id,
                returned=[returning.Returned(no, quantity) for no, quantity in quantities.items()],
                reason=reason,
                actor=request.actor,
                now=request.now,
            ).number
        ),
    )
