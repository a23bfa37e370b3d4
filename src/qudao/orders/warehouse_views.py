"""Pages of shipments and returns: the list, a shipment, shipping, signing, differences, papers."""

import datetime as dt
from decimal import Decimal
from urllib.parse import quote

from django.contrib import messages as notices
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qudao.inventory import queries as inventory
from qudao.kernel import errors, periods, scope
from qudao.orders import documents, lists, operations, queries, queries_warehouse, shipment_pages
from qudao.orders.rules import differences, progress
from qudao.partners import queries as partners
from qudao.ui import filters, listing, pages, parsing, status, tables

STATES = (
    *("to_pick", "picked", "reviewed", "shipped"),
    *("signed", "signed_with_difference", "withdrawn"),
)


@pages.page("orders.shipment.view")
def shipments(request) -> HttpResponseBase:
    """Shipments, released last first: ours by state and site, a partner's own deliveries."""
    actor, query = request.actor, request.GET
    unsettled = actor.house and bool(query.get("unsettled"))
    off_shelf = actor.house and bool(query.get("off_shelf"))
    state = "withdrawn" if off_shelf else query.get("status", "")
    columns = _unsettled_columns() if unsettled else _columns(actor.house, status=state)
    text = query.get("q", "").strip()[:80]
    sort = listing.sort_of(query, columns, "-at")
    field = _SORTS[sort.removeprefix("-")]
    wanted = queries.Filter(
        text=text,
        text_party_ids=lists.parties_named(text, actor),
        status=state,
        site_id=parsing.whole(query.get("site")),
        party_id=lists.own_only(query, actor),
        unsettled=unsettled,
        off_shelf=off_shelf,
        sort=f"-{field}" if sort.startswith("-") else field,
    )
    sites = {site.id: site.name for site in inventory.list_sites(actor)} if actor.house else {}

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_shipments(wanted, actor=actor, cursor=cursor or "", limit=limit)
        rows = _rows(found.rows, sites, actor, queue=wanted.status, today=periods.business_date(request.now))
        if unsettled:
            rows = _with_differences(rows, found.rows, actor)
        return listing.Slice(rows, found.next_cursor)

    shown: list[filters.Filter] = [
        filters.Text("q", _("Delivery or order") if actor.alone else _("Shipment, order or partner")),
        filters.Choice("status", _("State"), [(name, shipment_pages.state_label(name)) for name in STATES]),
    ]
    shown += lists.own_filters(actor)
    if sites:
        shown.append(filters.Toggle("unsettled", "1", _("Differences to settle")))
        shown.append(filters.Toggle("off_shelf", "1", _("To put back on the shelf")))
        shown.append(filters.Choice("site", _("Warehouse"), [(str(pk), name) for pk, name in sites.items()]))
    described = listing.Listing(
        name="shipments",
        title=shipment_pages.listed_as(actor),
        columns=columns,
        filters=shown,
        fetch=fetch,
        empty=tables.Empty(
            title=_("Nothing is waiting"), hint=_("Orders released to the warehouse appear here.")
        ),
        order=_("Last released first") if actor.house else _("Latest first"),
    )
    return listing.respond(request, described)


# column → field
_SORTS = {"wanted": "promised_on", "at": "created_at", "signed": "signed_at"}


def _columns(house: bool, *, status: str = "") -> list[tables.Column]:
    """Our own people ask what is to be done and where; a buyer asks when it arrives. What is all still in the
    warehouse has no carrier yet."""
    wanted = tables.Column(key="wanted", label=_("Promised for"), kind="day", sortable=True)
    if house:
        more = [
            tables.Column(key="site", label=_("Warehouse")),
            wanted,
            tables.Column(key="at", label=_("Released at"), kind="moment", sortable=True),
        ]
    else:
        more = [
            tables.Column(key="shipped", label=pgettext("delivery", "Shipped at"), kind="moment"),
            wanted,
            tables.Column(key="signed", label=pgettext("delivery", "Signed at"), kind="moment"),
        ]
    if status not in progress.IN_THE_HOUSE and status != "withdrawn":
        more.append(
            tables.Column(key="carrier", label=_("Carrier"), sub="tracking", sub_label=_("Waybill number"))
        )
    return [
        tables.Column(
            key="number",
            label=_("Shipment") if house else pgettext("portal", "Delivery"),
            sub="order",
            sub_label=_("Order"),
        ),
        tables.Column(key="status", label=_("State"), kind="status", status="shipment"),
        tables.Column(key="party", label=_("Buyer"), sub="place", sub_label=_("Deliver to"), whose="seen"),
        *more,
    ]


def _unsettled_columns() -> list[tables.Column]:
    """Of deliveries that arrived differently: whose they are and what is missing."""
    number, state, buyer, site, *_others = _columns(house=True)
    return [
        number,
        buyer,
        tables.Column(key="missing", label=_("Short, damaged or refused"), wrap=True),
        state,
        tables.Column(key="signed", label=pgettext("delivery", "Signed at"), kind="moment", sortable=True),
        site,
    ]


def _with_differences(rows: list[dict], found, actor: scope.Actor) -> list[dict]:
    lines = queries_warehouse.open_differences([one.id for one in found], actor=actor)
    return [
        row | {"missing": [shipment_pages.difference_words(line) for line in lines.get(one.id, ())]}
        for row, one in zip(rows, found, strict=True)
    ]


def _rows(found, sites: dict[int, str], actor: scope.Actor, *, queue: str, today: dt.date) -> list[dict]:
    """`queue`: the state all of them are in, whose work is then a click away for who may do it."""
    page = "shipment_scan" if shipment_pages.scans(actor, queue) else "shipment"
    places = partners.place_names([row.ship_to_id for row in found], actor)
    names = partners.party_names([row.receivers[0] for row in found], actor) if not actor.alone else {}
    return [
        {
            "number": row.number,
            "url": reverse(page, args=[row.id]),
            "order": row.order_number,
            "party": names.get(row.receivers[0], ""),
            "status": row.state,
            "site": sites.get(row.site_id, ""),
            "place": places.get(row.ship_to_id, ""),
            "wanted": row.promised_on,
            "wanted_tone": "bad" if row.is_late(today) else "",
            "at": row.created_at,
            "shipped": row.shipped_at,
            "signed": row.signed_at,
            "carrier": row.carrier or (_("Own vehicle") if row.shipped_at else ""),
            "tracking": row.tracking,
        }
        for row in found
    ]


@pages.page("orders.shipment.view")
def shipment(request, shipment_id) -> HttpResponse:
    """One shipment: what is in it, where it stands, the next step."""
    return _show(request, shipment_id)


def _show(request, shipment_id, *, reasons=(), code: int = 200) -> HttpResponse:
    with scope.transaction(request.actor):
        view = queries.get_shipment(shipment_id, actor=request.actor)
        context = shipment_pages.detail(request.actor, view, request.POST)
        late = view.signed_at is None and context["order"].is_late(periods.business_date(request.now))
        context |= {"reasons": reasons, "typed": request.POST, "late": late}
        return pages.show(request, "orders/shipment.html", context, status=code)


@pages.page("orders.shipment.view")
@pages.acts_on("shipment")
def shipment_step(request, shipment_id) -> HttpResponse:
    """Hand over to the carrier, close differences, or put back what was withdrawn, then say so; a refusal shows the
    page again with what was typed."""
    step = request.POST.get("step")

    def perform() -> tuple[str, bool]:
        common = {"shipment_id": shipment_id, "actor": request.actor, "now": request.now}
        version = parsing.whole(request.POST.get("version"))
        if step == "resolve":
            done = operations.resolve_differences(settlements=_settlements(request, shipment_id), **common)
        elif step == "put_back":
            done = operations.put_back_shipment(version=version, **common)
        else:
            done = operations.ship_shipment(
                version=version,
                carrier=request.POST.get("carrier", ""),
                tracking=request.POST.get("tracking", ""),
                **common,
            )
        return done.number, done.unsettled

    try:
        number, unsettled = pages.once(request, perform)
    except errors.Refused as refusal:
        return _show(request, shipment_id, reasons=refusal.reasons, code=refusal.status)
    said = _("%(number)s has left the warehouse.")
    if step == "put_back":
        said = _("%(number)s: the goods are back on the shelf.")
    if step == "resolve":
        said = _("%(number)s: the difference is settled.")
        if unsettled:
            said = _("%(number)s: settled where you gave a reason; the other differences wait.")
    notices.success(request, said % {"number": number})
    return redirect("shipment", shipment_id=shipment_id)


def _settlements(request, shipment_id) -> list[differences.Settlement]:
    """What was typed of the lines on the form: back_<no>, lost_<no>, reason_<no>. A line is meant when it has a
    reason or other quantities than were proposed; where none is, all are, and the operation asks for reasons."""
    view = queries.get_shipment(shipment_id, actor=request.actor)
    found = [line for line in view.lines if f"reason_{line.no}" in request.POST]
    meant = [line for line in found if shipment_pages.touched(line, request.POST)]
    return [
        differences.Settlement(
            line.no,
            amount(request, f"back_{line.no}", line=line.no),
            amount(request, f"lost_{line.no}", line=line.no),
            request.POST.get(f"reason_{line.no}", "").strip()[:200],
        )
        for line in meant or found
    ]


def amount(request, name: str, *, line: int | None = None) -> Decimal:
    """A typed quantity, nothing typed is none. Raises Refused for what is no number, of `line`."""
    text = request.POST.get(name, "").strip()
    found = parsing.number(text) if text else Decimal(0)
    if found is None:
        raise errors.refuse("orders.quantity_not_a_number", line=line, text=text)
    return found


@pages.house_page("orders.return.inspect")
def returns(request) -> HttpResponse:
    """Returned goods that await quality's verdict, and those that have it."""
    return _show_returns(request)


def _show_returns(request, *, reasons=(), code: int = 200) -> HttpResponse:
    with scope.transaction(request.actor):
        state = request.GET.get("status", "received")
        site_id = parsing.whole(request.GET.get("site"))
        found = queries_warehouse.list_returns(actor=request.actor, status=state, site_id=site_id)
        names = partners.party_names([one.party_id for one in found], request.actor)
        states = [(name, status.show("return", name).label) for name in ("received", "inspected")]
        context = {
            "crumbs": [
                {"title": _("Shipments"), "url": reverse("shipments"), "rail": True},
                {"title": _("Returns")},
            ],
            "returns": [(one, names.get(one.party_id, "")) for one in found],
            "waiting": any(one.view.status == "received" for one in found),
            "reasons": reasons,
            "filters": [filters.Choice("status", _("State"), states)],
            "empty": tables.Empty(
                title=_("Nothing came back"), hint=_("Returned goods wait here for quality's verdict.")
            ),
        }
        return pages.show(request, "orders/returns.html", context, status=code)


@pages.house_page("orders.return.inspect")
@pages.acts_on("returns")
def return_step(request, return_id) -> HttpResponse:
    """Quality's verdict on a return."""

    def perform() -> str:
        found = operations.inspect_return(
            return_id=return_id,
            version=parsing.whole(request.POST.get("version")),
            good=request.POST.get("verdict") == "good",
            actor=request.actor,
            now=request.now,
        )
        return str(found.id)

    try:
        pages.once(request, perform)
    except errors.Refused as refusal:
        return _show_returns(request, reasons=refusal.reasons, code=refusal.status)
    return redirect("returns")


@pages.page("orders.shipment.view")
def delivery_note(request, shipment_id) -> HttpResponse:
    view = _standing(request, shipment_id)
    return _pdf(documents.delivery_note(view, actor=request.actor), f"{view.number}-{_('Delivery note')}")


@pages.page("orders.shipment.view")
def review_record(request, shipment_id) -> HttpResponse:
    view = _standing(request, shipment_id)
    return _pdf(documents.review_record(view, actor=request.actor), f"{view.number}-{_('Review record')}")


def _standing(request, shipment_id) -> queries.ShipmentView:
    """Raises NotFound for a shipment that was withdrawn: nothing is sent with its papers."""
    view = queries.get_shipment(shipment_id, actor=request.actor)
    if view.status == "withdrawn":
        raise errors.NotFound
    return view


def _pdf(content: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f"inline; filename*=UTF-8''{quote(name)}.pdf"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
