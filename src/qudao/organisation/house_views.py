"""What the house is made of: its legal entities and regional centres; opening one."""

import functools
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_safe

from qudao.kernel import errors
from qudao.organisation import operations, provinces, queries
from qudao.ui import acts, pages, parsing, tables

VIEW, MANAGE = "organisation.person.view", "organisation.person.manage"


@require_safe
@pages.house_page(VIEW)
def house(request) -> HttpResponse:
    """Our legal entities and regional centres."""
    may = request.actor.can(MANAGE)
    context = {
        "title": _title(),
        "entities": _entities(queries.list_entities(), may),
        "regions": _regions(queries.list_regions(), may),
        "may_open": may,
    }
    return pages.show(request, "organisation/house.html", context)


def _title() -> str:
    return _("Legal entities and regions")


def _entities(found: list[queries.EntityView], may: bool) -> tables.Table:
    return tables.Table(
        label=_("Legal entities"),
        columns=[
            tables.Column(key="code", label=_("Code")),
            tables.Column(key="name", label=pgettext("legal entity", "Full name"), sub="short_name"),
            tables.Column(key="uscc", label=_("Credit code")),
            tables.Column(key="address", label=_("Address"), sub="phone"),
            *_changing(may),
        ],
        rows=[
            {name: getattr(one, name) for name in ("code", "name", "short_name", "uscc", "address", "phone")}
            | _change("entity_correct", one.id)
            for one in found
        ],
    )


def _regions(found: list[queries.RegionView], may: bool) -> tables.Table:
    return tables.Table(
        label=_("Regions"),
        columns=[
            tables.Column(key="code", label=_("Code")),
            tables.Column(key="name", label=pgettext("region", "Name")),
            tables.Column(key="provinces", label=_("Provinces")),
            *_changing(may),
        ],
        rows=[
            {"code": one.code, "name": one.name, "provinces": provinces.listed(one.provinces)}
            | _change("region_correct", one.id)
            for one in found
        ],
        empty=tables.Empty(
            title=_("No region yet"),
            hint=_("Partners, warehouses and people belong to one."),
            icon="map-pin",
        ),
    )


def _changing(may: bool) -> list[tables.Column]:
    """The column that leads to the correction of a row."""
    return [tables.Column(key="correct", label=_("Actions"), link="correct_url", drawer=True)] if may else []


def _change(page: str, key: int) -> dict[str, str]:
    return {"correct": _("Correct"), "correct_url": f"{reverse(page)}?of={key}"}


class NewEntity(acts.Form):
    """A company of ours as its business licence names it."""

    code = forms.RegexField(
        r"^[A-Za-z0-9-]+$",
        label=gettext_lazy("Code"),
        max_length=20,
        error_messages={"invalid": gettext_lazy("Letters, digits and - only.")},
    )
    name = forms.CharField(label=pgettext_lazy("legal entity", "Full name"), max_length=120)
    short_name = forms.CharField(label=gettext_lazy("Short name"), max_length=40)
    uscc = forms.CharField(label=gettext_lazy("Credit code"), max_length=18)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=40, required=False)


class EntityCorrection(acts.Form):
    """How a company of ours is called and reached."""

    name = NewEntity.base_fields["name"]
    short_name = NewEntity.base_fields["short_name"]
    address = NewEntity.base_fields["address"]
    phone = NewEntity.base_fields["phone"]


class NewRegion(acts.Form):
    """A regional centre with the provinces that are no other's."""

    code = NewEntity.base_fields["code"]
    name = forms.CharField(label=pgettext_lazy("region", "Name"), max_length=60)
    provinces = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Provinces"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, free: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["provinces"].choices = free


class RegionCorrection(acts.Form):
    """What a regional centre is called."""

    name = NewRegion.base_fields["name"]


@pages.house_page(MANAGE)
def entity_new(request) -> HttpResponse:
    """Open a company of ours."""
    title = _("New legal entity")
    act = _act(
        title,
        _("Create the legal entity"),
        _("The legal entity is open."),
        _("It sells and buys in its own name, with numbers, prices and accounts of its own."),
        {"organisation.uscc_invalid": "uscc", "organisation.code_taken": "code"},
    )

    def perform(values: dict[str, Any]) -> int:
        return operations.open_entity(**values, actor=request.actor, now=request.now).id

    return acts.respond(request, act, NewEntity, perform=perform, then=lambda _id: reverse("house"))


@pages.house_page(MANAGE)
def region_new(request) -> HttpResponse:
    """Open a regional centre."""
    covered = {code for one in queries.list_regions() for code in one.provinces}
    free = [(code, name) for code, name in provinces.NAMES.items() if code not in covered]
    act = _act(
        _("New region"),
        _("Add region"),
        _("The region is open."),
        _("A province belongs to one region; provinces of other regions are not listed."),
        {"organisation.province_covered": "provinces", "organisation.code_taken": "code"},
    )

    def perform(values: dict[str, Any]) -> int:
        return operations.open_region(**values, actor=request.actor, now=request.now).id

    form = functools.partial(NewRegion, free=free)
    return acts.respond(request, act, form, perform=perform, then=lambda _id: reverse("house"))


@pages.house_page(MANAGE)
def entity_correct(request) -> HttpResponse:
    """Correct how the company of ours of `?of=` is called and reached."""
    found = queries.get_entity(parsing.whole(request.GET.get("of")))
    act = _act(
        _("Correct %(name)s") % {"name": found.short_name},
        _("Save the correction"),
        _("It is corrected."),
        _(
            "New documents use the new details; documents already issued stay unchanged. Code and credit code"
            " cannot be changed."
        ),
        {},
    )

    def perform(values: dict[str, Any]) -> int:
        given = {"entity_id": found.id, "actor": request.actor, "now": request.now}
        return operations.correct_entity(**values, **given).id

    initial = {name: getattr(found, name) for name in EntityCorrection.base_fields}
    back = reverse("house")
    return acts.respond(
        request, act, EntityCorrection, perform=perform, then=lambda _id: back, initial=initial
    )


@pages.house_page(MANAGE)
def region_correct(request) -> HttpResponse:
    """Correct what the regional centre of `?of=` is called."""
    region_id = parsing.whole(request.GET.get("of"))
    found = next((one for one in queries.list_regions() if one.id == region_id), None)
    if found is None:
        raise errors.NotFound()
    act = _act(
        _("Correct %(name)s") % {"name": found.name},
        _("Save the correction"),
        _("It is corrected."),
        _("The new name appears everywhere; what belongs to it does not change."),
        {},
    )

    def perform(values: dict[str, Any]) -> int:
        given = {"region_id": region_id, "actor": request.actor, "now": request.now}
        return operations.correct_region(**values, **given).id

    back = reverse("house")
    return acts.respond(
        request, act, RegionCorrection, perform=perform, then=lambda _id: back, initial={"name": found.name}
    )


def _act(title: str, button: str, done: str, consequence: str, beside: dict[str, str]) -> acts.Act:
    back = reverse("house")
    return acts.Act(
        title=title,
        button=button,
        back=back,
        crumbs=[{"title": _title(), "url": back, "rail": True}, {"title": title}],
        consequence=consequence,
        beside=beside,
        done=done,
    )
