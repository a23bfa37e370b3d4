"""Licences of partners: what they allow, for which devices, until when.

Source: 医疗器械经营监督管理办法 (市场监管总局令54, 2022), cited as 54. Which kinds a device class asks
for, and every window, arrive in a `Policy`; the rules hold none of them.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Literal

from qudao.catalog import certificates
from qudao.kernel import errors

Kind = Literal[
    "business_licence",  # 营业执照
    "distribution_permit",  # 经营许可证
    "distribution_filing",  # 经营备案凭证
    "production_permit",  # 生产许可证
    "practice_permit",  # 医疗机构执业许可证
    "practice_filing",  # 诊所备案凭证
]
Catalogue = Literal["2017", "2002"]
Qualifier = Literal["", "cold_chain", "no_cold_chain"]  # not stated, 含冷藏, 不含冷藏
Need = Literal["cold_chain"]
Mode = Literal["wholesale", "retail", "both"]  # 批发, 零售, 批零兼营
Activity = Literal["wholesale", "retail"]
BuyerKind = Literal["dealer", "hospital", "person"]

_DAY = dt.timedelta(days=1)


@dataclasses.dataclass(frozen=True, slots=True)
class ScopeEntry:
    """One item of 经营范围, as printed: no code is ever mapped from one catalogue to the other."""

    catalogue: Catalogue
    category_code: str
    device_class: certificates.DeviceClass
    qualifier: Qualifier = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Licence:
    """A document that allows its holder something (54 §14).

    `valid_until` is the first day without effect: a permit printed as valid to 2027-03-14 has
    2027-03-15. None where there is no expiry, as on every filing. `revoked_on` is the first day without
    effect too.
    """

    holder: str
    kind: Kind
    number: str
    valid_from: dt.date
    valid_until: dt.date | None = None
    revoked_on: dt.date | None = None
    suspended: bool = False
    mode: Mode | None = None
    scope: frozenset[ScopeEntry] = frozenset()

    @property
    def last_day(self) -> dt.date | None:
        """The expiry as printed on the document."""
        return None if self.valid_until is None else self.valid_until - _DAY


@dataclasses.dataclass(frozen=True, slots=True)
class DeviceScope:
    """What a device asks of the licence of whoever deals in it.

    IVD reagents carry 6840 in whichever catalogue lists them; 22 (instruments) is another item.
    `needs` are the qualifiers a scope must grant. `exempt` marks a class II device on the list freed
    from filing. `name` is that of the category, shown only.
    """

    device_class: certificates.DeviceClass
    category_2017: str | None = None
    category_2002: str | None = None
    needs: frozenset[Need] = frozenset()
    exempt: bool = False
    name: str = ""

    @property
    def label(self) -> str:
        codes = dict.fromkeys(code for code in (self.category_2017, self.category_2002) if code)
        return f"{'/'.join(codes)} {self.name}".strip()


@dataclasses.dataclass(frozen=True, slots=True)
class Policy:
    """The thresholds in force on a day; defaults are those of the regulations named.

    kinds_for_class: device class → kinds of which one suffices; none means no licence (54 §4, §25).
    grants: qualifier of a scope entry → needs it satisfies; a scope that says nothing grants nothing.
    hospital_kinds: kinds of which a hospital must hold one.
    renewal_opens, renewal_closes: working days before expiry (54 §15, §16).
    expiry_windows: calendar days before expiry at which people are told.
    """

    kinds_for_class: Mapping[int, frozenset[Kind]] = dataclasses.field(
        default_factory=lambda: MappingProxyType({
            1: frozenset(),
            2: frozenset({"distribution_filing", "distribution_permit"}),
            3: frozenset({"distribution_permit"}),
        })
    )  # fmt: skip
    grants: Mapping[Qualifier, frozenset[Need]] = dataclasses.field(
        default_factory=lambda: MappingProxyType({
            "": frozenset(),
            "cold_chain": frozenset({"cold_chain"}),
            "no_cold_chain": frozenset(),
        })
    )  # fmt: skip
    hospital_kinds: frozenset[Kind] = frozenset({"practice_permit", "practice_filing"})
    renewal_opens: int = 90
    renewal_closes: int = 30
    expiry_windows: tuple[int, ...] = (90, 60, 30, 7)


# --- Numbers ---------------------------------------------------------------------------------------

_NUMBERS: Mapping[Kind, re.Pattern[str]] = MappingProxyType({
    "distribution_permit": re.compile(
        rf"{certificates.PROVINCE_PATTERN}{certificates.CITY_PATTERN}食?药监械经营许[0-9]{{4}}[0-9]{{3,6}}号"
    ),
    "distribution_filing": re.compile(
        rf"{certificates.PROVINCE_PATTERN}{certificates.CITY_PATTERN}食?药监械经营备[0-9]{{4}}[0-9]{{3,6}}号"
    ),
    "production_permit": re.compile(rf"{certificates.PROVINCE_PATTERN}食?药监械生产许[0-9]{{8,}}号"),
})  # fmt: skip


def judge_number(*, kind: str, text: str) -> errors.Reason | None:
    """What is said against a number of a licence of the kind; None when nothing is.

    The shape of another kind is refused (`partners.licence_number_of_another_kind`): one of the two is wrong. An
    unknown shape is a warning (`partners.licence_number_unusual`): cities write these numbers in their own ways.
    """
    number = certificates.normalise(text)
    told = next((one for one, pattern in _NUMBERS.items() if pattern.fullmatch(number)), None)
    params = {"text": text}
    if told is None:
        unusual = errors.Reason("partners.licence_number_unusual", params=params, severity="warn")
        return unusual if kind in _NUMBERS else None
    return None if told == kind else errors.Reason("partners.licence_number_of_another_kind", params=params)


# --- What a licence covers -------------------------------------------------------------------------


def find_lapse(*, licence: Licence, on: dt.date) -> errors.Reason | None:
    """Why the licence has no effect on that day; None when it has."""
    params: dict[str, Any] = {"holder": licence.holder, "number": licence.number}
    if licence.revoked_on is not None and licence.revoked_on <= on:
        params["revoked_on"] = str(licence.revoked_on)
        return errors.Reason("partners.licence_revoked", params=params)
    if licence.suspended:
        return errors.Reason("partners.licence_suspended", params=params)
    if on < licence.valid_from:
        params["valid_from"] = str(licence.valid_from)
        return errors.Reason("partners.licence_not_yet_valid", params=params)
    if licence.valid_until is not None and licence.valid_until <= on:
        params["expires_on"] = str(licence.last_day)
        return errors.Reason("partners.licence_expired", params=params)
    return None


def covers(
    *,
    licences: Iterable[Licence],
    device: DeviceScope,
    on: dt.date,
    policy: Policy,
    activity: Activity | None = None,
) -> list[errors.Reason]:
    """Whether one of a holder's licences covers dealing in the device on that day; [] when one does.

    The pair (device class, category) must be in the scope, with the qualifiers the device needs (54 §4,
    §14); `activity` asks for the mode of business as well (54 §71). When nothing covers, each licence in
    force says what it lacks; when none is in force, each says why.
    """
    kinds = policy.kinds_for_class[device.device_class]
    if not kinds or (device.device_class == 2 and device.exempt):
        return []
    relevant = sorted((row for row in licences if row.kind in kinds), key=lambda row: row.number)
    if not relevant:
        code = "partners.filing_missing" if "distribution_filing" in kinds else "partners.permit_missing"
        return [errors.Reason(code, params={"category": device.label})]
    lapses = [find_lapse(licence=row, on=on) for row in relevant]
    in_force = [row for row, lapse in zip(relevant, lapses, strict=True) if lapse is None]
    if not in_force:
        return [lapse for lapse in lapses if lapse is not None]
    shortfalls = [_find_shortfall(row, device, activity, policy) for row in in_force]
    return [] if None in shortfalls else [reason for reason in shortfalls if reason is not None]


def _find_shortfall(
    licence: Licence, device: DeviceScope, activity: Activity | None, policy: Policy
) -> errors.Reason | None:
    of_class = [entry for entry in licence.scope if entry.device_class == device.device_class]
    listed = [entry for entry in of_class if _lists(entry, device)]
    params = {
        "holder": licence.holder,
        "number": licence.number,
        "category": device.label,
        "held": " ".join(sorted({entry.category_code for entry in of_class})) or "—",
        "expires_on": str(licence.last_day) if licence.last_day else None,
    }
    # Without an expiry the sentence has no date to name, so it has words of its own.
    dated = licence.last_day is not None
    if not listed:
        code = "partners.scope_missing" if dated else "partners.scope_missing_undated"
        return errors.Reason(code, params=params)
    if not any(device.needs <= policy.grants[entry.qualifier] for entry in listed):
        code = "partners.cold_chain_missing" if dated else "partners.cold_chain_missing_undated"
        return errors.Reason(code, params=params)
    if activity is not None and licence.mode not in (activity, "both"):
        code = "partners.wholesale_missing" if activity == "wholesale" else "partners.retail_missing"
        return errors.Reason(code, params=params)
    return None


def _lists(entry: ScopeEntry, device: DeviceScope) -> bool:
    wanted = device.category_2017 if entry.catalogue == "2017" else device.category_2002
    return entry.category_code == wanted


# --- Gates -----------------------------------------------------------------------------------------


def purchaser_gate(
    *, buyer: BuyerKind, licences: Iterable[Licence], device: DeviceScope, on: dt.date, policy: Policy
) -> list[errors.Reason]:
    """Whether we may sell the device wholesale to this buyer on that day; [] when we may.

    A dealer's licence covers the device; a hospital holds a practice permit or filing in effect; wholesale
    to a person is refused (54 §71).
    """
    if buyer == "person":
        return [errors.Reason("partners.wholesale_to_person")]
    if buyer == "dealer":
        return covers(licences=licences, device=device, on=on, policy=policy)
    held = sorted((row for row in licences if row.kind in policy.hospital_kinds), key=lambda row: row.number)
    if not held:
        return [errors.Reason("partners.practice_permit_missing")]
    lapses = [find_lapse(licence=row, on=on) for row in held]
    return [] if None in lapses else [reason for reason in lapses if reason is not None]


def supplier_gate(
    *, licences: Iterable[Licence], device: DeviceScope, from_registrant: bool, on: dt.date, policy: Policy
) -> list[errors.Reason]:
    """Whether we may buy the device from this supplier on that day; [] when we may.

    `from_registrant`: the registrant sells its own device from its domicile or factory, which asks for no
    distribution licence (54 §27). Anybody else wholesales it and is licensed to.
    """
    if from_registrant:
        return []
    return covers(licences=licences, device=device, on=on, policy=policy, activity="wholesale")
