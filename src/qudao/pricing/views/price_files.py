"""A price list taken in: what it is for and its workbook, checked cell by cell, then set or not at all."""

import dataclasses
import datetime as dt
import io
from decimal import Decimal
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
from qudao.partners import queries as partners
from qudao.pricing import files
from qudao.pricing.names import Names, period
from qudao.pricing.views import contract
from qudao.ui import acts, pages, parsing, tables, verdicts
from qudao.ui import uploads as uploaded_files

MANAGE = "pricing.contract.manage"
SALT = "pricing.price.file"
# Old prices shown beside the new ones; all are counted.
ENDED_SHOWN = 50


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """A kind of price list: what its pages are called, where its prices are listed."""

    code: str
    title: Any
    parent: Any
    listed: str
    page: str
    workbook: str


KINDS = {
    one.code: one
    for one in (
        Kind("guide", gettext_lazy("Guide prices from Excel"), gettext_lazy("Prices"), "prices",
             "guide_upload", "guide_workbook"),
        Kind("hospital", gettext_lazy("Registered prices from Excel"), gettext_lazy("Prices"), "prices",
             "hospital_upload", "hospital_workbook"),
        Kind("vbp", gettext_lazy("Centralised procurement prices from Excel"), gettext_lazy("Prices"), "prices",
             "vbp_upload", "vbp_workbook"),
        Kind("floor", gettext_lazy("Floor prices from Excel"), gettext_lazy("Floor prices"), "floors",
             "floor_upload", "floor_workbook"),
    )
}  # fmt: skip


class PriceListForm(forms.Form):
    """What all prices of the file have in common."""

    entity_id = forms.TypedChoiceField(label=gettext_lazy("Legal entity"), coerce=int)
    valid_from = acts.day(gettext_lazy("First day"))
    last_day = acts.day(
        gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: until further notice.")
    )
    citation = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=80,
        help_text=gettext_lazy("Shown as the source where a price is explained."),
    )
    replace = forms.BooleanField(
        label=gettext_lazy("End the old prices when the new ones begin"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "Those of the products in the file that hold that day; the check lists them before anything is set."
        ),
    )

    def __init__(self, *args, kind: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        if kind == "floor":
            # A floor is ours alone: nothing explains it to anybody.
            del self.fields["citation"]
        self.fields["entity_id"].choices = list(Names.load().entities.items())

    def wanted(self) -> files.PriceList:
        """What the fields say; the last day belongs to it, the day after does not."""
        last = self.cleaned_data["last_day"]
        return files.PriceList(
            kind=self.kind,
            entity_id=self.cleaned_data["entity_id"],
            valid_from=self.cleaned_data["valid_from"],
            valid_until=periods.day_after(last),
            citation=self.cleaned_data.get("citation", ""),
            replace=self.cleaned_data["replace"],
        )


@pages.page(MANAGE, own_transaction=True)
def price_upload(request, kind: str) -> HttpResponse:
    """Prices of a legal entity from a workbook: guide prices, those of hospitals, awards, or floors."""
    of = KINDS[kind]
    today = periods.business_date(request.now)
    taking = bool(request.POST.get("token"))
    with scope.transaction(request.actor):
        form = PriceListForm(
            request.POST if request.method == "POST" and not taking else None,
            kind=kind,
            initial={"valid_from": today, "citation": _year_list(today) if kind == "guide" else ""},
        )
        names = Names.load()
        good = form.is_bound and form.is_valid()
    context: dict[str, Any] = {
        "form": form,
        "reasons": [],
        "title": of.title,
        "workbooks": [(f"{reverse(of.workbook)}?entity={id}", name) for id, name in names.entities.items()],
        "crumbs": [{"title": of.parent, "url": reverse(of.listed)}, {"title": of.title}],
    }
    status = 422 if form.is_bound and not good else 200
    try:
        if taking:
            return _take_in(request, of)
        if good:
            context |= _check(request, form.wanted(), names)
            status = 200 if context["checked"].ok else 422
    except errors.Refused as refusal:
        context["reasons"], status = refusal.reasons[:50], refusal.status
    return pages.show(request, "pricing/price_upload.html", context, status=status)


@require_safe
@pages.page(MANAGE)
def price_workbook(request, kind: str) -> HttpResponse:
    """The prices that hold today, `?entity=`; changed and sent back they are the next price list."""
    entity_id = parsing.whole(request.GET.get("entity"))
    if entity_id not in Names.load().entities:
        raise errors.NotFound
    stream = io.BytesIO()
    today = periods.business_date(request.now)
    files.write_price_workbook(stream, kind=kind, entity_id=entity_id, on=today, actor=request.actor)
    return contract.download(stream.getvalue(), f"{kind}-prices.xlsx")


def _year_list(today: dt.date) -> str:
    """What a price list is called unless somebody says otherwise; an award has a number of its own."""
    return _("Price list %(year)s") % {"year": today.year}


def _check(request, wanted: files.PriceList, names: Names) -> dict[str, Any]:
    uploaded = request.FILES.get("file")
    content = uploaded_files.content(uploaded)
    checked = files.check_price_file(
        content, wanted=wanted, filename=uploaded.name, actor=request.actor, now=request.now
    )
    token, ended = "", []
    if checked.ok:
        ended = files.prices_ended(checked.prices, wanted=wanted, actor=request.actor)
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
        "sheets": [verdicts.sheet(checked.result)],
        "facts": [
            (_("Legal entity"), names.entities.get(wanted.entity_id, "")),
            (_("Validity"), period(wanted.valid_from, wanted.valid_until)),
            *([(_("Source"), wanted.citation)] if wanted.citation else []),
            (_("Prices"), len(checked.prices)),
            *([(_("Old prices that end"), str(len(ended)))] if wanted.replace else []),
        ],
        "ended": _ended(ended, wanted, request.actor) if ended else None,
    }


def _ended(ended: list[tuple[Any, Decimal]], wanted: files.PriceList, actor: scope.Actor) -> tables.Table:
    """The first of the prices that end, each beside the one that follows it."""
    names = partners.party_names({getattr(row, "hospital_id", 0) for row, _new in ended} - {0}, actor)
    return tables.Table(
        label=_("Old prices that end when the new ones begin on %(day)s") % {"day": wanted.valid_from},
        columns=[
            tables.Column(key="product", label=_("Product"), sub="whom"),
            tables.Column(key="price", label=_("Price that ends"), kind="price"),
            tables.Column(key="following", label=_("New price"), kind="price"),
            tables.Column(key="since", label=_("Valid from"), kind="day"),
        ],
        rows=[
            {
                "product": f"{row.item_code} {row.item_name}",
                "whom": names.get(getattr(row, "hospital_id", 0), ""),
                "price": row.price,
                "following": following,
                "since": row.valid_from,
            }
            for row, following in ended[:ENDED_SHOWN]
        ],
    )


def _take_in(request, of: Kind) -> HttpResponse:
    """Set exactly the prices that were checked."""
    told = uploaded_files.told(request, request.POST["token"], salt=SALT)
    if told["kind"] != of.code:
        raise errors.NotFound
    until = told["valid_until"]
    wanted = files.PriceList(
        kind=told["kind"],
        entity_id=told["entity_id"],
        valid_from=dt.date.fromisoformat(told["valid_from"]),
        valid_until=dt.date.fromisoformat(until) if until else None,
        citation=told["citation"],
        replace=told["replace"],
    )
    count = pages.once(
        request,
        lambda: files.import_prices(
            uploaded_files.kept(told),
            wanted=wanted,
            filename=told["name"],
            actor=request.actor,
            now=request.now,
        ),
    )
    said = ngettext("%(count)s price set", "%(count)s prices set", count) % {"count": count}
    notices.success(request, said)
    when = "coming" if wanted.valid_from > periods.business_date(request.now) else "now"
    only = "" if of.code == "floor" else f"kind={of.code}&"
    return redirect(f"{reverse(of.listed)}?{only}entity={wanted.entity_id}&when={when}")
