"""From the register's pinyin tags to a typed record; what does not read becomes a reason."""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, TypeVar
from xml.etree.ElementTree import Element

from qudao.catalog.udi import checks
from qudao.kernel import errors

from . import packages, records

_NUMBERS = re.compile(r"[;；,，、\s]+")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]{1,6})?")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_T = TypeVar("_T")


class _Fields:
    """Typed reading of one element's children; collects what does not read."""

    def __init__(self, element: Element, position: int, key: str, flaws: list[errors.Reason]) -> None:
        self._element = element
        self._position = position
        self._key = key
        self.flaws = flaws

    def text(self, tag: str) -> str:
        return (self._element.findtext(tag) or "").strip()

    def flaw(self, code: str, severity: errors.Severity = "refuse", **params: Any) -> None:
        self.flaws.append(errors.Reason(code, self._position, {"key": self._key, **params}, severity))

    def needed(self, tag: str) -> str:
        text = self.text(tag)
        if not text:
            self.flaw("catalog.nmpa_field_missing", field=tag)
        return text

    def di(self, tag: str, *, needed: bool = False) -> str:
        """A DI; one that is all digits and fourteen long is a GTIN and has its check digit tested."""
        text = self.needed(tag) if needed else self.text(tag)
        if len(text) == 14 and text.isascii() and text.isdigit() and checks.gs1_digit(text[:-1]) != text[-1]:
            expected = checks.gs1_digit(text[:-1])
            self.flaw("catalog.nmpa_check_digit", field=tag, value=text, expected=expected)
        return text

    def yes(self, tag: str) -> bool | None:
        return self._converted(tag, lambda text: {"是": True, "否": False, "1": True, "0": False}[text])

    def whole(self, tag: str) -> int | None:
        return self._converted(tag, _whole)

    def number(self, tag: str) -> Decimal | None:
        return self._converted(tag, _decimal)

    def day(self, tag: str) -> dt.date | None:
        return self._converted(tag, _date)

    def numbers(self, tag: str) -> tuple[str, ...]:
        return tuple(part for part in _NUMBERS.split(self.text(tag)) if part)

    def rows(self, tags: str) -> Iterator["_Fields"]:
        for element in self._element.iterfind(tags):
            yield _Fields(element, self._position, self._key, self.flaws)

    def _converted(self, tag: str, convert: Callable[[str], _T]) -> _T | None:
        """The converted value; text that does not convert is a warning, and absent text is None."""
        text = self.text(tag)
        if not text:
            return None
        try:
            return convert(text)
        except (KeyError, ValueError):
            self.flaw("catalog.nmpa_field_form", "warn", field=tag, value=text)
            return None


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(text)
    return int(text)


def _decimal(text: str) -> Decimal:
    if _DECIMAL.fullmatch(text) is None:
        raise ValueError(text)
    return Decimal(text)


def _date(text: str) -> dt.date:
    match = _DAY.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return dt.date(int(match[1]), int(match[2]), int(match[3]))


def _packings(fields: _Fields) -> Iterator[records.Packing]:
    for row in fields.rows("packingList/packing"):
        di, inner = row.di("bzcpbs"), row.di("bznhxyjbzcpbs")
        if not di and not inner:
            continue
        count = row.text("bznhxyjcpbssl")
        if not di or not inner or not (count.isascii() and count.isdigit() and int(count) > 0):
            row.flaw("catalog.nmpa_packing_form", di=di or inner, count=count)
            continue
        yield records.Packing(di=di, level=row.text("cpbzjb"), contains_count=int(count), contains_di=inner)


def record(element: Element, position: int) -> records.DeviceRecord:
    """The record of one `device` element, with every flaw found in it."""
    flaws: list[errors.Reason] = []
    fields = _Fields(element, position, (element.findtext("deviceRecordKey") or "").strip(), flaws)
    found = records.DeviceRecord(
        position=position,
        key=fields.needed("deviceRecordKey"),
        version=fields.whole("versionNumber"),
        version_on=fields.day("versionTime"),
        version_state=fields.text("versionStauts"),
        primary_di=fields.di("zxxsdycpbs", needed=True),
        coding_system=fields.text("cpbsbmtxmc"),
        published_on=fields.day("cpbsfbrq"),
        units_of_use=fields.whole("zxxsdyzsydydsl"),
        unit_of_use_di=fields.text("sydycpbs"),
        same_as_registered_di=fields.yes("sfyzcbayz"),
        registered_di=fields.text("zcbacpbs"),
        direct_mark=fields.yes("sfybtzjbs"),
        direct_mark_di=fields.text("btcpbs"),
        generic_name=fields.text("cpmctymc"),
        trade_name=fields.text("spmc"),
        specification=fields.text("ggxh"),
        description=fields.text("cpms"),
        catalogue_number=fields.text("cphhhbh"),
        kit=fields.yes("sfwblztlcp"),
        product_kind=fields.text("cplb"),
        device_kind=fields.text("qxlb"),
        old_category_code=fields.text("yflbm"),
        category_code=fields.text("flbm"),
        registrant=fields.text("ylqxzcrbarmc"),
        registrant_english=fields.text("ylqxzcrbarywmc"),
        registrant_uscc=fields.text("tyshxydm"),
        certificate_numbers=fields.numbers("zczbhhzbapzbh"),
        insurance_codes=fields.numbers("ybbm"),
        single_use=fields.yes("sfbjwycxsy"),
        max_reuse=fields.whole("zdcfsycs"),
        sterile_pack=fields.yes("sfwwjbz"),
        sterilise_before_use=fields.yes("syqsfxyjxmj"),
        sterilisation_method=fields.text("mjfs"),
        mr_safety=fields.text("cgzmraqxgxx"),
        special_storage=fields.text("tscchcztj"),
        special_size=fields.text("tsccsm"),
        withdrawn_on=fields.day("tsrq"),
        label_has_lot=fields.yes("scbssfbhph"),
        label_has_serial=fields.yes("scbssfbhxlh"),
        label_has_production_date=fields.yes("scbssfbhscrq"),
        label_has_expiry_date=fields.yes("scbssfbhsxrq"),
        packings=tuple(_packings(fields)),
        storages=tuple(
            records.Storage(row.text("cchcztj"), row.number("zdz"), row.number("zgz"), row.text("jldw"))
            for row in fields.rows("storageList/storage")
        ),
        clinicals=tuple(
            records.Clinical(row.text("lcsycclx"), row.text("ccz"), row.text("ccdw"))
            for row in fields.rows("clinicalList/clinical")
        ),
    )
    _, broken = packages.base_quantities(found)
    return dataclasses.replace(found, reasons=(*flaws, *broken))
