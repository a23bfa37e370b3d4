"""What the warehouse's pages read: lots and serials by code, balances of a site, transfers, reservations."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal

from django.db import connection

from qudao.inventory import models
from qudao.kernel import errors, scope

from . import documents

MOST = 200
# A location that is called as its zone says no more than the zone does.
_GOODS = """
SELECT b.id, b.site_id, s.name, CASE WHEN p.code <> upper(p.zone) THEN p.code ELSE '' END, b.item_id, i.code,
       i.name, i.specification, i.base_unit,
       b.lot_id, l.code, l.last_usable_on, COALESCE(n.code, ''), b.status, b.on_hand, b.reserved
FROM inventory_balance b JOIN inventory_site s ON s.id = b.site_id JOIN catalog_item i ON i.id = b.item_id
LEFT JOIN inventory_location p ON p.id = b.location_id
JOIN inventory_lot l ON l.id = b.lot_id LEFT JOIN inventory_serial n ON n.id = b.serial_id
WHERE b.on_hand > 0
"""
# A receipt's own goods are judged on the receipt; what a transfer, a count or a delivery brought back has no other page.
# Sellable goods that lie on no shelf, where there are shelves for them.
_TO_SHELVE = """
 AND b.status = 'good' AND b.on_hand > b.reserved AND (p.id IS NULL OR p.code = upper(p.zone)) AND EXISTS (
    SELECT 1 FROM inventory_location e WHERE e.site_id = b.site_id AND e.zone = 'good' AND e.code <> upper(e.zone))
"""
_UNSHELVED = f"""
SELECT count(*), COALESCE(sum(b.on_hand - b.reserved), 0) FROM inventory_balance b
LEFT JOIN inventory_location p ON p.id = b.location_id WHERE b.site_id = %s::int {_TO_SHELVE}
"""
_SET_ASIDE = """
SELECT r.origin_type, r.origin_id, s.name, sum(r.quantity), min(r.expires_at), count(*) OVER ()
FROM inventory_reservation r JOIN inventory_balance b ON b.id = r.balance_id JOIN inventory_site s ON s.id = b.site_id
WHERE b.lot_id = %s::int AND r.state = 'active'
GROUP BY r.origin_type, r.origin_id, s.name ORDER BY max(r.id) DESC LIMIT %s::int
"""
# A transfer's goods: by line, the first of them named.
_SENT = """
SELECT m.origin_id, count(*), sum(m.quantity), (array_agg(i.name ORDER BY m.origin_line, m.id))[1],
       (array_agg(i.specification ORDER BY m.origin_line, m.id))[1],
       CASE WHEN min(i.base_unit) = max(i.base_unit) THEN min(i.base_unit) ELSE '' END
FROM inventory_move m JOIN catalog_item i ON i.id = m.item_id
WHERE m.origin_type = 'inventory.transfer' AND m.origin_id = ANY(%s::text[]) AND m.kind = 'transfer'
GROUP BY m.origin_id
"""
_UNJUDGED = """
 AND b.status = 'pending' AND s.kind = 'warehouse' AND NOT EXISTS (
    SELECT 1 FROM inventory_move m WHERE m.lot_id = b.lot_id AND m.to_balance_id = b.id
    AND m.origin_type LIKE 'supply.%%')
"""
# The newest moves into a balance that together make up what lies in it: those before them were judged.
_BROUGHT = """
SELECT into_id, kind, origin_type, origin_id FROM (
    SELECT m.id, m.to_balance_id AS into_id, m.kind, m.origin_type, m.origin_id, b.on_hand,
           sum(m.quantity) OVER (PARTITION BY m.to_balance_id ORDER BY m.id DESC) - m.quantity AS newer
    FROM inventory_move m JOIN inventory_balance b ON b.id = m.to_balance_id
    WHERE m.lot_id = ANY(%s::int[]) AND m.to_balance_id = ANY(%s::bigint[])) x
WHERE newer < on_hand ORDER BY id
"""
_SHELVES = """
SELECT b.id, CASE WHEN p.code <> upper(p.zone) THEN p.code ELSE '' END, b.status, i.cold_chain
FROM inventory_balance b JOIN catalog_item i ON i.id = b.item_id
LEFT JOIN inventory_location p ON p.id = b.location_id WHERE b.id = ANY(%s::bigint[])
"""
_FOUND = """
SELECT l.id, l.code, i.name, i.specification, l.last_usable_on, NULL::int, ''
FROM inventory_lot l JOIN catalog_item i ON i.id = l.item_id WHERE l.code = ANY(%(codes)s::text[])
UNION ALL
SELECT l.id, l.code, i.name, i.specification, l.last_usable_on, n.id, n.code
FROM inventory_serial n JOIN inventory_lot l ON l.id = n.lot_id JOIN catalog_item i ON i.id = n.item_id
WHERE n.code = ANY(%(codes)s::text[]) ORDER BY 6 NULLS LAST, 1 LIMIT %(limit)s::int
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Goods:
    """A balance with the names a person needs to find it on the shelf."""

    balance_id: int
    site_id: int
    site: str
    location: str
    item_id: int
    item_code: str
    item_name: str
    specification: str
    base_unit: str
    lot_id: int
    lot: str
    last_usable_on: dt.date | None
    serial: str
    status: str
    on_hand: Decimal
    reserved: Decimal

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.reserved


@dataclasses.dataclass(frozen=True, slots=True)
class Brought:
    """A move that brought goods to a balance, and the document that caused it."""

    balance_id: int
    kind: str
    origin_type: str
    origin_id: str


@dataclasses.dataclass(frozen=True, slots=True)
class Shelf:
    """Where a balance lies. `code` is "" where a warehouse has no shelves, only zones."""

    code: str
    zone: str
    cold: bool


@dataclasses.dataclass(frozen=True, slots=True)
class SetAside:
    """What a document set aside of a lot in a warehouse, in all; `expires_at` is when the first of it lapses.
    `documents` is how many there are of its kind, those beyond the page's end included."""

    origin_type: str
    origin_id: str
    site: str
    quantity: Decimal
    expires_at: dt.datetime | None
    documents: int


@dataclasses.dataclass(frozen=True, slots=True)
class Sent:
    """What a transfer sent: how many lines and base units of all of them, the first product; `unit` is "" where the
    products have not the same."""

    lines: int
    quantity: Decimal
    item_name: str
    specification: str
    unit: str


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A lot, or with a serial one piece of it."""

    lot_id: int
    lot: str
    item_name: str
    specification: str
    last_usable_on: dt.date | None
    serial_id: int | None
    serial: str


@dataclasses.dataclass(frozen=True, slots=True)
class LotDetail:
    id: int
    code: str
    item_id: int
    item_code: str
    item_name: str
    specification: str
    base_unit: str
    manufacturer: str
    produced_on: dt.date | None
    last_usable_on: dt.date | None
    held: bool


def get_lot(lot_id: int, actor: scope.Actor) -> LotDetail:
    """Raises NotFound."""
    names = ("code", "name", "specification", "base_unit", "manufacturer")
    fields = ("id", "code", "item_id", *(f"item__{name}" for name in names))
    with scope.transaction(actor):
        rows = models.Lot.objects.filter(pk=lot_id)
        found = rows.values_list(*fields, "produced_on", "last_usable_on", "held").first()
    if found is None:
        raise errors.NotFound
    return LotDetail(*found)


def find_goods(code: str, actor: scope.Actor, *, limit: int = 10) -> list[Found]:
    """Lots and serials of exactly this code, or of its capitals."""
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_FOUND, {"codes": sorted({code, code.upper()}), "limit": limit})
        return [Found(*row) for row in cursor.fetchall()]


def goods_at(
    site_id: int,
    actor: scope.Actor,
    *,
    text: str = "",
    statuses: Iterable[str] | None = None,
    to_shelve: bool = False,
    limit: int = MOST,
) -> list[Goods]:
    """What lies at a site, by item, lot and serial; `text` is of the item, or a lot's or serial's code; `to_shelve`
    leaves only what is to be put away."""
    where, params = " AND b.site_id = %(site)s::int", {"site": site_id, "limit": limit}
    if statuses is not None:
        where += " AND b.status = ANY(%(statuses)s::text[])"
        params["statuses"] = list(statuses)
    if to_shelve:
        where += _TO_SHELVE
    if text:
        where += (
            " AND (i.search_keys LIKE %(like)s::text OR i.code = %(text)s::text OR l.code = %(text)s::text"
            " OR n.code = %(text)s::text)"
        )
        escaped = text.casefold().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        params |= {"like": f"%{escaped}%", "text": text.upper()}
    return _goods(where, params, actor)


def unshelved(site_id: int, actor: scope.Actor) -> tuple[int, Decimal]:
    """What is to be put away in a warehouse: how many rows of goods, and how much; one statement."""
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_UNSHELVED, [site_id])
        rows, quantity = cursor.fetchone()
        return int(rows), quantity


def list_balances(
    actor: scope.Actor,
    *,
    site_id: int = 0,
    item_id: int = 0,
    status: str = "",
    after: int = 0,
    limit: int = MOST,
) -> list[Goods]:
    """Balances with something on hand by their id, those after `after`; what is left out does not filter."""
    chosen = {"site_id": site_id, "item_id": item_id, "status": status}
    where = " AND b.id > %(after)s::bigint"
    where += "".join(f" AND b.{name} = %({name})s" for name, value in chosen.items() if value)
    with scope.transaction(actor), connection.cursor() as cursor:
        parameters = {**chosen, "after": after, "limit": limit}
        cursor.execute(f"{_GOODS}{where} ORDER BY b.id LIMIT %(limit)s::int", parameters)
        return [Goods(*row) for row in cursor.fetchall()]


def shelves(balance_ids: Iterable[int], actor: scope.Actor) -> dict[int, Shelf]:
    """Balance → where it lies; one statement."""
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_SHELVES, [sorted(set(balance_ids))])
        return {pk: Shelf(code or "", zone, cold) for pk, code, zone, cold in cursor.fetchall()}


def unjudged(actor: scope.Actor, *, site_ids: Iterable[int] | None = None, limit: int = MOST) -> list[Goods]:
    """Goods of transfers and counts, and those that came back from a delivery, that await inspection."""
    where, params = _UNJUDGED, {"limit": limit}
    if site_ids is not None:
        where += " AND b.site_id = ANY(%(sites)s::int[])"
        params["sites"] = list(site_ids)
    return _goods(where, params, actor)


def brought(goods: Iterable[Goods], actor: scope.Actor) -> list[Brought]:
    """What brought the goods that lie there now, the oldest first; one statement."""
    found = list(goods)
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_BROUGHT, [[one.lot_id for one in found], [one.balance_id for one in found]])
        return [Brought(*row) for row in cursor.fetchall()]


def _goods(where: str, params: dict, actor: scope.Actor) -> list[Goods]:
    order = " ORDER BY s.priority, i.code, l.last_usable_on, l.code, n.code, b.id LIMIT %(limit)s::int"
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_GOODS + where + order, params)
        return [Goods(*row) for row in cursor.fetchall()]


def list_transfers(
    actor: scope.Actor,
    *,
    status: str = "",
    site_ids: Iterable[int] | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> tuple[list[documents.TransferView], str | None]:
    """Transfers newest first, those that go to one of the sites, and the cursor of the next page."""
    found = models.Transfer.objects.all()
    if status:
        found = found.filter(status=status)
    if site_ids is not None:
        found = found.filter(to_site_id__in=list(site_ids))
    if cursor:
        try:
            found = found.filter(pk__lt=uuid.UUID(cursor))
        except ValueError as error:
            raise errors.NotFound from error
    with scope.transaction(actor):
        rows = [documents.transfer_view(row) for row in found.order_by("-pk")[: limit + 1]]
    return rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else None


def count_transfers(actor: scope.Actor, *, status: str) -> int:
    """How many transfers are in that state."""
    with scope.transaction(actor):
        return models.Transfer.objects.filter(status=status).count()


def sent_by_transfers(transfer_ids: Iterable[uuid.UUID], actor: scope.Actor) -> dict[uuid.UUID, Sent]:
    """Transfer → what it sent; one statement."""
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_SENT, [[str(one) for one in transfer_ids]])
        return {uuid.UUID(key): Sent(*sent) for key, *sent in cursor.fetchall()}


def get_transfer(
    transfer_id: uuid.UUID, actor: scope.Actor
) -> tuple[documents.TransferView, list[documents.MoveView]]:
    """A transfer with what was sent. Raises NotFound."""
    with scope.transaction(actor):
        found = models.Transfer.objects.filter(pk=transfer_id).first()
        if found is None:
            raise errors.NotFound
        moves = documents.moved(origin_type="inventory.transfer", origin_id=str(found.pk))
    return documents.transfer_view(found), moves


def holds_of_lot(lot_id: int, actor: scope.Actor) -> list[documents.HoldView]:
    """The lot's holds, newest first."""
    with scope.transaction(actor):
        found = models.Hold.objects.filter(lot_id=lot_id).order_by("-pk")[:50]
        return [documents.hold_view(hold) for hold in found]


def lot_names(lot_ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str, str, str, str]]:
    """Lot → (its code, the item's name, specification, base unit and code)."""
    with scope.transaction(actor):
        rows = models.Lot.objects.filter(pk__in=list(lot_ids))
        named = ("code", "item__name", "item__specification", "item__base_unit", "item__code")
        return {pk: tuple(names) for pk, *names in rows.values_list("pk", *named)}


def serial_codes(serial_ids: Iterable[int | None], actor: scope.Actor) -> dict[int, str]:
    """Serial → its code."""
    wanted = [pk for pk in serial_ids if pk]
    with scope.transaction(actor):
        return dict(models.Serial.objects.filter(pk__in=wanted).values_list("pk", "code"))


def reservations_of_lot(lot_id: int, actor: scope.Actor, *, limit: int = 20) -> list[SetAside]:
    """What sets stock of the lot aside now, by document and warehouse, the newest first."""
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_SET_ASIDE, [lot_id, limit])
        return [SetAside(*row) for row in cursor.fetchall()]
