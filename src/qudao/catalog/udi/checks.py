"""Check digits and two-digit years of the three issuers."""

import calendar
import datetime as dt
import string

HIBC_ALPHABET = string.digits + string.ascii_uppercase + "-. $/+%"
_HIBC_VALUE = {character: value for value, character in enumerate(HIBC_ALPHABET)}

_MA_VALUE: dict[str, int] = dict(zip(string.digits + string.ascii_uppercase, range(36), strict=True))
# The published table skips 43 and 44 between g and h.
_MA_VALUE |= dict(zip("abcdefg", range(36, 43), strict=True))
_MA_VALUE |= dict(zip("hijklmnopqrstuvwxyz", range(45, 64), strict=True))
_MA_VALUE |= dict(zip("-.@$,*+%/#!^~", range(64, 77), strict=True))


def gs1_digit(payload: str) -> str:
    """The modulo 10 check digit over `payload`, digits only, without the check digit.

    GS1 General Specifications 7.9: from the right the weights are 3, 1, 3, 1, …
    """
    total = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(payload)))
    return str(-total % 10)


def ma_digit(text: str) -> str | None:
    """The MA check digit over `text`; None when a character is outside its table.

    Every character becomes its decimal number; in the joined digits, from the right, the last counts
    once, the next doubled (less 9 above 9), and so on in turn.
    """
    try:
        digits = "".join(str(_MA_VALUE[character]) for character in text)
    except KeyError:
        return None
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def hibc_character(text: str) -> str | None:
    """The modulo 43 check character over `text`; None when a character is outside the alphabet."""
    try:
        return HIBC_ALPHABET[sum(_HIBC_VALUE[character] for character in text) % 43]
    except KeyError:
        return None


def full_year(two_digits: int, today: dt.date) -> int:
    """The year nearest to today: 49 years back to 50 ahead (GS1 General Specifications 7.12)."""
    century = today.year - today.year % 100
    distance = two_digits - today.year % 100
    if distance >= 51:
        century -= 100
    elif distance <= -50:
        century += 100
    return century + two_digits


def last_of_month(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def yymmdd(text: str, today: dt.date) -> tuple[dt.date, bool] | None:
    """(date, whether only the month was stated) of six digits; None when there is no such day.

    Day 00 states a month alone and means its last day.
    """
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        return None
    year, month, day = full_year(int(text[:2]), today), int(text[2:4]), int(text[4:])
    if not 1 <= month <= 12:
        return None
    if day == 0:
        return last_of_month(year, month), True
    try:
        return dt.date(year, month, day), False
    except ValueError:
        return None
