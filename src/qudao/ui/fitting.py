"""A table on a phone: whether its columns all fit, then it stays one, for its rows would take more room as cards; and how
figures stand on a card.

Browsers know the width of every letter, we do not: letters are counted at the width of the widest usual ones, so that
a table that is said to fit does.
"""

import re
from collections.abc import Sequence
from typing import Any

from django.utils.html import strip_tags

# Pixels of a phone's 360 that a table has between the edges of page and card; what stands beside each text.
PHONE, BESIDE = 310, 16
WIDE, NARROW = 13, 7.6
"""Pixels of a Chinese letter, and of any other."""
TAG, BAR, SORTS, LINES = 16, 118, 18, 2
ABREAST = 3
"""Figures on a line of a card."""
_WORDS = re.compile(r"[^\s\u2e80-\uffef]+")


def fits(
    heads: Sequence[dict[str, Any]],
    rows: Sequence[Sequence[dict[str, Any]]],
    foot: Sequence[dict[str, Any]],
) -> bool:
    """Of heads, cells and sums as `tables.shown` prints them: whether all columns stand side by side on a phone."""
    sums = [cell["text"] for cell in foot[1:]]
    sums = [""] * (len(heads) - len(sums)) + sums
    room = PHONE
    for at, head in enumerate(heads):
        room -= _column(head, [row[at] for row in rows], sums[at], first=at == 0)
        if room < 0:
            return False
    return bool(rows)


def _column(head: dict[str, Any], cells: Sequence[dict[str, Any]], total: Any, *, first: bool) -> float:
    # Chinese heads stay on a line, others break between words.
    words = max((_width(word) for word in str(head["label"]).split()), default=0)
    needed = [words + (SORTS if head["url"] else 0), _width(str(total))]
    return BESIDE + max(*needed, *(_cell(cell, first) for cell in cells))


def _cell(cell: dict[str, Any], first: bool) -> float:
    """What a cell needs at least: sentences and names may take a second line, all else stands on one."""
    if cell["kind"] == "bar":
        return BAR
    under = str(cell["sub"] or "")
    if cell["kind"] in ("status", "tag"):
        return max(sum(_width(word) + TAG for word in cell["said"]), _least(under))
    text = strip_tags(str(cell["text"]))
    tags = str(cell["text"]).count("q-tag") * TAG
    breaks = (first or cell["unbroken"]) and not cell["numeric"] and not tags
    return max(_least(text) if breaks else _width(text) + tags, _least(under))


def _least(text: str) -> float:
    return max(_width(text) / LINES, *(_width(word) for word in _WORDS.findall(text)), 0)


def _width(text: str) -> float:
    return sum(WIDE if letter >= "\u2e80" else NARROW for letter in text)


def _beside_state(cells: Sequence[dict[str, Any]], shown: Sequence[dict[str, Any]]) -> int:
    """How many stand on a card's first line that a state begins: the styles put it among figures as one of three."""
    if not shown or shown[0] is not cells[0] or cells[0].get("kind") not in ("status", "tag"):
        return 0
    numeric = [one["classes"].startswith("num") for one in cells]
    if numeric[1:2] == [True]:
        return 1 + sum(one["classes"].startswith("num") for one in shown[1:ABREAST])
    return ABREAST if numeric[1:] == [False, True] else 0


def halve(cells: Sequence[dict[str, Any]]) -> None:
    """Figures stand three abreast on a card only where three begin a line; others stand below one another in halves,
    as words do."""
    shown = [cell for cell in cells if "q-blank" not in cell["classes"]]
    at = _beside_state(cells, shown)
    left = at != 1
    while at < len(shown):
        three = shown[at : at + ABREAST]
        if left and len(three) == ABREAST and all(one["classes"].startswith("num") for one in three):
            at += ABREAST
            continue
        if three[0]["classes"].startswith("num"):
            three[0]["classes"] += " half"
        at, left = at + 1, not left
