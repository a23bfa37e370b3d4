"""What sell-through shows on the page of a partner, and the to-dos it makes."""

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.flow import operations, presenting, queries, queries_punctuality
from qudao.kernel import periods, scope
from qudao.ui import cards, tables, todos

VIEW = "flow.file.view"
LATEST = 6


def of_partner(party_id: int, *, actor: scope.Actor, now: dt.datetime) -> list[cards.Card]:
    """The partner's latest files, and how many of the months it owed came in time."""
    if not actor.can(VIEW):
        return []
    found = queries.list_files(actor=actor, party_id=party_id, limit=LATEST)
    owed, punctual = _punctual(party_id, actor, now)
    since = presenting.since(periods.business_date(now))
    if not found and not owed:
        return []
    hidden = {"party", "method"}
    table = tables.Table(
        label=_("Sell-through"),
        columns=[one for one in presenting.file_columns() if one.key not in hidden],
        rows=presenting.file_rows(found, actor),
        empty=tables.Empty(
            title=_("No file yet"),
            hint=_("The partner owes its months from the first delivery on."),
            url=reverse("flow_upload") if actor.party_id and actor.can(operations.TAKE_IN) else None,
            action=_("Upload the first"),
        ),
    )
    return [
        cards.Card(
            title=_("Sell-through"),
            template="flow/card.html",
            context={
                "table": table,
                "punctuality": presenting.punctuality(owed, punctual, since) if owed else "",
                "url": f"{reverse('flow_punctuality')}?party={party_id}",
            },
            order=34,
            wide=True,
        )
    ]


def columns(party_ids: Iterable[int], *, actor: scope.Actor, now: dt.datetime) -> list[cards.Figures]:
    """For partners' people: the last sale reported by a partner, or to a hospital, as far as the actor sees."""
    if actor.house or not actor.can(VIEW):
        return []
    return [
        cards.Figures(
            column=tables.Column(key="last_sale", label=_("Last sale reported"), kind="day"),
            values=queries.last_sales(set(party_ids), actor=actor),
        )
    ]


def _punctual(party_id: int, actor: scope.Actor, now: dt.datetime) -> tuple[int, int]:
    today = periods.business_date(now)
    return queries_punctuality.count_punctual(
        first=presenting.since(today),
        until=today + dt.timedelta(days=1),
        today=today,
        actor=actor,
        party_id=party_id,
    )


def waiting(*, actor: scope.Actor, now: dt.datetime) -> list[todos.Todo]:
    """Lines to match for those who decide; a partner's own months that are missing."""
    found = []
    if actor.can(operations.DECIDE) and (count := queries.count_waiting(actor=actor)):
        found.append(
            todos.Todo(
                title=_("Sell-through lines to match"),
                url=reverse("flow_matching"),
                icon="arrows-join",
                count=count,
                tone="warn",
            )
        )
    if actor.can(operations.JUDGE) and (count := queries.count_unjudged(actor=actor)):
        found.append(
            todos.Todo(
                title=_("Suspected diversions to judge"),
                url=f"{reverse('flow_appeals')}?verdict={queries.OPEN}",
                icon="gavel",
                count=count,
                tone="warn",
            )
        )
    if actor.party_id and actor.can(operations.TAKE_IN):
        owed, punctual = _punctual(actor.party_id, actor, now)
        if owed > punctual:
            found.append(
                todos.Todo(
                    title=_("Months of sell-through late or missing"),
                    url=reverse("flow_punctuality"),
                    icon="route",
                    count=owed - punctual,
                    tone="warn",
                )
            )
    return found
