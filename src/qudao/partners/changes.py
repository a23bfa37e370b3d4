"""What may be changed about a partner, each as one form: who may, what it asks, and the operation behind it."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Callable, Mapping
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qudao.kernel import errors, scope
from qudao.organisation import queries_people
from qudao.partners import fields, forms, labels, listing, operations, queries
from qudao.partners.operations import admitting, writing

DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a change is about: the partner, and the row of it that the address names (`of`, 0 for none)."""

    party: queries.PartyView
    of: int
    actor: scope.Actor
    now: dt.datetime
    today: dt.date

    @property
    def licence(self) -> queries.LicenceView:
        return self._named(self.party.licences)

    @property
    def account(self) -> queries.Account:
        return self._named(self.party.accounts)

    @property
    def authorisation(self) -> queries.AuthorisationView:
        return self._named(self.party.authorisations)

    def _named(self, rows: Any) -> Any:
        for row in rows:
            if row.id == self.of:
                return row
        raise errors.NotFound

    @property
    def common(self) -> dict[str, Any]:
        return {"actor": self.actor, "now": self.now}

    @property
    def seen(self) -> dict[str, Any]:
        """Party and version, for operations on the party itself."""
        return {"party_id": self.party.id, "version": self.party.version, **self.common}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`form(wanted)` gives the form's class, `perform(wanted, values)` the operation's answer; `tab` the part of
    the page it comes back to. `listed`: stands in the menu of the page (the others stand in rows)."""

    title: Any
    button: Any
    permission: str
    form: Callable[[Wanted], Callable[..., django_forms.Form]]
    perform: Callable[[Wanted, dict[str, Any]], Any]
    tab: str = ""
    initial: Callable[[Wanted], Mapping[str, Any]] = lambda wanted: {}
    consequence: Callable[[Wanted], Any] = lambda wanted: ""
    beside: Mapping[str, str] = dataclasses.field(default_factory=dict)
    fits: Callable[[Wanted], bool] = lambda wanted: True
    listed: bool = False
    danger: bool = False


def choices(actor: scope.Actor) -> dict[str, list[tuple[int, str]]]:
    """Entities, lines, regions and our own people to choose from."""
    names = listing.Names.load()
    people = queries_people.list_people(actor=actor, ours=True)[0] if actor.house else []
    return {
        "entities": list(names.entities.items()),
        "lines": list(names.lines.items()),
        "regions": list(names.regions.items()),
        "people": [(one.id, one.name) for one in people if one.active],
    }


def _simple(form: type[django_forms.Form]) -> Callable[[Wanted], type[django_forms.Form]]:
    return lambda wanted: form


def _admission(step: str, title: Any, *, why: bool = False) -> Change:
    return Change(
        title=title,
        button=title,
        permission="",
        form=_simple(forms.Reason if why else forms.OptionalReason),
        perform=lambda wanted, values: _done(
            operations.take_admission_step(step=step, reason=values["reason"], **wanted.seen)  # type: ignore[arg-type]
        ),
        fits=lambda wanted: step in admitting.open_steps(wanted.party, wanted.actor),
        beside={"partners.reason_missing": "reason"},
        listed=True,
        danger=step in ("return", "lock"),
    )


def _done(view: Any) -> int:
    return int(view.id)


# --- Licences ---------------------------------------------------------------------------------------


def _licence_form(wanted: Wanted):
    return functools.partial(forms.Licence, today=wanted.today)


def _licence_initial(wanted: Wanted) -> Mapping[str, Any]:
    if not wanted.of:
        return {}
    old = wanted.licence
    return {
        "kind": old.kind,
        "number": old.number,
        "mode": old.mode,
        "issued_by": old.issued_by,
        "valid_from": old.last_day + DAY if old.last_day else None,
        "scope_3": fields.initial_scope(old.scope, 3),
        "scope_2": fields.initial_scope(old.scope, 2),
        "cold_chain": any(one.qualifier == "cold_chain" for one in old.scope),
    }


def _record_licence(wanted: Wanted, values: dict[str, Any]) -> int:
    qualifier = "cold_chain" if values["cold_chain"] else ""
    entries = [
        dataclasses.replace(one, qualifier=qualifier) if one.category_code == "6840" else one
        for one in (*values["scope_3"], *values["scope_2"])
    ]
    last = values["last_day"]
    return _done(
        operations.record_licence(
            party_id=wanted.party.id,
            kind=values["kind"],
            number=values["number"],
            mode=values["mode"],
            issued_by=values["issued_by"],
            valid_from=values["valid_from"],
            valid_until=last + DAY if last else None,
            scope=entries,
            **wanted.common,
        )
    )


def _on_licence(title: Any, perform: Callable, *, danger: bool = True) -> Change:
    def act(wanted: Wanted, values: dict[str, Any]) -> int:
        row = wanted.licence
        return _done(
            perform(licence_id=row.id, version=row.version, reason=values["reason"], **wanted.common)
        )

    def said(wanted: Wanted) -> str:
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


# --- Accounts and places ----------------------------------------------------------------------------


def _account_form(wanted: Wanted):
    return functools.partial(
        forms.Account, actor=wanted.actor, choices=choices(wanted.actor), roles=wanted.party.roles
    )


def _open_account(wanted: Wanted, values: dict[str, Any]) -> int:
    return _done(
        operations.open_account(
            entity_id=values["entity"],
            party_id=wanted.party.id,
            line_id=values["line"],
            role=values["role"],
            tier=values["tier"],
            region_id=values["region"],
            parent_party_id=values["parent"],
            sales_person_id=values["sales_person"],
            payment_days=values["payment_days"],
            **wanted.common,
        )
    )


def _place_form(wanted: Wanted):
    above = [(one.id, one.name) for one in wanted.party.places if one.parent_id is None]
    return functools.partial(forms.Place, places=above)


def _open_place(wanted: Wanted, values: dict[str, Any]) -> int:
    return _done(
        operations.open_place(
            party_id=wanted.party.id,
            kind=values["kind"],
            name=values["name"],
            territory=values["territory"],
            address=values["address"],
            contact=values["contact"],
            parent_id=values.get("parent"),
            **wanted.common,
        )
    )


# --- Authorisations ---------------------------------------------------------------------------------


def _grant_form(wanted: Wanted):
    return functools.partial(
        forms.Grant, actor=wanted.actor, choices=choices(wanted.actor), parents=_parents(wanted)
    )


def _parents(wanted: Wanted) -> list[tuple[int, str]]:
    """What may be passed on: a partner's own; for the house, that of whoever stands above an account."""
    if wanted.actor.party_id:
        above = [wanted.actor.party_id]
    else:
        held = {one.parent_id for one in wanted.party.accounts if one.parent_id}
        above = sorted({one.party_id for one in queries.accounts_by_id(held, wanted.actor).values()})
    names = listing.Names.load()
    return [
        (
            one.id,
            " · ".join(
                (
                    names.lines.get(one.line_id, _("all lines")) if one.line_id else _("all lines"),
                    one.territory or _("whole country"),
                )
            ),
        )
        for party_id in above
        for one in queries.list_authorisations(party_id, actor=wanted.actor)
        if one.sublicence and one.revoked_on is None
    ]


def _grant(wanted: Wanted, values: dict[str, Any]) -> int:
    last = values["last_day"]
    return _done(
        operations.grant_authorisation(
            entity_id=values["entity"],
            party_id=wanted.party.id,
            kind=values["kind"],
            effect=values["effect"],
            line_id=values["line"],
            territory=values["territory"],
            hospital_id=values["hospital"],
            channel=values["channel"],
            exclusive=values["exclusive"],
            sublicence=values["sublicence"],
            parent_id=values.get("parent"),
            valid_from=values["valid_from"],
            valid_until=last + DAY if last else None,
            target=values["target"],
            **wanted.common,
        )
    )


CHANGES: dict[str, Change] = {
    "request": _admission("request", gettext_lazy("Hand in for admission")),
    "review": _admission("review", gettext_lazy("Reviewed by quality")),
    "approve": _admission("approve", gettext_lazy("Approve the admission")),
    "activate": _admission("activate", gettext_lazy("Take up trade")),
    "return": _admission("return", gettext_lazy("Send the admission back"), why=True),
    "lock": _admission("lock", gettext_lazy("Lock: a core document lapsed"), why=True),
    "unlock": _admission("unlock", gettext_lazy("Lift the lock"), why=True),
    "licence": Change(
        title=gettext_lazy("Record a licence"),
        button=gettext_lazy("Record as reviewed"),
        permission=writing.LICENCES,
        form=_licence_form,
        perform=_record_licence,
        tab="licences",
        initial=_licence_initial,
        beside={
            "partners.filing_has_no_expiry": "last_day",
            "partners.licence_period": "last_day",
            "partners.licence_kind_unknown": "number",
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
        form=_account_form,
        perform=_open_account,
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
        perform=lambda wanted, values: _done(
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
        perform=lambda wanted, values: _done(
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
        form=_place_form,
        perform=_open_place,
        tab="places",
        listed=True,
    ),
    "grant": Change(
        title=gettext_lazy("Grant an authorisation"),
        button=gettext_lazy("Grant"),
        permission=writing.AUTHORISATIONS,
        form=_grant_form,
        perform=_grant,
        tab="authorisations",
        initial=lambda wanted: {"valid_from": wanted.today},
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
        perform=lambda wanted, values: _done(
            operations.revoke_authorisation(
                authorisation_id=wanted.authorisation.id, **values, **wanted.common
            )
        ),
        tab="authorisations",
        consequence=lambda wanted: _("It ends today, with everything granted from it."),
        fits=lambda wanted: wanted.authorisation.revoked_on is None,
        danger=True,
    ),
    "freeze": Change(
        title=gettext_lazy("Freeze the partner"),
        button=gettext_lazy("Freeze"),
        permission=writing.PARTIES,
        form=_simple(forms.Reason),
        perform=lambda wanted, values: _done(operations.freeze_party(**values, **wanted.seen)),
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
        perform=lambda wanted, values: _done(operations.release_party(**values, **wanted.seen)),
        fits=lambda wanted: wanted.party.frozen_at is not None,
        listed=True,
    ),
}


def may(step: str, wanted: Wanted) -> bool:
    """Whether the actor is offered this change of this partner."""
    change = CHANGES[step]
    return (not change.permission or wanted.actor.can(change.permission)) and change.fits(wanted)


def offered(wanted: Wanted) -> list[tuple[str, Any]]:
    """(step, title) of what the page's menu offers."""
    return [(step, change.title) for step, change in CHANGES.items() if change.listed and may(step, wanted)]
