"""Entered quantities and scanned packages in base units.

The base unit is the smallest unit consumed; a document line keeps what was entered, its unit and the
version of the conversion. Package counts come from the UDI record (包装产品标识): a package's content in
base units is the product of the counts down to the base.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from decimal import Decimal

from qudao.kernel import errors, money


@dataclasses.dataclass(frozen=True, slots=True)
class Conversion:
    """One `unit` is `factor` base units, as stated by this version."""

    version: int
    unit: str
    factor: Decimal

    def __post_init__(self) -> None:
        if self.factor <= 0:
            raise ValueError(f"a {self.unit} of {self.factor} base units")


@dataclasses.dataclass(frozen=True, slots=True)
class Converted:
    """An entered quantity with what it is in base units and the version that says so."""

    entered: Decimal
    unit: str
    version: int
    base: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Packing:
    """A package `di` holds `count` of `contains_di`."""

    di: str
    contains_di: str
    count: int


def to_base(
    *,
    entered: Decimal,
    unit: str,
    conversions: Iterable[Conversion],
    version: int | None = None,
    whole: bool = True,
    line: int | None = None,
) -> Converted:
    """Convert by the newest version for `unit`, or by the `version` a document has kept.

    `whole`: the base unit is not divided (devices); otherwise four decimals. Raises Refused:
    `inventory.quantity_not_positive`, `inventory.unit_unknown`, `inventory.quantity_not_whole`.
    """
    if entered <= 0:
        raise errors.refuse("inventory.quantity_not_positive", line=line, quantity=entered)
    known = [
        conversion
        for conversion in conversions
        if conversion.unit == unit and version in (None, conversion.version)
    ]
    if not known:
        raise errors.refuse("inventory.unit_unknown", line=line, unit=unit)
    conversion = max(known, key=lambda conversion: conversion.version)
    base = entered * conversion.factor
    if base != money.rounded(base, 0 if whole else 4):
        raise errors.refuse("inventory.quantity_not_whole", line=line, entered=entered, unit=unit, base=base)
    return Converted(entered, unit, conversion.version, money.quantity(base))


def base_quantities(*, packings: Iterable[Packing], base_di: str, base_count: int = 1) -> dict[str, Decimal]:
    """Base units in each DI of the package tree. `base_di` is the sale unit, holding `base_count`.

    Raises Refused: `inventory.packing_count_wrong`, `inventory.packing_ambiguous` (one package, two
    contents), `inventory.packing_without_base` (a cycle, or a tree that does not end at `base_di`).
    """
    inside: dict[str, Packing] = {}
    for packing in packings:
        if packing.count < 1:
            raise errors.refuse("inventory.packing_count_wrong", di=packing.di, count=packing.count)
        if inside.setdefault(packing.di, packing) != packing:
            raise errors.refuse("inventory.packing_ambiguous", di=packing.di)
    found = {base_di: Decimal(base_count)}
    for di in inside:
        path, at = [], di
        while at not in found:
            if at in path or at not in inside:
                raise errors.refuse("inventory.packing_without_base", di=di, base_di=base_di)
            path.append(at)
            at = inside[at].contains_di
        for step in reversed(path):
            found[step] = found[inside[step].contains_di] * inside[step].count
    return found


def scan_quantity(
    *,
    scan_di: str,
    base_quantities: Mapping[str, Decimal],
    expected_di: str | None = None,
    line: int | None = None,
) -> Decimal:
    """Base units that one scan of `scan_di` stands for.

    With `expected_di` each scan is one of that package: a DI holding more is refused as
    `inventory.case_scanned_as_piece` with how many (`count`) it holds, one holding less as
    `inventory.piece_scanned_as_case`. A DI that is not this item's is `inventory.di_unknown`.
    """
    for di in (scan_di, expected_di or scan_di):
        if di not in base_quantities:
            raise errors.refuse("inventory.di_unknown", line=line, di=di)
    scanned = base_quantities[scan_di]
    if expected_di is None or scanned == base_quantities[expected_di]:
        return scanned
    expected = base_quantities[expected_di]
    if scanned > expected:
        # Sizes of one item need not nest (boxes of 3, trays of 10): the count is for the reader.
        count = money.rounded(scanned / expected, 4).normalize()
        raise errors.refuse("inventory.case_scanned_as_piece", line=line, di=scan_di, count=count)
    raise errors.refuse("inventory.piece_scanned_as_case", line=line, di=scan_di, expected_di=expected_di)
