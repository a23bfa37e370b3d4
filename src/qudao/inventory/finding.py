"""What stock contributes to the search, the to-dos and the warehouse's queues."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.inventory import queries, queues
from qudao.kernel import scope
from qudao.ui import search, todos

VIEW, MOVE, INSPECT = "inventory.stock.view", "inventory.stock.move", "inventory.stock.inspect"


def find(text: str, *, actor: scope.Actor, limit: int) -> list[search.Hit]:
    """Lots and serials of exactly this code."""
    if not actor.can(VIEW) or len(text.strip()) < 2:
        return []
    return [
        search.Hit(
            kind=_("Serials") if one.serial_id else _("Lots"),
            title=f"{one.lot} / {one.serial}" if one.serial_id else one.lot,
            detail=f"{one.item_name} {one.specification}",
            url=reverse("lot", args=[one.lot_id]),
            icon="barcode",
            about=search.goods(one.lot_id, one.serial_id),
        )
        for one in queries.find_goods(text.strip(), actor, limit=limit)
    ]


def waiting(*, actor: scope.Actor, now: dt.datetime) -> list[todos.Todo]:
    """Transfers to take in; goods of transfers and counts to judge."""
    found: list[todos.Todo] = []
    if actor.can(MOVE):
        coming = queries.count_transfers(actor, status="sent")
        if coming:
            found.append(
                todos.Todo(
                    title=_("Transfers to take in"),
                    url=f"{reverse('transfers')}?status=sent",
                    icon="arrows-exchange",
                    count=coming,
                )
            )
    if actor.can(INSPECT):
        count = len(queries.unjudged(actor))
        if count:
            found.append(
                todos.Todo(
                    title=_("Transfers, counts and goods brought back to inspect"),
                    url=reverse("stock_inspect"),
                    icon="shield-check",
                    count=count,
                    tone="warn",
                )
            )
    return found


def waiting_queues(
    *, actor: scope.Actor, now: dt.datetime, site_ids: tuple[int, ...] | None
) -> list[queues.Queue]:
    """Transfers on their way in, and what they and counts brought to be judged."""
    found: list[queues.Queue] = []
    if actor.can(VIEW):
        coming, _more = queries.list_transfers(actor, status="sent", site_ids=site_ids, limit=200)
        oldest = sorted(coming, key=lambda one: one.created_at)
        found.append(
            queues.Queue(
                key="transfers",
                title=_("Transfers to take in"),
                icon="arrows-exchange",
                url=queues.address(f"{reverse('transfers')}?status=sent", site_ids),
                count=len(coming),
                oldest=oldest[0].created_at if oldest else None,
                mine=actor.can(MOVE),
                order=60,
                tasks=tuple(
                    queues.Task(
                        title=one.number,
                        url=reverse("transfer", args=[one.id]),
                        site_ids=(one.from_site_id, one.to_site_id),
                    )
                    for one in oldest[: queues.SHOWN]
                ),
            )
        )
    if actor.can(INSPECT):
        unjudged = queries.unjudged(actor, site_ids=site_ids)
        url = queues.address(reverse("stock_inspect"), site_ids)
        found.append(
            queues.Queue(
                key="unjudged",
                title=_("Transfers, counts and goods brought back to inspect"),
                icon="shield-check",
                url=url,
                count=len(unjudged),
                mine=True,
                order=65,
                tasks=tuple(
                    queues.Task(
                        title=f"{one.item_name} {one.specification}",
                        url=url,
                        detail=one.lot,
                        site_ids=(one.site_id,),
                    )
                    for one in unjudged[: queues.SHOWN]
                ),
            )
        )
    return found
