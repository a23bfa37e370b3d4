"""Sites: our warehouses with their zones, and the places of others, made when first needed."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.db import IntegrityError

from qudao.inventory import models, queries
from qudao.inventory.rules import moves
from qudao.kernel import errors, journal, scope, writes

MOVE, SITES = "inventory.stock.move", "inventory.site.manage"
ZONES = ("pending", "good", "bad", "returned", "held", "shipping")
# One each for all entities: nothing is counted there.
OUTSIDE = (("LOSS", "loss"), ("COUNT", "count"), ("OPENING", "opening"))
SHELF_CODE = 30
_PREFIX = {"customer": "C", "supplier": "V"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SiteOpening:
    """A site to open. `locations` are (code, zone); without any, each zone gets one location."""

    code: str
    name: str
    entity_id: int
    kind: str = moves.SiteKind.WAREHOUSE
    party_id: int = 0
    region_id: int = 0
    territory: int = 0
    address: str = ""
    licensed_address: bool = True
    priority: int = 50
    locations: tuple[tuple[str, str], ...] = tuple((zone.upper(), zone) for zone in ZONES)


def open_sites(
    *, openings: Sequence[SiteOpening], actor: scope.Actor, now: dt.datetime
) -> list[queries.SiteView]:
    """Open warehouses, cabinets or vehicles of ours, and what their entities need for goods on the road.

    Raises Refused `inventory.site_code_taken`, `inventory.zone_unknown`.
    """
    actor.require(SITES)
    _check(openings)
    with scope.transaction(actor, acting=True):
        entry = journal.entry()
        fields = {field.name for field in dataclasses.fields(SiteOpening)} - {"locations"}
        try:
            sites = models.Site.objects.bulk_create(
                models.Site(entry=entry, **{name: getattr(one, name) for name in fields}) for one in openings
            )
        except IntegrityError as error:
            codes = " ".join(one.code for one in openings)
            raise errors.refuse("inventory.site_code_taken", codes=codes) from error
        models.Location.objects.bulk_create(
            models.Location(entry=entry, site=site, code=code, zone=zone)
            for site, one in zip(sites, openings, strict=True)
            for code, zone in one.locations
        )
        ensure_common_sites({one.entity_id for one in openings}, entry=entry)
        values = ("code", "name", "kind", "entity_id", "address")
        journal.record(
            entry,
            "inventory.sites.opened",
            subject=f"inventory.site:{sites[0].pk}",
            at=now,
            rows=[
                journal.row(site, site.pk, {name: getattr(site, name) for name in values}) for site in sites
            ],
            data={"sites": [site.code for site in sites]},
        )
        return [queries.site_view(site) for site in sites]


def open_shelves(
    *, site_id: int, zone: str, codes: Iterable[str], actor: scope.Actor, now: dt.datetime
) -> int:
    """Give a warehouse of ours shelves in a zone; returns how many.

    Codes are kept in capitals, as they are looked for when scanned. All or none: raises Refused
    `inventory.shelf_taken` for each code the warehouse has, `inventory.shelf_form`, `inventory.zone_unknown`,
    and NotFound for what is no warehouse.
    """
    actor.require(MOVE)
    wanted = list(dict.fromkeys(code.strip().upper() for code in codes))
    errors.raise_if_refused(_unfit(zone, wanted))
    with scope.transaction(actor, acting=True):
        kept = models.Site.objects.filter(pk=site_id, kind=moves.SiteKind.WAREHOUSE)
        if not kept.select_for_update(no_key=True).exists():
            raise errors.NotFound("inventory.site_unknown")
        taken = models.Location.objects.filter(site_id=site_id, code__in=wanted).order_by("code")
        errors.raise_if_refused(
            errors.Reason("inventory.shelf_taken", params={"code": code})
            for code in taken.values_list("code", flat=True)
        )
        entry = journal.entry()
        shelves = (models.Location(site_id=site_id, code=code, zone=zone) for code in wanted)
        journal.record(
            entry,
            "inventory.shelves.opened",
            subject=f"inventory.site:{site_id}",
            at=now,
            rows=writes.created(shelves, entry),
            data={"zone": zone, "count": len(wanted)},
        )
    return len(wanted)


def _unfit(zone: str, codes: Sequence[str]) -> list[errors.Reason]:
    """Why these cannot be shelves of any warehouse."""
    found = [] if zone in ZONES else [errors.Reason("inventory.zone_unknown", params={"zone": zone})]
    found += [
        errors.Reason("inventory.shelf_form", params={"code": code})
        for code in codes or [""]
        if not 0 < len(code) <= SHELF_CODE
    ]
    return found


def _check(openings: Sequence[SiteOpening]) -> None:
    codes = [one.code for one in openings]
    reasons = [
        errors.Reason("inventory.site_code_taken", no, {"codes": code})
        for no, code in enumerate(codes, 1)
        if code in codes[: no - 1]
    ]
    reasons += [
        errors.Reason("inventory.zone_unknown", no, {"zone": zone})
        for no, one in enumerate(openings, 1)
        for _, zone in one.locations
        if zone not in ZONES
    ]
    errors.raise_if_refused(reasons)


def ensure_common_sites(entity_ids: Iterable[int], *, entry: uuid.UUID | None = None) -> None:
    """The entities' goods on the road, and the outside places; joins the caller's transaction."""
    wanted = [models.Site(entry=entry, code=code, name=code, kind=kind) for code, kind in OUTSIDE]
    wanted += [
        models.Site(
            entry=entry,
            code=queries.transit_code(entity_id),
            name=queries.transit_code(entity_id),
            kind=moves.SiteKind.TRANSIT,
            entity_id=entity_id,
        )
        for entity_id in sorted(entity_ids)
    ]
    models.Site.objects.bulk_create(wanted, ignore_conflicts=True)


def ensure_party_sites(
    party_ids: Iterable[int], *, kind: str = "customer", entry: uuid.UUID | None = None
) -> dict[int, int]:
    """Party → its site outside our books, made where missing; joins the caller's transaction.

    `kind` is customer (dealers and hospitals alike) or supplier: a party that is both has two.
    """
    wanted = sorted(set(party_ids))
    found = _party_sites(wanted, kind)
    missing = [party_id for party_id in wanted if party_id not in found]
    if missing:
        models.Site.objects.bulk_create(
            (
                models.Site(
                    entry=entry,
                    code=f"{_PREFIX[kind]}{party_id}",
                    name=f"{_PREFIX[kind]}{party_id}",
                    kind=kind,
                    party_id=party_id,
                )
                for party_id in missing
            ),
            ignore_conflicts=True,
        )
        found |= _party_sites(missing, kind)
    return found


def _party_sites(party_ids: Sequence[int], kind: str) -> dict[int, int]:
    return dict(
        models.Site.objects.filter(party_id__in=party_ids, kind=kind)
        .order_by("-pk")
        .values_list("party_id", "pk")
    )
