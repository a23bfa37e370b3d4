"""Entered quantities in base units.

The base unit is the smallest unit consumed; a document line keeps what was entered, its unit and the
version of the conversion. What a scanned package holds comes from its UDI record: see `qudao.catalog.nmpa`.
"""

import dataclasses
from collections.abc import Iterable
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
