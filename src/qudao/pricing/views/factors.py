"""Setting a factor of a tier or a region on the guide price."""

import functools
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qudao.kernel import periods, scope
from qudao.pricing import operations
from qudao.pricing.names import Names
from qudao.ui import acts, pages, status

MANAGE = "pricing.contract.manage"
TIERS = ("A", "B", "C", "D")


class NewFactor(acts.Form):
    """Whom a factor is for, and since when; what is left open means all."""

    entity_id = forms.TypedChoiceField(label=gettext_lazy("Legal entity"), coerce=int)
    tier = forms.ChoiceField(label=gettext_lazy("Tier"), required=False)
    region_id = forms.TypedChoiceField(
        label=gettext_lazy("Region"), coerce=int, required=False, empty_value=0
    )
    line_id = forms.TypedChoiceField(
        label=gettext_lazy("Product line"), coerce=int, required=False, empty_value=0
    )
    factor = forms.DecimalField(
        label=gettext_lazy("Factor"),
        max_digits=8,
        decimal_places=6,
        help_text=gettext_lazy("0.88 makes 1,000 yuan 880."),
    )
    valid_from = acts.day(gettext_lazy("First day"))
    last_day = acts.day(
        gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: until further notice.")
    )
    replace = forms.BooleanField(
        label=gettext_lazy("End the factor in force on the first day"), required=False, initial=True
    )

    def __init__(self, *args: Any, names: Names, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tiers = [(tier, status.show("grade", tier).label) for tier in TIERS]
        self.fields["entity_id"].choices = [("", _("Choose …")), *names.entities.items()]
        self.fields["tier"].choices = [("", _("All tiers")), *tiers]
        self.fields["region_id"].choices = [("", _("All regions")), *names.regions.items()]
        self.fields["line_id"].choices = [("", _("All lines")), *names.lines.items()]


@pages.page(MANAGE, own_transaction=True)
def factor_new(request) -> HttpResponse:
    """Set one factor from a day on."""
    title, parent = _("New factor"), reverse("factors")
    act = acts.Act(
        title=title,
        button=_("Set the factor"),
        back=parent,
        crumbs=[
            {"title": _("Prices"), "url": reverse("prices"), "rail": True},
            {"title": _("Tier and region factors"), "url": parent},
            {"title": title},
        ],
        consequence=_("Guide prices are multiplied by it from the first day on; placed orders keep theirs."),
        beside={
            "pricing.factor_invalid": "factor",
            "pricing.period_invalid": "last_day",
            "pricing.factor_overlap": "replace",
        },
        done=_("The factor is set."),
    )

    def perform(values: dict[str, Any]) -> str:
        facets = {name: values[name] for name in ("factor", "tier", "region_id", "line_id")}
        operations.set_tier_factors(
            entity_id=values["entity_id"],
            factors=[operations.NewFactor(**facets)],
            valid_from=values["valid_from"],
            valid_until=periods.day_after(values["last_day"]),
            replace=values["replace"],
            actor=request.actor,
            now=request.now,
        )
        today = periods.business_date(request.now)
        when = "coming" if values["valid_from"] > today else "now"
        return f"{parent}?entity={values['entity_id']}&when={when}"

    with scope.transaction(request.actor):
        names = Names.load()
    return acts.respond(
        request,
        act,
        functools.partial(NewFactor, names=names),
        perform=perform,
        then=str,
        initial={"valid_from": periods.business_date(request.now)},
    )
