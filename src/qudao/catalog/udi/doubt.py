"""When a text field at the end of a GS1 string may hide a lost separator.

A field of variable length that ends with the string is in doubt when some proper tail of it reads, to its
last character, as further elements a device label may carry and does not carry already: 01 or 02 with a
good check digit, a date element with a day that exists, a lot (10) or a serial (21). A field closed by
GS is never in doubt: its writer and its scanner both know separators.
"""

from collections.abc import Set

from . import checks, scan

# What a label puts beside its device identifier. Wider sets (30, 240, 250, 9x) would doubt every lot
# that begins with a year or counts in thirties, and no field of the reading depends on them.
_GTIN = frozenset({"01", "02"})
_DATE = frozenset({"11", "12", "13", "15", "16", "17"})
_TEXT = frozenset({"10", "21"})
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def absent(label: scan.Label) -> frozenset[str]:
    """The AIs the register says this label does not carry."""
    carried = {"10": label.lot, "11": label.produced_on, "17": label.last_usable_on, "21": label.serial}
    return frozenset(ai for ai, known in carried.items() if known is False)


def other_reading(value: str, *, taken: Set[str]) -> str | None:
    """Another reading of an open-ended field as `head(AI)value…`, or None when there is only one.

    `taken` are the AIs the string carries besides, and those its label is known not to carry.
    """
    for cut in range(1, len(value)):
        tail = _elements(value[cut:], taken)
        if tail is not None:
            return value[:cut] + tail
    return None


def _elements(text: str, taken: Set[str]) -> str | None:
    ai, rest = text[:2], text[2:]
    if ai in taken or not rest:
        return None
    if ai in _TEXT:
        return f"({ai}){rest}"
    if ai in _GTIN:
        body, rest = rest[:14], rest[14:]
        good = len(body) == 14 and _digits(body) and checks.gs1_digit(body[:-1]) == body[-1]
    elif ai in _DATE:
        body, rest = rest[:6], rest[6:]
        good = len(body) == 6 and _digits(body) and _is_day(body)
    else:
        return None
    if not good or not rest:
        return f"({ai}){body}" if good else None
    further = _elements(rest, taken | {ai})
    return further and f"({ai}){body}{further}"


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _is_day(text: str) -> bool:
    month, day = int(text[2:4]), int(text[4:])
    return 1 <= month <= 12 and day <= _DAYS[month - 1]
