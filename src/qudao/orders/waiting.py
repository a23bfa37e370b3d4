"""The queues of orders in the warehouse: to pick, review, ship, on the road, returns to inspect."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.inventory import queues as waiting
from qudao.kernel import periods, scope
from qudao.orders import queries_warehouse

# state → icon, permission of who works on it, the page where that is done
_STEPS = {
    "to_pick": ("basket", "orders.shipment.pick", "shipment_scan"),
    "picked": ("eye-check", "orders.shipment.review", "shipment_scan"),
    "reviewed": ("truck-delivery", "orders.shipment.ship", "shipment"),
    "shipped": ("road", "orders.shipment.sign", "shipment_sign"),
    "withdrawn": ("arrow-back", "orders.shipment.pick", "shipment"),
}
# What comes seldom and is no whole state: the list of it, which has no empty queue.
LISTED = {"withdrawn": "off_shelf=1"}
ICONS = {state: icon for state, (icon, _permission, _page) in _STEPS.items()}


def queues(*, actor: scope.Actor, now: dt.datetime, site_ids: tuple[int, ...] | None) -> list[waiting.Queue]:
    """What this person sees of shipments and returns that wait, by the step that comes next."""
    found: list[waiting.Queue] = []
    if actor.can("orders.shipment.view"):
        found += _shipments(actor, now, site_ids)
    if actor.can("orders.return.inspect"):
        back = queries_warehouse.waiting_returns(actor=actor, site_ids=site_ids, most=waiting.SHOWN)
        url = waiting.address(f"{reverse('returns')}?status=received", site_ids)
        found.append(
            waiting.Queue(
                key="returns",
                title=_("Returns to inspect"),
                icon="arrow-back-up",
                url=url,
                count=back.count,
                oldest=back.oldest,
                mine=True,
                order=70,
                tasks=tuple(_task(one, f"{url}#return-{one.number}") for one in back.next),
            )
        )
    return found


def _shipments(actor: scope.Actor, now: dt.datetime, site_ids: tuple[int, ...] | None) -> list[waiting.Queue]:
    titles = {
        "to_pick": _("Pick"),
        "picked": _("Review"),
        "reviewed": _("Ship"),
        "shipped": _("In transit"),
        "withdrawn": _("Back to the shelf"),
    }
    found = queries_warehouse.waiting_shipments(
        actor=actor, today=periods.business_date(now), site_ids=site_ids, most=waiting.SHOWN
    )
    none = queries_warehouse.Waiting()
    return [
        waiting.Queue(
            key=state,
            title=titles[state],
            icon=icon,
            url=waiting.address(
                f"{reverse('shipments')}?{LISTED.get(state, f'status={state}&sort=wanted')}", site_ids
            ),
            count=found.get(state, none).count,
            oldest=found.get(state, none).oldest,
            due=found.get(state, none).due,
            mine=actor.can(permission),
            order=30 + place,
            tasks=tuple(_task(one, reverse(page, args=[one.id])) for one in found.get(state, none).next),
        )
        for place, (state, (icon, permission, page)) in enumerate(_STEPS.items())
        if state in found or state not in LISTED
    ]


def _task(one: queries_warehouse.Next, url: str) -> waiting.Task:
    return waiting.Task(
        title=one.number,
        url=url,
        party_id=one.party_id,
        site_ids=(one.site_id,),
        lines=one.lines,
        day=one.promised_on,
    )
