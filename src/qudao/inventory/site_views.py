"""Our warehouses and their shelves: listed, opened."""

import functools
import re
from typing import Any

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from qudao.inventory import operations, queries
from qudao.kernel import errors, scope
from qudao.organisation import queries as organisation
from qudao.partners import fields, territories
from qudao.ui import acts, filters, listing, pages, status, tables

VIEW, MOVE, MANAGE = "inventory.stock.view", "inventory.stock.move", "inventory.site.manage"
OPEN = "inventory.stock.open"
_GAPS = re.compile(r"[\s,;，；、]+")


class NewSite(acts.Form):
    """A warehouse: whose, where, and in which order it is taken from."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=30)
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=80)
    entity_id = forms.TypedChoiceField(label=gettext_lazy("Legal entity"), coerce=int)
    region_id = forms.TypedChoiceField(
        label=gettext_lazy("Region"), coerce=int, required=False, empty_value=0
    )
    territory = fields.TerritoryField()
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200)
    licensed_address = forms.BooleanField(
        label=gettext_lazy("The address is listed on our licence"), required=False
    )
    priority = forms.IntegerField(
        label=gettext_lazy("Order of preference"),
        min_value=0,
        max_value=999,
        initial=50,
        help_text=gettext_lazy("Stock is taken from the lowest first."),
    )

    def __init__(self, *args: Any, choices: dict[str, list[tuple[int, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entity_id"].choices = choices["entities"]
        self.fields["region_id"].choices = [(0, "—"), *choices["regions"]]


class NewShelves(acts.Form):
    """Shelves of one zone."""

    zone = forms.ChoiceField(label=gettext_lazy("Zone"), initial="good")
    codes = forms.CharField(
        label=gettext_lazy("Codes of the shelves"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One per line, as copied from Excel."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = _zones()


@require_safe
@pages.house_page(VIEW)
def sites(request) -> HttpResponseBase:
    """Our warehouses, in the order stock is taken from them."""
    found = queries.list_sites(request.actor)
    shelves = queries.count_shelves([one.id for one in found], actor=request.actor)
    entities = {one.id: one.short_name for one in organisation.list_entities()}
    regions = {one.id: one.name for one in organisation.list_regions()}
    rows = [
        {
            "url": reverse("site", args=[one.id]),
            "name": one.name,
            "code": one.code,
            "entity": entities.get(one.entity_id, ""),
            "region": regions.get(one.region_id, ""),
            "address": one.address,
            "licensed": "" if one.licensed_address else _("Not on our licence"),
            "shelves": shelves.get(one.id, 0),
            "priority": one.priority,
        }
        for one in found
    ]
    described = listing.Listing(
        name="sites",
        title=_("Warehouse register"),
        crumbs=_crumbs(),
        columns=[
            tables.Column(key="name", label=_("Warehouse"), sub="code", sub_label=_("Code")),
            tables.Column(key="entity", label=_("Legal entity"), sub="region", sub_label=_("Region")),
            tables.Column(key="address", label=_("Address"), sub="licensed", sub_label=_("Licence")),
            tables.Column(key="shelves", label=_("Shelves"), kind="qty"),
            tables.Column(key="priority", label=_("Order of preference"), kind="qty"),
        ],
        filters=[],
        # They are few: a house has some dozens.
        fetch=lambda cursor, limit: listing.Slice(rows),
        order=_("In order of preference"),
        empty=tables.Empty(title=_("No warehouse yet"), icon="building-warehouse"),
    )
    actions = [listing.Action(label=_("Stock"), url=reverse("stock"), icon="packages")]
    if request.actor.can(OPEN):
        actions.append(listing.Action(label=_("Opening stock"), url=reverse("opening_upload"), icon="upload"))
    if request.actor.can(MANAGE):
        actions.append(
            listing.Action(label=_("New warehouse"), url=reverse("site_new"), icon="plus", primary=True)
        )
    return listing.respond(request, described, actions=actions)


@pages.house_page(MANAGE)
def site_new(request) -> HttpResponse:
    """Open a warehouse with one place in each zone; shelves come after."""
    title = _("New warehouse")
    with scope.transaction(request.actor):
        choices = {
            "entities": [(one.id, one.short_name) for one in organisation.list_entities()],
            "regions": [(one.id, one.name) for one in organisation.list_regions()],
        }
    act = acts.Act(
        title=title,
        button=_("Create the warehouse"),
        back=reverse("sites"),
        crumbs=[*_crumbs(), {"title": title}],
        consequence=_(
            "Each zone (awaiting inspection, released, nonconforming, returned, on hold, going out) gets its place."
            " Add shelves afterwards."
        ),
        beside={"inventory.site_code_taken": "code"},
        done=_("The warehouse is open."),
    )

    def perform(values: dict[str, Any]) -> int:
        made = operations.open_sites(
            openings=[operations.SiteOpening(**values)], actor=request.actor, now=request.now
        )
        return made[0].id

    return acts.respond(
        request,
        act,
        functools.partial(NewSite, choices=choices),
        perform=perform,
        then=lambda site_id: reverse("site", args=[site_id]),
        template="inventory/site_new.html",
        context={"divisions": territories.cities()},
    )


@require_safe
@pages.house_page(VIEW)
def site(request, site_id: int) -> HttpResponseBase:
    """A warehouse's places and shelves, with how many products lie on each."""
    found = _warehouse(request, site_id)
    zone = request.GET.get("zone", "")
    zone = zone if zone in operations.ZONES else ""
    entities = {one.id: one.short_name for one in organisation.list_entities()}
    subtitle = " · ".join(filter(None, (found.code, entities.get(found.entity_id), found.address)))

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        rows, following = queries.list_shelves(
            site_id,
            zone=zone,
            text=request.GET.get("q", "")[:30],
            after=cursor or "",
            limit=limit,
            actor=request.actor,
        )
        return listing.Slice([_shelf(one) for one in rows], following)

    described = listing.Listing(
        name="site",
        title=found.name,
        subtitle=subtitle,
        crumbs=[*_crumbs(), {"title": found.name}],
        columns=[
            tables.Column(key="code", label=_("Shelf"), sub="entrance", sub_label=_("Use")),
            tables.Column(key="zone", label=_("Zone"), kind="status", status="zone"),
            tables.Column(key="products", label=_("Products on it"), kind="qty"),
        ],
        filters=[filters.Text("q", _("Shelf")), filters.Choice("zone", _("Zone"), _zones())],
        fetch=fetch,
        order=_("By code"),
        empty=tables.Empty(title=_("No shelf yet"), icon="layout-grid"),
    )
    actions = [
        listing.Action(label=_("Warehouse register"), url=reverse("sites"), icon="building-warehouse"),
        listing.Action(label=_("Stock"), url=f"{reverse('stock')}?site={site_id}", icon="packages"),
    ]
    if request.actor.can(MOVE):
        actions.append(
            listing.Action(
                label=_("New shelves"), url=reverse("shelves_new", args=[site_id]), icon="plus", primary=True
            )
        )
    return listing.respond(request, described, actions=actions)


@pages.house_page(MOVE)
def shelves_new(request, site_id: int) -> HttpResponse:
    """Give the warehouse shelves."""
    found = _warehouse(request, site_id)
    back, title = reverse("site", args=[site_id]), _("New shelves")
    act = acts.Act(
        title=title,
        button=_("Add shelves"),
        back=back,
        crumbs=[*_crumbs(), {"title": found.name, "url": back}, {"title": title}],
        beside={"inventory.shelf_taken": "codes", "inventory.shelf_form": "codes"},
        done=_("The shelves are open."),
        grid=False,
    )

    def perform(values: dict[str, Any]) -> int:
        return operations.open_shelves(
            site_id=site_id,
            zone=values["zone"],
            codes=filter(None, _GAPS.split(values["codes"])),
            actor=request.actor,
            now=request.now,
        )

    return acts.respond(request, act, NewShelves, perform=perform, then=lambda _count: back)


def _warehouse(request, site_id: int) -> queries.SiteView:
    """One of our warehouses. Raises NotFound, for sites of others too."""
    found = queries.get_site(site_id, request.actor)
    if found.kind != "warehouse":
        raise errors.NotFound
    return found


def _shelf(one: queries.ShelfRow) -> dict[str, Any]:
    return {
        "code": one.code,
        "entrance": _("Where goods come into the zone") if one.entrance else "",
        "zone": one.zone,
        "products": one.products,
    }


def _zones() -> list[tuple[str, Any]]:
    return [(zone, status.show("zone", zone).label) for zone in operations.ZONES]


def _crumbs() -> list[dict[str, Any]]:
    return [
        {"title": _("Stock"), "url": reverse("stock")},
        {"title": _("Warehouse register"), "url": reverse("sites")},
    ]
