"""A file people sent, as `ui/parts/verdicts.html` shows it: sheet by sheet, what is wrong beside the cell.

context["sheets"] = [verdicts.sheet(result)]
"""

from typing import Any

from django.utils.translation import get_language

from qudao.kernel import messages, tabular

# What a person mends at once; the rest is counted.
MOST_REFUSED, MOST_GOOD = 100, 20


def sheet(result: tabular.Result) -> dict[str, Any]:
    """A sheet with its verdicts: rows that are refused first, then the first good ones."""
    columns = [column for column in result.sheet.columns if column.name in result.positions]
    refused = [row for row in result.rows if not row.ok]
    good = [row for row in result.rows if row.ok]
    rows = refused[:MOST_REFUSED] + good[:MOST_GOOD]
    return {
        "name": result.sheet.name,
        "head": [_header(column) for column in columns],
        "rows": [_row(row, columns) for row in rows],
        "reasons": result.reasons,
        "count": result.count,
        "refused": result.refused_count,
        "hidden": result.count - len(rows),
    }


def _header(column: tabular.Column) -> str:
    return column.headers[-1] if get_language() == "en" else column.headers[0]


def _row(row: tabular.RowResult, columns) -> dict[str, Any]:
    return {
        "number": row.number,
        "ok": row.ok,
        "reasons": [messages.render(reason) for reason in row.row_reasons],
        "cells": [
            {
                "raw": "" if (cell := row.cells[column.name]).raw is None else cell.raw,
                "ok": cell.ok,
                "numeric": column.kind in ("decimal", "integer"),
                "reasons": [messages.render(reason) for reason in cell.reasons],
            }
            for column in columns
        ],
    }
