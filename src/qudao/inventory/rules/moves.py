"""Stock keys, the moves between them, and what moves do to balances.

A balance is kept per key; a move takes a quantity from one end to another and is never changed. An end is
a key of ours, or a place outside our stock where nothing is counted. Quantities are base units.
"""

import dataclasses
import enum
from collections.abc import Iterable, Mapping, Set
from decimal import Decimal

from qudao.kernel import errors, money

from . import status


class SiteKind(enum.StrEnum):
    """What kind of place a site of ours is; suppliers, customers and loss are `status.Outside`."""

    WAREHOUSE = "warehouse"  # our own or a third party's
    TRANSIT = "transit"
    CABINET = "cabinet"  # a hospital's, holding goods consigned to it
    DEALER = "dealer"
    VEHICLE = "vehicle"


class OwnerKind(enum.StrEnum):
    ENTITY = "entity"  # one of our legal entities
    SUPPLIER = "supplier"  # consigned to us
    CUSTOMER = "customer"  # sold, still in our care


@dataclasses.dataclass(frozen=True, slots=True)
class Owner:
    """Who holds title."""

    kind: OwnerKind
    id: int


@dataclasses.dataclass(frozen=True, slots=True)
class Key:
    """What a balance is kept for. `entity_id` is the legal entity answerable for the goods.

    `owner` may be another party; `serial_id` is None for goods known by their lot alone.
    """

    entity_id: int
    site_id: int
    location_id: int | None
    item_id: int
    lot_id: int
    serial_id: int | None
    status: status.Status
    owner: Owner

    @property
    def goods(self) -> tuple[int, int, int | None]:
        """(item, lot, serial): what no move changes."""
        return self.item_id, self.lot_id, self.serial_id

    @property
    def ours(self) -> bool:
        return self.owner == Owner(OwnerKind.ENTITY, self.entity_id)

    @property
    def lock_order(self) -> tuple[int | str, ...]:
        """Every writer locks balances in this order, so that two never wait for each other."""
        return (
            self.entity_id,
            self.site_id,
            -1 if self.location_id is None else self.location_id,
            self.item_id,
            self.lot_id,
            -1 if self.serial_id is None else self.serial_id,
            str(self.status),
            str(self.owner.kind),
            self.owner.id,
        )


End = Key | status.Outside


@dataclasses.dataclass(frozen=True, slots=True)
class Move:
    """`quantity` base units from one end to another, worth `value` (cents, our cost)."""

    no: int
    from_key: End
    to_key: End
    quantity: Decimal
    value: Decimal = money.ZERO

    @property
    def keys(self) -> list[Key]:
        """The ends that are stock."""
        return [end for end in (self.from_key, self.to_key) if isinstance(end, Key)]


def check(*, moves: Iterable[Move], permissions: Set[str]) -> list[errors.Reason]:
    """Every objection to the moves, each with its move number as line; empty when all may be posted."""
    return [reason for move in moves for reason in _objections(move, permissions)]


def _objections(move: Move, permissions: Set[str]) -> list[errors.Reason]:
    found: list[tuple[str, dict[str, object]]] = []
    if move.quantity <= 0:
        found.append(("inventory.quantity_not_positive", {"quantity": move.quantity}))
    if not move.keys or move.from_key == move.to_key:
        found.append(("inventory.move_leads_nowhere", {}))
        return [errors.Reason(code, move.no, params) for code, params in found]
    if move.keys[0].serial_id is not None and move.quantity != 1:
        found.append(("inventory.serial_moves_one", {"quantity": move.quantity}))
    if move.value < 0 or money.amount(move.value) != move.value:
        found.append(("inventory.move_value_wrong", {"value": move.value}))
    if move.value and not any(key.ours for key in move.keys):
        found.append(("inventory.value_without_title", {"value": move.value}))
    if len(move.keys) == 2:
        found += [(code, {}) for code in _between_keys(*move.keys)]
    return [errors.Reason(code, move.no, params) for code, params in found] + status.check(
        from_=_condition(move.from_key), to=_condition(move.to_key), permissions=permissions, line=move.no
    )


def _between_keys(source: Key, target: Key) -> list[str]:
    codes = []
    if source.goods != target.goods:
        codes.append("inventory.move_changes_goods")
    if source.entity_id != target.entity_id:
        # Between legal entities goods are sold and bought: two documents, never a transfer.
        codes.append("inventory.move_crosses_entities")
    elif source.owner != target.owner and dataclasses.replace(source, owner=target.owner) != target:
        codes.append("inventory.title_moves_alone")
    return codes


def _condition(end: End) -> status.End:
    return end.status if isinstance(end, Key) else end


def effects(*, moves: Iterable[Move]) -> dict[Key, Decimal]:
    """What the moves change per key, in lock order, without the keys that end as they were."""
    changes: dict[Key, Decimal] = {}
    for move in moves:
        if isinstance(move.from_key, Key):
            changes[move.from_key] = changes.get(move.from_key, Decimal(0)) - move.quantity
        if isinstance(move.to_key, Key):
            changes[move.to_key] = changes.get(move.to_key, Decimal(0)) + move.quantity
    return {key: changes[key] for key in sorted(changes, key=lambda key: key.lock_order) if changes[key]}


def apply(*, balances: Mapping[Key, Decimal], moves: Iterable[Move]) -> dict[Key, Decimal]:
    """The balances after the moves, without empty ones. From no balances and all moves: the rebuild.

    Raises Refused with `inventory.not_enough_stock` for each key that would fall below zero and
    `inventory.serial_in_two_places` for each serial that would be in more than one place.
    """
    after = dict(balances)
    reasons = []
    for key, change in effects(moves=moves).items():
        after[key] = after.get(key, Decimal(0)) + change
        if after[key] < 0:
            reasons.append(
                errors.Reason(
                    "inventory.not_enough_stock",
                    None,
                    {"lot_id": key.lot_id, "on_hand": after[key] - change, "wanted": -change},
                )
            )
    after = {key: quantity for key, quantity in after.items() if quantity}
    reasons += serial_objections(balances=after)
    if reasons:
        raise errors.Refused(reasons)
    return after


def serial_objections(*, balances: Mapping[Key, Decimal]) -> list[errors.Reason]:
    """A reason for each serial counted more than once over all keys."""
    counted: dict[int, Decimal] = {}
    for key, quantity in balances.items():
        if key.serial_id is not None:
            counted[key.serial_id] = counted.get(key.serial_id, Decimal(0)) + quantity
    return [
        errors.Reason("inventory.serial_in_two_places", None, {"serial_id": serial, "quantity": total})
        for serial, total in sorted(counted.items())
        if total > 1
    ]
