"""Changing what a partner and its places are called and where they are reached.

The row says what holds; what stood there before is kept, for papers of what was sent while it did."""

import datetime as dt
from typing import Any

from qudao.kernel import errors, journal, periods, scope, writes
from qudao.partners import models, queries, territories
from qudao.partners.rules import phones

from . import writing


def change_party(
    *,
    party_id: int,
    version: int,
    name: str,
    short_name: str,
    territory: int,
    address: str,
    phone: str,
    reason: str = "",
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.PartyView:
    """Give the party other particulars; it is found by its new names. `territory` is a GB/T 2260 code, 0 unknown.

    Papers of what was shipped before keep what held then. Raises Conflict for another version, and Refused:
    `partners.name_missing`, `partners.phone_unreadable`, `partners.territory_unknown`, `partners.nothing_changed`.
    """
    actor.require(writing.PARTIES)
    wanted = {
        "name": name.strip(),
        "short_name": short_name.strip(),
        "territory_id": territory or None,
        "address": address.strip(),
        "phone": phone.strip(),
    }
    with scope.transaction(actor, acting=True):
        party = writing.locked(models.Party, party_id, actor, version=version)
        _require_sound(wanted, party.phone)
        entry = journal.entry()
        past = _change(party, wanted, party_id=party.pk, until=now)
        party.search_keys = writing.keys_of(party.name, party.short_name, party.uscc or "", party.code)
        party.version, party.entry = version + 1, entry
        party.save(update_fields=[*wanted, "search_keys", "version", "entry"])
        writing.record(
            entry,
            "partners.party.changed",
            ids=[party.pk],
            nodes=[party.file_node_id],
            at=now,
            rows=[*writes.created([past], entry), *writes.written([party])],
            data={"name": party.name, "reason": reason},
        )
        return queries.get_party(party_id, actor=actor, today=periods.business_date(now))


def change_place(
    *,
    place_id: int,
    name: str,
    territory: int,
    address: str,
    contact: str,
    phone: str,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.Place:
    """Give a place other particulars: goods not yet sent go to the new address. Refuses as `change_party`."""
    actor.require(writing.PARTIES)
    wanted = {
        "name": name.strip(),
        "territory_id": territory or None,
        "address": address.strip(),
        "contact": contact.strip(),
        "phone": phone.strip(),
    }
    with scope.transaction(actor, acting=True):
        place = writing.locked(models.DeliveryPlace, place_id, actor)
        _require_sound(wanted, place.phone)
        party = scope.visible(models.Party.objects.filter(pk=place.party_id), actor).get()
        entry = journal.entry()
        past = _change(place, wanted, party_id=party.pk, place_id=place.pk, until=now)
        place.entry = entry
        place.save(update_fields=[*wanted, "entry"])
        writing.record(
            entry,
            "partners.place.changed",
            ids=[place.pk],
            nodes=[party.file_node_id],
            at=now,
            rows=[*writes.created([past], entry), *writes.written([place])],
            data={"party": party.pk, "name": place.name},
        )
        return queries.get_place(place_id, actor=actor)


def _require_sound(wanted: dict[str, Any], phone: str) -> None:
    """`phone` is what stands there: one from before numbers were asked for stops no other change."""
    if not wanted["name"]:
        raise errors.refuse("partners.name_missing")
    if wanted["phone"] != phone and not phones.readable(wanted["phone"]):
        raise errors.refuse("partners.phone_unreadable", text=wanted["phone"])
    territory = wanted["territory_id"]
    if territory and territory not in territories.divisions():
        raise errors.Refused([errors.Reason("partners.territory_unknown", params={"code": territory})])


def _change(row: Any, wanted: dict[str, Any], **about: Any) -> models.PastParticulars:
    """Set what is wanted; returns what stood there before, not yet written."""
    before = {field: getattr(row, field) for field in wanted}
    if before == wanted:
        raise errors.refuse("partners.nothing_changed")
    for field, value in wanted.items():
        setattr(row, field, value)
    return models.PastParticulars(node_id=row.node_id, **before, **about)
