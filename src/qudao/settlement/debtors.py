"""Debtors: the node of a partner in one legal entity that credit, invoices, statements and pool hang on."""

import dataclasses
from collections.abc import Iterable, Sequence

from qudao.kernel import errors, scope
from qudao.kernel import models as kernel


@dataclasses.dataclass(frozen=True, slots=True)
class Debtor:
    """`account_nodes` are the nodes of the partner's channel accounts in the entity."""

    node_id: int
    entity_id: int
    party_id: int
    account_nodes: tuple[int, ...]


def get(node_id: int, *, actor: scope.Actor) -> Debtor:
    """The debtor of a node the actor sees; raises NotFound for none, or none it sees."""
    _require_visible([node_id], actor)
    found = kernel.Node.objects.filter(pk=node_id, kind="debtor").first()
    if found is None:
        raise errors.NotFound
    return _debtor(found)


def seen(node_ids: Iterable[int], *, actor: scope.Actor) -> list[Debtor]:
    """Those of the debtors that the actor sees, without their accounts, in one statement."""
    wanted = {int(one) for one in node_ids}
    if not actor.everyone:
        wanted &= set(actor.visible)
    rows = kernel.Node.objects.filter(pk__in=wanted, kind="debtor")
    return [Debtor(*row, ()) for row in rows.values_list("pk", "entity_id", "party_id")]


def of(*, entity_id: int, party_id: int, actor: scope.Actor) -> Debtor:
    """The debtor a partner is in a legal entity."""
    found = kernel.Node.objects.filter(kind="debtor", entity_id=entity_id, party_id=party_id).first()
    if found is None:
        raise errors.NotFound
    _require_visible([found.pk], actor)
    return _debtor(found)


def parties(node_ids: Iterable[int]) -> dict[int, int]:
    """Debtor node → the party it is of."""
    found = kernel.Node.objects.filter(pk__in=list(node_ids), kind="debtor")
    return dict(found.values_list("pk", "party_id"))


def require_whole(debtor: Debtor, *, actor: scope.Actor) -> None:
    """Who bills or states a debtor must see all its accounts, else documents would silently lack lines.

    Raises Refused `settlement.debtor_partly_seen`.
    """
    if not actor.everyone and not set(debtor.account_nodes) <= set(actor.visible):
        raise errors.refuse("settlement.debtor_partly_seen")


def _require_visible(nodes: Sequence[int], actor: scope.Actor) -> None:
    if not actor.everyone and not set(nodes) <= set(actor.visible):
        raise errors.NotFound


def _debtor(node: kernel.Node) -> Debtor:
    accounts = kernel.Node.objects.filter(kind="account", entity_id=node.entity_id, party_id=node.party_id)
    return Debtor(
        node.pk, node.entity_id, node.party_id, tuple(accounts.order_by("pk").values_list("pk", flat=True))
    )
