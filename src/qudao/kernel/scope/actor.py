"""Who acts: a person, an API client or a job, with what they may do and what they may see."""

import dataclasses
from typing import Literal

from qudao.kernel import errors

Kind = Literal["person", "client", "job"]

# Up to here a query names the nodes itself (the planner picks the index leading with node_id).
FEW_NODES = 50


@dataclasses.dataclass(frozen=True, slots=True)
class Actor:
    """`visible` are the nodes whose rows the actor reads. `reach` are the nodes its own operations
    touch on its behalf (the debtor of its own account: the credit row an order reserves).

    `house` marks our own people and jobs: they read internal tables (stock, cost, suppliers).
    `everyone` lifts the node filter; permissions still hold. `alone` marks a partner's actor that sees no other
    partner: its lists need not say whose a row is.
    """

    kind: Kind
    id: int
    name: str
    permissions: frozenset[str]
    visible: tuple[int, ...] = ()
    reach: tuple[int, ...] = ()
    house: bool = False
    everyone: bool = False
    party_id: int | None = None
    alone: bool = False
    entity_ids: tuple[int, ...] = ()

    @property
    def ref(self) -> str:
        """How the journal names the actor."""
        return f"{self.kind}:{self.id}" if self.id else f"{self.kind}:{self.name}"

    @property
    def few(self) -> bool:
        return not self.everyone and len(self.visible) <= FEW_NODES

    def can(self, permission: str) -> bool:
        return permission in self.permissions or "*" in self.permissions

    def require(self, permission: str) -> None:
        """Raise Forbidden when the actor lacks `permission`."""
        if not self.can(permission):
            raise errors.Forbidden([errors.Reason("kernel.forbidden", params={"permission": permission})])


def system(name: str) -> Actor:
    """A job of the program itself."""
    return Actor("job", 0, name, frozenset({"*"}), house=True, everyone=True)
