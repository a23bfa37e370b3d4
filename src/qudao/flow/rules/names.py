"""Names of hospitals and products in the form in which they are compared.

A name is more than its letters: an ordinal (第一, 二院), an affiliation (附属) or a campus (院区) makes it
another body, however alike the rest is. `features` takes these out; `names_conflict` says whether two names
can stand for one body at all, `names_agree` whether nothing in them speaks against it.
"""

import dataclasses
import functools
import re
import unicodedata

_SUFFIXES = ("股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "总公司", "公司")
_NUMBER = re.compile(r"[0-9]+|[〇零一二两三四五六七八九十百]+")
_DIGITS = {mark: value for value, mark in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_BODY = "医院"
_CAMPUS = re.compile(r".*(院区|分院|总院|分部|本部|院部|[东南西北新老]院|[东南西北新老]区)$")
_AFFILIATED = "附属"
# The same hospitals are compared with every file.
_REMEMBERED = 100_000


@dataclasses.dataclass(frozen=True, slots=True)
class Features:
    """What sets a name apart: its numbers in order, whether it is affiliated, its campus ('' for none)."""

    numbers: tuple[int, ...]
    affiliated: bool
    campus: str


@functools.lru_cache(_REMEMBERED)
def name_key(text: str) -> str:
    """The name in full: width, case, blanks, brackets and marks do not count, nor does a company suffix.

    What stands in brackets stays (a campus often does): `浙江省第二人民医院（滨江院区）` is
    `浙江省第二人民医院滨江院区`.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
    suffix = next((one for one in _SUFFIXES if plain.endswith(one) and plain != one), "")
    return plain.removesuffix(suffix)


@functools.lru_cache(_REMEMBERED)
def features(key: str) -> Features:
    """The features of a name key."""
    _body, found, rest = key.rpartition(_BODY)
    campus = rest if found and _CAMPUS.fullmatch(rest) else ""
    counted = key.removesuffix(campus) if campus else key
    return Features(
        numbers=tuple(_value(text) for text in _NUMBER.findall(counted)),
        affiliated=_AFFILIATED in key,
        campus=campus,
    )


def names_conflict(one: Features, other: Features) -> bool:
    """Whether the two names say different things: other numbers, or other campuses.

    A number or campus that only one of them names is no conflict; it is for a person to decide.
    """
    return bool(one.numbers and other.numbers and one.numbers != other.numbers) or bool(
        one.campus and other.campus and one.campus != other.campus
    )


def names_agree(one: Features, other: Features) -> bool:
    """Whether numbers, affiliation and campus are all the same."""
    return one == other


def abbreviates(key: str, name: str) -> bool:
    """Whether every character of a key, two at least, stands in the name in the same order."""
    rest = iter(name)
    return len(key) > 1 and all(mark in rest for mark in key)


def _value(text: str) -> int:
    """1 for 一 and for 1, 12 for 十二, 105 for 一百零五."""
    if text.isascii():
        return int(text)
    total, digit = 0, None
    for mark in text:
        if mark in _DIGITS:
            # Digits in a row are read one by one: 三〇一 is 301.
            digit = _DIGITS[mark] if digit is None or digit == 0 else digit * 10 + _DIGITS[mark]
        else:
            total += (1 if digit is None else digit) * (10 if mark == "十" else 100)
            digit = None
    return total + (digit or 0)
