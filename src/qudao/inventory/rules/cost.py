"""Cost layers: what goods cost us, per (entity, item, lot, receipt), used up first in first out.

A layer holds a quantity and its whole value in cents, not a unit cost: 100.00 for 3 leaves no third of a
cent behind. Moves inside one entity do not touch layers; only goods that leave its books do.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from qudao.kernel import errors, money


@dataclasses.dataclass(frozen=True, slots=True)
class Layer:
    """What is left of one receipt: `quantity` base units worth `value`."""

    id: int
    received_on: dt.date
    quantity: Decimal
    value: Decimal

    def __post_init__(self) -> None:
        if self.quantity <= 0:
            raise ValueError(f"layer {self.id} holds no quantity")
        if self.value < 0 or money.amount(self.value) != self.value:
            raise ValueError(f"layer {self.id} is worth {self.value}, not an amount in cents")


@dataclasses.dataclass(frozen=True, slots=True)
class Taken:
    """What a consumption takes from one layer."""

    layer_id: int
    quantity: Decimal
    value: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Consumption:
    taken: tuple[Taken, ...]
    remaining: tuple[Layer, ...]

    @property
    def value(self) -> Decimal:
        """The cost of what was taken, in cents."""
        return sum((part.value for part in self.taken), money.ZERO)


def consume(*, layers: Iterable[Layer], quantity: Decimal, line: int | None = None) -> Consumption:
    """Take `quantity` from the oldest layers on. Value taken plus value remaining is the value before.

    A part of a layer takes its share rounded half up; whoever takes the rest takes the rest of the value.
    Raises Refused: `inventory.quantity_not_positive`, `inventory.cost_layers_short`. A return at original
    cost is the same rule over what was taken then.
    """
    if quantity <= 0:
        raise errors.refuse("inventory.quantity_not_positive", line=line, quantity=quantity)
    oldest_first = sorted(layers, key=lambda layer: (layer.received_on, layer.id))
    held = sum((layer.quantity for layer in oldest_first), Decimal(0))
    if held < quantity:
        raise errors.refuse("inventory.cost_layers_short", line=line, wanted=quantity, available=held)
    taken, remaining, missing = [], [], quantity
    for layer in oldest_first:
        part = min(missing, layer.quantity)
        if not part:
            remaining.append(layer)
            continue
        missing -= part
        value = money.amount(layer.value * part / layer.quantity)
        taken.append(Taken(layer.id, part, value))
        if part < layer.quantity:
            remaining.append(
                dataclasses.replace(layer, quantity=layer.quantity - part, value=layer.value - value)
            )
    return Consumption(tuple(taken), tuple(remaining))
