"""Find the header row and say which column is which."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import rapidfuzz

from qudao.kernel import errors

if TYPE_CHECKING:
    from qudao.kernel.tabular import sheets

SEARCHED_ROWS = 10
VERDICT_HEADER = "校验结果 Verdict"
_NOISE = re.compile(r"[\s_()\[\]{}<>《》【】〔〕「」*#:;,.、。/\\|'\"\-]+")
_CLOSE_ENOUGH = 50
# Stands in a text where there is nothing to name, in any language.
NOTHING = "—"


def fold(header: Any) -> str:
    """The form in which headers are compared: width, case, spaces, brackets and marks do not count."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", str(header))).casefold()


@dataclasses.dataclass(frozen=True, slots=True)
class Header:
    """`index` is the header's row from 0; `positions` column name → cell index in it."""

    index: int
    texts: tuple[str, ...]
    positions: dict[str, int]
    twice: dict[str, list[str]]

    def reasons(self, sheet: sheets.Sheet) -> list[errors.Reason]:
        """Refusals for a header that cannot be used, a warning for columns that will be left aside."""
        line = self.index + 1
        found = [
            errors.Reason("kernel.tabular.header_twice", line, {"column": name, "headers": ", ".join(texts)})
            for name, texts in self.twice.items()
        ]
        absent = [column for column in sheet.columns if column.name not in self.positions]
        missing = [column for column in absent if column.required]
        used = set(self.positions.values())
        unknown = [
            text
            for i, text in enumerate(self.texts)
            if i not in used and text and fold(text) != fold(VERDICT_HEADER) and not self._repeats(text)
        ]
        if missing or not self.positions:
            params = {
                "missing": ", ".join(column.header for column in missing or absent),
                "unknown": ", ".join(unknown) or NOTHING,
                "suggestions": suggestions(missing or absent, unknown),
            }
            found.append(errors.Reason("kernel.tabular.header_missing", line, params))
        elif unknown:
            params = {"unknown": ", ".join(unknown) or NOTHING, "suggestions": suggestions(absent, unknown)}
            found.append(errors.Reason("kernel.tabular.columns_ignored", line, params, severity="warn"))
        return found

    def _repeats(self, text: str) -> bool:
        return any(text in texts for texts in self.twice.values())


def suggestions(absent: Sequence[sheets.Column], unknown: Sequence[str]) -> str:
    """`found → expected` for each absent column one of the unknown headers resembles; a dash if none."""
    pairs = []
    for column in absent:
        aliases = [fold(header) for header in column.headers]
        scored = [
            (max(rapidfuzz.fuzz.ratio(fold(text), alias) for alias in aliases), text) for text in unknown
        ]
        best = max(scored, default=(0, ""), key=lambda pair: pair[0])
        if best[0] >= _CLOSE_ENOUGH:
            pairs.append(f"{best[1]} → {column.header}")
    return ", ".join(pairs) or NOTHING


def locate(records: Sequence[Sequence[Any]], sheet: sheets.Sheet) -> Header:
    """The row among the first ten that recognises most columns; with none, the fullest row.

    Titles and notes above the header are common, so the header need not be the first row.
    """
    candidates = [_header(i, record, sheet) for i, record in enumerate(records[:SEARCHED_ROWS])]
    if not candidates:
        return Header(0, (), {}, {})
    return max(
        candidates, key=lambda found: (len(found.positions), sum(map(bool, found.texts)), -found.index)
    )


def _header(index: int, record: Sequence[Any], sheet: sheets.Sheet) -> Header:
    texts = tuple(" ".join(str(cell).split()) for cell in record)
    positions: dict[str, int] = {}
    twice: dict[str, list[str]] = {}
    for i, text in enumerate(texts):
        column = sheet.by_header.get(fold(text)) if text else None
        if column is None:
            continue
        if column.name in positions:
            twice.setdefault(column.name, [texts[positions[column.name]]]).append(text)
        else:
            positions[column.name] = i
    return Header(index, texts, positions, twice)
