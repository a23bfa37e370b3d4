"""Registers across partners: every licence by expiry, every authorisation; tier history; what a licence locks."""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, DateField, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from qudao.catalog import queries as catalog_queries
from qudao.kernel import cursors, scope
from qudao.partners import models, reading, territories

from . import documents, naming, parties

FAR = dt.date(9999, 12, 31)
_CURSOR = re.compile(r"([0-9]{8})_([0-9]{1,9})")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LicenceFilter:
    """`within`: days in which it lapses and has not yet; `lapsed`: only those without effect."""

    text: str = ""
    kind: str = ""
    within: int | None = None
    lapsed: bool = False
    region_id: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class LicenceRow:
    """A licence with whose it is; `locks_lines`: lines with goods that nothing else of the party covers."""

    licence: documents.LicenceView
    party_name: str
    party_code: str
    locks: "tuple[Lock, ...]"


@dataclasses.dataclass(frozen=True, slots=True)
class Lock:
    """What cannot be traded without the licence: active products of one class in a line the party trades."""

    line_id: int
    device_class: int
    categories: tuple[str, ...]
    items: int


@dataclasses.dataclass(frozen=True, slots=True)
class LicencePage:
    rows: tuple[LicenceRow, ...]
    next: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class LicenceTotals:
    """Of everything filtered: `windows` maps days to how many lapse within them and have not yet."""

    licences: int
    lapsed: int
    windows: dict[int, int]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AuthorisationFilter:
    """None, 0 and "" leave a filter out; `territory` finds what holds in the division. `within` as above."""

    text: str = ""
    line_id: int | None = None
    territory: int = 0
    hospital_id: int = 0
    channel: str = ""
    exclusive: bool = False
    within: int | None = None
    in_force: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class AuthorisationRow:
    authorisation: documents.AuthorisationView
    party_name: str
    hospital_name: str


@dataclasses.dataclass(frozen=True, slots=True)
class AuthorisationPage:
    rows: tuple[AuthorisationRow, ...]
    next: str | None


@dataclasses.dataclass(frozen=True, slots=True)
class TierView:
    """A step of an account's tier history, newest first."""

    account_id: int
    tier: str
    reason: str
    from_on: dt.date
    decided_by: str


def tier_history(account_ids: Iterable[int], *, actor: scope.Actor) -> list[TierView]:
    """The tiers the accounts had, in one statement."""
    with scope.transaction(actor):
        rows = scope.visible(models.TierChange.objects.filter(account_id__in=set(account_ids)), actor)
        fields = ("account_id", "tier", "reason", "from_on", "decided_by")
        return [TierView(*row) for row in rows.order_by("-from_on", "-pk").values_list(*fields)]


# --- Licences ---------------------------------------------------------------------------------------


def list_all_licences(
    wanted: LicenceFilter,
    *,
    actor: scope.Actor,
    today: dt.date,
    cursor: str | None = None,
    limit: int = 50,
) -> LicencePage:
    """Licences by expiry, those without one last. Statements do not grow with the page."""
    with scope.transaction(actor):
        rows = _licences(wanted, actor, today)
        if place := _place(cursor):
            after, key = place
            rows = rows.filter(Q(until__gt=after) | Q(until=after, pk__gt=key))
        found = list(rows.order_by("until", "pk").values_list("pk", "party_id", "until")[: limit + 1])
        page = found[:limit]
        views = documents.licences_by_party({party_id for _, party_id, _ in page}, actor=actor, today=today)
        by_id = {one.id: one for held in views.values() for one in held}
        lines = _lines_of(views, actor)
        named = models.Party.objects.filter(pk__in=views).values_list("pk", "name", "code")
        names = {party_id: (name, code) for party_id, name, code in named}
    shapes = catalog_queries.assortments()
    following = f"{page[-1][2]:%Y%m%d}_{page[-1][0]}" if len(found) > limit else None
    return LicencePage(
        tuple(
            LicenceRow(
                by_id[key],
                *names.get(party_id, ("", "")),
                locks_of(by_id[key], lines.get(party_id, frozenset()), shapes),
            )
            for key, party_id, _ in page
        ),
        following,
    )


def _place(cursor: str | None) -> tuple[dt.date, int] | None:
    """Where a page begins; what is no cursor of ours begins at the start."""
    found = _CURSOR.fullmatch(cursor or "")
    if found is None:
        return None
    try:
        return dt.date.fromisoformat(found[1]), int(found[2])
    except ValueError:
        return None


def total_licences(wanted: LicenceFilter, *, actor: scope.Actor, today: dt.date) -> LicenceTotals:
    """Totals of everything filtered, in one statement."""
    policy = reading.policy(today)
    counts: dict[str, Any] = {
        f"within_{days}": Count("pk", filter=_lapsing(today, days)) for days in policy.expiry_windows
    }
    with scope.transaction(actor):
        found = _licences(wanted, actor, today).aggregate(
            licences=Count("pk"), lapsed=Count("pk", filter=_lapsed(today)), **counts
        )
    windows = {days: found[f"within_{days}"] for days in policy.expiry_windows}
    return LicenceTotals(found["licences"], found["lapsed"], windows)


def locks_of(
    view: documents.LicenceView,
    line_ids: Iterable[int],
    shapes: Sequence[catalog_queries.Assortment],
) -> tuple[Lock, ...]:
    """The goods of these lines that rest on the licence alone, by line and class; pure."""
    wanted = set(line_ids)
    listed = {(one.device_class, one.catalogue, one.category_code) for one in view.scope}
    found: dict[tuple[int, int], tuple[set[str], int]] = {}
    for one in shapes:
        if one.device_class not in view.locks or one.line_id not in wanted:
            continue
        codes = {("2017", one.category_2017), ("2002", one.category_2002)}
        covered = {code for catalogue, code in codes if (one.device_class, catalogue, code) in listed}
        if not covered:
            continue
        categories, items = found.get((one.line_id, one.device_class), (set(), 0))
        found[one.line_id, one.device_class] = (categories | covered, items + one.items)
    return tuple(
        Lock(line_id, device_class, tuple(sorted(categories)), items)
        for (line_id, device_class), (categories, items) in sorted(found.items())
    )


def _lapsing(today: dt.date, days: int) -> Q:
    return Q(valid_until__gt=today, valid_until__lte=today + dt.timedelta(days=days + 1))


def _lapsed(today: dt.date) -> Q:
    return Q(valid_until__lte=today) | Q(revoked_on__lte=today) | Q(suspended=True)


def _licences(wanted: LicenceFilter, actor: scope.Actor, today: dt.date) -> QuerySet:
    rows = scope.visible(models.Licence.objects.all(), actor)
    # Revoked papers are history: they are found by their number, or among the lapsed.
    rows = rows.annotate(until=_until())
    if wanted.text:
        named = parties.matching(wanted.text, actor).values("pk")
        rows = rows.filter(Q(number__icontains=wanted.text) | Q(party_id__in=named))
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.lapsed:
        rows = rows.filter(_lapsed(today))
    elif wanted.within is not None:
        rows = rows.filter(_lapsing(today, wanted.within), revoked_on__isnull=True)
    elif not wanted.text:
        rows = rows.filter(revoked_on__isnull=True)
    if wanted.region_id:
        held = scope.visible(models.ChannelAccount.objects.filter(region_id=wanted.region_id), actor)
        rows = rows.filter(party_id__in=held.values("party_id"))
    return rows


def _until():
    return Coalesce(F("valid_until"), Value(FAR), output_field=DateField())


def _lines_of(party_ids: Iterable[int], actor: scope.Actor) -> dict[int, frozenset[int]]:
    rows = scope.visible(models.ChannelAccount.objects.filter(party_id__in=set(party_ids)), actor)
    found: dict[int, set[int]] = {}
    for party_id, line_id in rows.filter(status="open").values_list("party_id", "line_id"):
        found.setdefault(party_id, set()).add(line_id)
    return {party_id: frozenset(lines) for party_id, lines in found.items()}


# --- Authorisations ---------------------------------------------------------------------------------


def list_all_authorisations(
    wanted: AuthorisationFilter,
    *,
    actor: scope.Actor,
    today: dt.date,
    cursor: str | None = None,
    limit: int = 50,
) -> AuthorisationPage:
    """Authorisations, those that began last first; a fixed number of statements."""
    with scope.transaction(actor):
        rows = _authorisations(wanted, actor, today)
        page, following = cursors.page(rows, order="-valid_from", after=cursor, limit=limit)
        wanted_names = {row.party_id for row in page} | {row.hospital_id for row in page}
        names = naming.party_names(wanted_names - {0}, actor)
    return AuthorisationPage(
        tuple(
            AuthorisationRow(
                documents.authorisation_view(row),
                names.get(row.party_id, ""),
                names.get(row.hospital_id, ""),
            )
            for row in page
        ),
        following,
    )


def count_authorisations(
    wanted: AuthorisationFilter, *, actor: scope.Actor, today: dt.date
) -> tuple[int, int]:
    """How many are listed, and how many of them are in force; one statement."""
    with scope.transaction(actor):
        found = _authorisations(wanted, actor, today).aggregate(
            listed=Count("pk"), held=Count("pk", filter=documents.in_force(today))
        )
    return found["listed"], found["held"]


def _authorisations(wanted: AuthorisationFilter, actor: scope.Actor, today: dt.date) -> QuerySet:
    rows = scope.visible(models.Authorisation.objects.all(), actor)
    if wanted.text:
        rows = rows.filter(party_id__in=parties.matching(wanted.text, actor).values("pk"))
    if wanted.line_id:
        rows = rows.filter(line_id__in=(0, wanted.line_id))
    if wanted.territory:
        # All that holds somewhere in the division: in it, around it, or a part of it.
        lower, upper = territories.bounds(wanted.territory)
        rows = rows.filter(territory_from__lt=upper, territory_until__gt=lower)
    if wanted.hospital_id:
        rows = rows.filter(hospital_id=wanted.hospital_id)
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    if wanted.exclusive:
        rows = rows.filter(exclusive=True, effect="allow")
    if wanted.within is not None or wanted.in_force:
        rows = rows.filter(documents.in_force(today))
    if wanted.within is not None:
        rows = rows.filter(valid_until__lte=today + dt.timedelta(days=wanted.within + 1))
    return rows
