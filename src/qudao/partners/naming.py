"""What journal entries point to in this module, by name: id → (name, reference of its page, "" for its own)."""

from collections.abc import Iterable

from qudao.catalog import queries as catalog
from qudao.kernel import scope
from qudao.partners import queries, territories


def parties(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    return {pk: (name, "") for pk, name in queries.party_names(ids, actor).items()}


def accounts(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    """An account is its partner in one product line; the partner's page shows it."""
    lines = catalog.line_names()
    return {
        pk: (f"{one.party_name} · {lines.get(one.line_id, one.line_id)}", f"partners.party:{one.party_id}")
        for pk, one in queries.accounts_by_id(ids, actor).items()
    }


def places(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    return {pk: (name, "") for pk, name in queries.place_names(ids, actor).items()}


def places_of_china(ids: Iterable[int], actor: scope.Actor) -> dict[int, tuple[str, str]]:
    """Administrative divisions by their code."""
    return {pk: (territories.label(pk), "") for pk in set(ids) if pk}
