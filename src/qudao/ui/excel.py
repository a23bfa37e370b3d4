"""A list as an Excel file: the columns seen, in plain values, with who took it and when.

Every file names its maker, and the journal keeps that it was made: `ui.list.exported`.
"""

import datetime as dt
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from qudao.kernel import errors, journal, periods, tabular
from qudao.kernel.tabular import headers

from . import formats, status, tables

if TYPE_CHECKING:
    from . import listing

MOST_ROWS = 100_000
PAGE = 500
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_KINDS: dict[str, dict[str, Any]] = {
    "money": {"kind": "decimal"},
    "price": {"kind": "decimal", "places": 4},
    "exact": {"kind": "decimal", "places": 4},
    "qty": {"kind": "decimal", "places": 4},
    "rate": {"kind": "decimal", "percent": True},
    "bar": {"kind": "decimal", "percent": True},
    "day": {"kind": "date"},
}
# What stands small under a value.
_SMALL: dict[str, dict[str, Any]] = {
    "text": {"kind": "text"},
    **{kind: _KINDS[kind] for kind in ("day", "money", "price")},
}
_QUERY_KEPT = 500


def respond(request: HttpRequest, wanted: "listing.Listing") -> FileResponse:
    """The file. Raises Refused `ui.too_many_rows` once there are more than MOST_ROWS; nothing is sent then."""
    entry = journal.entry()
    columns = tables.seen_columns(wanted.columns, request.GET)
    cells = [cell for column in columns for cell in _cells(column)]
    sheet = tabular.Sheet(name=str(wanted.title), columns=tuple(_described(cells)))
    file = tempfile.TemporaryFile(suffix=".xlsx")  # noqa: SIM115  (the response closes it)
    count = tabular.write(
        file,
        sheet,
        ({f"c{i}": cell[2](row) for i, cell in enumerate(cells)} for row in rows(wanted)),
        mark=_("%(name)s · %(moment)s · journal entry %(entry)s")
        % {"name": request.actor.name, "moment": formats.moment(request.now), "entry": entry},
    )
    journal.record(
        entry,
        "ui.list.exported",
        subject=f"ui.list:{wanted.name}",
        at=request.now,
        data={
            "list": wanted.name,
            "rows": count,
            "columns": [column.key for column in columns],
            "query": request.GET.urlencode()[:_QUERY_KEPT],
        },
    )
    file.seek(0)
    name = f"{wanted.title} {periods.business_date(request.now)}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)


def blank(sheet: tabular.Sheet, name: str) -> HttpResponse:
    """The empty workbook of a sheet, to fill in and send back, as the file `name`.xlsx. Each head says in its comment
    whether it must be filled in, and how that looks."""
    stream = io.BytesIO()
    tabular.write(stream, sheet, [], describe=_asked)
    answer = HttpResponse(stream.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, f"{name}.xlsx")
    return answer


def _asked(column: tabular.Column) -> str:
    words = _("To be filled in") if column.required else _("May stay empty")
    return f"{words}\n{_('Example')}: {column.example}" if column.example else words


def rows(wanted: "listing.Listing") -> Iterator[Mapping[str, Any]]:
    """Every row of the list, read page by page."""
    cursor, count = None, 0
    while True:
        found = wanted.fetch(cursor, PAGE)
        count += len(found.rows)
        if count > MOST_ROWS:
            raise errors.refuse("ui.too_many_rows", most=f"{MOST_ROWS:,}")
        yield from found.rows
        cursor = found.next
        if not cursor:
            return


def _cells(column: tables.Column) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """The Excel columns of one column of the page: itself, its unit, its small print when that has a name."""
    yield str(column.label), _KINDS.get(column.kind, {"kind": "text"}), lambda row: plain(column, row)
    if column.unit:
        label = _("%(column)s, unit") % {"column": column.label}
        yield label, {"kind": "text"}, lambda row: _text(tables.value_of(row, column.unit or ""))
    if column.sub and column.sub_label:
        yield str(column.sub_label), _SMALL[column.sub_kind], lambda row: _small(column, row)


def _small(column: tables.Column, row: Any) -> Any:
    value = tables.value_of(row, column.sub or "")
    if column.sub_kind in ("money", "price"):
        return value
    return _date(value) if column.sub_kind == "day" else _text(value)


def plain(column: tables.Column, row: Any) -> Any:
    """A row's value as Excel keeps it: Decimal, date, or words; None when there is none."""
    value = tables.value_of(row, column.key)
    if value is None or value == "":
        return None
    if column.kind in ("money", "price", "exact", "qty", "rate", "bar"):
        return Decimal(str(value)) if not isinstance(value, Decimal) else value
    if column.kind == "day":
        return _date(value)
    if column.kind == "moment":
        return formats.moment(value)
    values = value if isinstance(value, list | tuple) else [value]
    if column.kind == "status":
        values = [status.show(column.status, one).label for one in values]
    return _text(formats.listed(values))


def _date(value: Any) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return periods.business_date(value)
    return value or None


def _text(value: Any) -> str | None:
    return None if value is None or value == "" else str(value)


def _described(cells: Sequence[tuple[str, dict[str, Any], Any]]) -> Iterator[tabular.Column]:
    """Two columns of a page may have one name, two of a sheet may not."""
    taken: set[str] = {headers.fold(f"c{i}") for i in range(len(cells))}
    for i, (label, kind, _value) in enumerate(cells):
        name, times = label or f"({i + 1})", 1
        while headers.fold(name) in taken:
            times += 1
            name = f"{label} {times}"
        taken.add(headers.fold(name))
        yield tabular.Column(name=f"c{i}", headers=(name,), **kind)
