"""Product lines, products, their units and their tax."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from qudao.catalog import models, queries, rules
from qudao.kernel import errors, journal, periods, scope, search_keys, writes

from . import writing


def open_line(
    *, code: str, name: str, name_en: str = "", actor: scope.Actor, now: dt.datetime
) -> queries.LineView:
    """Open a product line. Refuses a code in use (`catalog.line_code_taken`)."""
    actor.require(writing.ITEMS)
    with scope.transaction(actor, acting=True):
        writing.one_at_a_time("line")
        if models.ProductLine.objects.filter(code=code).exists():
            raise errors.Refused([errors.Reason("catalog.line_code_taken", params={"code": code})])
        entry = journal.entry()
        line = models.ProductLine(code=code, name=name, name_en=name_en)
        rows = writes.created([line], entry)
        journal.record(entry, "catalog.line.opened", subject=f"catalog.line:{line.id}", at=now, rows=rows)
    return queries.LineView(line.id, line.code, line.name, line.name_en)


def register_item(*, item: rules.NewItem, actor: scope.Actor, now: dt.datetime) -> queries.ItemView:
    """Register one product; see `register_items`."""
    return register_items(items=[item], actor=actor, now=now)[0]


def register_items(
    *, items: Sequence[rules.NewItem], actor: scope.Actor, now: dt.datetime
) -> list[queries.ItemView]:
    """Register products with their identifiers, units and general tax, all or none, in the order given.

    A tax rate holds for every entity from 1 January of the year before, so that what is entered late can
    still be invoiced; `set_tax` changes it. Raises Refused with every reason; `line` is the place in the
    sequence.
    """
    actor.require(writing.ITEMS)
    today = periods.business_date(now)
    with scope.transaction(actor, acting=True):
        writing.one_at_a_time("item")
        errors.raise_if_refused(judge_items(items))
        entry = journal.entry()
        made = [_item(one) for one in items]
        rows = writes.created(made, entry)
        pairs = list(zip(items, made, strict=True))
        rows += writes.created(
            (_identifier(one, item.id) for new, item in pairs for one in new.identifiers), entry
        )
        rows += writes.created(
            (
                models.ItemUnit(item_id=item.id, unit=unit, factor=factor)
                for new, item in pairs
                for unit, factor in _units(new).items()
            ),
            entry,
        )
        rows += writes.created(
            (
                models.TaxTreatment(
                    item_id=item.id,
                    treatment=new.tax_treatment,
                    rate=new.tax_rate,
                    valid_from=dt.date(today.year - 1, 1, 1),
                )
                for new, item in pairs
                if new.tax_rate is not None
            ),
            entry,
        )
        subject = f"catalog.item:{made[0].id}" if len(made) == 1 else "catalog.item"
        journal.record(
            entry,
            "catalog.item.registered",
            subject=subject,
            at=now,
            rows=rows,
            data={"count": len(made), "first": made[0].code, "last": made[-1].code},
        )
        found = queries.items([item.id for item in made], on=today, entity_id=0)
    return [found[item.id] for item in made]


def judge_items(items: Sequence[rules.NewItem]) -> list[errors.Reason]:
    """Every reason not to register these products now; three statements however many there are."""
    if not items:
        raise ValueError("there is no product to register")
    codes = [item.code for item in items]
    dis = [one.di for item in items for one in item.identifiers]
    return rules.judge_new_items(
        items=items,
        known_codes=set(models.Item.objects.filter(code__in=codes).values_list("code", flat=True)),
        known_dis=set(models.DeviceIdentifier.objects.filter(di__in=dis).values_list("di", flat=True)),
        line_ids=set(models.ProductLine.objects.values_list("id", flat=True)),
    )


def set_active(*, item_id: int, active: bool, actor: scope.Actor, now: dt.datetime) -> None:
    """Take a product out of trade, or back into it. Raises NotFound."""
    actor.require(writing.ITEMS)
    with scope.transaction(actor, acting=True):
        (item,) = locked([item_id])
        entry = journal.entry()
        item.active, item.entry = active, entry
        item.save(update_fields=["active", "entry"])
        journal.record(
            entry,
            "catalog.item.activated" if active else "catalog.item.withdrawn",
            subject=f"catalog.item:{item_id}",
            at=now,
            rows=writes.written([item]),
        )


def change_unit(
    *, item_id: int, unit: str, factor: int, actor: scope.Actor, now: dt.datetime
) -> queries.Unit:
    """Give an item a unit of `factor` base units, or the unit a new version.

    Documents keep the version they were written with. The base unit never changes
    (`catalog.base_unit_fixed`), nor a unit a device identifier stands for (`catalog.units_disagree`): a package
    of another content has a DI of its own. Raises NotFound, or Refused `catalog.unit_factor`.
    """
    actor.require(writing.ITEMS)
    with scope.transaction(actor, acting=True):
        (item,) = locked([item_id])
        if unit == item.base_unit:
            raise errors.refuse("catalog.base_unit_fixed", unit=unit)
        if factor < 1 or not 0 < len(unit) <= 10:
            raise errors.refuse("catalog.unit_factor", unit=unit, factor=factor)
        packed = models.DeviceIdentifier.objects.filter(item_id=item_id, unit=unit).exclude(
            base_quantity=factor
        )
        for holds in packed.values_list("base_quantity", flat=True)[:1]:
            raise errors.refuse("catalog.units_disagree", unit=unit, first=holds, second=factor)
        known = queries.units([item_id]).get((item_id, unit))
        if known is not None and known.factor == factor:
            return known
        entry = journal.entry()
        version = known.version + 1 if known else 1
        rows = writes.created(
            [models.ItemUnit(item_id=item_id, unit=unit, factor=factor, version=version)], entry
        )
        if unit == item.price_unit:
            item.price_unit_factor, item.entry = factor, entry
            item.save(update_fields=["price_unit_factor", "entry"])
            rows += writes.written([item])
        journal.record(
            entry,
            "catalog.unit.changed",
            subject=f"catalog.item:{item_id}",
            at=now,
            rows=rows,
            data={"unit": unit, "factor": factor, "version": version},
        )
    return queries.Unit(factor, version)


def set_tax(
    *,
    item_ids: Iterable[int],
    rate: Decimal,
    treatment: str = "rate",
    valid_from: dt.date,
    entity_id: int = 0,
    actor: scope.Actor,
    now: dt.datetime,
) -> dict[int, queries.ItemView]:
    """From that day on the items are taxed so, in one entity or (0) in all that have nothing of their own.

    Ends the treatment before it; one that begins the same day is corrected. Refuses when a later one is
    entered already (`catalog.tax_later`). Raises NotFound.
    """
    actor.require(writing.TAX)
    errors.raise_if_refused(rules.judge_tax(rate=rate, treatment=treatment))
    with scope.transaction(actor, acting=True):
        ids = [item.id for item in locked(item_ids)]
        found = list(
            models.TaxTreatment.objects.filter(item_id__in=ids, entity_id=entity_id).order_by(
                "item_id", "valid_from"
            )
        )
        later = [row for row in found if row.valid_from > valid_from]
        if later:
            raise errors.refuse("catalog.tax_later", day=min(row.valid_from for row in later).isoformat())
        entry = journal.entry()
        open_before = [
            row
            for row in found
            if row.valid_from < valid_from and (row.valid_until is None or row.valid_until > valid_from)
        ]
        same_day = [row for row in found if row.valid_from == valid_from]
        for row in open_before:
            row.valid_until, row.entry = valid_from, entry
        for row in same_day:
            row.rate, row.treatment, row.entry = rate, treatment, entry
        models.TaxTreatment.objects.bulk_update(open_before, ["valid_until", "entry"])
        models.TaxTreatment.objects.bulk_update(same_day, ["rate", "treatment", "entry"])
        corrected = {row.item_id for row in same_day}
        rows = writes.written([*open_before, *same_day])
        rows += writes.created(
            (
                models.TaxTreatment(
                    item_id=item_id,
                    entity_id=entity_id,
                    treatment=treatment,
                    rate=rate,
                    valid_from=valid_from,
                )
                for item_id in ids
                if item_id not in corrected
            ),
            entry,
        )
        journal.record(
            entry,
            "catalog.tax.set",
            subject=f"catalog.item:{ids[0]}" if len(ids) == 1 else "catalog.item",
            at=now,
            rows=rows,
            data={"rate": rate, "treatment": treatment, "valid_from": valid_from, "entity": entity_id},
        )
        return queries.items(ids, on=valid_from, entity_id=entity_id)


def locked(item_ids: Iterable[int]) -> list[models.Item]:
    """The items by id, locked against other changes of the catalogue. Raises NotFound when one is missing."""
    wanted = sorted(set(item_ids))
    found = list(models.Item.objects.filter(id__in=wanted).order_by("id").select_for_update(no_key=True))
    if not found or len(found) != len(wanted):
        raise errors.NotFound
    return found


def keys_of(name: str, specification: str, code: str, dis: Iterable[str]) -> str:
    """What the search runs over: name with specification in three spellings, the code, the DIs."""
    return " ".join(
        (
            search_keys.keys(f"{name} {specification}"),
            search_keys.normalised(code),
            *(search_keys.normalised(di) for di in dis),
        )
    )


def _item(new: rules.NewItem) -> models.Item:
    return models.Item(
        code=new.code,
        name=new.name,
        specification=new.specification,
        manufacturer=new.manufacturer,
        line_id=new.line_id,
        device_class=new.device_class,
        category_2017=new.category_2017,
        category_2002=new.category_2002,
        tracking=new.tracking,
        is_implant=new.is_implant,
        is_equipment=new.is_equipment,
        cold_chain=new.cold_chain,
        storage=new.storage,
        base_unit=new.base_unit,
        price_unit=new.price_unit or new.base_unit,
        price_unit_factor=new.price_unit_factor,
        tax_code=new.tax_code,
        shelf_life_months=new.shelf_life_months,
        search_keys=keys_of(new.name, new.specification, new.code, (one.di for one in new.identifiers)),
    )


def _identifier(one: rules.NewIdentifier, item_id: int) -> models.DeviceIdentifier:
    return models.DeviceIdentifier(
        di=one.di,
        carrier=one.carrier,
        item_id=item_id,
        unit=one.unit,
        level=one.level,
        base_quantity=one.base_quantity,
        serial_required=one.serial_required,
    )


def _units(new: rules.NewItem) -> Mapping[str, int]:
    """Units entered by hand, and those its packages are named by."""
    return {one.unit: one.base_quantity for one in new.identifiers} | new.factors
