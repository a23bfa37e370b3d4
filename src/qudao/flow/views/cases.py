"""The page of one line that has to be explained, and the verdict on it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from qudao.flow import operations, presenting, queries
from qudao.flow.rules import cases
from qudao.kernel import errors, periods, scope
from qudao.organisation import queries_journal, queries_people
from qudao.ui import pages, status

VIEW = "flow.file.view"
GROUNDS = {
    "serial": gettext_lazy("the serial was delivered to this partner"),
    "lot": gettext_lazy("the lot was delivered to this partner alone"),
    "admitted": gettext_lazy("the partner admits it"),
    "silent": gettext_lazy("no explanation within the time set"),
    "evidence": gettext_lazy("the partner's evidence holds"),
    "misreported": gettext_lazy("reported wrongly, sold elsewhere"),
    "granted": gettext_lazy("the authorisation was extended"),
    "agreed": gettext_lazy("agreed with us beforehand"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@pages.page(VIEW)
def flow_case(request, row_id: int) -> HttpResponse:
    """What was reported, why it was not counted, what was found of it; whoever judges does so here."""
    row = queries.get_row(row_id, request.actor)
    if not row.is_case:
        raise errors.NotFound
    if request.method != "POST":
        return _show(request, row)
    verdict, _colon, ground = request.POST.get("finding", "").partition(":")

    def perform() -> int:
        found = operations.judge_case(
            row_id=row_id,
            verdict=verdict,
            ground=ground,
            note=request.POST.get("note", ""),
            actor=request.actor,
            now=request.now,
        )
        return found.id

    try:
        pages.once(request, perform)
    except errors.Refused as refusal:
        return _show(request, row, reasons=refusal.reasons, code=refusal.status)
    messages.success(request, _("The verdict is recorded."))
    return redirect("flow_case", row_id=row_id)


def _show(request, row: queries.RowView, *, reasons=(), code: int = 200) -> HttpResponse:
    actor, today = request.actor, periods.business_date(request.now)
    with scope.transaction(actor):
        [line] = presenting.lines([row], actor, today)
        found = queries.verdicts_of(row.id, actor)
        people = queries_people.names_of([one.judged_by for one in found])
        title = _("%(file)s, line %(no)s") % {"file": row.file_number, "no": row.no}
        context = {
            "title": title,
            "crumbs": [
                {"title": _("Sell-through"), "url": reverse("flow_files"), "rail": True},
                {"title": _("Alerts"), "url": reverse("flow_appeals")},
                {"title": title},
            ],
            "row": row,
            "line": line,
            "party": line["party"] if actor.house else "",
            "verdicts": [
                {"one": one, "ground": GROUNDS[one.ground], "who": people.get(one.judged_by, "")}
                for one in found
            ],
            "choices": _choices() if row.may_be_judged and actor.can(operations.JUDGE) else [],
            "typed": request.POST,
            "most_note": cases.MOST_NOTE,
            "reasons": reasons,
            "timeline": queries_journal.timeline(f"flow.row:{row.id}", actor=actor),
        }
        return pages.show(request, "flow/case.html", context, status=code)


def _choices() -> list[dict[str, Any]]:
    """Each verdict with what it may rest on."""
    return [
        {
            "label": status.show("diversion", verdict).label,
            "grounds": [(f"{verdict}:{one}", GROUNDS[one]) for one in grounds],
        }
        for verdict, grounds in cases.GROUNDS.items()
    ]
