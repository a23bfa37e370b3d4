"""What the demo company is made of, filled step by step, and the stories it tells."""

import collections
import dataclasses
import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING

from qudao.kernel import periods
from qudao.shell.company import Company

if TYPE_CHECKING:
    from qudao.shell.demo.network import Partner
    from qudao.shell.demo.products import Product


@dataclasses.dataclass
class Stories:
    """Where to look: ids and numbers of what each page can show. None and empty until it happened.

    Partners by the key they have in `Demo.partners`; documents by number, with their id where a page needs it.
    """

    # Partners and their papers.
    lapsing_partner: str = ""
    lapsed_partner: str = ""
    late_payers: dict[str, int] = dataclasses.field(default_factory=dict)
    rebate_partner: str = ""
    # Contracts and rebates.
    versioned_contract: str = ""
    promotion: str = ""
    rebate_run: uuid.UUID | None = None
    rebate_to_confirm: uuid.UUID | None = None
    rebate_used_order: str = ""
    # Orders and the warehouse.
    split_order: str = ""
    difference_shipment: str = ""
    returned_shipment: str = ""
    short_draft: str = ""
    refused_draft: str = ""
    short_item: str = ""
    short_purchase: str = ""
    # Channel → the last order that came by it.
    channels: dict[str, str] = dataclasses.field(default_factory=dict)
    queues: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    # Lots.
    recalled_lot: str = ""
    recalled_lot_id: int = 0
    recall_hold: str = ""
    recall_holders: dict[str, str] = dataclasses.field(default_factory=dict)
    # Statements.
    disputed_statement: uuid.UUID | None = None
    disputed_line: int = 0
    settled_statement: uuid.UUID | None = None
    locked_statement: uuid.UUID | None = None
    sent_statement: uuid.UUID | None = None
    # Sell-through.
    diverted_file: str = ""
    diverted_hospital: str = ""
    waiting_file: str = ""


@dataclasses.dataclass
class Demo:
    """The company with its partners and products by short keys. `begin` is the first day of its history.

    `orders` is how many orders the history shall have, about; fewer for tests. `counts` tells what was done by
    what it is called, `refused` which rules refused what was planned.
    """

    seed: int
    now: dt.datetime
    begin: dt.date
    company: Company
    orders: int = 1500
    partners: dict[str, "Partner"] = dataclasses.field(default_factory=dict)
    products: dict[str, "Product"] = dataclasses.field(default_factory=dict)
    people: dict[str, int] = dataclasses.field(default_factory=dict)
    debtors: dict[str, int] = dataclasses.field(default_factory=dict)
    contracts: dict[str, tuple[str, uuid.UUID]] = dataclasses.field(default_factory=dict)
    versions: dict[str, list[tuple[dt.date, int]]] = dataclasses.field(default_factory=dict)
    disputes: dict[dt.date, tuple[str, str]] = dataclasses.field(default_factory=dict)
    limits: dict[str, Decimal] = dataclasses.field(default_factory=dict)
    # Account → what it is to buy in a year; account → the steps (from, rate) of its rebate this quarter.
    targets: dict[str, Decimal] = dataclasses.field(default_factory=dict)
    asked: dict[str, tuple[tuple[str, str], ...]] = dataclasses.field(default_factory=dict)
    counts: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    refused: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    diverted: str = ""
    stories: Stories = dataclasses.field(default_factory=Stories)

    @property
    def last_stated(self) -> dt.date:
        """The month whose statements went out last: they go out on the 6th of the month after."""
        back = 1 if self.today.day >= 10 else 2
        return periods.add_months(self.today.replace(day=1), -back)

    @property
    def last_quarter(self) -> dt.date:
        """The last month of the quarter whose rebates were calculated last: on the 8th after it."""
        month = periods.add_months(self.today.replace(day=1), -1)
        if month.month % 3 == 0 and self.today.day < 10:
            month = periods.add_months(month, -1)
        return periods.add_months(month, -(month.month % 3))

    @property
    def quarter(self) -> dt.date:
        """The first day of the running quarter."""
        return self.today.replace(month=(self.today.month - 1) // 3 * 3 + 1, day=1)

    @property
    def year(self) -> dt.date:
        """The first day of the contract year that runs today: that of the small company's contracts."""
        from qudao.shell.company import terms

        return self.company.day(terms.BEGIN)

    @property
    def today(self) -> dt.date:
        return self.company.today
