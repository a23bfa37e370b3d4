"""Products with their tax on a day, their units and identifiers, found by id, code or words."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count

from qudao.catalog import models, rules
from qudao.kernel import errors, periods, scope, search_keys

from . import certificates

PAGE = 50
_WORDS = 6


@dataclasses.dataclass(frozen=True, slots=True)
class ItemView:
    """A product. `category_2017` is the one a licence names (14, 6840), `category_code` the full code.

    `tax_rate` is the fraction in force on the day asked for, None when the item has no treatment then:
    whoever needs it refuses with `catalog.tax_missing`.
    """

    id: int
    code: str
    name: str
    specification: str
    manufacturer: str
    line_id: int
    device_class: int
    category_2017: str
    category_code: str
    category_2002: str
    tracking: str
    is_implant: bool
    is_equipment: bool
    cold_chain: bool
    storage: str
    base_unit: str
    price_unit: str
    price_unit_factor: int
    tax_code: str
    shelf_life_months: int | None
    active: bool
    tax_treatment: str | None
    tax_rate: Decimal | None


@dataclasses.dataclass(frozen=True, slots=True)
class LineView:
    id: int
    code: str
    name: str
    name_en: str


@dataclasses.dataclass(frozen=True, slots=True)
class Identifier:
    """A DI: `base_quantity` base units of the item; level 0 is the sale unit, above it are packages."""

    di: str
    item_id: int
    unit: str
    level: int
    base_quantity: int
    serial_required: bool
    carrier: str
    version: int


@dataclasses.dataclass(frozen=True, slots=True)
class Unit:
    """A unit holds `factor` base units, as this version says."""

    factor: int
    version: int


@dataclasses.dataclass(frozen=True, slots=True)
class TaxView:
    entity_id: int
    treatment: str
    rate: Decimal
    period: periods.Period


@dataclasses.dataclass(frozen=True, slots=True)
class ItemDetail:
    item: ItemView
    line: LineView
    identifiers: tuple[Identifier, ...]
    units: dict[str, Unit]
    taxes: tuple[TaxView, ...]
    certificates: tuple[certificates.ItemCertificate, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """`certified`: whether any certificate covers the item. None leaves a filter out."""

    text: str = ""
    line_ids: tuple[int, ...] | None = None
    device_class: int | None = None
    active: bool | None = None
    certified: bool | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class ItemPage:
    """`next` is the cursor of the following page, None on the last."""

    rows: tuple[ItemView, ...]
    next: str | None


# The entity's own treatment goes before the general one.
_ITEMS = """
SELECT i.id, i.code, i.name, i.specification, i.manufacturer, i.line_id, i.device_class, i.category_2017,
       i.category_2002, i.tracking, i.is_implant, i.is_equipment, i.cold_chain, i.storage, i.base_unit,
       i.price_unit, i.price_unit_factor, i.tax_code, i.shelf_life_months, i.active, t.treatment, t.rate
FROM catalog_item i LEFT JOIN LATERAL (
    SELECT treatment, rate FROM catalog_taxtreatment
    WHERE item_id = i.id AND entity_id IN (0, %(entity)s::int) AND valid_from <= %(on)s::date
        AND (valid_until IS NULL OR valid_until > %(on)s::date)
    ORDER BY entity_id DESC LIMIT 1
) t ON true
"""


def items(ids: Iterable[int], *, on: dt.date, entity_id: int) -> dict[int, ItemView]:
    """Id → product, with the tax of `entity_id` on that day. Unknown ids are left out."""
    found = _read("WHERE i.id = ANY(%(ids)s::int[])", on=on, entity_id=entity_id, ids=sorted(set(ids)))
    return {item.id: item for item in found}


def items_once(ids: Iterable[int], *, on: dt.date, entity_id: int) -> dict[int, ItemView]:
    """As `items`, read once a transaction: for the several gates of one decision, which change no product."""
    return scope.once(("products", on, entity_id), ids, lambda new: items(new, on=on, entity_id=entity_id))


def items_by_code(codes: Iterable[str], *, on: dt.date, entity_id: int) -> dict[str, ItemView]:
    """Our code as it was given, exactly or in small letters → product. Unknown codes are left out."""
    given = set(codes)
    wanted = sorted(given | {code.upper() for code in given})
    found = _read("WHERE i.code = ANY(%(codes)s::text[])", on=on, entity_id=entity_id, codes=wanted)
    ours = {item.code: item for item in found}
    named = {code: ours.get(code) or ours.get(code.upper()) for code in given}
    return {code: item for code, item in named.items() if item}


def search_items(
    text: str,
    limit: int = 20,
    *,
    on: dt.date,
    entity_id: int = 0,
    line_ids: Sequence[int] | None = None,
    first: Iterable[int] = (),
) -> list[ItemView]:
    """Active products whose name, specification, code, pinyin, initials or DI hold every word of `text`.

    The exact code first, then those of `first` (ids), then names that begin with it.
    """
    words = _words(text)
    if not words:
        return []
    conditions, parameters = matching(ItemFilter(text=text, line_ids=_ids(line_ids), active=True))
    return _read(
        f"{conditions} ORDER BY lower(i.code) = %(plain)s::text DESC,"
        " i.id = ANY(%(first)s::int[]) DESC, i.search_keys LIKE %(start)s::text DESC, i.code"
        " LIMIT %(limit)s::int",
        on=on,
        entity_id=entity_id,
        plain=text.strip().casefold(),
        first=sorted(first),
        start=f"{words[0]}%",
        limit=limit,
        **parameters,
    )


def list_items(
    chosen: ItemFilter, *, on: dt.date, entity_id: int = 0, cursor: str | None = None, limit: int = PAGE
) -> ItemPage:
    """Products in the order of their codes, from the one behind `cursor`."""
    conditions, parameters = matching(chosen)
    found = _read(
        f"{conditions} AND i.code > %(after)s::text ORDER BY i.code LIMIT %(limit)s::int",
        on=on,
        entity_id=entity_id,
        after=cursor or "",
        limit=limit + 1,
        **parameters,
    )
    return ItemPage(tuple(found[:limit]), found[limit - 1].code if len(found) > limit else None)


def get_item(item_id: int, *, on: dt.date, entity_id: int = 0) -> ItemDetail:
    """Everything the catalogue knows of one product. Raises NotFound."""
    item = items([item_id], on=on, entity_id=entity_id).get(item_id)
    if item is None:
        raise errors.NotFound
    taxes = models.TaxTreatment.objects.filter(item_id=item_id).order_by("entity_id", "valid_from")
    return ItemDetail(
        item=item,
        line=next(line for line in list_lines() if line.id == item.line_id),
        identifiers=tuple(
            _identifier(row)
            for row in models.DeviceIdentifier.objects.filter(item_id=item_id).order_by("level", "di")
        ),
        units={unit: found for (_, unit), found in units([item_id]).items()},
        taxes=tuple(
            TaxView(row.entity_id, row.treatment, row.rate, periods.Period(row.valid_from, row.valid_until))
            for row in taxes
        ),
        certificates=certificates.certificates_of([item_id]).get(item_id, ()),
    )


@scope.remembered
def list_lines() -> list[LineView]:
    """Every product line, by code."""
    rows = models.ProductLine.objects.order_by("code").values_list("id", "code", "name", "name_en")
    return [LineView(*row) for row in rows]


@dataclasses.dataclass(frozen=True, slots=True)
class Assortment:
    """How many active products of a line share a class and the categories a licence names."""

    line_id: int
    device_class: int
    category_2017: str
    category_2002: str
    items: int


def assortments() -> list[Assortment]:
    """Every line's active products by class and category, in one statement; categories as licences name them."""
    fields = ("line_id", "device_class", "category_2017", "category_2002")
    rows = models.Item.objects.filter(active=True).values_list(*fields).annotate(items=Count("pk"))
    return [
        Assortment(line_id, device_class, rules.licence_category(category), other, number)
        for line_id, device_class, category, other, number in rows.order_by(*fields)
    ]


def identifiers(dis: Iterable[str]) -> dict[str, Identifier]:
    """DI → what it stands for. Unknown DIs are left out."""
    return {
        row.di: _identifier(row) for row in models.DeviceIdentifier.objects.filter(di__in=sorted(set(dis)))
    }


def smallest_di(item_id: int) -> str:
    """The DI of the item's smallest pack, which its label bears; empty when none is known."""
    rows = models.DeviceIdentifier.objects.filter(item_id=item_id).order_by("base_quantity", "di")
    return rows.values_list("di", flat=True).first() or ""


def units(item_ids: Iterable[int]) -> dict[tuple[int, str], Unit]:
    """(item id, unit) → its newest conversion; the base unit is among them with factor 1."""
    rows = (
        models.ItemUnit.objects.filter(item_id__in=sorted(set(item_ids)))
        .order_by("item_id", "unit", "-version")
        .distinct("item_id", "unit")
        .values_list("item_id", "unit", "factor", "version")
    )
    return {(item_id, unit): Unit(factor, version) for item_id, unit, factor, version in rows}


def _identifier(row: models.DeviceIdentifier) -> Identifier:
    return Identifier(
        di=row.di,
        item_id=row.item_id,
        unit=row.unit,
        level=row.level,
        base_quantity=row.base_quantity,
        serial_required=row.serial_required,
        carrier=row.carrier,
        version=row.version,
    )


def matching(chosen: ItemFilter) -> tuple[str, dict[str, Any]]:
    """The filter as a WHERE over catalog_item i, with its parameters."""
    parts = ["WHERE true"]
    parameters: dict[str, Any] = {}
    for place, word in enumerate(_words(chosen.text)):
        parts.append(f"i.search_keys LIKE %(word{place})s::text")
        parameters[f"word{place}"] = f"%{word}%"
    if chosen.line_ids is not None:
        parts.append("i.line_id = ANY(%(lines)s::int[])")
        parameters["lines"] = list(chosen.line_ids)
    if chosen.device_class is not None:
        parts.append("i.device_class = %(class)s::int")
        parameters["class"] = chosen.device_class
    if chosen.active is not None:
        parts.append("i.active = %(active)s::bool")
        parameters["active"] = chosen.active
    if chosen.certified is not None:
        parts.append(
            "EXISTS (SELECT FROM catalog_certificatecoverage c WHERE c.item_id = i.id) = %(certified)s::bool"
        )
        parameters["certified"] = chosen.certified
    return " AND ".join(parts), parameters


def _words(text: str) -> list[str]:
    # Normalised words hold letters and digits only: nothing in them is a wildcard.
    return [word for part in text.split()[:_WORDS] if (word := search_keys.normalised(part))]


def _ids(line_ids: Sequence[int] | None) -> tuple[int, ...] | None:
    return None if line_ids is None else tuple(line_ids)


def _read(where: str, *, on: dt.date, entity_id: int, **parameters: Any) -> list[ItemView]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_ITEMS} {where}", {"on": on, "entity": entity_id, **parameters})
        return [_view(row) for row in cursor.fetchall()]


def _view(row: tuple[Any, ...]) -> ItemView:
    category = row[7]
    return ItemView(*row[:7], rules.licence_category(category), category, *row[8:])
