"""MA (IDcode) codes of the Zhongguancun issuing agency: `MA.156.M0.<registrant>.<item>[.PI segments]`.

The item is one package digit, six or more characters and one check digit. E (失效日期) is the first day
the device may not be used, V (有效期) the last day it may; some registrants print their last day under E
and are named by the caller. Some published codes fail their own check digit: that warns, no more.
"""

import datetime as dt
import re
from collections.abc import Collection

from . import checks, scan

_CODE = re.compile(r"(MA\.\d{1,3}\.M0\.([0-9A-Za-z]+)\.([0-9A-Za-z])[0-9A-Za-z]{6,}[0-9A-Za-z])((?:\..*)?)")
_SEGMENT = re.compile(r"([A-Z])([^.]+)")


def read(draft: scan.Draft, *, today: dt.date, last_day_under_e: Collection[str]) -> None:
    """Fill the draft from its raw text, which starts with `MA.`."""
    draft.carrier = "ma"
    match = _CODE.fullmatch(draft.raw)
    if match is None:
        draft.refuse("catalog.udi_ma_form", text=draft.raw)
        return
    di, registrant, level, tail = match.groups()
    draft.di = di
    draft.package_level = int(level) if level.isdigit() else None
    _warn_of_digit(draft, "catalog.udi_ma_check_digit", di[:-1], di[-1])
    values = _segments(draft, tail)
    draft.lot = values.get("L")
    draft.serial = values.get("S")
    made = "M" if "M" in values else "P"
    produced = _date(draft, made, values, today)
    if produced is not None:
        draft.produced_on, draft.produced_month_only = produced
    draft.last_usable_on = _last_usable_on(draft, values, today, registrant in last_day_under_e)


def _segments(draft: scan.Draft, tail: str) -> dict[str, str]:
    values: dict[str, str] = {}
    if not tail:
        return values
    for text in tail[1:].split("."):
        match = _SEGMENT.fullmatch(text)
        if match is None:
            draft.refuse("catalog.udi_ma_segment", text=text)
            continue
        letter, value = match.groups()
        draft.elements.append((letter, value))
        if letter not in "SMPLDEVC":
            draft.warn("catalog.udi_ma_segment_unknown", text=text)
        if values.setdefault(letter, value) != value:
            draft.refuse("catalog.udi_duplicate", ai=letter, first=values[letter], second=value)
    if "M" in values and values.get("P", values["M"]) != values["M"]:
        draft.refuse("catalog.udi_duplicate", ai="M/P", first=values["M"], second=values["P"])
    if "C" in values:
        covered = tail.rsplit(".C", 1)[0]
        _warn_of_digit(draft, "catalog.udi_ma_pi_check_digit", covered, values["C"])
    return values


def _warn_of_digit(draft: scan.Draft, code: str, covered: str, found: str) -> None:
    expected = checks.ma_digit(covered)
    if expected != found:
        draft.warn(code, expected=expected or "?", found=found)


def _date(
    draft: scan.Draft, letter: str, values: dict[str, str], today: dt.date
) -> tuple[dt.date, bool] | None:
    if letter not in values:
        return None
    found = checks.yymmdd(values[letter], today)
    if found is None:
        draft.refuse("catalog.udi_date", ai=letter, value=values[letter])
    elif found[1]:
        draft.warn("catalog.udi_day_unstated", ai=letter, value=values[letter], read_as=found[0].isoformat())
    return found


def _last_usable_on(
    draft: scan.Draft, values: dict[str, str], today: dt.date, e_is_last_day: bool
) -> dt.date | None:
    last = _date(draft, "V", values, today)
    ends = _date(draft, "E", values, today)
    by_e = None
    if ends is not None:
        by_e = ends[0] if e_is_last_day else ends[0] - dt.timedelta(days=1)
    if last is None:
        return by_e
    if by_e is not None and by_e != last[0]:
        draft.warn("catalog.udi_ma_expiry_disagrees", by_v=last[0].isoformat(), by_e=by_e.isoformat())
    return last[0]
