"""The scope switcher: a person looks at one entity, region or product line of what they may see.

What was chosen stays in the session. It takes nodes away from the Actor of every request, so that lists,
figures, search and files narrow alike; it can never add any.
"""

import dataclasses

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qudao.kernel import manifest, scope
from qudao.organisation import actors
from qudao.organisation import queries as organisation
from qudao.ui import listing, pages

SESSION = "narrowed_to"
FACETS = ("entity", "region", "line")


def narrowed(request, actor: scope.Actor) -> scope.Actor:
    """The actor of this request, as far as the session leaves it."""
    chosen = chosen_of(request)
    return (
        actors.narrowed(actor, **{f"{name}_id": chosen[name] for name in FACETS}) if any_of(chosen) else actor
    )


def chosen_of(request) -> dict[str, int]:
    """Facet → its id, 0 for all; whatever else the session holds counts as all."""
    kept = request.session.get(SESSION)
    kept = kept if isinstance(kept, dict) else {}
    return {name: kept[name] if isinstance(kept.get(name), int) else 0 for name in FACETS}


def any_of(chosen: dict[str, int]) -> bool:
    return any(chosen.values())


@pages.page("", own_transaction=True)
@require_http_methods(["GET", "POST"])
def choose(request) -> HttpResponse:
    """GET: the menu's choices; POST `scope=facet:id`: look at that alone, id 0 for all of the facet again."""
    groups = choices(request.whole_actor, chosen_of(request))
    if request.method == "GET":
        return pages.show(request, "ui/parts/scope_choices.html", {"groups": groups})
    wanted = request.POST.get("scope", "")
    offered = {one["value"]: one for group in groups for one in group["choices"]}
    chosen = chosen_of(request)
    if wanted == "all":
        chosen = dict.fromkeys(FACETS, 0)
    elif wanted in offered:
        facet, _sep, number = wanted.partition(":")
        chosen[facet] = int(number)
    request.session[SESSION] = {**chosen, "labels": _labels(chosen)}
    # A page of something that is now out of sight would only say "not found".
    return redirect(listing.back(request, "/"))


def context(request) -> dict | None:
    """What the top bar shows; None for those who have nothing to choose from."""
    if not request.whole_actor.house:
        return None
    chosen = chosen_of(request)
    label = _("Full scope")
    if any_of(chosen):
        label = request.session[SESSION].get("labels", {}).get(get_language(), _("A part"))
    return {"label": label, "narrow": any_of(chosen)}


@dataclasses.dataclass(frozen=True, slots=True)
class _Facet:
    name: str
    title: str
    names: dict[int, str]


def _facets(language: str | None) -> list[_Facet]:
    english = language == "en"
    lines = []
    if "catalog" in manifest.enabled_names():
        from qudao.catalog import queries as catalog

        lines = catalog.list_lines()
    return [
        _Facet("entity", _("Legal entity"), {one.id: one.short_name for one in organisation.list_entities()}),
        _Facet("region", _("Region"), {one.id: one.name for one in organisation.list_regions()}),
        _Facet(
            "line",
            _("Product line"),
            {one.id: one.name_en if english and one.name_en else one.name for one in lines},
        ),
    ]


def choices(actor: scope.Actor, chosen: dict[str, int]) -> list[dict]:
    """By facet, what there is among what the whole actor sees; a facet with one value offers nothing."""
    with scope.transaction(actor):
        seen = dict(zip(FACETS, actors.facets(actor), strict=True))
        facets = _facets(get_language())
    return [
        {
            "title": facet.title,
            "choices": [
                {"value": f"{facet.name}:{number}", "label": label, "active": chosen[facet.name] == number}
                for number, label in ((0, _("All")), *facet.names.items())
                if number == 0 or number in seen[facet.name]
            ],
        }
        for facet in facets
        if len(seen[facet.name]) > 1 or chosen[facet.name]
    ]


def _labels(chosen: dict[str, int]) -> dict[str, str]:
    return {
        language: " · ".join(
            facet.names.get(chosen[facet.name], "") for facet in _facets(language) if chosen[facet.name]
        )
        for language in ("zh-hans", "en")
    }
