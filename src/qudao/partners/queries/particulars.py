"""How particulars of a party and its places changed: what stood there before, and what came after it."""

import uuid
from typing import Any

from qudao.kernel import scope
from qudao.partners import models

FIELDS = ("name", "short_name", "territory_id", "address", "contact", "phone")
MOST = 200

Change = tuple[str, Any, Any]


def list_changes(party_id: int, *, actor: scope.Actor) -> dict[uuid.UUID, list[Change]]:
    """Journal entry → (field of FIELDS, before, after) of what it changed, of the newest changes; three statements."""
    past = scope.visible(models.PastParticulars.objects.filter(party_id=party_id), actor)
    rows = list(past.order_by("-until", "-pk")[:MOST])
    places = models.DeliveryPlace.objects.filter(pk__in={row.place_id for row in rows if row.place_id})
    holds: dict[int, Any] = {place.pk: place for place in scope.visible(places, actor)}
    holds[0] = scope.visible(models.Party.objects.filter(pk=party_id), actor).first()
    found = {}
    for row in rows:
        key = row.place_id or 0
        after, holds[key] = holds.get(key), row
        if after is not None:
            found[row.entry] = [
                (field, getattr(row, field), getattr(after, field))
                for field in FIELDS
                if getattr(row, field, None) != getattr(after, field, getattr(row, field, None))
            ]
    return found
