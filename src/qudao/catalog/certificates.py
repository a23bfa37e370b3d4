"""Product registration certificates (注册证) and class I filings (备案): numbers and the certificate gate.

A certificate is known by its number, which a renewal keeps; each term and each change of it is one
version with its own validity and its own list of models. Whether goods may be sold is a question of
when they were made, not of what day it is today: goods made while a version covered them stay
sellable until their own expiry (医疗器械注册与备案管理办法, 令47, §112).
"""

import dataclasses
import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal

from qudao.kernel import errors, periods

EXPIRING = 90
DeviceClass = Literal[1, 2, 3]
Origin = Literal["domestic", "import", "hmt"]

PROVINCES: Mapping[str, int] = MappingProxyType({
    "京": 11, "津": 12, "冀": 13, "晋": 14, "蒙": 15, "内": 15, "辽": 21, "吉": 22, "黑": 23, "沪": 31,
    "苏": 32, "浙": 33, "皖": 34, "闽": 35, "赣": 36, "鲁": 37, "豫": 41, "鄂": 42, "湘": 43, "粤": 44,
    "桂": 45, "琼": 46, "渝": 50, "川": 51, "贵": 52, "黔": 52, "云": 53, "滇": 53, "藏": 54, "陕": 61,
    "甘": 62, "青": 63, "宁": 64, "新": 65,
})  # fmt: skip
"""Abbreviation used in document numbers to the two-digit province of GB/T 2260."""

PROVINCE_PATTERN = f"[{''.join(PROVINCES)}]"
CITY_PATTERN = "[\u4e00-\u9fff]{0,3}?"

_ORIGINS: Mapping[str, Origin] = MappingProxyType({"准": "domestic", "进": "import", "许": "hmt"})

_REGISTRATION = re.compile(
    rf"(?P<authority>国|{PROVINCE_PATTERN})械注(?P<origin>[准进许])"
    r"(?P<year>[0-9]{4})(?P<device_class>[23])(?P<category>[0-9]{2})(?P<serial>[0-9]{4,})"
)
_FILING = re.compile(
    rf"(?P<authority>国|{PROVINCE_PATTERN})(?P<city>{CITY_PATTERN})械备(?P<year>[0-9]{{4}})(?P<serial>[0-9]{{4,}})号?"
)
_LEGACY = re.compile(
    rf"(?P<authority>国|{PROVINCE_PATTERN})(?P<city>{CITY_PATTERN})食?药监械\((?P<origin>[准进许])\)字"
    r"(?P<year>[0-9]{4})第(?P<device_class>[123])(?P<category>[0-9]{2})(?P<serial>[0-9]{4,})号(?:\(更\))?"
)


@dataclasses.dataclass(frozen=True, slots=True)
class Registration:
    """A certificate number taken apart.

    `number` is the normalised text; `year` that of first registration; `category` two digits, empty on
    a class I filing, whose number carries none. `legacy` marks the numbers issued before October 2014,
    which appear on old goods and documents only.
    """

    number: str
    form: Literal["registration", "filing"]
    authority: str
    origin: Origin | None
    year: int
    device_class: DeviceClass
    category: str
    serial: str
    legacy: bool = False


def normalise(text: str) -> str:
    """Document number or address without differences of width or spacing: NFKC, every space removed."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def parse_registration(*, text: str) -> Registration | errors.Reason:
    """Take apart a registration or class I filing number (令47 §115, §116).

    Returns Reason `catalog.registration_unreadable` when the text has no known shape, and
    `catalog.registration_inconsistent` when a province issues what only the national authority may:
    class III, import, or Hong Kong, Macao and Taiwan.
    """
    number = normalise(text)
    if match := _REGISTRATION.fullmatch(number):
        if match["authority"] != "国" and (match["origin"] != "准" or match["device_class"] != "2"):
            return errors.Reason("catalog.registration_inconsistent", params={"number": number})
        return _registration(number, match, legacy=False)
    if match := _LEGACY.fullmatch(number):
        return _registration(number, match, legacy=True)
    if match := _FILING.fullmatch(number):
        return Registration(
            number=number.removesuffix("号"),
            form="filing",
            authority=match["authority"] + match["city"],
            origin=None,
            year=int(match["year"]),
            device_class=1,
            category="",
            serial=match["serial"],
        )
    return errors.Reason("catalog.registration_unreadable", params={"text": text})


def _registration(number: str, match: re.Match[str], *, legacy: bool) -> Registration:
    classes: Mapping[str, DeviceClass] = {"1": 1, "2": 2, "3": 3}
    return Registration(
        number=number,
        form="registration",
        authority=match["authority"] + (match["city"] if legacy else ""),
        origin=_ORIGINS[match["origin"]],
        year=int(match["year"]),
        device_class=classes[match["device_class"]],
        category=match["category"],
        serial=match["serial"],
        legacy=legacy,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class CertificateVersion:
    """One term or one change of a certificate.

    `period` is half-open: a certificate printed as valid to 2025-05-31 ends at 2025-06-01; a filing has
    no end. `models` are the keys of the devices its annexes list. `revoked_on` is the first day on which
    the certificate counts as revoked (撤销) or withdrawn as a penalty (吊销); a certificate that merely
    ran out, or was deregistered (注销), has an earlier end of `period` instead.
    """

    number: str
    models: frozenset[int]
    period: periods.Period
    revoked_on: dt.date | None = None


def judge_certificate(
    *, versions: Iterable[CertificateVersion], model: int, produced_on: dt.date | None, on: dt.date
) -> list[errors.Reason]:
    """Whether goods of `model` made on `produced_on` may be bought or sold on day `on`; [] when they may.

    Holds when a version covers both the model and the production date and no version of that number is
    revoked by day `on` (令47 §112). A production date in the gap between two terms is refused; an unknown
    one is refused for quality management to settle. The goods' own expiry is judged elsewhere.
    """
    known = list(versions)
    if not known:
        return [errors.Reason("catalog.certificate_missing")]
    # The number is the certificate: revoking it reaches every term issued under that number.
    revoked = {v.number: v.revoked_on for v in known if v.revoked_on is not None and v.revoked_on <= on}
    listing = [version for version in known if model in version.models]
    standing = [version for version in listing if version.number not in revoked]
    if not listing:
        numbers = ", ".join(sorted({version.number for version in known}))
        return [errors.Reason("catalog.model_not_covered", params={"numbers": numbers})]
    if not standing:
        return [
            errors.Reason(
                "catalog.certificate_revoked",
                params={"number": number, "revoked_on": revoked[number].isoformat()},
            )
            for number in sorted({version.number for version in listing})
        ]
    if produced_on is None:
        return [errors.Reason("catalog.production_date_unknown", params={"terms": _terms(standing)})]
    if any(version.period.contains(produced_on) for version in standing):
        return []
    return [
        errors.Reason(
            "catalog.produced_outside_validity",
            params={"produced_on": produced_on.isoformat(), "terms": _terms(standing)},
        )
    ]


def _terms(versions: Iterable[CertificateVersion]) -> str:
    """Each version as number and first..last day, oldest first."""
    ordered = sorted(versions, key=lambda version: (version.period.valid_from, version.number))
    return ", ".join(f"{version.number} {_days(version.period)}" for version in ordered)


def _days(period: periods.Period) -> str:
    if period.valid_until is None:
        return f"{period.valid_from}.."
    return f"{period.valid_from}..{period.valid_until - dt.timedelta(days=1)}"


def standing(
    *, listed: bool, stands: bool, holds: bool, until: dt.date | None, on: dt.date, within: int = EXPIRING
) -> str:
    """What certificates say of goods made on day `on`: missing, pending, valid, expiring, expired or revoked.

    `listed`: any version names the device; `stands`: one of them is of a certificate nobody revoked; `holds`:
    such a term runs on day `on`; `until`: the day after the last of them, None without end. Expiring means
    that it ends within `within` days and no renewal is entered. Goods made while a term ran stay sellable
    whatever this says: `judge_certificate` decides for a lot.
    """
    if not listed:
        return "missing"
    if not stands:
        return "revoked"
    if until is not None and until <= on:
        return "expired"
    if not holds:
        return "pending"
    return "expiring" if until is not None and until <= on + dt.timedelta(days=within) else "valid"


def renewal_deadline(*, expires_on: dt.date, months: int = 6) -> dt.date:
    """Last day to file for renewal of a certificate printed as valid to `expires_on` (条例 739 §22)."""
    return periods.add_months(expires_on, -months)
