"""Legal entities and regions: opened, and what they are called corrected."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from stdnum.cn import uscc as stdnum_uscc

from qudao.kernel import errors, journal, scope
from qudao.organisation import models, queries

from . import writing


def open_entity(
    *,
    code: str,
    name: str,
    short_name: str,
    uscc: str,
    address: str = "",
    phone: str = "",
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.EntityView:
    """Open one of our 法人. Raises Refused `organisation.uscc_invalid`, `organisation.code_taken`."""
    writing.require_ours(actor)
    if not stdnum_uscc.is_valid(uscc):
        raise errors.refuse("organisation.uscc_invalid", text=uscc)
    entity = models.LegalEntity(
        code=code,
        name=name,
        short_name=short_name,
        uscc=stdnum_uscc.compact(uscc),
        address=address,
        phone=phone,
    )
    writing.insert(entity, "organisation.entity.opened", actor, now, code=code, name=name)
    return queries.get_entity(entity.pk)


def open_region(
    *, code: str, name: str, provinces: Sequence[int], actor: scope.Actor, now: dt.datetime
) -> queries.RegionView:
    """Open a 区域中心 for the provinces (GB/T 2260). Raises Refused `organisation.province_covered` when another
    region has one of them, `organisation.code_taken`."""
    writing.require_ours(actor)
    with scope.transaction(actor, acting=True):
        taken = models.Region.objects.filter(provinces__overlap=list(provinces)).values_list(
            "name", flat=True
        )
        if provinces and (other := taken.first()):
            raise errors.refuse("organisation.province_covered", region=other)
        region = models.Region(code=code, name=name, provinces=sorted(provinces))
        writing.insert(region, "organisation.region.opened", actor, now, code=code, name=name)
    return queries.RegionView(region.pk, code, name, tuple(region.provinces))


def correct_entity(
    *,
    entity_id: int,
    name: str,
    short_name: str,
    address: str,
    phone: str,
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.EntityView:
    """Correct how one of our 法人 is called and reached; its code and credit code are what it is known by."""
    _correct(
        models.LegalEntity,
        entity_id,
        {"name": name, "short_name": short_name, "address": address, "phone": phone},
        "organisation.entity.corrected",
        actor,
        now,
    )
    return queries.get_entity(entity_id)


def correct_region(*, region_id: int, name: str, actor: scope.Actor, now: dt.datetime) -> queries.RegionView:
    """Correct what a 区域中心 is called."""
    region = _correct(models.Region, region_id, {"name": name}, "organisation.region.corrected", actor, now)
    return queries.RegionView(region.pk, region.code, region.name, tuple(region.provinces))


def _correct(
    model: Any, key: int, values: dict[str, str], type: str, actor: scope.Actor, now: dt.datetime
) -> Any:
    """Write what differs, and the journal's entry with what was; nothing where nothing differs. Raises NotFound."""
    writing.require_ours(actor)
    with scope.transaction(actor, acting=True):
        row = model.objects.select_for_update().filter(pk=key).first()
        if row is None:
            raise errors.NotFound()
        before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
        if before:
            entry = journal.entry()
            for name in before:
                setattr(row, name, values[name])
            row.entry = entry
            row.save(update_fields=[*before, "entry"])
            writing.record(entry, type, row, now, code=row.code, before=before)
    return row
