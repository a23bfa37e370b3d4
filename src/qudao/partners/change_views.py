"""Changing a partner, and letting a new one in."""

import functools

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qudao.kernel import errors, periods, scope
from qudao.partners import changes, changing, forms, operations, queries, reading, territories
from qudao.partners.operations import writing
from qudao.partners.rules import scoring
from qudao.ui import acts, pages, parsing

VIEW = "partners.party.view"


def address(party_id: int, tab: str = "") -> str:
    """The partner's page, at one of its tabs."""
    return reverse("partner", args=[party_id]) + (f"?tab={tab}" if tab else "")


@require_http_methods(["GET", "HEAD", "POST"])
@pages.page(VIEW)
def partner_change(request, party_id: int) -> HttpResponse:
    """`?step=` one of changes.CHANGES, `?of=` the licence, account or authorisation it is about.

    Without a step, what this person may change about the partner.
    """
    today = periods.business_date(request.now)
    with scope.transaction(request.actor):
        party = queries.get_party(party_id, request.actor, today=today)
        wanted = changing.Wanted(
            party, parsing.whole(request.GET.get("of")), request.actor, request.now, today
        )
        step = request.GET.get("step", "")
        if step not in changes.CHANGES:
            return _menu(request, wanted)
        change = changes.CHANGES[step]
        if change.permission:
            request.actor.require(change.permission)
        # What a second tab has done already is told by the operation; the first look is told at once.
        if request.method != "POST" and not change.fits(wanted):
            raise errors.NotFound
        form = change.form(wanted)
        # A form that follows a choice is fetched again with what is typed already.
        initial = (acts.typed(request) or change.initial(wanted)) if request.method != "POST" else {}
        consequence = change.consequence(wanted)
    name = party.short_name or party.name
    act = acts.Act(
        title=change.title,
        button=change.button,
        back=address(party_id, change.tab),
        crumbs=_crumbs(party_id, name, change.title),
        consequence=consequence,
        beside={"partners.reason_missing": "reason", **change.beside},
        done=_("%(what)s: done") % {"what": change.title},
        danger=change.danger,
    )
    return acts.respond(
        request,
        act,
        form,
        perform=lambda values: change.perform(wanted, values),
        then=lambda _answer: act.back,
        initial=initial,
        template="partners/change.html",
        context={"divisions": territories.cities()},
    )


def _crumbs(party_id: int, name: str, title) -> list[dict]:
    return [
        {"title": _("Partners"), "url": reverse("partners")},
        {"title": name, "url": address(party_id)},
        {"title": title},
    ]


def _menu(request, wanted: changing.Wanted) -> HttpResponse:
    party = wanted.party
    context = {
        "party": party,
        "offered": changes.offered(wanted),
        "crumbs": _crumbs(party.id, party.short_name or party.name, _("Change")),
    }
    return pages.show(request, "partners/changes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.page(writing.PARTIES)
def partner_new(request) -> HttpResponse:
    """准入: identity, first account and score in one form; the score gives the tier."""
    with scope.transaction(request.actor):
        form = functools.partial(
            forms.Admission, actor=request.actor, choices=changing.choices(request.actor)
        )
    policy = reading.score_policy(periods.business_date(request.now))
    act = acts.Act(
        title=_("Admit a partner"),
        button=_("Submit for approval"),
        back=reverse("partners"),
        crumbs=[{"title": _("Partners"), "url": reverse("partners")}, {"title": _("Admit a partner")}],
        consequence=_(
            "It cannot trade until quality has reviewed it and the head of quality has approved it."
        ),
        beside={
            "partners.uscc_invalid": "uscc",
            "partners.uscc_taken": "uscc",
            "partners.name_missing": "name",
            "partners.phone_unreadable": "phone",
            "partners.parent_account_missing": "parent",
        },
    )
    return acts.respond(
        request,
        act,
        form,
        perform=lambda values: _admit(request, values, policy),
        then=lambda party_id: address(party_id),
        template="partners/new.html",
        context={
            "divisions": territories.cities(),
            "tiers": " · ".join(f"{tier} ≥ {least}" for tier, least in policy.tiers.items()),
            "weights": " · ".join(f"{label} {policy.weights[one]}%" for one, label in forms.CRITERIA.items()),
        },
    )


def _admit(request, values: dict, policy: scoring.Policy) -> int:
    common = {"actor": request.actor, "now": request.now}
    role = values["role"]
    party = operations.open_party(
        name=values["name"],
        short_name=values["short_name"],
        uscc=values["uscc"],
        kind="hospital" if role == "hospital" else "company",
        roles=(role,),
        territory=values["territory"],
        address=values["address"],
        phone=values["phone"],
        admission="requested",
        **common,
    )
    if values["line"]:
        points = {one: values[f"points_{one}"] for one in policy.weights}
        scored = scoring.score(points=points, policy=policy)
        given = " ".join(f"{forms.CRITERIA[one]} {number}/{scoring.MOST}" for one, number in points.items())
        operations.open_account(
            entity_id=values["entity"],
            party_id=party.id,
            line_id=values["line"],
            role=role,
            tier=scored.tier,
            region_id=values["region"],
            parent_party_id=values["parent"],
            tier_reason=(_("Admission score %(score)s: ") % {"score": scored.score} + given)[:200],
            **common,
        )
    return party.id
