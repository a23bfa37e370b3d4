"""People with their posts, what each role may, and granting and revoking posts."""

import functools
from typing import Any

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qudao.kernel import errors, manifest, scope
from qudao.organisation import operations, queries, queries_people
from qudao.ui import acts, filters, formats, listing, pages, parsing, tables

VIEW, MANAGE = "organisation.person.view", "organisation.person.manage"
_MODULES = {
    "organisation": gettext_lazy("Organisation"),
    "catalog": gettext_lazy("Catalogue"),
    "partners": gettext_lazy("Partners"),
    "pricing": gettext_lazy("Prices and contracts"),
    "inventory": gettext_lazy("Stock"),
    "supply": gettext_lazy("Purchasing"),
    "orders": gettext_lazy("Orders"),
    "flow": gettext_lazy("Sell-through"),
    "settlement": gettext_lazy("Settlement"),
    "compliance": gettext_lazy("Compliance"),
    "insights": gettext_lazy("Figures"),
    "portal": gettext_lazy("Partner pages"),
}


# A partner's own people are read on its behalf: posts are the house's table.
@require_safe
@pages.page(VIEW, own_transaction=True)
def people(request) -> HttpResponseBase:
    """Who may sign in, and with which posts."""
    text, ours = request.GET.get("q", "").strip(), request.GET.get("kind", "")

    wanted = {"actor": request.actor, "text": text, "ours": {"ours": True, "partners": False}.get(ours)}

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found, following = queries_people.list_people(**wanted, cursor=cursor, limit=limit)
        employers = _employers(found, request.actor)
        return listing.Slice([_person_row(one, employers) for one in found], following)

    shown: list[filters.Filter] = [filters.Text("q", _("Name or user name"))]
    if request.actor.house:
        shown += [
            filters.Toggle("kind", "ours", _("Our own")),
            filters.Toggle("kind", "partners", _("Of partners")),
        ]
    described = listing.Listing(
        name="people",
        title=_("People and posts"),
        columns=[
            tables.Column(key="name", label=_("Name"), sub="username", sub_label=_("User name")),
            tables.Column(key="works_for", label=_("Works for"), whose="own"),
            tables.Column(key="posts", label=_("Posts")),
            tables.Column(key="reach", label=_("Scope")),
            tables.Column(key="last_sign_in", label=_("Last signed in"), kind="moment"),
            tables.Column(key="state", label=_("State"), kind="tag"),
        ],
        filters=shown,
        fetch=fetch,
        sums=lambda: ({}, _people_words(queries_people.count_people(**wanted))),
        order=_("By name"),
    )
    actions = [listing.Action(label=_("Roles and permissions"), url=reverse("roles"), icon="list-check")]
    if request.actor.can(MANAGE):
        actions.append(
            listing.Action(label=_("New person"), url=reverse("person_new"), icon="plus", primary=True)
        )
    with queries_people.looking(request.actor):
        return listing.respond(request, described, actions=actions)


@require_safe
@pages.page(VIEW, own_transaction=True)
def person(request) -> HttpResponse:
    """`?person=`: the posts of one, those revoked too, and what they together allow."""
    found = _person(request)
    may = request.actor.can(MANAGE)
    rows = [_post_row(post, found, may) for post in found.posts]
    allowed = sorted({one for post in found.posts if post.revoked_at is None for one in post.permissions})
    context = {
        "person": found,
        "crumbs": [{"title": _("People and posts"), "url": reverse("people")}, {"title": found.name}],
        "facts": [
            (_("Works for"), _employer(found, _employers([found], request.actor))),
            (_("Last signed in"), formats.moment(found.last_sign_in) if found.last_sign_in else _("Never")),
            (_("State"), pgettext("person", "Active") if found.active else _("Closed")),
        ],
        "table": tables.Table(
            label=_("Posts"),
            columns=[
                tables.Column(key="role", label=_("Role")),
                tables.Column(key="reach", label=_("Scope")),
                tables.Column(key="since", label=_("Since"), kind="moment"),
                tables.Column(key="by", label=_("Granted by")),
                tables.Column(key="state", label=_("State"), kind="tag"),
                tables.Column(key="revoke", label=_("Actions"), link="revoke_url", drawer=True),
            ],
            rows=rows,
            empty=tables.Empty(
                title=_("No post"), hint=_("Without a post somebody may do nothing."), icon="id-badge-off"
            ),
        ),
        "groups": _groups(allowed),
        "may_grant": may and not (request.actor.kind == "person" and request.actor.id == found.id),
    }
    return pages.show(request, "organisation/person.html", context)


@require_safe
@pages.page(VIEW, own_transaction=True)
def roles(request) -> HttpResponse:
    """Every role with what it may, in words."""
    english = get_language() == "en"
    listed = [
        {
            "name": one.name_en if english and one.name_en else one.name,
            "groups": _groups(one.permissions),
            "about": formats.listed(module for module, _said in _groups(one.permissions)),
        }
        for one in queries.list_roles()
    ]
    crumbs = [
        {"title": _("People and posts"), "url": reverse("people")},
        {"title": _("Roles and permissions")},
    ]
    return pages.show(request, "organisation/roles.html", {"roles": listed, "crumbs": crumbs})


class NewPerson(acts.Form):
    """Somebody who may sign in."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    username = forms.RegexField(
        r"^[\w.@+-]+$",
        label=gettext_lazy("User name"),
        max_length=60,
        error_messages={"invalid": gettext_lazy("Letters, digits and . @ + - _ only.")},
    )
    email = forms.EmailField(label=gettext_lazy("Email"), required=False)
    password = forms.CharField(
        label=gettext_lazy("First password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("They change it under “Account and security”."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@pages.page(MANAGE, own_transaction=True)
def person_new(request) -> HttpResponse:
    """Let somebody sign in: of our own, or of the partner of `?party=`; partners open their own people."""
    party_id = request.actor.party_id or parsing.whole(request.GET.get("party"))
    employers = _parties({party_id} - {0}, request.actor)
    if party_id and party_id not in employers:
        raise errors.NotFound
    title = _("New person")
    powerless = _("The account has no permissions until you grant a post.")
    elsewhere = "" if party_id else _("Add a partner's people on that partner's page.")
    act = acts.Act(
        title=title,
        button=_("Create the account"),
        back=reverse("people"),
        crumbs=[{"title": _("People and posts"), "url": reverse("people")}, {"title": title}],
        about=_("Works for: %(name)s") % {"name": employers.get(party_id, _("Our company"))},
        consequence=_("%(first)s %(second)s") % {"first": powerless, "second": elsewhere}
        if elsewhere
        else powerless,
        beside={
            "organisation.username_taken": "username",
            "organisation.password_weak": "password",
        },
        secret=("password",),
        done=_("They may sign in."),
    )

    def perform(values: dict) -> int:
        return operations.open_person(**values, party_id=party_id, actor=request.actor, now=request.now)

    return acts.respond(
        request,
        act,
        NewPerson,
        perform=perform,
        then=lambda person_id: f"{reverse('person')}?person={person_id}",
    )


class Grant(acts.Form):
    """The part of the business: empty facets mean all that the person who grants may give."""

    def __init__(self, *args: Any, choices: dict[str, list], ours: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"] = forms.ChoiceField(
            label=_("Role"), choices=[("", _("Choose …")), *choices["roles"]]
        )
        if ours:
            self.fields["whole"] = forms.BooleanField(
                label=_("The whole business"),
                required=False,
                help_text=_(
                    "All entities, regions, lines and partners, now and later; the two choices below then limit nothing."
                ),
            )
            for name, label in (("entity", _("Legal entity")), ("region", _("Region"))):
                self.fields[name] = forms.TypedChoiceField(
                    label=label,
                    choices=[(0, _("All")), *choices[name]],
                    coerce=int,
                    required=False,
                    empty_value=0,
                )


@require_http_methods(["GET", "HEAD", "POST"])
@pages.page(MANAGE, own_transaction=True)
def post_grant(request) -> HttpResponse:
    """Give `?person=` a role. Nobody grants more than they hold."""
    found = _person(request)
    form = functools.partial(Grant, choices=_choices(request.actor), ours=not found.party_id)
    back = f"{reverse('person')}?person={found.id}"
    act = acts.Act(
        title=_("Grant a post to %(name)s") % {"name": found.name},
        button=_("Grant"),
        back=back,
        crumbs=[
            {"title": _("People and posts"), "url": reverse("people")},
            {"title": found.name, "url": back},
        ],
        consequence=_(
            "Takes effect with the next page they open. You can grant only permissions you hold yourself."
        ),
        beside={
            "organisation.grant_exceeds_own": "role",
            "organisation.duties_conflict": "role",
            "organisation.role_unknown": "role",
        },
        done=_("Post granted."),
        grid=False,
    )

    def perform(values: dict) -> int:
        return operations.grant_post(
            role=values["role"],
            person_id=found.id,
            party_id=found.party_id,
            entity_id=values.get("entity") or 0,
            region_id=values.get("region") or 0,
            whole=bool(values.get("whole")),
            actor=request.actor,
            now=request.now,
        ).id

    return acts.respond(request, act, form, perform=perform, then=lambda _id: back)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.page(MANAGE, own_transaction=True)
def post_revoke(request) -> HttpResponse:
    """Take `?post=` away from `?person=`."""
    found = _person(request)
    number = parsing.whole(request.GET.get("post", ""))
    post = next((one for one in found.posts if one.id == number and one.revoked_at is None), None)
    if post is None and request.method != "POST":
        raise errors.NotFound
    back = f"{reverse('person')}?person={found.id}"
    act = acts.Act(
        title=_("Take a post away from %(name)s") % {"name": found.name},
        button=_("Withdraw"),
        back=back,
        crumbs=[
            {"title": _("People and posts"), "url": reverse("people")},
            {"title": found.name, "url": back},
        ],
        about=" · ".join((_role(post), _reach(post))) if post else "",
        consequence=_("Takes effect with the next page they open."),
        done=_("Post taken away."),
        danger=True,
        grid=False,
    )

    def perform(_values: dict) -> int:
        return operations.revoke_post(post_id=number, actor=request.actor, now=request.now).id

    return acts.respond(request, act, acts.Form, perform=perform, then=lambda _id: back)


def _person(request) -> queries_people.PersonView:
    return queries_people.get_person(parsing.whole(request.GET.get("person", "")), actor=request.actor)


def _choices(actor) -> dict[str, list]:
    """Roles whose every permission the actor has; the rest would be refused anyway."""
    english = get_language() == "en"
    return {
        "roles": [
            (one.code, one.name_en if english and one.name_en else one.name)
            for one in queries.list_roles()
            if all(actor.can(permission) for permission in one.permissions)
        ],
        "entity": [(one.id, one.short_name) for one in queries.list_entities()],
        "region": [(one.id, one.name) for one in queries.list_regions()],
    }


def _groups(permissions) -> list[tuple[str, str]]:
    """Permissions in words, by the module they belong to."""
    described = manifest.permissions()
    found: dict[str, list[str]] = {}
    for one in permissions:
        if one in described:
            found.setdefault(one.partition(".")[0], []).append(str(described[one]))
    return [(str(_MODULES.get(module, module)), formats.clauses(said)) for module, said in found.items()]


def _employers(people: list[queries_people.PersonView], actor: scope.Actor) -> dict[int, str]:
    """Party → name, of those people who are not our own."""
    return _parties({one.party_id for one in people if one.party_id}, actor)


def _parties(parties: set[int], actor: scope.Actor) -> dict[int, str]:
    """Party → name, as far as the actor sees them."""
    found: dict[int, str] = {}
    for find in manifest.collect("parties") if parties else ():
        found |= find(parties, actor)
    return found


def _employer(one: queries_people.PersonView, employers: dict[int, str]) -> str:
    return employers.get(one.party_id, _("A partner")) if one.party_id else _("Our company")


def _people_words(count: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": formats.quantity(count)}


def _person_row(one: queries_people.PersonView, employers: dict[int, str]) -> dict:
    return {
        "url": f"{reverse('person')}?person={one.id}",
        "name": one.name,
        "username": one.username,
        "works_for": _employer(one, employers),
        "posts": formats.listed(_role(post) for post in one.posts),
        "reach": formats.listed(dict.fromkeys(_reach(post) for post in one.posts)),
        "last_sign_in": one.last_sign_in,
        "last_sign_in_none": _("Never"),
        "state": pgettext("person", "Active") if one.active else _("Closed"),
        "state_tone": "ok" if one.active else "hold",
    }


def _post_row(post: queries_people.PostView, holder: queries_people.PersonView, may: bool) -> dict:
    gone = post.revoked_at is not None
    revoke = f"{reverse('post_revoke')}?person={holder.id}&post={post.id}" if may and not gone else None
    return {
        "role": _role(post),
        "reach": _reach(post),
        "since": post.since,
        "by": post.granted_by,
        "state": _("Taken away on %(day)s") % {"day": formats.day(post.revoked_at)}
        if gone
        else _("In force"),
        "state_tone": "hold" if gone else "ok",
        "revoke": _("Withdraw") if revoke else "",
        "revoke_url": revoke,
    }


def _role(post: queries_people.PostView) -> str:
    return post.role_en or post.role if get_language() == "en" else post.role


def _reach(post: queries_people.PostView) -> str:
    if post.whole:
        return _("All")
    line = _("line %(number)s") % {"number": post.line_id} if post.line_id else ""
    return " · ".join(filter(None, (post.entity, post.region, line))) or _("Own organisation")
