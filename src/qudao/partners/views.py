"""The list of partners and the page of one."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.kernel import manifest, periods
from qudao.partners import labels, listing, profile, queries
from qudao.ui import listing as lists
from qudao.ui import pages, tables

VIEW = "partners.party.view"


@require_safe
@pages.page(VIEW)
def partners(request) -> HttpResponseBase:
    """Partners and hospitals this person sees; the address holds filters, columns and place."""
    actor, today = request.actor, periods.business_date(request.now)
    wanted = listing.wanted(request.GET)
    totals = queries.total_parties(wanted, actor=actor, today=today)
    # Counts on the chips are of everything this person sees, so that a chip says what it would open.
    overall = (
        totals
        if wanted == queries.PartyFilter()
        else queries.total_parties(queries.PartyFilter(), actor=actor, today=today)
    )
    names = listing.Names.load()

    whole: dict[str, Any] = {}

    def fetch(cursor: str | None, limit: int) -> lists.Slice:
        page = queries.list_parties(wanted, actor=actor, cursor=cursor, limit=limit, today=today)
        found = listing.figures(page.rows, actor=actor, now=request.now)
        if cursor is None and page.next is None:
            whole.update(listing.sums(page.rows, found))
        return lists.Slice([listing.row(party, names, found) for party in page.rows], page.next)

    described = lists.Listing(
        name="partners",
        title=_("Partners"),
        columns=listing.columns(listing.figures((), actor=actor, now=request.now)),
        filters=listing.filters_for(overall, names),
        fetch=fetch,
        sums=lambda: (whole, listing.totals_words(totals)),
        empty=tables.Empty(
            title=_("No partner yet"),
            hint=_("Partners come by admission or by import; what your posts do not cover is not shown."),
            icon="affiliate",
        ),
        order=_("By code"),
    )
    return lists.respond(request, described)


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
