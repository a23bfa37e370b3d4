"""What may be changed about a partner, each as one form: who may, what it asks, and the operation behind it."""

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qudao.partners import changing, forms, labels, operations
from qudao.partners.operations import admitting, writing


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`form(wanted)` gives the form's class, `perform(wanted, values)` the operation's answer; `tab` the part of
    the page it comes back to. `listed`: stands in the menu of the page (the others stand in rows)."""

    title: Any
    button: Any
    permission: str
    form: Callable[[changing.Wanted], Callable[..., django_forms.Form]]
    perform: Callable[[changing.Wanted, dict[str, Any]], Any]
    tab: str = ""
    initial: Callable[[changing.Wanted], Mapping[str, Any]] = lambda wanted: {}
    consequence: Callable[[changing.Wanted], Any] = lambda wanted: ""
    beside: Mapping[str, str] = dataclasses.field(default_factory=dict)
    fits: Callable[[changing.Wanted], bool] = lambda wanted: True
    listed: bool = False
    danger: bool = False


# Beside which field of the forms of particulars a reason stands.
PARTICULARS = {
    "partners.name_missing": "name",
    "partners.nothing_changed": "name",
    "partners.phone_unreadable": "phone",
}


def _simple(form: type[django_forms.Form]) -> Callable[[changing.Wanted], type[django_forms.Form]]:
    return lambda wanted: form


def _admission(step: str, title: Any, *, why: bool = False) -> Change:
    return Change(
        title=title,
        button=title,
        permission="",
        form=_simple(forms.Reason if why else forms.OptionalReason),
        perform=lambda wanted, values: changing.done(
            operations.take_admission_step(step=step, reason=values["reason"], **wanted.seen)  # type: ignore[arg-type]
        ),
        fits=lambda wanted: step in admitting.open_steps(wanted.party, wanted.actor),
        beside={"partners.reason_missing": "reason"},
        listed=True,
        danger=step in ("return", "lock"),
    )


def _on_licence(title: Any, perform: Callable, *, danger: bool = True) -> Change:
    def act(wanted: changing.Wanted, values: dict[str, Any]) -> int:
        row = wanted.licence
        return changing.done(
            perform(licence_id=row.id, version=row.version, reason=values["reason"], **wanted.common)
        )

    def said(wanted: changing.Wanted) -> str:
        classes = labels.several(labels.CLASSES, wanted.licence.locks)
        if not danger or not classes:
            return ""
        return _(
            "From today orders of %(classes)s goods by this partner are refused, and shipments stop."
        ) % {"classes": classes}

    return Change(
        title=title,
        button=title,
        permission=writing.LICENCES,
        form=_simple(forms.Reason),
        perform=act,
        tab="licences",
        consequence=said,
        fits=lambda wanted: wanted.licence.revoked_on is None,
        danger=danger,
    )


CHANGES: dict[str, Change] = {
    "request": _admission("request", gettext_lazy("Submit for approval")),
    "review": _admission("review", gettext_lazy("Reviewed by quality")),
    "approve": _admission("approve", gettext_lazy("Approve the admission")),
    "activate": _admission("activate", gettext_lazy("Take up trade")),
    "return": _admission("return", gettext_lazy("Send the admission back"), why=True),
    "lock": _admission("lock", gettext_lazy("Lock: a core document lapsed"), why=True),
    "unlock": _admission("unlock", gettext_lazy("Lift the lock"), why=True),
    "particulars": Change(
        title=gettext_lazy("Names, place, address, telephone"),
        button=gettext_lazy("Save the change"),
        permission=writing.PARTIES,
        form=_simple(forms.Particulars),
        perform=changing.change_particulars,
        initial=changing.particulars_initial,
        consequence=lambda wanted: _(
            "Lists, search and new papers follow at once; papers of goods already shipped keep what they say."
        ),
        beside=PARTICULARS,
        listed=True,
    ),
    "licence": Change(
        title=gettext_lazy("Record a licence"),
        button=gettext_lazy("Record as reviewed"),
        permission=writing.LICENCES,
        form=changing.licence_form,
        perform=changing.record_licence,
        tab="licences",
        initial=changing.licence_initial,
        beside={
            "partners.filing_has_no_expiry": "last_day",
            "partners.licence_period": "last_day",
            "partners.licence_kind_unknown": "number",
            "partners.licence_number_of_another_kind": "number",
        },
        listed=True,
    ),
    "licence_suspend": _on_licence(
        gettext_lazy("Suspend the licence"), functools.partial(operations.suspend_licence, suspended=True)
    ),
    "licence_reinstate": _on_licence(
        gettext_lazy("Lift the suspension"),
        functools.partial(operations.suspend_licence, suspended=False),
        danger=False,
    ),
    "licence_revoke": _on_licence(
        gettext_lazy("The authority revoked the licence"), operations.revoke_licence
    ),
    "account": Change(
        title=gettext_lazy("Open an account"),
        button=gettext_lazy("Open the account"),
        permission=writing.PARTIES,
        form=changing.account_form,
        perform=changing.open_account,
        tab="accounts",
        beside={
            "partners.account_exists": "line",
            "partners.parent_account_missing": "parent",
            "partners.account_cycle": "parent",
        },
        listed=True,
    ),
    "tier": Change(
        title=gettext_lazy("Change the tier"),
        button=gettext_lazy("Change the tier"),
        permission=writing.PARTIES,
        form=_simple(forms.Tier),
        perform=lambda wanted, values: changing.done(
            operations.change_tier(account_id=wanted.account.id, **values, **wanted.common)
        ),
        tab="accounts",
        initial=lambda wanted: {"tier": wanted.account.tier},
        consequence=lambda wanted: _(
            "Prices and rebates by tier follow from today; orders placed stay as they are."
        ),
    ),
    "account_close": Change(
        title=gettext_lazy("Close the account"),
        button=gettext_lazy("Close the account"),
        permission=writing.PARTIES,
        form=_simple(forms.Reason),
        perform=lambda wanted, values: changing.done(
            operations.close_account(account_id=wanted.account.id, **values, **wanted.common)
        ),
        tab="accounts",
        consequence=lambda wanted: _(
            "Nothing is sold on it or opened below it any more. It is not opened again."
        ),
        danger=True,
    ),
    "place": Change(
        title=gettext_lazy("Add a delivery place"),
        button=gettext_lazy("Add the place"),
        permission=writing.PARTIES,
        form=changing.place_form,
        perform=changing.open_place,
        tab="places",
        beside=PARTICULARS,
        listed=True,
    ),
    "place_change": Change(
        title=gettext_lazy("Change the delivery place"),
        button=gettext_lazy("Save the change"),
        permission=writing.PARTIES,
        form=_simple(forms.PlaceParticulars),
        perform=changing.change_place,
        tab="places",
        initial=changing.place_initial,
        consequence=lambda wanted: _(
            "Goods not yet shipped go to the new address; papers of goods already shipped keep what they say."
        ),
        beside=PARTICULARS,
    ),
    "grant": Change(
        title=gettext_lazy("Grant an authorisation"),
        button=gettext_lazy("Grant"),
        permission=writing.AUTHORISATIONS,
        form=changing.grant_form,
        perform=changing.grant,
        tab="authorisations",
        initial=changing.grant_initial,
        beside={
            "partners.authorisation_period": "last_day",
            "partners.parent_required": "parent",
            "partners.parent_unknown": "parent",
            "partners.child_territory": "territory",
            "partners.child_product": "line",
            "partners.child_hospital": "hospital",
            "partners.child_channel": "channel",
            "partners.child_period": "last_day",
            "partners.child_kind": "kind",
            "partners.authorisation_overlap": "exclusive",
        },
        fits=lambda wanted: not wanted.actor.party_id or wanted.actor.party_id != wanted.party.id,
        listed=True,
    ),
    "revoke": Change(
        title=gettext_lazy("Revoke the authorisation"),
        button=gettext_lazy("Revoke"),
        permission=writing.AUTHORISATIONS,
        form=_simple(forms.Reason),
        perform=lambda wanted, values: changing.done(
            operations.revoke_authorisation(
                authorisation_id=wanted.authorisation.id, **values, **wanted.common
            )
        ),
        tab="authorisations",
        consequence=lambda wanted: _("It ends today, with everything granted from it."),
        fits=lambda wanted: (
            wanted.authorisation.revoked_on is None
            # What our house granted, with nothing above it, only our house takes back.
            and (not wanted.actor.party_id or wanted.authorisation.parent_id is not None)
        ),
        danger=True,
    ),
    "freeze": Change(
        title=gettext_lazy("Freeze the partner"),
        button=gettext_lazy("Freeze"),
        permission=writing.PARTIES,
        form=_simple(forms.Reason),
        perform=lambda wanted, values: changing.done(operations.freeze_party(**values, **wanted.seen)),
        consequence=lambda wanted: _(
            "All new trade stops: orders, shipments, purchases. What is on the road arrives."
        ),
        fits=lambda wanted: wanted.party.frozen_at is None,
        listed=True,
        danger=True,
    ),
    "release": Change(
        title=gettext_lazy("Take up trade again"),
        button=gettext_lazy("Take up trade again"),
        permission=writing.PARTIES,
        form=_simple(forms.Reason),
        perform=lambda wanted, values: changing.done(operations.release_party(**values, **wanted.seen)),
        fits=lambda wanted: wanted.party.frozen_at is not None,
        listed=True,
    ),
}


def may(step: str, wanted: changing.Wanted) -> bool:
    """Whether the actor is offered this change of this partner."""
    change = CHANGES[step]
    return (not change.permission or wanted.actor.can(change.permission)) and change.fits(wanted)


def offered(wanted: changing.Wanted) -> list[tuple[str, Any]]:
    """(step, title) of what the page's menu offers."""
    return [(step, change.title) for step, change in CHANGES.items() if change.listed and may(step, wanted)]
