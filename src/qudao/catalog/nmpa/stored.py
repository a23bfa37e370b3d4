"""A record as JSON: what the register says, without what it leaves empty."""

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any

from . import packages, records

_OURS = frozenset({"position", "reasons"})


def as_json(record: records.DeviceRecord) -> dict[str, Any]:
    """The filled fields by their English names, and `packages`: each with the sale units it holds."""
    quantities, _ = packages.base_quantities(record)
    found = {
        field.name: _plain(value)
        for field in dataclasses.fields(record)
        if field.name not in _OURS and (value := getattr(record, field.name)) not in ("", None, ())
    }
    found["packages"] = [
        {"di": di, "level": level, "quantity": quantities[di]}
        for di, level in {packing.di: packing.level for packing in record.packings}.items()
        if di in quantities
    ]
    return found


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {key: _plain(part) for key, part in dataclasses.asdict(value).items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return value
