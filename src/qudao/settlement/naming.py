"""What journal entries point to in this module, by name: id → (name, reference of its page, "" for its own)."""

from collections.abc import Iterable

from qudao.kernel import scope
from qudao.organisation import queries as organisation
from qudao.partners import queries as partners
from qudao.settlement import debtors as nodes


def debtors(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    """A debtor is a partner in one legal entity."""
    found = nodes.seen(ids, actor=actor)
    names = partners.party_names({one.party_id for one in found}, actor)
    entities = {one.id: one.short_name for one in organisation.list_entities()}
    return {
        one.node_id: (f"{names[one.party_id]} · {entities.get(one.entity_id, one.entity_id)}", "")
        for one in found
        if one.party_id in names
    }
