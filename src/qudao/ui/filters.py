"""Filter bars whose whole state is the address: links and menus that change one parameter each.

Every change drops the cursor, since a page number of another list means nothing.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from qudao.kernel import periods

from . import parsing

CURSOR = "cursor"


@dataclasses.dataclass(frozen=True, slots=True)
class Toggle:
    """A chip that is on or off: `?key=value` or nothing. `count` is how many rows it would leave."""

    key: str
    value: str
    label: Any
    count: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Choice:
    """A menu of (value, label), one of them or none; always one, if `otherwise` is what holds where the address
    names none."""

    key: str
    label: Any
    choices: Sequence[tuple[str, Any]]
    otherwise: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Text:
    """A box to type in."""

    key: str
    label: Any


@dataclasses.dataclass(frozen=True, slots=True)
class Days:
    """From one day to another, both included: `?key=2026-11-01&until_key=2026-11-30`, either may be missing.

    With `today` the menu offers the usual spans. `read` gives the filter half-open, as queries take it.
    """

    key: str
    until_key: str
    label: Any
    today: dt.date | None = None

    def read(self, query: QueryDict) -> tuple[dt.date | None, dt.date | None]:
        """(since, until): the first day, and the day after the last; None where the address says none."""
        last = parsing.day(query.get(self.until_key, ""))
        return parsing.day(query.get(self.key, "")), periods.day_after(last)


Filter = Toggle | Choice | Text | Days


def keys(filters: Sequence[Filter]) -> list[str]:
    """The parameters of the address that these filters own."""
    return [one.key for one in filters] + [one.until_key for one in filters if isinstance(one, Days)]


def _narrowing(filters: Sequence[Filter]) -> list[str]:
    """The parameters of those that may be off: a choice of which one always holds narrows nothing."""
    return keys([one for one in filters if not (isinstance(one, Choice) and one.otherwise)])


def active(filters: Sequence[Filter], query: QueryDict) -> bool:
    """Whether any of them is on."""
    return any(query.get(key) for key in _narrowing(filters))


def cleared(filters: Sequence[Filter], query: QueryDict) -> str:
    """The address without any of them: order and columns stay."""
    changed = query.copy()
    for key in (*_narrowing(filters), CURSOR):
        changed.pop(key, None)
    return f"?{changed.urlencode()}"


def with_value(query: QueryDict, key: str, value: str | None) -> str:
    """The address with `key` set to `value`, or without `key` when it is None."""
    changed = query.copy()
    changed.pop(CURSOR, None)
    changed.pop(key, None)
    if value is not None:
        changed[key] = value
    return f"?{changed.urlencode()}"


def toggled(query: QueryDict, key: str, value: str) -> str:
    """The address with `value` added to the values of `key`, or taken away when it is among them."""
    values = query.getlist(key)
    changed = query.copy()
    changed.pop(CURSOR, None)
    changed.setlist(key, [v for v in values if v != value] if value in values else [*values, value])
    return f"?{changed.urlencode()}"


def shown(filters: Sequence[Filter], query: QueryDict) -> list[dict[str, Any]]:
    """What the template needs: kind, label, whether it is on, and where each link leads."""
    return [_shown(one, query) for one in filters]


def _shown(one: Filter, query: QueryDict) -> dict[str, Any]:
    if isinstance(one, Days):
        return _days(one, query)
    now = query.get(one.key)
    if isinstance(one, Toggle):
        on = now == one.value
        url = with_value(query, one.key, None if on else one.value)
        return {"kind": "toggle", "label": one.label, "count": one.count, "on": on, "url": url}
    if isinstance(one, Text):
        rest = _rest(query, one.key)
        return {"kind": "text", "key": one.key, "label": one.label, "value": now or "", "rest": rest}
    values = dict(one.choices)
    now = now if now in values else one.otherwise or None
    chosen = values.get(now)
    entries = [
        {"label": label, "on": value == now, "url": with_value(query, one.key, value)}
        for value, label in one.choices
    ]
    clear = None if one.otherwise else with_value(query, one.key, None)
    return {"kind": "choice", "label": one.label, "chosen": chosen, "entries": entries, "clear": clear}


def _rest(query: QueryDict, *own: str) -> list[tuple[str, str]]:
    """What a form must carry along so that it changes its own parameters alone."""
    return [(key, value) for key, values in query.lists() if key not in (*own, CURSOR) for value in values]


def _days(one: Days, query: QueryDict) -> dict[str, Any]:
    since, until = one.read(query)
    last = periods.last_day(until)
    clear = _span(query, one, None, None)
    spans = [
        {"label": label, "url": _span(query, one, *span), "on": span == (since, last)}
        for label, span in (_spans(one.today) if one.today else ())
    ]
    return {
        "kind": "days",
        "label": one.label,
        "key": one.key,
        "until_key": one.until_key,
        "since": since,
        "last": last,
        "chosen": _words(since, last),
        "spans": spans,
        "clear": clear,
        "rest": _rest(query, one.key, one.until_key),
    }


def _span(query: QueryDict, one: Days, since: dt.date | None, last: dt.date | None) -> str:
    changed = query.copy()
    for key, day in ((one.key, since), (one.until_key, last)):
        changed.pop(key, None)
        if day:
            changed[key] = day.isoformat()
    changed.pop(CURSOR, None)
    return f"?{changed.urlencode()}"


def _spans(today: dt.date) -> list[tuple[str, tuple[dt.date, dt.date]]]:
    month = today.replace(day=1)
    before = month - dt.timedelta(days=1)
    quarter = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
    return [
        (_("Today"), (today, today)),
        (_("Last 7 days"), (today - dt.timedelta(days=6), today)),
        (_("Last 30 days"), (today - dt.timedelta(days=29), today)),
        (_("This month"), (month, today)),
        (_("Last month"), (before.replace(day=1), before)),
        (_("This quarter"), (quarter, today)),
        (_("This year"), (today.replace(month=1, day=1), today)),
    ]


def _words(since: dt.date | None, last: dt.date | None) -> str:
    if since and last:
        return since.isoformat() if since == last else f"{since} – {last}"
    if since:
        return _("From %(day)s") % {"day": since}
    return _("until %(day)s") % {"day": last} if last else ""
