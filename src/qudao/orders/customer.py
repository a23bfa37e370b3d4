"""Who is on the telephone: what the order desk sees of a partner before the first line."""

import datetime as dt
from typing import Any

from django.urls import reverse

from qudao.kernel import periods, scope
from qudao.orders import queries
from qudao.partners import queries as partners

LATEST = 5
SOON = 90


def about(party_id: int, *, open_draft: str, actor: scope.Actor, now: dt.datetime) -> dict[str, Any]:
    """The partner's last orders but the draft that is open, what is on the road to it, its papers that lapse soon or
    have lapsed."""
    today = periods.business_date(now)
    orders = queries.list_orders(queries.Filter(party_id=party_id), actor=actor, limit=LATEST + 1).rows
    others = [one for one in orders if str(one.id) != open_draft][:LATEST]
    return {
        "orders": [{"view": one, "url": reverse("order", args=[one.id])} for one in others],
        "shipments": [
            {"view": one, "url": reverse("shipment", args=[one.id])}
            for one in queries.open_shipments_of(party_id, actor=actor, limit=LATEST)
        ],
        "papers": [
            one
            for one in partners.list_licences(party_id, actor=actor, today=today)
            if one.state != "revoked" and one.days_left is not None and one.days_left <= SOON
        ][:LATEST],
    }
