"""What operations refuse, at the cell or row of the sheet it is about."""

import dataclasses
from collections.abc import Iterable, Mapping

from qudao.kernel import errors, tabular

# Which cell a reason is about; others are about the row.
_CELLS = {
    "pricing.price_invalid": "price",
    "pricing.minimum_invalid": "minimum_quantity",
    "pricing.item_unknown": "code",
    "pricing.item_of_other_line": "code",
    "pricing.hospital_unknown": "hospital",
    "pricing.region_unknown": "region",
    "pricing.period_invalid": "valid_to",
    "pricing.price_outside_version": "valid_from",
    "pricing.clause_too_long": "clause",
}


def with_reasons(result: tabular.Result, found: Mapping[int, list[errors.Reason]]) -> tabular.Result:
    """The result with reasons added to cells and rows, by row number."""
    return dataclasses.replace(
        result,
        rows=tuple(_judged(row, found[row.number]) if found.get(row.number) else row for row in result.rows),
    )


def _judged(row: tabular.RowResult, found: Iterable[errors.Reason]) -> tabular.RowResult:
    cells = dict(row.cells)
    of_row = list(row.row_reasons)
    for reason in found:
        name = _CELLS.get(reason.code)
        if name in cells:
            cells[name] = dataclasses.replace(cells[name], reasons=(*cells[name].reasons, reason))
        else:
            of_row.append(reason)
    return dataclasses.replace(row, cells=cells, row_reasons=tuple(of_row))
