"""The list of partners and the page of one."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.kernel import manifest, periods
from qudao.partners import authorised, changes, changing, labels, listing, profile, queries, timeline
from qudao.partners.operations import writing
from qudao.ui import filters, pages, parsing, tables
from qudao.ui import listing as lists

VIEW = "partners.party.view"


@require_safe
@pages.page(VIEW)
def partners(request) -> HttpResponseBase:
    """Partners and hospitals this person sees; the address holds filters, columns and place."""
    actor, today = request.actor, periods.business_date(request.now)
    wanted = listing.wanted(request.GET)
    totals = queries.total_parties(wanted, actor=actor, today=today)
    names = listing.Names.load()
    summed = listing.Summed(wanted, totals.parties, actor=actor, now=request.now)

    def fetch(cursor: str | None, limit: int) -> lists.Slice:
        page = queries.list_parties(wanted, actor=actor, cursor=cursor, limit=limit, today=today)
        found = summed.figures([party.id for party in page.rows])
        return lists.Slice(
            [listing.row(party, names, found, own=actor.party_id or 0) for party in page.rows], page.next
        )

    described = lists.Listing(
        name="partners",
        title=_("Partners"),
        columns=listing.columns(
            [] if actor.alone else listing.figures((), actor=actor, now=request.now),
            alone=actor.alone,
            house=actor.house,
        ),
        filters=listing.filters_for(totals, names, alone=actor.alone),
        fetch=fetch,
        sums=lambda: (summed.sums(), listing.totals_words(totals, alone=actor.alone)),
        empty=tables.Empty(
            title=_("No partner yet"),
            hint=_("Partners come by admission or by import; what your posts do not cover is not shown."),
            icon="affiliate",
        ),
        order=_("Companies first, by code"),
    )
    actions = []
    if actor.can(writing.PARTIES):
        url = reverse("partner_new")
        actions.append(lists.Action(label=_("Admit a partner"), url=url, icon="plus", primary=True))
    return lists.respond(request, described, actions=actions)


@require_safe
@pages.page(VIEW)
def partner(request, party_id: int) -> HttpResponse:
    """One partner: what it is, may and has; what other modules know of it; what happened to it.

    `?tab=` one of TABS; the page itself is the overview.
    """
    today = periods.business_date(request.now)
    party = queries.get_party(party_id, request.actor, today=today)
    wanted = changing.Wanted(party, 0, request.actor, request.now, today)
    tab = request.GET.get("tab", "")
    shown = _tabs(party, tab, today)
    tab = next((one["key"] for one in shown if one["active"]), "")
    context = {
        "party": party,
        "subtitle": " · ".join(filter(None, (party.code, labels.several(labels.ROLES, party.roles)))),
        "crumbs": [
            {"title": _("Partners"), "url": reverse("partners")},
            {"title": party.short_name or party.name},
        ],
        "state": profile.state(party),
        "tabs": shown,
        "offered": changes.offered(wanted),
        "may_open_person": request.actor.house and request.actor.can("organisation.person.manage"),
        **_timeline(request, party),
        "cards": [],
        **_content(tab, party, wanted),
    }
    context["charts"] = any(card.charts for card in context["cards"])
    return pages.show(request, "partners/partner.html", context)


def _timeline(request, party: queries.PartyView) -> dict[str, Any]:
    """What happened, and where what happened before it is read."""
    count = min(max(parsing.whole(request.GET.get("events")), timeline.FIRST), timeline.MOST)
    shown = timeline.of_partner(party, request.actor, count=count)
    more = len(shown) == count < timeline.MOST
    following = filters.with_value(request.GET, "events", str(count + timeline.MORE))
    return {"timeline": shown, "earlier": following if more else ""}


def _tabs(party: queries.PartyView, wanted: str, today: dt.date) -> list[dict]:
    """The parts of the page, those that a hospital does not have left out."""
    company = party.kind != "hospital"
    places = _("Campuses and places") if party.kind == "hospital" else _("Delivery places")
    listed = [
        ("", _("Overview"), None, True),
        ("trade", _("Dealings"), None, True),
        ("licences", _("Licences"), len(party.licences), company or bool(party.licences)),
        ("authorisations", _("Authorisations and territory"), authorised.count(party, today), company),
        ("accounts", _("Accounts and tiers"), len(party.accounts), company or bool(party.accounts)),
        ("places", places, len(party.places), True),
    ]
    there = [(key, title, count) for key, title, count, shown in listed if shown]
    active = wanted if wanted in {key for key, *_rest in there} else ""
    return [
        {
            "key": key,
            "title": title,
            "count": count,
            "url": f"?tab={key}" if key else reverse("partner", args=[party.id]),
            "active": key == active,
        }
        for key, title, count in there
    ]


def _content(tab: str, party: queries.PartyView, wanted: changing.Wanted) -> dict:
    """The cards and tables of one part of the page."""
    names = listing.Names.load()
    match tab:
        case "licences":
            return {"tables": [profile.licences(party, names, wanted.today, wanted)]}
        case "authorisations":
            return {"tables": authorised.by_time(party, names, wanted, wanted.today)}
        case "accounts":
            held = [profile.accounts(party, names, wanted)]
            return {"tables": [*held, profile.tiers(party, names, wanted.actor)] if party.accounts else held}
        case "places":
            return {"tables": [profile.places(party, wanted)]}
    found = [
        card
        for find in manifest.collect("tabs")
        for card in find(party.id, actor=wanted.actor, now=wanted.now)
        if card.wide == (tab == "trade")
    ]
    ordered = sorted(found, key=lambda card: card.order)
    if tab == "trade":
        return {"cards": ordered, "trade": True}
    shown = party.licences or party.kind != "hospital"
    return {
        "cards": ordered,
        "facts": profile.facts(party),
        "tables": [profile.licences(party, names, wanted.today)] if shown else [],
    }
