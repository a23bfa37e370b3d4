"""Goods come in against a purchase and a delivery note, wait, and are judged lot by lot before they are sold."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from qudao.catalog import models as catalog_models
from qudao.catalog import operations as catalog
from qudao.catalog import rules as catalog_rules
from qudao.inventory import models
from qudao.inventory import operations as inventory
from qudao.inventory import queries as inventory_queries
from qudao.kernel import errors, journal, scope
from qudao.organisation import operations as organisation
from qudao.partners import operations as partners
from qudao.supply import documents, operations, queries, rules, scanning
from tests.operations import inventory_world as stock
from tests.operations import partners_world
from tests.operations.inventory_world import refusal

pytestmark = pytest.mark.usefixtures("db")
NOW, TODAY, HOUSE = stock.NOW, stock.TODAY, stock.HOUSE
PRODUCED, LAST = dt.date(2026, 3, 1), dt.date(2029, 2, 28)
RECEIVER = scope.Actor(
    "person", 11, "收货员", frozenset({"supply.receipt.manage"}), house=True, everyone=True
)
INSPECTOR = scope.Actor(
    "person",
    12,
    "验收员",
    frozenset({"supply.inspection.decide", "supply.receipt.manage"}),
    house=True,
    everyone=True,
)
PIECE, BOX = "06901234500011", "16901234500018"


@dataclasses.dataclass
class World:
    site: int
    supplier: int
    screw: int
    valve: int
    reagent: int


def item(code, line_id, **more):
    details = {
        "name": f"产品{code}",
        "specification": "标准型",
        "manufacturer": "厂家",
        "device_class": 3,
        "category_2017": "13",
        "base_unit": "件",
        "tax_rate": Decimal("0.13"),
        "units": {"盒": 5},
    }
    new = catalog_rules.NewItem(code=code, line_id=line_id, **(details | more))
    return catalog.register_item(item=new, actor=HOUSE, now=NOW).id


@pytest.fixture
def world(db):
    line = stock_line()
    identifiers = (
        catalog_rules.NewIdentifier(di=PIECE, carrier="gs1", unit="件"),
        catalog_rules.NewIdentifier(di=BOX, carrier="gs1", unit="盒", level=1, base_quantity=5),
    )
    found = World(
        site=stock.site("SH"),
        supplier=supplier("苏州华源医疗器械有限公司", 4),
        screw=item("SC-01", line, identifiers=identifiers),
        valve=item("HV-01", line, tracking="serial"),
        reagent=item("RG-01", line, cold_chain=True),
    )
    catalog.register_certificate(
        certificate=catalog.NewCertificate(
            number="国械注准20253130001",
            registrant="厂家",
            valid_from=dt.date(2025, 1, 1),
            valid_until=dt.date(2030, 1, 1),
            item_ids=(found.screw, found.valve, found.reagent),
        ),
        actor=HOUSE,
        now=NOW,
    )
    return found


def stock_line():
    from qudao.catalog import models

    with scope.everything():
        return models.ProductLine.objects.create(code="ORT", name="骨科").pk


def supplier(name, number, *, valid_until=dt.date(2028, 1, 1)):
    party = partners.open_party(
        name=name, uscc=partners_world.uscc(number), roles=("supplier",), actor=HOUSE, now=NOW
    )
    partners.record_licence(
        party_id=party.id,
        kind="distribution_permit",
        number=f"苏苏药监械经营许2023{number:04d}号",
        valid_from=dt.date(2023, 1, 1),
        valid_until=valid_until,
        mode="wholesale",
        scope=partners_world.scope_of("13") + partners_world.scope_of("13", qualifier="cold_chain"),
        actor=HOUSE,
        now=NOW,
    )
    return party.id


def order(world, *lines, **more):
    lines = lines or ((world.screw, 10, "件", "113.00"),)
    request = operations.PurchaseRequest(
        entity_id=more.pop("entity_id", 1),
        supplier_id=more.pop("supplier_id", world.supplier),
        site_id=world.site,
        lines=tuple(
            operations.PurchaseItem(item_id, Decimal(quantity), unit, Decimal(price))
            for item_id, quantity, unit, price in lines
        ),
    )
    return operations.place_purchase(request=request, actor=HOUSE, now=NOW)


def line(no=1, quantity=10, **more):
    details = {"lot": "L1", "produced_on": PRODUCED, "last_usable_on": LAST} | more
    return operations.ReceiptLine(purchase_line_no=no, quantity=Decimal(quantity), **details)


def receive(purchase, *lines, delivery_note="SX20261123", actor=RECEIVER, **more):
    return operations.receive_goods(
        purchase_id=purchase.id, delivery_note=delivery_note, lines=lines, actor=actor, now=NOW, **more
    )


def verdict(no, accepted, rejected=0, reason=""):
    return rules.Verdict(no, Decimal(accepted), Decimal(rejected), reason)


def inspect(receipt, *verdicts, actor=INSPECTOR, now=NOW):
    return operations.inspect(receipt_id=receipt.id, verdicts=verdicts, actor=actor, now=now)


def gs1(di, *, lot="L1", last="290228", produced="260301"):
    return f"(01){di}(11){produced}(17){last}(10){lot}"


# Purchase


def test_a_purchase_keeps_what_was_entered_and_counts_in_base_units(world):
    placed = order(world, (world.screw, 2, "盒", "565.00"), (world.valve, 1, "件", "0.07"))
    assert placed.number == "PO1-2026-000001"
    first, second = placed.lines
    assert (first.entered_quantity, first.unit, first.quantity) == (2, "盒", 10)
    assert (first.gross, first.net) == (Decimal("1130.00"), Decimal("1000.00"))
    assert (second.gross, second.net) == (Decimal("0.07"), Decimal("0.06"))
    assert placed.gross == Decimal("1130.07")


def test_a_purchase_is_printed_as_it_was_placed(world):
    entity = organisation.open_entity(
        code="QD",
        name="渠道医疗有限公司",
        short_name="渠道",
        uscc=partners_world.uscc(9),
        actor=HOUSE,
        now=NOW,
    )
    assert entity.id == 1
    placed = order(world, (world.screw, 2, "盒", "565.00"), (world.valve, 1, "件", "0.07"))
    data = documents.order_data(placed, actor=HOUSE)
    facts = dict(data["facts"])
    assert (data["title"], data["number"]) == ("采购订单", "PO1-2026-000001")
    assert (facts["供应商"], facts["订购"], facts["仓库"]) == (
        "苏州华源医疗器械有限公司",
        "2026-11-23",
        "SH仓",
    )
    assert facts["购货单位"] == f"渠道医疗有限公司 {partners_world.uscc(9)}"
    assert data["lines"] == [
        ["1", "SC-01", "产品SC-01", "标准型", "2 盒", "565.00", "13%", "1,130.00"],
        ["2", "HV-01", "产品HV-01", "标准型", "1 件", "0.07", "13%", "0.07"],
    ]
    assert data["total"] == "含税合计：1,130.07（不含税 1,000.06，税额 130.01）"
    assert documents.purchase_order(placed, actor=HOUSE).startswith(b"%PDF")
    # Who may not see what we pay prints it without.
    keeper = documents.order_data(placed, actor=RECEIVER)
    assert keeper["lines"][0] == ["1", "SC-01", "产品SC-01", "标准型", "2 盒"]
    assert (len(keeper["heads"]), keeper["total"]) == (5, "")


def test_a_supplier_whose_permit_lapsed_gets_no_purchase(world):
    late = supplier("无锡过期医疗器械有限公司", 5, valid_until=TODAY)
    codes = refusal(lambda: order(world, supplier_id=late))
    assert codes and all(code.startswith("partners.") for code in codes)
    assert queries.list_purchases(HOUSE).rows == ()


def test_a_purchase_into_another_entitys_warehouse_is_refused(world):
    assert refusal(lambda: order(world, entity_id=2)) == ["supply.site_not_ours"]


def test_nothing_is_bought_for_an_address_that_is_on_no_licence(world):
    world.site = stock.site("XX", licensed_address=False)
    assert refusal(lambda: order(world)) == ["inventory.site_unlicensed"]
    assert queries.list_purchases(HOUSE).rows == ()


def test_a_purchase_in_an_unknown_unit_is_refused(world):
    assert refusal(lambda: order(world, (world.screw, 1, "箱", "1.00"))) == ["inventory.unit_unknown"]


# Receipt


def test_received_goods_wait_for_inspection_at_their_net_cost(world):
    receipt = receive(order(world), line(quantity=10))
    assert receipt.number == "GR1-2026-000001"
    assert receipt.lines[0].value == Decimal("1000.00")
    assert stock.on_hand() == {(world.site, "pending"): 10}
    assert stock.scalar("SELECT sum(left_value) FROM inventory_costlayer") == Decimal("1000.00")
    stock.assert_books_agree()
    with scope.everything():
        [leaf] = journal.timeline(f"supply.receipt:{receipt.id}", HOUSE)
    assert [row.table for row in leaf.rows] == [
        "supply_goodsreceipt",
        "supply_goodsreceiptline",
        "supply_purchaseorder",
        "inventory_move",
    ]


def test_deliveries_in_parts_cost_the_purchase_to_the_cent(world):
    purchase = order(world, (world.screw, 3, "件", "37.66"))  # 112.98 gross, 99.98 net
    values = [receive(purchase, line(quantity=1)).lines[0].value for _ in range(3)]
    assert values == [Decimal("33.33"), Decimal("33.32"), Decimal("33.33")]
    assert queries.get_purchase(purchase.id, HOUSE).status == "received"
    assert refusal(lambda: receive(purchase, line(quantity=1))) == ["supply.purchase_closed"]


def test_goods_without_purchase_or_delivery_note_are_not_received(world):
    placed = order(world)
    assert refusal(lambda: receive(placed, line(), delivery_note="  ")) == ["supply.delivery_note_missing"]
    unknown = dataclasses.replace(placed, id=journal.entry())
    with pytest.raises(errors.NotFound, match="purchase_unknown"):
        receive(unknown, line())
    assert stock.on_hand() == {}


def test_more_than_was_ordered_is_not_received(world):
    placed = order(world)
    receive(placed, line(quantity=6))
    assert refusal(lambda: receive(placed, line(quantity=3), line(quantity=2, lot="L2"))) == [
        "supply.over_delivery"
    ]
    receive(placed, line(quantity=4))
    assert stock.on_hand() == {(world.site, "pending"): 10}


def test_goods_traced_by_lot_or_piece_come_with_lot_and_serial(world):
    placed = order(world, (world.screw, 5, "件", "1.00"), (world.valve, 2, "件", "1.00"))
    codes = refusal(lambda: receive(placed, line(1, 5, lot=""), line(2, 2)))
    assert codes == ["supply.lot_missing", "supply.serial_missing"]
    assert refusal(lambda: receive(placed, line(2, 2, serial="S1"))) == ["inventory.serial_moves_one"]
    twice = [line(2, 1, serial="S1"), line(2, 1, serial="S1")]
    assert refusal(lambda: receive(placed, *twice)) == ["supply.serial_twice"]
    receive(placed, line(1, 5), line(2, 1, serial="S1"), line(2, 1, serial="S2"))
    stock.assert_books_agree()


def test_cold_goods_come_with_their_temperature(world):
    placed = order(world, (world.reagent, 1, "件", "10.00"))
    assert refusal(lambda: receive(placed, line(quantity=1))) == ["supply.temperature_missing"]
    receipt = receive(placed, line(quantity=1), arrival_temperature=Decimal("4.60"))
    assert receipt.arrival_temperature == Decimal("4.60")


def test_a_scanned_box_counts_its_pieces_and_brings_lot_and_dates(world):
    scanned = operations.ReceiptLine(purchase_line_no=1, quantity=Decimal(2), scan=gs1(BOX))
    [received] = receive(order(world), scanned).lines
    assert (received.quantity, received.lot_code) == (10, "L1")
    assert (received.produced_on, received.last_usable_on) == (PRODUCED, LAST)
    assert received.scanned == gs1(BOX)


def test_a_lot_scanned_by_the_piece_and_by_the_box_is_one_lot_to_inspect(world):
    box = operations.ReceiptLine(purchase_line_no=1, quantity=Decimal(1), scan=gs1(BOX))
    piece = operations.ReceiptLine(purchase_line_no=1, quantity=Decimal(2), scan=gs1(PIECE))
    other = line(quantity=1, lot="L2")
    receipt = receive(order(world), piece, other, box)
    assert [(one.no, one.lot_code, one.quantity) for one in receipt.lines] == [(1, "L1", 7), (2, "L2", 1)]
    assert receipt.lines[0].scanned == f"{gs1(PIECE)}\n{gs1(BOX)}"
    assert inspect(receipt, verdict(1, 6, 1, "包装破损"), verdict(2, 1)).status == "inspected"
    assert stock.on_hand() == {(world.site, "good"): 7, (world.site, "bad"): 1}
    stock.assert_books_agree()


def test_a_scan_of_something_else_or_against_the_entry_is_refused(world):
    placed = order(world, (world.valve, 5, "件", "1.00"), (world.screw, 5, "件", "1.00"))
    other = operations.ReceiptLine(purchase_line_no=1, quantity=Decimal(1), scan=gs1(PIECE), serial="S1")
    assert refusal(lambda: receive(placed, other)) == ["supply.other_item_scanned"]
    typed = operations.ReceiptLine(purchase_line_no=2, quantity=Decimal(1), scan=gs1(PIECE), lot="L2")
    assert refusal(lambda: receive(placed, typed)) == ["supply.scan_contradicts_entry"]


def test_a_lot_that_comes_again_with_another_date_is_refused(world):
    placed = order(world)
    receive(placed, line(quantity=5))
    again = line(quantity=5, last_usable_on=LAST + dt.timedelta(days=1))
    assert refusal(lambda: receive(placed, again)) == ["inventory.lot_mismatch"]


def test_goods_made_after_their_certificate_ended_are_not_received(world):
    made = {"produced_on": dt.date(2024, 12, 31)}
    codes = refusal(lambda: receive(order(world), line(**made)))
    assert codes and all(code.startswith("catalog.") for code in codes)
    assert stock.on_hand() == {}


# Inspection


def test_accepted_goods_become_sellable_and_rejected_ones_never_do(world):
    receipt = receive(order(world), line(quantity=7), line(quantity=3, lot="L2"))
    [waiting] = queries.list_receipts(HOUSE, statuses=["pending"]).rows
    assert (waiting.number, [(one.no, one.quantity) for one in receipt.lines]) == (
        receipt.number,
        [(1, 7), (2, 3)],
    )
    assert inspect(receipt, verdict(1, 5, 2, "包装破损")).status == "inspecting"
    assert stock.on_hand() == {(world.site, "good"): 5, (world.site, "bad"): 2, (world.site, "pending"): 3}
    done = inspect(receipt, verdict(2, 3))
    assert (done.status, done.lines[0].inspected_by) == ("inspected", "person:12")
    assert queries.list_receipts(HOUSE, statuses=["pending", "inspecting"]).rows == ()
    stock.assert_books_agree()


def test_accepted_goods_go_to_the_shelf_the_product_lies_or_lay_on(world):
    """A product that has none yet comes to the zone's own place, though shelves come before it by name."""
    places = [(zone.upper(), zone) for zone in inventory.ZONES]
    world.site = stock.site("SZ", locations=(("A-01-1", "good"), ("A-01-2", "good"), *places))
    shelves = inventory_queries.list_locations(world.site, HOUSE)
    placed = order(world, (world.screw, 20, "件", "1.00"))

    def lying():
        with scope.everything():
            rows = models.Balance.objects.filter(on_hand__gt=0).values_list("location__code", "lot__code")
            return sorted(f"{code} {lot}" for code, lot in rows)

    inspect(receive(placed, line(quantity=5)), verdict(1, 4, 1, "破损"))
    assert lying() == ["BAD L1", "GOOD L1"]
    with scope.everything():
        [balance] = models.Balance.objects.filter(status="good")
    portion = inventory.Portion(balance.pk, Decimal(4), shelves["A-01-2"])
    inventory.relocate_stock(portions=[portion], actor=HOUSE, now=NOW)
    inspect(receive(placed, line(quantity=5, lot="L2")), verdict(1, 5))
    assert lying() == ["A-01-2 L1", "A-01-2 L2", "BAD L1"]
    stock.assert_books_agree()


def test_a_verdict_covers_the_whole_line_once_and_says_why_it_rejects(world):
    receipt = receive(order(world), line(quantity=7))
    for wrong, code in (
        (verdict(1, 6), "supply.verdict_does_not_add_up"),
        (verdict(1, 6, 1), "supply.reason_missing"),
        (verdict(2, 7), "supply.line_not_waiting"),
    ):
        assert refusal(lambda wrong=wrong: inspect(receipt, wrong)) == [code]
    inspect(receipt, verdict(1, 7))
    assert refusal(lambda: inspect(receipt, verdict(1, 7))) == ["supply.line_not_waiting"]


def test_who_received_the_goods_does_not_inspect_them(world):
    receipt = receive(order(world), line(), actor=INSPECTOR)
    assert refusal(lambda: inspect(receipt, verdict(1, 10))) == ["supply.inspector_received"]


def test_a_held_or_expired_lot_is_not_accepted(world):
    old = {"produced_on": dt.date(2025, 3, 1), "last_usable_on": TODAY}
    receipt = receive(order(world), line(quantity=4, lot="OLD", **old), line(quantity=6, lot="HELD"))
    inventory.hold_lot(lot_id=receipt.lines[1].lot_id, reason="厂家召回", actor=stock.KEEPER, now=NOW)
    tomorrow = NOW + dt.timedelta(days=1)
    assert refusal(lambda: inspect(receipt, verdict(1, 4), now=tomorrow)) == ["inventory.lot_expired"]
    assert refusal(lambda: inspect(receipt, verdict(2, 6))) == ["inventory.lot_held"]
    inspect(receipt, verdict(1, 0, 4, "过期"))
    assert stock.on_hand() == {(world.site, "bad"): 4, (world.site, "held"): 6}


def test_goods_of_a_product_with_a_shelf_life_come_with_their_date(world):
    with scope.everything():
        catalog_models.Item.objects.filter(pk=world.screw).update(shelf_life_months=36)
    placed = order(world, (world.screw, 5, "件", "1.00"))
    assert refusal(lambda: receive(placed, line(1, 5, last_usable_on=None))) == ["supply.expiry_missing"]
    assert stock.on_hand() == {}
    receive(placed, line(1, 5, last_usable_on=TODAY + dt.timedelta(days=700)))
    assert stock.on_hand() == {(world.site, "pending"): 5}


def test_goods_past_their_date_are_refused_at_the_door(world):
    placed = order(world)
    old = line(quantity=4, lot="OLD", last_usable_on=TODAY - dt.timedelta(days=1))
    assert refusal(lambda: receive(placed, old)) == ["supply.arrived_expired"]
    assert stock.on_hand() == {}
    assert queries.get_purchase(placed.id, stock.HOUSE).lines[0].received == 0


# Looking while scanning


def look(purchase, *codes):
    read = scanning.read(queries.get_purchase(purchase.id, stock.HOUSE), codes, today=TODAY)
    seen = operations.look_at_delivery(purchase_id=purchase.id, lines=read.lines, actor=RECEIVER, now=NOW)
    return seen, [one.code for one in (*read.reasons, *seen.reasons)]


def test_scanned_boxes_and_pieces_fill_the_purchase_lines(world):
    placed = order(world)
    seen, said = look(placed, gs1(BOX), gs1(BOX), gs1(PIECE))
    assert (seen.arrived, said) == ({1: Decimal(11)}, ["supply.over_delivery"])
    seen, said = look(placed, gs1(BOX), gs1(PIECE), gs1(PIECE))
    assert (seen.arrived, said) == ({1: Decimal(7)}, [])
    assert stock.on_hand() == {}


def test_the_look_refuses_at_once_what_receiving_would_refuse(world):
    placed = order(world)
    assert look(placed, gs1(PIECE, last="261101"))[1] == ["supply.arrived_expired"]
    assert look(placed, gs1(PIECE)[:17] + "9" + gs1(PIECE)[18:])[1] == ["catalog.udi_check_digit"]
    assert look(placed, gs1("06901234500998"))[1] == ["catalog.di_unknown"]
    assert look(placed, gs1(PIECE, last="290200"))[1] == ["catalog.udi_day_unstated"]
    assert look(placed, gs1(PIECE, lot="l1"))[1] == ["supply.lot_in_small_letters"]


def test_a_label_without_code_is_entered_by_hand(world):
    seen, said = look(order(world), "HAND|1|4|L1||2026-03-01|2029-02-28")
    assert (seen.arrived, said) == ({1: Decimal(4)}, [])
    assert look(order(world), "HAND|1|vier|L1||2026-03-01|")[1] == ["supply.entry_not_understood"]


# Looking, and the price of it


def test_lists_are_paged_newest_first(world):
    numbers = [order(world).number for _ in range(3)]
    first = queries.list_purchases(HOUSE, limit=2)
    second = queries.list_purchases(HOUSE, limit=2, cursor=first.next)
    assert [row.number for row in (*first.rows, *second.rows)] == numbers[::-1]
    assert (first.rows[0].gross, second.next) == (Decimal("1130.00"), None)


def statements_for(world, count):
    purchase = order(world, (world.screw, 40, "件", "1.13"))
    lines = [line(quantity=1, lot=f"{count}-{no}") for no in range(count)]
    with stock.Statements() as receiving:
        receipt = receive(purchase, *lines)
    with stock.Statements() as inspecting:
        inspect(receipt, *(verdict(no, 1) for no in range(1, count + 1)))
    return receiving.count, inspecting.count


def test_statements_do_not_grow_with_the_lines(world):
    order(world)
    receive(order(world), line())  # what happens once only
    assert statements_for(world, 1) == statements_for(world, 20)
