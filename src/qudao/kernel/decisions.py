"""Decisions: at each point of the trade every module says what it has to say, once, for all lines.

A module contributes by listing `package.decisions:NAME` in its manifest. For a point, contributions run
in module order: `lock` (rows that become scarcer, sorted), `load` (facts of all lines, few queries),
`adjust` (changes the facts before amounts freeze), `judge` (pure, answers every reason), and after the
caller's own plan stands, `effects` (writes in the same transaction). `undo` takes the effects back.
"""

import dataclasses
import datetime as dt
import functools
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal

from qudao.kernel import errors, journal, manifest, scope

Point = Literal[
    "purchase",
    "receipt",
    "inspection",
    "storage",
    "sale",
    "allocation",
    "pick",
    "review",
    "ship",
    "sign",
    "return",
]


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One line as a decision sees it. Ids of 0 or None do not apply at this point."""

    no: int
    item_id: int
    quantity: Decimal
    lot_id: int = 0
    serial_id: int = 0
    net: Decimal = Decimal(0)
    gross: Decimal = Decimal(0)
    unit_price: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    price_kind: str = ""
    produced_on: dt.date | None = None
    last_usable_on: dt.date | None = None
    detail: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True)
class Facts:
    """What is being decided. `buyer_id` and `seller_id` are parties (0: ourselves)."""

    point: Point
    subject: str
    entity_id: int
    on: dt.date
    lines: tuple[Line, ...]
    node_id: int = 0
    account_id: int = 0
    debtor_node_id: int = 0
    buyer_id: int = 0
    seller_id: int = 0
    ship_to_id: int = 0
    site_id: int = 0
    channel: str = ""
    detail: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def item_ids(self) -> list[int]:
        return sorted({line.item_id for line in self.lines})

    @property
    def lot_ids(self) -> list[int]:
        return sorted({line.lot_id for line in self.lines if line.lot_id})

    @property
    def gross(self) -> Decimal:
        return sum((line.gross for line in self.lines), Decimal(0))


class Contribution:
    """What a module says at some points. Every part is optional."""

    name: str = ""
    points: tuple[Point, ...] = ()

    def lock(self, facts: Facts, *, actor: scope.Actor, now: dt.datetime) -> None:
        """Lock the rows this contribution makes scarcer, in key order."""

    def load(self, facts: Facts, *, actor: scope.Actor, now: dt.datetime) -> Any:
        """Facts for all lines at once; the number of statements does not depend on the lines."""
        return None

    def adjust(self, facts: Facts, data: Any) -> Facts:
        return facts

    def judge(self, facts: Facts, data: Any, *, now: dt.datetime) -> Iterable[errors.Reason]:
        """Pure: every reason, refusing or warning."""
        return ()

    def effects(
        self, facts: Facts, data: Any, *, entry: uuid.UUID, actor: scope.Actor, now: dt.datetime
    ) -> Iterable[journal.Row]:
        """Writes; returns the rows for the journal."""
        return ()

    def undo(
        self, facts: Facts, *, entry: uuid.UUID, actor: scope.Actor, now: dt.datetime
    ) -> Iterable[journal.Row]:
        """Take the effects back."""
        return ()


@dataclasses.dataclass(frozen=True)
class Verdict:
    """The outcome at a point: the facts after adjustment and every reason."""

    facts: Facts
    reasons: tuple[errors.Reason, ...]
    data: Mapping[str, Any]
    contributions: tuple[Contribution, ...]

    @property
    def refused(self) -> bool:
        return any(reason.refuses for reason in self.reasons)

    def of_line(self, no: int) -> tuple[errors.Reason, ...]:
        return tuple(reason for reason in self.reasons if reason.line == no)

    def require(self) -> tuple[errors.Reason, ...]:
        """Raise Refused with every reason when one refuses; else return the warnings."""
        return tuple(errors.raise_if_refused(self.reasons))

    def apply(
        self, facts: Facts, *, entry: uuid.UUID, actor: scope.Actor, now: dt.datetime
    ) -> list[journal.Row]:
        """Run every effect with the final facts."""
        return [
            row
            for contribution in self.contributions
            for row in contribution.effects(
                facts, self.data[contribution.name], entry=entry, actor=actor, now=now
            )
        ]


@functools.cache
def _contributions() -> tuple[Contribution, ...]:
    return tuple(
        manifest.resolve(dotted)() for module in manifest.modules() for dotted in module.contributions
    )


def at(point: Point) -> tuple[Contribution, ...]:
    """The contributions at a point, lowest module first."""
    return tuple(one for one in _contributions() if point in one.points)


def run(facts: Facts, *, actor: scope.Actor, now: dt.datetime, locking: bool = True) -> Verdict:
    """Decide at `facts.point`. `locking=False` is the look while typing: it locks and writes nothing."""
    found = at(facts.point)
    if locking:
        for one in found:
            one.lock(facts, actor=actor, now=now)
    data: dict[str, Any] = {}
    for one in found:
        data[one.name] = one.load(facts, actor=actor, now=now)
        facts = one.adjust(facts, data[one.name])
    reasons = tuple(reason for one in found for reason in one.judge(facts, data[one.name], now=now))
    return Verdict(facts, reasons, data, found)


def undo(facts: Facts, *, entry: uuid.UUID, actor: scope.Actor, now: dt.datetime) -> list[journal.Row]:
    """Take back what the contributions did at this point."""
    return [row for one in at(facts.point) for row in one.undo(facts, entry=entry, actor=actor, now=now)]
