"""What a product must be to enter the catalogue, and what the register's package tree means for it."""

import dataclasses
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from qudao.kernel import errors

TRACKINGS = ("lot", "serial", "none")
TREATMENTS = ("rate", "simple", "exempt")
"""VAT by rate, by the simple method (简易征收, biological products), or exempt."""

# Two digits of the 2017 catalogue with its finer codes, or 6840 for reagents, which it leaves out.
_CATEGORY_2017 = re.compile(r"(?:0[1-9]|1[0-9]|2[0-2])(?:-[0-9]{2}){0,2}|6840")
_CATEGORY_2002 = re.compile(r"68[0-9]{2}")
_UNIT_LENGTH = 10
_DI_LENGTH = 40


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewIdentifier:
    """A DI of the item: `base_quantity` base units; level -1 inside the sale unit, 0 it, 1 and up around."""

    di: str
    carrier: str
    unit: str
    level: int = 0
    base_quantity: int = 1
    serial_required: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NewItem:
    """A device to register. `units` maps a unit to the base units it holds; base and price unit may be
    left out of it. Without `tax_rate` the item has no tax treatment yet and cannot be sold."""

    code: str
    name: str
    specification: str
    manufacturer: str
    line_id: int
    device_class: int
    base_unit: str
    price_unit: str = ""
    price_unit_factor: int = 1
    category_2017: str = ""
    category_2002: str = ""
    tracking: str = "lot"
    is_implant: bool = False
    is_equipment: bool = False
    cold_chain: bool = False
    storage: str = ""
    tax_code: str = ""
    tax_rate: Decimal | None = None
    tax_treatment: str = "rate"
    shelf_life_months: int | None = None
    units: Mapping[str, int] = dataclasses.field(default_factory=dict)
    identifiers: Sequence[NewIdentifier] = ()

    @property
    def factors(self) -> dict[str, int]:
        """Every unit with the base units it holds: base unit, price unit, the others."""
        price = {self.price_unit: self.price_unit_factor} if self.price_unit else {}
        return {self.base_unit: 1, **price, **self.units}


def licence_category(code: str) -> str:
    """The category a licence names: two digits of the 2017 catalogue, or 6840."""
    return code if code.startswith("68") else code[:2]


def judge_new_items(
    *,
    items: Sequence[NewItem],
    known_codes: Collection[str],
    known_dis: Collection[str],
    line_ids: Collection[int],
) -> list[errors.Reason]:
    """Every reason not to register `items`; `line` is the place in the sequence, from 1."""
    found: list[errors.Reason] = []
    codes: dict[str, int] = {}
    dis = set(known_dis)
    for no, item in enumerate(items, 1):
        if item.code in known_codes:
            found.append(errors.Reason("catalog.item_code_taken", no, {"code": item.code}))
        if codes.setdefault(item.code, no) != no:
            found.append(
                errors.Reason("catalog.item_code_twice", no, {"code": item.code, "first": codes[item.code]})
            )
        if item.line_id not in line_ids:
            found.append(errors.Reason("catalog.line_unknown", no, {"line": item.line_id}))
        for identifier in item.identifiers:
            if identifier.di in dis:
                found.append(errors.Reason("catalog.di_taken", no, {"di": identifier.di}))
            dis.add(identifier.di)
        found += _shape(item, no)
    return found


def _shape(item: NewItem, no: int) -> list[errors.Reason]:
    """What is wrong with one item by itself."""
    found: list[errors.Reason] = []
    missing = [
        name
        for name in ("code", "name", "specification", "manufacturer", "base_unit")
        if not getattr(item, name).strip()
    ]
    if missing:
        found.append(errors.Reason("catalog.item_incomplete", no, {"fields": missing}))
    if item.device_class not in (1, 2, 3):
        found.append(errors.Reason("catalog.device_class_unknown", no, {"code": item.code}))
    for pattern, category in ((_CATEGORY_2017, item.category_2017), (_CATEGORY_2002, item.category_2002)):
        if category and pattern.fullmatch(category) is None:
            found.append(errors.Reason("catalog.category_form", no, {"category": category}))
    if item.tracking not in TRACKINGS or (
        item.tracking == "none" and (item.is_implant or item.device_class == 3)
    ):
        found.append(errors.Reason("catalog.tracking_too_coarse", no, {"code": item.code}))
    found += [
        errors.Reason("catalog.unit_factor", no, {"unit": unit, "factor": factor})
        for unit, factor in item.factors.items()
        if factor < 1 or not unit or len(unit) > _UNIT_LENGTH
    ]
    found += _units(item, no)
    found += [
        errors.Reason("catalog.di_form", no, {"di": identifier.di})
        for identifier in item.identifiers
        if not 0 < len(identifier.di) <= _DI_LENGTH or identifier.base_quantity < 1
    ]
    if item.tax_rate is not None:
        found += judge_tax(rate=item.tax_rate, treatment=item.tax_treatment, line=no)
    return found


def _units(item: NewItem, no: int) -> list[errors.Reason]:
    """A unit means one number of base units, whether it names the price unit or a package."""
    stated = [(item.base_unit, 1), *item.units.items()]
    stated += [(item.price_unit, item.price_unit_factor)] if item.price_unit else []
    stated += [(one.unit, one.base_quantity) for one in item.identifiers]
    meanings: dict[str, int] = {}
    return [
        errors.Reason("catalog.units_disagree", no, {"unit": unit, "first": meanings[unit], "second": factor})
        for unit, factor in stated
        if meanings.setdefault(unit, factor) != factor
    ]


def judge_tax(*, rate: Decimal, treatment: str, line: int | None = None) -> list[errors.Reason]:
    """A rate is a fraction from 0 to below 1; an exempt item has rate 0."""
    if treatment in TREATMENTS and 0 <= rate < 1 and (treatment != "exempt" or rate == 0):
        return []
    return [errors.Reason("catalog.tax_form", line, {"rate": rate, "treatment": treatment})]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredPackage:
    """A package of the register: `quantity` sale units, `level` its name there (盒, 箱)."""

    di: str
    level: str
    quantity: int


def identifiers_of_record(
    *,
    primary_di: str,
    carrier: str,
    units_of_use: int | None,
    unit_of_use_di: str,
    direct_mark_di: str,
    packages: Sequence[RegisteredPackage],
    serial_on_label: bool,
    base_unit: str,
    sale_unit: str,
    units: Mapping[str, int],
) -> tuple[NewIdentifier, ...] | errors.Reason:
    """A register record's DIs in base units of an item that already has `units`.

    The base unit is what is consumed: a sale unit of 100 units of use holds 100 of it. A package whose
    name already means another number of base units gets the number behind its name (盒50). Returns
    Reason `catalog.sale_unit_missing` when sale unit and base unit must differ and do not.
    """
    per_sale = units_of_use or 1
    if per_sale > 1 and sale_unit in ("", base_unit):
        return errors.Reason("catalog.sale_unit_missing", None, {"di": primary_di, "count": per_sale})
    factors = dict(units) | {base_unit: 1}
    found: list[NewIdentifier] = []

    def add(di: str, name: str, level: int, quantity: int) -> None:
        if not di or any(one.di == di for one in found):
            return
        unit = name[:_UNIT_LENGTH]
        if factors.setdefault(unit, quantity) != quantity:
            unit = f"{name[: _UNIT_LENGTH - len(str(quantity))]}{quantity}"
            factors[unit] = quantity
        found.append(
            NewIdentifier(
                di=di,
                carrier=carrier,
                unit=unit,
                level=level,
                base_quantity=quantity,
                serial_required=serial_on_label,
            )
        )

    add(primary_di, sale_unit if per_sale > 1 else base_unit, 0, per_sale)
    inner = -1 if per_sale > 1 else 0
    if per_sale > 1:
        add(unit_of_use_di, base_unit, inner, 1)
    add(direct_mark_di, base_unit, inner, 1)
    for level, package in enumerate(sorted(packages, key=lambda one: (one.quantity, one.di)), 1):
        add(package.di, package.level or "包装", level, package.quantity * per_sale)
    return tuple(found)


def judge_coverage(
    *, number: str, certificate_class: int, device_class: int, item: str, line: int | None = None
) -> list[errors.Reason]:
    """A certificate covers devices of its class. One of a higher class stays good for a device that was
    moved to a lower class until it runs out; one of a lower class never serves a higher class."""
    if certificate_class >= device_class:
        return []
    params = {
        "number": number,
        "item": item,
        "certificate_class": certificate_class,
        "device_class": device_class,
    }
    return [errors.Reason("catalog.certificate_class", line, params)]
