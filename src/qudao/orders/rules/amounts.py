"""From a requested line to a priced one: units, amounts, and a part of a line's money.

The base unit is the smallest unit consumed; a price holds per price unit. Amount = quantity in price units
× price, rounded once: 100.00 a box of 3 never becomes 33.3333 × 3.
"""

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from qudao.kernel import errors, money

from . import requests


@dataclasses.dataclass(frozen=True, slots=True)
class Measured:
    """A line in every unit: `entered` of `unit` = `base` base units = `priced` price units."""

    no: int
    entered: Decimal
    unit: str
    factor: int
    version: int
    base: Decimal
    priced: Decimal


def measure(
    line: requests.LineRequest, item: Any, units: Mapping[tuple[int, str], Any]
) -> Measured | errors.Reason:
    """Convert the entered quantity; `units` maps (item, unit) to its `factor` (base units) and `version`."""
    unit = line.unit or item.price_unit
    if unit == item.price_unit:
        factor, version = item.price_unit_factor, 1
    elif unit == item.base_unit:
        factor, version = 1, 1
    elif (item.id, unit) in units:
        factor, version = units[item.id, unit].factor, units[item.id, unit].version
    else:
        known = sorted({item.price_unit, item.base_unit, *(name for id, name in units if id == item.id)})
        return errors.Reason("orders.unit_unknown", line.no, {"unit": unit, "known": known})
    try:
        base = money.quantity(line.quantity * factor)
        priced = money.quantity(base / item.price_unit_factor)
    except ValueError:
        params = {"quantity": line.quantity, "unit": unit, "price_unit": item.price_unit}
        return errors.Reason("orders.unit_does_not_divide", line.no, params)
    if base != base.to_integral_value():
        params = {"quantity": line.quantity, "unit": unit, "base_unit": item.base_unit}
        return errors.Reason("orders.quantity_not_whole", line.no, params)
    return Measured(line.no, money.quantity(line.quantity), unit, factor, version, base, priced)


@dataclasses.dataclass(frozen=True, slots=True)
class Money:
    """A part of a line's money, to the cent. `rebate_used` is what the pool paid of it, beside `gross`."""

    net: Decimal
    tax: Decimal
    gross: Decimal
    rebate_used: Decimal = money.ZERO


def part(line: Any, *, whole: Decimal, already: Decimal, quantity: Decimal) -> Money:
    """The money of `quantity` out of `whole`, after `already` was taken.

    `line` has gross, net and rebate_used of the whole. Cumulative: what the parts of a line receive adds up
    to the line, however it is cut.
    """
    if not 0 <= already <= already + quantity <= whole:
        raise ValueError(f"{already} + {quantity} is not within {whole}")

    def cut(total: Decimal) -> Decimal:
        if not whole:
            return money.ZERO
        return money.amount(total * (already + quantity) / whole) - money.amount(total * already / whole)

    gross, net = cut(line.gross), cut(line.net)
    return Money(net, gross - net, gross, cut(line.rebate_used))
