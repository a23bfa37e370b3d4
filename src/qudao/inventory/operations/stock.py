"""Posting: the only writer of balances, moves and cost layers.

It joins the caller's transaction. Rows are locked in one order (balances by id, then cost layers by id), so
two postings never wait for each other in a circle but for what their callers locked before.
"""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from django.db import IntegrityError, connection

from qudao.inventory.rules import cost, moves, status
from qudao.kernel import bulk, errors, journal

from . import plan

_OPEN = """
INSERT INTO inventory_balance (entity_id, site_id, location_id, item_id, lot_id, serial_id, status,
                               owner_kind, owner_id, on_hand, reserved)
SELECT k.*, 0, 0 FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::text[],
                             %s::text[], %s::int[]) AS k
ON CONFLICT (site_id, location_id, item_id, lot_id, serial_id, status, owner_kind, owner_id) DO NOTHING
"""
_LOCK = """
WITH wanted AS (
    SELECT unnest(%s::bigint[]) AS id
    UNION
    SELECT b.id
    FROM unnest(%s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::int[], %s::text[], %s::text[],
                %s::int[])
        AS k (entity_id, site_id, location_id, item_id, lot_id, serial_id, status, owner_kind, owner_id)
    JOIN inventory_balance b ON b.lot_id = k.lot_id AND b.site_id = k.site_id AND b.item_id = k.item_id
        AND b.status = k.status AND b.owner_kind = k.owner_kind AND b.owner_id = k.owner_id
        AND b.location_id IS NOT DISTINCT FROM k.location_id
        AND b.serial_id IS NOT DISTINCT FROM k.serial_id
    UNION
    SELECT id FROM inventory_balance WHERE serial_id = ANY(%s::int[]) AND on_hand > 0
)
SELECT id, entity_id, site_id, location_id, item_id, lot_id, serial_id, status, owner_kind, owner_id,
       on_hand, reserved, received_on
FROM inventory_balance WHERE id IN (SELECT id FROM wanted) ORDER BY id FOR UPDATE
"""
_SITE_KINDS = "SELECT id, kind FROM inventory_site WHERE id = ANY(%s::int[])"
_LOCK_LAYERS = """
SELECT l.id, l.entity_id, l.item_id, l.lot_id, l.received_on, l.left_quantity, l.left_value
FROM inventory_costlayer l
JOIN unnest(%s::int[], %s::int[], %s::int[]) AS k (entity_id, item_id, lot_id)
    ON l.entity_id = k.entity_id AND l.item_id = k.item_id AND l.lot_id = k.lot_id
WHERE l.left_quantity > 0 ORDER BY l.id FOR UPDATE OF l
"""
# What is left of a reservation of which a part went stays reserved.
_CONSUME = """
UPDATE inventory_reservation r
SET state = CASE WHEN r.quantity = c.taken THEN 'consumed' ELSE r.state END,
    quantity = CASE WHEN r.quantity = c.taken THEN r.quantity ELSE r.quantity - c.taken END,
    entry = %s::uuid
FROM unnest(%s::bigint[], %s::bigint[], %s::numeric[]) AS c (id, balance_id, taken)
WHERE r.id = c.id AND r.balance_id = c.balance_id AND r.state = 'active' AND r.quantity >= c.taken
"""
_TAKE_OUT = """
UPDATE inventory_balance b SET on_hand = b.on_hand - c.quantity, reserved = b.reserved - c.freed
FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS c (id, quantity, freed) WHERE b.id = c.id
"""
_PUT_IN = """
UPDATE inventory_balance b SET on_hand = b.on_hand + c.quantity,
    received_on = CASE WHEN b.on_hand = 0 THEN c.received_on ELSE LEAST(b.received_on, c.received_on) END
FROM unnest(%s::bigint[], %s::numeric[], %s::date[]) AS c (id, quantity, received_on) WHERE b.id = c.id
"""
_LEAVE = """
UPDATE inventory_costlayer l SET left_quantity = c.quantity, left_value = c.value
FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[]) AS c (id, quantity, value) WHERE l.id = c.id
"""
_LAYER: bulk.Columns = (
    ("entry", "uuid"),
    ("entity_id", "int"),
    ("item_id", "int"),
    ("lot_id", "int"),
    ("receipt_id", "uuid"),
    ("received_on", "date"),
    ("quantity", "numeric"),
    ("value", "numeric"),
    ("left_quantity", "numeric"),
    ("left_value", "numeric"),
)
_MOVE: bulk.Columns = (
    ("entry", "uuid"),
    ("kind", "text"),
    ("at", "timestamptz"),
    ("on", "date"),
    ("entity_id", "int"),
    ("item_id", "int"),
    ("lot_id", "int"),
    ("serial_id", "int"),
    ("quantity", "numeric"),
    ("value", "numeric"),
    ("from_site_id", "int"),
    ("from_balance_id", "bigint"),
    ("from_status", "text"),
    ("to_site_id", "int"),
    ("to_balance_id", "bigint"),
    ("to_status", "text"),
    ("owner_kind", "text"),
    ("owner_id", "int"),
    ("origin_type", "text"),
    ("origin_id", "text"),
    ("origin_line", "int"),
)
_JOURNALLED = tuple(
    (position, name.strip('"')) for position, (name, _) in enumerate(_MOVE) if name not in ("entry", "at")
)


@dataclasses.dataclass(frozen=True, slots=True)
class Posted:
    """A posting done. `posting_no` counts from 1 in the order given; `row` is for the caller's journal."""

    move_id: int
    posting_no: int
    value: Decimal
    from_balance_id: int | None
    to_balance_id: int | None
    row: journal.Row


def post(*, postings: Sequence[plan.Posting], entry: uuid.UUID, at: dt.datetime, on: dt.date) -> list[Posted]:
    """Move goods; the result is aligned with the postings.

    What a balance holds for others' reservations is not taken; `reservation_id` uses one up. Reasons carry
    `origin_line` where it is set, else the place of the posting. Raises Refused (`inventory.*`), NotFound
    for an unknown balance or site, Conflict `inventory.reservation_gone`.
    """
    if not postings:
        return []
    keys = sorted(
        {key for posting in postings if (key := posting.to_key) is not None}, key=lambda key: key.lock_order
    )
    balances = _locked(postings, keys)
    steps = plan.steps(postings, balances, _site_kinds(postings))
    valued = plan.value(steps, _layers(steps))
    _consume_reservations(steps, entry)
    _take_out(steps)
    _put_in(steps, on)
    _write_layers(steps, valued, entry, on)
    return _write_moves(steps, valued, entry, at, on)


def _locked(postings: Sequence[plan.Posting], keys: Sequence[moves.Key]) -> list[plan.Balance]:
    key_arrays = bulk.arrays([_columns(key) for key in keys]) if keys else [[] for _ in range(9)]
    ids = [posting.from_balance_id for posting in postings if posting.from_balance_id is not None]
    serials = [key.serial_id for key in keys if key.serial_id is not None]
    with connection.cursor() as cursor:
        if keys:
            cursor.execute(_OPEN, key_arrays)
        cursor.execute(_LOCK, [ids, *key_arrays, serials])
        return [_balance(row) for row in cursor.fetchall()]


def _columns(key: moves.Key) -> tuple:
    return (
        key.entity_id,
        key.site_id,
        key.location_id,
        key.item_id,
        key.lot_id,
        key.serial_id,
        str(key.status),
        str(key.owner.kind),
        key.owner.id,
    )


def _balance(row: tuple) -> plan.Balance:
    owner = moves.Owner(moves.OwnerKind(row[8]), row[9])
    key = moves.Key(*row[1:7], status.Status(row[7]), owner)
    return plan.Balance(row[0], key, *row[10:])


def _site_kinds(postings: Iterable[plan.Posting]) -> Mapping[int, str]:
    """Kinds of the sites outside our books; nothing is asked when all is inside."""
    outside = {posting.from_site_id for posting in postings if posting.from_balance_id is None}
    outside |= {posting.to_site_id for posting in postings if posting.to is None}
    if not outside:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SITE_KINDS, [sorted(outside)])
        return dict(cursor.fetchall())


def _layers(steps: Iterable[plan.Step]) -> dict[plan.LayerKey, list[cost.Layer]]:
    keys = sorted({step.layer_key for step in steps if step.leaves_title})
    found: dict[plan.LayerKey, list[cost.Layer]] = {}
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(_LOCK_LAYERS, bulk.arrays(keys))
            for row in cursor.fetchall():
                found.setdefault(row[1:4], []).append(cost.Layer(row[0], *row[4:]))
    return found


def _consume_reservations(steps: Iterable[plan.Step], entry: uuid.UUID) -> None:
    taken: dict[tuple[int, int], Decimal] = {}
    for step in steps:
        if step.posting.reservation_id is not None and step.source is not None:
            key = (step.posting.reservation_id, step.source.id)
            taken[key] = taken.get(key, Decimal(0)) + step.posting.quantity
    if not taken:
        return
    rows = [(*key, quantity) for key, quantity in sorted(taken.items())]
    with connection.cursor() as cursor:
        cursor.execute(_CONSUME, [entry, *bulk.arrays(rows)])
        if cursor.rowcount != len(rows):
            raise errors.Conflict([errors.Reason("inventory.reservation_gone")])


def _take_out(steps: Iterable[plan.Step]) -> None:
    out: dict[int, list[Decimal]] = {}
    for step in steps:
        if step.source is not None:
            sums = out.setdefault(step.source.id, [Decimal(0), Decimal(0)])
            sums[0] += step.posting.quantity
            sums[1] += step.posting.quantity if step.posting.reservation_id is not None else 0
    if out:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE_OUT, bulk.arrays([(key, *sums) for key, sums in sorted(out.items())]))


def _put_in(steps: Iterable[plan.Step], on: dt.date) -> None:
    into: dict[int, tuple[Decimal, dt.date]] = {}
    for step in steps:
        if step.target is not None:
            quantity, day = into.get(step.target.id, (Decimal(0), dt.date.max))
            into[step.target.id] = (quantity + step.posting.quantity, min(day, _received_on(step, on)))
    if not into:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(_PUT_IN, bulk.arrays([(key, *more) for key, more in sorted(into.items())]))
    except IntegrityError as error:
        if "balance_serial_one_place" not in str(error):
            raise
        # Somebody received the same serial at the same moment elsewhere.
        raise errors.refuse("inventory.serial_in_two_places", quantity=2) from error


def _received_on(step: plan.Step, on: dt.date) -> dt.date:
    return step.posting.received_on or (step.source and step.source.received_on) or on


def _write_layers(steps: Sequence[plan.Step], valued: plan.Valued, entry: uuid.UUID, on: dt.date) -> None:
    if valued.left:
        with connection.cursor() as cursor:
            cursor.execute(_LEAVE, bulk.arrays(valued.left))
    rows = []
    for step, value in zip(steps, valued.values, strict=True):
        if step.enters_title:
            posting = step.posting
            held = (posting.quantity, value)
            day = posting.received_on or on
            rows.append((entry, *step.layer_key, posting.receipt_id, day, *held, *held))
    bulk.insert("inventory_costlayer", _LAYER, rows)


def _write_moves(
    steps: Sequence[plan.Step], valued: plan.Valued, entry: uuid.UUID, at: dt.datetime, on: dt.date
) -> list[Posted]:
    rows = [_move_row(step, value, entry, at, on) for step, value in zip(steps, valued.values, strict=True)]
    ids = bulk.insert("inventory_move", _MOVE, rows)
    return [
        Posted(
            move_id=move_id,
            posting_no=no,
            value=row[9],
            from_balance_id=row[11],
            to_balance_id=row[14],
            row=journal.row(
                "inventory_move", move_id, {name: row[position] for position, name in _JOURNALLED}
            ),
        )
        for no, (move_id, row) in enumerate(zip(ids, rows, strict=True), 1)
    ]


def _move_row(step: plan.Step, value: Decimal, entry: uuid.UUID, at: dt.datetime, on: dt.date) -> tuple:
    posting, source, target = step.posting, step.source, step.target
    owner = (target or source).key.owner  # type: ignore[union-attr]  # the rules refuse a move without stock
    return (
        entry,
        posting.kind,
        at,
        on,
        posting.entity_id,
        posting.item_id,
        posting.lot_id,
        posting.serial_id or None,
        posting.quantity,
        value,
        source.key.site_id if source else posting.from_site_id,
        source.id if source else None,
        str(source.key.status) if source else "",
        target.key.site_id if target else posting.to_site_id,
        target.id if target else None,
        str(target.key.status) if target else "",
        str(owner.kind),
        owner.id,
        posting.origin_type,
        posting.origin_id,
        posting.origin_line,
    )
