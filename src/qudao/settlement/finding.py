"""What settlement contributes to the to-dos."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.kernel import scope
from qudao.settlement import queries
from qudao.ui import todos

CONFIRM = "settlement.statement.confirm"


def waiting(*, actor: scope.Actor, now: dt.datetime) -> list[todos.Todo]:
    """A partner's statements that wait for its word."""
    if actor.party_id is None or not actor.can(CONFIRM):
        return []
    sent = queries.list_statements(actor=actor, status="sent").rows
    if not sent:
        return []
    return [
        todos.Todo(
            title=_("Statements to confirm"),
            url=reverse("partner", args=[actor.party_id]),
            icon="file-invoice",
            count=len(sent),
            tone="warn",
        )
    ]
