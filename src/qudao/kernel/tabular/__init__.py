"""Tables in and out: Excel, CSV, TSV and pasted text, with a verdict per cell.

A `Sheet` describes the columns once. `read` judges a file against it without changing anything, `write`
makes the export that is also the import's template, `annotate` gives the user's own file back with the
verdicts marked in it. Nothing here knows a business noun, the database or the web framework.
"""

from qudao.kernel.tabular.containers import fingerprint
from qudao.kernel.tabular.reading import Reading, open_reading, pasted, read
from qudao.kernel.tabular.sheets import CellVerdict, Column, Limits, Result, RowResult, Sheet
from qudao.kernel.tabular.writing import annotate, write, write_csv

__all__ = [
    "CellVerdict",
    "Column",
    "Limits",
    "Reading",
    "Result",
    "RowResult",
    "Sheet",
    "annotate",
    "fingerprint",
    "open_reading",
    "pasted",
    "read",
    "write",
    "write_csv",
]
