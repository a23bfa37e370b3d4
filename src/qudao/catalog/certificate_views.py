"""The page of one registration certificate: its terms, what rests on it, renewing and revoking it."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from qudao.catalog import listing, operations, queries, showing
from qudao.kernel import periods, scope
from qudao.ui import acts, formats, pages, status, tables
from qudao.ui.templatetags import ui as tags

VIEW, MANAGE = "catalog.item.view", "catalog.certificate.manage"


class Renewal(acts.Form):
    """The term printed on the renewed certificate."""

    first_day = acts.day(gettext_lazy("Valid from"))
    last_day = acts.day(
        gettext_lazy("Valid to (that day too)"), required=False, help_text=gettext_lazy("Empty: no expiry.")
    )


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
        "state": tags.tag(shown.tone, shown.label),
        "facts": _facts(found),
        "terms": _terms(queries.terms_of(certificate_id), today),
        "devices_url": listing.devices_url(found.number),
        "may_change": request.actor.can(MANAGE) and found.revoked_on is None,
        "timeline": showing.timeline_of([f"catalog.certificate:{certificate_id}"], request.actor),
    }
    return pages.show(request, "catalog/certificate.html", context)


@pages.page(MANAGE, own_transaction=True)
def certificate_renew(request, certificate_id: int) -> HttpResponse:
    """Enter the renewal: a version more, with the same products."""
    found, back = _found(request, certificate_id)
    act = acts.Act(
        title=_("Renew %(number)s") % {"number": found.number},
        button=_("Enter the renewal"),
        back=back,
        crumbs=_crumbs(found.number, back, _("Enter the renewal")),
        consequence=_(
            "The new version lists the same products, %(count)s of them in trade. Goods made in an earlier term "
            "stay sellable until they expire."
        )
        % {"count": found.devices},
        beside={"catalog.certificate_order": "first_day", "catalog.certificate_period": "last_day"},
        done=_("The renewal is entered."),
    )

    def perform(values: dict[str, Any]) -> str:
        last = values["last_day"]
        operations.renew_certificate(
            number=found.number,
            valid_from=values["first_day"],
            valid_until=last and last + dt.timedelta(days=1),
            actor=request.actor,
            now=request.now,
        )
        return found.number

    following = found.last_day and found.last_day + dt.timedelta(days=1)
    return acts.respond(
        request, act, Renewal, perform=perform, then=lambda _answer: back, initial={"first_day": following}
    )


@pages.page(MANAGE, own_transaction=True)
def certificate_revoke(request, certificate_id: int) -> HttpResponse:
    """The authority revoked it, or its holder gave it back."""
    found, back = _found(request, certificate_id)
    act = acts.Act(
        title=_("Enter the revocation of %(number)s") % {"number": found.number},
        button=_("Enter the revocation"),
        back=back,
        crumbs=_crumbs(found.number, back, _("Enter the revocation")),
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
