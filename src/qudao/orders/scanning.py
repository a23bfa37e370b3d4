"""Scans from the warehouse, turned into what was seen."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
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
    """What was seen, and what is wrong with the codes themselves. Statements do not grow with scans.

    A package's code counts for what it holds; a code that names no lot cannot be matched and is refused
    with the reasons of the reader.
    """
    resolved = catalog.resolve_scans([scan.code for scan in scans], today=today)
    seen: list[checking.Seen] = []
    reasons: list[errors.Reason] = []
    for no, (scan, found) in enumerate(zip(scans, resolved, strict=True), start=1):
        refusing = [reason for reason in found.reasons if reason.refuses]
        if refusing:
            reasons += [dataclasses.replace(reason, line=no) for reason in refusing]
            continue
        quantity = Decimal(found.base_quantity) * scan.times
        seen.append(checking.Seen(no, found.item_id, found.lot or "", found.serial or "", quantity))
    return seen, reasons
