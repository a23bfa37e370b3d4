"""A product made of its record in the device register, and what is changed of one: DIs, units, tax."""

import functools
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qudao.catalog import labels, operations, queries, showing
from qudao.kernel import periods, scope
from qudao.organisation import queries as organisation
from qudao.ui import acts, formats, pages

MANAGE, TAX = "catalog.item.manage", "catalog.tax.manage"
LOOK_UP, RECORD = "catalog/record_look_up.html", "catalog/from_record.html"
_UNIT = 10


def _percent(**more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=gettext_lazy("VAT rate (%)"),
        min_value=Decimal(0),
        max_value=Decimal("99.99"),
        decimal_places=2,
        **more,
    )


class Link(acts.Form):
    """What the register does not say of a package: how we call the sale unit."""

    sale_unit = forms.CharField(
        label=gettext_lazy("Name of the sale unit"),
        max_length=_UNIT,
        required=False,
        help_text=gettext_lazy("Only where it holds several units of use, as a box or a pack does."),
    )


class NewProduct(acts.Form):
    """What the register does not say of a product."""

    code = forms.CharField(label=gettext_lazy("Product code"), max_length=40)
    line = forms.TypedChoiceField(label=gettext_lazy("Product line"), coerce=int)
    base_unit = forms.CharField(
        label=gettext_lazy("Base unit"),
        max_length=_UNIT,
        help_text=gettext_lazy("The smallest unit consumed. It never changes."),
    )
    sale_unit = Link.base_fields["sale_unit"]
    price_unit = forms.CharField(
        label=gettext_lazy("Price unit"),
        max_length=_UNIT,
        required=False,
        help_text=gettext_lazy("Empty: the sale unit."),
    )
    device_class = forms.TypedChoiceField(
        label=gettext_lazy("Class"),
        choices=[("", gettext_lazy("As its certificate says")), *labels.CLASSES.items()],
        coerce=int,
        required=False,
        empty_value=None,
    )
    tax_rate = _percent(required=False, initial=13)
    tax_code = forms.RegexField(
        "^[0-9]{19}$", label=gettext_lazy("Tax classification code"), required=False, max_length=19
    )
    is_implant = forms.BooleanField(label=gettext_lazy("Implant"), required=False)
    is_equipment = forms.BooleanField(label=gettext_lazy("Equipment"), required=False)

    def __init__(self, *args: Any, lines: dict[int, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = list(lines.items())


class NewLine(acts.Form):
    """A product line: what products, accounts and authorisations are sorted by."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=20)
    name = forms.CharField(label=pgettext_lazy("of a thing", "Name"), max_length=60)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=60, required=False)


class Unit(acts.Form):
    """A unit, and what one of it holds."""

    unit = forms.CharField(label=gettext_lazy("Unit"), max_length=_UNIT)
    factor = forms.IntegerField(label=gettext_lazy("Base units per unit"), min_value=1, max_value=999_999)


class Tax(acts.Form):
    """How the product is taxed from a day on."""

    treatment = forms.ChoiceField(label=gettext_lazy("Treatment"), choices=list(labels.TREATMENTS.items()))
    rate = _percent(help_text=gettext_lazy("0 where exempt."))
    first_day = acts.day(gettext_lazy("Valid from"))
    entity = forms.TypedChoiceField(
        label=gettext_lazy("Legal entity"),
        coerce=int,
        help_text=gettext_lazy("A rate set for one legal entity overrides the general one."),
    )

    def __init__(self, *args: Any, entities: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entity"].choices = [(0, _("All")), *entities]


@pages.page(MANAGE, own_transaction=True)
def device_new(request) -> HttpResponse:
    """Register the product of `?di=`, typed or scanned: name, certificate, packages come from the register."""
    title = _("New product")
    context = {"title": title, "crumbs": [*_crumbs(), {"title": title}]}
    with scope.transaction(request.actor):
        record = _looked_up(request, context)
        lines = queries.line_names()
    if record is None or record.item_id:
        return pages.show(request, LOOK_UP, context)
    act = acts.Act(
        title=title,
        button=_("Register the product"),
        back=reverse("devices"),
        crumbs=context["crumbs"],
        consequence=_("It can be bought and sold once a certificate lists it."),
        beside={
            "catalog.item_code_taken": "code",
            "catalog.sale_unit_missing": "sale_unit",
            "catalog.units_disagree": "sale_unit",
            "catalog.unit_factor": "price_unit",
            "catalog.device_class_unknown": "device_class",
        },
        done=_("The product is registered."),
    )

    def perform(values: dict[str, Any]) -> int:
        rate = values.pop("tax_rate")
        return operations.register_from_udi(
            di=record.di,
            line_id=values.pop("line"),
            tax_rate=None if rate is None else rate / 100,
            **values,
            actor=request.actor,
            now=request.now,
        ).id

    return acts.respond(
        request,
        act,
        functools.partial(NewProduct, lines=lines),
        perform=perform,
        then=lambda item_id: reverse("device", args=[item_id]),
        template=RECORD,
        context=context,
    )


@pages.page(MANAGE, own_transaction=True)
def device_link(request, item_id: int) -> HttpResponse:
    """Give the product the DIs of the record of `?di=`, typed or scanned: sale unit, unit of use, packages."""
    item, back = _found(request, item_id)
    title = _("Link a record of the device register")
    context: dict[str, Any] = {"title": title, "crumbs": _crumbs(item, back, title)}
    with scope.transaction(request.actor):
        record = _looked_up(request, context)
    if record is None or record.item_id not in (None, item_id):
        return pages.show(request, LOOK_UP, context)
    act = acts.Act(
        title=title,
        button=_("Link it"),
        back=back,
        crumbs=context["crumbs"],
        consequence=_("Its DIs and packages then mean %(code)s %(name)s when they are scanned.")
        % {"code": item.code, "name": item.name},
        beside={"catalog.sale_unit_missing": "sale_unit"},
        done=_("The record is linked."),
    )

    def perform(values: dict[str, Any]) -> int:
        found = operations.link_udi(
            di=record.di,
            item_id=item_id,
            sale_unit=values["sale_unit"],
            actor=request.actor,
            now=request.now,
        )
        return len(found)

    return acts.respond(
        request,
        act,
        Link,
        perform=perform,
        then=lambda _count: back,
        template=RECORD,
        context=context,
    )


@pages.page(MANAGE, own_transaction=True)
def device_unit(request, item_id: int) -> HttpResponse:
    """A unit more, or another content of one there is."""
    item, back = _found(request, item_id)
    with scope.transaction(request.actor):
        units = queries.units([item_id])
    known = [
        f"1 {formats.unit(unit)} = {formats.quantity(one.factor, item.base_unit)}"
        for (_id, unit), one in units.items()
        if unit != item.base_unit
    ]
    title = _("Units of %(code)s") % {"code": item.code}
    act = acts.Act(
        title=title,
        button=_("Enter a unit"),
        back=back,
        crumbs=_crumbs(item, back, title),
        about=formats.clauses(known or [_("Base unit: %(unit)s") % {"unit": formats.unit(item.base_unit)}]),
        consequence=_("Existing documents keep their conversion. The price unit stays %(unit)s.")
        % {"unit": formats.unit(item.price_unit)},
        beside={
            "catalog.base_unit_fixed": "unit",
            "catalog.unit_factor": "factor",
            "catalog.units_disagree": "factor",
        },
        done=_("The unit is entered."),
    )

    def perform(values: dict[str, Any]) -> int:
        return operations.change_unit(item_id=item_id, **values, actor=request.actor, now=request.now).version

    return acts.respond(request, act, Unit, perform=perform, then=lambda _version: back)


@pages.page(TAX, own_transaction=True)
def device_tax(request, item_id: int) -> HttpResponse:
    """From a day on another VAT, in one legal entity or in all."""
    item, back = _found(request, item_id)
    with scope.transaction(request.actor):
        entities = [(one.id, one.short_name) for one in organisation.list_entities()]
    title = _("VAT of %(code)s") % {"code": item.code}
    act = acts.Act(
        title=title,
        button=_("Set the VAT"),
        back=back,
        crumbs=_crumbs(item, back, title),
        about=_vat_now(item),
        consequence=_("Invoices and orders from that day on take it; earlier ones keep theirs."),
        beside={"catalog.tax_later": "first_day", "catalog.tax_form": "rate"},
        done=_("The VAT is set."),
    )

    def perform(values: dict[str, Any]) -> str:
        operations.set_tax(
            item_ids=[item_id],
            rate=Decimal(0) if values["treatment"] == "exempt" else values["rate"] / 100,
            treatment=values["treatment"],
            valid_from=values["first_day"],
            entity_id=values["entity"],
            actor=request.actor,
            now=request.now,
        )
        return str(values["first_day"])

    return acts.respond(
        request,
        act,
        functools.partial(Tax, entities=entities),
        perform=perform,
        then=lambda _day: back,
        initial={
            "treatment": item.tax_treatment or "rate",
            "rate": None if item.tax_rate is None else formats.rate(item.tax_rate).rstrip("%"),
            "first_day": periods.business_date(request.now),
        },
    )


@pages.page(MANAGE, own_transaction=True)
def line_new(request) -> HttpResponse:
    """Open a product line."""
    title, back = _("New product line"), reverse("product_upload")
    act = acts.Act(
        title=title,
        button=_("Create the product line"),
        back=back,
        crumbs=[*_crumbs(), {"title": title}],
        beside={"catalog.line_code_taken": "code"},
        done=_("The product line is open."),
    )

    def perform(values: dict[str, Any]) -> int:
        return operations.open_line(**values, actor=request.actor, now=request.now).id

    return acts.respond(request, act, NewLine, perform=perform, then=lambda _id: back)


def _vat_now(item: queries.ItemView) -> str:
    """How the product is taxed today."""
    if item.tax_rate is None:
        return _("So far no VAT is set.")
    treatment = labels.TREATMENTS.get(item.tax_treatment, item.tax_treatment)
    return _("Today: %(rate)s · %(treatment)s") % {
        "rate": formats.rate(item.tax_rate),
        "treatment": treatment,
    }


def _found(request, item_id: int) -> tuple[queries.ItemView, str]:
    """The product and the address of its page. Raises NotFound."""
    with scope.transaction(request.actor):
        found = queries.get_item(item_id, on=periods.business_date(request.now))
    return found.item, reverse("device", args=[item_id])


def _looked_up(request, context: dict[str, Any]) -> queries.RegisterRecord | None:
    """The record `?di=` names, put into the context with what it says."""
    text = request.GET.get("di", "").strip()
    record = queries.find_record(text, today=periods.business_date(request.now)) if text else None
    context |= {"di": text, "record": record, "record_facts": showing.record(record) if record else []}
    return record


def _crumbs(item: queries.ItemView | None = None, address: str = "", step: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"title": _("Products"), "url": reverse("devices"), "rail": True}]
    return [*found, {"title": item.code, "url": address}, {"title": step}] if item else found
