"""What the worker does for settlement: every night rebates that lapse; when told a month's statements, a period's
rebates, and what was picked in a list.

Each document is a transaction of its own. A second run after a crash decides by the state it finds: a draft is
built anew under its number, what was sent, calculated or confirmed by then counts as done and is left alone.
"""

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qudao.kernel import jobs, messages, periods, scope
from qudao.organisation import actors
from qudao.partners import queries as partners
from qudao.pricing import names as term_words
from qudao.pricing import queries as pricing
from qudao.settlement import debtors, operations, queries
from qudao.settlement.operations import batches
from qudao.ui import formats, progress

MOST_REASONS, MOST_NAMES = 5, 3


# Shortly after the business day begins in Shanghai.
@jobs.periodic("10 16 * * *")
def expire_rebates(*, now: dt.datetime) -> None:
    """Write off what is left in the pools of rebates whose last day was yesterday."""
    actor = scope.system("settlement.expiry")
    with scope.transaction(actor):
        nodes = queries.lapsed_pools(today=periods.business_date(now))
    # Who is busy at that hour is taken up the next night; until then nothing of it can be used.
    batches.each(nodes, lambda node: operations.expire_rebates(debtor_node_id=node, actor=actor, now=now))


def build_statements(run: progress.Run, *, month: str, debtor_nodes: list[int]) -> str:
    """Build the month's statement of each debtor; the list of the month's drafts."""
    actor, first = _actor(run), dt.date.fromisoformat(month)
    found = _each(
        run,
        debtor_nodes,
        lambda node: (
            operations.build_statement(
                debtor_node_id=node, month=first, actor=actor, now=timezone.now()
            ).statement.id
        ),
    )
    count = len(found.made)
    words = ngettext(
        "%(count)s statement of %(month)s built.", "%(count)s statements of %(month)s built.", count
    )
    said = words % {"count": count, "month": f"{first:%Y-%m}"}
    run.say("\n".join([said, *_left_out(found, lambda nodes: _debtor_names(nodes, actor))]))
    return f"{reverse('statements')}?month={first:%Y-%m}&status=draft"


def run_rebates(run: progress.Run, *, month: str, terms: list[int]) -> str:
    """Calculate each term for its period that the month lies in; the list with results and previews, newest first."""
    actor, day = _actor(run), dt.date.fromisoformat(month)
    today = periods.business_date(timezone.now())
    to_run, waiting = batches.terms_of(day=day, today=today, actor=actor)
    ready = {term.id: term for term in to_run}
    before = len({term.id for term in waiting} & set(terms))
    found = _each(
        run,
        [one for one in terms if one in ready],
        lambda one: batches.run_term(ready[one], day=day, actor=actor, now=timezone.now()).run.id,
        before=before,
    )
    count = before + len(found.made)
    words = ngettext("%(count)s rebate calculated.", "%(count)s rebates calculated.", count)
    said = _left_out(found, lambda some: _term_names([ready[one] for one in some], actor))
    run.say("\n".join([words % {"count": count}, *said]))
    return reverse("rebates")


def send_statements(run: progress.Run, *, statements: list[str]) -> str:
    """Send the picked drafts; the list of what waits for its partner."""
    actor = _actor(run)

    def send(one: uuid.UUID) -> uuid.UUID:
        return operations.send_statement(statement_id=one, actor=actor, now=timezone.now()).id

    count, said = _picked(run, statements, "sent", queries.statement_states, send, actor)
    words = ngettext("%(count)s statement sent.", "%(count)s statements sent.", count) % {"count": count}
    run.say("\n".join([words, *said]))
    return f"{reverse('statements')}?status=sent"


def confirm_runs(run: progress.Run, *, runs: list[str]) -> str:
    """Book the picked calculations into the pools; the list of confirmed ones."""
    actor = _actor(run)

    def confirm(one: uuid.UUID) -> uuid.UUID:
        return operations.confirm_run(run_id=one, actor=actor, now=timezone.now()).id

    count, said = _picked(run, runs, "confirmed", queries.run_states, confirm, actor)
    words = ngettext("%(count)s rebate confirmed.", "%(count)s rebates confirmed.", count) % {"count": count}
    run.say("\n".join([words, *said]))
    return f"{reverse('rebates')}?status=confirmed"


def _actor(run: progress.Run) -> scope.Actor:
    return actors.of_reference(run.owner, now=timezone.now())


def _picked(
    run: progress.Run,
    picked: list[str],
    goal: str,
    states_of: Callable[..., dict[uuid.UUID, tuple[str, str]]],
    act: Callable[[uuid.UUID], uuid.UUID],
    actor: scope.Actor,
) -> tuple[int, list[str]]:
    """Bring documents to the state `goal`: how many stand there now, and what is said of the others."""
    ids = [uuid.UUID(one) for one in picked]
    with scope.transaction(actor):
        states = states_of(ids, actor=actor)
    there = {one for one, (_number, state) in states.items() if state == goal}
    found = _each(run, [one for one in ids if one not in there], act, before=len(there))
    numbers = {one: number for one, (number, _state) in states.items()}
    return len(there) + len(found.made), _left_out(found, lambda some: numbers)


def _each(
    run: progress.Run, wanted: Sequence[Any], act: Callable[[Any], Any], *, before: int = 0
) -> batches.Batch:
    """One after the other with the bar moving; `before` are those an earlier run of this work did."""
    total = before + len(wanted)
    run.advance(before, total)
    return batches.each(wanted, act, done=lambda count: run.advance(before + count, total))


def _left_out(found: batches.Batch, names_of: Callable[[list[Any]], dict[Any, str]]) -> list[str]:
    """A line for each reason, with how many were left out and the first of them by name. Bounded."""
    why: dict[str, list[Any]] = {}
    for one, reasons in found.refused:
        why.setdefault(str(messages.render(reasons[0]).title), []).append(one)
    shown = list(why.items())[:MOST_REASONS]
    names = names_of([one for _title, some in shown for one in some[:MOST_NAMES]])
    lines = [_because(title, some, names) for title, some in shown]
    more = len(found.refused) - sum(len(some) for _title, some in shown)
    return [*lines, _("%(count)s more left out for other reasons") % {"count": more}] if more else lines


def _because(title: str, some: list[Any], names: dict[Any, str]) -> str:
    said = [names[one] for one in some[:MOST_NAMES] if names.get(one)]
    if not said:
        return _("%(count)s left out: %(why)s") % {"count": len(some), "why": title}
    listed = formats.listed(said) + ("…" if len(some) > len(said) else "")
    words = _("%(count)s left out: %(why)s (%(names)s)")
    return words % {"count": len(some), "why": title, "names": listed}


def _debtor_names(nodes: Iterable[int], actor: scope.Actor) -> dict[int, str]:
    with scope.transaction(actor):
        of = debtors.parties(nodes)
        names = partners.party_names(set(of.values()), actor)
    return {node: names.get(party, "") for node, party in of.items()}


def _term_names(terms: Sequence[pricing.RebateTerm], actor: scope.Actor) -> dict[int, str]:
    with scope.transaction(actor):
        names = partners.party_names({term.party_id for term in terms}, actor)
    return {
        term.id: f"{names.get(term.party_id, '')} {term_words.rebate(term.name)}".strip() for term in terms
    }
