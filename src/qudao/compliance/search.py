"""Lots and serials in the search box; open holds among the to-dos; the way from a lot to its trace."""

import datetime as dt
import uuid

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from qudao.compliance import queries
from qudao.inventory import queries as inventory
from qudao.kernel import scope
from qudao.ui import search, tables, todos


def find(text: str, *, actor: scope.Actor, limit: int) -> list[search.Hit]:
    """Lots and serials the text names. Our own people's: a partner looks on the trace page itself.

    A device identifier names a product, whose page leads to the trace of its lots.
    """
    if not actor.can(queries.VIEW) or not actor.house:
        return []
    typed = text.strip().casefold()
    return [
        search.Hit(
            kind=_("Trace"),
            title=found.serial or found.lot,
            detail=f"{found.item_name} {found.specification}",
            url=address(found),
            icon="barcode",
            about=search.goods(found.lot_id, found.serial_id),
        )
        for found in queries.find_subject(text, actor, limit=limit)
        if typed in (found.lot.casefold(), found.serial.casefold())
    ]


def waiting(*, actor: scope.Actor, now: dt.datetime) -> list[todos.Todo]:
    """Holds that wait for quality's verdict."""
    if not actor.can(queries.RELEASE):
        return []
    count = inventory.count_holds(actor)
    if not count:
        return []
    return [
        todos.Todo(
            title=_("Holds to decide on"),
            detail=_("Held goods cannot be sold, and take up room."),
            url=reverse("holds"),
            icon="lock",
            count=count,
            tone="warn",
        )
    ]


def of_lot(lot: inventory.LotDetail, *, actor: scope.Actor) -> list[tables.Action]:
    """What the page of a lot leads to."""
    if not actor.can(queries.VIEW):
        return []
    return [tables.Action(label=_("Trace"), url=address_of(lot.id, 0, lot.code), icon="barcode")]


def address(found: queries.Subject) -> str:
    """The page of one lot or serial."""
    return address_of(found.lot_id, found.serial_id, found.serial or found.lot)


def address_of(lot_id: int, serial_id: int, text: str) -> str:
    """The same by ids; `text` is the number as printed."""
    chosen = {"serial": serial_id} if serial_id else {"lot": lot_id}
    return f"{reverse('trace')}?{urlencode({'q': text, **chosen})}"


def release_of(hold_id: uuid.UUID) -> str:
    """Where a hold is lifted."""
    return f"{reverse('hold_release')}?hold={hold_id}"


def parameters(found: queries.Subject, text: str) -> dict[str, str | int]:
    """What names the lot or serial in an address, beside the text that was looked for."""
    if found.serial_id:
        return {"q": text, "serial": found.serial_id}
    return {"q": text, "lot": found.lot_id}
