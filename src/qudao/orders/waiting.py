"""The queues of orders in the warehouse: to pick, review, ship, on the road, returns to inspect."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.inventory import queues as waiting
from qudao.kernel import periods, scope
from qudao.orders import queries_warehouse

# state → icon, permission of who works on it
_STEPS = {
    "to_pick": ("basket", "orders.shipment.pick"),
    "picked": ("eye-check", "orders.shipment.review"),
    "reviewed": ("truck-delivery", "orders.shipment.ship"),
    "shipped": ("road", "orders.shipment.sign"),
}


def queues(*, actor: scope.Actor, now: dt.datetime, site_ids: tuple[int, ...] | None) -> list[waiting.Queue]:
    """What this person sees of shipments and returns that wait, by the step that comes next."""
    found: list[waiting.Queue] = []
    if actor.can("orders.shipment.view"):
        found += _shipments(actor, now, site_ids)
    if actor.can("orders.return.inspect"):
        count, oldest = queries_warehouse.waiting_returns(actor=actor, site_ids=site_ids)
        found.append(
            waiting.Queue(
                key="returns",
                title=_("Returns to inspect"),
                icon="arrow-back-up",
                url=waiting.address(f"{reverse('returns')}?status=received", site_ids),
                count=count,
                oldest=oldest,
                mine=True,
                order=70,
            )
        )
    return found


def _shipments(actor: scope.Actor, now: dt.datetime, site_ids: tuple[int, ...] | None) -> list[waiting.Queue]:
    titles = {
        "to_pick": _("Pick"),
        "picked": _("Review"),
        "reviewed": _("Ship"),
        "shipped": _("On the road"),
    }
    counts = queries_warehouse.waiting_shipments(
        actor=actor, today=periods.business_date(now), site_ids=site_ids
    )
    return [
        waiting.Queue(
            key=state,
            title=titles[state],
            icon=icon,
            url=waiting.address(f"{reverse('shipments')}?status={state}", site_ids),
            count=counts.get(state, (0, None, 0))[0],
            oldest=counts.get(state, (0, None, 0))[1],
            due=counts.get(state, (0, None, 0))[2],
            mine=actor.can(permission),
            order=30 + place,
        )
        for place, (state, (icon, permission)) in enumerate(_STEPS.items())
    ]
