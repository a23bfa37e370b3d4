"""Scans against a shipment: what was picked, what the reviewer sees, what the receiver signs for."""

import dataclasses
from collections.abc import Iterable, Sequence
from decimal import Decimal

from qudao.kernel import errors


@dataclasses.dataclass(frozen=True, slots=True)
class Expected:
    """A shipment line: what should be in the box."""

    line_id: int
    no: int
    item_id: int
    item_name: str
    lot_code: str
    serial_code: str
    quantity: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """Something scanned: `quantity` base units of an item, lot, serial. `no` counts the scans from 1."""

    no: int
    item_id: int
    lot_code: str
    serial_code: str
    quantity: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Matched:
    """How much of each line (by id) was seen, and what speaks against it."""

    quantities: dict[int, Decimal]
    reasons: tuple[errors.Reason, ...]


def match(expected: Sequence[Expected], seen: Iterable[Seen], *, complete: bool) -> Matched:
    """Assign scans to lines by item, lot and serial.

    A thing nobody asked for, another lot, a serial scanned twice or too much of a line is a reason each;
    with `complete`, so is what is still missing.
    """
    quantities = {line.line_id: Decimal(0) for line in expected}
    reasons: list[errors.Reason] = []
    serials: set[tuple[int, str]] = set()
    for scan in seen:
        if scan.serial_code and (scan.item_id, scan.serial_code) in serials:
            reasons.append(
                errors.Reason("orders.serial_scanned_twice", scan.no, {"serial": scan.serial_code})
            )
            continue
        serials.add((scan.item_id, scan.serial_code))
        same_item = [line for line in expected if line.item_id == scan.item_id]
        same = [
            line
            for line in same_item
            if line.lot_code == scan.lot_code and line.serial_code in ("", scan.serial_code)
        ]
        room = [line for line in same if quantities[line.line_id] + scan.quantity <= line.quantity]
        if room:
            quantities[room[0].line_id] += scan.quantity
        else:
            reasons.append(_objection(scan, same_item, same))
    if complete:
        reasons += [
            errors.Reason(
                "orders.not_all_scanned",
                line.no,
                {
                    "item": line.item_name,
                    "lot": line.lot_code,
                    "missing": line.quantity - quantities[line.line_id],
                },
            )
            for line in expected
            if quantities[line.line_id] < line.quantity
        ]
    return Matched(quantities, tuple(reasons))


def _objection(scan: Seen, same_item: Sequence[Expected], same: Sequence[Expected]) -> errors.Reason:
    if same:
        params = {"lot": scan.lot_code, "wanted": sum((line.quantity for line in same), Decimal(0))}
        return errors.Reason("orders.scanned_too_many", scan.no, params)
    if same_item and not scan.lot_code and not scan.serial_code:
        return errors.Reason("orders.scanned_without_lot", scan.no, {"item": same_item[0].item_name})
    if same_item:
        wanted = sorted({line.serial_code or line.lot_code for line in same_item})
        params = {"scanned": scan.serial_code or scan.lot_code, "wanted": wanted}
        return errors.Reason("orders.scanned_other_lot", scan.no, params)
    return errors.Reason("orders.scanned_other_item", scan.no, {"item": scan.item_id})
