"""The small channel with goods in it: a lot and two serials received, part of them delivered to 康泽."""

import csv
import dataclasses
import datetime as dt
import io
from decimal import Decimal

from qudao.inventory import models as stock
from qudao.inventory import operations as inventory
from qudao.inventory import queries as inventory_queries
from qudao.inventory import tracing
from qudao.kernel import journal, periods, scope
from qudao.partners import operations as partners
from tests import harness
from tests.operations import inventory_world, partners_world

NOW, TODAY = harness.NOW, periods.business_date(harness.NOW)
HOUSE = scope.system("test")
MONTH = dt.date(2026, 11, 1)
SOLD = "2026-11-10"


@dataclasses.dataclass
class World:
    channel: partners_world.World
    warehouse: int
    supplier: int
    second: int
    balance: int
    lot: int
    implant: int
    serial_balances: tuple

    @property
    def account(self):
        return self.channel.accounts["kangze"]


def build(*, received="100", delivered="40") -> World:
    """Lot A01 of the screw: `received` from a supplier, `delivered` signed for by 康泽; serials S-1, S-2 of an
    implant, S-1 signed for by 康泽. 康泽 may sell orthopaedics in Hangzhou."""
    channel = partners_world.build()
    second, supplier = partners.open_parties(
        [
            partners.NewParty(name="宁波市第二医院", kind="hospital", territory=330200),
            partners.NewParty(name="上海微创骨科医疗科技有限公司", roles=["supplier"], territory=310000),
        ],
        actor=HOUSE,
        now=NOW,
    )
    partners.grant_authorisation(
        entity_id=channel.entity,
        party_id=channel.kangze,
        line_id=channel.ortho,
        territory=330100,
        valid_from=dt.date(2026, 1, 1),
        actor=HOUSE,
        now=NOW,
    )
    implant = partners_world.item(
        "K1", channel.ortho, tracking="serial", name="膝关节假体", specification="3#"
    )
    warehouse = inventory_world.site("HZ", channel.entity)
    with scope.everything():
        vendor = inventory.ensure_party_sites([supplier], kind="supplier")[supplier]
    world = World(channel, warehouse, vendor, second, 0, 0, implant, ())
    world.balance, world.lot = receive(world, channel.screw, "A01", received)
    world.serial_balances = tuple(
        receive(world, implant, "K01", "1", serial=code)[0] for code in ("S-1", "S-2")
    )
    deliver(world, world.balance, delivered, channel.kangze)
    deliver(world, world.serial_balances[0], "1", channel.kangze)
    return world


def receive(world, item_id, lot, quantity, *, serial=""):
    """Goods from the supplier, inspected at once; returns (balance id, lot id)."""
    with scope.everything():
        entry = journal.entry()
        spec = inventory.LotSpec(
            item_id=item_id, code=lot, produced_on=dt.date(2026, 1, 5), last_usable_on=dt.date(2028, 6, 30)
        )
        lot_id = inventory.ensure_lots(lots=[spec], entry=entry)[item_id, lot].id
        serial_id = None
        if serial:
            named = inventory.SerialSpec(item_id=item_id, lot_id=lot_id, code=serial)
            serial_id = inventory.ensure_serials(serials=[named], entry=entry)[item_id, serial]
        place = {"item_id": item_id, "lot_id": lot_id, "serial_id": serial_id, "quantity": Decimal(quantity)}
        rest = {"entity_id": world.channel.entity, "origin_type": "supply.receipt", "origin_id": "R1"}
        pending = inventory.Place(world.warehouse, None, "pending", "entity", world.channel.entity)
        good = inventory.Place(world.warehouse, None, "good", "entity", world.channel.entity)
        [came] = inventory.post(
            postings=[
                inventory.Posting(
                    kind="receive",
                    from_site_id=world.supplier,
                    to=pending,
                    value=Decimal("50.00"),
                    **place,
                    **rest,
                )
            ],
            entry=entry,
            at=NOW,
            on=dt.date(2026, 10, 1),
        )
        [passed] = inventory.post(
            postings=[
                inventory.Posting(
                    kind="inspect", from_balance_id=came.to_balance_id, to=good, **place, **rest
                )
            ],
            entry=entry,
            at=NOW,
            on=dt.date(2026, 10, 2),
        )
        return passed.to_balance_id, lot_id


def deliver(world, balance_id, quantity, party_id, *, on=dt.date(2026, 10, 5), shipment="SH1"):
    """Ship through transit and have it signed for."""
    with scope.everything():
        entry = journal.entry()
        row = stock.Balance.objects.get(pk=balance_id)
        goods = {
            "item_id": row.item_id,
            "lot_id": row.lot_id,
            "serial_id": row.serial_id,
            "quantity": Decimal(quantity),
            "entity_id": world.channel.entity,
            "origin_type": "orders.shipment",
            "origin_id": shipment,
        }
        road = inventory.Place(
            inventory_queries.transit_site(world.channel.entity), None, "good", "entity", world.channel.entity
        )
        [sent] = inventory.post(
            postings=[inventory.Posting(kind="ship", from_balance_id=balance_id, to=road, **goods)],
            entry=entry,
            at=NOW,
            on=on,
        )
        site = inventory.ensure_party_sites([party_id])[party_id]
        inventory.post(
            postings=[
                inventory.Posting(kind="sign", from_balance_id=sent.to_balance_id, to_site_id=site, **goods)
            ],
            entry=entry,
            at=NOW,
            on=on,
        )


HEADER = (
    "销售日期",
    "客户名称",
    "城市",
    "产品名称",
    "规格型号",
    "产品编码",
    "批号",
    "序列号",
    "数量",
    "单位",
    "单价",
    "单据号",
)


def report(*rows) -> bytes:
    """A dealer's CSV; each row fills in what a usual sale of the screw says."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    usual = {
        "销售日期": SOLD,
        "客户名称": "浙江大学医学院附属第一医院",
        "城市": "杭州",
        "产品编码": "S1",
        "批号": "A01",
        "数量": "5",
        "单位": "件",
        "单价": "320",
    }
    for no, row in enumerate(rows, 1):
        values = {**usual, "单据号": f"XS{no}", **row}
        writer.writerow([values.get(name, "") for name in HEADER])
    return text.getvalue().encode()


def left_at(party_id, lot_id):
    """What the trace says is left of a lot with a party."""
    with scope.everything():
        sites = list(tracing.sites_of_parties([party_id]))
        rows = tracing.left_outside(site_ids=sites, lot_ids=[lot_id])
    return sum((row.quantity for row in rows), Decimal(0))
