"""Lots and serials, made when first met. What a rescan says must agree with what is known."""

import dataclasses
import datetime as dt
import uuid
from collections.abc import Iterable, Sequence

from django.db import connection

from qudao.inventory import queries
from qudao.kernel import bulk, errors

# Goods without a lot on the label are kept under this code.
NO_LOT = "-"

# Known dates stay; blanks are filled in.
_LOTS = """
INSERT INTO inventory_lot AS l (entry, item_id, code, produced_on, last_usable_on, held)
SELECT r.*, false FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::date[], %s::date[]) AS r
ON CONFLICT (item_id, code) DO UPDATE SET
    produced_on = COALESCE(l.produced_on, excluded.produced_on),
    last_usable_on = COALESCE(l.last_usable_on, excluded.last_usable_on)
RETURNING id, item_id, code, produced_on, last_usable_on, held
"""
_SERIALS = """
INSERT INTO inventory_serial AS s (entry, item_id, lot_id, code)
SELECT r.* FROM unnest(%s::uuid[], %s::int[], %s::int[], %s::text[]) AS r
ON CONFLICT (item_id, code) DO UPDATE SET code = s.code
RETURNING id, item_id, lot_id, code
"""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class LotSpec:
    """A lot as somebody scanned or typed it; None for a date that was not there."""

    item_id: int
    code: str
    produced_on: dt.date | None = None
    last_usable_on: dt.date | None = None
    line: int | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SerialSpec:
    item_id: int
    lot_id: int
    code: str
    line: int | None = None


def ensure_lots(*, lots: Sequence[LotSpec], entry: uuid.UUID) -> dict[tuple[int, str], queries.LotView]:
    """(item, code) → the lot, made or completed; joins the caller's transaction, one statement.

    Raises Refused `inventory.lot_mismatch` when another date is stated than is known, and
    `inventory.lot_dates_reversed` when a lot would end before it was made.
    """
    if not lots:
        return {}
    merged: dict[tuple[int, str], LotSpec] = {}
    for lot in lots:
        known = merged.get((lot.item_id, lot.code), lot)
        merged[lot.item_id, lot.code] = dataclasses.replace(
            known,
            produced_on=known.produced_on or lot.produced_on,
            last_usable_on=known.last_usable_on or lot.last_usable_on,
        )
    rows = [(entry, *key, lot.produced_on, lot.last_usable_on) for key, lot in sorted(merged.items())]
    with connection.cursor() as cursor:
        cursor.execute(_LOTS, bulk.arrays(rows))
        found = {(row[1], row[2]): queries.LotView(*row) for row in cursor.fetchall()}
    errors.raise_if_refused(
        reason for lot in lots for reason in _mismatches(lot, found[lot.item_id, lot.code])
    )
    return found


def _mismatches(lot: LotSpec, known: queries.LotView) -> Iterable[errors.Reason]:
    for name in ("produced_on", "last_usable_on"):
        said, recorded = getattr(lot, name), getattr(known, name)
        if said is not None and said != recorded:
            params = {"lot": lot.code, "said": said, "recorded": recorded}
            yield errors.Reason("inventory.lot_mismatch", lot.line, params)
    if known.produced_on and known.last_usable_on and known.last_usable_on < known.produced_on:
        params = {
            "lot": lot.code,
            "produced_on": known.produced_on,
            "last_usable_on": known.last_usable_on,
        }
        yield errors.Reason("inventory.lot_dates_reversed", lot.line, params)


def ensure_serials(*, serials: Sequence[SerialSpec], entry: uuid.UUID) -> dict[tuple[int, str], int]:
    """(item, code) → serial id, made where missing; joins the caller's transaction, one statement.

    Raises Refused `inventory.serial_of_other_lot`.
    """
    if not serials:
        return {}
    unique = {(one.item_id, one.code): one for one in serials}
    rows = [(entry, item_id, one.lot_id, code) for (item_id, code), one in sorted(unique.items())]
    with connection.cursor() as cursor:
        cursor.execute(_SERIALS, bulk.arrays(rows))
        found = {(item_id, code): (serial, lot) for serial, item_id, lot, code in cursor.fetchall()}
    errors.raise_if_refused(
        errors.Reason("inventory.serial_of_other_lot", one.line, {"serial": one.code})
        for one in serials
        if found[one.item_id, one.code][1] != one.lot_id
    )
    return {key: serial for key, (serial, _) in found.items()}
