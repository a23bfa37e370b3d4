"""Whose turn it is with an order, said to the partner whose order it is."""

import dataclasses

from django.utils.translation import gettext as _

from qudao.kernel import scope
from qudao.orders import queries


@dataclasses.dataclass(frozen=True, slots=True)
class Turn:
    """The next step in words; `theirs`: the reader's own people take it."""

    said: str
    theirs: bool = False

    @property
    def tone(self) -> str:
        return "warn" if self.theirs else ""


def of(order: queries.OrderView, actor: scope.Actor) -> Turn | None:
    """None for orders that are done, and for readers who are not the buyer: our own people, and an agent above it."""
    if actor.party_id != order.party_id:
        return None
    match order.state:
        case "draft" | "submitted":
            theirs = actor.can("orders.order.confirm")
            return Turn(_("You confirm it") if theirs else _("Supplier confirms it"), theirs)
        case "confirmed":
            return Turn(_("Supplier releases it to the warehouse"))
        case "picking":
            return Turn(_("Supplier picks and ships it"))
        case "shipped":
            theirs = actor.can("orders.shipment.sign")
            return Turn(_("You sign for it") if theirs else _("To be signed for"), theirs)
        case "signed_with_difference":
            return Turn(_("Supplier settles the difference"))
    return None


def cells(order: queries.OrderView, actor: scope.Actor) -> dict[str, str]:
    """What a row of a list says of it, under the key `turn`."""
    turn = of(order, actor)
    return {"turn": turn.said, "turn_tone": turn.tone} if turn else {"turn": ""}
