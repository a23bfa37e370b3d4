"""What the pages of accounting periods (会计期间) show."""

import dataclasses
import datetime as dt
import urllib.parse
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from qudao.kernel import messages, periods, scope
from qudao.organisation import queries as organisation
from qudao.organisation import queries_people, rules
from qudao.settlement import queries
from qudao.ui import formats, tables

LEDGERS = {"receivable": gettext_lazy("Receivables"), "rebate": gettext_lazy("Rebates")}
UNFINISHED = {
    "receivable": gettext_lazy("Statements for this month not yet confirmed"),
    "rebate": gettext_lazy("Rebates calculated and not confirmed yet"),
}
# What may be under way when a month is closed, as it comes about.
UNDER_WAY = ("draft", "sent", "disputed", "adjusted", "calculated")
# Months shown: the one under way and those before it.
MONTHS = 13


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """One month of one ledger of an entity."""

    entity: organisation.EntityView
    ledger: str
    first_on: dt.date

    @property
    def month(self) -> str:
        return f"{self.first_on:%Y-%m}"


def columns() -> list[tables.Column]:
    return [
        tables.Column(key="month", label=_("Month")),
        tables.Column(key="entity", label=_("Legal entity")),
        tables.Column(key="ledger", label=_("Ledger")),
        tables.Column(key="state", label=_("State"), kind="status", status="period"),
        tables.Column(key="why", label=pgettext("accounting", "Closing"), link="close_url"),
        tables.Column(
            key="closed_at",
            label=_("Closed at"),
            kind="moment",
            sub="closed_by",
            sub_label=_("Closed by"),
        ),
    ]


def months(today: dt.date) -> list[dt.date]:
    """The months shown, newest first."""
    this = today.replace(day=1)
    return [periods.add_months(this, -back) for back in range(MONTHS)]


def rows(*, today: dt.date, entity_id: int | None, ledger: str, actor: scope.Actor) -> list[dict[str, Any]]:
    """Month by month, the newest first, of the entities and ledgers wanted; three statements."""
    shown = months(today)
    entities = [one for one in organisation.list_entities() if entity_id in (None, one.id)]
    last = organisation.last_closed(actor=actor)
    found = organisation.list_closed_periods(since=shown[-1], actor=actor)
    closed = {(one.entity_id, one.ledger, one.first_on): one for one in found}
    names = queries_people.names_of({one.closed_by for one in found})
    return [
        _row(
            Wanted(entity, one, first_on),
            last.get((entity.id, one)),
            closed.get((entity.id, one, first_on)),
            names,
            today,
        )
        for first_on in shown
        for entity in entities
        for one in LEDGERS
        if ledger in ("", one)
    ]


def _row(
    wanted: Wanted,
    last: dt.date | None,
    period: organisation.PeriodView | None,
    names: Mapping[str, str],
    today: dt.date,
) -> dict[str, Any]:
    is_closed = wanted.first_on < rules.open_from(last)
    reasons = rules.check_closing(first_on=wanted.first_on, last=last, today=today)
    return {
        "month": wanted.month,
        "entity": wanted.entity.short_name,
        "ledger": LEDGERS[wanted.ledger],
        "state": "closed" if is_closed else "open",
        "why": ""
        if is_closed
        else messages.render(reasons[-1]).why
        if reasons
        else pgettext("accounting", "Close"),
        "close_url": None if reasons else address(wanted),
        "closed_at": period.closed_at if period else None,
        "closed_by": names.get(period.closed_by, period.closed_by) if period else "",
    }


def address(wanted: Wanted) -> str:
    """The page that closes the month."""
    values = {"entity": wanted.entity.id, "ledger": wanted.ledger, "month": wanted.month}
    return f"{reverse('period_close')}?{urllib.parse.urlencode(values)}"


def closing(wanted: Wanted, *, today: dt.date, actor: scope.Actor) -> dict[str, Any]:
    """What is said before a month is closed: what forbids it, and what of it is still under way."""
    with scope.transaction(actor):
        last = organisation.last_closed(actor=actor).get((wanted.entity.id, wanted.ledger))
        left = queries.unfinished(
            entity_id=wanted.entity.id, ledger=wanted.ledger, first_on=wanted.first_on, actor=actor
        )
    return {
        "facts": [
            (_("Legal entity"), wanted.entity.name),
            (_("Ledger"), LEDGERS[wanted.ledger]),
            (_("Month"), wanted.month),
            (_("Closed up to"), f"{last:%Y-%m}" if last else _("Nothing closed yet")),
        ],
        "blocked": rules.check_closing(first_on=wanted.first_on, last=last, today=today),
        "left_words": UNFINISHED[wanted.ledger],
        "left": [_left(wanted, state, left[state]) for state in UNDER_WAY if state in left],
    }


def _left(wanted: Wanted, state: str, count: int) -> dict[str, Any]:
    kind, page = ("statement", "statements") if wanted.ledger == "receivable" else ("rebate_run", "rebates")
    query = {"status": state, "entity": wanted.entity.id}
    if wanted.ledger == "receivable":
        query["month"] = wanted.month
    return {
        "kind": kind,
        "state": state,
        "count": count,
        "url": f"{reverse(page)}?{urllib.parse.urlencode(query)}",
    }


def consequence(wanted: Wanted) -> str:
    """What closing does, said before the button."""
    first_open = periods.add_months(wanted.first_on, 1)
    said = _(
        "After closing, nothing can be posted before %(day)s. Documents with an earlier date that arrive later"
        " are posted on that day and keep their own date. A closed month cannot be reopened."
    )
    return said % {"day": formats.day(first_open)}
