"""Whether a lot may serve a document line, and every reason why not.

Near the end of its life a lot may be good enough for one customer and too short for another: how long it
must last is the line's to say. A waiver document lets a short lot through, never an expired one.
Source: 医疗器械经营监督管理办法 (市场监管总局令 54) §45: expired devices are never sold.
"""

import dataclasses
import datetime as dt
import math
from collections.abc import Set
from decimal import Decimal

from qudao.kernel import errors, periods

from . import moves, status


@dataclasses.dataclass(frozen=True, slots=True)
class MinimumLife:
    """How long goods must still be usable after the day they are needed. The strictest part counts.

    `fraction` is of the whole shelf life, 0 to 1.
    """

    days: int = 0
    months: int = 0
    fraction: Decimal = Decimal(0)

    def last_day(self, *, on: dt.date, shelf_life_days: int | None) -> dt.date:
        """The earliest last usable day that is good enough on the day `on`.

        Raises ValueError when a fraction of an unknown shelf life is asked for.
        """
        acceptable = [on + dt.timedelta(days=self.days), periods.add_months(on, self.months)]
        if self.fraction:
            if shelf_life_days is None:
                raise ValueError("a fraction of an unknown shelf life")
            acceptable.append(on + dt.timedelta(days=math.ceil(self.fraction * shelf_life_days)))
        return max(acceptable)


@dataclasses.dataclass(frozen=True, slots=True)
class Demand:
    """A document line asking for `quantity` base units on the day `on` (delivery or surgery).

    `waived_lot_ids` are lots a waiver document lets through although too short; it never lets through
    an expired one. `single_lot`: all from one lot or nothing.
    """

    line: int
    item_id: int
    quantity: Decimal
    on: dt.date
    minimum_life: MinimumLife = MinimumLife()
    preferred_site_ids: tuple[int, ...] = ()
    single_lot: bool = False
    waived_lot_ids: frozenset[int] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True)
class Candidate:
    """A balance that might serve. `last_usable_on` is None for goods that do not expire.

    `certificate_ok`: a certificate version covers the model and the production date. `blocks` are
    further objections found by others (unlicensed warehouse, broken cold chain); warnings do not block.
    """

    balance_id: int
    item_id: int
    site_id: int
    location_id: int | None
    lot_id: int
    lot_code: str
    received_on: dt.date
    status: status.Status
    owner: moves.Owner
    on_hand: Decimal
    reserved: Decimal = Decimal(0)
    site_kind: moves.SiteKind = moves.SiteKind.WAREHOUSE
    site_priority: int = 0
    last_usable_on: dt.date | None = None
    shelf_life_days: int | None = None
    serial_id: int | None = None
    serial_code: str = ""
    certificate_ok: bool = True
    held: bool = False
    blocks: tuple[errors.Reason, ...] = ()

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.reserved

    @property
    def fefo(self) -> tuple[dt.date, dt.date, str, str, int, int]:
        """Last usable day, receipt, lot; then serial, location and balance, so that the order is total."""
        return (
            self.last_usable_on or dt.date.max,
            self.received_on,
            self.lot_code,
            self.serial_code,
            self.location_id or 0,
            self.balance_id,
        )


_NOT_RELEASED = {
    status.Status.IN_TRANSIT: "inventory.lot_in_transit",
    status.Status.PENDING: "inventory.lot_awaits_inspection",
    status.Status.RETURNED: "inventory.lot_returned",
    status.Status.BAD: "inventory.lot_not_conforming",
}


def objections(
    *, candidate: Candidate, demand: Demand, today: dt.date, owners: Set[moves.Owner]
) -> list[errors.Reason]:
    """Every reason why this stock may not serve this line; empty when it may."""
    found: list[tuple[str, dict[str, object]]] = []
    if candidate.site_kind is not moves.SiteKind.WAREHOUSE:
        found.append(("inventory.stock_is_elsewhere", {}))
    if candidate.owner not in owners:
        found.append(("inventory.owner_not_ours", {}))
    if candidate.held or candidate.status is status.Status.HELD:
        found.append(("inventory.lot_held", {}))
    elif candidate.status in _NOT_RELEASED:
        found.append((_NOT_RELEASED[candidate.status], {}))
    if not candidate.certificate_ok:
        found.append(("inventory.certificate_does_not_cover", {}))
    found += _life_objections(candidate, demand, today)
    if candidate.available <= 0:
        found.append(("inventory.lot_fully_reserved", {"reserved": candidate.reserved}))
    reasons = [errors.Reason(code, demand.line, {"lot": candidate.lot_code, **more}) for code, more in found]
    return reasons + [
        dataclasses.replace(block, line=demand.line) for block in candidate.blocks if block.refuses
    ]


def _life_objections(
    candidate: Candidate, demand: Demand, today: dt.date
) -> list[tuple[str, dict[str, object]]]:
    last = candidate.last_usable_on
    if last is None:
        return []
    needed_on = max(today, demand.on)
    if last < needed_on:
        return [("inventory.lot_expired", {"last_usable_on": last, "on": needed_on})]
    if candidate.lot_id in demand.waived_lot_ids:
        return []
    if demand.minimum_life.fraction and candidate.shelf_life_days is None:
        return [("inventory.shelf_life_unknown", {})]
    required = demand.minimum_life.last_day(on=needed_on, shelf_life_days=candidate.shelf_life_days)
    if last < required:
        return [("inventory.lot_too_short", {"last_usable_on": last, "required": required})]
    return []
