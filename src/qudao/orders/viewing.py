"""Shipments and returns as pages and the API show them."""

import dataclasses
import datetime as dt
import uuid
from decimal import Decimal


def shown_state(status: str, unsettled: bool) -> str:
    """The state of an order or shipment as it is shown, given whether a difference of it is open."""
    return "difference_settled" if status == "signed_with_difference" and not unsettled else status


def late(promised_on: dt.date | None, today: dt.date) -> bool:
    """Whether the day goods are promised for is over."""
    return promised_on is not None and promised_on < today


@dataclasses.dataclass(frozen=True, slots=True)
class ShipmentLineView:
    id: int
    no: int
    order_line_id: int
    item_id: int
    item_name: str
    specification: str
    lot_id: int
    lot_code: str
    serial_code: str
    produced_on: dt.date | None
    last_usable_on: dt.date | None
    certificate_number: str
    registrant: str
    production_permit: str
    storage: str
    di: str
    balance_id: int
    quantity: Decimal
    picked: Decimal
    reviewed: Decimal
    shipped: Decimal
    signed: Decimal
    short: Decimal
    damaged: Decimal
    refused: Decimal
    difference_reason: str
    resolved: Decimal
    returned: Decimal
    # The base unit of the quantities and our code of the product; "" where nobody asked for them.
    unit: str = ""
    item_code: str = dataclasses.field(default="", compare=False)

    @property
    def unresolved(self) -> Decimal:
        """What was not signed for and is still on the road."""
        return self.short + self.damaged + self.refused - self.resolved


@dataclasses.dataclass(frozen=True, slots=True)
class ShipmentView:
    """One warehouse's part of an order."""

    id: uuid.UUID
    number: str
    version: int
    status: str
    order_id: uuid.UUID
    entity_id: int
    node_id: int
    site_id: int
    ship_to_id: int
    picked_by: str
    picked_at: dt.datetime | None
    reviewed_by: str
    reviewed_at: dt.datetime | None
    shipped_by: str
    shipped_at: dt.datetime | None
    carrier: str
    tracking: str
    signed_by: str
    signed_at: dt.datetime | None
    put_back_at: dt.datetime | None
    created_at: dt.datetime
    lines: tuple[ShipmentLineView, ...] = ()
    receivers: tuple[int, ...] = ()
    unsettled: bool = True
    # Of its order, in lists: the number, and the day the goods are promised for.
    order_number: str = dataclasses.field(default="", compare=False)
    promised_on: dt.date | None = dataclasses.field(default=None, compare=False)

    @property
    def state(self) -> str:
        """The state to show: a difference that is settled alarms nobody any more."""
        return shown_state(self.status, self.unsettled)

    @property
    def off_shelf(self) -> bool:
        """Withdrawn after it was picked, and its goods are not yet said to be back on their shelves."""
        return self.status == "withdrawn" and self.picked_at is not None and self.put_back_at is None

    def is_late(self, today: dt.date) -> bool:
        """Promised for a day that is over, and neither signed for nor called off."""
        waits = self.signed_at is None and self.status not in ("cancelled", "signed", "withdrawn")
        return waits and late(self.promised_on, today)


@dataclasses.dataclass(frozen=True, slots=True)
class ReturnLineView:
    no: int
    shipment_line_id: int
    quantity: Decimal
    gross: Decimal
    net: Decimal
    tax: Decimal
    verdict: str


@dataclasses.dataclass(frozen=True, slots=True)
class ReturnView:
    id: uuid.UUID
    number: str
    version: int
    status: str
    shipment_id: uuid.UUID
    node_id: int
    reason: str
    created_at: dt.datetime
    lines: tuple[ReturnLineView, ...]
