"""The forms behind changes of a partner: what each asks, what it starts with, and the operation it becomes."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from qudao.kernel import errors, scope
from qudao.organisation import queries_people
from qudao.partners import fields, forms, listing, operations, queries, territories

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
    def place(self) -> queries.Place:
        return self._named(self.party.places)

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


def done(view: Any) -> int:
    """What a form answers: the id of the row it made or changed."""
    return int(view.id)


# --- Particulars ---------------------------------------------------------------------------------------


def particulars_initial(wanted: Wanted) -> Mapping[str, Any]:
    party = wanted.party
    return {
        "version": party.version,
        "name": party.name,
        "short_name": party.short_name,
        "territory": party.territory_name,
        "address": party.address,
        "phone": party.phone,
    }


def change_particulars(wanted: Wanted, values: dict[str, Any]) -> int:
    values["territory"] = _same_or(values["territory"], wanted.party.territory)
    return done(operations.change_party(party_id=wanted.party.id, **values, **wanted.common))


def _same_or(typed: int, held: int) -> int:
    """The division held where the typed one is called the same: 上海市 is a province and the city in it."""
    return held if territories.label(typed) == territories.label(held) else typed


# --- Licences ---------------------------------------------------------------------------------------


def licence_form(wanted: Wanted):
    query = {"step": "licence"} | ({"of": wanted.of} if wanted.of else {})
    address = f"{reverse('partner_change', args=[wanted.party.id])}?{urlencode(query)}"
    return functools.partial(forms.Licence, today=wanted.today, address=address)


def licence_initial(wanted: Wanted) -> Mapping[str, Any]:
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


def record_licence(wanted: Wanted, values: dict[str, Any]) -> int:
    qualifier = "cold_chain" if values.get("cold_chain") else ""
    entries = [
        dataclasses.replace(one, qualifier=qualifier) if one.category_code == "6840" else one
        for one in (*values.get("scope_3", ()), *values.get("scope_2", ()))
    ]
    last = values.get("last_day")
    return done(
        operations.record_licence(
            party_id=wanted.party.id,
            kind=values["kind"],
            number=values["number"],
            mode=values.get("mode", ""),
            issued_by=values["issued_by"],
            valid_from=values["valid_from"],
            valid_until=last + DAY if last else None,
            scope=entries,
            **wanted.common,
        )
    )


# --- Accounts and places ----------------------------------------------------------------------------


def account_form(wanted: Wanted):
    return functools.partial(
        forms.Account, actor=wanted.actor, choices=choices(wanted.actor), roles=wanted.party.roles
    )


def open_account(wanted: Wanted, values: dict[str, Any]) -> int:
    return done(
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


def place_form(wanted: Wanted):
    above = [(one.id, one.name) for one in wanted.party.places if one.parent_id is None]
    return functools.partial(forms.Place, places=above)


def open_place(wanted: Wanted, values: dict[str, Any]) -> int:
    return done(
        operations.open_place(
            party_id=wanted.party.id,
            kind=values["kind"],
            name=values["name"],
            territory=values["territory"],
            address=values["address"],
            contact=values["contact"],
            phone=values["phone"],
            parent_id=values.get("parent"),
            **wanted.common,
        )
    )


def place_initial(wanted: Wanted) -> Mapping[str, Any]:
    place = wanted.place
    return {
        "name": place.name,
        "territory": territories.label(place.territory),
        "address": place.address,
        "contact": place.contact,
        "phone": place.phone,
    }


def change_place(wanted: Wanted, values: dict[str, Any]) -> int:
    values["territory"] = _same_or(values["territory"], wanted.place.territory)
    return done(operations.change_place(place_id=wanted.place.id, **values, **wanted.common))


# --- Authorisations ---------------------------------------------------------------------------------


def grant_form(wanted: Wanted):
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
                    names.lines.get(one.line_id, _("All lines")) if one.line_id else _("All lines"),
                    one.territory or _("Whole country"),
                )
            ),
        )
        for party_id in above
        for one in queries.list_authorisations(party_id, actor=wanted.actor)
        if one.sublicence and one.revoked_on is None
    ]


def grant_initial(wanted: Wanted) -> Mapping[str, Any]:
    """From today, and of the legal entity the partner deals with, where that is one."""
    entities = {one.entity_id for one in wanted.party.accounts if one.is_open}
    return {"valid_from": wanted.today, **({"entity": entities.pop()} if len(entities) == 1 else {})}


def grant(wanted: Wanted, values: dict[str, Any]) -> int:
    last = values["last_day"]
    return done(
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
