"""A promotion: what it grants, how much of its budget is used; starting and stopping one."""

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from qudao.catalog import queries as catalog
from qudao.kernel import errors, periods, scope
from qudao.organisation import queries_journal
from qudao.pricing import names as words
from qudao.pricing import operations, presenting, queries
from qudao.pricing.names import Names
from qudao.ui import acts, pages

MANAGE = "pricing.promotion.manage"
TIERS = ("A", "B", "C", "D")
MOST_ITEMS = 500


@require_safe
@pages.page("pricing.price.view")
def promotion(request, promotion_id: int) -> HttpResponse:
    """One promotion; its budget for our own people alone."""
    return _page(request, queries.get_promotion(promotion_id, actor=request.actor))


@pages.page(MANAGE)
def promotion_stop(request, promotion_id: int) -> HttpResponse:
    """Stop a promotion from today on."""
    if request.method != "POST":
        return redirect("promotion", promotion_id=promotion_id)
    try:
        pages.once(
            request,
            lambda: (
                operations.stop_promotion(promotion_id=promotion_id, actor=request.actor, now=request.now).id
            ),
        )
    except errors.Refused as refusal:
        with scope.transaction(request.actor):
            found = queries.get_promotion(promotion_id, actor=request.actor)
        return _page(request, found, reasons=refusal.reasons, status=refusal.status)
    return redirect("promotion", promotion_id=promotion_id)


def _page(request, found: queries.PromotionView, *, reasons=(), status: int = 200) -> HttpResponse:
    actor, today = request.actor, periods.business_date(request.now)
    with scope.transaction(actor):
        names = Names.load()
        items = catalog.items(found.item_ids[:MOST_ITEMS], on=today, entity_id=found.entity_id)
        context = {
            "promotion": found,
            "state": found.state(today),
            "crumbs": [{"title": _("Promotions"), "url": reverse("promotions")}, {"title": found.name}],
            "facts": _facts(found, names),
            "used": found.spent / found.budget if found.budget and actor.house else None,
            "items": sorted(items.values(), key=lambda item: item.code),
            "timeline": queries_journal.timeline(f"pricing.promotion:{found.id}", actor=actor),
            "may_stop": actor.can(MANAGE) and found.state(today) != "ended",
            "reasons": reasons,
        }
    return pages.show(request, "pricing/promotion.html", context, status=status)


def _facts(found: queries.PromotionView, names: Names) -> list[tuple[str, Any]]:
    return [
        (_("Grants"), words.grants(found)),
        (_("Measured by"), _("Quantity") if found.measure == "quantity" else _("Amount, tax included")),
        (_("For"), presenting.audience(found, names)),
        (_("Validity"), words.period(found.valid_from, found.valid_until)),
        (_("With others"), _("Combines with others") if found.stackable else _("Excludes others")),
        (_("Legal entity"), names.entities.get(found.entity_id, "")),
    ]


class NewPromotion(forms.Form):
    """What a spend-and-save promotion needs."""

    name = forms.CharField(label=pgettext_lazy("promotion", "Name"), max_length=80)
    entity_id = forms.TypedChoiceField(label=gettext_lazy("Legal entity"), coerce=int)
    measure = forms.ChoiceField(
        label=gettext_lazy("Measured by"),
        choices=[("quantity", gettext_lazy("Quantity")), ("amount", gettext_lazy("Amount, tax included"))],
    )
    threshold = forms.DecimalField(label=gettext_lazy("Threshold"), max_digits=18, decimal_places=4)
    minus = forms.DecimalField(
        label=gettext_lazy("Discount (CNY, tax included)"), max_digits=18, decimal_places=2
    )
    repeats = forms.BooleanField(label=gettext_lazy("Repeats for each threshold"), required=False)
    stackable = forms.BooleanField(label=gettext_lazy("Can be combined with others"), required=False)
    budget = forms.DecimalField(label=gettext_lazy("Budget (CNY)"), max_digits=18, decimal_places=2)
    valid_from = acts.day(gettext_lazy("First day"))
    last_day = acts.day(gettext_lazy("Last day"), required=False)
    line_id = forms.TypedChoiceField(
        label=gettext_lazy("Product line"), coerce=int, required=False, empty_value=0
    )
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Tiers"),
        choices=[(tier, tier) for tier in TIERS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Leave unchecked for all tiers."),
    )
    region_ids = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Regions"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Leave unchecked for all regions."),
    )
    items = forms.CharField(
        label=gettext_lazy("Product codes"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "class": "code"}),
        help_text=gettext_lazy("One per line. Leave empty for all products of the product line."),
    )

    def __init__(self, *args, on: dt.date, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        names = Names.load()
        self.on = on
        self.fields["entity_id"].choices = [("", _("Choose …")), *names.entities.items()]
        self.fields["line_id"].choices = [("", _("All lines")), *names.lines.items()]
        self.fields["region_ids"].choices = list(names.regions.items())

    def clean_items(self) -> list[int]:
        """The products of the codes; unknown codes are named."""
        codes = list(dict.fromkeys(self.cleaned_data["items"].split()))
        if len(codes) > MOST_ITEMS:
            raise forms.ValidationError(
                _("At most %(most)s products; name the line instead.") % {"most": MOST_ITEMS}
            )
        found = catalog.items_by_code(codes, on=self.on, entity_id=0) if codes else {}
        unknown = [code for code in codes if code not in found]
        if unknown:
            raise forms.ValidationError(
                _("Not in the catalogue: %(codes)s") % {"codes": ", ".join(unknown[:10])}
            )
        return [found[code].id for code in codes]


@pages.page(MANAGE, own_transaction=True)
def promotion_start(request) -> HttpResponse:
    """Start a promotion."""
    today = periods.business_date(request.now)
    with scope.transaction(request.actor):
        form = NewPromotion(request.POST or None, on=today, initial={"valid_from": today})
        good = request.method == "POST" and form.is_valid()
    reasons: Any = ()
    if good:
        try:
            return redirect("promotion", promotion_id=_start(request, form.cleaned_data))
        except errors.Refused as refusal:
            reasons = _beside_fields(form, refusal.reasons)
    context = {
        "form": form,
        "reasons": reasons,
        "crumbs": [{"title": _("Promotions"), "url": reverse("promotions")}, {"title": _("New promotion")}],
    }
    status = 422 if request.method == "POST" else 200
    return pages.show(request, "pricing/promotion_start.html", context, status=status)


def _start(request, given: dict[str, Any]) -> int:
    wanted = {name: given[name] for name in ("name", "entity_id", "measure", "threshold", "minus", "repeats")}
    wanted |= {name: given[name] for name in ("stackable", "budget", "valid_from", "line_id", "tiers")}
    last = given["last_day"]
    wanted |= {
        "valid_until": periods.day_after(last),
        "item_ids": given["items"],
        "region_ids": given["region_ids"],
    }
    return pages.once(
        request,
        lambda: operations.start_promotion(**wanted, actor=request.actor, now=request.now).id,
    )


def _beside_fields(form: NewPromotion, reasons) -> list[errors.Reason]:
    """Put what concerns a field beside it; the rest is answered."""
    rest = []
    for reason in reasons:
        field = reason.params.get("field", "")
        if reason.code == "pricing.period_invalid":
            field = "last_day"
        if field not in form.fields:
            rest.append(reason)
            continue
        form.add_error(field, _WRONG.get(field, _("This cannot be used.")))
    return rest


_WRONG: dict[str, Any] = {
    "threshold": gettext_lazy("Above zero, at most 4 decimals."),
    "minus": gettext_lazy("Above zero, in cents."),
    "budget": gettext_lazy("In cents, and enough for one grant at least."),
    "last_day": gettext_lazy("Not before the first day."),
}
