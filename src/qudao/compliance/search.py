"""Lots and serials in the search box."""

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from qudao.compliance import queries
from qudao.kernel import scope
from qudao.ui import search


def find(text: str, *, actor: scope.Actor, limit: int) -> list[search.Hit]:
    """Lots and serials the text names. Our own people's: a partner looks on the trace page itself."""
    if not actor.can(queries.VIEW) or not actor.house:
        return []
    return [
        search.Hit(
            kind=_("Lots and serial numbers"),
            title=found.serial or found.lot,
            detail=f"{found.item_name} {found.specification}",
            url=address(found),
            icon="barcode",
        )
        for found in queries.find_subject(text, actor, limit=limit)
    ]


def address(found: queries.Subject) -> str:
    """The page of one lot or serial."""
    return f"{reverse('trace')}?{urlencode(parameters(found, found.serial or found.lot))}"


def parameters(found: queries.Subject, text: str) -> dict[str, str | int]:
    """What names the lot or serial in an address, beside the text that was looked for."""
    if found.serial_id:
        return {"q": text, "serial": found.serial_id}
    return {"q": text, "lot": found.lot_id}
