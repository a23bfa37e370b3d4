"""What the register says of one device."""

import dataclasses
import datetime as dt
from decimal import Decimal

from qudao.kernel import errors


@dataclasses.dataclass(frozen=True, slots=True)
class Packing:
    """A package level: `contains_count` of the next lower DI (another package, or the primary DI)."""

    di: str
    level: str
    contains_count: int
    contains_di: str


@dataclasses.dataclass(frozen=True, slots=True)
class Storage:
    """A storage or transport condition with its limits, None where open."""

    condition: str
    low: Decimal | None
    high: Decimal | None
    unit: str


@dataclasses.dataclass(frozen=True, slots=True)
class Clinical:
    """A clinical size as printed, for example 导管长度 40 cm."""

    kind: str
    value: str
    unit: str


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceRecord:
    """One record of the register. Text is "" where absent; yes/no, dates and numbers are None.

    `position` counts the records of the part from 1. `reasons` holds every flaw, `line` = position.
    """

    position: int
    key: str
    version: int | None
    version_on: dt.date | None
    version_state: str
    primary_di: str
    coding_system: str
    published_on: dt.date | None
    units_of_use: int | None
    unit_of_use_di: str
    same_as_registered_di: bool | None
    registered_di: str
    direct_mark: bool | None
    direct_mark_di: str
    generic_name: str
    trade_name: str
    specification: str
    description: str
    catalogue_number: str
    kit: bool | None
    product_kind: str
    device_kind: str
    old_category_code: str
    category_code: str
    registrant: str
    registrant_english: str
    registrant_uscc: str
    certificate_numbers: tuple[str, ...]
    insurance_codes: tuple[str, ...]
    single_use: bool | None
    max_reuse: int | None
    sterile_pack: bool | None
    sterilise_before_use: bool | None
    sterilisation_method: str
    mr_safety: str
    special_storage: str
    special_size: str
    withdrawn_on: dt.date | None
    label_has_lot: bool | None
    label_has_serial: bool | None
    label_has_production_date: bool | None
    label_has_expiry_date: bool | None
    packings: tuple[Packing, ...]
    storages: tuple[Storage, ...]
    clinicals: tuple[Clinical, ...]
    reasons: tuple[errors.Reason, ...] = ()

    @property
    def refused(self) -> bool:
        return any(reason.refuses for reason in self.reasons)
