"""GS1 element strings (GS1 General Specifications, sections 3 and 7.8).

The table of application identifiers (AI) is the one biip ships. Its reader is not used: it takes "today"
from the clock, cannot be told what a label carries, and never doubts a field whose separator may be lost.
Which fields need a separator follows the specification's table of predefined lengths.
"""

import datetime as dt
import functools
import re
from collections.abc import Iterable

import biip
from biip import gs1_application_identifiers as ai_table

from . import checks, doubt, scan

GS = "\x1d"

# How scanners and terminals spell GS when they cannot send it.
SUBSTITUTES = ("<GS>", "{GS}", "[GS]", "\\x1d", "\\u001d", "^]", "␝", "~")

# First two digits of the AI → characters of AI and value together.
_PREDEFINED = {"00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16}
_PREDEFINED |= {str(ai): 8 for ai in range(11, 20)} | {str(ai): 10 for ai in range(31, 37)}
_DATES = frozenset({"11", "12", "13", "15", "16", "17"})
# AI → those that must stand beside it, those that must not.
_NEEDS = {"02": ("00", "37"), "37": ("00", "02")}
_EXCLUDES = {"01": "02"}
_BARE_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}")
_VARIABLE = re.compile(r"N\d\+[XN]\.\.(\d+)")
_PARENTHESES = re.compile(r"\((\d{2,4})\)")

_Pairs = list[tuple[str, str]]


def is_bare_gtin(text: str) -> bool:
    """Whether the text has the shape of a GTIN of 8, 12, 13 or 14 digits without any AI."""
    return _BARE_GTIN.fullmatch(text) is not None


def mend_separators(text: str, separators: Iterable[str] = SUBSTITUTES) -> str:
    """Replace spelt separators by GS, unless a true GS shows that the scanner can send it."""
    if GS in text:
        return text
    for spelling in separators:
        text = re.sub(re.escape(spelling), GS, text, flags=re.IGNORECASE)
    return text


def has_predefined_length(ai: str) -> bool:
    return ai[:2] in _PREDEFINED


def fits(ai: str, value: str) -> bool:
    """Whether the value has the characters and length its AI allows (not its check digit or date)."""
    known = _known(ai)
    return known is not None and known.ai == ai and re.fullmatch(known.pattern, ai + value) is not None


def read(
    draft: scan.Draft, *, today: dt.date, label: scan.Label, separators: tuple[str, ...], may_be_bare: bool
) -> None:
    """Fill the draft from its raw text; `may_be_bare`: a text of digits alone may be a GTIN."""
    text = draft.raw.lstrip(GS)
    mended = mend_separators(text, separators)
    if mended != text:
        draft.warn("catalog.udi_separator_mended")
        text = mended.lstrip(GS)
    draft.raw = text
    if may_be_bare and is_bare_gtin(text):
        draft.carrier = "gs1"
        if _mod10_holds(draft, "01", text):
            _take_di(draft, text)
        return
    pairs = _from_parentheses(text) if text.startswith("(") else _from_elements(draft, text)
    if not pairs:
        if pairs is not None:
            draft.refuse("catalog.udi_unknown", text=text)
        return
    draft.carrier = "gs1"
    draft.elements.extend(pairs)
    last = pairs[-1][0]
    open_ended = not text.startswith("(") and not text.endswith(GS) and not has_predefined_length(last)
    values = _accepted(draft, pairs, today=today, label=label, open_ended=open_ended)
    _check_company(draft, {ai for ai, _ in pairs})
    _take_values(draft, values, today)


@functools.lru_cache(maxsize=4096)
def _known(head: str) -> ai_table.GS1ApplicationIdentifier | None:
    try:
        return ai_table.GS1ApplicationIdentifier.extract(head)
    except biip.ParseError:
        return None


def _from_parentheses(text: str) -> _Pairs:
    """The human-readable form. Parentheses around anything but an AI belong to the value."""
    marks = [mark for mark in _PARENTHESES.finditer(text) if (ai := _known(mark[1])) and ai.ai == mark[1]]
    if not marks or marks[0].start() != 0:
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [
        (mark[1], text[mark.end() : end].strip(" \t\r\n" + GS)) for mark, end in zip(marks, ends, strict=True)
    ]


def _from_elements(draft: scan.Draft, text: str) -> _Pairs | None:
    """The raw form; empty when it is no GS1 string at all, None when it breaks off (refused here)."""
    pairs: _Pairs = []
    rest = text
    while rest:
        ai = _known(rest[:4])
        if ai is None:
            if not pairs:
                return []
            draft.carrier = "gs1"
            draft.elements.extend(pairs)
            draft.refuse("catalog.udi_ai_unknown", text=rest[:4], position=len(text) - len(rest) + 1)
            return None
        length = _PREDEFINED.get(ai.ai[:2])
        if length is None:
            chunk, _, rest = rest.partition(GS)
        else:
            chunk, rest = rest[:length], rest[length:]
        pairs.append((ai.ai, chunk[len(ai.ai) :]))
        rest = rest.lstrip(GS)
    return pairs


def _accepted(
    draft: scan.Draft, pairs: _Pairs, *, today: dt.date, label: scan.Label, open_ended: bool
) -> dict[str, str]:
    """AI → value of the elements that read in one way only."""
    values: dict[str, str] = {}
    for place, (ai, value) in enumerate(pairs, 1):
        if not _well_formed(draft, ai, value, today):
            continue
        if values.setdefault(ai, value) != value:
            draft.refuse("catalog.udi_duplicate", ai=ai, first=values[ai], second=value)
            continue
        if place == len(pairs) and open_ended:
            other = doubt.other_reading(value, taken={known for known, _ in pairs} | doubt.absent(label))
            if other is not None:
                draft.refuse("catalog.udi_separator_missing", ai=ai, value=value, reading=f"({ai}){other}")
                del values[ai]
    return values


def _well_formed(draft: scan.Draft, ai: str, value: str, today: dt.date) -> bool:
    if ai in _DATES and checks.yymmdd(value, today) is None:
        draft.refuse("catalog.udi_date", ai=ai, value=value)
        return False
    if not fits(ai, value):
        known = _known(ai)
        form = known.format if known else ""
        limit = _VARIABLE.fullmatch(form)
        if limit and len(value) > int(limit[1]):
            draft.refuse("catalog.udi_too_long", ai=ai, value=value, limit=int(limit[1]))
        else:
            draft.refuse("catalog.udi_element_form", ai=ai, value=value, form=form)
        return False
    return not (ai in ("00", "01", "02") or ai[:2] == "41") or _mod10_holds(draft, ai, value)


def _mod10_holds(draft: scan.Draft, ai: str, value: str) -> bool:
    expected = checks.gs1_digit(value[:-1])
    if value[-1] != expected:
        draft.refuse("catalog.udi_check_digit", ai=ai, value=value, expected=expected, found=value[-1])
        return False
    return True


def _check_company(draft: scan.Draft, present: set[str]) -> None:
    """Which elements may or must stand together (General Specifications 4.14)."""
    for ai, others in _NEEDS.items():
        missing = [other for other in others if other not in present]
        if ai in present and missing:
            draft.refuse("catalog.udi_element_alone", ai=ai, needs=missing)
    for ai, other in _EXCLUDES.items():
        if ai in present and other in present:
            draft.refuse("catalog.udi_elements_exclude", first=ai, second=other)
    if not present & {"00", "01", "02"}:
        draft.refuse("catalog.udi_di_missing")


def _take_values(draft: scan.Draft, values: dict[str, str], today: dt.date) -> None:
    gtin = values.get("01") or values.get("02")
    if gtin is not None:
        _take_di(draft, gtin)
    draft.lot, draft.serial = values.get("10"), values.get("21")
    count = values.get("37") or values.get("30")
    draft.count = int(count) if count else None
    for ai in sorted(_DATES & values.keys()):
        found = checks.yymmdd(values[ai], today)
        if found is None:
            continue
        day, month_only = found
        if month_only:
            draft.warn("catalog.udi_day_unstated", ai=ai, value=values[ai], read_as=day.isoformat())
        if ai == "11":
            draft.produced_on, draft.produced_month_only = day, month_only
        elif ai == "17":
            draft.last_usable_on = day


def _take_di(draft: scan.Draft, gtin: str) -> None:
    draft.di = gtin.zfill(14)
    draft.package_level = int(draft.di[0])
