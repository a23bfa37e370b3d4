"""The list of partners and the page of one."""

import datetime as dt
import tempfile
from collections.abc import Iterator

from django.http import FileResponse, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.kernel import manifest, periods, tabular
from qudao.partners import labels, listing, profile, queries
from qudao.ui import filters, pages, tables

VIEW = "partners.party.view"
EXPORT_PAGE = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@pages.page(VIEW)
def partners(request) -> HttpResponse:
    """Partners and hospitals this person sees; the address holds filters, columns and place."""
    today = periods.business_date(request.now)
    wanted = listing.wanted(request.GET)
    page = queries.list_parties(
        wanted, actor=request.actor, cursor=request.GET.get(filters.CURSOR) or None, today=today
    )
    totals = queries.total_parties(wanted, actor=request.actor, today=today)
    # Counts on the chips are of everything this person sees, so that a chip says what it would open.
    overall = (
        totals
        if wanted == queries.PartyFilter()
        else queries.total_parties(queries.PartyFilter(), actor=request.actor, today=today)
    )
    names = listing.Names.load()
    figures = listing.figures(page.rows, actor=request.actor, now=request.now)
    whole = page.next is None and not request.GET.get(filters.CURSOR)
    table = tables.Table(
        label=_("Partners"),
        columns=listing.columns(figures),
        rows=[listing.row(party, names, figures) for party in page.rows],
        sums=listing.sums(page.rows, figures) if whole else {"lines": ""},
        sums_label=_("%(count)s found · %(expiring)s with licences expiring · %(frozen)s frozen")
        % {"count": totals.parties, "expiring": totals.expiring, "frozen": totals.frozen},
        page=tables.Page(next=page.next, summary=_("By code")),
        empty=_empty(request),
    )
    shown = listing.filters_for(overall, names)
    export = f"{reverse('partners_export')}?{request.GET.urlencode()}"
    context = {"table": table, "filters": shown, "totals": totals, "export": export}
    return pages.show(request, "partners/list.html", context)


@require_safe
@pages.page(VIEW)
def partners_export(request) -> FileResponse:
    """The filtered list with the columns shown, as Excel; written page by page into a file on disk."""
    today = periods.business_date(request.now)
    names = listing.Names.load()
    nothing = listing.figures((), actor=request.actor, now=request.now)
    hidden = set(request.GET.getlist(tables.HIDE))
    sheet = listing.sheet(nothing, hidden)
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  (the response closes it)
    tabular.write(file, sheet, _exported(request, names, today))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{_('Partners')} {today}.xlsx", content_type=XLSX)


@require_safe
@pages.page(VIEW)
def partner(request, party_id: int) -> HttpResponse:
    """One partner: what it is, may and has; what other modules know of it; what happened to it."""
    today = periods.business_date(request.now)
    party = queries.get_party(party_id, request.actor, today=today)
    names = listing.Names.load()
    cards = [
        card
        for find in manifest.collect("tabs")
        for card in find(party_id, actor=request.actor, now=request.now)
    ]
    context = {
        "party": party,
        "subtitle": " · ".join(
            filter(None, (party.code, party.uscc, labels.several(labels.ROLES, party.roles)))
        ),
        "crumbs": [
            {"title": _("Partners"), "url": reverse("partners")},
            {"title": party.short_name or party.name},
        ],
        "state": profile.state(party),
        "facts": profile.facts(party),
        "licences": profile.licences(party, today),
        "authorisations": profile.authorisations(party, names, request.actor, today),
        "accounts": profile.accounts(party, names),
        "places": profile.places(party),
        "cards": sorted(cards, key=lambda card: card.order),
        "charts": any(card.charts for card in cards),
        "timeline": profile.timeline(party, request.actor),
    }
    return pages.show(request, "partners/partner.html", context)


def _exported(request, names: listing.Names, today: dt.date) -> Iterator[dict]:
    wanted = listing.wanted(request.GET)
    cursor = None
    while True:
        page = queries.list_parties(
            wanted, actor=request.actor, cursor=cursor, limit=EXPORT_PAGE, today=today
        )
        figures = listing.figures(page.rows, actor=request.actor, now=request.now)
        for party in page.rows:
            yield listing.exported(party, names, figures)
        cursor = page.next
        if cursor is None:
            return


def _empty(request) -> tables.Empty:
    if request.GET:
        return tables.Empty(
            title=_("No partner matches"),
            hint=_("Take a filter away to see more."),
            url=reverse("partners"),
            action=_("Show all"),
            icon="affiliate",
        )
    return tables.Empty(
        title=_("No partner yet"),
        hint=_("Partners come by admission or by import; what your posts do not cover is not shown."),
        icon="affiliate",
    )
