"""What supply contributes to the search, the to-dos and the warehouse's queues."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qudao.inventory import queues
from qudao.kernel import periods, scope
from qudao.supply import queries
from qudao.ui import cards, search, status, todos

VIEW, RECEIVE, INSPECT = "supply.purchase.view", "supply.receipt.manage", "supply.inspection.decide"


def find(text: str, *, actor: scope.Actor, limit: int) -> list[search.Hit]:
    """Purchases whose number begins with the text."""
    if not actor.can(VIEW) or not text.strip():
        return []
    return [
        search.Hit(
            kind=_("Purchases"),
            title=one.number,
            detail=status.show("purchase", one.status).label,
            url=reverse("purchase", args=[one.id]),
            icon="package-import",
        )
        for one in queries.list_purchases(actor, text=text.strip(), limit=limit).rows
    ]


def waiting(*, actor: scope.Actor, now: dt.datetime) -> list[todos.Todo]:
    """Purchases due to arrive, receipts to inspect."""
    found: list[todos.Todo] = []
    if actor.can(RECEIVE):
        due = queries.waiting_purchases(actor, today=periods.business_date(now)).due
        if due:
            url = f"{reverse('purchases')}?status=open"
            found.append(
                todos.Todo(title=_("Purchases due"), url=url, icon="package-import", count=due, tone="warn")
            )
    if actor.can(INSPECT):
        count = queries.waiting_receipts(actor).count
        if count:
            url = f"{reverse('goods_receipts')}?status=open"
            found.append(
                todos.Todo(
                    title=_("Receipts to inspect"), url=url, icon="shield-check", count=count, tone="warn"
                )
            )
    return found


def waiting_queues(
    *, actor: scope.Actor, now: dt.datetime, site_ids: tuple[int, ...] | None
) -> list[queues.Queue]:
    """What suppliers still bring, and what waits for inspection."""
    if not actor.can(VIEW):
        return []
    common = {"site_ids": site_ids, "most": queues.SHOWN}
    coming = queries.waiting_purchases(actor, today=periods.business_date(now), **common)
    arrived = queries.waiting_receipts(actor, **common)
    taken = "purchase_receive" if actor.can(RECEIVE) else "purchase"
    return [
        queues.Queue(
            key="receive",
            title=_("Receive"),
            icon="package-import",
            url=queues.address(f"{reverse('purchases')}?status=open", site_ids),
            count=coming.count,
            due=coming.due,
            mine=actor.can(RECEIVE),
            order=10,
            tasks=tuple(_task(one, taken) for one in coming.next),
        ),
        queues.Queue(
            key="inspect",
            title=_("Inspect"),
            icon="shield-check",
            url=queues.address(f"{reverse('goods_receipts')}?status=open", site_ids),
            count=arrived.count,
            oldest=arrived.oldest,
            mine=actor.can(INSPECT),
            order=20,
            tasks=tuple(_task(one, "goods_receipt") for one in arrived.next),
        ),
    ]


def _task(one: queries.Next, page: str) -> queues.Task:
    return queues.Task(
        title=one.number,
        url=reverse(page, args=[one.id]),
        party_id=one.supplier_id,
        site_ids=(one.site_id,),
        lines=one.lines,
        day=one.expected_on,
    )


def at_stake(item_id: int, *, actor: scope.Actor, now: dt.datetime) -> list[cards.Fact]:
    """What is bought of a product and has not arrived."""
    if not actor.can(VIEW):
        return []
    count, quantity = queries.open_of(item_id, actor=actor)
    documents = ngettext("on %(count)s purchase", "on %(count)s purchases", count) % {"count": count}
    return [cards.Fact(label=_("Bought, not arrived"), value=quantity, detail=documents if count else "")]
