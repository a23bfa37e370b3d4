"""Parties: found by words, listed with filters and totals, shown in full."""

import dataclasses
import datetime as dt
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from qudao.kernel import errors, manifest, periods, scope, search_keys
from qudao.partners import models, territories

from . import accounts, documents, naming

PAGE = 50
EXPIRING = 90
_WORDS = 6


@dataclasses.dataclass(frozen=True, slots=True)
class PartyView(naming.PartyName):
    """A party with everything about it that the actor sees. `territory` is a GB/T 2260 code, 0 if unknown."""

    territory_name: str
    address: str
    phone: str
    admission: str
    frozen_at: dt.datetime | None
    version: int
    file_node_id: int
    roles: tuple[str, ...]
    grade: str
    type: str
    nature: str
    licences: tuple[documents.LicenceView, ...]
    accounts: tuple[accounts.Account, ...]
    parent_names: dict[int, str]
    authorisations: tuple[documents.AuthorisationView, ...]
    places: tuple[accounts.Place, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PartyFilter:
    """None or "" leaves a filter out. `expiring_within`: days in which a licence lapses, lapsed ones too.

    `dealt`: of the hospitals, which everybody may see, a partner's people get those it has to do with (`_dealt`).
    """

    text: str = ""
    role: str = ""
    kind: str = ""
    tier: str = ""
    region_id: int | None = None
    line_id: int | None = None
    expiring_within: int | None = None
    frozen: bool | None = None
    admission: str = ""
    dealt: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class PartyRow:
    """A line of the list. `expires_on` is the earliest printed expiry of a licence in use; `grade` that of a hospital."""

    id: int
    code: str
    name: str
    short_name: str
    uscc: str | None
    kind: str
    grade: str
    territory: int
    territory_name: str
    admission: str
    frozen: bool
    roles: tuple[str, ...]
    tiers: tuple[str, ...]
    region_ids: tuple[int, ...]
    lines: int
    licences: int
    expires_on: dt.date | None
    days_left: int | None
    authorisations: int
    hospitals: int


@dataclasses.dataclass(frozen=True, slots=True)
class PartyPage:
    """`next` is the cursor of the following page, None on the last."""

    rows: tuple[PartyRow, ...]
    next: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class PartyTotals:
    parties: int
    expiring: int
    frozen: int
    awaiting_admission: int


def search_parties(
    text: str, *, actor: scope.Actor, role: str | None = None, limit: int = 20, dealt: bool = False
) -> list[naming.PartyName]:
    """Parties by name in characters, pinyin or initials, by USCC or code; every word must be found.

    Names that begin with the words come first. Without a word nothing is found. `dealt` as in PartyFilter.
    """
    words = _words(text)
    if not words:
        return []
    with scope.transaction(actor):
        rows = _matching(_parties(actor), words)
        if role:
            rows = rows.filter(_has_role(role))
        if dealt:
            rows = rows.filter(_dealt(actor, periods.business_date(timezone.now())))
        found = naming.told(rows.order_by("code")[: limit * 5])
    first = words[0]
    found.sort(
        key=lambda one: (not search_keys.normalised(one.name).startswith(first), len(one.name), one.code)
    )
    return found[:limit]


def get_party(party_id: int, actor: scope.Actor, *, today: dt.date | None = None) -> PartyView:
    """The party in full as of `today` (the business day if left out). Raises NotFound when unseen."""
    day = today or periods.business_date(timezone.now())
    with scope.transaction(actor):
        party = _parties(actor).filter(pk=party_id).select_related("hospital").first()
        if party is None:
            raise errors.NotFound()
        roles = models.PartyRole.objects.filter(_current(day), party_id=party_id)
        hospital = getattr(party, "hospital", None)
        held = accounts.list_accounts(party_id=party_id, actor=actor)
        return PartyView(
            id=party.pk,
            code=party.code,
            name=party.name,
            short_name=party.short_name,
            uscc=party.uscc,
            kind=party.kind,
            territory=party.territory_id or 0,
            territory_name=territories.label(party.territory_id or 0),
            address=party.address,
            phone=party.phone,
            admission=party.admission,
            frozen_at=party.frozen_at,
            version=party.version,
            file_node_id=party.file_node_id,
            roles=tuple(roles.order_by("role").values_list("role", flat=True)),
            grade=hospital.grade if hospital else "",
            type=hospital.type if hospital else "",
            nature=hospital.nature if hospital else "",
            licences=tuple(documents.list_licences(party_id, actor=actor, today=day)),
            accounts=tuple(held),
            parent_names=_parent_names(held, actor),
            authorisations=tuple(documents.list_authorisations(party_id, actor=actor)),
            places=tuple(accounts.list_places(party_id, actor)),
        )


def list_parties(
    filters: PartyFilter,
    *,
    actor: scope.Actor,
    cursor: str | None = None,
    limit: int = PAGE,
    today: dt.date | None = None,
) -> PartyPage:
    """A page of parties after `cursor`, companies before hospitals, each by code; the statements do not grow
    with the page."""
    day = today or periods.business_date(timezone.now())
    with scope.transaction(actor):
        rows = _filtered(filters, actor, day)
        if cursor:
            kind, _, code = cursor.partition(" ")
            rows = rows.filter(Q(kind__gt=kind) | Q(kind=kind, code__gt=code))
        listed = list(rows.select_related("hospital").order_by("kind", "code")[: limit + 1])
        page = listed[:limit]
        about = _about([party.pk for party in page], actor, day)
    return PartyPage(
        tuple(_party_row(party, about.get(party.pk, _Facts()), day) for party in page),
        f"{page[-1].kind} {page[-1].code}" if len(listed) > limit else None,
    )


def total_parties(filters: PartyFilter, *, actor: scope.Actor, today: dt.date | None = None) -> PartyTotals:
    """Totals of everything the filter finds, in one statement."""
    day = today or periods.business_date(timezone.now())
    with scope.transaction(actor):
        found = _filtered(filters, actor, day).aggregate(
            parties=Count("pk"),
            expiring=Count("pk", filter=Q(pk__in=_expiring(actor, day, EXPIRING))),
            frozen=Count("pk", filter=Q(frozen_at__isnull=False)),
            awaiting_admission=Count("pk", filter=~Q(admission="effective")),
        )
    return PartyTotals(**found)


def authorisations_found(
    filters: PartyFilter, *, actor: scope.Actor, today: dt.date | None = None
) -> dict[int, int]:
    """Every party the filter finds → how many authorisations of it are in force; one statement."""
    day = today or periods.business_date(timezone.now())
    with scope.transaction(actor):
        held = _held(actor, day).filter(party_id=OuterRef("pk")).order_by().values("party_id")
        count = Coalesce(Subquery(held.annotate(count=Count("pk")).values("count")), 0)
        return dict(_filtered(filters, actor, day).order_by().values_list("pk", count))


# --- Filters ---------------------------------------------------------------------------------------


def _parties(actor: scope.Actor) -> QuerySet:
    return scope.visible(models.Party.objects.all(), actor)


def matching(text: str, actor: scope.Actor) -> QuerySet:
    """The parties that every word of the text names, for queries beside this one."""
    return _matching(_parties(actor), _words(text))


def _words(text: str) -> list[str]:
    return [word for word in map(search_keys.normalised, text.split()) if word][:_WORDS]


def _matching(rows: QuerySet, words: list[str]) -> QuerySet:
    for word in words:
        rows = rows.filter(search_keys__contains=word)
    return rows


def _current(day: dt.date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_until__isnull=True) | Q(valid_until__gt=day))


def _has_role(role: str) -> Exists:
    return Exists(models.PartyRole.objects.filter(party_id=OuterRef("pk"), role=role))


def _expiring(actor: scope.Actor, day: dt.date, within: int) -> QuerySet:
    """The parties of which a licence lapses within so many days, lapsed ones too."""
    held = scope.visible(models.Licence.objects.filter(revoked_on__isnull=True), actor)
    return held.filter(valid_until__lte=day + dt.timedelta(days=within + 1)).values("party_id")


def _dealt(actor: scope.Actor, day: dt.date) -> Q:
    """What a partner has to do with: itself and those below it, and of the hospitals those it delivered to, sold to,
    or is authorised for by name. All for our own people."""
    if actor.house or not actor.party_id:
        return Q()
    named = _held(actor, day).filter(effect="allow").exclude(hospital_id=0).values("hospital_id")
    dealt = ~Q(kind="hospital") | Q(pk=actor.party_id) | Q(pk__in=named)
    for hospitals in manifest.collect("hospitals"):
        dealt |= Q(pk__in=hospitals(actor))
    return dealt


def _held(actor: scope.Actor, day: dt.date) -> QuerySet:
    return scope.visible(models.Authorisation.objects.filter(documents.in_force(day)), actor)


def _filtered(filters: PartyFilter, actor: scope.Actor, day: dt.date) -> QuerySet:
    rows = _matching(_parties(actor), _words(filters.text))
    if filters.role:
        rows = rows.filter(_has_role(filters.role))
    if filters.dealt:
        rows = rows.filter(_dealt(actor, day))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.admission:
        rows = rows.filter(admission=filters.admission)
    if filters.frozen is not None:
        rows = rows.filter(frozen_at__isnull=not filters.frozen)
    if filters.expiring_within is not None:
        rows = rows.filter(pk__in=_expiring(actor, day, filters.expiring_within))
    wanted = {"tier": filters.tier, "region_id": filters.region_id, "line_id": filters.line_id}
    facets = {name: value for name, value in wanted.items() if value}
    if facets:
        held = scope.visible(models.ChannelAccount.objects.filter(party_id=OuterRef("pk"), **facets), actor)
        rows = rows.filter(Exists(held))
    return rows


# --- What a line of the list tells -----------------------------------------------------------------


@dataclasses.dataclass(slots=True)
class _Facts:
    roles: set[str] = dataclasses.field(default_factory=set)
    tiers: set[str] = dataclasses.field(default_factory=set)
    regions: set[int] = dataclasses.field(default_factory=set)
    lines: set[int] = dataclasses.field(default_factory=set)
    licences: int = 0
    valid_until: dt.date | None = None
    authorisations: int = 0
    hospitals: int = 0


def _about(ids: list[int], actor: scope.Actor, day: dt.date) -> dict[int, _Facts]:
    facts = {party_id: _Facts() for party_id in ids}
    mine: dict[str, Any] = {"party_id__in": ids}
    for party, role in models.PartyRole.objects.filter(_current(day), **mine).values_list("party_id", "role"):
        facts[party].roles.add(role)
    held = scope.visible(models.ChannelAccount.objects.filter(**mine), actor)
    for party, tier, region, line in held.values_list("party_id", "tier", "region_id", "line_id"):
        facts[party].tiers.add(tier)
        facts[party].regions.add(region)
        facts[party].lines.add(line)
    licences = scope.visible(models.Licence.objects.filter(**mine, revoked_on__isnull=True), actor)
    found = licences.order_by().values_list("party_id").annotate(Count("pk"), Min("valid_until"))
    for party, number, valid_until in found:
        facts[party].licences, facts[party].valid_until = number, valid_until
    counted = _held(actor, day).filter(**mine).order_by().values_list("party_id")
    hospitals = Count("hospital_id", distinct=True, filter=Q(effect="allow") & ~Q(hospital_id=0))
    for party, number, named in counted.annotate(number=Count("pk"), named=hospitals):
        facts[party].authorisations, facts[party].hospitals = number, named
    return facts


def _party_row(party: models.Party, facts: _Facts, day: dt.date) -> PartyRow:
    expires_on = periods.last_day(facts.valid_until)
    return PartyRow(
        id=party.pk,
        code=party.code,
        name=party.name,
        short_name=party.short_name,
        uscc=party.uscc,
        kind=party.kind,
        grade=party.hospital.grade if party.kind == "hospital" else "",
        territory=party.territory_id or 0,
        territory_name=territories.label(party.territory_id or 0),
        admission=party.admission,
        frozen=party.frozen_at is not None,
        roles=tuple(sorted(facts.roles)),
        tiers=tuple(sorted(facts.tiers)),
        region_ids=tuple(sorted(facts.regions)),
        lines=len(facts.lines),
        licences=facts.licences,
        expires_on=expires_on,
        days_left=(expires_on - day).days if expires_on else None,
        authorisations=facts.authorisations,
        hospitals=facts.hospitals,
    )


def _parent_names(held: list[accounts.Account], actor: scope.Actor) -> dict[int, str]:
    """Parent account → the name of its party, where the actor sees it."""
    wanted = {account.parent_id for account in held if account.parent_id}
    return (
        {one.id: one.party_name for one in accounts.accounts_by_id(wanted, actor).values()} if wanted else {}
    )
