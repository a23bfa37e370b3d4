"""What partners contribute to the search and to the to-dos."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.kernel import periods, scope
from qudao.partners import queries
from qudao.ui import search, todos

VIEW = "partners.party.view"


def find(text: str, *, actor: scope.Actor, limit: int) -> list[search.Hit]:
    """Partners and hospitals by name, pinyin, initials, code or credit code."""
    if not actor.can(VIEW):
        return []
    return [
        search.Hit(
            kind=_("Hospitals") if party.kind == "hospital" else _("Partners"),
            title=party.name,
            detail=party.uscc or party.code,
            url=reverse("partner", args=[party.id]),
            icon="building-hospital" if party.kind == "hospital" else "affiliate",
        )
        for party in queries.search_parties(text, actor=actor, limit=limit, dealt=True)
    ]


def waiting(*, actor: scope.Actor, now: dt.datetime) -> list[todos.Todo]:
    """Licences that lapse within 90 days, for those who look after partners."""
    if not actor.can("partners.party.manage"):
        return []
    totals = queries.total_parties(queries.PartyFilter(), actor=actor, today=periods.business_date(now))
    if not totals.expiring:
        return []
    return [
        todos.Todo(
            title=_("Licences of partners expire within 90 days, or have expired"),
            detail=_("Renewal takes a month: what lapses cannot be sold to any more."),
            url=f"{reverse('partners')}?licence=expiring",
            icon="certificate",
            count=totals.expiring,
            tone="warn",
        )
    ]
