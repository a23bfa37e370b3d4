"""First pages of partners and hospitals: their page, their catalogue, their deliveries, their dealers."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from qudao.kernel import manifest, periods, scope
from qudao.orders import lists, presenting
from qudao.orders import queries as orders
from qudao.partners import labels
from qudao.partners import queries as partners
from qudao.portal import documents, queries
from qudao.portal.module import DEALERS, OPEN
from qudao.ui import filters, formats, pages, parsing, tables, todos

PAPERS = 12


@require_safe
@pages.page(OPEN)
def home(request) -> HttpResponse:
    """What waits for the partner, what it may order in one press, and what every module knows of it."""
    actor = request.actor
    if not actor.party_id:
        return redirect("home")
    cards = [
        card
        for find in manifest.collect("tabs")
        for card in find(actor.party_id, actor=actor, now=request.now)
    ]
    context = {
        "party": partners.get_party_name(actor.party_id, actor),
        "todos": todos.waiting(actor=actor, now=request.now),
        "papers": [
            {"kind": labels.LICENCES.get(one.kind, one.kind), "licence": one}
            for one in partners.list_licences(
                actor.party_id, actor=actor, today=periods.business_date(request.now)
            )[:PAPERS]
        ],
        "accounts": presenting.accounts(actor.party_id, actor) if actor.can("orders.order.place") else [],
        "cards": sorted(cards, key=lambda card: card.order),
        "charts": any(card.charts for card in cards),
        "traces": actor.can("compliance.trace.view") and "compliance" in manifest.enabled_names(),
    }
    return pages.show(request, "portal/home.html", context)


@require_safe
@pages.page(OPEN, own_transaction=True)
def catalogue(request) -> HttpResponse:
    """The buyer's products at the buyer's prices; quantities go to the desk, the one intake there is."""
    actor = request.actor
    with scope.transaction(actor):
        accounts = presenting.accounts(actor.party_id, actor) if actor.party_id else []
    if not accounts:
        return pages.show(request, "portal/nothing.html", {})
    known = {account["id"] for account in accounts}
    asked = parsing.whole(request.GET.get("account"))
    account_id = asked if asked in known else accounts[0]["id"]
    text = request.GET.get("q", "").strip()[:60]
    found = queries.offers(
        account_id,
        text,
        cursor=request.GET.get(filters.CURSOR) or None,
        on=periods.business_date(request.now),
        actor=actor,
    )
    context = {
        "offers": found.rows,
        "account": found.account,
        # A product line is an order of its own: which one is shown, and where else to look.
        "line": next(one["line"] for one in accounts if one["id"] == account_id),
        "others": [
            {"line": one["line"], "query": urlencode({"account": one["id"]} | ({"q": text} if text else {}))}
            for one in accounts
            if one["id"] != account_id
        ],
        "filters": [
            filters.Text("q", _("Name, code or pinyin")),
            filters.Choice(
                "account",
                _("Product line"),
                [(str(one["id"]), one["line"]) for one in accounts],
                otherwise=str(account_id),
            ),
        ],
        "page": tables.Page(next=found.next, summary=_("By code")),
        "may_order": actor.can("orders.order.place"),
    }
    return pages.show(request, "portal/catalogue.html", context)


@require_safe
@pages.page(OPEN)
def deliveries(request) -> HttpResponse:
    """The partner's deliveries, when they left, are promised and were signed for; an agent's with who buys. Each has
    its papers."""
    actor, text = request.actor, request.GET.get("q", "").strip()[:40]
    today = periods.business_date(request.now)
    found = orders.list_shipments(
        orders.Filter(
            status=request.GET.get("status", ""),
            text=text,
            text_party_ids=lists.parties_named(text, actor),
            party_id=lists.own_only(request.GET, actor),
        ),
        actor=actor,
        cursor=request.GET.get(filters.CURSOR, ""),
    )
    places = partners.place_names([one.ship_to_id for one in found.rows], actor)
    buyers = {} if actor.alone else partners.party_names([one.receivers[0] for one in found.rows], actor)
    # An agent sees its dealers' deliveries, and signs for none of them.
    may_sign = actor.can("orders.shipment.sign")
    rows = [
        {
            "view": one,
            "place": places.get(one.ship_to_id, ""),
            "buyer": buyers.get(one.receivers[0], ""),
            "late": one.is_late(today),
            "may_sign": may_sign and one.status == "shipped" and actor.party_id in one.receivers,
            "sent": bool(one.shipped_at),
        }
        for one in found.rows
    ]
    context = {
        "rows": rows,
        "alone": actor.alone,
        "filters": [
            filters.Text("q", _("Delivery or order") if actor.alone else _("Delivery, order or partner")),
            filters.Toggle("status", "shipped", _("To sign for")),
            *lists.own_filters(actor),
        ],
        "page": tables.Page(next=found.next_cursor or None),
    }
    return pages.show(request, "portal/deliveries.html", context)


@require_safe
@pages.page(OPEN)
def certificates(request, shipment_id) -> HttpResponse:
    """The certificates of everything in a delivery, as one file."""
    shipment = orders.get_shipment(shipment_id, actor=request.actor)
    on = periods.business_date(request.now)
    content = documents.certificates(shipment, on=on, actor=request.actor)
    response = HttpResponse(content, content_type="application/pdf")
    name = f"{shipment.number}-certificates.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@require_safe
@pages.page(DEALERS)
def dealers(request) -> HttpResponse:
    """An agent's dealers in its own lines, with what they ordered this year and this month."""
    actor = request.actor
    if not actor.party_id:
        return redirect("home")
    today = periods.business_date(request.now)
    year = queries.dealers(since=dt.date(today.year, 1, 1), actor=actor)
    month = {one.account.id: one.total for one in queries.dealers(since=today.replace(day=1), actor=actor)}
    names = {one["id"]: one["line"] for one in presenting.accounts(actor.party_id, actor)}
    own = {one.id: one.line_id for one in partners.list_accounts(party_id=actor.party_id, actor=actor)}
    lines = {line_id: names.get(account_id, "") for account_id, line_id in own.items()}
    table = tables.Table(
        label=_("My dealers"),
        columns=[
            tables.Column(key="dealer", label=_("Dealer")),
            tables.Column(key="line", label=_("Product line")),
            tables.Column(key="tier", label=_("Tier"), kind="status", status="grade"),
            tables.Column(key="count", label=_("Orders this year"), kind="qty"),
            tables.Column(key="year", label=_("Amount this year"), kind="money"),
            tables.Column(key="month", label=_("Amount this month"), kind="money"),
            tables.Column(key="latest", label=_("Last order"), kind="day"),
        ],
        rows=[
            {
                "dealer": one.account.party_name,
                "url": f"{reverse('orders')}?account={one.account.id}",
                "line": lines.get(one.account.line_id, ""),
                "tier": one.account.tier,
                "count": one.total.count,
                "year": one.total.gross,
                "month": month[one.account.id].gross,
                "latest": one.total.latest_on,
            }
            for one in year
        ],
        sums={
            "count": sum(one.total.count for one in year),
            "year": sum(one.total.gross for one in year),
            "month": sum(month[one.account.id].gross for one in year),
        }
        if year
        else {},
        sums_label=formats.in_all(
            ngettext("%(count)s account", "%(count)s accounts", len(year)) % {"count": len(year)}
        ),
        empty=tables.Empty(title=_("No dealers yet"), hint=_("Dealers under your accounts appear here.")),
    )
    return pages.show(request, "portal/dealers.html", {"table": table})
