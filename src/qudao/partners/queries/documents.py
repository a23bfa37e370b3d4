"""Licences with what they mean today, authorisations, and who may sell what where."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Literal

from django.db.models import Q

from qudao.kernel import errors, scope
from qudao.partners import holidays, models, reading, territories
from qudao.partners.rules import authorisations, licences, renewals

RENEWED = ("distribution_permit", "production_permit")


@dataclasses.dataclass(frozen=True, slots=True)
class Renewal:
    """When renewal is applied for, both days included, and how `state` stands today; `days_left` are working days
    after today to the last one."""

    opens_on: dt.date
    closes_on: dt.date
    days_left: int
    assumed_years: tuple[int, ...]
    state: Literal["early", "open", "late"]


@dataclasses.dataclass(frozen=True, slots=True)
class LicenceView:
    """A licence as it stands on a day.

    `last_day` is the printed expiry, `days_left` the days to it (negative once lapsed). `state`: valid |
    expiring | expired | not_yet_valid | suspended | revoked. `locks` are the device classes that nothing
    else of the party covers: they cannot be traded without it.
    """

    id: int
    party_id: int
    kind: str
    number: str
    mode: str
    issued_by: str
    valid_from: dt.date
    last_day: dt.date | None
    days_left: int | None
    state: str
    renewal: Renewal | None
    doubt: errors.Reason | None
    scope: tuple[licences.ScopeEntry, ...]
    locks: tuple[int, ...]
    revoked_on: dt.date | None
    suspended: bool
    file_digest: str
    reviewed_by: str
    version: int


@dataclasses.dataclass(frozen=True, slots=True)
class AuthorisationView:
    """授权. Facets of 0 or "" mean all; `territory` is the label of the range, empty for the whole country."""

    id: int
    entity_id: int
    party_id: int
    kind: str
    effect: str
    line_id: int
    item_id: int
    territory_from: int
    territory_until: int
    territory: str
    hospital_id: int
    channel: str
    exclusive: bool
    sublicence: bool
    parent_id: int | None
    valid_from: dt.date
    valid_until: dt.date | None
    target: Decimal | None
    revoked_on: dt.date | None


def in_force(day: dt.date) -> Q:
    """Authorisations that hold on a day, bans among them: the one meaning of every count of them."""
    begun = Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gt=day))
    return begun & (Q(revoked_on__isnull=True) | Q(revoked_on__gt=day))


def get_licence(licence_id: int, *, actor: scope.Actor, today: dt.date) -> LicenceView:
    """One licence. Raises NotFound when there is none the actor sees."""
    with scope.transaction(actor):
        row = scope.visible(models.Licence.objects.filter(pk=licence_id), actor).first()
        if row is None:
            raise errors.NotFound()
        held = list_licences(row.party_id, actor=actor, today=today)
    return next(view for view in held if view.id == licence_id)


def list_licences(party_id: int, *, actor: scope.Actor, today: dt.date) -> list[LicenceView]:
    """The party's licences, newest first within each kind."""
    return licences_by_party([party_id], actor=actor, today=today).get(party_id, [])


def licences_by_party(
    party_ids: Iterable[int], *, actor: scope.Actor, today: dt.date
) -> dict[int, list[LicenceView]]:
    """Party → its licences, newest first within each kind; two statements for any number of parties."""
    policy = reading.policy(today)
    held: dict[int, list[tuple[models.Licence, licences.Licence]]] = {}
    with scope.transaction(actor):
        rows = scope.visible(models.Licence.objects.filter(party_id__in=set(party_ids)), actor)
        ordered = rows.select_related("party").prefetch_related("scope_entries")
        for row in ordered.order_by("kind", "-valid_from", "-pk"):
            held.setdefault(row.party_id, []).append((row, _plain(row)))
    return {
        party_id: [
            _licence_view(row, one, _locks(one, [other for _, other in pairs], today, policy), today, policy)
            for row, one in pairs
        ]
        for party_id, pairs in held.items()
    }


def licences_of(party_ids: Iterable[int], *, actor: scope.Actor) -> dict[int, tuple[licences.Licence, ...]]:
    """Party → its licences as the rules take them, in one statement."""
    with scope.transaction(actor):
        return reading.licences_of(party_ids)


def get_authorisation(authorisation_id: int, *, actor: scope.Actor) -> AuthorisationView:
    """One authorisation. Raises NotFound when there is none the actor sees."""
    with scope.transaction(actor):
        row = scope.visible(models.Authorisation.objects.filter(pk=authorisation_id), actor).first()
    if row is None:
        raise errors.NotFound()
    return authorisation_view(row)


def list_authorisations(party_id: int, *, actor: scope.Actor) -> list[AuthorisationView]:
    """The party's authorisations, those revoked last."""
    with scope.transaction(actor):
        rows = scope.visible(models.Authorisation.objects.filter(party_id=party_id), actor)
        ordered = sorted(
            rows, key=lambda row: (row.revoked_on is not None, row.line_id, row.territory_from, row.pk)
        )
    return [authorisation_view(row) for row in ordered]


def authorisations_of(
    party_ids: Iterable[int], *, entity_id: int, actor: scope.Actor
) -> tuple[authorisations.Authorisation, ...]:
    """The parties' authorisations with what they were granted from, as the rules take them, in one statement."""
    with scope.transaction(actor):
        return reading.authorisations_of(party_ids, entity_id=entity_id)


def can_sell(
    *,
    party_id: int,
    entity_id: int,
    items: Mapping[int, int],
    division: int,
    hospital_id: int = 0,
    channel: str = "",
    on: dt.date,
    actor: scope.Actor,
) -> dict[int, authorisations.Verdict]:
    """Item → whether the party may sell it there on that day, in one statement. `items` maps to their lines."""
    rows = authorisations_of([party_id], entity_id=entity_id, actor=actor)
    place = authorisations.Place(division, (hospital_id,) if hospital_id else ())
    return {
        item_id: authorisations.can_sell(
            rows=rows,
            partner_id=party_id,
            place=place,
            item=authorisations.Item(item_id, line_id),
            channel=channel,
            on=on,
        )
        for item_id, line_id in items.items()
    }


def _plain(row: models.Licence) -> licences.Licence:
    return licences.Licence(
        holder=row.party.short_name or row.party.name,
        kind=row.kind,
        number=row.number,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        revoked_on=row.revoked_on,
        suspended=row.suspended,
        mode=row.mode or None,
        scope=frozenset(
            licences.ScopeEntry(one.catalogue, one.category, one.device_class, one.qualifier)
            for one in row.scope_entries.all()
        ),
    )


def _licence_view(
    row: models.Licence,
    licence: licences.Licence,
    locks: tuple[int, ...],
    today: dt.date,
    policy: licences.Policy,
) -> LicenceView:
    last_day = licence.last_day
    entries = sorted(licence.scope, key=lambda one: (one.device_class, one.catalogue, one.category_code))
    return LicenceView(
        id=row.pk,
        party_id=row.party_id,
        kind=row.kind,
        number=row.number,
        mode=row.mode,
        issued_by=row.issued_by,
        valid_from=row.valid_from,
        last_day=last_day,
        days_left=(last_day - today).days if last_day else None,
        state=_state(licence, today, policy),
        renewal=_renewal(licence, today, policy),
        doubt=licences.judge_number(kind=row.kind, text=row.number),
        scope=tuple(entries),
        locks=locks,
        revoked_on=row.revoked_on,
        suspended=row.suspended,
        file_digest=row.file_digest,
        reviewed_by=row.reviewed_by,
        version=row.version,
    )


def _state(licence: licences.Licence, today: dt.date, policy: licences.Policy) -> str:
    lapse = licences.find_lapse(licence=licence, on=today)
    if lapse is not None:
        return lapse.code.removeprefix("partners.licence_")
    return "expiring" if renewals.expiring(held=[licence], today=today, policy=policy) else "valid"


def _renewal(licence: licences.Licence, today: dt.date, policy: licences.Policy) -> Renewal | None:
    if licence.kind not in RENEWED or licence.last_day is None or licence.revoked_on is not None:
        return None
    window = renewals.renewal_window(expires_on=licence.last_day, calendar=holidays, policy=policy)
    to_come = range(1, (window.closes_on - today).days + 1)
    working = sum(holidays.is_working_day(today + dt.timedelta(days=n)) for n in to_come)
    state = renewals.judge_renewal(window=window, applied_on=today)
    return Renewal(window.opens_on, window.closes_on, working, window.assumed_years, state)


def _locks(
    licence: licences.Licence, held: Sequence[licences.Licence], today: dt.date, policy: licences.Policy
) -> tuple[int, ...]:
    """Device classes the licence allows and no other licence in effect does."""
    others = {
        one.kind for one in held if one is not licence and licences.find_lapse(licence=one, on=today) is None
    }
    return tuple(
        number
        for number, kinds in sorted(policy.kinds_for_class.items())
        if licence.kind in kinds and not kinds & others
    )


def authorisation_view(row: models.Authorisation) -> AuthorisationView:
    return AuthorisationView(
        id=row.pk,
        entity_id=row.entity_id,
        party_id=row.party_id,
        kind=row.kind,
        effect=row.effect,
        line_id=row.line_id,
        item_id=row.item_id,
        territory_from=row.territory_from,
        territory_until=row.territory_until,
        territory=territories.label(row.territory_from) if row.territory_from else "",
        hospital_id=row.hospital_id,
        channel=row.channel,
        exclusive=row.exclusive,
        sublicence=row.sublicence,
        parent_id=row.parent_id,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        target=row.target,
        revoked_on=row.revoked_on,
    )
