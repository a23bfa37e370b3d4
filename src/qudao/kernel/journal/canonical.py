"""One byte sequence per value: JSON as RFC 8785 (JCS) orders and escapes it, without floats.

Without floats the standard's encoder writes RFC 8785 but for the order of keys, which `plain` gives; the
tests hold the result against the `rfc8785` package.
"""

import datetime
import decimal
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Mapping
from typing import Any

_EXACT = 2**53
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def canonical(value: Any) -> bytes:
    """The RFC 8785 bytes of `value`, after `plain`.

    Raises TypeError for a type the journal does not know and ValueError for a number or a text that
    JSON cannot carry exactly (integers beyond 2**53 - 1, NaN, lone surrogates).
    """
    return _encode(plain(value)).encode()


def digest(data: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(data).digest()


def commitment(value: Any, salt: bytes) -> str:
    """A hexadecimal HMAC-SHA-256 that stands for personal data in the journal.

    `salt` (at least 16 random bytes) is kept beside the data, outside the journal; once both are erased,
    nothing in the journal leads back to the value.
    """
    if len(salt) < 16:
        raise ValueError("a commitment needs at least 16 bytes of salt")
    return hmac.new(salt, canonical(value), hashlib.sha256).hexdigest()


def plain(value: Any) -> Any:
    """`value` as text, whole numbers, booleans, None, lists and dicts with text keys.

    Keys come in the order of RFC 8785 §3.2.3; Decimals, dates and UUIDs become text in one spelling each.
    A float is refused: it has already lost what the journal is to prove.
    """
    write = _PLAIN.get(type(value))
    if write is not None:
        return write(value)
    for kind, write in _PLAIN.items():
        if isinstance(value, kind):
            return write(value)
    raise TypeError(f"the journal does not record {type(value).__name__}")


def instant(value: datetime.datetime) -> str:
    """UTC with microseconds and Z, so that text order is time order. Naive times are refused."""
    if value.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    utc = value.astimezone(datetime.UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def _decimal(value: decimal.Decimal) -> str:
    if not value.is_finite():
        raise ValueError(f"{value} is not a finite number")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _integer(value: int) -> int:
    if not -_EXACT < value < _EXACT:
        raise ValueError(f"{value} is beyond what JSON carries exactly")
    return int(value)


def _ordered(mapping: Mapping[str, Any]) -> list[str]:
    """Keys by their UTF-16 units; for ASCII, which is nearly always, the order of the text itself."""
    for key in mapping:
        if type(key) is not str:
            raise TypeError(f"a key is text, not {type(key).__name__}")
    if all(map(str.isascii, mapping)):
        return sorted(mapping)
    return sorted(mapping, key=lambda key: key.encode("utf-16-be"))


def _same(value: Any) -> Any:
    return value


def _list(value: list | tuple) -> list:
    return [(_PLAIN.get(type(item)) or plain)(item) for item in value]


def _dict(value: Mapping) -> dict:
    return {key: (_PLAIN.get(type(value[key])) or plain)(value[key]) for key in _ordered(value)}


# By exact type, for a thousand values a document pass here; in an order that also serves subclasses: bool is
# an int, a datetime a date.
_PLAIN: dict[type, Callable[[Any], Any]] = {
    type(None): _same,
    bool: _same,
    str: str.__str__,
    int: _integer,
    decimal.Decimal: _decimal,
    list: _list,
    tuple: _list,
    dict: _dict,
    Mapping: _dict,
    datetime.datetime: instant,
    datetime.date: datetime.date.isoformat,
    uuid.UUID: str,
}
