"""Pages that move stock: transfers between warehouses, counts, the inspection of what they brought."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.inventory import goods_pages, operations, origins, queries, words
from qudao.kernel import errors, scope
from qudao.organisation import queries_people
from qudao.ui import filters, formats, listing, pages, parsing, status, tables


@pages.house_page("inventory.stock.view")
def transfers(request) -> HttpResponseBase:
    """Transfers, newest first."""
    state, site_id = request.GET.get("status", ""), parsing.whole(request.GET.get("site"))
    sites = {one.id: one.name for one in queries.list_sites(request.actor)}

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        chosen = (site_id,) if site_id else None
        found, following = queries.list_transfers(
            request.actor, status=state, site_ids=chosen, cursor=cursor, limit=limit
        )
        sent = queries.sent_by_transfers([one.id for one in found], request.actor)
        return listing.Slice([_transfer_row(one, sites, sent.get(one.id)) for one in found], following)

    described = listing.Listing(
        name="transfers",
        title=_("Transfers"),
        crumbs=[{"title": _("Stock"), "url": reverse("stock")}, {"title": _("Transfers")}],
        columns=[
            tables.Column(key="number", label=_("Transfer")),
            tables.Column(key="state", label=_("State"), kind="status", status="transfer"),
            tables.Column(key="from", label=_("From warehouse")),
            tables.Column(key="to", label=_("To warehouse")),
            tables.Column(key="goods", label=_("Goods")),
            tables.Column(key="quantity", label=_("Quantity"), figure=True),
            tables.Column(key="sent", label=_("Sent"), kind="moment"),
            tables.Column(key="received", label=_("Received"), kind="moment"),
        ],
        filters=[
            filters.Choice(
                "status",
                _("State"),
                [(one, status.show("transfer", one).label) for one in ("sent", "received")],
            ),
            filters.Choice("site", _("To warehouse"), [(str(pk), name) for pk, name in sites.items()]),
        ],
        fetch=fetch,
        empty=tables.Empty(
            title=_("No transfers"),
            hint=_("Goods sent from one warehouse to another appear here."),
            icon="arrows-exchange",
        ),
        order=_("Newest first"),
    )
    actions = []
    if request.actor.can("inventory.stock.move"):
        url = reverse("transfer_new")
        actions.append(listing.Action(label=_("New transfer"), url=url, icon="plus", primary=True))
    return listing.respond(request, described, actions=actions)


def _transfer_row(
    one: queries.TransferView, sites: dict[int, str], sent: queries.Sent | None
) -> dict[str, Any]:
    """`sent` is what it sent: the first product stands for all."""
    return {
        "goods": _goods(sent) if sent else "",
        "quantity": formats.quantity(sent.quantity, sent.unit) if sent else "",
        "number": one.number,
        "url": reverse("transfer", args=[one.id]),
        "state": one.status,
        "from": sites.get(one.from_site_id, ""),
        "to": sites.get(one.to_site_id, ""),
        "sent": one.created_at,
        "received": one.received_at,
    }


def _goods(sent: queries.Sent) -> str:
    first = f"{sent.item_name} {sent.specification}"
    if sent.lines < 2:
        return first
    counts = {"lines": formats.quantity(sent.lines), "more": formats.quantity(sent.lines - 1)}
    return _("%(first)s and %(more)s more") % {"first": first, **counts}


@pages.house_page("inventory.stock.move")
def transfer_new(request) -> HttpResponse:
    """Choose a warehouse, what leaves it and where it goes."""
    if request.method == "POST":

        def perform() -> str:
            portions = [
                operations.Portion(balance_id, quantity)
                for balance_id, quantity in goods_pages.typed(request, "quantity").items()
                if quantity
            ]
            to = parsing.whole(request.POST.get("to"))
            found = operations.send_transfer(
                to_site_id=to, portions=portions, actor=request.actor, now=request.now
            )
            return str(found.id)

        try:
            return redirect("transfer", transfer_id=pages.once(request, perform))
        except errors.Refused as refusal:
            return goods_pages.show(request, "inventory/transfer_new.html", ("good",), refusal, sending=True)
    return goods_pages.show(request, "inventory/transfer_new.html", ("good",), sending=True)


@pages.house_page("inventory.stock.view")
def transfer(request, transfer_id) -> HttpResponse:
    """A transfer: what is on the road; the receiving warehouse takes it in here."""
    if request.method == "POST":

        def perform() -> str:
            received = goods_pages.typed(request, "received")
            operations.receive_transfer(
                transfer_id=transfer_id, received=received or None, actor=request.actor, now=request.now
            )
            return str(transfer_id)

        try:
            pages.once(request, perform)
        except errors.Refused as refusal:
            return _show_transfer(request, transfer_id, refusal)
        return redirect("transfer", transfer_id=transfer_id)
    return _show_transfer(request, transfer_id)


def _show_transfer(request, transfer_id, refusal: errors.Refused | None = None) -> HttpResponse:
    actor = request.actor
    with scope.transaction(actor):
        view, moves = queries.get_transfer(transfer_id, actor)
        sent = [one for one in moves if one.kind == "transfer"]
        lost = {one.origin_line: one.quantity for one in moves if one.kind == "lose"}
        lots = queries.lot_names({one.lot_id for one in sent}, actor)
        serials = queries.serial_codes({one.serial_id for one in sent}, actor)
        sites = queries.site_names([view.from_site_id, view.to_site_id], actor=actor)
        names = queries_people.names_of([view.sent_by, view.received_by])
        context = {
            "transfer": view,
            "crumbs": [
                {"title": _("Stock"), "url": reverse("stock")},
                {"title": _("Transfers"), "url": reverse("transfers")},
                {"title": view.number},
            ],
            "lines": [
                {
                    "no": one.origin_line,
                    "lot_id": one.lot_id,
                    "lot": lots[one.lot_id][0],
                    "item": lots[one.lot_id][1],
                    "specification": lots[one.lot_id][2],
                    "unit": lots[one.lot_id][3],
                    "code": lots[one.lot_id][4],
                    "serial": serials.get(one.serial_id or 0, ""),
                    "sent": one.quantity,
                    "lost": lost.get(one.origin_line, Decimal(0)),
                    "typed": request.POST.get(f"received_{one.origin_line}"),
                }
                for one in sent
            ],
            "from": sites.get(view.from_site_id, ""),
            "to": sites.get(view.to_site_id, ""),
            "sent_by": names.get(view.sent_by, view.sent_by),
            "received_by": names.get(view.received_by, view.received_by),
            "may_receive": view.status == "sent" and actor.can("inventory.stock.move"),
            "reasons": refusal.reasons if refusal else (),
        }
        code = refusal.status if refusal else 200
        return pages.show(request, "inventory/transfer.html", context, status=code)


@pages.house_page("inventory.stock.adjust")
def count(request) -> HttpResponse:
    """Count what lies at a warehouse; what differs from the books is booked with a reason."""
    zones = ("good", "pending", "bad", "returned", "held")
    if request.method == "POST":

        def perform() -> int:
            expected = goods_pages.typed(request, "expected")
            lines = [
                operations.CountLine(balance_id, expected.get(balance_id, Decimal(0)), counted)
                for balance_id, counted in goods_pages.typed(request, "counted").items()
            ]
            reason = request.POST.get("reason", "").strip()[:200]
            return len(
                operations.adjust_stock(lines=lines, reason=reason, actor=request.actor, now=request.now)
            )

        try:
            done = pages.once(request, perform)
        except errors.Refused as refusal:
            return goods_pages.show(request, "inventory/count.html", zones, refusal)
        site = parsing.whole(request.POST.get("site"))
        return redirect(f"{reverse('stock_count')}?site={site}&booked={done}")
    booked = request.GET.get("booked")
    return goods_pages.show(
        request, "inventory/count.html", zones, booked=parsing.whole(booked) if booked else None
    )


@pages.house_page("inventory.stock.inspect")
def inspect(request) -> HttpResponse:
    """Goods of transfers and counts that await quality's verdict; those of deliveries are judged on their receipt."""
    if request.method == "POST":

        def perform() -> int:
            rejected = goods_pages.typed(request, "rejected")
            judged = [
                operations.Judgement(
                    balance_id,
                    quantity - rejected.get(balance_id, Decimal(0)),
                    rejected.get(balance_id, Decimal(0)),
                    request.POST.get(f"reason_{balance_id}", "").strip()[:200],
                )
                for balance_id, quantity in goods_pages.typed(request, "waiting").items()
                if balance_id in rejected or request.POST.get(f"judge_{balance_id}")
            ]
            return len(operations.inspect_stock(judgements=judged, actor=request.actor, now=request.now))

        try:
            pages.once(request, perform)
        except errors.Refused as refusal:
            return _show_unjudged(request, refusal)
        return redirect("stock_inspect")
    return _show_unjudged(request)


def _sources(
    found: list[queries.Goods], actor: scope.Actor
) -> dict[int, list[tuple[str, tuple[str, str] | None, str]]]:
    """What brought the goods of a balance, the document of it as far as the actor sees it, and what was wrong with
    them by that document."""
    brought = queries.brought(found, actor)
    came = {(one.origin_type, one.origin_id) for one in brought}
    documents, wrong = origins.documents(came, actor), origins.conditions(came, actor)
    sources: dict[int, list] = {}
    for one in brought:
        origin = (one.origin_type, one.origin_id)
        said = (words.arrival(one.kind, one.origin_type), documents.get(origin), wrong.get(origin, ""))
        of = sources.setdefault(one.balance_id, [])
        if said not in of:
            of.append(said)
    return sources


def _show_unjudged(request, refusal: errors.Refused | None = None) -> HttpResponse:
    site_id = parsing.whole(request.GET.get("site"))
    with scope.transaction(request.actor):
        found = queries.unjudged(request.actor, site_ids=(site_id,) if site_id else None)
        sources = _sources(found, request.actor)
    context = {
        "crumbs": [
            {"title": _("Warehouse"), "url": reverse("warehouse")},
            {"title": _("Inspect transfers, counts and returns")},
        ],
        "goods": [
            {
                "goods": one,
                "sources": sources.get(one.balance_id, ()),
                "rejected": request.POST.get(f"rejected_{one.balance_id}", ""),
                "reason": request.POST.get(f"reason_{one.balance_id}", ""),
                "judge": bool(request.POST.get(f"judge_{one.balance_id}")),
            }
            for one in found
        ],
        "reasons": refusal.reasons if refusal else (),
    }
    return pages.show(request, "inventory/inspect.html", context, status=refusal.status if refusal else 200)
