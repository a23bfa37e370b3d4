"""Cards that modules above put on a page below: `find(party_id, *, actor, now) -> list[Card]` (manifest `tabs`).

So the partner page shows credit, rebate progress and statements without knowing who keeps them, the page of
a product its stock and prices: `find(item_id, *, actor, now) -> list[Card]` (manifest `device_cards`), whoever takes
it out of trade how much is under way: `find(item_id, *, actor, now) -> list[Fact]` in base units (`device_stakes`), the
order desk what an order may use and brings: `find(account, *, basket, actor, now) -> list[Fact]` (manifest
`desk`), and the page of an order what became of it: `find(order, shipment_line_ids, *, actor) -> list[Fact]`
(manifest `order_facts`).
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

from . import tables


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """`template` is included with `context` as its variable `card` (the page's own beside it), by rising `order`.

    `wide` takes the page's whole width, for tables; `charts` says that the template draws one.
    """

    title: Any
    template: str
    context: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    order: int = 50
    wide: bool = False
    charts: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A column other modules add to the partner list: `find(party_ids, *, actor, now) -> list[Figures]`
    (manifest `columns`). `values`
    and their `tones` by party id; parties without one show a dash. Called without parties it
    still answers with its columns.
    """

    column: tables.Column
    values: Mapping[int, Any] = dataclasses.field(default_factory=dict)
    tones: Mapping[int, str | None] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """What is on the order desk: money after discount, and base units, of the lines that could be priced."""

    gross: Any
    net: Any
    quantity: Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One figure in the head of a page. `bar` is a fraction drawn beside it, `detail` stands small underneath.

    `use` is an amount the order desk offers to take, tax included.
    """

    label: Any
    value: Any
    detail: Any = ""
    tone: str = ""
    bar: Any = None
    use: Any = None
