"""Stock at go-live taken in from Excel: checked against the totals of the system before, then booked once."""

import dataclasses
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from qudao.inventory import files
from qudao.kernel import errors, periods
from qudao.organisation import queries as organisation
from qudao.ui import acts, excel, formats, pages, uploads, verdicts

OPEN = "inventory.stock.open"
SALT = "inventory.opening.file"


class OpeningForm(acts.Form):
    """Whose stock, and what it comes to."""

    entity_id = forms.TypedChoiceField(label=gettext_lazy("Legal entity"), coerce=int)
    control_quantity = forms.DecimalField(
        label=gettext_lazy("Quantity in all"),
        max_digits=18,
        decimal_places=4,
        help_text=gettext_lazy("In base units, as in the previous system."),
    )
    control_value = forms.DecimalField(
        label=gettext_lazy("Cost in all, without tax"), max_digits=18, decimal_places=2
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entity_id"].choices = [(one.id, one.short_name) for one in organisation.list_entities()]


@pages.house_page(OPEN)
def opening_upload(request) -> HttpResponse:
    """Check the file, then bring in exactly the stock that was checked."""
    taking = bool(request.POST.get("token"))
    form = OpeningForm(request.POST if request.method == "POST" and not taking else None)
    context: dict[str, Any] = {
        "title": _("Opening stock from Excel"),
        "form": form,
        "limit": uploads.limit(),
        "today": periods.business_date(request.now),
        "crumbs": [
            {"title": _("Stock"), "url": reverse("stock"), "rail": True},
            {"title": _("Opening stock from Excel")},
        ],
    }
    code = 422 if form.is_bound else 200
    try:
        if taking:
            return _taken_in(request)
        if form.is_bound and form.is_valid():
            context |= _checked(request, files.Opening(**form.cleaned_data))
            code = 200 if context["token"] else 422
    except errors.Refused as refusal:
        context["reasons"], code = refusal.reasons[:50], refusal.status
    return pages.show(request, "inventory/opening.html", context, status=code)


@require_safe
@pages.house_page(OPEN)
def opening_template(_request) -> HttpResponse:
    """The empty workbook of opening stock."""
    return excel.blank(files.SHEET, _("Opening stock template"))


def _checked(request, wanted: files.Opening) -> dict[str, Any]:
    uploaded = request.FILES.get("file")
    content = uploads.content(uploaded)
    checked = files.check_opening(
        content, wanted=wanted, filename=uploaded.name, actor=request.actor, now=request.now
    )
    told = {name: str(value) for name, value in dataclasses.asdict(wanted).items()}
    token = uploads.looked_at(request, content, salt=SALT, name=uploaded.name, **told) if checked.ok else ""
    return {
        "filename": uploaded.name,
        "sheets": [verdicts.sheet(checked.result)],
        "reasons": list(checked.reasons),
        "facts": [
            (_("Legal entity"), organisation.get_entity(wanted.entity_id).short_name),
            (_("Rows"), formats.quantity(checked.result.count)),
            (_("Quantity in all"), formats.quantity(wanted.control_quantity)),
            (_("Cost in all, without tax"), formats.amount(wanted.control_value)),
        ],
        "token": token,
    }


def _taken_in(request) -> HttpResponse:
    """Bring in exactly what was checked."""
    told = uploads.told(request, request.POST["token"], salt=SALT)
    wanted = files.Opening(
        entity_id=int(told["entity_id"]),
        control_quantity=Decimal(told["control_quantity"]),
        control_value=Decimal(told["control_value"]),
    )

    def perform() -> str:
        made = files.import_opening(
            uploads.kept(told), wanted=wanted, filename=told["name"], actor=request.actor, now=request.now
        )
        return made.number

    number = pages.once(request, perform)
    notices.success(request, _("The opening stock is booked: %(number)s.") % {"number": number})
    return redirect("stock")
