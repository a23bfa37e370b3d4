"""The device register: taken in as a stream, and products made of its records."""

import dataclasses
import datetime as dt
import hashlib
import itertools
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO, ClassVar

from django.db import connection

from qudao.catalog import certificates, models, nmpa, queries, rules
from qudao.kernel import errors, journal, scope, search_keys, writes

from . import items, writing

BATCH = 1000
_REASONS = 100
_LONGEST_DI = 60
# Colder than this is the cold chain: 2–8 ℃ refrigerated, and frozen.
_COLD_BELOW = Decimal(10)
_CARRIERS = (("GS1", "gs1"), ("MA", "ma"), ("AHM", "ahm"))


@dataclasses.dataclass(frozen=True, slots=True)
class UdiImport:
    """What one part of the release did. The four counts add up to `read`.

    `reasons` are the first hundred, refusing or warning, `line` the position of the record; those of the
    file itself (broken end, count) come last and are always there.
    """

    COUNTS: ClassVar = ("read", "new", "changed", "unchanged", "refused")

    read: int
    new: int
    changed: int
    unchanged: int
    refused: int
    reasons: tuple[errors.Reason, ...]


_UPSERT = """
INSERT INTO catalog_udirecord (di, record_key, version_number, name, specification, registrant,
    registrant_uscc, certificates, category_2017, serial_on_label, withdrawn_on, data, entry)
SELECT *, %s::uuid FROM unnest(%s::text[], %s::text[], %s::int[], %s::text[], %s::text[], %s::text[],
    %s::text[], %s::text[], %s::text[], %s::bool[], %s::date[], %s::jsonb[])
ON CONFLICT (di) DO UPDATE SET record_key = excluded.record_key, version_number = excluded.version_number,
    name = excluded.name, specification = excluded.specification, registrant = excluded.registrant,
    registrant_uscc = excluded.registrant_uscc, certificates = excluded.certificates,
    category_2017 = excluded.category_2017, serial_on_label = excluded.serial_on_label,
    withdrawn_on = excluded.withdrawn_on, data = excluded.data, entry = excluded.entry
WHERE excluded.version_number > catalog_udirecord.version_number
RETURNING di, old.id IS NULL
"""


def import_udi(stream: BinaryIO, *, actor: scope.Actor, now: dt.datetime, batch: int = BATCH) -> UdiImport:
    """Take in one part of the register's public release (XML), keeping of each DI the newest version.

    Reads the stream record by record and writes `batch` records a transaction, each with one journal
    entry that holds the counts and the digest of what was written; memory does not grow with the file.
    A flawed record is refused by itself. When the file breaks off, what came before is kept and the
    reasons say so; taking it in again changes nothing that is there.
    """
    actor.require(writing.ITEMS)
    return _sifted(stream, batch, lambda good: _write(good, actor=actor, now=now))


def check_udi(stream: BinaryIO, *, actor: scope.Actor, batch: int = BATCH) -> UdiImport:
    """What `import_udi` would do with the part, without doing it.

    A DI that comes back in a later batch is counted as often as it comes: nothing of this part is stored.
    """
    actor.require(writing.ITEMS)
    return _sifted(stream, batch, lambda good: _compared(good, actor))


def _sifted(
    stream: BinaryIO, batch: int, settle: Callable[[list[nmpa.DeviceRecord]], tuple[int, int]]
) -> UdiImport:
    """Read the part in batches; `settle` takes the sound records, a DI once, and says how many are new and changed."""
    reading = nmpa.read_devices(stream)
    new = changed = unchanged = refused = 0
    reasons: list[errors.Reason] = []
    for records in _batches(reading, batch):
        good: dict[str, nmpa.DeviceRecord] = {}
        for record in records:
            found = [*record.reasons, *_unfit(record)]
            reasons += found[: _REASONS - len(reasons)]
            if any(reason.refuses for reason in found):
                refused += 1
                continue
            twin = good.get(record.primary_di)
            unchanged += twin is not None
            if twin is None or (record.version or 0) > (twin.version or 0):
                good[record.primary_di] = record
        inserted, updated = settle(list(good.values()))
        new, changed = new + inserted, changed + updated
        unchanged += len(good) - inserted - updated
    return UdiImport(reading.count, new, changed, unchanged, refused, (*reasons, *reading.reasons))


def _compared(records: Sequence[nmpa.DeviceRecord], actor: scope.Actor) -> tuple[int, int]:
    """How many of these are new, and how many newer than what is stored."""
    with scope.transaction(actor):
        stored = models.UdiRecord.objects.filter(di__in=[one.primary_di for one in records])
        known = dict(stored.values_list("di", "version_number"))
    newer = sum((one.version or 0) > known[one.primary_di] for one in records if one.primary_di in known)
    return len(records) - len(known), newer


def link_udi(
    *, di: str, item_id: int, sale_unit: str = "", actor: scope.Actor, now: dt.datetime
) -> tuple[queries.Identifier, ...]:
    """Give an item the DIs of a register record: sale unit, unit of use, packages, with their units.

    What is linked already stays; a package whose content changed gets a new version. Refuses a DI of
    another item (`catalog.di_taken`). Raises NotFound for an unknown item or DI.
    """
    actor.require(writing.ITEMS)
    with scope.transaction(actor, acting=True):
        writing.one_at_a_time("item")
        (item,) = items.locked([item_id])
        units = {unit: found.factor for (_, unit), found in queries.units([item_id]).items()}
        wanted = _identifiers(_record(di), base_unit=item.base_unit, sale_unit=sale_unit, units=units)
        rows = _link(item, wanted, units, entry := journal.entry())
        if rows:
            journal.record(
                entry,
                "catalog.udi.linked",
                subject=f"catalog.item:{item_id}",
                at=now,
                rows=rows,
                data={"di": di, "dis": [one.di for one in wanted]},
            )
        found = queries.identifiers(one.di for one in wanted)
    return tuple(found[one.di] for one in wanted)


def register_from_udi(
    *,
    di: str,
    code: str,
    line_id: int,
    base_unit: str,
    sale_unit: str = "",
    price_unit: str = "",
    device_class: int | None = None,
    is_implant: bool = False,
    is_equipment: bool = False,
    tax_rate: Decimal | None = None,
    tax_treatment: str = "rate",
    tax_code: str = "",
    actor: scope.Actor,
    now: dt.datetime,
) -> queries.ItemView:
    """Register a product from its register record, with DIs and units of every package level.

    The class is that of its certificate number unless given; what the label carries decides the
    tracking. `price_unit` is a unit of its packages, else the sale unit. Raises NotFound for an unknown
    DI, Refused as `operations.register_items`.
    """
    actor.require(writing.ITEMS)
    with scope.transaction(actor, acting=True):
        record = _record(di)
        found = _identifiers(record, base_unit=base_unit, sale_unit=sale_unit, units={})
        factors = {base_unit: 1} | {one.unit: one.base_quantity for one in found}
        priced = price_unit or found[0].unit
        storage, cold = _storage(record)
        category = record.get("category_code", "")
        new = rules.NewItem(
            code=code,
            name=record.get("generic_name", ""),
            specification=record.get("specification", "") or record.get("catalogue_number", ""),
            manufacturer=record.get("registrant", ""),
            line_id=line_id,
            device_class=device_class or _class_of(record),
            category_2017=category,
            category_2002=record.get("old_category_code", "") or (category if category == "6840" else ""),
            tracking=_tracking(record),
            is_implant=is_implant,
            is_equipment=is_equipment,
            cold_chain=cold,
            storage=storage,
            base_unit=base_unit,
            price_unit=priced,
            # A unit no package knows gets factor 0, which the rules refuse by name.
            price_unit_factor=factors.get(priced, 0),
            tax_rate=tax_rate,
            tax_treatment=tax_treatment,
            tax_code=tax_code,
            identifiers=found,
        )
        return items.register_item(item=new, actor=actor, now=now)


def _batches(records: Iterable[nmpa.DeviceRecord], size: int) -> Iterator[list[nmpa.DeviceRecord]]:
    source = iter(records)
    while taken := list(itertools.islice(source, size)):
        yield taken


def _unfit(record: nmpa.DeviceRecord) -> list[errors.Reason]:
    """Why a record that reads still cannot be kept."""
    found: list[errors.Reason] = []
    params: dict[str, Any] = {"key": record.key}
    if record.version is None:
        found.append(
            errors.Reason("catalog.nmpa_field_missing", record.position, params | {"field": "versionNumber"})
        )
    if max(len(record.primary_di), len(record.key)) > _LONGEST_DI:
        found.append(errors.Reason("catalog.nmpa_too_long", record.position, params | {"limit": _LONGEST_DI}))
    return found


def _write(records: Sequence[nmpa.DeviceRecord], *, actor: scope.Actor, now: dt.datetime) -> tuple[int, int]:
    """Upsert one batch in its own transaction; returns how many were new and how many changed."""
    if not records:
        return 0, 0
    # In key order, so that two imports at a time wait for each other instead of locking crosswise.
    rows = {record.primary_di: _columns(record) for record in sorted(records, key=lambda one: one.primary_di)}
    with scope.transaction(actor, acting=True):
        entry = journal.entry()
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT, [entry, *(list(column) for column in zip(*rows.values(), strict=True))])
            outcome = dict(cursor.fetchall())
        inserted = sum(outcome.values())
        if outcome:
            journal.record(
                entry,
                "catalog.udi.imported",
                subject="catalog.udi",
                at=now,
                data={
                    "new": inserted,
                    "changed": len(outcome) - inserted,
                    "unchanged": len(rows) - len(outcome),
                    "sha256": _digest(rows[di] for di in sorted(outcome)),
                },
            )
    return inserted, len(outcome) - inserted


def _columns(record: nmpa.DeviceRecord) -> tuple[Any, ...]:
    """A row in the order of the statement. Names are cut to their columns; `data` has them whole."""
    uscc = record.registrant_uscc
    return (
        record.primary_di,
        record.key,
        record.version,
        record.generic_name[:300],
        record.specification,
        record.registrant[:200],
        uscc if len(uscc) <= 18 else "",
        " ".join(record.certificate_numbers),
        record.category_code[:20],
        bool(record.label_has_serial),
        record.withdrawn_on,
        json.dumps(nmpa.as_json(record), ensure_ascii=False, separators=(",", ":"), sort_keys=True),
    )


def _digest(rows: Iterable[Sequence[Any]]) -> str:
    """Over (DI, version, data) of what was written, in DI order, each line ended by a newline."""
    found = hashlib.sha256()
    for row in rows:
        found.update(f"{row[0]} {row[2]} {row[-1]}\n".encode())
    return found.hexdigest()


def _record(di: str) -> dict[str, Any]:
    found = models.UdiRecord.objects.filter(di=di).values_list("data", flat=True).first()
    if found is None:
        raise errors.NotFound("catalog.udi_record_missing")
    return found


def _identifiers(
    record: Mapping[str, Any], *, base_unit: str, sale_unit: str, units: Mapping[str, int]
) -> tuple[rules.NewIdentifier, ...]:
    system = record.get("coding_system", "")
    found = rules.identifiers_of_record(
        primary_di=record["primary_di"],
        carrier=next((carrier for name, carrier in _CARRIERS if name in system.upper()), "unknown"),
        units_of_use=record.get("units_of_use"),
        unit_of_use_di=record.get("unit_of_use_di", ""),
        direct_mark_di=record.get("direct_mark_di", ""),
        packages=[rules.RegisteredPackage(**package) for package in record["packages"]],
        serial_on_label=record.get("label_has_serial") is True,
        base_unit=base_unit,
        sale_unit=sale_unit,
        units=units,
    )
    if isinstance(found, errors.Reason):
        raise errors.Refused([found])
    return found


def _link(
    item: models.Item, wanted: Sequence[rules.NewIdentifier], units: Mapping[str, int], entry: uuid.UUID
) -> list[journal.Row]:
    """Write what differs: identifiers new and changed, units, search keys."""
    known = {row.di: row for row in models.DeviceIdentifier.objects.filter(di__in=[one.di for one in wanted])}
    errors.raise_if_refused(
        errors.Reason("catalog.di_taken", None, {"di": row.di})
        for row in known.values()
        if row.item_id != item.id
    )
    changed = []
    for one in wanted:
        row = known.get(one.di)
        if row is not None and (row.base_quantity, row.unit) != (one.base_quantity, one.unit):
            row.base_quantity, row.unit, row.level = one.base_quantity, one.unit, one.level
            row.version, row.entry = row.version + 1, entry
            changed.append(row)
    models.DeviceIdentifier.objects.bulk_update(
        changed, ["base_quantity", "unit", "level", "version", "entry"]
    )
    fresh = [one for one in wanted if one.di not in known]
    rows = writes.written(changed)
    rows += writes.created(
        (models.DeviceIdentifier(item_id=item.id, **dataclasses.asdict(one)) for one in fresh), entry
    )
    named = {one.unit: one.base_quantity for one in wanted if one.unit not in units}
    rows += writes.created(
        (models.ItemUnit(item_id=item.id, unit=unit, factor=factor) for unit, factor in named.items()), entry
    )
    if fresh:
        item.search_keys = " ".join((item.search_keys, *(search_keys.normalised(one.di) for one in fresh)))
        item.entry = entry
        item.save(update_fields=["search_keys", "entry"])
        rows += writes.written([item])
    return rows


def _class_of(record: Mapping[str, Any]) -> int:
    """The highest class among its certificate numbers; 0, which the rules refuse, when none reads."""
    parsed = (certificates.parse_registration(text=text) for text in record.get("certificate_numbers", ()))
    classes = [one.device_class for one in parsed if isinstance(one, certificates.Registration)]
    return max(classes, default=0)


def _tracking(record: Mapping[str, Any]) -> str:
    return "serial" if record.get("label_has_serial") else "lot"


def _storage(record: Mapping[str, Any]) -> tuple[str, bool]:
    """The storage conditions in words, and whether they ask for the cold chain."""
    found = record.get("storages", ())
    limits = [(one["low"], one["high"], one["unit"]) for one in found]
    texts = [
        f"{one['condition']} {_limits(*limit)}".strip() for one, limit in zip(found, limits, strict=True)
    ]
    cold = any(high is not None and "℃" in unit and Decimal(high) <= _COLD_BELOW for _, high, unit in limits)
    return "；".join(texts)[:60], cold


def _limits(low: str | None, high: str | None, unit: str) -> str:
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f"≥{low}{unit}" if high is None else f"≤{high}{unit}"
    return f"{low}–{high}{unit}"
