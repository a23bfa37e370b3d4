"""Scans from the warehouse, turned into what was seen."""

import collections
import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

from qudao.catalog import queries as catalog
from qudao.kernel import errors
from qudao.orders.rules import checking


@dataclasses.dataclass(frozen=True, slots=True)
class Scan:
    """A code as the scanner sent it, read `times` times."""

    code: str
    times: int = 1


def read(scans: Sequence[Scan], *, today: dt.date) -> tuple[list[checking.Seen], list[errors.Reason]]:
    """What was seen, and what is said of the codes themselves. Statements do not grow with scans.

    A package's code counts for what it holds; a code that names no lot cannot be matched and is refused
    with the reasons of the reader. Warnings (a date without day, a mended separator) come along.
    """
    resolved = catalog.resolve_scans([scan.code for scan in scans], today=today)
    seen: list[checking.Seen] = []
    reasons: list[errors.Reason] = []
    for no, (scan, found) in enumerate(zip(scans, resolved, strict=True), start=1):
        reasons += [dataclasses.replace(reason, line=no) for reason in found.reasons]
        if found.refused or found.identifier is None:
            continue
        quantity = Decimal(found.base_quantity) * scan.times
        lot, serial = found.lot or "", found.serial or ""
        identifier = found.identifier
        seen.append(
            checking.Seen(
                no,
                identifier.item_id,
                lot,
                serial,
                quantity,
                found.last_usable_on,
                package=identifier.unit,
                holds=identifier.base_quantity,
                item=found.item,
                di=identifier.di,
            )
        )
    return seen, reasons


def expected(lines: Iterable) -> list[checking.Expected]:
    """The lines of a shipment, rows or views, as what should be in the box."""
    return [
        checking.Expected(
            line.id,
            line.no,
            line.item_id,
            " ".join(filter(None, (line.item_code, line.item_name, line.specification))),
            line.lot_code,
            line.serial_code,
            line.quantity,
            line.last_usable_on,
            line.unit,
        )
        for line in lines
    ]


def gathered(codes: Iterable[str]) -> list[Scan]:
    """Equal codes as one scan with how often it was read, in the order they first came."""
    return [Scan(code, times) for code, times in collections.Counter(codes).items()]
