"""Shelves as people and programs name them, by code."""

from collections.abc import Iterable
from decimal import Decimal

from qudao.inventory import operations, queries
from qudao.kernel import errors, scope


def portions(
    site_id: int, wanted: Iterable[tuple[int, Decimal, str]], actor: scope.Actor
) -> list[operations.Portion]:
    """(balance, quantity, shelf's code) as portions to relocate. Raises Refused `inventory.shelf_unknown` by code."""
    named = [(balance_id, quantity, code.strip().upper()) for balance_id, quantity, code in wanted]
    shelves = queries.list_locations(site_id, actor)
    unknown = sorted({code for _id, _quantity, code in named if code not in shelves})
    errors.raise_if_refused(
        errors.Reason("inventory.shelf_unknown", params={"code": code}) for code in unknown
    )
    return [operations.Portion(balance_id, quantity, shelves[code]) for balance_id, quantity, code in named]
