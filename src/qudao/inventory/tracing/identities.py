"""The lots and serials that are traced, and the sites their moves lead to."""

from collections.abc import Iterable

from django.db import connection

from .reading import all_of
from .views import LotView, SiteView

_LOTS = """
SELECT l.item_id, l.id, l.code, coalesce(s.id, 0), coalesce(s.code, ''), l.produced_on, l.last_usable_on,
       coalesce(h.number, ''), coalesce(h.reason, '')
FROM {source}
LEFT JOIN LATERAL (
    SELECT number, reason FROM inventory_hold
    WHERE lot_id = l.id AND released_at IS NULL AND (serial_id IS NULL OR serial_id = s.id)
    ORDER BY created_at DESC LIMIT 1
) h ON true
WHERE {condition} ORDER BY l.item_id, l.code, s.code
"""
_LOT_SOURCE = "inventory_lot l LEFT JOIN inventory_serial s ON false"
_SERIAL_SOURCE = "inventory_serial s JOIN inventory_lot l ON l.id = s.lot_id"


def lots_coded(codes: Iterable[str]) -> list[LotView]:
    """Every lot with one of these codes; several items may use the same."""
    return _lots(_LOT_SOURCE, "l.code = ANY (%s::text[])", codes)


def serials_coded(codes: Iterable[str]) -> list[LotView]:
    """Every serial with one of these codes."""
    return _lots(_SERIAL_SOURCE, "s.code = ANY (%s::text[])", codes)


def lots_of(item_ids: Iterable[int]) -> list[LotView]:
    """Every lot of the items."""
    return _lots(_LOT_SOURCE, "l.item_id = ANY (%s::int[])", item_ids)


def lots(lot_ids: Iterable[int]) -> list[LotView]:
    return _lots(_LOT_SOURCE, "l.id = ANY (%s::int[])", lot_ids)


def serials(serial_ids: Iterable[int]) -> list[LotView]:
    return _lots(_SERIAL_SOURCE, "s.id = ANY (%s::int[])", serial_ids)


def _lots(source: str, condition: str, values: Iterable) -> list[LotView]:
    return all_of(LotView, _LOTS.format(source=source, condition=condition), [sorted(set(values))])


def sites(site_ids: Iterable[int]) -> dict[int, SiteView]:
    found = all_of(
        SiteView,
        "SELECT id, entity_id, code, name, kind, party_id FROM inventory_site WHERE id = ANY (%s::int[])",
        [sorted(set(site_ids))],
    )
    return {site.id: site for site in found}


def sites_of_parties(party_ids: Iterable[int]) -> dict[int, int]:
    """Site → party, for every site of these parties."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, party_id FROM inventory_site WHERE party_id = ANY (%s::int[]) AND party_id <> 0",
            [sorted(set(party_ids))],
        )
        return dict(cursor.fetchall())
