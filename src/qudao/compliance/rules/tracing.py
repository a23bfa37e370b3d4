"""The trace of a lot: where it came from, where it lies, where it went, and whether that adds up.

The moves come summed by kind and ends; nothing here grows with their number. An end with status '' lies
outside our books: a supplier, a customer (dealer or hospital), loss, count, opening.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Literal, Protocol

ZERO = Decimal(0)
TRANSIT = "in_transit"
# What an outside site of a kind means for the sums, coming in and going out.
_CAME = {"supplier": "received", "opening": "opened", "count": "counted_in", "loss": "found"}
_WENT = {"supplier": "sent_back", "count": "counted_out", "loss": "lost", "opening": "opened_back"}
_HOLDERS = frozenset({"customer"})


class Flow(Protocol):
    """All moves of one kind between the same two ends, summed."""

    @property
    def kind(self) -> str: ...
    @property
    def from_site_id(self) -> int: ...
    @property
    def from_status(self) -> str: ...
    @property
    def to_site_id(self) -> int: ...
    @property
    def to_status(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...
    @property
    def moves(self) -> int: ...
    @property
    def first_on(self) -> dt.date: ...
    @property
    def last_on(self) -> dt.date: ...


class Lying(Protocol):
    """What the books say lies at a site in a condition."""

    @property
    def site_id(self) -> int: ...
    @property
    def status(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...


@dataclasses.dataclass(frozen=True, slots=True)
class Edge:
    """One line of the trace. `level` is the depth below our own warehouses, 0 for what we handle ourselves."""

    direction: Literal["backward", "inside", "forward"]
    level: int
    kind: str
    from_site_id: int
    from_status: str
    to_site_id: int
    to_status: str
    quantity: Decimal
    moves: int
    first_on: dt.date
    last_on: dt.date


@dataclasses.dataclass(frozen=True, slots=True)
class Holder:
    """A dealer or hospital that had the goods: came = passed_on + returned + left."""

    site_id: int
    level: int
    came: Decimal
    passed_on: Decimal
    returned: Decimal

    @property
    def left(self) -> Decimal:
        return self.came - self.passed_on - self.returned


@dataclasses.dataclass(frozen=True, slots=True)
class Total:
    """One line of the sums. `side` in: what came; out: where it is now. `status` and site where they apply."""

    side: Literal["in", "out"]
    code: str
    quantity: Decimal
    site_id: int = 0
    status: str = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """Something that does not add up: `expected` by the moves, `found` instead.

    what: sum (came in against where it is), books (a balance against its moves), holder (passed on more than
    came).
    """

    what: Literal["sum", "books", "holder"]
    site_id: int
    status: str
    expected: Decimal
    found: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Composed:
    """The whole trace by site ids."""

    edges: tuple[Edge, ...]
    holders: tuple[Holder, ...]
    totals: tuple[Total, ...]
    differences: tuple[Difference, ...]

    @property
    def adds_up(self) -> bool:
        return not self.differences

    @property
    def came(self) -> Decimal:
        return sum((one.quantity for one in self.totals if one.side == "in"), ZERO)


def compose(
    *, flows: Sequence[Flow], kinds: Mapping[int, str], lying: Iterable[Lying], transit: frozenset[int]
) -> Composed:
    """The trace of all of a lot. `kinds`: site → kind; `transit`: the sites that are the road.

    What came in equals what lies on the shelves (as the balances say, not the moves), what is on the road,
    what each customer has or passed on, what was lost and what went back; where it does not, the difference
    is listed with its place.
    """
    shelves = [one for one in lying if one.quantity]
    totals = [*_came(flows, kinds), *_here(shelves, transit), *_went(flows, kinds)]
    holders = _holders(flows, kinds)
    return _composed(flows, kinds, holders, totals, [*_books(flows, shelves), *_overdrawn(holders)])


def compose_branch(*, flows: Sequence[Flow], kinds: Mapping[int, str], sites: frozenset[int]) -> Composed:
    """The trace as a partner sees it: what came to its sites, and where it says that went.

    The flows are those at these sites alone. What came is still there, passed on to a hospital or dealer, or
    returned to us.
    """
    holders = [one for one in _holders(flows, kinds) if one.site_id in sites]
    arriving = [one for one in flows if not one.to_status and one.to_site_id in sites]
    leaving = [one for one in flows if not one.from_status and one.from_site_id in sites]
    came = [one for one in arriving if one.from_status or one.from_site_id not in sites]
    onward = [one for one in leaving if not one.to_status and one.to_site_id not in sites]
    sold = [one for one in onward if not _gives_back(one)]
    back = [one for one in came if _gives_back(one)]
    returned = _sum(one for one in leaving if one.to_status) + _sum(one for one in onward if _gives_back(one))
    totals = [Total("in", "delivered", _sum(came) - _sum(back))]
    totals += [Total("out", "left", one.left, one.site_id) for one in holders]
    for site_id in dict.fromkeys(one.to_site_id for one in sold):
        kept = _sum(one for one in sold if one.to_site_id == site_id)
        kept -= _sum(one for one in back if one.from_site_id == site_id)
        totals.append(Total("out", "sold_on", kept, site_id))
    if returned:
        totals.append(Total("out", "returned", returned))
    return _composed(flows, kinds, holders, totals, _overdrawn(holders))


def _composed(
    flows: Sequence[Flow],
    kinds: Mapping[int, str],
    holders: Sequence[Holder],
    totals: Sequence[Total],
    differences: Iterable[Difference],
) -> Composed:
    found = list(differences)
    came = sum((one.quantity for one in totals if one.side == "in"), ZERO)
    is_now = sum((one.quantity for one in totals if one.side == "out"), ZERO)
    if came != is_now:
        found.insert(0, Difference("sum", 0, "", came, is_now))
    return Composed(tuple(_edges(flows, kinds, holders)), tuple(holders), tuple(totals), tuple(found))


def _sum(flows: Iterable[Flow]) -> Decimal:
    return sum((one.quantity for one in flows), ZERO)


def _came(flows: Iterable[Flow], kinds: Mapping[int, str]) -> list[Total]:
    found: dict[tuple[str, int], Decimal] = {}
    for one in flows:
        kind = kinds[one.from_site_id]
        if not one.from_status and one.to_status and kind not in _HOLDERS:
            key = (_CAME.get(kind, "found"), one.from_site_id)
            found[key] = found.get(key, ZERO) + one.quantity
    return [Total("in", code, quantity, site_id) for (code, site_id), quantity in sorted(found.items())]


def _here(shelves: Iterable[Lying], transit: frozenset[int]) -> list[Total]:
    found: dict[tuple[str, int, str], Decimal] = {}
    for one in shelves:
        code = TRANSIT if one.site_id in transit or one.status == TRANSIT else "on_hand"
        key = (code, one.site_id, one.status)
        found[key] = found.get(key, ZERO) + one.quantity
    ordered = sorted(found.items(), key=lambda pair: (pair[0][0] == TRANSIT, pair[0]))
    return [Total("out", code, quantity, site, status) for (code, site, status), quantity in ordered]


def _went(flows: Iterable[Flow], kinds: Mapping[int, str]) -> list[Total]:
    """Delivered to each consignee, less what it gave back; lost, sent back, counted short."""
    found: dict[tuple[str, int], Decimal] = {}
    for one in flows:
        if one.from_status and not one.to_status:
            key, sign = _destination(one.to_site_id, kinds), 1
        elif one.to_status and not one.from_status and kinds[one.from_site_id] in _HOLDERS:
            key, sign = _destination(one.from_site_id, kinds), -1
        else:
            continue
        found[key] = found.get(key, ZERO) + sign * one.quantity
    ordered = sorted(found.items(), key=lambda pair: (pair[0][0] != "delivered", pair[0]))
    return [Total("out", code, quantity, site_id) for (code, site_id), quantity in ordered]


def _destination(site_id: int, kinds: Mapping[int, str]) -> tuple[str, int]:
    kind = kinds[site_id]
    return ("delivered" if kind in _HOLDERS else _WENT.get(kind, "lost"), site_id)


def _holders(flows: Sequence[Flow], kinds: Mapping[int, str]) -> list[Holder]:
    sums: dict[int, list[Decimal]] = {}
    for one in flows:
        if _gives_back(one):
            sums.setdefault(one.to_site_id, [ZERO, ZERO, ZERO])[1] -= one.quantity
            sums.setdefault(one.from_site_id, [ZERO, ZERO, ZERO])[2] += one.quantity
            continue
        if not one.to_status and kinds[one.to_site_id] in _HOLDERS:
            sums.setdefault(one.to_site_id, [ZERO, ZERO, ZERO])[0] += one.quantity
        if not one.from_status and kinds[one.from_site_id] in _HOLDERS:
            sums.setdefault(one.from_site_id, [ZERO, ZERO, ZERO])[2 if one.to_status else 1] += one.quantity
    levels = _levels(flows, kinds)
    return [
        Holder(site_id, levels.get(site_id, 1), *sums[site_id])
        for site_id in sorted(sums, key=lambda id: (levels.get(id, 1), id))
    ]


def _gives_back(one: Flow) -> bool:
    """From a customer to the partner it came from."""
    return one.kind == "sell_back" and not one.from_status and not one.to_status


def _levels(flows: Iterable[Flow], kinds: Mapping[int, str]) -> dict[int, int]:
    """Customer site → steps from our warehouses: 1 for whom we delivered to, 2 for whom that one sold to."""
    onward: dict[int, set[int]] = {}
    level: dict[int, int] = {}
    for one in flows:
        if one.to_status or kinds[one.to_site_id] not in _HOLDERS or _gives_back(one):
            continue
        if one.from_status:
            level[one.to_site_id] = 1
        else:
            onward.setdefault(one.from_site_id, set()).add(one.to_site_id)
    reached = list(level)
    for site_id in reached:
        for following in sorted(onward.get(site_id, ())):
            if following not in level:
                level[following] = level[site_id] + 1
                reached.append(following)
    return level


def _books(flows: Iterable[Flow], shelves: Iterable[Lying]) -> list[Difference]:
    """Every shelf whose balance is not what its moves make it."""
    moved: dict[tuple[int, str], Decimal] = {}
    for one in flows:
        if one.from_status:
            key = (one.from_site_id, one.from_status)
            moved[key] = moved.get(key, ZERO) - one.quantity
        if one.to_status:
            key = (one.to_site_id, one.to_status)
            moved[key] = moved.get(key, ZERO) + one.quantity
    said: dict[tuple[int, str], Decimal] = {}
    for lying in shelves:
        said[(lying.site_id, lying.status)] = said.get((lying.site_id, lying.status), ZERO) + lying.quantity
    return [
        Difference("books", *key, moved.get(key, ZERO), said.get(key, ZERO))
        for key in sorted(moved.keys() | said.keys())
        if moved.get(key, ZERO) != said.get(key, ZERO)
    ]


def _overdrawn(holders: Iterable[Holder]) -> list[Difference]:
    return [
        Difference("holder", one.site_id, "", one.came, one.passed_on + one.returned)
        for one in holders
        if one.left < 0
    ]


def _edges(flows: Sequence[Flow], kinds: Mapping[int, str], holders: Iterable[Holder]) -> list[Edge]:
    """Where it came from, what we did with it, then each consignee with what it passed on below it."""
    level = {one.site_id: one.level for one in holders}
    backward = [_edge("backward", 0, one) for one in flows if _is_source(one, kinds)]
    inside = [_edge("inside", 0, one) for one in flows if one.from_status and one.to_status]
    leaving: dict[int, list[Flow]] = {}
    below: dict[int, list[Flow]] = {}
    for one in flows:
        if not _is_source(one, kinds) and not (one.from_status and one.to_status):
            if one.from_status:
                leaving.setdefault(one.to_site_id, []).append(one)
            else:
                below.setdefault(one.from_site_id, []).append(one)
    forward: list[Edge] = []
    shown: set[int] = set()

    def show(site_id: int) -> None:
        shown.add(site_id)
        for one in below.pop(site_id, []):
            forward.append(_edge("forward", level.get(site_id, 0) + 1, one))
            if not one.to_status and one.to_site_id not in shown and not _gives_back(one):
                show(one.to_site_id)

    for site_id, edges in leaving.items():
        forward += [_edge("forward", 1, one) for one in edges]
        show(site_id)
    for site_id in list(below):
        # Passed on by somebody to whom nothing is known to have come.
        show(site_id)
    return [*backward, *inside, *forward]


def _is_source(one: Flow, kinds: Mapping[int, str]) -> bool:
    return not one.from_status and bool(one.to_status) and kinds[one.from_site_id] not in _HOLDERS


def _edge(direction: Literal["backward", "inside", "forward"], level: int, one: Flow) -> Edge:
    return Edge(
        direction,
        level,
        one.kind,
        one.from_site_id,
        one.from_status,
        one.to_site_id,
        one.to_status,
        one.quantity,
        one.moves,
        one.first_on,
        one.last_on,
    )
