"""Pages of purchases: the list, a new one, one with what came of it so far."""

import datetime as dt
import unicodedata
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qudao.catalog import queries as catalog
from qudao.inventory import queries as inventory
from qudao.kernel import errors, periods, scope, units
from qudao.organisation import queries_journal, queries_people
from qudao.partners import queries as partners
from qudao.supply import documents, operations, queries
from qudao.ui import filters, listing, pages, parsing, status, tables

STATES = ("ordered", "receiving", "received")
MOST_LINES = 500


@pages.house_page("supply.purchase.view")
def purchases(request) -> HttpResponseBase:
    """Purchase orders, newest first."""
    actor, query = request.actor, request.GET
    site_id, state = parsing.whole(query.get("site")), query.get("status", "")
    sites = {one.id: one.name for one in inventory.list_sites(actor)}
    statuses = ("ordered", "receiving") if state == "open" else (state,) if state in STATES else None
    prices, text = queries.sees_prices(actor), query.get("q", "").strip()[:80]
    named = partners.search_parties(text, actor=actor, limit=50) if text else ()
    wanted: dict[str, Any] = {
        "text": text,
        "supplier_ids": [one.id for one in named],
        "site_ids": (site_id,) if site_id else None,
        "statuses": statuses,
    }

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_purchases(actor, **wanted, cursor=cursor, limit=limit)
        return listing.Slice(_rows(found.rows, sites, actor, periods.business_date(request.now)), found.next)

    def sums() -> tuple[dict, str]:
        count, gross = queries.total_purchases(actor, **wanted)
        said = ngettext("%(count)s purchase", "%(count)s purchases", count) % {"count": count}
        return {"gross": gross} if prices else {}, said

    described = listing.Listing(
        name="purchases",
        title=_("Purchases"),
        columns=[
            tables.Column(key="number", label=_("Purchase order")),
            tables.Column(key="status", label=_("State"), kind="status", status="purchase"),
            tables.Column(key="supplier", label=pgettext("role", "Supplier")),
            tables.Column(key="site", label=_("Warehouse")),
            tables.Column(key="ordered", label=_("Ordered"), kind="day"),
            tables.Column(key="expected", label=_("Expected"), kind="day"),
            *([tables.Column(key="gross", label=_("Amount"), kind="money")] if prices else []),
        ],
        filters=[
            filters.Text("q", _("Number or supplier")),
            filters.Choice(
                "status",
                _("State"),
                [("open", _("Still to come"))]
                + [(one, status.show("purchase", one).label) for one in STATES],
            ),
            filters.Choice("site", _("Warehouse"), [(str(pk), name) for pk, name in sites.items()]),
        ],
        fetch=fetch,
        sums=sums,
        empty=tables.Empty(title=_("No purchases"), hint=_("Goods are received against a purchase order.")),
        order=_("Last ordered first"),
    )
    actions = []
    if actor.can("supply.purchase.manage"):
        url = reverse("purchase_new")
        actions.append(listing.Action(label=_("New purchase"), url=url, icon="plus", primary=True))
    return listing.respond(request, described, actions=actions)


def _rows(found, sites: dict[int, str], actor: scope.Actor, today: dt.date) -> list[dict[str, Any]]:
    names = partners.party_names([one.supplier_id for one in found], actor)
    return [
        {
            "number": one.number,
            "url": reverse("purchase", args=[one.id]),
            "status": one.status,
            "supplier": names.get(one.supplier_id, ""),
            "site": sites.get(one.site_id, ""),
            "ordered": one.ordered_on,
            "expected": one.expected_on,
            "expected_tone": "bad" if _late(one, today) else "",
            "gross": one.gross,
        }
        for one in found
    ]


def _late(one: queries.PurchaseView, today: dt.date) -> bool:
    return one.status != "received" and one.expected_on is not None and one.expected_on < today


@pages.house_page("supply.purchase.view")
def purchase(request, purchase_id) -> HttpResponse:
    """A purchase with what was received so far, and its receipts."""
    actor = request.actor
    view = queries.get_purchase(purchase_id, actor)
    receipts = queries.list_receipts(actor, purchase_id=purchase_id).rows
    names = queries_people.names_of({one.received_by for one in receipts})
    subjects = [f"supply.purchase:{purchase_id}", *(f"supply.receipt:{one.id}" for one in receipts)]
    context = {
        "purchase": view,
        "crumbs": [{"title": _("Purchases"), "url": reverse("purchases")}, {"title": view.number}],
        "supplier": partners.party_names([view.supplier_id], actor).get(view.supplier_id, ""),
        "site": inventory.get_site(view.site_id, actor),
        "late": _late(view, periods.business_date(request.now)),
        "lines": [{"line": one, "part": one.received / one.quantity} for one in view.lines],
        "receipts": [(one, names.get(one.received_by, one.received_by)) for one in receipts],
        "prices": queries.sees_prices(actor),
        "may_receive": view.status in ("ordered", "receiving") and actor.can("supply.receipt.manage"),
        "timeline": queries_journal.timeline(*subjects, actor=actor),
    }
    return pages.show(request, "supply/purchase.html", context)


@pages.house_page("supply.purchase.view")
def purchase_order(request, purchase_id) -> HttpResponse:
    """The purchase as the paper that goes to the supplier."""
    view = queries.get_purchase(purchase_id, request.actor)
    content = documents.purchase_order(view, actor=request.actor)
    name = quote(f"{view.number}-{pgettext('paper', 'Purchase order')}")
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{name}.pdf"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@pages.house_page("supply.purchase.manage")
def purchase_new(request) -> HttpResponse:
    """Order from a supplier: lines are typed or pasted, a product a row."""
    if request.method != "POST":
        return _show_new(request)
    try:
        return redirect("purchase", purchase_id=pages.once(request, lambda: _place(request)))
    except errors.Refused as refusal:
        return _show_new(request, reasons=refusal.reasons, code=refusal.status)


def _place(request) -> str:
    site = inventory.get_site(parsing.whole(request.POST.get("site")), request.actor)
    wanted = operations.PurchaseRequest(
        entity_id=site.entity_id,
        supplier_id=parsing.whole(request.POST.get("supplier")),
        site_id=site.id,
        lines=_lines(request.POST.get("lines", ""), site.entity_id, periods.business_date(request.now)),
        expected_on=parsing.day(request.POST.get("expected")),
    )
    return str(operations.place_purchase(request=wanted, actor=request.actor, now=request.now).id)


def _lines(text: str, entity_id: int, on: dt.date) -> tuple[operations.PurchaseItem, ...]:
    """Rows of code, quantity, unit and price, by tab, comma or blanks; a unit as it is kept or in English. Raises
    Refused naming every bad row."""
    plain = unicodedata.normalize("NFKC", text).replace("\r", "")
    rows = [row.replace(",", "\t").split("\t") for row in plain.split("\n") if row.strip()]
    cells = [[one.strip() for one in (row if len(row) > 1 else row[0].split())] for row in rows]
    if len(cells) > MOST_LINES:
        raise errors.refuse("supply.too_many_lines", most=MOST_LINES)
    items = catalog.items_by_code({row[0] for row in cells}, on=on, entity_id=entity_id)
    known: dict[int, set[str]] = {item.id: {item.base_unit} for item in items.values()}
    for item_id, unit in catalog.units(known):
        known[item_id].add(unit)
    found, reasons = [], []
    for no, row in enumerate(cells, 1):
        item = items.get(row[0])
        quantity = parsing.number(row[1]) if len(row) > 1 else None
        price = parsing.number(row[-1]) if len(row) > 2 else None
        if item is None or quantity is None or price is None:
            reasons.append(errors.Reason("supply.row_not_understood", no, {"text": " ".join(row)[:60]}))
            continue
        unit = units.meant(row[2], known[item.id]) if len(row) > 3 else item.base_unit
        found.append(operations.PurchaseItem(item.id, quantity, unit, price))
    errors.raise_if_refused(reasons)
    return tuple(found)


def _show_new(request, *, reasons=(), code: int = 200) -> HttpResponse:
    with scope.transaction(request.actor):
        suppliers = partners.list_parties(
            partners.PartyFilter(role="supplier"), actor=request.actor, limit=200
        ).rows
        context = {
            "suppliers": [(one.id, one.name) for one in suppliers],
            "sites": [(one.id, one.name) for one in inventory.list_sites(request.actor)],
            "typed": request.POST,
            "supplier": parsing.whole(request.POST.get("supplier")),
            "site": parsing.whole(request.POST.get("site")),
            "crumbs": [{"title": _("Purchases"), "url": reverse("purchases")}, {"title": _("New purchase")}],
            "reasons": reasons,
        }
        return pages.show(request, "supply/new.html", context, status=code)
