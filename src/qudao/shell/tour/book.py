"""What the tour tells: sections of facts, tables, sums, refusals and checks, for people and as data."""

import dataclasses
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils import translation

from qudao.kernel import errors, messages

WIDTH = 96
INDENT = "   "
# What closes a phrase does not begin a line.
_STAYS = "，。；：、）”"


class WrongFigure(Exception):
    """A figure is not what the inputs give; ends the tour."""


@dataclasses.dataclass(frozen=True, slots=True)
class Check:
    name: str
    expected: str
    actual: str

    @property
    def ok(self) -> bool:
        return self.expected == self.actual

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "expected": self.expected, "actual": self.actual, "ok": self.ok}


@dataclasses.dataclass(slots=True)
class Section:
    title: str
    facts: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    checks: list[Check] = dataclasses.field(default_factory=list)


class Book:
    """Collects the sections; `show` gets each line for people as soon as it is written."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self.sections: list[Section] = []
        self._show = show

    @property
    def checks(self) -> list[Check]:
        return [check for section in self.sections for check in section.checks]

    def as_json(self) -> dict[str, Any]:
        return {
            "sections": [
                {"title": one.title, "facts": one.facts, "checks": [check.as_json() for check in one.checks]}
                for one in self.sections
            ],
            "checks": [check.as_json() for check in self.checks],
        }

    def section(self, title: str) -> None:
        """Begin a section; they are numbered from 1."""
        self.sections.append(Section(title))
        head = f"{len(self.sections)}  {title}"
        self._show("")
        self._show(head)
        self._show("═" * WIDTH)

    def say(self, text: str) -> None:
        """A sentence or two."""
        self._keep(text=text)
        for line in wrapped(text, WIDTH - len(INDENT)):
            self._show(INDENT + line)

    def fact(self, name: str, value: Any) -> None:
        """A named figure or text."""
        self._keep(name=name, value=shown(value))
        first, *more = wrapped(shown(value), WIDTH - 32)
        self._show(f"{INDENT}{pad(name, 28)} {first}")
        for line in more:
            self._show(f"{INDENT}{'':28} {line}")

    def sum(self, text: str) -> None:
        """How a figure comes about, to be followed by hand."""
        self._keep(sum=text)
        for line in wrapped(text, WIDTH - 6):
            self._show(f"{INDENT}   {line}")

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[Any]], right: Iterable[int] = ()) -> None:
        """Columns as wide as their widest cell; those numbered in `right` are aligned to the right."""
        texts = [[shown(cell) for cell in row] for row in rows]
        self._keep(heads=list(heads), rows=texts)
        widths = [max(map(width, column)) for column in zip(heads, *texts, strict=True)]
        self._show(INDENT + _row(heads, widths, set(right)))
        self._show(INDENT + "─" * min(sum(widths) + 2 * (len(widths) - 1), WIDTH - len(INDENT)))
        for row in texts:
            self._show(INDENT + _row(row, widths, set(right)))

    def refusal(self, what: str, refusal: errors.Refused) -> None:
        """What was tried, and what the user is told, in both languages."""
        self.reasons(what, refusal.reasons, refusal.status)

    def reasons(self, what: str, reasons: Sequence[errors.Reason], status: int = 422) -> None:
        """The same for reasons that were only said."""
        told = {language: _told(reasons, language) for language in ("zh-hans", "en")}
        self._keep(tried=what, status=status, codes=[one.code for one in reasons], told=told)
        self._show(f"{INDENT}✗ {what}")
        for line in (line for texts in told.values() for text in texts for line in wrapped(text, WIDTH - 7)):
            self._show(f"{INDENT}    {line}")

    def check(self, name: str, expected: Any, actual: Any) -> None:
        """Note a figure beside what it must be; raises WrongFigure when they differ."""
        found = Check(name, shown(expected), shown(actual))
        self.sections[-1].checks.append(found)
        if not found.ok:
            self._show(f"{INDENT}✗ {name}: expected {found.expected}, found {found.actual}")
            raise WrongFigure(f"{name}: expected {found.expected}, found {found.actual}")
        first, *more = wrapped(found.actual, WIDTH - 54)
        self._show(f"{INDENT}✓ {pad(name, 48)} {first}")
        for line in more:
            self._show(f"{INDENT}  {'':48} {line}")

    def _keep(self, **fact: Any) -> None:
        self.sections[-1].facts.append(fact)


def shown(value: Any) -> str:
    """A value as the tour prints and compares it: money with its cents, quantities without zeros."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if value.as_tuple().exponent == -2 else f"{value.normalize():,f}"
    if isinstance(value, list | tuple | set | frozenset):
        parts = map(shown, sorted(value) if isinstance(value, set | frozenset) else value)
        return ", ".join(parts)
    return str(value)


def width(text: str) -> int:
    """Columns in a terminal: East Asian wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def pad(text: str, columns: int, *, right: bool = False) -> str:
    space = " " * max(0, columns - width(text))
    return space + text if right else text + space


def wrapped(text: str, columns: int) -> list[str]:
    """Lines of at most so many columns, broken at blanks, or anywhere in Chinese."""
    lines: list[str] = [""]
    for word in _words(text):
        if lines[-1] and width(lines[-1] + word.rstrip()) > columns and word not in _STAYS:
            lines.append("")
        lines[-1] += word
    return [line.rstrip() for line in lines]


def _words(text: str) -> Iterable[str]:
    word = ""
    for letter in textwrap.dedent(text):
        word += letter
        if letter == " " or width(letter) == 2:
            yield word
            word = ""
    if word:
        yield word


def _row(cells: Sequence[str], widths: Sequence[int], right: set[int]) -> str:
    padded = (
        pad(cell, columns, right=at in right)
        for at, (cell, columns) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(padded).rstrip()


def _told(reasons: Sequence[errors.Reason], language: str) -> list[str]:
    with translation.override(language):
        rendered = [messages.render(one) for one in reasons]
    stop, space = (".", " ") if language == "en" else ("。", "")
    return [space.join(filter(None, (one.title + stop, one.why, one.mend))) for one in rendered]
