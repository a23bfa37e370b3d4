"""A price list taken in: what it is for and its workbook, checked cell by cell, then set or not at all."""

import dataclasses
import datetime as dt
import io
from typing import Any

from django import forms
from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from qudao.kernel import errors, periods, scope
from qudao.pricing import files
from qudao.pricing.names import Names, period
from qudao.pricing.views import contract, uploads
from qudao.ui import pages, parsing
from qudao.ui import uploads as uploaded_files

MANAGE = "pricing.contract.manage"
SALT = "pricing.guide.file"


class PriceList(forms.Form):
    """What all prices of the file have in common."""

    entity_id = forms.TypedChoiceField(label=gettext_lazy("Legal entity"), coerce=int)
    valid_from = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: until further notice."),
    )
    citation = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=80,
        help_text=gettext_lazy("Shown wherever a price of it is explained."),
    )
    replace = forms.BooleanField(
        label=gettext_lazy("Prices that hold on the first day end there"), required=False, initial=True
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entity_id"].choices = list(Names.load().entities.items())

    def wanted(self) -> files.GuideList:
        """What the fields say; the last day belongs to it, the day after does not."""
        last = self.cleaned_data["last_day"]
        return files.GuideList(
            entity_id=self.cleaned_data["entity_id"],
            valid_from=self.cleaned_data["valid_from"],
            valid_until=last and last + dt.timedelta(days=1),
            citation=self.cleaned_data["citation"],
            replace=self.cleaned_data["replace"],
        )


@pages.page(MANAGE, own_transaction=True)
def guide_upload(request) -> HttpResponse:
    """Guide prices of a legal entity from a workbook."""
    today = periods.business_date(request.now)
    taking = bool(request.POST.get("token"))
    with scope.transaction(request.actor):
        form = PriceList(
            request.POST if request.method == "POST" and not taking else None,
            initial={"valid_from": today, "citation": _("Price list %(year)s") % {"year": today.year}},
        )
        names = Names.load()
        good = form.is_bound and form.is_valid()
    context: dict[str, Any] = {
        "form": form,
        "reasons": [],
        "entities": names.entities.items(),
        "crumbs": [{"title": _("Prices"), "url": reverse("prices")}, {"title": _("Guide prices from Excel")}],
    }
    status = 422 if form.is_bound and not good else 200
    try:
        if taking:
            return _take_in(request)
        if good:
            context |= _check(request, form.wanted(), names)
            status = 200 if context["checked"].ok else 422
    except errors.Refused as refusal:
        context["reasons"], status = refusal.reasons[:50], refusal.status
    return pages.show(request, "pricing/guide_upload.html", context, status=status)


@require_safe
@pages.page(MANAGE)
def guide_workbook(request) -> HttpResponse:
    """The guide prices that hold today, `?entity=`; changed and sent back they are the next price list."""
    entity_id = parsing.whole(request.GET.get("entity"))
    if entity_id not in Names.load().entities:
        raise errors.NotFound
    stream = io.BytesIO()
    today = periods.business_date(request.now)
    files.write_guide_workbook(stream, entity_id=entity_id, on=today, actor=request.actor)
    return contract.download(stream.getvalue(), "guide-prices.xlsx")


def _check(request, wanted: files.GuideList, names: Names) -> dict[str, Any]:
    uploaded = request.FILES.get("file")
    content = uploaded_files.content(uploaded)
    checked = files.check_guide_file(
        content, wanted=wanted, filename=uploaded.name, actor=request.actor, now=request.now
    )
    token = ""
    if checked.ok:
        told = dataclasses.asdict(wanted) | {
            "valid_from": wanted.valid_from.isoformat(),
            "valid_until": wanted.valid_until.isoformat() if wanted.valid_until else "",
            "name": uploaded.name,
        }
        token = uploaded_files.looked_at(request, content, salt=SALT, **told)
    return {
        "checked": checked,
        "token": token,
        "filename": uploaded.name,
        "reasons": list(checked.reasons),
        "sheets": [uploads.sheet(checked.result)],
        "facts": [
            (_("Legal entity"), names.entities.get(wanted.entity_id, "")),
            (_("Validity"), period(wanted.valid_from, wanted.valid_until)),
            (_("Source"), wanted.citation),
            (_("Prices"), len(checked.prices)),
        ],
    }


def _take_in(request) -> HttpResponse:
    """Set exactly the prices that were checked."""
    told = uploaded_files.told(request, request.POST["token"], salt=SALT)
    until = told["valid_until"]
    wanted = files.GuideList(
        entity_id=told["entity_id"],
        valid_from=dt.date.fromisoformat(told["valid_from"]),
        valid_until=dt.date.fromisoformat(until) if until else None,
        citation=told["citation"],
        replace=told["replace"],
    )
    count = pages.once(
        request,
        lambda: files.import_guide_prices(
            uploaded_files.kept(told),
            wanted=wanted,
            filename=told["name"],
            actor=request.actor,
            now=request.now,
        ),
    )
    said = ngettext("%(count)s guide price set", "%(count)s guide prices set", count) % {"count": count}
    notices.success(request, said)
    when = "coming" if wanted.valid_from > periods.business_date(request.now) else "now"
    return redirect(f"{reverse('prices')}?kind=guide&entity={wanted.entity_id}&when={when}")
