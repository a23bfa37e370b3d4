"""The rows of a table as HTML.

Written here and not in the table's template: a list has a thousand cells, and a template that asks each of them the
same questions takes a quarter of the program's part of a page (docs/domain/speed.md).
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from django.template import Context
from django.template.base import render_value_in_context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from . import marks

_PLAIN = Context()


def written(body: Sequence[Mapping[str, Any]], *, stack: bool, picked: bool, batch: str) -> SafeString:
    """What stands in a tbody: `body` as `tables.shown` describes it. `stack`: each row is a card on a phone; `picked`:
    each has a box that belongs to the form `batch`."""
    box = _box(batch) if picked else None
    return mark_safe("\n".join(_row(row, stack, box) for row in body))


def _box(batch: str) -> tuple[str, str]:
    """What stands before and after the id of a row to be picked."""
    before = '<input type="checkbox" class="form-check-input" name="pick" value="'
    after = format_html('" form="{}" data-pick @change="recount" aria-label="{}">', batch, _("Select row"))
    return before, after


def _row(row: Mapping[str, Any], stack: bool, box: tuple[str, str] | None) -> str:
    first, *others = row["cells"]
    cells = "".join([_cell(cell, stack) for cell in others])
    mark = ' aria-selected="true"' if row["selected"] else ""
    return f'<tr tabindex="-1"{mark}>{_pick(row, box)}{_name(first, row["url"], stack)}{cells}</tr>'


def _pick(row: Mapping[str, Any], box: tuple[str, str] | None) -> str:
    if box is None:
        return ""
    before, after = box
    inside = "" if row["pick"] is None else f"{before}{_text(row['pick'])}{after}"
    return f'<td class="pick pin"><label class="q-pick">{inside}</label></td>'


def _name(cell: Mapping[str, Any], url: Any, stack: bool) -> str:
    """The first cell names its row, and opens it."""
    shape = "pin num" if cell["numeric"] else "pin"
    of = f' data-of="{_text(cell["label"])}"' if stack and cell["bare"] else ""
    shown = f'<a href="{_text(url)}" data-row-link>{_value(cell)}</a>' if url else _value(cell)
    return f'<th scope="row" class="{shape}"{of}>{shown}{_sub(cell["sub"])}</th>'


def _cell(cell: Mapping[str, Any], stack: bool) -> str:
    classes = f' class="{cell["classes"]}"' if cell["classes"] else ""
    label = f' data-label="{_text(cell["label"])}"' if stack else ""
    if cell["plain"]:
        return f"<td{classes}{label}>{_text(cell['text'])}</td>"
    shown = _value(cell)
    if cell["link"]:
        drawer = ' class="q-why" data-drawer' if cell["drawer"] else ""
        shown = f'<a href="{_text(cell["link"])}"{drawer}>{shown}</a>'
    sub = marks.unbroken(cell["sub"]) if cell["unbroken"] else cell["sub"]
    return f"<td{classes}{label}>{shown}{_sub(sub)}</td>"


def _sub(sub: Any) -> str:
    return f'<div class="sub">{_text(sub)}</div>' if sub else ""


def _value(cell: Mapping[str, Any]) -> str:
    kind, value = cell["kind"], cell["value"]
    if kind == "status" and value:
        return " ".join(marks.state(cell["status"], one) for one in cell["values"])
    if kind == "tag" and value:
        return marks.tag(cell["tone"] or "hold", cell["text"])
    if kind == "bar":
        return marks.bar(value, cell["tone"] or "")
    text = _text(marks.unbroken(cell["text"]) if cell["unbroken"] else cell["text"])
    return f'<span class="tone q-{cell["tone"]}">{text}</span>' if cell["tone"] else text


def _text(value: Any) -> str:
    """A value as a template would print it."""
    return escape(value) if type(value) is str else render_value_in_context(value, _PLAIN)
