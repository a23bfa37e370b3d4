"""Holds (冻结): goods locked for a recall, a complaint, a doubt or their age; quality alone releases them."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from qudao.inventory import models, queries
from qudao.inventory.rules import status
from qudao.kernel import errors, journal, locks, numbering, periods, records, scope

from . import plan, reserving, stock

HOLD, RELEASE = "inventory.stock.hold", "inventory.hold.release"
BATCH = 200

# Good stock on the road is on its way to a customer: whoever holds a lot traces it, the books cannot stop it.
# A serial given as 0 stands for the whole lot.
_LOCK = """
SELECT b.id, b.entity_id, b.site_id, b.location_id, b.item_id, b.lot_id, b.serial_id, b.owner_kind, b.owner_id,
       b.on_hand, b.received_on
FROM inventory_balance b
JOIN unnest(%s::int[], %s::int[]) AS w (lot_id, serial_id)
    ON b.lot_id = w.lot_id AND w.serial_id IN (0, b.serial_id)
JOIN inventory_site s ON s.id = b.site_id
WHERE b.on_hand > 0 AND b.status = ANY(%s::text[]) AND NOT (b.status = 'good' AND s.kind = 'transit')
ORDER BY b.id FOR UPDATE OF b
"""
_EXPIRED = """
SELECT DISTINCT b.item_id, b.lot_id FROM inventory_lot l
JOIN inventory_balance b ON b.lot_id = l.id AND b.on_hand > 0 AND b.status = 'good'
JOIN inventory_site s ON s.id = b.site_id AND s.kind <> 'transit'
WHERE l.last_usable_on < %s::date ORDER BY b.lot_id LIMIT %s::int
"""
# Of held balances: what was not sellable when it came under the hold, counted since the balance was freed last.
_UNINSPECTED = """
SELECT m.to_balance_id, sum(m.quantity) FROM inventory_move m
WHERE m.lot_id = %s AND m.to_balance_id = ANY(%s) AND m.kind IN ('hold', 'receive') AND m.from_status <> 'good'
  AND m.id > coalesce((SELECT max(r.id) FROM inventory_move r
                       WHERE r.lot_id = m.lot_id AND r.from_balance_id = m.to_balance_id AND r.kind = 'release'), 0)
GROUP BY m.to_balance_id
"""
_HOLDABLE = [
    str(start) for start, to in status.ALLOWED if to is status.Status.HELD and start in list(status.Status)
]


@dataclasses.dataclass(frozen=True, slots=True)
class Placed:
    """A hold, and the documents whose reservations on it were released: their owners allocate anew."""

    hold: queries.HoldView
    affected: tuple[tuple[str, str], ...]


@dataclasses.dataclass(frozen=True, slots=True)
class _Target:
    item_id: int
    lot_id: int
    serial_id: int | None


def hold_lot(
    *, lot_id: int, serial_id: int | None = None, reason: str, actor: scope.Actor, now: dt.datetime
) -> Placed:
    """Lock all of a lot, or one serial, wherever we hold it, and keep later arrivals from sale.

    Raises NotFound, Refused `inventory.reason_missing`, Conflict `kernel.busy`.
    """
    actor.require(HOLD)
    if not reason.strip():
        raise errors.refuse("inventory.reason_missing")
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        lot = models.Lot.objects.select_for_update(no_key=True).filter(pk=lot_id).first()
        if lot is None or (
            serial_id is not None and not models.Serial.objects.filter(pk=serial_id, lot=lot).exists()
        ):
            raise errors.NotFound
        holds, affected = _place([_Target(lot.item_id, lot.pk, serial_id)], reason, actor, now)
        return Placed(holds[0], tuple(affected))


def reach(balances: Sequence[queries.BalanceView]) -> tuple[Decimal, Decimal]:
    """Of these balances: how much a hold would lock, a transfer on its way too, and how much it leaves alone because it
    is on its way to a customer."""
    nothing = Decimal(0)
    leaving = [one for one in balances if one.on_road and one.status == "good"]
    locked = [one for one in balances if one.status in _HOLDABLE and one not in leaving]
    return sum((one.on_hand for one in locked), nothing), sum((one.on_hand for one in leaving), nothing)


def lock_expired(*, now: dt.datetime) -> list[Placed]:
    """Hold every lot of which sellable stock is past its last day of use, in batches.

    Source: 医疗器械经营质量管理规范: goods past their date are locked by the system on their own.
    """
    found: list[Placed] = []
    while True:
        with scope.everything("expiry") as actor, locks.refusing_when_busy():
            with connection.cursor() as cursor:
                cursor.execute(_EXPIRED, [periods.business_date(now), BATCH])
                targets = [_Target(*row, None) for row in cursor.fetchall()]
            if not targets:
                return found
            holds, affected = _place(targets, _("Past its last day of use"), actor, now)
            found += [Placed(hold, tuple(affected)) for hold in holds]


def _place(
    targets: Sequence[_Target], reason: str, actor: scope.Actor, now: dt.datetime
) -> tuple[list[queries.HoldView], list[tuple[str, str]]]:
    entry, on = journal.entry(), periods.business_date(now)
    rows = _lock(targets, _HOLDABLE)
    ended = reserving.end([row[0] for row in rows], state="released", entry=entry)
    documents = _documents(targets, reason, actor, now, entry)
    numbers = {(one.lot_id, one.serial_id): one.pk for one in documents}
    lots = {one.lot_id: one.pk for one in documents if one.serial_id is None}
    postings = _postings(rows, "held", "hold", lambda lot, serial: str(lots.get(lot) or numbers[lot, serial]))
    posted = stock.post(postings=postings, entry=entry, at=now, on=on)
    models.Lot.objects.filter(pk__in=lots).update(held=True)
    affected = reserving.origins(ended)
    journal.record(
        entry,
        "inventory.hold.placed",
        subject=f"inventory.hold:{documents[0].pk}",
        at=now,
        rows=[
            *(_document_row(one) for one in documents),
            *(one.row for one in ended),
            *(one.row for one in posted),
        ],
        data={
            "reason": reason,
            "lots": [one.lot_id for one in documents],
            "affected": [list(origin) for origin in affected],
        },
    )
    return [queries.hold_view(one) for one in documents], affected


def release_hold(
    *, hold_id: uuid.UUID, to: str, reason: str, actor: scope.Actor, now: dt.datetime
) -> queries.HoldView:
    """Quality's verdict on held goods: good, bad, or pending for another inspection. What was not inspected before the
    hold is not made good by its end: it waits for inspection, wherever it is.

    Goods under several holds move with the last of them. Raises NotFound, Refused
    `inventory.hold_already_released`, `inventory.reason_missing`, `inventory.status_change_impossible`,
    `inventory.lot_expired`.
    """
    actor.require(RELEASE)
    if not reason.strip():
        raise errors.refuse("inventory.reason_missing")
    if to not in ("good", "bad", "pending"):
        raise errors.refuse("inventory.status_change_impossible", from_status="held", to_status=to)
    with scope.transaction(actor, acting=True), locks.refusing_when_busy():
        hold = models.Hold.objects.select_for_update(no_key=True).filter(pk=hold_id).first()
        if hold is None:
            raise errors.NotFound
        if hold.released_at is not None:
            raise errors.refuse("inventory.hold_already_released", number=hold.number)
        entry, on = journal.entry(), periods.business_date(now)
        lot = models.Lot.objects.select_for_update(no_key=True).get(pk=hold.lot_id)
        if to == "good" and lot.last_usable_on is not None and lot.last_usable_on < on:
            params = {"lot": lot.code, "last_usable_on": lot.last_usable_on, "on": on}
            raise errors.refuse("inventory.lot_expired", **params)
        hold.released_at, hold.released_by, hold.release_reason = now, actor.ref, reason
        hold.version, hold.entry = hold.version + 1, entry
        hold.save()
        rows = _freed(hold, lot)
        postings = [
            posting
            for status_to, part in _parted(rows, lot, to)
            for posting in _postings(part, status_to, "release", lambda *_: str(hold.pk))
        ]
        posted = stock.post(postings=postings, entry=entry, at=now, on=on)
        journal.record(
            entry,
            "inventory.hold.released",
            subject=f"inventory.hold:{hold.pk}",
            at=now,
            rows=[_document_row(hold), *(one.row for one in posted)],
            data={"to": to, "reason": reason},
        )
        return queries.hold_view(hold)


def _parted(rows: list[tuple], lot: models.Lot, to: str) -> list[tuple[str, list[tuple]]]:
    """The rows to be freed, each quantity (index 9) by what it becomes."""
    if to != "good" or not rows:
        return [(to, rows)]
    with connection.cursor() as cursor:
        cursor.execute(_UNINSPECTED, [lot.pk, [row[0] for row in rows]])
        waiting = dict(cursor.fetchall())
    parts = [(row, min(row[9], waiting.get(row[0], Decimal(0)))) for row in rows]
    return [
        ("good", [(*row[:9], row[9] - part, *row[10:]) for row, part in parts if row[9] > part]),
        ("pending", [(*row[:9], part, *row[10:]) for row, part in parts if part]),
    ]


def _freed(hold: models.Hold, lot: models.Lot) -> list[tuple]:
    """The held balances that no other hold keeps; the lot itself is free when no hold of all of it is left."""
    open_holds = models.Hold.objects.filter(lot=lot, released_at__isnull=True).values_list("serial_id")
    others = {serial_id for (serial_id,) in open_holds}
    if hold.serial_id is None and None not in others:
        lot.held = False
        lot.save(update_fields=["held"])
    if None in others:
        return []
    rows = _lock([_Target(hold.item_id, lot.pk, hold.serial_id)], ["held"])
    return [row for row in rows if row[6] is None or row[6] not in others]


def _lock(targets: Sequence[_Target], states: Sequence[str]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            _LOCK,
            [[one.lot_id for one in targets], [one.serial_id or 0 for one in targets], list(states)],
        )
        return cursor.fetchall()


def _postings(rows: Sequence[tuple], to: str, kind: str, origin) -> list[plan.Posting]:
    return [
        plan.Posting(
            kind=kind,
            item_id=item_id,
            lot_id=lot_id,
            serial_id=serial_id,
            quantity=on_hand,
            entity_id=entity_id,
            from_balance_id=balance_id,
            to=plan.Place(site_id, location_id, to, owner_kind, owner_id),
            received_on=received_on,
            origin_type="inventory.hold",
            origin_id=origin(lot_id, serial_id),
        )
        for (
            (balance_id, entity_id, site_id, location_id, item_id, lot_id, serial_id),
            (owner_kind, owner_id, on_hand, received_on),
        ) in ((row[:7], row[7:]) for row in rows)
    ]


def _documents(
    targets: Sequence[_Target], reason: str, actor: scope.Actor, now: dt.datetime, entry: uuid.UUID
) -> list[models.Hold]:
    numbers = numbering.take(entity_id=0, series="HD", on=periods.business_date(now), count=len(targets))
    return models.Hold.objects.bulk_create(
        models.Hold(
            id=records.key(now),
            entry=entry,
            created_at=now,
            number=number,
            item_id=one.item_id,
            lot_id=one.lot_id,
            serial_id=one.serial_id,
            reason=reason,
            placed_by=actor.ref,
        )
        for number, one in zip(numbers, targets, strict=True)
    )


def _document_row(hold: models.Hold) -> journal.Row:
    names = ("number", "lot_id", "serial_id", "reason", "placed_by", "released_by", "release_reason")
    return journal.row(hold, hold.pk, {name: getattr(hold, name) for name in names})
