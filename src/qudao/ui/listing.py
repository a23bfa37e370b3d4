"""A list page, declared once: shown, filtered, summed, sorted, picked from, and written to Excel as seen.

    wanted = listing.Listing(
        name="orders", title=_("Orders"),
        columns=[tables.Column(key="number", label=_("Order"), sub="reference", sub_label=_("Reference")), ...],
        filters=[filters.Text("q", _("Number")), filters.Days("from", "until", _("Date")), ...],
        fetch=lambda cursor, limit: listing.Slice(rows=[...], next=...),
        sums=lambda: ({"gross": total}, _("%(count)s orders") % {...}),
        empty=tables.Empty(...),
    )
    return listing.respond(request, wanted, actions=[listing.Action(label=..., url=..., primary=True)])

Rows are mappings of plain values by column key (Decimal, date, datetime, text, the code of a state); `url`
opens the row. The same rows make the page and, page by page, the file (`?format=xlsx`), so that the file
holds exactly what is seen: same filter, same order, same columns less the hidden.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib import parse

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from qudao.kernel import errors

from . import excel, filters, formats, operations, pages, queries, tables

Action = tables.Action
Filter = filters.Filter

PAGE = 50
MOST_PICKED = 200
FORMAT = "format"
PICK = "pick"


@dataclasses.dataclass(frozen=True, slots=True)
class Slice:
    """Up to `limit` rows and the cursor of what follows; "" or None after the last."""

    rows: Sequence[Mapping[str, Any]]
    next: str | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a list is. Only `name`, `title`, `columns` and `fetch` must be given.

    columns   as everybody may see them; `tables.for_reader` leaves out what goes without saying for a partner
    name      the url name of the page; its saved views hang on it and its file is called after it
    filters   stand in the bar and live in the address; `fetch` reads them from the request itself
    fetch     `fetch(cursor, limit)` → Slice; cursor None is the start; a source may give fewer than `limit`
    sums      values by column key and the words before them, of everything filtered; None when there are none
    empty     what the page says while nothing exists at all; a filter that finds nothing is said for itself
    batch     what may be done with picked rows; each is a POST to `Action.url` (read it with `picked`)
    pick      the key of a row's id, needed with `batch`; a row without a value cannot be picked
    order     in words, how rows stand when no head was pressed ("Newest first")
    crumbs    the way back, of a list that is reached from another page and not from the rail
    stack     a phone shows each row as a card unless all columns fit; False for those that are known to
    """

    name: str
    title: Any
    columns: Sequence[tables.Column]
    fetch: Callable[[str | None, int], Slice]
    filters: Sequence[Filter] = ()
    sums: Callable[[], tuple[Mapping[str, Any], Any]] | None = None
    empty: tables.Empty | None = None
    batch: Sequence[Action] = ()
    pick: str = "id"
    order: Any = ""
    subtitle: Any = ""
    crumbs: Sequence[Mapping[str, Any]] = ()
    stack: bool = True


def sort_of(query: QueryDict, columns: Sequence[tables.Column], default: str = "") -> str:
    """The order an address asks for: a sortable column's key, `-` before it for falling; else `default`."""
    wanted = query.get(tables.SORT, "")
    keys = {column.key for column in columns if column.sortable}
    return wanted if wanted.removeprefix("-") in keys else default


def respond(
    request: HttpRequest,
    wanted: Listing,
    *,
    actions: Sequence[Action] = (),
    template: str = "ui/list.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponseBase:
    """The page, or with `?format=xlsx` the file. Runs in the transaction of its page.

    A `template` of one's own extends ui/list.html and fills its blocks `before`, `bar` (beside the filters)
    and `after`. Raises Refused `ui.too_many_rows` for a file over `excel.MOST_ROWS`.
    """
    query = request.GET
    wanted = dataclasses.replace(wanted, columns=tables.for_reader(wanted.columns, request.actor))
    if query.get(FORMAT) == "xlsx":
        return excel.respond(request, wanted)
    views = queries.list_views(wanted.name, actor=request.actor)
    if views and views[0].opens_first and _arriving(request):
        return redirect(f"{request.path}?{views[0].query}")
    shown = wanted.fetch(query.get(filters.CURSOR) or None, PAGE)
    sums, words = wanted.sums() if wanted.sums else ({}, "")
    words = formats.separated(str(words))
    table = tables.Table(
        label=wanted.title,
        columns=wanted.columns,
        rows=shown.rows,
        sums=sums,
        sums_label=formats.in_all(words) if sums else words,
        pick=wanted.pick if wanted.batch else None,
        actions=wanted.batch,
        empty=_empty(wanted, query),
        stack=wanted.stack,
        page=tables.Page(next=shown.next or None, summary="" if query.get(tables.SORT) else wanted.order),
    )
    return pages.show(
        request,
        template,
        {
            "listing": wanted,
            "table": table,
            "filters": wanted.filters,
            "views": _views(views, query),
            "kept": operations.kept(query.urlencode()),
            "actions": actions,
            "excel_url": filters.with_value(query, FORMAT, "xlsx"),
            "sums_label": words,
            **(context or {}),
        },
    )


def picked(request: HttpRequest, *, most: int = MOST_PICKED) -> list[str]:
    """The ids of a batch action's rows, each once. Raises Refused for none, and for more than `most`."""
    found = list(dict.fromkeys(request.POST.getlist(PICK)))
    if not found:
        raise errors.refuse("ui.nothing_picked")
    if len(found) > most:
        raise errors.refuse("ui.too_many_picked", count=len(found), most=most)
    return found


def back(request: HttpRequest, default: str) -> str:
    """The list a batch action came from, with its filters; `default` when the form names no page of ours."""
    address = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(address, allowed_hosts={request.get_host()})
    return address if address and ours else default


def _arriving(request: HttpRequest) -> bool:
    """Whether the person comes from elsewhere without asking for anything: then a view may open first."""
    came_from = parse.urlsplit(request.headers.get("Referer", "")).path
    return not request.META.get("QUERY_STRING") and came_from != request.path


def _views(views: Sequence[Any], query: QueryDict) -> list[dict[str, Any]]:
    now = operations.kept(query.urlencode())
    return [{"view": view, "active": view.query == now} for view in views]


def _empty(wanted: Listing, query: QueryDict) -> tables.Empty | None:
    """A list that is empty because of its filter says so, and how to see everything."""
    if filters.active(wanted.filters, query) or query.get(filters.CURSOR):
        return tables.Empty(
            title=_("Nothing matches"),
            hint=_("Take a filter away to see more."),
            url=filters.cleared(wanted.filters, query),
            action=_("Show all"),
            icon="filter-off",
        )
    return wanted.empty
