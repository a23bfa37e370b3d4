"""First expiry first over several warehouses, saying what was passed over and why.

`eligibility` says which lots may serve which line. Warehouses are chosen as few as may be: one that serves
a whole line before two that share it, the one that serves most lines first, then by preference. Within the
chosen warehouses goods go by last usable day, receipt, lot. Of two lines for one item the one that fewer
lots can serve chooses first, so that it does not go short for stock the other could have done without.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence, Set
from decimal import Decimal

from qudao.kernel import errors

from . import eligibility, moves


@dataclasses.dataclass(frozen=True, slots=True)
class Pick:
    line: int
    balance_id: int
    site_id: int
    location_id: int | None
    lot_id: int
    serial_id: int | None
    quantity: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Skipped:
    """Stock passed over for a line, with every reason. `quantity` is what it had available."""

    line: int
    balance_id: int
    site_id: int
    lot_id: int
    lot_code: str
    serial_code: str
    last_usable_on: dt.date | None
    quantity: Decimal
    reasons: tuple[errors.Reason, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Shortage:
    """`missing` of `wanted` could not be picked; `available` is the most that this line could have had."""

    line: int
    wanted: Decimal
    available: Decimal
    missing: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Allocation:
    """Picks by line and then first expiry first; what was passed over; what is missing."""

    picks: tuple[Pick, ...]
    skipped: tuple[Skipped, ...]
    shortages: tuple[Shortage, ...]

    @property
    def site_ids(self) -> tuple[int, ...]:
        """The warehouses that ship something."""
        return tuple(sorted({pick.site_id for pick in self.picks}))


@dataclasses.dataclass(frozen=True, slots=True)
class _Part:
    candidate: eligibility.Candidate
    quantity: Decimal


_Pools = Mapping[int, Sequence[eligibility.Candidate]]  # by line, first expiry first
_Left = dict[int, Decimal]  # by balance, what no line of this document has taken yet


def allocate(
    *,
    demands: Sequence[eligibility.Demand],
    candidates: Iterable[eligibility.Candidate],
    today: dt.date,
    owners: Set[moves.Owner],
) -> Allocation:
    """Serve the lines of one document from the candidates; lines for one item share them.

    Quantities are base units. `owners`: whose goods may be used (our entity, and suppliers whose goods we
    hold on consignment). Picks plus missing is what each line wanted. Candidates with nothing on hand are
    ignored. Line numbers and balance ids are each unique. Raises Refused
    (`inventory.quantity_not_positive`) when a line wants nothing.
    """
    errors.raise_if_refused(
        errors.Reason("inventory.quantity_not_positive", demand.line, {"quantity": demand.quantity})
        for demand in demands
        if demand.quantity <= 0
    )
    stock = sorted((candidate for candidate in candidates if candidate.on_hand > 0), key=lambda c: c.fefo)
    left = {candidate.balance_id: candidate.available for candidate in stock}
    if len(left) != len(stock) or len({demand.line for demand in demands}) != len(demands):
        raise ValueError("line numbers and balance ids are unique")

    pools: dict[int, list[eligibility.Candidate]] = {demand.line: [] for demand in demands}
    skipped: list[Skipped] = []
    for demand in demands:
        for candidate in (candidate for candidate in stock if candidate.item_id == demand.item_id):
            reasons = eligibility.objections(candidate=candidate, demand=demand, today=today, owners=owners)
            if reasons:
                skipped.append(_skip(demand, candidate, candidate.available, reasons))
            else:
                pools[demand.line].append(candidate)
    settled: dict[int, list[_Part]] = {}
    shortages: list[Shortage] = []
    for demand, parts, before in _settle(demands, pools, left):
        settled[demand.line] = parts
        skipped += _passed_over(demand, parts, pools[demand.line], before)
        missing = demand.quantity - _total(parts)
        if missing:
            choices = _choices(demand, pools[demand.line])
            most = max((_held(pool, before) for pool in choices), default=Decimal(0))
            shortages.append(Shortage(demand.line, demand.quantity, most, missing))
    return Allocation(
        tuple(_pick(demand, part) for demand in demands for part in settled[demand.line]),
        tuple(sorted(skipped, key=lambda skip: skip.line)),
        tuple(sorted(shortages, key=lambda shortage: shortage.line)),
    )


def _settle(
    demands: Sequence[eligibility.Demand], pools: _Pools, left: _Left
) -> Iterable[tuple[eligibility.Demand, list[_Part], _Left]]:
    """Each line once, with its parts and what was left before it chose."""
    waiting = sorted(demands, key=lambda demand: (len(pools[demand.line]), demand.line))
    used: set[int] = set()
    while waiting:
        served = _best_warehouse(waiting, pools, left, used)
        if not served:
            served = {waiting[0].line: _split(waiting[0], pools[waiting[0].line], left, used)}
        for demand in [demand for demand in waiting if demand.line in served]:
            before = dict(left)
            _draw(served[demand.line], left)
            used.update(part.candidate.site_id for part in served[demand.line])
            yield demand, served[demand.line], before
        waiting = [demand for demand in waiting if demand.line not in served]


def _best_warehouse(
    waiting: Sequence[eligibility.Demand], pools: _Pools, left: _Left, used: Set[int]
) -> dict[int, list[_Part]]:
    """What the warehouse that serves most of the waiting lines in full gives to each of them."""
    sites = {candidate.site_id: candidate for demand in waiting for candidate in pools[demand.line]}
    offers = []
    for site_id, example in sites.items():
        served = _serve_from(site_id, waiting, pools, left)
        wish = sum(_wish(demand, site_id) for demand in waiting if demand.line in served)
        rank = (-len(served), site_id not in used, wish, example.site_priority, site_id)
        offers.append((rank, served))
    return min(offers, key=lambda offer: offer[0])[1] if offers else {}


def _serve_from(
    site_id: int, waiting: Sequence[eligibility.Demand], pools: _Pools, left: _Left
) -> dict[int, list[_Part]]:
    """The waiting lines this warehouse can serve in full, one after the other."""
    rest = dict(left)
    served: dict[int, list[_Part]] = {}
    narrowest_unserved: dict[int, int] = {}
    for demand in waiting:
        breadth = len(pools[demand.line])
        if narrowest_unserved.get(demand.item_id, breadth) < breadth:
            continue
        pool = [candidate for candidate in pools[demand.line] if candidate.site_id == site_id]
        for choice in _choices(demand, pool):
            parts = _take(choice, demand.quantity, rest)
            if _total(parts) == demand.quantity:
                _draw(parts, rest)
                served[demand.line] = parts
                break
        else:
            narrowest_unserved.setdefault(demand.item_id, breadth)
    return served


def _split(
    demand: eligibility.Demand, pool: Sequence[eligibility.Candidate], left: _Left, used: Set[int]
) -> list[_Part]:
    """The line out of several warehouses, or as much of it as there is."""
    if demand.single_lot:
        enough = [lot for lot in _choices(demand, pool) if _held(lot, left) >= demand.quantity]
        if not enough:
            return []
        pool = enough[0]
    chosen = _warehouses_for(demand, pool, left, used)
    return _take([candidate for candidate in pool if candidate.site_id in chosen], demand.quantity, left)


def _warehouses_for(
    demand: eligibility.Demand, pool: Sequence[eligibility.Candidate], left: _Left, used: Set[int]
) -> set[int]:
    """The fullest warehouses until one can give the rest; that one by use, then preference."""
    held: dict[int, Decimal] = {}
    priority: dict[int, int] = {}
    for candidate in pool:
        held[candidate.site_id] = held.get(candidate.site_id, Decimal(0)) + left[candidate.balance_id]
        priority[candidate.site_id] = candidate.site_priority

    def liking(site_id: int) -> tuple[bool, int, int, int]:
        return site_id not in used, _wish(demand, site_id), priority[site_id], site_id

    chosen: set[int] = set()
    missing = demand.quantity
    while missing > 0 and held:
        sufficient = [site_id for site_id in held if held[site_id] >= missing]
        if sufficient:
            site_id = min(sufficient, key=liking)
        else:
            site_id = min(held, key=lambda site_id: (-held[site_id], liking(site_id)))
        chosen.add(site_id)
        missing -= held.pop(site_id)
    return chosen


def _choices(
    demand: eligibility.Demand, pool: Sequence[eligibility.Candidate]
) -> list[list[eligibility.Candidate]]:
    """What the line may be taken from: everything, or one lot after the other."""
    if not demand.single_lot:
        return [list(pool)]
    by_lot: dict[int, list[eligibility.Candidate]] = {}
    for candidate in pool:
        by_lot.setdefault(candidate.lot_id, []).append(candidate)
    return list(by_lot.values())


def _wish(demand: eligibility.Demand, site_id: int) -> int:
    """The place of the warehouse among those the line prefers, from 0; after them all if it is none."""
    preferred = demand.preferred_site_ids
    return preferred.index(site_id) if site_id in preferred else len(preferred)


def _take(pool: Iterable[eligibility.Candidate], quantity: Decimal, left: _Left) -> list[_Part]:
    parts, missing = [], quantity
    for candidate in pool:
        part = min(missing, left[candidate.balance_id])
        if part > 0:
            parts.append(_Part(candidate, part))
            missing -= part
    return parts


def _draw(parts: Iterable[_Part], left: _Left) -> None:
    for part in parts:
        left[part.candidate.balance_id] -= part.quantity


def _total(parts: Iterable[_Part]) -> Decimal:
    return sum((part.quantity for part in parts), Decimal(0))


def _held(pool: Iterable[eligibility.Candidate], left: _Left) -> Decimal:
    return sum((left[candidate.balance_id] for candidate in pool), Decimal(0))


def _passed_over(
    demand: eligibility.Demand,
    parts: Sequence[_Part],
    pool: Sequence[eligibility.Candidate],
    before: _Left,
) -> list[Skipped]:
    """Eligible stock that expires before what was taken, and was left all the same."""
    taken = {part.candidate.balance_id for part in parts}
    last = max((part.candidate.fefo for part in parts), default=None)
    alone = {choice[0].lot_id: _held(choice, before) for choice in _choices(demand, pool) if choice}
    found = []
    for candidate in pool:
        quantity = before[candidate.balance_id]
        earlier = last is None or candidate.fefo < last
        if candidate.balance_id in taken or not quantity or not earlier:
            continue
        params: dict[str, object] = {"lot": candidate.lot_code}
        if demand.single_lot and alone[candidate.lot_id] < demand.quantity:
            code = "inventory.lot_not_enough_alone"
            params |= {"available": alone[candidate.lot_id], "wanted": demand.quantity}
        else:
            code = "inventory.lot_in_other_warehouse"
        found.append(_skip(demand, candidate, quantity, [errors.Reason(code, demand.line, params)]))
    return found


def _skip(
    demand: eligibility.Demand,
    candidate: eligibility.Candidate,
    quantity: Decimal,
    reasons: Iterable[errors.Reason],
) -> Skipped:
    return Skipped(
        demand.line,
        candidate.balance_id,
        candidate.site_id,
        candidate.lot_id,
        candidate.lot_code,
        candidate.serial_code,
        candidate.last_usable_on,
        quantity,
        tuple(reasons),
    )


def _pick(demand: eligibility.Demand, part: _Part) -> Pick:
    return Pick(
        demand.line,
        part.candidate.balance_id,
        part.candidate.site_id,
        part.candidate.location_id,
        part.candidate.lot_id,
        part.candidate.serial_id,
        part.quantity,
    )
