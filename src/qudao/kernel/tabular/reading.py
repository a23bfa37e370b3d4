"""Read a table against its `Sheet`: a dry run that changes nothing and says everything at once."""

import dataclasses
import datetime as dt
import itertools
import pathlib
from collections.abc import Iterator, Mapping
from typing import IO, Any

from qudao.kernel import errors
from qudao.kernel.tabular import cells, containers, headers, sheets

PASTED_LINES = 5_000


@dataclasses.dataclass(frozen=True, slots=True)
class Reading:
    """An opened table whose header fits. `rows()` judges row by row, holding one at a time."""

    sheet: sheets.Sheet
    header: tuple[str, ...]
    positions: Mapping[str, int]
    reasons: tuple[errors.Reason, ...]
    _table: containers.Table
    _skip: int
    _limits: sheets.Limits
    _today: dt.date

    def rows(self) -> Iterator[sheets.RowResult]:
        """Every row below the header that holds anything in a recognised column.

        Raises Refused when the file turns out to hold too many rows, or text that cannot be taken apart.
        """
        seen: dict[tuple[Any, ...], int] = {}
        count = 0
        for number, record in itertools.islice(enumerate(self._table.records(), 1), self._skip, None):
            found = {name: record[i] if i < len(record) else None for name, i in self.positions.items()}
            if all(cells.is_empty(raw) for raw in found.values()):
                continue
            count += 1
            if count > self._limits.max_rows:
                raise errors.refuse("kernel.tabular.too_many_rows", rows=count, limit=self._limits.max_rows)
            verdicts = {
                column.name: cells.judge(found.get(column.name), column, line=number, today=self._today)
                for column in self.sheet.columns
            }
            yield sheets.RowResult(number, verdicts, record, self._repeated(verdicts, number, seen))

    def _repeated(
        self, verdicts: Mapping[str, sheets.CellVerdict], number: int, seen: dict[tuple[Any, ...], int]
    ) -> tuple[errors.Reason, ...]:
        key = tuple(verdicts[name].value for name in self.sheet.key)
        if all(part is None for part in key) or not all(verdicts[name].ok for name in self.sheet.key):
            return ()
        first = seen.setdefault(key, number)
        if first == number:
            return ()
        shown = " / ".join(cells.shown(verdicts[name].raw) for name in self.sheet.key)
        return (errors.Reason("kernel.tabular.row_repeated", number, {"key": shown, "first": first}),)


def open_reading(
    source: bytes | str | pathlib.Path | IO[bytes],
    sheet: sheets.Sheet,
    *,
    today: dt.date,
    limits: sheets.Limits | None = None,
    filename: str = "",
) -> Reading:
    """Open a file and find its header, for row-by-row reading.

    Takes .xlsx, .xlsm (macros are ignored), .xls, .csv and tab-separated text. Of several sheets the
    visible one whose header fits best is read. Raises Refused when the file cannot be read or no
    header fits; the reasons are those of the sheet that came closest.
    """
    limits = limits or sheets.Limits()
    content, name = _content(source, limits)
    return _fitting(
        containers.tables(content, filename=filename or name, limits=limits),
        sheet,
        today=today,
        limits=limits,
    )


def read(
    source: bytes | str | pathlib.Path | IO[bytes],
    sheet: sheets.Sheet,
    *,
    today: dt.date,
    limits: sheets.Limits | None = None,
    filename: str = "",
) -> sheets.Result:
    """The whole dry run of a file. Never raises Refused: what is wrong is in the result."""
    try:
        return _collected(open_reading(source, sheet, today=today, limits=limits, filename=filename))
    except errors.Refused as refused:
        return sheets.Result(sheet, reasons=tuple(refused.reasons))


def pasted(text: str, sheet: sheets.Sheet, *, today: dt.date) -> sheets.Result:
    """The dry run of rows pasted from a spreadsheet, at most 5,000 lines.

    With a header among the first rows, columns go by name; with none, by the order of the sheet.
    Row numbers count the pasted lines.
    """
    limits = sheets.Limits(max_rows=PASTED_LINES)
    try:
        if len(text) > limits.max_bytes:
            raise errors.refuse("kernel.tabular.file_too_large", size=len(text), limit=limits.max_bytes)
        records = containers.pasted_records(text)
        if len(records) > PASTED_LINES:
            raise errors.refuse("kernel.tabular.too_many_lines", lines=len(records), limit=PASTED_LINES)
        if not any(not cells.is_empty(cell) for record in records for cell in record):
            raise errors.refuse("kernel.tabular.empty")
        table = containers.Table("", lambda: iter(records))
        if headers.locate(records, sheet).positions:
            return _collected(_fitting([table], sheet, today=today, limits=limits))
        positions = {column.name: i for i, column in enumerate(sheet.columns)}
        header = tuple(column.header for column in sheet.columns)
        return _collected(Reading(sheet, header, positions, (), table, 0, limits, today))
    except errors.Refused as refused:
        return sheets.Result(sheet, reasons=tuple(refused.reasons))


def _collected(reading: Reading) -> sheets.Result:
    rows = tuple(reading.rows())
    if not rows:
        raise errors.refuse("kernel.tabular.no_rows")
    return sheets.Result(reading.sheet, rows, reading.reasons, reading.header, reading.positions)


def _content(source: bytes | str | pathlib.Path | IO[bytes], limits: sheets.Limits) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, ""
    if isinstance(source, str | pathlib.Path):
        with open(source, "rb") as file:
            return file.read(limits.max_bytes + 1), str(source)
    return source.read(limits.max_bytes + 1), str(getattr(source, "name", ""))


def _fitting(
    tables: list[containers.Table], sheet: sheets.Sheet, *, today: dt.date, limits: sheets.Limits
) -> Reading:
    """The table whose header fits best (the first of equals), else Refused with the reasons of the closest.

    Text comes once per delimiter; the one under which most columns are recognised is the right one.
    """
    readings: list[Reading] = []
    refused: list[tuple[int, errors.Refused]] = []
    for table in tables:
        recognised = 0
        try:
            found = headers.locate(list(itertools.islice(table.records(), headers.SEARCHED_ROWS)), sheet)
            recognised = len(found.positions)
            if len(found.texts) > limits.max_columns:
                raise errors.refuse(
                    "kernel.tabular.too_many_columns", columns=len(found.texts), limit=limits.max_columns
                )
            reasons = tuple(errors.raise_if_refused(found.reasons(sheet)))
        except errors.Refused as problem:
            refused.append((recognised, problem))
        else:
            readings.append(
                Reading(sheet, found.texts, found.positions, reasons, table, found.index + 1, limits, today)
            )
    if readings:
        return max(readings, key=lambda reading: len(reading.positions))
    raise max(refused, key=lambda pair: pair[0])[1]
