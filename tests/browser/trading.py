"""What the small company did before a test or a picture begins; all of it on the company's own day."""

import dataclasses
import datetime as dt
from decimal import Decimal

from django.contrib import auth

from qudao.catalog.udi import encode
from qudao.inventory import operations as inventory
from qudao.inventory import queries as stock
from qudao.kernel import journal, scope
from qudao.orders import operations, queries
from qudao.orders.operations import returning
from qudao.partners import queries as partners
from qudao.pricing import queries as pricing
from qudao.settlement import operations as settlement
from qudao.shell.commands import worker
from qudao.shell.company import Company, goods, work
from qudao.supply import operations as supply
from qudao.supply import queries as supply_queries
from tests import harness

NOW = harness.NOW
SYSTEM = scope.system("setup")
# The order of most tests: two products of one line, both in the Hangzhou warehouse.
LINES = (("BQ-2515", "10"), ("DS-035", "50"))


class Clock:
    """Stands where the site reads the time: the small company lives on a fixed day."""

    @staticmethod
    def now() -> dt.datetime:
        return NOW


def user(company: Company, username: str):
    return auth.get_user_model().objects.get(pk=company.people[username])


def actor(company: Company, username: str) -> scope.Actor:
    return work.person(company, username, now=NOW)


DIS = {code: di for code, di, *_ in goods.ITEMS}


def label(code: str, **parts) -> str:
    """The GS1 label of one of the company's products, as a scanner sends it (FNC1 as byte 1D)."""
    return encode.gs1(DIS[code], **parts)


def order(
    company: Company, *lines, account="kangze.CV", place="kangze", channel="call_centre"
) -> queries.OrderView:
    """An order placed by the desk."""
    request = work.request(company, account, place, *(lines or LINES), channel=channel)
    return operations.place_order(request=request, actor=actor(company, "zhoulan"), now=NOW)


def draft(company: Company, *lines, account="kangze.CV", place="kangze") -> queries.OrderView:
    request = work.request(company, account, place, *(lines or LINES), channel="rep")
    return operations.save_draft(request=request, actor=actor(company, "zhoulan"), now=NOW)


def to_pick(company: Company, *lines, **more) -> queries.ShipmentView:
    """A shipment in the warehouse's queue."""
    [shipment] = work.release(company, order(company, *lines, **more), now=NOW)
    return shipment


def on_the_road(company: Company, *lines, **more) -> queries.ShipmentView:
    """A shipment handed to the carrier."""
    shipment = to_pick(company, *lines, **more)
    for step in (work.pick, work.review, work.ship):
        shipment = step(company, shipment, now=NOW)
    return shipment


def hold(company: Company, code: str, lot: str) -> None:
    """Quality holds a lot: what was set aside of it is taken back."""
    with scope.transaction(SYSTEM):
        found = stock.find_lot(company.items[code], lot, SYSTEM)
    inventory.hold_lot(lot_id=found.id, reason="召回通知", actor=SYSTEM, now=NOW)


def number() -> None:
    """Number and sign the journal, as the worker does all the time."""
    worker.catch_up()
    journal.checkpoint(NOW)


@dataclasses.dataclass
class Trade:
    """Documents of a company that has been trading."""

    draft: queries.OrderView
    confirmed: queries.OrderView
    done: queries.OrderView
    held: queries.OrderView
    to_pick: queries.ShipmentView
    picked: queries.ShipmentView
    reviewed: queries.ShipmentView
    shipped: queries.ShipmentView
    signed: queries.ShipmentView
    purchase: supply_queries.PurchaseView
    receipt: supply_queries.ReceiptView
    transfer: stock.TransferView


def trade(company: Company) -> Trade:
    """Orders in every state, one of them signed for, returned in part, invoiced and rebated."""
    signed = work.sign(company, on_the_road(company, ("BQ-2515", "20"), ("DS-035", "50")), "kangze", now=NOW)
    _returned(company, signed)
    _settled(company)
    shipped = on_the_road(company, ("DS-035", "20"))
    picked = work.pick(company, to_pick(company, ("BQ-2515", "4")), now=NOW)
    waiting = to_pick(company, ("BQ-2515", "6"), ("DS-035", "10"))
    reviewed = to_pick(company, ("DS-035", "3"))
    for step in (work.pick, work.review):
        reviewed = step(company, reviewed, now=NOW)
    goods = _goods(company)
    confirmed = order(company, ("CTNI-100", "10"), account="zheer.IVD", place="zheer.jiefang")
    unsure = draft(company, ("BQ-2515", "2"), account="renji.CV", place="renji")
    taken_back = order(company, ("CTNI-100", "4"), account="zheer.IVD", place="zheer.binjiang")
    hold(company, "CTNI-100", "L2606")
    number()
    with scope.transaction(SYSTEM):
        done = queries.get_order(signed.order_id, actor=SYSTEM)
    return Trade(*(unsure, confirmed, done, taken_back, waiting, picked, reviewed, shipped, signed), *goods)


def _goods(company: Company):
    """A purchase half here, its receipt to inspect, a transfer on the road, a lot on hold."""
    item = company.items["BQ-2515"]
    request = supply.PurchaseRequest(
        entity_id=company.entities["qd"],
        supplier_id=company.parties["chengxi"],
        site_id=company.sites["hz"],
        lines=(supply.PurchaseItem(item, Decimal(4), "盒", Decimal("10170.00")),),
        expected_on=NOW.date(),
    )
    purchase = supply.place_purchase(request=request, actor=SYSTEM, now=NOW)
    line = supply.ReceiptLine(
        purchase_line_no=1,
        quantity=Decimal(10),
        lot="B2609",
        produced_on=dt.date(2026, 9, 1),
        last_usable_on=dt.date(2028, 8, 31),
    )
    keeper = actor(company, "lijun")
    receipt = supply.receive_goods(
        purchase_id=purchase.id, delivery_note="SX-20261123-07", lines=[line], actor=keeper, now=NOW
    )
    with scope.transaction(SYSTEM):
        lot = stock.find_lot(item, "B2602", SYSTEM)
        [balance, *_more] = stock.balances_of_lot(lot.id, SYSTEM)
        cold = stock.find_lot(company.items["CTNI-100"], "L2601", SYSTEM)
    portions = [inventory.Portion(balance.id, Decimal(5))]
    transfer = inventory.send_transfer(
        to_site_id=company.sites["hz"], portions=portions, actor=keeper, now=NOW
    )
    inventory.hold_lot(
        lot_id=cold.id, reason="运输温度记录缺失，待核实", actor=actor(company, "zhaoqing"), now=NOW
    )
    return purchase, receipt, transfer


def _returned(company: Company, shipment: queries.ShipmentView) -> None:
    returning.take_return(
        shipment_id=shipment.id,
        returned=[returning.Returned(shipment.lines[0].no, Decimal(1))],
        reason="包装破损",
        actor=actor(company, "zhoulan"),
        now=NOW,
    )


def _settled(company: Company) -> None:
    number()
    account = partners.get_account(company.accounts["kangze.CV"], SYSTEM)
    version = company.contracts["HT-2026-0183"]
    common = {"actor": SYSTEM, "now": NOW}
    debtor = {"debtor_node_id": account.debtor_node_id}
    settlement.issue_invoices(**debtor, up_to=NOW.date(), **common)
    settlement.record_receipt(
        **debtor,
        amount=Decimal("20000.00"),
        method="bank",
        reference="ICBC-20261123-5517",
        received_on=NOW.date(),
        **common,
    )
    with scope.transaction(SYSTEM):
        [term] = pricing.rebate_terms(version_id=version, actor=SYSTEM)
    run = settlement.run_rebate(contract_version_id=version, term_id=term.id, day=NOW.date(), **common).run
    settlement.confirm_run(run_id=run.id, partial=True, **common)
    number()
    built = settlement.build_statement(**debtor, month=NOW.date(), **common).statement
    settlement.send_statement(statement_id=built.id, **common)
