"""A telephone number as people write it: digits with +, -, spaces and brackets, an extension, several numbers."""

import re
import unicodedata

_SEPARATOR = re.compile(r"[、,;/]")
_EXTENSION = re.compile(r"\s*(转|分机|ext\.?|x|#)\s*\d{1,6}$", re.IGNORECASE)
_NUMBER = re.compile(r"\+?[\d\s()-]+")
FEWEST = 5
"""Digits a number has at least: what emergencies and service lines of carriers have."""


def readable(text: str) -> bool:
    """Whether somebody can be called by the text; none at all is no mistake."""
    written = unicodedata.normalize("NFKC", text).strip()
    return not written or all(_is_number(one) for one in _SEPARATOR.split(written))


def _is_number(text: str) -> bool:
    number = _EXTENSION.sub("", text.strip())
    digits = sum(character.isdigit() for character in number)
    return digits >= FEWEST and _NUMBER.fullmatch(number) is not None
