"""What the pages of settlement share: names of debtors, figures typed in."""

import datetime as dt
import uuid
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qudao.catalog import queries as catalog
from qudao.kernel import errors, periods, scope
from qudao.organisation import queries as organisation
from qudao.organisation import queries_people
from qudao.partners import queries as partners
from qudao.settlement import debtors, queries
from qudao.ui import filters, formats, listing, pages, parsing, progress, tables

# Whose a document of a debtor is; to a partner that goes without saying, which of us it deals with not.
PARTY = tables.Column(
    key="party",
    label=gettext_lazy("Partner"),
    sub="entity",
    sub_label=gettext_lazy("Legal entity"),
    whose="own",
    instead=tables.Column(key="entity", label=gettext_lazy("Supplier")),
)
# Partners a filter by name looks among.
MOST_PARTIES = 200


class Names:
    """The names of parties and legal entities of some rows with `party_id` and `entity_id`, read at once."""

    def __init__(self, rows: Iterable[Any], actor: scope.Actor) -> None:
        self.parties = partners.party_names({row.party_id for row in rows}, actor)
        self.entities = {one.id: one.short_name for one in organisation.list_entities()}

    def party(self, row: Any) -> str:
        return self.parties.get(row.party_id, "")

    def entity(self, row: Any) -> str:
        return self.entities.get(row.entity_id, "")


def people(*references: str) -> dict[str, str]:
    """Who stands behind the references in documents; a job or a client is called by its reference."""
    found = queries_people.names_of([one for one in references if one])
    return {one: found.get(one, one) for one in references if one}


def parties_named(text: str, actor: scope.Actor) -> tuple[int, ...] | None:
    """The parties a filter's words name; None without words."""
    if not text.strip():
        return None
    return tuple(one.id for one in partners.search_parties(text, actor=actor, limit=MOST_PARTIES))


def named(request) -> dict[str, Any]:
    """What the `named_filter` of a list of documents asks for, as their filters take it."""
    text = request.GET.get("q", "").strip()[:80]
    return {"text": text, "party_ids": parties_named(text, request.actor) or ()}


def named_filter(actor: scope.Actor) -> filters.Text:
    return filters.Text("q", _("Document number or partner") if actor.house else _("Document number"))


def whose(node_id: int, actor: scope.Actor) -> tuple[str, str, int]:
    """The names of a debtor's partner and legal entity, and the partner's id; raises NotFound when unseen."""
    credit = queries.find_credit_row(node_id, actor=actor)
    if credit is None:
        if not actor.house:
            raise errors.NotFound
        credit = debtors.get(node_id, actor=actor)
    names = Names([credit], actor)
    return names.party(credit), names.entity(credit), credit.party_id


def handed_over(request, title: str, work: str, **arguments: Any) -> HttpResponse:
    """Let the worker do it, once a form; the page where it is followed."""

    def start() -> str:
        started = progress.start(title=title, work=work, actor=request.actor, now=request.now, **arguments)
        return str(started)

    return redirect("notice", pages.once(request, start))


def picked(request) -> list[str]:
    """The ids of documents picked in a list. Raises NotFound for one that is no id."""
    try:
        return [str(uuid.UUID(one)) for one in listing.picked(request)]
    except ValueError:
        raise errors.NotFound from None


def entity_choices() -> list[tuple[str, str]]:
    return [(str(one.id), one.short_name) for one in organisation.list_entities()]


def span(period_from: dt.date, period_until: dt.date) -> str:
    """A half-open period as people say it: 2026-11 for a month, else first and last day."""
    last = period_until - dt.timedelta(days=1)
    if period_from.day == 1 and period_until == periods.add_months(period_from, 1):
        return f"{period_from:%Y-%m}"
    return f"{formats.day(period_from)} – {formats.day(last)}"


def day_of(text: str, *, field: Any) -> dt.date:
    """A day as a date field sends it. Raises Refused `settlement.day_unreadable`."""
    return _read(parsing.day(text), text, field, "settlement.day_unreadable")


def amount_of(text: str, *, field: Any) -> Decimal:
    """An amount as people type it. Raises Refused `settlement.amount_unreadable`."""
    return _read(parsing.amount(text), text, field, "settlement.amount_unreadable")


def _read(found: Any, text: str, field: Any, code: str) -> Any:
    if found is None:
        raise errors.refuse(code, field=str(field), text=text[:40])
    return found


def goods(item: catalog.ItemView | None, lot: str) -> dict[str, str]:
    """A line's product, its unit, and underneath what tells it from its like."""
    if item is None:
        return {"item": "", "what": lot, "unit": ""}
    what = " · ".join(filter(None, (item.code, item.specification, lot)))
    return {"item": item.name, "what": what, "unit": item.base_unit}
