"""Write tables: the export that is also the template, and the user's own file with its verdicts."""

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from xlsxwriter import format as xlsx_format
from xlsxwriter import worksheet as xlsx_worksheet

from qudao.kernel import errors
from qudao.kernel.tabular import containers, headers, sheets

_MAX_ROWS = 1_048_576
_MAX_TEXT = 32_767
_MAX_FOOTER = 120
# Excel believes 1900 had a February 29th; days before it ended go out as text.
_FIRST_DATE = dt.date(1900, 3, 1)
# Fixed, so that the same rows always make the same bytes.
_CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001
_REFUSED_COLOUR = "#FFC7CE"
_TRUE, _FALSE = "是", "否"


def write(
    stream: IO[bytes],
    sheet: sheets.Sheet,
    rows: Iterable[Mapping[str, Any]],
    *,
    title: str | None = None,
    describe: Callable[[sheets.Column], str] | None = None,
    mark: str = "",
) -> int:
    """Write rows (column name → value) as .xlsx that `read` takes back unchanged; return their number.

    `describe` gives the comment on each header, `mark` says on every printed page and among the file's
    properties who took it. Without rows this is the empty template. Codes and text
    are text cells, whatever they begin with; a decimal with more digits than Excel keeps goes out as text.
    Raises ValueError for a text or a table longer than Excel can hold.
    """
    with _workbook(stream) as book:
        page = book.add_worksheet(_sheet_name(sheet.name))
        if mark:
            book.set_properties({"created": _CREATED, "comments": mark})
            page.set_footer(f"&L{mark[:_MAX_FOOTER].replace('&', '&&')}&R&P/&N")
        formats = {column.name: book.add_format(_layout(column)) for column in sheet.columns}
        top = 0
        if title:
            page.write_string(0, 0, title, book.add_format({"bold": True, "font_size": 14}))
            top = 1
        head = {
            flag: book.add_format({"bold": True, "bottom": 1, "bg_color": colour})
            for flag, colour in ((True, "#DDEBF7"), (False, "#F2F2F2"))
        }
        for i, column in enumerate(sheet.columns):
            page.set_column(i, i, _width(column), formats[column.name])
            page.write_string(top, i, column.header, head[column.required])
            if describe:
                page.write_comment(top, i, describe(column), {"x_scale": 2})
            if options := _options(column):
                page.data_validation(top + 1, i, _MAX_ROWS - 1, i, {"validate": "list", "source": options})
        page.freeze_panes(top + 1, 0)
        count = 0
        for count, row in enumerate(rows, 1):
            if top + count >= _MAX_ROWS:
                raise ValueError("more rows than an Excel sheet holds")
            for i, column in enumerate(sheet.columns):
                _put(page, top + count, i, column, row.get(column.name), formats[column.name])
    return count


def write_csv(stream: IO[bytes], sheet: sheets.Sheet, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write rows as CSV (UTF-8 with its mark, comma, CRLF) that `read` takes back; return their number.

    Text a spreadsheet would run as a formula gets an apostrophe before it, which `read` takes off.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([column.header for column in sheet.columns])
    count = 0
    for row in rows:
        writer.writerow([_plain(column, row.get(column.name)) for column in sheet.columns])
        count += 1
    text.detach()
    return count


def annotate(
    stream: IO[bytes],
    result: sheets.Result,
    *,
    explain: Callable[[errors.Reason], str],
) -> None:
    """Give the user's table back as .xlsx: refused cells coloured and commented, verdicts in a last column.

    The columns are the user's, in the user's order, values as they were; row numbers start anew below
    the header. `explain` puts a reason into words. The file can be mended and read again.
    """
    with _workbook(stream) as book:
        page = book.add_worksheet(_sheet_name(result.sheet.name))
        bold = book.add_format({"bold": True, "bottom": 1})
        verdict_at = next(
            (
                i
                for i, text in enumerate(result.header)
                if headers.fold(text) == headers.fold(headers.VERDICT_HEADER)
            ),
            len(result.header),
        )
        for i, text in enumerate(result.header):
            page.write_string(0, i, text, bold)
        page.write_string(0, verdict_at, headers.VERDICT_HEADER, bold)
        page.set_column(verdict_at, verdict_at, 60)
        page.freeze_panes(1, 0)
        columns = {i: result.sheet.column(name) for name, i in result.positions.items()}
        painter = _Painter(book)
        for at, row in enumerate(result.rows, 1):
            for i, raw in enumerate(row.record):
                column = columns.get(i)
                verdict = row.cells[column.name] if column else None
                if i != verdict_at:
                    painter.put(page, at, i, raw, column, refused=verdict is not None and not verdict.ok)
            for i, column in columns.items():
                if said := row.cells[column.name].reasons:
                    if i >= len(row.record):
                        painter.put(page, at, i, None, column, refused=True)
                    page.write_comment(at, i, "\n".join(map(explain, said))[:_MAX_TEXT], {"x_scale": 2})
            if row.reasons:
                page.write_string(at, verdict_at, "\n".join(map(explain, row.reasons))[:_MAX_TEXT])


class _Painter:
    """Writes raw cells back as they were, with one format per (layout, refused)."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._formats: dict[tuple[str, bool], xlsx_format.Format] = {}

    def put(
        self,
        page: xlsx_worksheet.Worksheet,
        row: int,
        at: int,
        raw: Any,
        column: sheets.Column | None,
        *,
        refused: bool,
    ) -> None:
        if isinstance(raw, dt.datetime):
            style = self._format("yyyy-mm-dd hh:mm:ss" if raw.time() != dt.time() else "yyyy-mm-dd", refused)
        elif isinstance(raw, dt.date):
            style = self._format("yyyy-mm-dd", refused)
        elif isinstance(raw, dt.time | dt.timedelta):
            style = self._format("hh:mm:ss", refused)
        else:
            is_text = isinstance(raw, str) or (column is not None and column.kind in ("text", "code"))
            style = self._format("@" if is_text else "General", refused)
        if raw is None or raw == "":
            page.write_blank(row, at, None, style)
        elif isinstance(raw, bool):
            page.write_boolean(row, at, raw, style)
        elif isinstance(raw, int | float):
            page.write_number(row, at, raw, style)
        elif isinstance(raw, dt.date | dt.time | dt.timedelta):
            page.write_datetime(row, at, raw, style)
        else:
            page.write_string(row, at, str(raw)[:_MAX_TEXT], style)

    def _format(self, number: str, refused: bool) -> xlsx_format.Format:
        key = (number, refused)
        if key not in self._formats:
            layout = {"num_format": number} | ({"bg_color": _REFUSED_COLOUR} if refused else {})
            self._formats[key] = self._book.add_format(layout)
        return self._formats[key]


def _workbook(stream: IO[bytes]) -> xlsxwriter.Workbook:
    book = xlsxwriter.Workbook(
        stream,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    book.set_properties({"created": _CREATED})
    return book


def _sheet_name(name: str) -> str:
    return "".join("_" if c in "[]:*?/\\'" else c for c in name)[:31] or "Sheet1"


def _layout(column: sheets.Column) -> dict[str, Any]:
    match column.kind:
        case "decimal" if column.percent:
            return {"num_format": "0.00%"}
        case "decimal":
            decimals = "0" * min(column.places, 2) + "#" * max(column.places - 2, 0)
            return {"num_format": "#,##0" + ("." + decimals if decimals else "")}
        case "integer":
            return {"num_format": "0"}
        case "date":
            return {"num_format": "yyyy-mm-dd"}
        case _:
            return {"num_format": "@"}


def _width(column: sheets.Column) -> int:
    wide = {"text": 24, "code": 20}.get(column.kind, 12)
    return max(wide, sum(1 + (ord(c) > 0x2E7F) for c in column.header) + 2)


def _options(column: sheets.Column) -> list[str]:
    """The labels for a drop-down, where there are few enough for Excel to hold (255 characters)."""
    if column.kind == "boolean":
        return [_TRUE, _FALSE]
    labels = [_label(column, value) for value in column.choices]
    return labels if len(",".join(labels)) <= 255 and not any("," in label for label in labels) else []


def _label(column: sheets.Column, value: str) -> str:
    labels = column.choices[value]
    return labels[0] if labels else value


def _put(
    page: xlsx_worksheet.Worksheet,
    row: int,
    at: int,
    column: sheets.Column,
    value: Any,
    style: xlsx_format.Format,
) -> None:
    if value is None:
        page.write_blank(row, at, None, style)
    elif column.kind in ("decimal", "integer") and len(Decimal(value).as_tuple().digits) <= 15:
        # Not by way of a float, whose sixteenth digit would be in the file: 0.07000000000000001.
        page.write_number(row, at, Decimal(value), style)
    elif column.kind == "date" and value >= _FIRST_DATE:
        page.write_datetime(row, at, value, style)
    else:
        text = _worded(column, value)
        if len(text) > _MAX_TEXT:
            raise ValueError(f"a text of {len(text)} characters does not fit into an Excel cell")
        page.write_string(row, at, text, style)


def _worded(column: sheets.Column, value: Any) -> str:
    match column.kind:
        case "decimal":
            return format(Decimal(value), "f")
        case "date":
            return str(value.isoformat())
        case "boolean":
            return _TRUE if value else _FALSE
        case "choice":
            return _label(column, value)
        case _:
            return str(value)


def _plain(column: sheets.Column, value: Any) -> str:
    if value is None:
        return ""
    text = _worded(column, value)
    return containers.guarded(text) if column.kind in ("text", "code", "choice") else text
