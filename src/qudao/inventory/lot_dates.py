"""The production date on a lot's page: who entered it later, and the form where it is not known."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from qudao.inventory import operations, queries
from qudao.inventory.operations import dating
from qudao.kernel import errors, scope
from qudao.organisation import queries_journal
from qudao.ui import parsing


def shown(found: queries.LotDetail, actor: scope.Actor, *, today: dt.date) -> dict[str, Any]:
    """`dated`: by whom and when a date that did not come with the goods was entered; `date_until`: that this person
    may enter one, of which day at the latest."""
    if found.produced_on is None:
        may = actor.can(dating.INSPECT) and found.code != operations.NO_LOT
        return {"date_until": min(today, found.last_usable_on or today) if may else None}
    entered = queries_journal.timeline(f"inventory.lot:{found.id}", actor=actor, limit=1)
    return {"dated": entered[0] if entered else None}


def enter(request, lot_id: int) -> str:
    """The date as the form says it; what to tell whoever entered it."""
    produced_on = parsing.day(request.POST.get("produced_on"))
    if produced_on is None:
        raise errors.refuse("inventory.produced_on_missing")
    operations.date_lot(lot_id=lot_id, produced_on=produced_on, actor=request.actor, now=request.now)
    return _("The production date is entered.")
