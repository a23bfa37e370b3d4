"""Pages of stock: what waits in the warehouses, stock at a glance, a lot."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qudao.catalog import queries as catalog
from qudao.inventory import figures, lot_dates, operations, origins, queries, queues, words
from qudao.kernel import errors, manifest, periods, scope
from qudao.organisation import queries_people
from qudao.partners import queries as partners
from qudao.ui import filters, formats, listing, pages, parsing, status, tables

PAST = "past"
ROAD = "in_transit"
STATES = ("good", "pending", "held", "bad", "returned", ROAD)
SEEN_MOVES = 100


@pages.house_page("inventory.queue.view")
def home(request) -> HttpResponse:
    """Everything that waits in the warehouses, in the order goods go through them."""
    sites = queries.list_sites(request.actor)
    chosen = parsing.whole(request.GET.get("site"))
    site_ids = (chosen,) if chosen else None
    found = queues.find(actor=request.actor, now=request.now, site_ids=site_ids)
    today = periods.business_date(request.now)
    # What this person does comes first, with what to take up next; the rest is to look at.
    mine = [one for one in found if one.mine]
    names = partners.party_names(
        {task.party_id for one in mine for task in one.tasks if task.party_id}, request.actor
    )
    where = {} if chosen else {one.id: one.name for one in sites}
    context = {
        "queues": [_queue(one, names, where, today) for one in mine],
        "others": [_queue(one, {}, {}, today) for one in found if not one.mine],
        "filters": [filters.Choice("site", _("Warehouse"), [(str(one.id), one.name) for one in sites])],
        "may_count": request.actor.can("inventory.stock.adjust"),
        "site": chosen,
    }
    return pages.show(request, "inventory/home.html", context)


def _queue(one: queues.Queue, names: dict[int, str], sites: dict[int, str], today: dt.date) -> dict[str, Any]:
    """A queue and its tasks in words; `sites` are empty where all of it is of one warehouse."""
    return {
        "queue": one,
        "age": _age(one.oldest, today),
        "tasks": [_task(task, names, sites, today) for task in one.tasks],
    }


def _task(task: queues.Task, names: dict[int, str], sites: dict[int, str], today: dt.date) -> dict[str, Any]:
    who = task.detail or names.get(task.party_id, "")
    where = " → ".join(filter(None, (sites.get(pk, "") for pk in task.site_ids)))
    return {
        "task": task,
        "who": who or where,
        "where": where if who else "",
        "late": task.day is not None and task.day < today,
        "today": task.day == today,
    }


def _age(since: dt.datetime | dt.date | None, today: dt.date) -> int | None:
    """Whole days something has waited."""
    if since is None:
        return None
    day = periods.business_date(since) if isinstance(since, dt.datetime) else since
    return max(0, (today - day).days)


@pages.house_page("inventory.stock.view")
def stock(request) -> HttpResponseBase:
    """库存总览: per item and warehouse, or per item and lot."""
    by, near, chosen = _wanted(request)
    today = periods.business_date(request.now)
    common: dict[str, Any] = {"by": by, "today": today, "near": near, "actor": request.actor}
    roads = {one.id for one in queries.list_sites(request.actor, kinds=("transit",))}

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        rows, following = queries.stock_overview(chosen, cursor=cursor, limit=limit, **common)
        return listing.Slice([_row(one, by, roads, today, (near - today).days) for one in rows], following)

    def sums() -> tuple[dict[str, Any], Any]:
        totals = queries.stock_totals(chosen, **common)
        words = ngettext("%(count)s row", "%(count)s rows", totals.rows) % {
            "count": formats.quantity(totals.rows)
        }
        if queries.units_differ(chosen, actor=request.actor):
            words = _("%(rows)s, units differ") % {"rows": words}
        if totals.value is not None:
            words = _("%(rows)s, ¥ %(value)s at cost with what is on the road") % {
                "rows": words,
                "value": formats.amount(totals.value),
            }
        return figures.values(totals.figures) if totals.rows else {}, words

    described = listing.Listing(
        name="stock",
        title=_("Stock"),
        columns=_columns(by, (near - today).days),
        filters=_filters(request),
        fetch=fetch,
        sums=sums,
        empty=_empty(request.actor),
        order=_("By product code"),
    )
    context = {
        "by": by,
        "by_site": filters.with_value(request.GET, "by", "site"),
        "by_lot": filters.with_value(request.GET, "by", "lot"),
    }
    actions = [
        listing.Action(label=_("Goods on hold"), url=f"{reverse('stock')}?by=lot&status=held", icon="lock"),
        listing.Action(label=_("Warehouse register"), url=reverse("sites"), icon="building-warehouse"),
        listing.Action(label=_("Transfers"), url=reverse("transfers"), icon="arrows-exchange"),
    ]
    if request.actor.can("inventory.stock.move"):
        actions.append(
            listing.Action(label=_("Put away and move"), url=reverse("stock_shelve"), icon="layout-grid-add")
        )
    if request.actor.can("inventory.stock.adjust"):
        actions.append(
            listing.Action(label=_("Stock count"), url=reverse("stock_count"), icon="clipboard-check")
        )
    if request.actor.can("inventory.stock.open"):
        actions.append(listing.Action(label=_("Opening stock"), url=reverse("opening_upload"), icon="upload"))
    return listing.respond(
        request, described, actions=actions, template="inventory/stock.html", context=context
    )


def _empty(actor: scope.Actor) -> tables.Empty:
    """Where stock comes from, and for whom may do it the way to bring in what there is at the start."""
    title, hint = _("No stock"), _("Goods appear here once they are received.")
    if not actor.can("inventory.stock.open"):
        return tables.Empty(title=title, hint=hint)
    return tables.Empty(
        title=title,
        hint=_(
            "Goods appear here once they are received. What lies in the warehouses already comes from Excel."
        ),
        url=reverse("opening_upload"),
        action=_("Opening stock"),
    )


def _wanted(request) -> tuple[Any, dt.date, queries.StockFilter]:
    """What a row is of, until when expiry counts as near, and the filter, as the address says: lots that expire within
    so many days, or that are past their last day of use."""
    query, today = request.GET, periods.business_date(request.now)
    within = parsing.whole(query.get("within"))
    site_id, state = parsing.whole(query.get("site")), query.get("status", "")
    past = query.get("within") == PAST
    until = today - dt.timedelta(days=1) if past else today + dt.timedelta(days=within)
    chosen = queries.StockFilter(
        **_sought(query.get("q", "").strip(), query.get("lot", "").strip(), today, request.actor),
        site_ids=(site_id,) if site_id else None,
        statuses=(state,) if state in STATES and state != ROAD else None,
        road=state == ROAD if state in STATES else None,
        expiring_from=today if within else None,
        expiring_until=until if within or past else None,
    )
    # Who looks for a lot is shown lots.
    by = query.get("by") or ("lot" if chosen.or_code or chosen.lot else "site")
    return "lot" if by == "lot" else "site", today + dt.timedelta(days=within or figures.USUAL), chosen


def _sought(text: str, lot: str, today: dt.date, actor: scope.Actor) -> dict[str, Any]:
    """What the search is for: the product and lot or serial that a scanned code names; else words of a product, which
    may be the code of a lot or serial there is. `lot` is what an address asks for besides."""
    if not text:
        return {"lot": lot}
    [scan] = catalog.resolve_scans([text], today=today)
    if scan.item_id is None or scan.scan.refused:
        return {"text": text, "lot": lot, "or_code": bool(queries.find_goods(text, actor, limit=1))}
    # A label may carry a serial of goods that are kept by their lots.
    codes = [one for one in (scan.serial, scan.lot) if one]
    known = (one for one in codes if queries.find_goods(one, actor, limit=1))
    return {"item_ids": (scan.item_id,), "lot": lot or next(known, codes[0] if codes else "")}


def _filters(request) -> list[filters.Filter]:
    sites = queries.list_sites(request.actor)
    return [
        filters.Text("q", _("Product, lot, serial or scan")),
        # Of addresses that ask for it; the one search finds them all.
        *([filters.Text("lot", _("Lot or serial"))] if request.GET.get("lot") else ()),
        filters.Choice("site", _("Warehouse"), [(str(one.id), one.name) for one in sites]),
        filters.Choice("status", _("Zone"), [(one, status.show("zone", one).label) for one in STATES]),
        filters.Choice(
            "within",
            _("Expires within"),
            [
                *((str(days), _("%(days)s days") % {"days": days}) for days in figures.NEAR),
                (PAST, pgettext("stock", "Past its date")),
            ],
        ),
    ]


def _columns(by: str, near: int) -> list[tables.Column]:
    of = (
        tables.Column(key="lot", label=_("Lot"), link="lot_url")
        if by == "lot"
        else tables.Column(key="site", label=_("Warehouse"), link="site_url")
    )
    opened = {"near": "near_url", "expired": "expired_url"} if by == "site" else {}
    return [
        tables.Column(key="item", label=_("Product"), sub="specification", sub_label=_("Specification")),
        of,
        tables.Column(
            key="last_usable_on",
            label=_("Expiry date") if by == "lot" else pgettext("stock", "Earliest expiry"),
            kind="day",
            sub="past",
            sub_label=_("How long expired"),
        ),
        tables.Column(key="unit", label=_("Unit"), kind="unit"),
        *figures.columns(near, opened),
    ]


def _row(one: Any, by: str, roads: set[int], today: dt.date, within: int) -> dict[str, Any]:
    """A row of the table; what is counted as nothing is nought, as in the sums. What is near its expiry (`within` so
    many days) or past it leads to its lots."""
    lots = f"{reverse('stock')}?by=lot&q={one.item_code}&site={one.key_id}"
    past = (today - one.last_usable_on).days if one.last_usable_on else 0
    return {
        "item": one.item_name,
        "specification": f"{one.item_code} · {one.specification}",
        "url": reverse("device", args=[one.item_id]),
        "site": words.site(one.site, "transit") if by == "site" and one.key_id in roads else one.site,
        "site_url": lots if by == "site" else None,
        "lot": one.lot,
        "lot_url": reverse("lot", args=[one.key_id]) if by == "lot" else None,
        "lot_tone": "bad" if one.lot_held else "",
        "last_usable_on": one.last_usable_on,
        "past": _past(past) if past > 0 else "",
        "last_usable_on_tone": "bad" if past > 0 else None,
        "near_url": f"{lots}&within={within}" if one.figures.near else None,
        "expired_url": f"{lots}&within={PAST}" if one.figures.expired else None,
        "unit": one.base_unit,
        **figures.row(one.figures),
    }


def _past(days: int) -> str:
    return ngettext("Expired %(days)s day ago", "Expired %(days)s days ago", days) % {"days": days}


@pages.house_page("inventory.stock.view")
def lot(request, lot_id: int) -> HttpResponse:
    """A lot: where all of it is, what is set aside, what happened to it, holds."""
    return _show_lot(request, lot_id)


def _show_lot(request, lot_id: int, *, reasons=(), code: int = 200) -> HttpResponse:
    actor = request.actor
    with scope.transaction(actor):
        found = queries.get_lot(lot_id, actor)
        balances = queries.balances_of_lot(lot_id, actor)
        moves = queries.moves_of_lot(lot_id, actor, limit=SEEN_MOVES)
        holds = queries.holds_of_lot(lot_id, actor)
        sites = _site_words({site for one in moves for site in (one.from_site_id, one.to_site_id)}, actor)
        names = queries_people.names_of({one.placed_by for one in holds} | {one.released_by for one in holds})
        serials = queries.serial_codes({one.serial_id for one in (*moves, *holds)}, actor)
        reservations = queries.reservations_of_lot(lot_id, actor)
        documents = origins.documents(
            {(one.origin_type, one.origin_id) for one in (*moves, *reservations)}, actor
        )
        today, sums = periods.business_date(request.now), _lot_sums(balances)
        context = {
            "lot": found,
            "certificate": _certificate_of(found, today),
            "di": catalog.smallest_di(found.item_id),
            "actions": [act for find in manifest.collect("lots") for act in find(found, actor=actor)],
            "crumbs": [{"title": _("Stock"), "url": f"{reverse('stock')}?by=lot"}, {"title": found.code}],
            "expired": found.last_usable_on is not None and found.last_usable_on < today,
            "balances": [(one, words.site(one.site_name, one.site_kind)) for one in balances],
            "sums": sums,
            "moves": [
                {
                    "move": one,
                    "document": documents.get((one.origin_type, one.origin_id)),
                    "what": words.move(one.kind),
                    "rezoned": one.to_status and one.to_status != one.from_status,
                    "serial": serials.get(one.serial_id or 0, ""),
                    "from": sites.get(one.from_site_id, ""),
                    "to": sites.get(one.to_site_id, ""),
                }
                for one in moves
            ],
            "serials": serials,
            "reservations": [(one, documents.get((one.origin_type, one.origin_id))) for one in reservations],
            "more_reserved": reservations[0].documents - len(reservations) if reservations else 0,
            "holds": [
                {
                    "hold": one,
                    "state": "active" if one.released_at is None else "released",
                    "placed_by": names.get(one.placed_by, one.placed_by),
                    "released_by": names.get(one.released_by, one.released_by),
                }
                for one in holds
            ],
            **lot_dates.shown(found, actor, today=today),
            "can_hold": actor.can("inventory.stock.hold"),
            "can_release": actor.can("inventory.hold.release"),
            "released": words.RELEASED,
            "reaches": _reaches(balances, found.base_unit),
            "reasons": reasons,
            "typed": request.POST,
        }
        return pages.show(request, "inventory/lot.html", context, status=code)


def _reaches(balances: Sequence[queries.BalanceView], unit: str) -> str:
    locked, leaving = operations.reach(balances)
    return words.hold_reaches(ours=locked, road=leaving, unit=unit)


def _certificate_of(found: queries.LotDetail, today: dt.date) -> catalog.ItemCertificate | None:
    """The registration certificate the lot was made under."""
    versions = catalog.certificates_of([found.item_id]).get(found.item_id, ())
    return catalog.covering(versions, produced_on=found.produced_on, on=today)


def _lot_sums(balances: Sequence[queries.BalanceView]) -> dict[str, Decimal]:
    """Of all of a lot: what lies in a house, what is on the road, both together, what is set aside and what is free."""
    nothing = Decimal(0)
    road = sum((one.on_hand for one in balances if one.on_road), nothing)
    quantity = sum((one.on_hand for one in balances), nothing)
    return {
        "on_hand": quantity - road,
        "in_transit": road,
        "quantity": quantity,
        "reserved": sum((one.reserved for one in balances), nothing),
        "available": sum((one.available or nothing for one in balances), nothing),
    }


def _site_words(site_ids: set[int], actor: scope.Actor) -> dict[int, str]:
    found = queries.sites_by_id(site_ids, actor=actor)
    parties = partners.party_names({one.party_id for one in found.values() if one.party_id}, actor)
    return {pk: words.site(one.name, one.kind, parties.get(one.party_id, "")) for pk, one in found.items()}


@pages.house_page("inventory.stock.view")
@pages.acts_on("lot")
def lot_step(request, lot_id: int) -> HttpResponse:
    """Put the lot on hold, release a hold of it, or enter its production date."""
    common = {
        "reason": request.POST.get("reason", "").strip()[:200],
        "actor": request.actor,
        "now": request.now,
    }

    def perform() -> str:
        if request.POST.get("step") == "release":
            hold_id = _hold_of(request, lot_id)
            operations.release_hold(hold_id=hold_id, to=request.POST.get("to", ""), **common)
            return _("The hold is lifted.")
        if request.POST.get("step") == "date":
            return lot_dates.enter(request, lot_id)
        return words.hold_placed(len(operations.hold_lot(lot_id=lot_id, **common).affected))

    try:
        messages.success(request, pages.once(request, perform))
    except errors.Refused as refusal:
        return _show_lot(request, lot_id, reasons=refusal.reasons, code=refusal.status)
    return redirect("lot", lot_id=lot_id)


def _hold_of(request, lot_id: int):
    """The hold the form names, if it is one of this lot. Raises NotFound."""
    wanted = request.POST.get("hold", "")
    for one in queries.holds_of_lot(lot_id, request.actor):
        if str(one.id) == wanted:
            return one.id
    raise errors.NotFound
