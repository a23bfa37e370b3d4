"""Judge one cell: what the file holds → the value meant, or the reasons it cannot be known.

Nothing is guessed. Where a spreadsheet may have lost or turned something (leading zeros, digits beyond
the fifteenth, day and month), the cell is refused and the reason says how to mend it.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import rapidfuzz

from qudao.kernel import errors, periods
from qudao.kernel.tabular import headers, sheets

# The point and ten digits after it.
_MOST_PLACES = 11
# Excel keeps fifteen significant digits.
EXACT = 10**15
ERROR_TEXTS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
ERROR_CELL = "#N/A"

_BLANKS = " \t\r\n\v\f\xa0\u3000"
# Zero-width marks, and the two code points no XML file may hold.
_INVISIBLE = dict.fromkeys([0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF])
_CONTROLS = dict.fromkeys(code for code in range(32) if code not in (0x09, 0x0A, 0x1D))
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]{2,}", re.IGNORECASE)
_NUMBER = re.compile(r"([+-]?)¥?([+-]?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(\.[0-9]+)?")
_TIME = re.compile(r"[ T]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?$")
_YEAR_FIRST = re.compile(
    r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日?"
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{2}|[0-9]{4})")
_TRUE = frozenset({"是", "y", "yes", "true", "1", "√", "✓", "✔"})
_FALSE = frozenset({"否", "n", "no", "false", "0", "×", "✗", "✘"})


class _Bad(Exception):
    """The cell is refused: a code without its `kernel.tabular.` and the values it speaks of."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def judge(raw: Any, column: sheets.Column, *, line: int, today: dt.date) -> sheets.CellVerdict:
    """The verdict on a cell of row `line`. An empty cell is None, and refused where required."""
    try:
        if is_empty(raw):
            if column.required:
                raise _Bad("cell_missing")
            return sheets.CellVerdict(raw)
        if isinstance(raw, str) and raw.strip(_BLANKS).upper() in ERROR_TEXTS:
            raise _Bad("cell_error")
        return sheets.CellVerdict(raw, _value(raw, column, today))
    except _Bad as bad:
        params: Mapping[str, Any] = {"column": column.header, "value": shown(raw), **bad.params}
        return sheets.CellVerdict(raw, None, (errors.Reason(f"kernel.tabular.{bad.code}", line, params),))


def is_empty(raw: Any) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.translate(_INVISIBLE).strip(_BLANKS))


def shown(raw: Any) -> str:
    """The raw cell as a person would see it, cut to a readable length."""
    text = f"{raw:.15g}" if isinstance(raw, float) else str(raw).strip(_BLANKS)
    return text if len(text) <= 60 else text[:59] + "…"


def clean(text: str) -> str:
    """Text without surrounding blanks, invisible marks and control characters.

    A barcode's group separator (0x1D) stays: it carries meaning and str.strip() would eat it.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_INVISIBLE).translate(_CONTROLS).strip(_BLANKS)


def _narrow(raw: Any) -> str:
    return unicodedata.normalize("NFKC", clean(str(raw))).replace("−", "-").strip(_BLANKS)


def _value(raw: Any, column: sheets.Column, today: dt.date) -> Any:
    match column.kind:
        case "text":
            return _text(raw, column)
        case "code":
            return _code(raw, column)
        case "decimal":
            return _decimal(raw, column)
        case "integer":
            number = _number(raw)
            if number != number.to_integral_value():
                raise _Bad("not_whole")
            return int(number)
        case "date":
            return _date(raw, column, today)
        case "boolean":
            return _boolean(raw)
        case "choice":
            return _choice(raw, column)


def _text(raw: Any, column: sheets.Column) -> str:
    if isinstance(raw, dt.date | dt.time | dt.timedelta):
        raise _Bad("code_as_date")
    text = format(Decimal(f"{raw:.15g}"), "f") if isinstance(raw, float) else clean(str(raw))
    return _fitting(text, column)


def _code(raw: Any, column: sheets.Column) -> str:
    if isinstance(raw, dt.date | dt.time | dt.timedelta):
        raise _Bad("code_as_date")
    if isinstance(raw, int | float):
        if abs(raw) >= EXACT:
            raise _Bad("code_in_scientific_notation")
        if isinstance(raw, bool) or raw < 0 or raw != int(raw) or not column.numeric_ok:
            raise _Bad("code_as_number")
        text = str(int(raw))
    else:
        text = _narrow(raw)
        if _SCIENTIFIC.fullmatch(text):
            raise _Bad("code_in_scientific_notation")
    if text.isascii() and text.isdigit() and not column.matches(text) and (padded := _padded(text, column)):
        raise _Bad("leading_zero_lost", suggested=padded)
    return _fitting(text, column)


def _padded(text: str, column: sheets.Column) -> str | None:
    lengths = range(len(text) + 1, min(column.max_length, 20) + 1)
    return next((text.zfill(n) for n in lengths if column.matches(text.zfill(n))), None)


def _fitting(text: str, column: sheets.Column) -> str:
    if len(text) > column.max_length:
        raise _Bad("too_long", limit=column.max_length, length=len(text))
    if not column.matches(text):
        raise _Bad("pattern", example=column.example or headers.NOTHING)
    return text


def _number(raw: Any) -> Decimal:
    if isinstance(raw, bool | dt.date | dt.time | dt.timedelta):
        raise _Bad("not_a_number")
    if isinstance(raw, float):
        # What Excel shows: 0.1 + 0.2 is 0.3.
        number = Decimal(f"{raw:.15g}")
    elif isinstance(raw, int):
        number = Decimal(raw)
    else:
        found = _NUMBER.fullmatch(_narrow(raw).replace(" ", ""))
        if found is None or (found[1] and found[2]):
            raise _Bad("not_a_number")
        fraction = (found[4] or "").rstrip("0")
        if len(fraction) > _MOST_PLACES:
            raise _Bad("too_many_places", places=_MOST_PLACES - 1)
        number = Decimal(found[1] + found[2] + found[3].replace(",", "") + fraction)
    if not number.is_finite() or abs(number) >= EXACT:
        raise _Bad("number_too_large")
    return number


def _decimal(raw: Any, column: sheets.Column) -> Decimal:
    text = _narrow(raw) if isinstance(raw, str) else ""
    if text.endswith("%"):
        if not column.percent:
            raise _Bad("percent_not_expected")
        number = _number(text[:-1]).scaleb(-2)
    else:
        number = _number(raw)
        if column.percent and abs(number) > 1:
            raise _Bad(
                "rate_without_percent", percent=f"{number.normalize():f}%", fraction=f"{number.scaleb(-2):f}"
            )
    if len(f"{number:f}".partition(".")[2].rstrip("0")) > column.places:
        raise _Bad("too_many_places", places=column.places)
    return number


def _date(raw: Any, column: sheets.Column, today: dt.date) -> dt.date:
    if isinstance(raw, dt.datetime):
        day = raw.date()
    elif isinstance(raw, dt.date):
        day = raw
    elif isinstance(raw, bool | dt.time | dt.timedelta):
        raise _Bad("not_a_date")
    else:
        day = _written_date(f"{raw:.15g}" if isinstance(raw, float) else _narrow(raw))
    earliest = periods.add_months(today, -12 * column.years_back)
    latest = periods.add_months(today, 12 * column.years_ahead)
    if not earliest <= day <= latest:
        raise _Bad(
            "date_implausible", day=day.isoformat(), earliest=earliest.isoformat(), latest=latest.isoformat()
        )
    return day


def _written_date(text: str) -> dt.date:
    text = _TIME.sub("", text)
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = (int(part) for part in found.groups() if part and part.isdigit())
        if real := _day(year, month, day):
            return real
        if turned := _day(year, day, month):
            raise _Bad("date_flipped", suggested=turned.isoformat())
        raise _Bad("not_a_date")
    if found := _YEAR_LAST.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        if year < 100:
            raise _Bad("date_short_year")
        readings = [_day(year, second, first), _day(year, first, second)]
        options = sorted({real.isoformat() for real in readings if real})
        if len(options) == 2:
            raise _Bad("date_ambiguous", readings=", ".join(options))
        if options:
            raise _Bad("date_flipped", suggested=options[0])
        raise _Bad("not_a_date")
    if re.fullmatch(r"[0-9]{1,7}(\.[0-9]+)?", text):
        raise _Bad("date_as_number", suggested=_serial(float(text)))
    raise _Bad("not_a_date")


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _serial(number: float) -> str:
    """The day Excel would show for this number in its usual (1900) calendar."""
    if not 61 <= number < 2_958_466:
        return headers.NOTHING
    return (dt.date(1899, 12, 30) + dt.timedelta(days=int(number))).isoformat()


def _boolean(raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    text = (f"{raw:.15g}" if isinstance(raw, float) else _narrow(raw)).casefold()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise _Bad("not_a_boolean")


def _choice(raw: Any, column: sheets.Column) -> str:
    text = (f"{raw:.15g}" if isinstance(raw, float) else _narrow(raw)).casefold()
    labels = {
        _narrow(label).casefold(): (value, labels[0] if labels else value)
        for value, labels in column.choices.items()
        for label in (*labels, value)
    }
    if text in labels:
        return labels[text][0]
    closest = rapidfuzz.process.extractOne(text, labels.keys(), score_cutoff=50)
    raise _Bad(
        "not_a_choice",
        choices=", ".join(names[0] if names else value for value, names in column.choices.items()),
        closest=labels[closest[0]][1] if closest else headers.NOTHING,
    )
