"""From what a scanner sent to the product, its lot and how many base units the package holds."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from qudao.catalog import udi
from qudao.kernel import errors

from . import products


@dataclasses.dataclass(frozen=True, slots=True)
class ResolvedScan:
    """One scan. Without `reasons` that refuse, item and identifier are there.

    `base_quantity` is what the scanned package holds (of a logistic label: all it counts), 0 when unknown.
    `reasons` are those of the code, then those of the catalogue; `line` is the place in the sequence. `item` is
    our code, name and specification of the product, "" when unknown.
    """

    scan: udi.Scan
    item_id: int | None
    identifier: products.Identifier | None
    lot: str | None
    serial: str | None
    last_usable_on: dt.date | None
    produced_on: dt.date | None
    base_quantity: int
    reasons: tuple[errors.Reason, ...]
    item: str = ""

    @property
    def refused(self) -> bool:
        return any(reason.refuses for reason in self.reasons)


# What the register says a label carries holds for the sale unit's label, not for those of its packages.
_LOOK_UP = """
SELECT w.di, d.item_id, d.unit, d.level, d.base_quantity, d.serial_required, d.carrier, d.version,
       concat_ws(' ', i.code, i.name, i.specification),
       (u.data->>'label_has_lot')::bool, (u.data->>'label_has_serial')::bool,
       (u.data->>'label_has_production_date')::bool, (u.data->>'label_has_expiry_date')::bool
FROM unnest(%s::text[]) AS w (di)
LEFT JOIN catalog_deviceidentifier d ON d.di = w.di
LEFT JOIN catalog_item i ON i.id = d.item_id
LEFT JOIN catalog_udirecord u ON u.di = w.di
"""


def resolve_scans(raws: Sequence[str | bytes], *, today: dt.date) -> list[ResolvedScan]:
    """Each raw code with its product, in the order given; one statement for all.

    Codes are read once to know the device, and again with what the register says its label carries, so
    that a text which two fields could claim is settled where it can be. Besides the reasons of the code:
    `catalog.di_unknown`, and `catalog.serial_missing` where the label of each piece carries a serial and
    this scan has none or is of a package.
    """
    first = [udi.parse(raw, today=today) for raw in raws]
    known, items, labels = _look_up({scan.di for scan in first if scan.di})
    return [
        _resolved(
            no,
            udi.parse(raw, today=today, label=labels[scan.di]) if scan.di in labels else scan,
            known.get(scan.di or ""),
            items.get(scan.di or "", ""),
        )
        for no, (raw, scan) in enumerate(zip(raws, first, strict=True), 1)
    ]


def _look_up(
    dis: Iterable[str],
) -> tuple[dict[str, products.Identifier], dict[str, str], dict[str | None, udi.Label]]:
    known: dict[str, products.Identifier] = {}
    items: dict[str, str] = {}
    labels: dict[str | None, udi.Label] = {}
    wanted = sorted(dis)
    if not wanted:
        return known, items, labels
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP, [wanted])
        for di, item_id, unit, level, quantity, serial, carrier, version, item, *label in cursor.fetchall():
            if item_id is not None:
                known[di] = products.Identifier(di, item_id, unit, level, quantity, serial, carrier, version)
                items[di] = item
            if any(carried is not None for carried in label):
                lot, has_serial, produced_on, last_usable_on = label
                labels[di] = udi.Label(lot, has_serial, produced_on, last_usable_on)
    return known, items, labels


def _resolved(no: int, scan: udi.Scan, identifier: products.Identifier | None, item: str) -> ResolvedScan:
    found = [dataclasses.replace(reason, line=no) for reason in (*scan.errors, *scan.warnings)]
    found += _reasons(no, scan, identifier)
    return ResolvedScan(
        scan=scan,
        item_id=identifier.item_id if identifier else None,
        identifier=identifier,
        lot=scan.lot,
        serial=scan.serial,
        last_usable_on=scan.last_usable_on,
        produced_on=scan.produced_on,
        base_quantity=identifier.base_quantity * _contained(scan) if identifier else 0,
        reasons=tuple(found),
        item=item,
    )


def _contained(scan: udi.Scan) -> int:
    """How many of the DI a logistic label (02 with 37) counts; other counts restate the package itself."""
    return scan.count or 1 if any(ai == "37" for ai, _ in scan.elements) else 1


def _reasons(no: int, scan: udi.Scan, identifier: products.Identifier | None) -> list[errors.Reason]:
    if scan.di is None:
        return []
    params: dict[str, Any] = {"di": scan.di}
    if identifier is None:
        return [errors.Reason("catalog.di_unknown", no, params)]
    # Only said of a code that reads: a refused one may have lost its serial with the separator.
    if identifier.serial_required and not scan.refused and (scan.serial is None or identifier.level > 0):
        return [errors.Reason("catalog.serial_missing", no, params)]
    return []
