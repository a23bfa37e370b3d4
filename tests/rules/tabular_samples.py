"""Real files and the sheet they are read by, for the tests of tables."""

import csv
import datetime as dt
import io

import xlsxwriter

from qudao.kernel import tabular

TODAY = dt.date(2026, 7, 23)
USCC = "913301061234567890"

SHEET = tabular.Sheet(
    "订单",
    (
        tabular.Column(
            name="uscc",
            headers=("统一社会信用代码", "USCC"),
            kind="code",
            pattern=r"[0-9A-Z]{18}",
            required=True,
        ),
        tabular.Column(name="product", headers=("产品名称", "品名", "Product"), kind="text", max_length=20),
        tabular.Column(name="quantity", headers=("数量", "Qty"), kind="decimal", required=True, places=4),
        tabular.Column(name="expires_on", headers=("有效期至", "Expiry date"), kind="date"),
    ),
    key=("uscc", "product"),
)


def column(kind, **options):
    """A sheet with one column `x` of the kind."""
    return tabular.Sheet("x", (tabular.Column(name="x", headers=("X列",), kind=kind, **options),))


def workbook(records, *, date_1904=False, sheets=None):
    """A real .xlsx: str → text cell, number → number cell, date → formatted date, ("=…", v) → formula."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"date_1904": date_1904})
    day = book.add_format({"num_format": "yyyy/m/d"})
    for name, rows in (sheets or {"Sheet1": records}).items():
        page = book.add_worksheet(name)
        for r, record in enumerate(rows):
            for c, cell in enumerate(record):
                if isinstance(cell, tuple):
                    page.write_formula(r, c, cell[0], None, cell[1])
                elif isinstance(cell, dt.date):
                    page.write_datetime(r, c, cell, day)
                elif isinstance(cell, str):
                    page.write_string(r, c, cell)
                elif cell is not None:
                    page.write(r, c, cell)
    book.close()
    return stream.getvalue()


def read(content, sheet=SHEET, **options):
    return tabular.read(content, sheet, today=TODAY, **options)


def one(cell, kind, **options):
    """The verdict on a single cell of an .xlsx."""
    (row,) = read(workbook([["X列"], [cell]]), column(kind, **options)).rows
    return row.cells["x"]


def text(cell, kind, **options):
    """The verdict on a single cell of a CSV file."""
    stream = io.StringIO()
    csv.writer(stream).writerows([["X列"], [cell]])
    (row,) = read(stream.getvalue().encode(), column(kind, **options)).rows
    return row.cells["x"]


def code(verdict):
    """The one reason's code without its prefix."""
    (reason,) = verdict.reasons
    return reason.code.removeprefix("kernel.tabular.")


def file_codes(result):
    return [reason.code.removeprefix("kernel.tabular.") for reason in result.reasons]


HEADER = ["统一社会信用代码", "产品名称", "数量", "有效期至"]
GOOD = workbook([HEADER, ["9" * 18, "导管", 1]])
