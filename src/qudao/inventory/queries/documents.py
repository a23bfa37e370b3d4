"""Reservations, moves, holds and transfers."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext as _

from qudao.inventory import models
from qudao.kernel import errors, journal, scope


@dataclasses.dataclass(frozen=True, slots=True)
class ReservationView:
    """Stock set aside for a document line, with where it lies."""

    id: int
    origin_line: int
    quantity: Decimal
    expires_at: dt.datetime | None
    balance_id: int
    site_id: int
    location_id: int | None
    item_id: int
    lot_id: int
    lot_code: str
    produced_on: dt.date | None
    last_usable_on: dt.date | None
    serial_id: int | None
    serial_code: str


@dataclasses.dataclass(frozen=True, slots=True)
class TakenBack:
    """Stock that was set aside and taken back by a hold, or, where it names none, by its expiry; `entry` did it."""

    was: ReservationView
    entry: uuid.UUID
    hold_id: uuid.UUID | None
    hold_number: str
    hold_reason: str
    held_by: str
    held_at: dt.datetime | None

    @property
    def because(self) -> str:
        return _because(self.held_by, self.hold_reason)


@dataclasses.dataclass(frozen=True, slots=True)
class ReservationEnd:
    """A reservation that ended without a move. `state` is released or expired."""

    id: int
    balance_id: int
    quantity: Decimal
    origin_type: str
    origin_id: str
    origin_line: int
    state: str

    @property
    def row(self) -> journal.Row:
        values = {"balance_id": self.balance_id, "quantity": self.quantity, "state": self.state}
        return journal.row("inventory_reservation", self.id, values)


@dataclasses.dataclass(frozen=True, slots=True)
class MoveView:
    id: int
    kind: str
    at: dt.datetime
    on: dt.date
    entity_id: int
    item_id: int
    lot_id: int
    serial_id: int | None
    quantity: Decimal
    value: Decimal
    from_site_id: int
    from_balance_id: int | None
    from_status: str
    to_site_id: int
    to_balance_id: int | None
    to_status: str
    owner_kind: str
    owner_id: int
    origin_type: str
    origin_id: str
    origin_line: int


@dataclasses.dataclass(frozen=True, slots=True)
class HoldView:
    id: uuid.UUID
    number: str
    item_id: int
    lot_id: int
    serial_id: int | None
    reason: str
    placed_by: str
    created_at: dt.datetime
    released_at: dt.datetime | None
    released_by: str
    release_reason: str
    version: int
    goods: str = ""

    @property
    def because(self) -> str:
        return _because(self.placed_by, self.reason)


@dataclasses.dataclass(frozen=True, slots=True)
class TransferView:
    id: uuid.UUID
    number: str
    entity_id: int
    from_site_id: int
    to_site_id: int
    status: str
    sent_by: str
    created_at: dt.datetime
    received_by: str
    received_at: dt.datetime | None
    version: int


def _because(placed_by: str, reason: str) -> str:
    """Why, as people read it: a person's words as they were written, the system's own in the reader's language."""
    return _("Past its last day of use") if placed_by.startswith("job:") else reason


_MOVE = tuple(field.name for field in dataclasses.fields(MoveView))
_HOLD = tuple(field.name for field in dataclasses.fields(HoldView) if field.name != "goods")
_GOODS = ("item__name", "item__specification", "lot__code", "serial__code")
_TRANSFER = tuple(field.name for field in dataclasses.fields(TransferView))
_RESERVED = """
r.id, r.origin_line, r.quantity, r.expires_at, b.id, b.site_id, b.location_id, b.item_id,
l.id, l.code, l.produced_on, l.last_usable_on, s.id, COALESCE(s.code, '')
"""
_RESERVATION = """
inventory_reservation r JOIN inventory_balance b ON b.id = r.balance_id
JOIN inventory_lot l ON l.id = b.lot_id LEFT JOIN inventory_serial s ON s.id = b.serial_id
"""
_RESERVATIONS = f"""
SELECT {_RESERVED} FROM {_RESERVATION}
WHERE r.origin_type = %s::text AND r.origin_id = %s::text AND r.state = 'active'
ORDER BY r.origin_line, l.last_usable_on, r.id
"""
# A hold ended the reservation in the entry in which it moved the goods; other releases are the document's own.
_KEPT_AND_LOST = f"""
SELECT {_RESERVED}, r.state, r.entry, h.id, COALESCE(h.number, ''), COALESCE(h.reason, ''),
       COALESCE(h.placed_by, ''), h.created_at
FROM {_RESERVATION}
LEFT JOIN inventory_move m ON r.state = 'released' AND m.lot_id = b.lot_id AND m.entry = r.entry
    AND m.kind = 'hold' AND m.from_balance_id = b.id
LEFT JOIN inventory_hold h ON h.id = m.origin_id::uuid
WHERE r.origin_type = %s::text AND r.origin_id = %s::text
    AND (r.state IN ('active', 'expired') OR h.id IS NOT NULL)
ORDER BY r.origin_line, l.last_usable_on, r.id
"""


def reservations_of(*, origin_type: str, origin_id: str, actor: scope.Actor) -> list[ReservationView]:
    """What a document has set aside now, by line and first expiry."""
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_RESERVATIONS, [origin_type, origin_id])
        return [ReservationView(*row) for row in cursor.fetchall()]


def kept_and_lost(
    *, origin_type: str, origin_id: str, actor: scope.Actor
) -> tuple[list[ReservationView], list[TakenBack]]:
    """What a document has set aside now, and what holds and expiries ever took back from it; in one statement."""
    width = len(dataclasses.fields(ReservationView))
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(_KEPT_AND_LOST, [origin_type, origin_id])
        rows = [(ReservationView(*row[:width]), *row[width:]) for row in cursor.fetchall()]
    kept = [was for was, state, *_more in rows if state == "active"]
    return kept, [TakenBack(was, *more) for was, state, *more in rows if state != "active"]


def reserved_by(*, origin_type: str, origin_ids: Iterable[str], actor: scope.Actor) -> dict[str, Decimal]:
    """Document → what it has set aside in all, in one statement; those with nothing are left out."""
    wanted = list(origin_ids)
    if not wanted:
        return {}
    with scope.transaction(actor), connection.cursor() as cursor:
        cursor.execute(
            "SELECT origin_id, sum(quantity) FROM inventory_reservation WHERE origin_type = %s::text"
            " AND origin_id = ANY(%s::text[]) AND state = 'active' GROUP BY origin_id",
            [origin_type, wanted],
        )
        return dict(cursor.fetchall())


def moved(*, origin_type: str, origin_id: str, kind: str | None = None) -> list[MoveView]:
    """What a document moved, by line; within an open transaction."""
    found = models.Move.objects.filter(origin_type=origin_type, origin_id=origin_id)
    if kind is not None:
        found = found.filter(kind=kind)
    return [MoveView(*row) for row in found.order_by("origin_line", "pk").values_list(*_MOVE)]


def moves_of_lot(
    lot_id: int, actor: scope.Actor, *, serial_id: int | None = None, limit: int = 500
) -> list[MoveView]:
    """The life of a lot or serial, newest first."""
    with scope.transaction(actor):
        found = models.Move.objects.filter(lot_id=lot_id)
        if serial_id is not None:
            found = found.filter(serial_id=serial_id)
        return [MoveView(*row) for row in found.order_by("-pk").values_list(*_MOVE)[:limit]]


def hold_view(hold: models.Hold) -> HoldView:
    return HoldView(*(getattr(hold, name) for name in _HOLD))


def get_hold(hold_id: uuid.UUID, actor: scope.Actor) -> HoldView:
    """With its goods in words: product, lot and serial number. Raises NotFound."""
    with scope.transaction(actor):
        found = models.Hold.objects.filter(pk=hold_id).values_list(*_HOLD, *_GOODS).first()
    if found is None:
        raise errors.NotFound
    return HoldView(*found[: len(_HOLD)], goods=" ".join(filter(None, found[len(_HOLD) :])))


def list_holds(
    actor: scope.Actor,
    *,
    open_only: bool = True,
    limit: int = 200,
    before: uuid.UUID | None = None,
    lot_id: int | None = None,
) -> list[HoldView]:
    """Holds, newest first, those made `before` another (a cursor), of one lot where it is named."""
    with scope.transaction(actor):
        found = models.Hold.objects.all()
        if open_only:
            found = found.filter(released_at__isnull=True)
        if before is not None:
            found = found.filter(pk__lt=before)
        if lot_id is not None:
            found = found.filter(lot_id=lot_id)
        return [HoldView(*row) for row in found.order_by("-pk").values_list(*_HOLD)[:limit]]


def count_holds(actor: scope.Actor, *, open_only: bool = True) -> int:
    with scope.transaction(actor):
        found = models.Hold.objects.all()
        return found.filter(released_at__isnull=True).count() if open_only else found.count()


def transfer_view(transfer: models.Transfer) -> TransferView:
    return TransferView(*(getattr(transfer, name) for name in _TRANSFER))
