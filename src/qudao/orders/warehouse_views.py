"""Pages of the warehouse: the queue, a shipment with its scanner field, documents."""

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.inventory import queries as inventory
from qudao.kernel import errors, scope
from qudao.orders import desk, documents, operations, presenting, queries, scanning
from qudao.orders.operations import signing
from qudao.partners import queries as partners
from qudao.ui import filters, pages, status, tables

MOST_SCANS = 2000
QUEUE = ("to_pick", "picked", "reviewed", "shipped", "signed", "signed_with_difference")


@pages.page("orders.shipment.view")
def queue(request) -> HttpResponse:
    """Shipments waiting, newest first; the chips are the stages of the work."""
    chosen = request.GET.get("status", "")
    wanted = queries.Filter(text=request.GET.get("q", "").strip(), status=chosen)
    found = queries.list_shipments(wanted, actor=request.actor, cursor=request.GET.get("cursor", ""))
    sites = inventory.site_names([row.site_id for row in found.rows], actor=request.actor)
    places = partners.place_names([row.ship_to_id for row in found.rows], request.actor)
    table = tables.Table(
        label=_("Shipments"),
        columns=[
            tables.Column(key="number", label=_("Shipment")),
            tables.Column(key="status", label=_("State"), kind="status", status="shipment"),
            tables.Column(key="site", label=_("Warehouse")),
            tables.Column(key="place", label=_("Deliver to")),
            tables.Column(key="at", label=_("Since"), kind="moment"),
        ],
        rows=[
            {
                "number": row.number,
                "url": reverse("shipment", args=[row.id]),
                "status": row.status,
                "site": sites.get(row.site_id, ""),
                "place": places.get(row.ship_to_id, ""),
                "at": row.created_at,
            }
            for row in found.rows
        ],
        empty=tables.Empty(
            title=_("Nothing is waiting"), hint=_("Orders released to the warehouse appear here.")
        ),
        page=tables.Page(next=found.next_cursor or None),
    )
    shown = [
        filters.Text("q", _("Shipment number")),
        filters.Choice("status", _("State"), [(name, status.show("shipment", name).label) for name in QUEUE]),
    ]
    return pages.show(request, "orders/queue.html", {"table": table, "filters": shown})


@pages.page("orders.shipment.view")
def shipment(request, shipment_id) -> HttpResponse:
    """One shipment: scan to pick or review, ship, sign for."""
    return _show(request, shipment_id)


def _show(request, shipment_id, *, reasons=(), scans: str = "", code: int = 200) -> HttpResponse:
    with scope.transaction(request.actor):
        view = queries.get_shipment(shipment_id, actor=request.actor)
        context = presenting.shipment(request.actor, view) | {"reasons": reasons, "scans": scans}
        return pages.show(request, "orders/shipment.html", context, status=code)


@pages.page("orders.shipment.view")
def shipment_step(request, shipment_id) -> HttpResponse:
    """Pick, review, ship or sign for; a refusal shows the page again with what was scanned."""
    typed = request.POST.get("scans", "")
    scans = [scanning.Scan(code) for code in desk.rows_of(typed)[:MOST_SCANS]]
    common = {
        "shipment_id": shipment_id,
        "version": desk.whole(request.POST.get("version")),
        "actor": request.actor,
        "now": request.now,
    }
    try:
        match request.POST.get("step"):
            case "pick":
                operations.pick_shipment(scans=scans, **common)
            case "review":
                operations.review_shipment(scans=scans, **common)
            case "ship":
                operations.ship_shipment(**common)
            case "sign":
                operations.sign_for(arrived=_arrived(request), **common)
    except errors.Refused as refusal:
        return _show(request, shipment_id, reasons=refusal.reasons, scans=typed, code=refusal.status)
    return redirect("shipment", shipment_id=shipment_id)


def _arrived(request) -> list[signing.Arrived]:
    """Differences as typed: short_<no> and damaged_<no>; the rest counts as signed."""
    with scope.transaction(request.actor):
        view = queries.get_shipment(request.resolver_match.kwargs["shipment_id"], actor=request.actor)
    found = []
    for line in view.lines:
        short = desk.number(request.POST.get(f"short_{line.no}") or "0") or Decimal(0)
        damaged = desk.number(request.POST.get(f"damaged_{line.no}") or "0") or Decimal(0)
        found.append(signing.Arrived(line.no, line.shipped - short - damaged, short, damaged))
    return found


@pages.page("orders.shipment.view")
def delivery_note(request, shipment_id) -> HttpResponse:
    view = queries.get_shipment(shipment_id, actor=request.actor)
    return _pdf(documents.delivery_note(view, actor=request.actor), view.number)


@pages.page("orders.shipment.view")
def review_record(request, shipment_id) -> HttpResponse:
    view = queries.get_shipment(shipment_id, actor=request.actor)
    return _pdf(documents.review_record(view, actor=request.actor), f"{view.number}-review")


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
