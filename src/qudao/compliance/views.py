"""The trace page: type or scan, see where a lot came from, where it lies, where it went, and that it adds up."""

import io
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.compliance import queries, reports, search, words
from qudao.kernel import errors, periods
from qudao.ui import formats, pages, tables

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST = 2000
SHOWN = 60


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
        found = _trace(chosen, request)
        context |= _shown(found, chosen, request)
    elif subjects:
        context["choices"] = _choices(subjects)
    elif text:
        context["reasons"] = [errors.Reason("compliance.nothing_found", params={"text": text})]
    return pages.show(request, "compliance/trace.html", context)


@require_safe
@pages.page(queries.VIEW, own_transaction=True)
def trace_report(request) -> HttpResponse:
    """The same trace as a file."""
    text = request.GET.get("q", "").strip()[:LONGEST]
    subjects = queries.find_subject(text, request.actor, today=_today(request))
    chosen = _chosen(subjects, request.GET)
    if chosen is None:
        raise errors.NotFound
    stream = io.BytesIO()
    reports.write(stream, _trace(chosen, request), actor=request.actor)
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="trace-{chosen.lot_id}-{chosen.serial_id}.xlsx"'
    return response


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


def _choices(subjects: list[queries.Subject]) -> tables.Table:
    return tables.Table(
        label=_("Which one?"),
        columns=[
            tables.Column(key="number", label=_("Lot or serial number"), sub="lot"),
            tables.Column(key="item", label=_("Product"), sub="code"),
            tables.Column(key="last_usable_on", label=_("Usable until"), kind="day"),
        ],
        rows=[
            {
                "number": one.serial or one.lot,
                "lot": one.lot if one.serial else "",
                "item": f"{one.item_name} {one.specification}",
                "code": one.item_code,
                "last_usable_on": one.last_usable_on,
                "url": search.address(one),
            }
            for one in subjects
        ],
    )


def _shown(found: queries.Trace, chosen: queries.Subject, request) -> dict[str, Any]:
    here = search.parameters(chosen, request.GET["q"].strip()[:LONGEST])
    return {
        "trace": found,
        "subject": chosen,
        "facts": _facts(chosen, request),
        "sums": _sums(found, chosen),
        "differences": [words.difference(found, one) for one in found.differences],
        "came_from": _table(found, "backward", chosen, _("Where it came from")),
        "with_us": _table(found, "inside", chosen, _("What happened with us")),
        "went_to": _table(found, "forward", chosen, _("Where it went")),
        "holders": _holders(found, chosen),
        "latest": _latest(found, chosen),
        "report_url": f"{reverse('trace_report')}?{urlencode(here)}",
    }


def _facts(chosen: queries.Subject, request) -> list[tuple[Any, Any]]:
    kept = queries.retain_until(chosen, recorded_on=_today(request))
    rows = [
        (_("Product"), f"{chosen.item_name} {chosen.specification}"),
        (_("Product code"), chosen.item_code),
        (_("Manufacturer"), chosen.manufacturer),
        (_("Lot"), chosen.lot),
        (_("Serial number"), chosen.serial),
        (_("Produced on"), formats.day(chosen.produced_on)),
        (_("Usable until"), formats.day(chosen.last_usable_on)),
        (_("Records kept until"), formats.day(kept) if kept else _("for ever (implant)")),
    ]
    return [(label, value) for label, value in rows if value]


def _sums(found: queries.Trace, chosen: queries.Subject) -> tables.Table:
    """What came in, and every place it is in now; both columns have the same sum when it adds up."""
    rows = [
        {
            "what": words.total(one.code),
            "place": words.place(found, one.site_id) if one.site_id else "",
            "condition": words.condition(one.status),
            "came": one.quantity if one.side == "in" else None,
            "now": one.quantity if one.side == "out" else None,
        }
        for one in found.totals
    ]
    now = sum(one.quantity for one in found.totals if one.side == "out")
    return tables.Table(
        label=_("Sums"),
        columns=[
            tables.Column(key="what", label=_("What"), sub="place"),
            tables.Column(key="condition", label=_("Condition")),
            tables.Column(key="came", label=_("Came in"), kind="qty"),
            tables.Column(key="now", label=_("Is now"), kind="qty"),
        ],
        rows=rows,
        sums={"came": found.came, "now": now},
        sums_label=_("In all, %(unit)s") % {"unit": chosen.unit},
    )


def _table(found: queries.Trace, direction: str, chosen: queries.Subject, label: str) -> tables.Table:
    rows = [
        {
            "target": f"{'　' * max(one.level - 1, 0)}{words.place(found, one.to_site_id)}",
            "what": words.move(one.kind),
            "source": words.place(found, one.from_site_id),
            "condition": words.condition(one.to_status),
            "quantity": one.quantity,
            "unit": chosen.unit,
            "moves": one.moves,
            "first_on": one.first_on,
            "last_on": one.last_on,
        }
        for one in found.edges
        if one.direction == direction
    ]
    return tables.Table(
        label=label,
        columns=[
            tables.Column(key="target", label=_("To")),
            tables.Column(key="what", label=_("What"), sub="condition"),
            tables.Column(key="source", label=_("From")),
            tables.Column(key="quantity", label=_("Quantity"), kind="qty", unit="unit"),
            tables.Column(key="moves", label=_("Moves"), kind="qty"),
            tables.Column(key="first_on", label=_("First"), kind="day"),
            tables.Column(key="last_on", label=_("Last"), kind="day"),
        ],
        rows=rows,
        empty=tables.Empty(title=_("Nothing"), icon="barcode"),
    )


def _holders(found: queries.Trace, chosen: queries.Subject) -> tables.Table:
    """Who has it: the list a recall starts from."""
    rows = [
        {
            "name": f"{'　' * (one.level - 1)}{words.place(found, one.site_id)}",
            "came": one.came,
            "passed_on": one.passed_on,
            "returned": one.returned,
            "left": one.left,
            "left_tone": "bad" if one.left < 0 else "",
        }
        for one in found.holders
    ]
    return tables.Table(
        label=_("Who has it"),
        columns=[
            tables.Column(key="name", label=_("Dealer or hospital")),
            tables.Column(key="came", label=_("Came"), kind="qty"),
            tables.Column(key="passed_on", label=_("Sold on"), kind="qty"),
            tables.Column(key="returned", label=_("Returned"), kind="qty"),
            tables.Column(key="left", label=_("Still there"), kind="qty"),
        ],
        rows=rows,
        sums={"left": sum(one.left for one in found.holders)},
        sums_label=_("In all, %(unit)s") % {"unit": chosen.unit},
        empty=tables.Empty(
            title=_("Nobody yet"),
            hint=_("Nothing of it was delivered to a dealer or hospital."),
            icon="building-hospital",
        ),
    )


def _latest(found: queries.Trace, chosen: queries.Subject) -> tables.Table:
    rows = [
        {
            "what": words.move(one.kind),
            "way": f"{words.place(found, one.from_site_id)} → {words.place(found, one.to_site_id)}",
            "quantity": one.quantity,
            "unit": chosen.unit,
            "at": one.at,
        }
        for one in found.timeline[:SHOWN]
    ]
    return tables.Table(
        label=_("Latest moves"),
        columns=[
            tables.Column(key="what", label=_("What"), sub="way"),
            tables.Column(key="quantity", label=_("Quantity"), kind="qty", unit="unit"),
            tables.Column(key="at", label=_("When"), kind="moment"),
        ],
        rows=rows,
    )
