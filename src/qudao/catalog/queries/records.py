"""Records of the NMPA device register, as people look them up to make products of them."""

import dataclasses
import datetime as dt

from qudao.catalog import models, udi


@dataclasses.dataclass(frozen=True, slots=True)
class RegisterRecord:
    """A record by the DI of its sale unit. `units_of_use` are in one sale unit; `packages` (name there, sale units
    in it), small before large; `item_id` the product that has the DI."""

    di: str
    version: int
    name: str
    specification: str
    registrant: str
    certificates: tuple[str, ...]
    category: str
    units_of_use: int
    packages: tuple[tuple[str, int], ...]
    withdrawn_on: dt.date | None
    item_id: int | None


def find_record(text: str, *, today: dt.date) -> RegisterRecord | None:
    """The record of a DI, typed or as a scanner gives the whole code; None when none was taken in."""
    text = text.strip()
    di = (udi.parse(text, today=today).di if text else None) or text
    row = models.UdiRecord.objects.filter(di=di).first() if di else None
    if row is None:
        return None
    data = row.data
    packages = sorted((one["quantity"], one["level"]) for one in data["packages"])
    return RegisterRecord(
        di=row.di,
        version=row.version_number,
        name=row.name,
        specification=row.specification or data.get("catalogue_number", ""),
        registrant=row.registrant,
        certificates=tuple(row.certificates.split()),
        category=row.category_2017,
        units_of_use=data.get("units_of_use") or 1,
        packages=tuple((level, quantity) for quantity, level in packages),
        withdrawn_on=row.withdrawn_on,
        item_id=models.DeviceIdentifier.objects.filter(di=row.di).values_list("item_id", flat=True).first(),
    )
