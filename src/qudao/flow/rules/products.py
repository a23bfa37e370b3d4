"""Which product, lot and serial a reported line is.

A dealer can sell on only what it was delivered, so products and lots are looked for among its deliveries:
the device code first, then our product code, an alias somebody decided, the lot with a fitting name or
specification, the same name and specification. What only resembles is proposed to a person.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from decimal import Decimal

import rapidfuzz

from . import names

PROPOSED = 0.80
MOST_CANDIDATES = 5
ALIAS_LENGTH = 250


@dataclasses.dataclass(frozen=True, slots=True)
class Product:
    """A product of ours that the dealer was delivered."""

    id: int
    code: str
    name: str
    specification: str


@dataclasses.dataclass(frozen=True, slots=True)
class Delivered:
    """A lot (or a serial of it, 0 for none) delivered to the dealer, and what of it is left there."""

    item_id: int
    lot_id: int
    lot: str
    serial_id: int
    serial: str
    left: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """What the report says of the product. `item_id` is what a device code was resolved to, 0 if none.

    `code` may be our code or the dealer's own.
    """

    name: str = ""
    specification: str = ""
    code: str = ""
    lot: str = ""
    serial: str = ""
    item_id: int = 0

    @property
    def alias_key(self) -> str:
        """What aliases are kept by: the code where there is one, else name and specification."""
        return (self.code or _text(self.name, self.specification))[:ALIAS_LENGTH]


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    item_id: int
    score: float


@dataclasses.dataclass(frozen=True, slots=True)
class Match:
    """`rule`: udi, code, alias, lot, name; '' when the product is unknown. Lot and serial are 0 when unknown."""

    item_id: int = 0
    rule: str = ""
    lot_id: int = 0
    serial_id: int = 0
    candidates: tuple[Candidate, ...] = ()


class Shelf:
    """What the dealer was delivered, ready to search; `aliases` is alias key → item id."""

    def __init__(
        self,
        products: Iterable[Product],
        delivered: Iterable[Delivered],
        aliases: Mapping[str, int],
    ) -> None:
        self._products = {one.id: one for one in products}
        self._aliases = aliases
        self._by_code = {one.code: one.id for one in self._products.values()}
        self._texts = {one.id: _text(one.name, one.specification) for one in self._products.values()}
        self._items_of_lot: dict[str, set[int]] = {}
        self._lots: dict[tuple[int, str], int] = {}
        self._serials: dict[str, list[Delivered]] = {}
        for one in delivered:
            self._items_of_lot.setdefault(one.lot, set()).add(one.item_id)
            if one.serial:
                self._serials.setdefault(one.serial, []).append(one)
            else:
                self._lots[(one.item_id, one.lot)] = one.lot_id

    def match(self, line: Line) -> Match:
        item_id, rule = self._item(line)
        if not item_id:
            return Match(candidates=self._candidates(line))
        for one in self._serials.get(line.serial, []) if line.serial else []:
            if one.item_id == item_id and line.lot in ("", one.lot):
                return Match(item_id, rule, one.lot_id, one.serial_id)
        # A serial the report names but nobody delivered is not made up from its lot, and goods delivered by
        # serial are not sold on by lot alone.
        return Match(item_id, rule, 0 if line.serial else self._lots.get((item_id, line.lot), 0))

    def _item(self, line: Line) -> tuple[int, str]:
        if line.item_id:
            return line.item_id, "udi"
        if line.code and line.code in self._by_code:
            return self._by_code[line.code], "code"
        if line.alias_key and line.alias_key in self._aliases:
            return self._aliases[line.alias_key], "alias"
        by_lot = {
            item for item in self._items_of_lot.get(line.lot, ()) if line.lot and self._fits(line, item)
        }
        if len(by_lot) == 1:
            return by_lot.pop(), "lot"
        same = [id for id, text in self._texts.items() if text == _text(line.name, line.specification)]
        if len(same) == 1 and line.name:
            return same[0], "name"
        return 0, ""

    def _fits(self, line: Line, item_id: int) -> bool:
        """Whether name or specification are the product's: a lot number alone proves nothing."""
        product = self._products.get(item_id)
        if product is None:
            return False
        same_specification = names.name_key(line.specification) == names.name_key(product.specification)
        same_name = names.name_key(line.name) == names.name_key(product.name)
        return bool(line.specification and same_specification) or bool(
            line.name and same_name and not line.specification
        )

    def _candidates(self, line: Line) -> tuple[Candidate, ...]:
        scored = rapidfuzz.process.extract(
            _text(line.name, line.specification),
            self._texts,
            scorer=rapidfuzz.fuzz.ratio,
            score_cutoff=PROPOSED * 100,
            limit=MOST_CANDIDATES,
        )
        return tuple(Candidate(id, round(score / 100, 4)) for _, score, id in scored)


def _text(name: str, specification: str) -> str:
    return f"{names.name_key(name)} {names.name_key(specification)}".strip()
