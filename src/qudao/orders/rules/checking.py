"""Scans against a shipment: what was picked, what the reviewer sees, what the receiver signs for."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from qudao.kernel import errors


@dataclasses.dataclass(frozen=True, slots=True)
class Expected:
    """A shipment line: what should be in the box. `item` tells the product from its siblings: code, name, size."""

    line_id: int
    no: int
    item_id: int
    item: str
    lot_code: str
    serial_code: str
    quantity: Decimal
    last_usable_on: dt.date | None = None
    unit: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """Something scanned: `quantity` base units of an item, lot, serial. `no` counts the scans from 1.

    `last_usable_on` is what the label says, None when it says nothing. `package` names what the label is on, which
    `holds` so many base units; `item` and `di` name the product and its code.
    """

    no: int
    item_id: int
    lot_code: str
    serial_code: str
    quantity: Decimal
    last_usable_on: dt.date | None = None
    package: str = ""
    holds: int = 1
    item: str = ""
    di: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Matched:
    """How much of each line (by id) was seen, and what speaks against it."""

    quantities: dict[int, Decimal]
    reasons: tuple[errors.Reason, ...]


def match(expected: Sequence[Expected], seen: Iterable[Seen], *, complete: bool) -> Matched:
    """Assign scans to lines by item, lot and serial.

    A thing nobody asked for, another lot, an expiry that is not the lot's, a serial scanned twice or too much
    of a line is a reason each; with `complete`, so is what is still missing. One package may fill several
    lines. Small letters of a scanner that swaps them match when nothing matches as written.
    """
    quantities = {line.line_id: Decimal(0) for line in expected}
    reasons: list[errors.Reason] = []
    serials: set[tuple[int, str]] = set()
    for scan in seen:
        if scan.serial_code and (scan.item_id, scan.serial_code.casefold()) in serials:
            reasons.append(
                errors.Reason("orders.serial_scanned_twice", scan.no, {"serial": scan.serial_code})
            )
            continue
        same_item = [line for line in expected if line.item_id == scan.item_id]
        same = _same(scan, same_item)
        room = sum((line.quantity - quantities[line.line_id] for line in same), Decimal(0))
        if not same or room < scan.quantity or _other_expiry(scan, same[0]):
            reasons.append(_objection(scan, same_item, same))
            continue
        serials.add((scan.item_id, scan.serial_code.casefold()))
        _fill(quantities, same, scan.quantity)
    if complete:
        reasons += [
            errors.Reason(
                "orders.not_all_scanned",
                line.no,
                {
                    "item": line.item,
                    "lot": line.lot_code,
                    "missing": line.quantity - quantities[line.line_id],
                    "unit": line.unit,
                },
            )
            for line in expected
            if quantities[line.line_id] < line.quantity
        ]
    return Matched(quantities, tuple(reasons))


def _same(scan: Seen, lines: Sequence[Expected]) -> list[Expected]:
    """The lines of the scanned lot and serial, as written or else with the letters' case aside."""
    exact = [
        line
        for line in lines
        if line.lot_code == scan.lot_code and line.serial_code in ("", scan.serial_code)
    ]
    lot, serial = scan.lot_code.casefold(), scan.serial_code.casefold()
    return exact or [
        line
        for line in lines
        if line.lot_code.casefold() == lot and line.serial_code.casefold() in ("", serial)
    ]


def _other_expiry(scan: Seen, line: Expected) -> bool:
    return (
        None not in (scan.last_usable_on, line.last_usable_on) and scan.last_usable_on != line.last_usable_on
    )


def _fill(quantities: dict[int, Decimal], lines: Sequence[Expected], quantity: Decimal) -> None:
    for line in lines:
        part = min(quantity, line.quantity - quantities[line.line_id])
        quantities[line.line_id] += part
        quantity -= part


def _objection(scan: Seen, same_item: Sequence[Expected], same: Sequence[Expected]) -> errors.Reason:
    if same and _other_expiry(scan, same[0]):
        said: dict[str, object] = {
            "lot": scan.lot_code,
            "label": scan.last_usable_on,
            "lot_says": same[0].last_usable_on,
        }
        return errors.Reason("orders.scanned_other_expiry", scan.no, said)
    if same:
        wanted = sum((line.quantity for line in same), Decimal(0))
        params = {"lot": scan.lot_code, "wanted": wanted, "unit": same[0].unit}
        return errors.Reason("orders.scanned_too_many", scan.no, params)
    if same_item and not scan.lot_code and not scan.serial_code:
        return errors.Reason("orders.scanned_without_lot", scan.no, {"item": same_item[0].item})
    if same_item:
        allocated = sorted({line.serial_code or line.lot_code for line in same_item})
        params = {"scanned": scan.serial_code or scan.lot_code, "wanted": allocated}
        return errors.Reason("orders.scanned_other_lot", scan.no, params)
    return errors.Reason("orders.scanned_other_item", scan.no, {"item": scan.item, "di": scan.di})
