"""What pricing contributes to the search, the to-dos and the partner page."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.kernel import periods, scope
from qudao.pricing import names as words
from qudao.pricing import queries
from qudao.pricing.names import Names
from qudao.ui import cards, search, status, tables, todos

VIEW, MANAGE, SIGN = "pricing.contract.view", "pricing.contract.manage", "pricing.contract.sign"
SHOWN = 20


def find(text: str, *, actor: scope.Actor, limit: int) -> list[search.Hit]:
    """Contracts whose number begins with the text."""
    if not actor.can(VIEW) or not text.strip():
        return []
    return [
        search.Hit(
            kind=_("Contracts"),
            title=row.number,
            detail=" · ".join((row.party_name, str(status.show("contract", row.status).label))),
            url=reverse("contract", args=[row.id]),
            icon="file-text",
        )
        for row in queries.search_contracts(text, actor=actor, limit=limit)
    ]


def waiting(*, actor: scope.Actor, now: dt.datetime) -> list[todos.Todo]:
    """Drafts for who signs, contracts that end within 90 days for who looks after them."""
    if not actor.can(VIEW) or not (actor.can(SIGN) or actor.can(MANAGE)):
        return []
    totals = queries.total_contracts(queries.ContractFilter(), on=periods.business_date(now), actor=actor)
    found = []
    address = reverse("contracts")
    if totals.drafts and actor.can(SIGN):
        found.append(
            todos.Todo(
                title=_("Contract versions to sign"),
                detail=_("Their prices hold once both sides have signed."),
                url=f"{address}?state=draft",
                icon="signature",
                count=totals.drafts,
            )
        )
    if totals.expiring and actor.can(MANAGE):
        found.append(
            todos.Todo(
                title=_("Contracts end within 90 days"),
                detail=_("Without a further version the guide prices with their factors hold again."),
                url=f"{address}?state=expiring",
                icon="file-text",
                count=totals.expiring,
                tone="warn",
            )
        )
    return found


def in_force(party_id: int, *, actor: scope.Actor, now: dt.datetime) -> list[cards.Card]:
    """The partner's contracts, as far as this person sees them."""
    if not actor.can(VIEW):
        return []
    today = periods.business_date(now)
    found = queries.find_contracts(
        queries.ContractFilter(party_id=party_id), on=today, actor=actor, limit=SHOWN
    )
    if not found.rows:
        return []
    names = Names.load()
    table = tables.Table(
        label=_("Contracts"),
        columns=[
            tables.Column(key="number", label=_("Contract"), sub="title"),
            tables.Column(key="line", label=_("Product line"), sub="entity"),
            tables.Column(key="version", label=_("Version")),
            tables.Column(key="period", label=_("Validity")),
            tables.Column(key="prices", label=_("Price rows"), kind="qty"),
            tables.Column(key="state", label=_("State"), kind="status", status="contract"),
        ],
        rows=[
            {
                "url": reverse("contract", args=[row.id]),
                "number": row.number,
                "title": row.title,
                "line": names.lines.get(row.line_id, ""),
                "entity": names.entities.get(row.entity_id, ""),
                "version": f"v{row.version_number or row.draft_number}",
                "period": words.period(row.valid_from, row.valid_until)
                if row.version_number
                else words.period(row.draft_from, row.ends),
                "prices": row.prices,
                "state": row.state,
            }
            for row in found.rows
        ],
    )
    return [
        cards.Card(
            title=_("Contracts"),
            template="ui/parts/card_table.html",
            context={
                "table": table,
                "more": f"{reverse('contracts')}?party={party_id}" if found.next else "",
            },
            order=28,
            wide=True,
        )
    ]
