"""The page of who owed which month, and who was in time."""

import datetime as dt
from typing import Any

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from qudao.catalog import queries as catalog
from qudao.flow import presenting, queries_punctuality
from qudao.kernel import periods
from qudao.organisation import queries as organisation
from qudao.ui import filters, listing, pages, parsing, tables

VIEW = "flow.file.view"


@require_safe
@pages.page(VIEW)
def punctuality(request) -> HttpResponseBase:
    """Who owed which month, and whether it came by the closing day."""
    today = periods.business_date(request.now)
    first = presenting.since(today)
    window = {"first": first, "until": today + dt.timedelta(days=1), "today": today, "actor": request.actor}
    chosen = {
        "party_id": parsing.whole(request.GET.get("party")),
        "region_id": parsing.whole(request.GET.get("region")),
    }

    tardy = request.GET.get("tardy") == "1"

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        after = parsing.whole(cursor)
        found = queries_punctuality.list_punctuality(
            **window, **chosen, tardy=tardy, offset=after, limit=limit + 1
        )
        more = str(after + limit) if len(found) > limit else None
        return listing.Slice(rows=[_owed(one, lines, today) for one in found[:limit]], next=more)

    def sums() -> tuple[dict, str]:
        owed, punctual = queries_punctuality.count_punctual(**window, **chosen)
        return {}, presenting.punctuality(owed, punctual, first)

    lines = catalog.line_names()
    wanted = listing.Listing(
        name="flow_punctuality",
        title=_("Reporting punctuality"),
        columns=[
            tables.Column(
                key="party", label=_("Partner"), sub="line", sub_label=_("Product line"), whose="seen"
            ),
            tables.Column(key="month", label=_("Month")),
            tables.Column(key="state", label=_("State"), kind="status", status="flow_file"),
            tables.Column(
                key="due_on",
                label=pgettext("flow", "Due"),
                kind="day",
                sub="overdue",
                sub_label=_("Days late"),
            ),
            tables.Column(key="sent_at", label=pgettext("flow", "Received at"), kind="moment"),
            tables.Column(key="rows", label=_("Lines"), kind="qty"),
        ],
        filters=[
            filters.Toggle("tardy", "1", _("Missing or late only")),
            filters.Choice(
                "region", _("Region"), [(str(one.id), one.name) for one in organisation.list_regions()]
            ),
        ],
        fetch=fetch,
        sums=sums,
        order=_("Missing first, then late, latest month first"),
        empty=tables.Empty(
            title=_("Nobody owes a month yet"),
            hint=_("A partner owes its months from the first delivery on."),
            icon="calendar",
        ),
    )
    return listing.respond(
        request,
        wanted,
        actions=[listing.Action(label=_("All files"), url=reverse("flow_files"), icon="arrow-left")],
    )


def _owed(one: queries_punctuality.Punctuality, lines: dict[int, str], today: dt.date) -> dict[str, Any]:
    came = periods.business_date(one.sent_at) if one.sent_at else today
    days = max((came - one.due_on).days, 0)
    return {
        "party": one.party,
        "url": reverse("partner", args=[one.party_id]),
        "line": lines.get(one.line_id, ""),
        "month": f"{one.month:%Y-%m}",
        "state": "received" if one.state == "matched" else one.state,
        "due_on": one.due_on,
        "due_on_tone": {"missing": "bad", "late": "warn"}.get(one.state),
        "overdue": ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days} if days else "",
        "sent_at": one.sent_at,
        "rows": one.rows if one.sent_at else None,
    }
