"""Pages of signing for goods: what arrived, line by line, with photos of what is wrong."""

import functools
import hashlib
import uuid
from collections.abc import Sequence

from django.contrib import messages as notices
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.kernel import blobs, errors, scope
from qudao.orders import operations, queries, queries_warehouse, shipment_pages, warehouse_views
from qudao.orders.operations import photographing, signing
from qudao.orders.rules import photos as rules
from qudao.partners import queries as partners
from qudao.ui import pages, parsing, uploads

SALT, KEPT = "orders.photo", "photo_kept"


@pages.page("orders.shipment.view")
def shipment_sign(request, shipment_id) -> HttpResponse:
    """Sign for the goods, line by line where something is different."""
    if request.method == "POST":
        return _sign(request, shipment_id)
    view = queries.get_shipment(shipment_id, actor=request.actor)
    if not shipment_pages.may(request.actor, view)["sign"]:
        return redirect("shipment", shipment_id=shipment_id)
    return _show_signing(request, view)


def _sign(request, shipment_id) -> HttpResponse:
    with scope.transaction(request.actor):
        view = queries.get_shipment(shipment_id, actor=request.actor)
    sent, said = _photos(request)

    def perform() -> str:
        errors.raise_if_refused(said)
        found = operations.sign_for(
            shipment_id=shipment_id,
            version=parsing.whole(request.POST.get("version")),
            arrived=[_arrived(request, line) for line in view.lines],
            photos=sent,
            actor=request.actor,
            now=request.now,
        )
        return str(found.id)

    typed = {name: values for name, values in request.POST.lists() if name not in (pages.TOKEN, KEPT)}
    pictures = [hashlib.sha256(one.content).hexdigest() for one in sent]
    try:
        pages.once(request, perform, body=[typed, pictures])
    except errors.Refused as refusal:
        with scope.transaction(request.actor):
            return _show_signing(request, view, sent, reasons=refusal.reasons, code=refusal.status)
    notices.success(request, _("%(number)s is signed for.") % {"number": view.number})
    return redirect("shipment", shipment_id=shipment_id)


def _photos(request) -> tuple[list[rules.Photo], list[errors.Reason]]:
    """The pictures of the form, those kept from an earlier try first, and what speaks against the others."""
    sent: list[rules.Photo] = []
    said: list[errors.Reason] = []
    reads = [functools.partial(_kept, request, token) for token in request.POST.getlist(KEPT)[: rules.MOST]]
    reads += [functools.partial(_uploaded, one) for one in request.FILES.getlist("photo")[: 2 * rules.MOST]]
    for read in reads:
        try:
            sent.append(read())
        except errors.Refused as refusal:
            said += refusal.reasons
    return sent, said


def _kept(request, token: str) -> rules.Photo:
    told = uploads.told(request, token, salt=SALT)
    return rules.Photo(told["name"], uploads.kept(told), bare=True)


def _uploaded(one) -> rules.Photo:
    return photographing.take(rules.Photo(one.name, uploads.content(one)))


def _show_signing(
    request, view, sent: Sequence[rules.Photo] = (), *, reasons=(), code: int = 200
) -> HttpResponse:
    typed = request.POST
    lines = [
        {
            "line": line,
            "values": {name: typed.get(f"{name}_{line.no}", "") for name in shipment_pages.DIFFERENCES},
            "reason": typed.get(f"reason_{line.no}", ""),
        }
        for line in view.lines
    ]
    context = {
        "shipment": view,
        "lines": lines,
        "reasons": reasons,
        "choices": shipment_pages.difference_reasons(),
        "place": partners.get_place(view.ship_to_id, request.actor),
        "crumbs": shipment_pages.crumbs(view.number, request.actor),
        # What was sent and found good need not be taken again when something else is to be mended.
        "photos": [
            (one.name, uploads.looked_at(request, one.content, salt=SALT, name=one.name)) for one in sent
        ],
        "most_photos": rules.MOST,
        "most_mb": rules.MOST_MB,
    }
    return pages.show(request, "orders/sign.html", context, status=code)


def _arrived(request, line) -> signing.Arrived:
    """What was typed of a line: short_<no>, damaged_<no>, refused_<no>, reason_<no>; the rest is signed for."""
    short, damaged, refused = (
        warehouse_views.amount(request, f"{name}_{line.no}") for name in shipment_pages.DIFFERENCES
    )
    signed = line.shipped - short - damaged - refused
    reason = request.POST.get(f"reason_{line.no}", "").strip()[:200]
    return signing.Arrived(line.no, signed, short, damaged, refused, reason)


@require_safe
@pages.page("orders.shipment.view")
def shipment_photo(request, shipment_id: uuid.UUID, no: int) -> HttpResponseBase:
    """One picture of what was wrong, for whoever sees the shipment."""
    view = queries.get_shipment(shipment_id, actor=request.actor)
    found = {one.no: one for one in queries_warehouse.photos_of(view.id, actor=request.actor)}.get(no)
    if found is None:
        raise errors.NotFound
    answer = FileResponse(blobs.open(found.digest), content_type=found.media_type)
    answer["Cache-Control"] = "private, max-age=3600"
    return answer
