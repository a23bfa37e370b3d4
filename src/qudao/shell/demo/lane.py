"""One entity's life, event by event in the order of time; what lies after `now` has not happened yet."""

import collections
import dataclasses
import datetime as dt
import heapq
import itertools
import random
import uuid
import zlib
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from qudao.inventory import operations as inventory
from qudao.inventory import queries as stock
from qudao.kernel import errors, periods, scope
from qudao.orders import operations as orders
from qudao.orders import queries
from qudao.orders.operations import returning, signing
from qudao.orders.rules import differences
from qudao.shell.company import work
from qudao.shell.demo import cast, days, shelving, supplies, trade
from qudao.shell.demo.state import Demo
from qudao.supply import operations as supply

STATES = ("draft", "confirmed", "to_pick", "picked", "reviewed", "shipped", "signed")
Act = Callable[[dt.datetime], None]
# What arrived short or broken within these days of today is still to be settled.
_UNSETTLED = dt.timedelta(days=21)


@dataclasses.dataclass
class Report:
    """What happened in a month: counts by word, refusals by code, documents that tell a story."""

    counts: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    refused: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    found: dict[str, list] = dataclasses.field(default_factory=lambda: collections.defaultdict(list))


class Lane:
    """The events of some entities that are still to come."""

    def __init__(self, demo: Demo, entities: Iterable[str]):
        self.demo, self.entities = demo, tuple(entities)
        self.cast = cast.Cast(demo)
        self.report = Report()
        self.delivered: dict[str, list[tuple]] = collections.defaultdict(list)
        self.busy: set[tuple[str, dt.date]] = set()
        self.pool: dict[str, Decimal] = collections.defaultdict(Decimal)
        self.unsent: dict[str, uuid.UUID] = {}
        self._events: list[tuple[dt.datetime, int, Act]] = []
        self._sequence = itertools.count()

    def at(self, when: dt.datetime, act: Act) -> None:
        heapq.heappush(self._events, (when, next(self._sequence), act))

    def run(self, until: dt.datetime) -> Report:
        """Let everything before `until` happen, and what it leads to; returns what that was."""
        until = min(until, self.demo.now)
        while self._events and self._events[0][0] < until:
            when, _, act = heapq.heappop(self._events)
            cast.tell(when)
            try:
                act(when)
            except errors.Refused as refused:
                self.report.refused.update({reason.code for reason in refused.reasons})
        done, self.report = self.report, Report()
        return done

    # --- Orders ------------------------------------------------------------------------------------

    def deal(self, deal: trade.Deal) -> None:
        """An order, and step by step everything that follows from it."""
        self.at(deal.at, lambda now: self._place(deal, now))

    def _place(self, deal: trade.Deal, now: dt.datetime) -> None:
        company, entity = self.demo.company, self.demo.partners[deal.partner].entity
        clerk = self.cast(deal.by) if deal.by else self.cast.desk(entity)
        rebate = self._rebate(deal)
        request = work.request(
            company,
            deal.account,
            deal.place,
            *deal.lines,
            channel=deal.channel,
            rebate_use=rebate,
            requested_on=_due(now),
        )
        if deal.until == "draft":
            order = orders.save_draft(request=request, actor=clerk, now=now)
        else:
            order = orders.place_order(request=request, actor=clerk, now=now)
        if rebate:
            self.pool[deal.partner] -= rebate
            self.report.found["rebate used"].append((deal.partner, order.number))
        self.report.counts["orders"] += 1
        self.report.counts["lines"] += len(deal.lines)
        self.report.found[f"by {deal.channel}"].append(order.number)
        if deal.story:
            self.report.found[deal.story].append(order.number)
        if STATES.index(deal.until) >= STATES.index("to_pick"):
            chance = random.Random(order.number)
            self.at(
                now + self._pause(chance, 20, 120), lambda later: self._release(deal, order, chance, later)
            )

    def _rebate(self, deal: trade.Deal) -> Decimal:
        """What the partner pays from its pool: on orders through the portal, a tenth of their worth."""
        if deal.until == "draft" or deal.channel != "portal" or self.pool[deal.partner] < 500:
            return Decimal(0)
        payable = [(code, pieces) for code, pieces in deal.lines if not code.startswith("ST-")]
        worth = sum((self.demo.products[code].price * pieces for code, pieces in payable), Decimal(0))
        return min(self.pool[deal.partner], worth / 10) // 100 * 100

    def _pause(self, chance: random.Random, low: int, high: int) -> dt.timedelta:
        return dt.timedelta(minutes=chance.randint(low, high))

    def _release(self, deal, order, chance, now) -> None:
        entity = self.demo.partners[deal.partner].entity
        shipments = orders.release_order(
            order_id=order.id, version=order.version, actor=self.cast.desk(entity), now=now
        )
        if deal.story:
            self.report.found[f"{deal.story} shipments"] += [one.number for one in shipments]
        for shipment in shipments:
            self.report.counts["shipments"] += 1
            self.report.found["sites"].append((order.number, shipment.site_id))
            self._next(deal, shipment, chance, now, self._pick, (30, 150))

    def _next(self, deal, shipment, chance, now, step, minutes: tuple[int, int]) -> None:
        wanted = {self._pick: "picked", self._review: "reviewed"}.get(step, "shipped")
        if STATES.index(deal.until) >= STATES.index(wanted):
            self.at(now + self._pause(chance, *minutes), lambda later: step(deal, shipment, chance, later))

    def _pick(self, deal, shipment, chance, now) -> None:
        done = orders.pick_shipment(
            shipment_id=shipment.id,
            version=shipment.version,
            scans=work.labels(shipment),
            actor=self.cast.keeper(self.demo.partners[deal.partner].entity),
            now=now,
        )
        self._next(deal, done, chance, now, self._review, (15, 60))

    def _review(self, deal, shipment, chance, now) -> None:
        done = orders.review_shipment(
            shipment_id=shipment.id,
            version=shipment.version,
            scans=work.labels(shipment),
            actor=self.cast.reviewer(self.demo.partners[deal.partner].entity),
            now=now,
        )
        self._next(deal, done, chance, now, self._ship, (15, 90))

    def _ship(self, deal, shipment, chance, now) -> None:
        done = orders.ship_shipment(
            shipment_id=shipment.id,
            version=shipment.version,
            actor=self.cast.keeper(self.demo.partners[deal.partner].entity),
            now=now,
        )
        if deal.until == "signed":
            # In the working hours of one of the next days.
            day = periods.business_date(now) + dt.timedelta(days=chance.randint(1, 3))
            arrival = cast.instant(day, chance.randint(9, 16), chance.randint(0, 59))
            self.at(deal.arrives or arrival, lambda later: self._sign(deal, done, chance, later))

    def _sign(self, deal, shipment, chance, now) -> None:
        first = shipment.lines[0]
        missing = deal.short + deal.damaged
        arrived = None
        if missing and first.shipped > missing:
            arrived = [
                signing.Arrived(
                    first.no,
                    first.shipped - missing,
                    short=Decimal(deal.short),
                    damaged=Decimal(deal.damaged),
                    reason="外包装破损" if deal.damaged else "",
                )
            ]
            self.report.found["differences"].append((deal.partner, shipment.number))
        done = orders.sign_for(
            shipment_id=shipment.id,
            version=shipment.version,
            arrived=arrived,
            actor=self.cast.of(deal.partner),
            now=now,
        )
        self.report.counts["signed"] += 1
        self.busy.add((deal.partner, periods.business_date(now).replace(day=1)))
        self._remember(deal, done, now)
        if arrived and now < self.demo.now - _UNSETTLED:
            self.at(
                now + dt.timedelta(days=chance.randint(2, 6)),
                lambda later: self._settle(deal, done, first.no, later),
            )
        if deal.back and not arrived:
            self.at(
                now + dt.timedelta(days=chance.randint(3, 9)), lambda later: self._return(deal, done, later)
            )

    def _settle(self, deal: trade.Deal, shipment: queries.ShipmentView, no: int, now: dt.datetime) -> None:
        """What was short or broken is written off within the week; the newest of it still waits."""
        reason = "运输破损，已向承运商索赔" if deal.damaged else "承运商确认丢失，已索赔"
        lost = Decimal(deal.short + deal.damaged)
        orders.resolve_differences(
            shipment_id=shipment.id,
            settlements=[differences.Settlement(no, back=Decimal(0), lost=lost, reason=reason)],
            actor=self.cast.desk(self.demo.partners[deal.partner].entity),
            now=now,
        )
        self.report.counts["settled"] += 1

    def _remember(self, deal: trade.Deal, shipment: queries.ShipmentView, now: dt.datetime) -> None:
        """What the dealer holds of which lot, for its sell-through reports."""
        code_of = {self.demo.company.items[code]: code for code, _ in deal.lines}
        for line in shipment.lines:
            self.delivered[deal.account].append(
                (now, code_of[line.item_id], line.lot_code, line.serial_code, int(line.signed), deal.place)
            )

    def _return(self, deal, shipment, now) -> None:
        entity = self.demo.partners[deal.partner].entity
        taken = returning.take_return(
            shipment_id=shipment.id,
            returned=[returning.Returned(shipment.lines[0].no, Decimal(1))],
            reason=random.Random(shipment.number).choice(("包装破损", "订错规格", "效期不足", "医院退回")),
            actor=self.cast.desk(entity),
            now=now,
        )
        self.report.counts["returns"] += 1
        self.report.found["returned"].append((deal.partner, shipment.number, taken.number))
        self.at(now + dt.timedelta(days=2), lambda later: self._inspect_return(taken, later))

    def _inspect_return(self, taken, now) -> None:
        good = int(taken.number[-1]) % 3 != 0
        returning.inspect_return(
            return_id=taken.id, version=taken.version, good=good, actor=self.cast("zhaoqing"), now=now
        )

    # --- Supply ------------------------------------------------------------------------------------

    def buy(self, buy: supplies.Buy, *, until: str = "inspected") -> None:
        self.at(buy.at, lambda now: self._purchase(buy, until, now))

    def _purchase(self, buy: supplies.Buy, until: str, now: dt.datetime) -> None:
        company, products = self.demo.company, self.demo.products
        on = periods.business_date(now)
        purchase = supply.place_purchase(
            request=supply.PurchaseRequest(
                entity_id=company.entities[buy.entity],
                supplier_id=company.parties[buy.maker],
                site_id=company.sites[buy.site],
                expected_on=on + dt.timedelta(days=6),
                lines=tuple(
                    supply.PurchaseItem(
                        company.items[code], Decimal(pieces), products[code].unit, products[code].cost
                    )
                    for code, pieces in buy.lines
                ),
            ),
            actor=self.cast("xulei"),
            now=now,
        )
        self.report.counts["purchases"] += 1
        if until != "inspected":
            self.report.found[f"purchases {until}"].append((purchase.number, buy.lines[0][0]))
        if until != "ordered":
            late, early = (find(on + dt.timedelta(days=5)) for find in (days.on_or_after, days.on_or_before))
            # What waits for inspection today has come.
            comes = late if late < self.demo.today else early
            at = now + dt.timedelta(days=(comes - on).days, hours=1)
            self.at(at, lambda later: self._receive(buy, purchase, until, later))

    def _receive(self, buy, purchase, until: str, now: dt.datetime) -> None:
        lines = [
            line
            for no, (code, pieces) in enumerate(buy.lines, 1)
            for line in self._arrivals(buy.entity, no, code, pieces, now)
        ]
        cold = any(self.demo.products[code].cold for code, _ in buy.lines)
        receipt = supply.receive_goods(
            purchase_id=purchase.id,
            delivery_note=f"{buy.maker[:2].upper()}-{now:%y%m%d}{purchase.number[-3:]}",
            lines=lines,
            arrival_temperature=Decimal("4.6") if cold else None,
            actor=self.cast.keeper(buy.entity),
            now=now,
        )
        self.report.counts["receipts"] += 1
        if until == "inspected":
            self.at(now + dt.timedelta(hours=4), lambda later: self._inspect(receipt, later))
        else:
            self.report.found["receipts pending"].append(receipt.number)

    def _arrivals(
        self, entity: str, no: int, code: str, pieces: int, now: dt.datetime
    ) -> Iterable[supply.ReceiptLine]:
        product = self.demo.products[code]
        on = periods.business_date(now)
        produced, last = supplies.dates(product, on)
        common: dict[str, Any] = {
            "purchase_line_no": no,
            "lot": supplies.lot_code(product, on, entity),
            "produced_on": produced,
            "last_usable_on": last,
        }
        if not product.serial:
            return [supply.ReceiptLine(quantity=Decimal(pieces), **common)]
        return [
            supply.ReceiptLine(quantity=Decimal(1), serial=serial, **common)
            for serial in supplies.serials(product, common["lot"], pieces)
        ]

    def _inspect(self, receipt, now: dt.datetime) -> None:
        verdicts = []
        for line in receipt.lines:
            bad = Decimal(line.quantity > 20 and zlib.crc32(line.lot_code.encode()) % 41 == 0)
            verdicts.append(supply.Verdict(line.no, line.quantity - bad, bad, "外包装破损" if bad else ""))
        supply.inspect(receipt_id=receipt.id, verdicts=verdicts, actor=self.cast("zhaoqing"), now=now)
        self.report.counts["inspections"] += 1
        self._put_away(receipt, now)

    def _put_away(self, receipt, now: dt.datetime) -> None:
        """What came in for the first time lies on no shelf yet: the keeper puts it on its own."""
        entity = next(key for key, pk in self.demo.company.entities.items() if pk == receipt.entity_id)
        keeper = self.cast.keeper(entity)
        with scope.transaction(keeper):
            moved = stock.moved(origin_type="supply.receipt", origin_id=str(receipt.id), kind="inspect")
            lying = stock.shelves([move.to_balance_id for move in moved], keeper)
        loose = [move for move in moved if move.to_status == "good" and not lying[move.to_balance_id].code]
        if not loose:
            return
        places = stock.list_locations(receipt.site_id, keeper)
        own = shelving.shelves(self.demo.products)
        code_of = {pk: code for code, pk in self.demo.company.items.items()}
        inventory.relocate_stock(
            portions=[
                inventory.Portion(move.to_balance_id, move.quantity, places[own[code_of[move.item_id]]])
                for move in loose
            ],
            actor=keeper,
            now=now,
        )


def _due(now: dt.datetime) -> dt.date:
    """The day a buyer asks for its goods: four days on, one in ten in a hurry; of those some come late. Nobody takes
    goods in on a weekend or a holiday."""
    return days.on_or_after(periods.business_date(now) + dt.timedelta(days=2 if now.minute % 10 == 0 else 4))


def system() -> scope.Actor:
    return scope.system("demo")
