"""The trace page: type or scan, see where a lot came from, where it lies, where it went, and that it adds up."""

import io
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.compliance import documents, graph, holds, queries, reports, search, showing, words
from qudao.kernel import errors, periods, scope
from qudao.ui import pages

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 2000


# Stock is not open to a partner's reading transaction: the query looks on its behalf.
@require_safe
@pages.page(queries.VIEW, own_transaction=True)
def trace(request) -> HttpResponse:
    """`?q=` what was typed or scanned; `?lot=` or `?serial=` the one chosen of several."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    context: dict[str, Any] = {"query": text}
    subjects = queries.find_subject(text, request.actor, today=_today(request)) if text else []
    chosen = _chosen(subjects, request.GET)
    if chosen is not None:
        context |= _shown(_trace(chosen, request), chosen, request)
    elif subjects:
        context["choices"] = showing.choices(subjects)
    elif text:
        context["reasons"] = [errors.Reason("compliance.nothing_found", params={"text": text})]
    else:
        context["nothing"] = showing.nothing()
    return pages.show(request, "compliance/trace.html", context)


@require_safe
@pages.page(queries.VIEW, own_transaction=True)
def trace_report(request) -> HttpResponse:
    """The same trace as a file: Excel, or with `?format=pdf` the report to sign and send."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    subjects = queries.find_subject(text, request.actor, today=_today(request))
    chosen = _chosen(subjects, request.GET)
    if chosen is None:
        raise errors.NotFound
    found = _trace(chosen, request)
    name = _("Trace report %(number)s") % {"number": (chosen.serial or chosen.lot).replace("/", "-")}
    if request.GET.get("format") == "pdf":
        content = documents.trace_report(found, chosen, actor=request.actor, now=request.now)
        return _file(content, "application/pdf", f"{name}.pdf", attached=False)
    stream = io.BytesIO()
    reports.write(stream, found, actor=request.actor, today=_today(request))
    return _file(stream.getvalue(), XLSX, f"{name}.xlsx", attached=True)


def _file(content: bytes, kind: str, name: str, *, attached: bool) -> HttpResponse:
    disposition = content_disposition_header(attached, name)
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


def _today(request):
    return periods.business_date(request.now)


def _chosen(subjects: list[queries.Subject], query) -> queries.Subject | None:
    """The one meant: the only one, or the one the address names."""
    lot, serial = query.get("lot", ""), query.get("serial", "")
    for one in subjects:
        if (serial and str(one.serial_id) == serial) or (
            lot and not one.serial_id and str(one.lot_id) == lot
        ):
            return one
    return subjects[0] if len(subjects) == 1 else None


def _trace(chosen: queries.Subject, request) -> queries.Trace:
    goods = {"serial_ids": [chosen.serial_id]} if chosen.serial_id else {"lot_ids": [chosen.lot_id]}
    return queries.trace(**goods, actor=request.actor, today=_today(request))


def _shown(found: queries.Trace, chosen: queries.Subject, request) -> dict[str, Any]:
    here = search.parameters(chosen, request.GET["q"].strip()[:LONGEST])
    actor = request.actor
    picture = graph.draw(found)
    with scope.transaction(actor):
        told = queries.notices(found, actor) if found.whole else []
        documents = queries.documents(found.timeline[: showing.SHOWN], actor)
    ways = [showing.way(found, direction, chosen, label) for direction, label in showing.ways(found)]
    report = f"{reverse('trace_report')}?{urlencode(here)}"
    return {
        "trace": found,
        "subject": chosen,
        "held": words.held(chosen),
        "facts": showing.linked_facts(chosen, actor=actor, today=_today(request)),
        "equation": showing.equation(found),
        "sums": showing.sums(found, chosen),
        "differences": [words.difference(found, one) for one in found.differences],
        "picture": picture,
        "size": graph.size(picture) if picture else "s",
        "steps": graph.steps(picture) if picture else [],
        "holders": showing.holders(found, chosen, told),
        "told": len(told),
        "ways": ways,
        "serials": showing.serials(found),
        "latest": showing.latest(found, chosen, documents),
        "report_url": report,
        "pdf_url": f"{report}&format=pdf",
        "hold_url": f"{reverse('trace_hold')}?{urlencode(here)}" if actor.can(queries.HOLD) else "",
        "holds": _holds(chosen, actor),
    }


def _holds(chosen: queries.Subject, actor: scope.Actor) -> list[dict[str, Any]]:
    """The open holds on it, for those who may lift them."""
    if not chosen.hold or not actor.can(queries.RELEASE):
        return []
    with scope.transaction(actor):
        found = holds.holds_on(chosen, actor)
    return [{"number": one.number, "url": search.release_of(one.id)} for one in found]
