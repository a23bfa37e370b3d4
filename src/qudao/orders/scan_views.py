"""The scanner pages of picking and review: one field, a verdict for every code, one save."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from qudao.kernel import errors, scope
from qudao.orders import operations, queries, scanning, shipment_pages
from qudao.ui import pages, parsing
from qudao.ui import scanning as scanner

STEPS = {"to_pick": "pick", "picked": "review"}


@pages.page("orders.shipment.view")
def shipment_scan(request, shipment_id) -> HttpResponse:
    """Scan to pick or to review; a shipment past both leads to its page."""
    if request.method == "POST":
        return _save(request, shipment_id)
    view = queries.get_shipment(shipment_id, actor=request.actor)
    return _show(request, view) if _works_on(request.actor, view) else _past(request, view)


def _works_on(actor: scope.Actor, view: queries.ShipmentView) -> bool:
    may = shipment_pages.may(actor, view)
    return bool(may["pick"] or may["review"])


def _past(request, view: queries.ShipmentView) -> HttpResponse:
    """The page of a shipment on which this person has no scan to do; what was taken for a withdrawn one goes back."""
    if view.status == "withdrawn":
        words = _("%(number)s was withdrawn: put what you took for it back on its shelf.")
        notices.warning(request, words % {"number": view.number})
    return redirect("shipment", shipment_id=view.id)


@pages.page("orders.shipment.view")
def shipment_check(request, shipment_id) -> HttpResponse:
    """The verdict on one code, for the scanner; nothing is written."""
    with scope.transaction(request.actor):
        view = queries.get_shipment(shipment_id, actor=request.actor)
        if view.status == "withdrawn":
            # The scanner loads its page anew, which leads on.
            return redirect("shipment_scan", shipment_id=shipment_id)
        walk = shipment_pages.walk(view, request.actor)
        state, _kept = shipment_pages.state(
            walk, scanner.codes(request), scanner.code(request), now=request.now
        )
        return render(request, "ui/parts/scan_state.html", {"state": state})


def _show(request, view: queries.ShipmentView, *, reasons=(), scans: str = "", code: int = 200):
    accepted = scanner.codes(request) if scans else []
    walk = shipment_pages.walk(view, request.actor)
    state, _kept = shipment_pages.state(walk, accepted, "", now=request.now)
    step = STEPS.get(view.status, "")
    context = {
        "shipment": view,
        "state": state,
        "step": step,
        "scans": scans,
        "reasons": reasons,
        "site": shipment_pages.site_name(request.actor, view),
        "causes": shipment_pages.causes() if step == "review" else [],
        "taken_back": shipment_pages.lots_of(line for line in walk.lines if line.id in walk.held),
        "picked_it": step == "review" and view.picked_by == request.actor.ref,
    }
    return pages.show(request, "orders/scan.html", context, status=code)


def _save(request, shipment_id) -> HttpResponse:
    """Finish picking or the review, or stop the goods, then say so; a refusal keeps every scan."""
    step = request.POST.get("step")
    common = {
        "shipment_id": shipment_id,
        "version": parsing.whole(request.POST.get("version")),
        "actor": request.actor,
        "now": request.now,
    }
    scans = scanning.gathered(scanner.codes(request))

    def perform() -> str:
        match step:
            case "pick":
                found = operations.pick_shipment(scans=scans, **common)
            case "review":
                found = operations.review_shipment(scans=scans, **common)
            case _stop:
                cause, note = request.POST.get("cause", ""), request.POST.get("note", "")
                found = operations.block_shipment(cause=cause, note=note[:200], **common)
        return found.number

    try:
        number = pages.once(request, perform)
    except errors.Refused as refusal:
        with scope.transaction(request.actor):
            view = queries.get_shipment(shipment_id, actor=request.actor)
            if view.status == "withdrawn":
                return _past(request, view)
            scans_text = request.POST.get("scans", "")
            return _show(request, view, reasons=refusal.reasons, scans=scans_text, code=refusal.status)
    said = {"pick": _("%(number)s is picked."), "review": _("%(number)s is reviewed.")}
    stopped = _("%(number)s is stopped and goes back to be picked.")
    notices.success(request, said.get(step or "", stopped) % {"number": number})
    return redirect("shipment", shipment_id=shipment_id)
