"""HIBC supplier labels (ANSI/HIBC 2.x): primary and secondary data, joined by "/" or in two codes.

Primary `+` labeller(4) product(1-18) unit(0-9) check; joined secondary data follow a "/" and one check
character covers the whole. A separate secondary code repeats the primary's check character as its link.
The alphabet has capitals only, so small letters are a scanner's doing and are mended.
"""

import datetime as dt
import re

from . import checks, scan

_PRIMARY = re.compile(r"\+([A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}([0-9]))")
# The two codes of one label; a single space may be the check character before the line ends.
_BETWEEN = re.compile(r"(?:[\r\n\t\x1d]+| )(?=\+)")
_SUPPLEMENT = re.compile(r"(16D|14D)(.*)|([QS])(.+)")
_JULIAN = re.compile(r"[0-9]{5}")
# Date flag → layout. 0 and 1 are the first digit of the month itself.
_LAYOUTS = {"0": "MMYY", "1": "MMYY", "2": "MMDDYY", "3": "YYMMDD", "4": "YYMMDDHH"}
_LAYOUTS |= {"5": "YYJJJ", "6": "YYJJJHH", "7": ""}


def read(draft: scan.Draft, *, today: dt.date) -> None:
    """Fill the draft from its raw text, which starts with `+` or `*+`."""
    draft.carrier = "hibc"
    if any(character.islower() for character in draft.raw):
        draft.raw = draft.raw.upper()
        draft.warn("catalog.udi_hibc_case_mended")
    codes = [_unframed(code) for code in _BETWEEN.split(draft.raw)]
    primaries = [code for code in codes if code[1:2].isalpha()]
    secondaries = [code for code in codes if not code[1:2].isalpha()]
    if not primaries:
        draft.refuse("catalog.udi_hibc_secondary_alone")
        return
    if len(primaries) > 1 or len(secondaries) > 1:
        draft.refuse("catalog.udi_hibc_form", text=draft.raw)
        return
    segments = _read_primary(draft, primaries[0])
    if segments is not None and secondaries:
        segments += _read_secondary(draft, secondaries[0], link=primaries[0][-1])
    _take_segments(draft, segments or [], today)


def _unframed(code: str) -> str:
    """Without the asterisks printed around Code 39, and with the space printed as an underscore."""
    if code.startswith("*") and code.endswith("*"):
        code = code[1:-1]
    return code[:-1] + code[-1:].replace("_", " ")


def _read_primary(draft: scan.Draft, code: str) -> list[str] | None:
    """Take the device identifier; the secondary segments joined to it."""
    body = code[:-1]
    head, *segments = body.split("/")
    match = _PRIMARY.fullmatch(head)
    if match is None:
        draft.refuse("catalog.udi_hibc_form", text=code)
        return None
    if not _check_holds(draft, code):
        return None
    draft.di, draft.package_level = match[1], int(match[2])
    draft.elements.append(("+", match[1]))
    return segments


def _read_secondary(draft: scan.Draft, code: str, *, link: str) -> list[str]:
    if len(code) < 4:
        draft.refuse("catalog.udi_hibc_form", text=code)
        return []
    if not _check_holds(draft, code):
        return []
    if code[-2] != link:
        draft.refuse("catalog.udi_hibc_link", expected=link, found=code[-2])
        return []
    return code[1:-2].split("/")


def _check_holds(draft: scan.Draft, code: str) -> bool:
    expected = checks.hibc_character(code[:-1])
    if expected is None:
        draft.refuse("catalog.udi_hibc_form", text=code)
    elif expected != code[-1]:
        draft.refuse("catalog.udi_hibc_check", expected=expected, found=code[-1])
    return expected == code[-1]


def _take_segments(draft: scan.Draft, segments: list[str], today: dt.date) -> None:
    expiry_month_only = False
    for place, segment in enumerate(segments):
        supplement = _SUPPLEMENT.fullmatch(segment)
        if supplement is not None:
            identifier, value = supplement[1] or supplement[3], supplement[2] or supplement[4] or ""
            draft.elements.append((identifier, value))
            _take_supplement(draft, identifier, value, expiry_month_only)
        elif place == 0 and (segment.startswith("$") or _JULIAN.match(segment)):
            expiry_month_only = _take_secondary(draft, segment, today)
        else:
            draft.elements.append(("", segment))
            draft.warn("catalog.udi_hibc_segment_unknown", text=segment)


def _take_supplement(draft: scan.Draft, identifier: str, value: str, expiry_month_only: bool) -> None:
    if identifier == "S":
        _set_serial(draft, value)
        return
    if identifier == "Q":
        if value.isdigit():
            _set_count(draft, int(value))
        else:
            draft.refuse("catalog.udi_element_form", ai="Q", value=value, form="N1..5")
        return
    day = _yyyymmdd(value)
    if day is None:
        draft.refuse("catalog.udi_date", ai=identifier, value=value)
    elif identifier == "16D":
        draft.produced_on = day
    elif draft.last_usable_on in (None, day) or (
        expiry_month_only and draft.last_usable_on == checks.last_of_month(day.year, day.month)
    ):
        draft.last_usable_on = day
    else:
        first = draft.last_usable_on.isoformat() if draft.last_usable_on else ""
        draft.refuse("catalog.udi_duplicate", ai="14D", first=first, second=day.isoformat())


def _take_secondary(draft: scan.Draft, segment: str, today: dt.date) -> bool:
    """The segment of quantity, date and lot or serial; whether its date states a month alone."""
    flag = next(prefix for prefix in ("$$+", "$$", "$+", "$", "") if segment.startswith(prefix))
    rest = segment[len(flag) :]
    draft.elements.append((flag, rest))
    month_only = False
    if flag.startswith("$$"):
        taken = _take_quantity_and_date(draft, rest, today)
        if taken is None:
            return False
        rest, month_only = taken
    elif flag == "":
        draft.last_usable_on = _day("YYJJJ", rest[:5], today)
        if draft.last_usable_on is None:
            draft.refuse("catalog.udi_date", ai="YYJJJ", value=rest[:5])
        rest = rest[5:]
    if rest and flag.endswith("+"):
        _set_serial(draft, rest)
    elif rest:
        draft.lot = rest
    return month_only


def _take_quantity_and_date(draft: scan.Draft, text: str, today: dt.date) -> tuple[str, bool] | None:
    digits = {"8": 2, "9": 5}.get(text[:1])
    if digits is not None:
        quantity, text = text[1 : 1 + digits], text[1 + digits :]
        if len(quantity) != digits or not quantity.isdigit():
            draft.refuse("catalog.udi_element_form", ai="$$", value=quantity, form=f"N{digits}")
            return None
        _set_count(draft, int(quantity))
    layout = _LAYOUTS.get(text[:1])
    if layout is None:
        draft.refuse("catalog.udi_hibc_date_flag", found=text[:1])
        return None
    if layout != "MMYY":
        text = text[1:]
    stated, rest = text[: len(layout)], text[len(layout) :]
    if layout:
        draft.last_usable_on = _day(layout, stated, today)
        if draft.last_usable_on is None:
            draft.refuse("catalog.udi_date", ai=layout, value=stated)
    return rest, layout == "MMYY"


def _day(layout: str, text: str, today: dt.date) -> dt.date | None:
    if len(text) != len(layout) or not (text.isascii() and text.isdigit()):
        return None

    def part(code: str) -> int:
        start = layout.index(code)
        return int(text[start : start + len(code)])

    if "HH" in layout and part("HH") > 23:
        return None
    year = checks.full_year(part("YY"), today)
    try:
        if "JJJ" in layout:
            day = dt.date(year, 1, 1) + dt.timedelta(days=part("JJJ") - 1)
            return day if day.year == year else None
        if "DD" in layout:
            return dt.date(year, part("MM"), part("DD"))
        return checks.last_of_month(year, part("MM")) if 1 <= part("MM") <= 12 else None
    except ValueError:
        return None


def _yyyymmdd(text: str) -> dt.date | None:
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _set_serial(draft: scan.Draft, value: str) -> None:
    if draft.serial not in (None, value):
        draft.refuse("catalog.udi_duplicate", ai="S", first=draft.serial, second=value)
    draft.serial = draft.serial or value


def _set_count(draft: scan.Draft, value: int) -> None:
    if draft.count not in (None, value):
        draft.refuse("catalog.udi_duplicate", ai="Q", first=draft.count, second=value)
    draft.count = value
