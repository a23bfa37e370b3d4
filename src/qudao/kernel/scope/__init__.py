"""Who sees what: nodes, actors, the transaction that carries them, and the row policies.

`transaction(actor)` is the only way to reach secured rows. Reads add `visible(queryset, actor)`;
the database filters again.
"""

from qudao.kernel.scope.actor import Actor, system
from qudao.kernel.scope.context import current, everything, once, remembered, transaction, visible
from qudao.kernel.scope.shapes import Shape, internal, ledger, own, parties, personal, reference, shared

__all__ = [
    "Actor",
    "Shape",
    "current",
    "everything",
    "internal",
    "ledger",
    "once",
    "own",
    "parties",
    "personal",
    "reference",
    "remembered",
    "shared",
    "system",
    "transaction",
    "visible",
]
