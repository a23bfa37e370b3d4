"""List tables: what a column shows and how, the rows as they come from queries, sums, pages.

The page declares columns; head, pinned first column, alignment, sums, sorting links, column choice,
keyboard rows and the empty state follow from them.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from django.http import QueryDict

from qudao.kernel import scope

from . import filters, fitting, formats, rows, status

Kind = Literal[
    "text", "money", "price", "exact", "qty", "rate", "unit", "bar", "day", "moment", "status", "tag"
]

Whose = Literal["", "own", "seen"]

SORT = "sort"
HIDE = "hide"

LONG = 9
"""Characters of a text that takes more than one line on a phone, so that the columns after it are seen."""

_FORMATS: dict[str, Callable[[Any], str]] = {
    "money": formats.amount,
    "price": formats.unit_price,
    "exact": formats.exact_price,
    "qty": formats.quantity,
    "rate": formats.rate,
    "unit": formats.unit,
    "day": formats.day,
    "moment": formats.moment,
}
_DRAWN = frozenset(["status", "tag", "bar"])
_NUMERIC = frozenset(["money", "price", "exact", "qty", "rate"])
# Figures that are left out of a card when they are nought.
_COUNTED = frozenset(["money", "qty"])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """`key` is read from each row (mapping or attribute).

    `sub` names the value shown small underneath (`sub_kind` "day" for a date, "money" and "price" for
    an amount, which its `sub_label` stands before); with a `sub_label` it has a
    column of its own in Excel. `link` names the one that holds an address, `drawer` opens
    it in the panel and marks the value as explainable, `status` the kind in ui.status for kind
    "status" (the value is the state, or a list of states), `unit` the one with a unit of measure. A row may carry
    `<key>_tone` (ok, warn, bad, ...) to colour the value, and must for kind "tag": words in a tag that is
    no state of ui.status; `<key>_none` says what it means that there is no value: "No expiry". `figure` puts words
    that are a number with its unit to the right, `wrap` lets sentences and lists take more than one line. A text
    value may be a list, shown and exported as one.

    `whose` marks a column that names the partner a row is of, of rows that partners see of themselves ("own") or of
    those below them too ("seen"): `for_reader` takes it away where it says the same in every row, and puts `instead`
    in its place, or what stands underneath. `sub_whose` marks a `sub` likewise.

    `telling` marks a figure that says something by being nought: a card of a phone keeps it (see `_noughts`).
    """

    key: str
    label: Any
    kind: Kind = "text"
    sub: str | None = None
    sub_label: Any = ""
    sub_kind: Literal["text", "day", "money", "price"] = "text"
    link: str | None = None
    drawer: bool = False
    status: str = ""
    unit: str | None = None
    sortable: bool = False
    figure: bool = False
    wrap: bool = False
    whose: Whose = ""
    sub_whose: Whose = ""
    instead: "Column | None" = None
    telling: bool = False

    @property
    def numeric(self) -> bool:
        return self.figure or self.kind in _NUMERIC


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A button: of a page's head, where it leads to `url`, or of a list's picked rows, where it POSTs to it.

    `primary` is the one action of the page (Ctrl-Enter), `danger` one that destroys; `confirm` is asked
    first, `{count}` in it becomes the number of picked rows. `post` makes a head's action a POST too.
    """

    label: Any
    url: str
    icon: str = ""
    primary: bool = False
    danger: bool = False
    post: bool = False
    confirm: Any = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """What an empty list says: what to do first, and where."""

    title: Any
    hint: Any = ""
    url: str | None = None
    action: Any = ""
    icon: str = "inbox"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Cursors as opaque text; None where there is no further page. `summary` says what is shown."""

    next: str | None = None
    previous: str | None = None
    summary: Any = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """`label` names the table for screen readers; `sums` are of everything filtered, not of the page.

    `pick` names the key of each row's id: rows get boxes that belong to the form with the id `batch`;
    `actions` are its buttons, shown once a row is picked. A phone shows each row as a card, with what is empty
    and figures of nought left out, for columns beyond its edge are not read; a table whose columns all fit stays
    one (see fitting). `stack` False says so of columns that are known to.
    """

    label: Any
    columns: Sequence[Column]
    rows: Sequence[Any]
    url: str = "url"
    sums: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    sums_label: Any = ""
    pick: str | None = None
    batch: str = "batch"
    actions: Sequence[Action] = ()
    empty: Empty | None = None
    page: Page | None = None
    stack: bool = True


def value_of(row: Any, key: str) -> Any:
    """A row's value by key or attribute; None when it has none."""
    return row.get(key) if isinstance(row, Mapping) else getattr(row, key, None)


def for_reader(columns: Sequence[Column], actor: scope.Actor) -> list[Column]:
    """The columns as somebody reads them: who sees the rows of one partner alone is not told whose each is."""
    return of_one_partner(columns, own=bool(actor.party_id), seen=actor.alone)


def of_one_partner(columns: Sequence[Column], *, own: bool = True, seen: bool = True) -> list[Column]:
    """The columns of rows that are all of the same partner, as far as that is known of them."""
    known = {"": False, "own": own, "seen": seen}
    found: list[Column] = []
    for one in columns:
        if known[one.whose]:
            tells = one.sub_label and not known[one.sub_whose]
            under = Column(key=one.sub or "", label=one.sub_label, kind=one.sub_kind) if tells else None
            found += [each for each in (one.instead or under,) if each is not None]
        elif known[one.sub_whose]:
            found.append(dataclasses.replace(one, sub=None, sub_label="", sub_whose=""))
        else:
            found.append(one)
    return found


def seen_columns(columns: Sequence[Column], query: QueryDict) -> list[Column]:
    """The columns not hidden by `?hide=`; the first always stays."""
    hidden = set(query.getlist(HIDE))
    return [column for index, column in enumerate(columns) if index == 0 or column.key not in hidden]


def visible_columns(table: Table, query: QueryDict) -> list[Column]:
    """The table's columns not hidden by `?hide=`."""
    return seen_columns(table.columns, query)


def column_choice(table: Table, query: QueryDict) -> list[dict[str, Any]]:
    """One entry per column that may be hidden: label, whether it shows, the address that flips it."""
    hidden = set(query.getlist(HIDE))
    return [
        {
            "label": column.label,
            "on": column.key not in hidden,
            "url": filters.toggled(query, HIDE, column.key),
        }
        for column in table.columns[1:]
    ]


def shown(table: Table, query: QueryDict) -> dict[str, Any]:
    """What the template needs, ready to print."""
    columns = visible_columns(table, query)
    head = [_head(column, query) for column in columns]
    body = [_row(table, columns, row) for row in table.rows]
    foot = _foot(table, columns)
    cells = [row["cells"] for row in body]
    stack = table.stack and bool(table.pick or not fitting.fits(head, cells, foot or ()))
    if stack:
        for line in (*cells, foot or []):
            fitting.halve(line[1:])
    return {
        "table": table,
        "head": head,
        "body": body,
        "rows": rows.written(body, stack=stack, picked=bool(table.pick), batch=table.batch),
        "foot": foot,
        "stack": stack,
        "sorting": sorting(columns, query) if stack else None,
        "pages": pages(table.page, query),
    }


def sorting(columns: Sequence[Column], query: QueryDict) -> dict[str, Any] | None:
    """What a phone sorts by, where rows are cards without heads: both ways by each column; None without any."""
    now = query.get(SORT, "")
    entries = [
        {
            "label": column.label,
            "ways": [
                {"way": way, "on": now == key, "url": filters.with_value(query, SORT, key)}
                for way, key in (("ascending", column.key), ("descending", f"-{column.key}"))
            ],
        }
        for column in columns
        if column.sortable
    ]
    if not entries:
        return None
    chosen = next(
        ((one["label"], way["way"]) for one in entries for way in one["ways"] if way["on"]), ("", "")
    )
    clear = filters.with_value(query, SORT, None)
    return {"entries": entries, "chosen": chosen[0], "way": chosen[1], "clear": clear}


def pages(page: Page | None, query: QueryDict) -> dict[str, Any] | None:
    """Where "earlier", "later" and "from the start" lead; None without a page."""
    if page is None:
        return None
    return {
        "summary": page.summary,
        "first": filters.with_value(query, filters.CURSOR, None) if query.get(filters.CURSOR) else None,
        "next": page.next and _at_cursor(query, page.next),
        "previous": page.previous and _at_cursor(query, page.previous),
    }


def _at_cursor(query: QueryDict, cursor: str) -> str:
    changed = query.copy()
    changed[filters.CURSOR] = cursor
    return f"?{changed.urlencode()}"


def _head(column: Column, query: QueryDict) -> dict[str, Any]:
    head: dict[str, Any] = {"label": column.label, "numeric": column.numeric, "url": None, "order": ""}
    if column.sortable:
        now = query.get(SORT, "")
        head["order"] = {column.key: "ascending", f"-{column.key}": "descending"}.get(now, "")
        following = f"-{column.key}" if head["order"] == "ascending" else column.key
        head["url"] = filters.with_value(query, SORT, following)
    return head


def _noughts(columns: Sequence[Column], row: Any) -> set[str]:
    """Keys of the figures of nought that a card leaves out, for the rest tells enough: where a row has more figures
    than stand on a line, and another is something."""
    pairs = [(column, value_of(row, column.key)) for column in columns if column.numeric]
    filled = [(column, value) for column, value in pairs if value not in (None, "")]
    counted = [(column, value) for column, value in filled if column.kind in _COUNTED]
    if len(filled) <= fitting.ABREAST or not any(value for _, value in counted):
        return set()
    return {
        column.key
        for column, value in counted
        if not (value or column.telling or value_of(row, f"{column.key}_tone") or _sub(column, row))
    }


def _row(table: Table, columns: Sequence[Column], row: Any) -> dict[str, Any]:
    noughts = _noughts(columns, row) if table.stack else set()
    return {
        "url": value_of(row, table.url),
        "pick": value_of(row, table.pick) if table.pick else None,
        "selected": bool(value_of(row, "selected")),
        "cells": [_cell(table, column, row, nought=column.key in noughts) for column in columns],
    }


def _classes(column: Column, *, blank: bool, long: bool = False) -> str:
    shape = "num" if column.numeric else "wrap" if column.wrap else "long" if long else ""
    return " ".join(filter(None, (shape, "q-blank" if blank else "")))


def _cell(table: Table, column: Column, row: Any, *, nought: bool) -> dict[str, Any]:
    value = value_of(row, column.key)
    text, sub = _text(column, row, value), _sub(column, row)
    blank = value in (None, "") and text == formats.NOTHING
    long = column.kind == "text" and max(len(str(text)), len(str(sub or ""))) > LONG
    unbroken = column.wrap or long
    link = value_of(row, column.link) if column.link else None
    tone = value_of(row, f"{column.key}_tone")
    return {
        "label": column.label,
        "classes": _classes(column, blank=nought or (table.stack and blank), long=long),
        "kind": column.kind,
        "numeric": column.numeric,
        "bare": str(text).isdigit(),
        "unbroken": unbroken,
        "value": value,
        "values": value if isinstance(value, list | tuple) else [value],
        "text": text,
        "said": _tags(column, value, text),
        "status": column.status,
        "sub": sub,
        "link": link,
        "drawer": column.drawer,
        "tone": tone,
        # Most cells are.
        "plain": column.kind not in _DRAWN and not (sub or link or tone or unbroken),
    }


def _tags(column: Column, value: Any, text: Any) -> list[str]:
    """The words of a cell's tags."""
    if column.kind != "status" or not value:
        return [str(text)]
    return [
        str(status.show(column.status, one).label)
        for one in (value if isinstance(value, list | tuple) else [value])
    ]


def _sub(column: Column, row: Any) -> Any:
    value = value_of(row, column.sub) if column.sub else None
    if value in (None, "") or column.sub_kind == "text":
        return value
    if column.sub_kind == "day":
        return formats.day(value)
    return f"{column.sub_label} {_FORMATS[column.sub_kind](value)}"


def _text(column: Column, row: Any, value: Any) -> Any:
    if value is None and (said := value_of(row, f"{column.key}_none")):
        return said
    if column.kind == "qty" and column.unit:
        return formats.quantity(value, value_of(row, column.unit) or "")
    if column.kind in _FORMATS:
        return _FORMATS[column.kind](value)
    if isinstance(value, list | tuple):
        value = formats.listed(value)
    return formats.NOTHING if value is None or value == "" else value


def _foot(table: Table, columns: Sequence[Column]) -> list[dict[str, Any]] | None:
    """The sums under their columns; the label spans what stands before the first of them."""
    if not table.sums and not table.sums_label:
        return None
    first = next((i for i, column in enumerate(columns) if column.key in table.sums), len(columns))
    span = max(first, 1)
    rest = [
        {
            "label": column.label,
            "text": _text(column, {}, table.sums[column.key]) if column.key in table.sums else "",
            "classes": _classes(column, blank=table.stack and column.key not in table.sums),
        }
        for column in columns[span:]
    ]
    return [{"text": table.sums_label, "span": span, "classes": "whole" if table.stack else ""}, *rest]
