"""What people type and addresses say, as values: full-width digits, separators and signs of currency are no fault.

What cannot be read is None; what then becomes of it is the page's to say.
"""

import datetime as dt
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from qudao.kernel import periods

# What a Chinese keyboard gives for a point, and a word processor for a minus.
_KEYS = str.maketrans({"。": ".", "\N{MINUS SIGN}": "-"})


def plain(text: Any) -> str:
    """The text in half-width characters, without blanks around it."""
    return unicodedata.normalize("NFKC", str(text or "")).translate(_KEYS).strip()


def number(text: Any) -> Decimal | None:
    """A number below a trillion."""
    return _decimal(plain(text), most=10**12)


def amount(text: Any) -> Decimal | None:
    """An amount in whole cents, of up to 14 digits before the point."""
    found = _decimal(plain(text).replace(" ", ""), most=10**14)
    return round(found, 2) if found is not None and found == round(found, 2) else None


def whole(text: Any) -> int:
    """The id, place or version an address or a form names; 0, which no row has, for what is none."""
    return whole_or_none(text) or 0


def whole_or_none(text: Any) -> int | None:
    """A whole number from 0 to 999,999,999: never one the database could not hold."""
    digits = plain(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def day(text: Any) -> dt.date | None:
    """A day as a date field sends it: 2026-11-23."""
    try:
        found = dt.date.fromisoformat(plain(text))
    except ValueError:
        return None
    return found if periods.FIRST_DAY <= found <= periods.LAST_DAY else None


def month(text: Any) -> dt.date | None:
    """The first day of a month: 2026-11."""
    return day(f"{plain(text)}-01")


def _decimal(digits: str, *, most: int) -> Decimal | None:
    try:
        found = Decimal(digits.replace(",", "").lstrip("¥"))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < most else None
