"""What a table should look like, and what a reading of one found."""

import dataclasses
import functools
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from qudao.kernel import errors
from qudao.kernel.tabular import headers

Kind = Literal["text", "code", "decimal", "integer", "date", "boolean", "choice"]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `headers` are the names it goes by: the first is written, all are recognised.

    pattern      the whole of a text or code must match it
    choices      stored value → its labels, the first is written, all (and the value itself) are read
    places       decimals a decimal may have at most; more are refused, never rounded
    percent      a rate: `13%` and `0.13` are the same fraction, and a bare 13 is refused
    numeric_ok   a code that Excel holds as a whole number is taken, when no digit can have been lost
    years_back, years_ahead   how far from today a date is believed; 0 means not beyond today
    example      shown in the template and beside refusals
    """

    name: str
    headers: tuple[str, ...]
    kind: Kind = "text"
    required: bool = False
    pattern: str = ""
    max_length: int = 255
    choices: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    places: int = 2
    percent: bool = False
    numeric_ok: bool = False
    years_back: int = 60
    years_ahead: int = 30
    example: str = ""

    @property
    def header(self) -> str:
        return self.headers[0]

    def matches(self, text: str) -> bool:
        return not self.pattern or re.fullmatch(self.pattern, text) is not None


@dataclasses.dataclass(frozen=True)
class Sheet:
    """A table: its columns in writing order, and the columns (`key`) that name a row once per file."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        known: dict[str, str] = {}
        for column in self.columns:
            if not column.headers:
                raise ValueError(f"column {column.name} has no header")
            for header in (*column.headers, column.name):
                if known.setdefault(headers.fold(header), column.name) != column.name:
                    raise ValueError(f"header {header} names two columns of {self.name}")
        if len({column.name for column in self.columns}) != len(self.columns):
            raise ValueError(f"two columns of {self.name} have one name")
        if unknown := set(self.key) - {column.name for column in self.columns}:
            raise ValueError(f"key columns {sorted(unknown)} are not in {self.name}")

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @functools.cached_property
    def by_header(self) -> dict[str, Column]:
        """Folded header → column; the column's own name counts as a header too."""
        return {
            headers.fold(header): column
            for column in self.columns
            for header in (*column.headers, column.name)
        }


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold. `max_unpacked` is in bytes and guards against zip bombs."""

    max_bytes: int = 20_000_000
    max_rows: int = 50_000
    max_columns: int = 200
    max_unpacked: int = 200_000_000


@dataclasses.dataclass(frozen=True, slots=True)
class CellVerdict:
    """`raw` as the file holds it, `value` as understood (None when empty or refused), and why not."""

    raw: Any
    value: Any = None
    reasons: tuple[errors.Reason, ...] = ()

    @property
    def ok(self) -> bool:
        return not any(reason.refuses for reason in self.reasons)


@dataclasses.dataclass(frozen=True, slots=True)
class RowResult:
    """A row by the number Excel shows. `record` is the whole row as found, columns nobody asked for too."""

    number: int
    cells: Mapping[str, CellVerdict]
    record: tuple[Any, ...] = ()
    row_reasons: tuple[errors.Reason, ...] = ()

    @property
    def values(self) -> dict[str, Any]:
        return {name: cell.value for name, cell in self.cells.items()}

    @property
    def reasons(self) -> tuple[errors.Reason, ...]:
        """What is said of the row and of each of its cells, in column order."""
        return self.row_reasons + tuple(reason for cell in self.cells.values() for reason in cell.reasons)

    @property
    def ok(self) -> bool:
        return not any(reason.refuses for reason in self.reasons)


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """A dry run. `reasons` concern the file itself; with a refusing one there are no rows.

    `header` is the header row as found, `positions` where in it (from 0) each recognised column stands.
    """

    sheet: Sheet
    rows: tuple[RowResult, ...] = ()
    reasons: tuple[errors.Reason, ...] = ()
    header: tuple[str, ...] = ()
    positions: Mapping[str, int] = dataclasses.field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether every row may be taken as it is."""
        return not any(reason.refuses for reason in self.reasons) and all(row.ok for row in self.rows)

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def refused_count(self) -> int:
        return sum(not row.ok for row in self.rows)

    def refusals(self, first: int = 50) -> list[errors.Reason]:
        """The first refusals, those of the file before those of the rows."""
        found = [reason for reason in self.reasons if reason.refuses]
        for row in self.rows:
            if len(found) >= first:
                break
            found.extend(reason for reason in row.reasons if reason.refuses)
        return found[:first]

    def values(self) -> Iterator[dict[str, Any]]:
        """The understood values of every row, in file order."""
        return (row.values for row in self.rows)
