"""Sites and locations."""

import dataclasses
from collections.abc import Iterable

from django.db import connection
from django.db.models import Count
from django.db.models.functions import Upper

from qudao.inventory import models
from qudao.kernel import errors, scope


@dataclasses.dataclass(frozen=True, slots=True)
class SiteView:
    id: int
    code: str
    name: str
    kind: str
    entity_id: int
    party_id: int
    region_id: int
    territory: int
    address: str
    licensed_address: bool
    priority: int


_SITE = tuple(field.name for field in dataclasses.fields(SiteView))


def site_view(site: models.Site) -> SiteView:
    return SiteView(*(getattr(site, name) for name in _SITE))


def get_site(site_id: int, actor: scope.Actor) -> SiteView:
    """Raises NotFound."""
    with scope.transaction(actor):
        found = models.Site.objects.filter(pk=site_id).values_list(*_SITE).first()
    if found is None:
        raise errors.NotFound
    return SiteView(*found)


def list_sites(
    actor: scope.Actor, *, kinds: Iterable[str] = ("warehouse",), entity_id: int | None = None
) -> list[SiteView]:
    """Sites of the kinds, in the order they are preferred."""
    with scope.transaction(actor):
        found = models.Site.objects.filter(kind__in=list(kinds))
        if entity_id is not None:
            found = found.filter(entity_id=entity_id)
        return [SiteView(*row) for row in found.order_by("priority", "code").values_list(*_SITE)]


def count_shelves(site_ids: Iterable[int], *, actor: scope.Actor) -> dict[int, int]:
    """Site → its shelves, without the places goods come in by, for those that have any; one statement."""
    with scope.transaction(actor):
        found = models.Location.objects.filter(site_id__in=list(site_ids)).exclude(code=Upper("zone"))
        found = found.values_list("site_id")
        return dict(found.annotate(count=Count("pk")).order_by("site_id"))


@dataclasses.dataclass(frozen=True, slots=True)
class ShelfRow:
    """A shelf and how many products lie on it; `entrance`: where goods come into the zone, no shelf."""

    code: str
    zone: str
    entrance: bool
    products: int


_SHELVES = """
SELECT p.code, p.zone, p.code = upper(p.zone), (
    SELECT count(DISTINCT b.item_id) FROM inventory_balance b WHERE b.location_id = p.id AND b.on_hand > 0)
FROM inventory_location p
WHERE p.site_id = %s::int AND (%s::text = '' OR p.zone = %s::text) AND strpos(p.code, %s::text) > 0
    AND p.code > %s::text
ORDER BY p.code LIMIT %s::int
"""


def list_shelves(
    site_id: int, *, zone: str = "", text: str = "", after: str = "", limit: int = 50, actor: scope.Actor
) -> tuple[list[ShelfRow], str | None]:
    """Places and shelves of a site by code, and the cursor of those that follow; one statement."""
    asked = [site_id, zone, zone, text.strip().upper(), after, limit + 1]
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_SHELVES, asked)
        rows = [ShelfRow(*row) for row in cursor.fetchall()]
    return rows[:limit], rows[limit - 1].code if len(rows) > limit else None


def sites_by_id(site_ids: Iterable[int], *, actor: scope.Actor) -> dict[int, SiteView]:
    """Id → site, for those there are; one statement."""
    with scope.transaction(actor):
        rows = models.Site.objects.filter(pk__in=list(site_ids)).values_list(*_SITE)
        return {row[0]: SiteView(*row) for row in rows}


def site_names(site_ids: Iterable[int], *, actor: scope.Actor) -> dict[int, str]:
    """Id → name, for those there are."""
    with scope.transaction(actor):
        return dict(models.Site.objects.filter(pk__in=list(site_ids)).values_list("pk", "name"))


def find_location(site_id: int, zone: str) -> int | None:
    """Where goods come into a zone, its own place or else its first shelf; within an open transaction."""
    return find_locations(site_id, (zone,)).get(zone)


# The place called as its zone is no shelf: goods come in there.
_FIRST = """
SELECT DISTINCT ON (zone) zone, id FROM inventory_location WHERE site_id = %s AND zone = ANY(%s::text[])
ORDER BY zone, code <> upper(zone), code
"""


def find_locations(site_id: int, zones: Iterable[str]) -> dict[str, int]:
    """Zone → where goods come into it, for those the site has; within an open transaction, one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST, [site_id, list(zones)])
        return dict(cursor.fetchall())


_USUAL = """
SELECT DISTINCT ON (b.item_id) b.item_id, b.location_id
FROM inventory_balance b JOIN inventory_location p ON p.id = b.location_id AND p.zone = %s AND p.code <> upper(p.zone)
WHERE b.site_id = %s AND b.item_id = ANY(%s::int[]) AND b.status = %s
ORDER BY b.item_id, b.on_hand > 0 DESC, b.id DESC
"""


def usual_shelves(site_id: int, zone: str, item_ids: Iterable[int]) -> dict[int, int]:
    """Item → the shelf of the zone it lies on, or lay on last; within an open transaction, one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_USUAL, [zone, site_id, sorted(set(item_ids)), zone])
        return dict(cursor.fetchall())


def usual_places(site_id: int, item_ids: Iterable[int], actor: scope.Actor) -> dict[int, str]:
    """Item → the code of the shelf its sellable goods lie on, or lay on last; two statements."""
    with scope.transaction(actor):
        found = usual_shelves(site_id, "good", item_ids)
        codes = dict(models.Location.objects.filter(pk__in=found.values()).values_list("pk", "code"))
    return {item_id: codes[location_id] for item_id, location_id in found.items()}


def list_locations(site_id: int, actor: scope.Actor) -> dict[str, int]:
    """Code → the places and shelves of a site."""
    with scope.transaction(actor):
        return dict(models.Location.objects.filter(site_id=site_id).values_list("code", "pk"))


def transit_code(entity_id: int) -> str:
    return f"ROAD{entity_id}"


def transit_site(entity_id: int) -> int:
    """Where the entity's goods on the road are kept; within an open transaction. Raises NotFound."""
    return _by_code(transit_code(entity_id))


def loss_site() -> int:
    """Where destroyed and lost goods go; within an open transaction."""
    return outside_site("loss")


def outside_site(kind: str) -> int:
    """The site of loss, count or opening; within an open transaction. Raises NotFound."""
    return _by_code(kind.upper())


def _by_code(code: str) -> int:
    found = models.Site.objects.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        raise errors.NotFound("inventory.site_unknown")
    return found
