"""What a trace is made of: lots and serials, moves between ends, what lies where and what went where."""

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal

SOLD_ON, CAME_BACK = "sell_through", "sell_back"


@dataclasses.dataclass(frozen=True, slots=True)
class LotView:
    """A lot, or one serial of it (`serial_id` 0 and `serial` '' for the lot as a whole).

    `hold` is the number of the open hold on it, '' when there is none.
    """

    item_id: int
    lot_id: int
    lot: str
    serial_id: int
    serial: str
    produced_on: dt.date | None
    last_usable_on: dt.date | None
    hold: str
    hold_reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Flow:
    """All moves of one kind between the same two ends, summed. A status '' is an end outside our books."""

    kind: str
    entity_id: int
    from_site_id: int
    from_status: str
    to_site_id: int
    to_status: str
    quantity: Decimal
    moves: int
    first_on: dt.date
    last_on: dt.date


@dataclasses.dataclass(frozen=True, slots=True)
class SiteView:
    """`kind` as in the sites' table; `party_id` 0 for our own."""

    id: int
    entity_id: int
    code: str
    name: str
    kind: str
    party_id: int


@dataclasses.dataclass(frozen=True, slots=True)
class Lying:
    """What our books say lies at a site in a condition."""

    site_id: int
    status: str
    quantity: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class MoveView:
    id: int
    entry: uuid.UUID
    kind: str
    at: dt.datetime
    on: dt.date
    lot_id: int
    serial_id: int
    quantity: Decimal
    from_site_id: int
    from_status: str
    to_site_id: int
    to_status: str
    origin_type: str
    origin_id: str
    serial: str


@dataclasses.dataclass(frozen=True, slots=True)
class SerialView:
    """A serial of a lot and where its last move took it."""

    serial_id: int
    serial: str
    site_id: int
    status: str
    on: dt.date


@dataclasses.dataclass(frozen=True, slots=True)
class Left:
    """What of a lot or serial (0 for none) that came to an outside site has not left it since."""

    site_id: int
    entity_id: int
    item_id: int
    lot_id: int
    lot: str
    serial_id: int
    serial: str
    quantity: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Delivery:
    """What left one of our sites for a consignee, and the first and last day of its shipping (None without the road)."""

    from_site_id: int
    to_site_id: int
    quantity: Decimal
    first_shipped: dt.date | None
    last_shipped: dt.date | None


@dataclasses.dataclass(frozen=True, slots=True)
class Standing:
    """A lot (or serial) as a hold finds it: what is held now, and what customers have had and not returned."""

    lot_id: int
    serial_id: int
    held: Decimal
    out: Decimal


@dataclasses.dataclass(frozen=True, slots=True)
class Onward:
    """Goods that passed between two outside sites, as a partner reports it."""

    kind: str
    entity_id: int
    item_id: int
    lot_id: int
    serial_id: int
    quantity: Decimal
    from_site_id: int
    to_site_id: int
    on: dt.date
    owner_id: int
    origin_type: str
    origin_id: str
    origin_line: int
