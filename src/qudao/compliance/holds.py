"""Holds with the goods they are on: the list of quality, and what a hold would reach before it is placed."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Sequence
from decimal import Decimal

from qudao.catalog import queries as catalog
from qudao.compliance import queries
from qudao.inventory import operations
from qudao.inventory import queries as inventory
from qudao.inventory import tracing as stock
from qudao.kernel import errors, scope
from qudao.organisation import queries_people


@dataclasses.dataclass(frozen=True, slots=True)
class Held:
    """A hold with the goods it is on: what is held now, and what was out when one looks."""

    hold: inventory.HoldView
    lot: str
    serial: str
    item_name: str
    specification: str
    unit: str
    held: Decimal
    out: Decimal
    placed_by: str
    released_by: str


def list_held(
    actor: scope.Actor, *, open_only: bool, today: dt.date, before: uuid.UUID | None = None, limit: int = 50
) -> list[Held]:
    """Holds, newest first, with what each lot did; a fixed number of statements."""
    with scope.transaction(actor):
        return _with_goods(
            inventory.list_holds(actor, open_only=open_only, before=before, limit=limit), actor, today=today
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Locked:
    """What a hold locked when it was placed: how much, where, and in which condition it had been."""

    place: str
    status: str
    quantity: Decimal


def get_held(
    hold_id: uuid.UUID, actor: scope.Actor, *, today: dt.date
) -> tuple[Held, list[Locked], frozenset[str]]:
    """A hold, what it locked, and the conditions its goods were released to. Raises NotFound."""
    with scope.transaction(actor):
        [held] = _with_goods([inventory.get_hold(hold_id, actor)], actor, today=today)
        moves = inventory.moved(origin_type="inventory.hold", origin_id=str(hold_id))
        sites = stock.sites(one.from_site_id for one in moves)
    taken: dict[tuple[str, str], Decimal] = {}
    for one in moves:
        if one.kind == "hold":
            where = sites[one.from_site_id].name, one.from_status
            taken[where] = taken.get(where, Decimal(0)) + one.quantity
    released = frozenset(one.to_status for one in moves if one.kind == "release")
    return held, [Locked(*where, quantity) for where, quantity in taken.items()], released


def _with_goods(holds: Sequence[inventory.HoldView], actor: scope.Actor, *, today: dt.date) -> list[Held]:
    with scope.transaction(actor):
        goods = [(one.lot_id, one.serial_id or 0) for one in holds]
        lots = {one.lot_id: one for one in stock.lots({lot for lot, _ in goods})}
        serials = {one.serial_id: one.serial for one in stock.serials({one for _, one in goods} - {0})}
        items = catalog.items({one.item_id for one in holds}, on=today, entity_id=0)
        standing = stock.standing(goods)
    people = queries_people.names_of(by for one in holds for by in (one.placed_by, one.released_by) if by)
    return [
        Held(
            hold=hold,
            lot=lots[hold.lot_id].lot,
            serial=serials.get(hold.serial_id or 0, ""),
            item_name=items[hold.item_id].name,
            specification=items[hold.item_id].specification,
            unit=items[hold.item_id].base_unit,
            held=standing[key].held,
            out=standing[key].out,
            placed_by=people.get(hold.placed_by, hold.placed_by),
            released_by=people.get(hold.released_by, hold.released_by),
        )
        for hold, key in zip(holds, goods, strict=True)
    ]


@dataclasses.dataclass(frozen=True, slots=True)
class Reach:
    """What a hold would lock, and what it would not: on the way to customers, and with how many consignees how much."""

    ours: Decimal
    road: Decimal
    out: Decimal
    consignees: int


def reach_of(subject: queries.Subject, actor: scope.Actor, *, today: dt.date) -> Reach:
    """How far a hold of the lot or serial would reach, asked before it is placed; nothing of what never moved."""
    goods = {"serial_ids": [subject.serial_id]} if subject.serial_id else {"lot_ids": [subject.lot_id]}
    try:
        found = queries.trace(**goods, actor=actor, today=today, pieces=False)
    except errors.NotFound:
        return Reach(Decimal(0), Decimal(0), Decimal(0), 0)
    holders = [one for one in found.holders if one.left]
    balances = inventory.balances_of_lot(subject.lot_id, actor)
    locked, leaving = operations.reach(
        [one for one in balances if not subject.serial_id or one.serial_id == subject.serial_id]
    )
    return Reach(
        ours=locked,
        road=leaving,
        out=sum((one.left for one in holders), Decimal(0)),
        consignees=len(holders),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Note:
    """What was said of the goods when a hold was placed or lifted: `what` is the kind of its move."""

    number: str
    what: str
    at: dt.datetime
    by: str
    reason: str


def notes_on(found: queries.Trace, actor: scope.Actor) -> list[Note]:
    """Every hold on what is traced, open and lifted, as it was placed and lifted, oldest first; ours alone to read."""
    if not found.whole:
        return []
    first = found.subjects[0]
    with scope.transaction(actor):
        placed = [
            one
            for one in inventory.holds_of_lot(first.lot_id, actor)
            if not first.serial_id or one.serial_id in (None, first.serial_id)
        ]
        people = queries_people.names_of(
            by for one in placed for by in (one.placed_by, one.released_by) if by
        )
    said = [("hold", one.created_at, one.placed_by, one.because, one) for one in placed]
    said += [
        ("release", one.released_at, one.released_by, one.release_reason, one)
        for one in placed
        if one.released_at
    ]
    return [
        Note(one.number, what, at, people.get(by, by), reason)
        for what, at, by, reason, one in sorted(said, key=lambda row: row[1])
    ]


def holds_on(subject: queries.Subject, actor: scope.Actor) -> list[inventory.HoldView]:
    """The open holds on the lot, or on the serial and its lot."""
    found = inventory.list_holds(actor, lot_id=subject.lot_id)
    wanted = {None, subject.serial_id} if subject.serial_id else {None}
    return [one for one in found if one.serial_id in wanted]
