"""Pages of sell-through files: the list, the lines of one, what has to be explained."""

import datetime as dt
import uuid
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from qudao.flow import operations, presenting, queries
from qudao.flow.rules import cases, states
from qudao.kernel import errors, periods, scope
from qudao.partners import queries as partners
from qudao.ui import filters, listing, pages, parsing, status, tables

VIEW = "flow.file.view"
VERDICTS = (queries.OPEN, cases.UPHELD, cases.DISMISSED, cases.AUTHORISED)
MONTHS = 18
STATES = (states.NORMAL, states.LATE, states.UNMATCHED, states.APPEAL, states.DUPLICATE)


def _actions(actor: scope.Actor) -> list[listing.Action]:
    """The ways from the list of files to the other pages, those this person may open."""
    found = [
        listing.Action(
            label=_("Reporting punctuality"), url=reverse("flow_punctuality"), icon="calendar-check"
        )
    ]
    found.append(listing.Action(label=_("Alerts"), url=reverse("flow_appeals"), icon="alert-triangle"))
    if actor.can(operations.DECIDE):
        found.append(
            listing.Action(label=_("Matching desk"), url=reverse("flow_matching"), icon="arrows-join")
        )
    if actor.can(operations.TAKE_IN):
        found.append(
            listing.Action(label=_("Upload"), url=reverse("flow_upload"), icon="upload", primary=True)
        )
    return found


@require_safe
@pages.page(VIEW)
def files(request) -> HttpResponseBase:
    """Files as they came in, the latest first."""
    query, today = request.GET, periods.business_date(request.now)
    text = query.get("q", "").strip()[:80]
    named = partners.search_parties(text, actor=request.actor, limit=50) if text else []
    chosen: dict[str, Any] = {
        "party_id": parsing.whole(query.get("party")),
        "text": text,
        "text_party_ids": [one.id for one in named],
        "status": query.get("status", ""),
        "month": parsing.month(query.get("month", "")),
    }

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_files(actor=request.actor, before=_place(cursor), limit=limit + 1, **chosen)
        last = found[limit - 1] if len(found) > limit else None
        return listing.Slice(
            rows=presenting.file_rows(found[:limit], request.actor),
            next=f"{last.taken_in_at.isoformat()}~{last.id}" if last else None,
        )

    wanted = listing.Listing(
        name="flow_files",
        title=_("Sell-through"),
        columns=presenting.file_columns(),
        filters=_filters(request.actor, today),
        fetch=fetch,
        order=_("Newest first"),
        empty=tables.Empty(
            title=_("No file yet"),
            hint=_("Partners send what they sold on, a file a month."),
            url=reverse("flow_upload") if request.actor.can(operations.TAKE_IN) else None,
            action=_("Upload the first"),
            icon="route",
        ),
    )
    return listing.respond(request, wanted, actions=_actions(request.actor))


def _filters(actor: scope.Actor, today: dt.date) -> list[filters.Filter]:
    """By dealer for those who see several, by state, by one of the last months."""
    this = today.replace(day=1)
    months = [f"{periods.add_months(this, -back):%Y-%m}" for back in range(MONTHS)]
    words = _("Number or partner") if actor.house else _("Number of the file")
    return [
        filters.Text("q", words),
        filters.Choice(
            "status", _("State"), [(one, status.show("flow_file", one).label) for one in queries.STATUSES]
        ),
        filters.Choice("month", _("Month"), [(one, one) for one in months]),
    ]


def _place(cursor: str | None) -> tuple[dt.datetime, uuid.UUID] | None:
    """Where a page of files goes on; what is no such place is refused."""
    if not cursor:
        return None
    at, _tilde, last = cursor.partition("~")
    try:
        return dt.datetime.fromisoformat(at), uuid.UUID(last)
    except ValueError as error:
        raise errors.NotFound from error


@require_safe
@pages.page(VIEW)
def flow_file(request, file_id: uuid.UUID) -> HttpResponseBase:
    """The lines of a file: what was reported beside what it was taken for."""
    file = queries.get_file(file_id, request.actor)
    today = periods.business_date(request.now)
    chosen = request.GET.get("state", "")

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_rows(
            file_id, actor=request.actor, state=chosen, after=parsing.whole(cursor), limit=limit + 1
        )
        more = str(found[limit - 1].no) if len(found) > limit else None
        return listing.Slice(rows=presenting.lines(found[:limit], request.actor, today), next=more)

    names = partners.party_names([file.party_id], request.actor)
    state = str(status.show("flow_file", file.status).label)
    told = (names.get(file.party_id, ""), f"{file.month:%Y-%m}", file.name, state)
    wanted = listing.Listing(
        name="flow_file",
        title=file.number,
        subtitle=" · ".join(filter(None, told)),
        columns=presenting.line_columns(),
        filters=[
            filters.Toggle("state", state, status.show("flow_line", state).label, file.states.get(state, 0))
            for state in STATES
        ],
        fetch=fetch,
        order=_("As in the file"),
    )
    return listing.respond(
        request,
        wanted,
        actions=[listing.Action(label=_("All files"), url=reverse("flow_files"), icon="arrow-left")],
    )


@require_safe
@pages.page(VIEW)
def appeals(request) -> HttpResponseBase:
    """窜货 and what else has to be explained: the line, the reason, the verdict."""
    today = periods.business_date(request.now)
    verdict = request.GET.get("verdict", "")

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_appeals(
            actor=request.actor, verdict=verdict, after=parsing.whole(cursor), limit=limit + 1
        )
        more = str(found[limit - 1].id) if len(found) > limit else None
        return listing.Slice(rows=presenting.lines(found[:limit], request.actor, today), next=more)

    wanted = listing.Listing(
        name="flow_appeals",
        title=_("Alerts: suspected diversions and lines to be explained"),
        columns=presenting.case_columns(),
        filters=[
            filters.Choice(
                "verdict",
                pgettext("diversion", "Verdict"),
                [(one, status.show("diversion", one).label) for one in VERDICTS],
            )
        ],
        fetch=fetch,
        order=_("First reported first"),
        empty=tables.Empty(
            title=_("Nothing to explain"),
            hint=_("Sales outside an authorisation, or of more than was delivered, appear here."),
            icon="circle-check",
        ),
    )
    return listing.respond(
        request,
        wanted,
        actions=[listing.Action(label=_("All files"), url=reverse("flow_files"), icon="arrow-left")],
    )
