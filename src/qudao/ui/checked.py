"""What the dry run of a file says to a program: whether it would be taken in, and what is wrong, cell by cell."""

from collections.abc import Sequence
from typing import Any

import pydantic

from qudao.kernel import errors, messages, tabular

# Of a sheet, what a program is told at once; the rest is counted.
MOST = 100


class Said(pydantic.BaseModel):
    """A reason as in problem details; `column` names the cell, null for the whole row or file."""

    code: str
    severity: str
    title: str
    why: str
    mend: str
    column: str | None = None


class Row(pydantic.BaseModel):
    """A row by the number Excel shows, with what is said of it."""

    number: int
    ok: bool
    said: list[Said]


class Sheet(pydantic.BaseModel):
    """`rows` are those something is said of, refused ones first, a hundred at most."""

    name: str
    count: int
    refused: int
    rows: list[Row]


class File(pydantic.BaseModel):
    """`ok`: it would be taken in as it is. `said` is of the file as a whole."""

    ok: bool
    said: list[Said]
    sheets: list[Sheet]


def file(*results: tabular.Result, ok: bool, reasons: Sequence[errors.Reason] = ()) -> dict[str, Any]:
    """The answer for a file's sheets; `reasons` are those besides the sheets' own."""
    of_file = [*reasons, *(reason for result in results for reason in result.reasons)]
    return {
        "ok": ok,
        "said": [_said(reason) for reason in of_file[:MOST]],
        "sheets": [_sheet(result) for result in results],
    }


def said(reason: errors.Reason) -> dict[str, Any]:
    """A reason in the caller's words, with its document line."""
    return messages.render(reason).as_json()


def _sheet(result: tabular.Result) -> dict[str, Any]:
    spoken = sorted((row for row in result.rows if row.reasons), key=lambda row: row.ok)
    return {
        "name": result.sheet.name,
        "count": result.count,
        "refused": result.refused_count,
        "rows": [_row(row) for row in spoken[:MOST]],
    }


def _row(row: tabular.RowResult) -> dict[str, Any]:
    of_cells = [_said(reason, name) for name, cell in row.cells.items() for reason in cell.reasons]
    return {
        "number": row.number,
        "ok": row.ok,
        "said": [*(_said(reason) for reason in row.row_reasons), *of_cells],
    }


def _said(reason: errors.Reason, column: str | None = None) -> dict[str, Any]:
    return {**said(reason), "column": column}
