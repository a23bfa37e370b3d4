"""Who is on the telephone: what the order desk sees of a partner before the first line."""

from typing import Any

from django.urls import reverse

from qudao.kernel import scope
from qudao.orders import queries
from qudao.partners import queries as partners

LATEST = 5
SOON = 90


def about(party: partners.PartyView, *, open_draft: str, actor: scope.Actor) -> dict[str, Any]:
    """The partner's last orders but the draft that is open, what is on the road to it, its papers that lapse soon or
    have lapsed."""
    orders = queries.list_orders(queries.Filter(party_id=party.id), actor=actor, limit=LATEST + 1).rows
    others = [one for one in orders if str(one.id) != open_draft][:LATEST]
    return {
        "orders": [{"view": one, "url": reverse("order", args=[one.id])} for one in others],
        "shipments": [
            {"view": one, "url": reverse("shipment", args=[one.id])}
            for one in queries.open_shipments_of(party.id, actor=actor, limit=LATEST)
        ],
        "papers": [
            one
            for one in party.licences
            if one.state != "revoked" and one.days_left is not None and one.days_left <= SOON
        ][:LATEST],
    }
