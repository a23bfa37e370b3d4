"""Registration certificates: entering one, its page with terms and what rests on it, the products it lists,
renewing and revoking it."""

import datetime as dt
import functools
import re
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from qudao.catalog import listing, operations, queries, showing
from qudao.kernel import errors, periods, scope
from qudao.ui import acts, formats, marks, pages, status, tables

VIEW, MANAGE = "catalog.item.view", "catalog.certificate.manage"
NAMED = 3
# Between the codes of a list; a code may hold a blank.
_GAPS = re.compile(r"[\r\n\t,;，；、]+")
_TERM = {"catalog.certificate_order": "first_day", "catalog.certificate_period": "last_day"}
_PRODUCTS = {"catalog.item_unknown": "products", "catalog.certificate_class": "products"}


def _products(**more: Any) -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Codes of the products it lists"),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One per line, as copied from Excel."),
        **more,
    )


class Renewal(acts.Form):
    """The term printed on the renewed or changed certificate, and the products its annex lists."""

    first_day = acts.day(gettext_lazy("Valid from"))
    last_day = acts.day(
        gettext_lazy("Valid to (inclusive)"), required=False, help_text=gettext_lazy("Empty: no expiry.")
    )
    products = _products()

    def __init__(self, *args: Any, listing: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One that lists products goes on listing some: an emptied field is a slip.
        self.fields["products"].required = listing


class NewCertificate(Renewal):
    """What is printed on a certificate."""

    number = forms.CharField(label=gettext_lazy("Certificate number"), max_length=60)
    registrant = forms.CharField(label=gettext_lazy("Registrant"), max_length=120)
    producer = forms.CharField(
        label=gettext_lazy("Producer"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Empty: the registrant."),
    )
    production_permit = forms.CharField(
        label=gettext_lazy("Production permit"), max_length=60, required=False
    )
    field_order = ("number", "registrant", "producer", "production_permit")


class Extension(acts.Form):
    """Products the annex lists as well."""

    products = _products()


class Revocation(acts.Form):
    """The day of the authority's notice."""

    revoked_on = acts.day(gettext_lazy("Revoked on"))


@require_safe
@pages.page(VIEW)
def certificate(request, certificate_id: int) -> HttpResponse:
    """A certificate in all its versions, and what of our trade rests on it."""
    today = periods.business_date(request.now)
    found = queries.get_certificate(certificate_id, on=today)
    shown = status.show("certificate", found.state)
    context = {
        "certificate": found,
        "crumbs": _crumbs(found.number),
        "state": marks.tag(shown.tone, shown.label),
        "facts": _facts(found),
        "terms": _terms(queries.terms_of(certificate_id), today),
        "devices_url": listing.devices_url(found.number),
        "may_change": request.actor.can(MANAGE) and found.revoked_on is None,
        "timeline": showing.timeline_of([], [certificate_id], request.actor),
    }
    return pages.show(request, "catalog/certificate.html", context)


@pages.page(MANAGE, own_transaction=True)
def certificate_new(request) -> HttpResponse:
    """Enter a certificate with its first term and the products it lists."""
    title = _("New certificate")
    act = acts.Act(
        title=title,
        button=_("Enter the certificate"),
        back=reverse("certificates"),
        crumbs=_crumbs(title),
        consequence=_("Goods made in its term may be bought and sold from now on."),
        beside={
            "catalog.registration_unreadable": "number",
            "catalog.registration_inconsistent": "number",
            "catalog.certificate_taken": "number",
            **_TERM,
            **_PRODUCTS,
        },
        done=_("The certificate is entered."),
    )

    def perform(values: dict[str, Any]) -> int:
        last = values.pop("last_day")
        made = operations.NewCertificate(
            valid_from=values.pop("first_day"),
            valid_until=periods.day_after(last),
            item_ids=_items(request, values.pop("products")),
            **values,
        )
        return operations.register_certificate(certificate=made, actor=request.actor, now=request.now).id

    return acts.respond(
        request,
        act,
        functools.partial(NewCertificate, listing=False),
        perform=perform,
        then=lambda made: reverse("certificate", args=[made]),
    )


@pages.page(MANAGE, own_transaction=True)
def certificate_extend(request, certificate_id: int) -> HttpResponse:
    """Products the newest version lists that were not entered yet."""
    found, back = _found(request, certificate_id)
    title = _("Add products to %(number)s") % {"number": found.number}
    act = acts.Act(
        title=title,
        button=_("Add the products"),
        back=back,
        crumbs=_crumbs(found.number, back, _("Add products")),
        consequence=_(
            "Only for models already listed in its annex. A changed annex is entered as a renewal."
        ),
        beside=_PRODUCTS,
        done=_("The certificate lists the products."),
    )

    def perform(values: dict[str, Any]) -> int:
        return operations.cover_items(
            covered={found.number: _items(request, values["products"])}, actor=request.actor, now=request.now
        )

    return acts.respond(request, act, Extension, perform=perform, then=lambda _count: back)


@pages.page(MANAGE, own_transaction=True)
def certificate_renew(request, certificate_id: int) -> HttpResponse:
    """Enter the renewal or a change: a version more, with the products listed so far unless others are."""
    found, back = _found(request, certificate_id)
    with scope.transaction(request.actor):
        listed = queries.codes_listed(certificate_id)
    act = acts.Act(
        title=_("Renew %(number)s") % {"number": found.number},
        button=_("Record renewal"),
        back=back,
        crumbs=_crumbs(found.number, back, _("Record renewal")),
        consequence=ngettext(
            "So far it lists %(count)s product in trade. Goods made in an earlier term stay sellable until they "
            "expire; what the list leaves out is no longer covered.",
            "So far it lists %(count)s products in trade. Goods made in an earlier term stay sellable until they "
            "expire; what the list leaves out is no longer covered.",
            found.devices,
        )
        % {"count": found.devices},
        beside={**_TERM, **_PRODUCTS},
        done=_("The renewal is entered."),
    )

    def perform(values: dict[str, Any]) -> str:
        last = values["last_day"]
        operations.renew_certificate(
            number=found.number,
            valid_from=values["first_day"],
            valid_until=periods.day_after(last),
            item_ids=_items(request, values["products"]),
            actor=request.actor,
            now=request.now,
        )
        return found.number

    following = periods.day_after(found.last_day)
    return acts.respond(
        request,
        act,
        functools.partial(Renewal, listing=bool(listed)),
        perform=perform,
        then=lambda _answer: back,
        initial={"first_day": following, "products": "\n".join(listed)},
    )


@pages.page(MANAGE, own_transaction=True)
def certificate_revoke(request, certificate_id: int) -> HttpResponse:
    """The authority revoked it, or its holder gave it back."""
    found, back = _found(request, certificate_id)
    act = acts.Act(
        title=_("Record revocation of %(number)s") % {"number": found.number},
        button=_("Record revocation"),
        back=back,
        crumbs=_crumbs(found.number, back, _("Record revocation")),
        about=_of_what(found),
        consequence=ngettext(
            "From that day nothing made under it may be bought, sold or shipped: %(count)s product in trade rests "
            "on it. It cannot be taken back.",
            "From that day nothing made under it may be bought, sold or shipped: %(count)s products in trade rest "
            "on it. It cannot be taken back.",
            found.devices,
        )
        % {"count": found.devices},
        done=_("The revocation is entered."),
        danger=True,
    )

    def perform(values: dict[str, Any]) -> str:
        operations.revoke_certificate(
            number=found.number, revoked_on=values["revoked_on"], actor=request.actor, now=request.now
        )
        return found.number

    today = periods.business_date(request.now)
    return acts.respond(
        request, act, Revocation, perform=perform, then=lambda _answer: back, initial={"revoked_on": today}
    )


def _of_what(found: queries.CertificateRow) -> str:
    """Whose certificate it is, and of which products by name."""
    return " · ".join([found.registrant, formats.listed(queries.names_listed(found.id))])


def _named(found: queries.CertificateRow) -> str:
    """The first products it lists by name, and that there are more."""
    names = queries.names_listed(found.id, most=NAMED + 1)
    more = len(names) > NAMED
    return (
        _("%(names)s and more") % {"names": formats.listed(names[:NAMED])} if more else formats.listed(names)
    )


def _items(request, text: str) -> tuple[int, ...]:
    """The products of these codes. Raises Refused `catalog.item_unknown` for each that is none."""
    codes = list(dict.fromkeys(filter(None, map(str.strip, _GAPS.split(text)))))
    found = queries.items_by_code(codes, on=periods.business_date(request.now), entity_id=0)
    errors.raise_if_refused(
        errors.Reason("catalog.item_unknown", params={"item": code}) for code in codes if code not in found
    )
    return tuple(found[code].id for code in codes)


def _found(request, certificate_id: int) -> tuple[queries.CertificateRow, str]:
    with scope.transaction(request.actor):
        found = queries.get_certificate(certificate_id, on=periods.business_date(request.now))
    return found, reverse("certificate", args=[certificate_id])


def _crumbs(number: str, address: str = "", step: str = "") -> list[dict[str, Any]]:
    found = [
        {"title": _("Product certificates"), "url": reverse("certificates"), "rail": True},
        {"title": number, "url": address},
    ]
    return [*found, {"title": step}] if step else found


def _facts(found: queries.CertificateRow) -> list[tuple[str, Any]]:
    standing = found.state in ("valid", "expiring")
    known = [
        (_("Products"), _named(found)),
        (_("Registrant"), found.registrant),
        (_("Producer"), found.producer if found.producer != found.registrant else ""),
        (_("Production permit"), found.production_permit),
        (_("Valid to"), formats.day(found.last_day) if found.last_day else _("no expiry")),
        (_("Renewal to be filed by"), found.renew_by and formats.day(found.renew_by) if standing else ""),
        (_("Revoked on"), found.revoked_on and formats.day(found.revoked_on)),
    ]
    return [(label, value) for label, value in known if value]


def _terms(found: list[queries.CertificateTerm], today: dt.date) -> tables.Table:
    return tables.Table(
        label=_("Versions"),
        columns=[
            tables.Column(key="version", label=_("Version")),
            tables.Column(key="first_day", label=_("Valid from"), kind="day"),
            tables.Column(key="last_day", label=_("Valid to"), kind="day"),
            tables.Column(key="devices", label=_("Products"), kind="qty"),
        ],
        rows=[
            {
                "version": f"v{one.version}",
                "first_day": one.valid_from,
                "first_day_tone": "info" if one.valid_from > today else None,
                "last_day": one.last_day,
                "devices": one.devices,
            }
            for one in found
        ],
    )
