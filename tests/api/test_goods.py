"""Goods over the API: ordered, received, judged, moved, counted, held, shipped and brought back by other systems."""

from decimal import Decimal

import pytest
from django.utils import timezone

from qudao.inventory import queries as stock
from qudao.kernel import scope
from qudao.orders import operations as orders
from qudao.orders import queries
from qudao.orders.operations import signing
from qudao.shell.company import work
from tests import harness
from tests.api import world
from tests.browser import trading

NEEDS = ("supply", "orders")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: harness.NOW)


@pytest.fixture
def wms(company):
    return world.house("wms")


def balance(company, code, lot, site="hz"):
    with scope.transaction(trading.SYSTEM):
        found = stock.find_lot(company.items[code], lot, trading.SYSTEM)
        rows = stock.balances_of_lot(found.id, trading.SYSTEM)
    return next(row for row in rows if row.site_id == company.sites[site] and row.status == "good")


def on_hand(caller, lot_id) -> dict[str, str]:
    """Condition → what our warehouses have of a lot."""
    return {one["status"]: one["on_hand"] for one in caller.items("/balances") if one["lot_id"] == lot_id}


# --- Stock at go-live ------------------------------------------------------------------------------


def test_opening_stock_is_checked_then_brought_in_whole(company, wms):
    told = {"entity_id": company.entities["qd"], "control_quantity": "12", "control_value": "10800.00"}
    row = "HZ,BQ-2515,GO-1,2026-01-10,2028-01-09,12,10800\n"
    file = ("file", "期初.csv", f"仓库编码,产品编码,批号,生产日期,有效期至,数量,成本金额\n{row}".encode())

    def details(**more):
        return {"details": world.json.dumps(told | more)}

    checked = wms.once("/opening-stock/check", details(control_quantity="13"), file=file)
    assert (checked["ok"], [one["code"] for one in checked["said"]]) == (
        False,
        ["inventory.opening_totals_differ"],
    )
    assert wms.refused("/opening-stock", details(control_quantity="13"), file=file) == {
        "inventory.opening_totals_differ"
    }
    assert wms.once("/opening-stock/check", details(), file=file)["ok"] is True
    made = wms.once("/opening-stock", details(), status=201, file=file)
    assert (made["lines"], Decimal(made["quantity"]), made["value"]) == (1, 12, "10800.00")
    with scope.transaction(trading.SYSTEM):
        lot = stock.find_lot(company.items["BQ-2515"], "GO-1", trading.SYSTEM)
    assert on_hand(wms, lot.id) == {"good": "12.0000"}
    assert wms.refused("/opening-stock", details(), file=file) == {"inventory.opening_taken_in"}
    assert on_hand(wms, lot.id) == {"good": "12.0000"}
    kangze = world.partners_program(company, "kangze")
    assert kangze.post("/opening-stock", details(), file=file).status_code == 404


def test_shelves_of_a_warehouse_are_listed_and_found_by_their_code(company, wms):
    path = f"/sites/{company.sites['hz']}/shelves"
    wms.once(path, {"zone": "good", "codes": ["A-01", "A-02"]}, status=201)
    assert [(one["code"], one["entrance"]) for one in wms.items(path, q="a-0")] == [
        ("A-01", False),
        ("A-02", False),
    ]
    assert [one["code"] for one in wms.items(path, zone="pending")] == ["PENDING"]
    assert wms.get("/sites/987654321/shelves").status_code == 404
    assert world.partners_program(company, "kangze").get(path).status_code == 404


# --- Purchases -------------------------------------------------------------------------------------


def purchase(company, **more):
    line = {
        "item_id": company.items["BQ-2515"],
        "quantity": "2",
        "unit": "盒",
        "unit_price": "10170.00",
    }
    return {
        "entity_id": company.entities["qd"],
        "supplier_id": company.parties["chengxi"],
        "site_id": company.sites["hz"],
        "expected_on": "2026-12-01",
        "lines": [line | more],
    }


def arrival(quantity="10", **more):
    return {
        "purchase_line_no": 1,
        "quantity": quantity,
        "lot": "B2609",
        "produced_on": "2026-09-01",
        "last_usable_on": "2028-08-31",
    } | more


def test_goods_are_ordered_received_and_judged(company, wms):
    made = wms.once("/purchases", purchase(company), status=201)
    assert (made["status"], made["gross"], made["lines"][0]["quantity"]) == (
        "ordered",
        "20340.00",
        "20.0000",
    )
    path = f"/purchases/{made['id']}/receipts"
    looked = wms.once(f"{path}/check", {"lines": [arrival()]})
    assert (Decimal(looked["arrived"]["1"]), looked["said"]) == (10, [])
    late = wms.once(f"{path}/check", {"lines": [arrival(last_usable_on="2026-01-01")]})
    assert "supply.arrived_expired" in {one["code"] for one in late["said"]}
    assert wms.items("/goods-receipts") == []
    receipt = wms.once(path, {"delivery_note": "SX-1", "lines": [arrival()]}, status=201)
    assert (receipt["status"], [one["quantity"] for one in receipt["lines"]]) == ("pending", ["10.0000"])
    assert wms.get(f"/purchases/{made['id']}").json()["lines"][0]["received"] == "10.0000"
    judged = wms.once(
        f"/goods-receipts/{receipt['id']}/inspect",
        {
            "lines": [
                {"no": 1, "accepted": "9", "rejected": "1", "reason": "外箱破损", "disposition": "return"}
            ]
        },
    )
    assert (judged["status"], judged["lines"][0]["accepted"]) == ("inspected", "9.0000")
    lot = judged["lines"][0]["lot_id"]
    assert on_hand(wms, lot) == {"good": "9.0000", "bad": "1.0000"}


def test_a_delivery_that_does_not_fit_changes_nothing(company, wms):
    made = wms.post("/purchases", purchase(company)).json()
    path = f"/purchases/{made['id']}/receipts"
    found = wms.refused(path, {"delivery_note": "", "lines": [arrival("21")]})
    assert found == {"supply.delivery_note_missing", "supply.over_delivery"}
    assert wms.items("/goods-receipts") == []
    assert wms.get(f"/purchases/{made['id']}").json()["status"] == "ordered"
    assert wms.refused("/purchases", purchase(company, unit="箱")) == {"inventory.unit_unknown"}
    assert len(wms.items("/purchases", status="open")) == 1


def test_what_we_pay_is_for_buyers_and_for_who_sees_costs(company, wms):
    made = wms.post("/purchases", purchase(company)).json()
    world.oauth_client("supply.purchase.view", client_id="keeper", whole=True)
    seen = world.Caller("keeper").get(f"/purchases/{made['id']}").json()
    assert (seen["gross"], seen["lines"][0]["unit_price"], seen["number"]) == (None, None, made["number"])


def test_the_houses_goods_do_not_exist_for_a_partner(company, wms):
    made = wms.post("/purchases", purchase(company)).json()
    kangze = world.partners_program(company, "kangze")
    for path in (
        "/purchases",
        f"/purchases/{made['id']}",
        "/stock",
        "/balances",
        "/sites",
        "/transfers",
        "/holds",
    ):
        assert kangze.get(path).status_code == 404, path
    assert kangze.refused("/purchases", purchase(company), status=404) == {"kernel.not_found"}
    assert len(wms.items("/purchases")) == 1


# --- Warehouses ------------------------------------------------------------------------------------


def site_body(company, **more):
    return {
        "code": "NB",
        "name": "宁波仓",
        "entity_id": company.entities["qd"],
        "region_id": company.regions["east"],
        "territory": 330200,
        "address": "宁波市北仑区港城路 1 号",
        "priority": 30,
    } | more


def test_a_warehouse_is_opened_with_its_shelves(company, wms):
    made = wms.once("/sites", site_body(company), status=201)
    assert made == site_body(company) | {"id": made["id"], "licensed_address": True}
    assert [one["code"] for one in wms.items("/sites")] == ["HZ", "SH", "NB"]
    path = f"/sites/{made['id']}/shelves"
    assert wms.once(path, {"zone": "good", "codes": ["a-01", "A-02"]}, status=201) == {"shelves": 2}
    assert shelves(made["id"]) == {"A-01": "good", "A-02": "good"}
    # One that is taken: none of the others is opened.
    assert wms.refused(path, {"zone": "good", "codes": ["A-03", "a-02"]}) == {"inventory.shelf_taken"}
    assert wms.refused(path, {"zone": "cellar", "codes": ["A-03"]}) == {"inventory.zone_unknown"}
    assert shelves(made["id"]) == {"A-01": "good", "A-02": "good"}
    assert wms.refused("/sites/987654321/shelves", {"zone": "good", "codes": ["A"]}, status=404) == {
        "inventory.site_unknown"
    }


def test_a_warehouse_that_cannot_be_is_not_opened(company, wms):
    for more, code, status in (
        ({"code": "HZ"}, "inventory.site_code_taken", 422),
        ({"territory": 999999}, "partners.territory_unknown", 422),
        ({"entity_id": 987654321}, "kernel.not_found", 404),
        ({"region_id": 987654321}, "kernel.not_found", 404),
    ):
        assert wms.refused("/sites", site_body(company, **more), status=status) == {code}
    assert [one["code"] for one in wms.items("/sites")] == ["HZ", "SH"]


def test_partners_open_no_warehouse_and_keepers_only_shelves(company, wms):
    kangze = world.partners_program(company, "kangze")
    here = company.sites["hz"]
    body = {"zone": "good", "codes": ["K-01"]}
    assert kangze.refused("/sites", site_body(company), status=404) == {"kernel.not_found"}
    assert kangze.refused(f"/sites/{here}/shelves", body, status=404) == {"kernel.not_found"}
    world.oauth_client("inventory.stock.move", client_id="keeper", whole=True)
    keeper = world.Caller("keeper")
    assert keeper.refused("/sites", site_body(company), status=403) == {"kernel.forbidden"}
    assert len(wms.items("/sites")) == 2
    before = shelves(here)
    assert keeper.post(f"/sites/{here}/shelves", body).json() == {"shelves": 1}
    assert shelves(here) == before | {"K-01": "good"}


def shelves(site_id) -> dict[str, str]:
    """Code → zone of a site's shelves."""
    with scope.transaction(trading.SYSTEM):
        found, _following = stock.list_shelves(site_id, limit=200, actor=trading.SYSTEM)
    return {one.code: one.zone for one in found if not one.entrance}


# --- Moving, counting, holding ---------------------------------------------------------------------


def test_goods_go_from_one_warehouse_to_another_and_are_judged_there(company, wms):
    here = balance(company, "BQ-2515", "B2602", site="sh")
    body = {"to_site_id": company.sites["hz"], "lines": [{"balance_id": here.id, "quantity": "5"}]}
    sent = wms.once("/transfers", body, status=201)
    assert (sent["status"], sent["lines"][0]["quantity"]) == ("sent", "5.0000")
    path = f"/transfers/{sent['id']}/receive"
    assert wms.refused(path, {"lines": [{"no": 1, "quantity": "6"}]}) == {"inventory.transfer_over_received"}
    assert wms.get(f"/transfers/{sent['id']}").json()["status"] == "sent"
    got = wms.once(path, {"lines": [{"no": 1, "quantity": "4"}]})
    assert (got["status"], got["lines"][0]["lost"]) == ("received", "1.0000")
    assert wms.refused(path, {"lines": None}) == {"inventory.transfer_closed"}
    [waiting] = wms.items("/balances", status="pending")
    assert wms.refused(
        "/stock/inspect", {"lines": [{"balance_id": waiting["balance_id"], "accepted": "0", "rejected": "4"}]}
    ) == {"inventory.reason_missing"}
    judged = {"lines": [{"balance_id": waiting["balance_id"], "accepted": "4"}]}
    assert wms.once("/stock/inspect", judged) == {"rows": 1}
    assert wms.items("/balances", status="pending") == []


def test_a_count_books_the_difference_or_nothing_when_stock_moved(company, wms):
    here = balance(company, "DS-035", "D2603")
    line = {"balance_id": here.id, "expected": str(here.on_hand), "counted": str(here.on_hand - 2)}
    stale = line | {"expected": str(here.on_hand + 1)}
    assert wms.refused("/stock/count", {"reason": "月度盘点", "lines": [stale]}) == {
        "inventory.counted_meanwhile"
    }
    assert balance(company, "DS-035", "D2603").on_hand == here.on_hand
    assert wms.once("/stock/count", {"reason": "月度盘点", "lines": [line]}) == {"rows": 1}
    assert balance(company, "DS-035", "D2603").on_hand == here.on_hand - 2


def test_goods_are_put_on_a_shelf_by_its_code(company, wms):
    here = balance(company, "BQ-2515", "B2601")
    with scope.transaction(trading.SYSTEM):
        shelves = stock.list_locations(company.sites["hz"], trading.SYSTEM)
    body = {
        "site_id": company.sites["hz"],
        "lines": [{"balance_id": here.id, "quantity": "1", "shelf": "NOWHERE"}],
    }
    assert wms.refused("/stock/relocate", body) == {"inventory.shelf_unknown"}
    body["lines"][0]["shelf"] = next(code for code in sorted(shelves) if code == "PENDING")
    assert wms.refused("/stock/relocate", body) == {"inventory.shelf_of_other_zone"}
    assert balance(company, "BQ-2515", "B2601").on_hand == here.on_hand


def test_a_lot_is_held_and_released_with_a_verdict(company, wms):
    here = balance(company, "BQ-2515", "B2502")
    order = trading.order(company, ("BQ-2515", "10"))
    placed = wms.once("/holds", {"lot_id": here.lot_id, "reason": "召回通知"}, status=201)
    assert placed["affected"] == [{"type": "orders.order", "id": str(order.id)}]
    assert [one["number"] for one in wms.items("/holds")] == [placed["number"]]
    assert set(on_hand(wms, here.lot_id)) == {"held"}
    path = f"/holds/{placed['id']}/release"
    assert wms.post(path, {"to": "sold", "reason": "误报"}).status_code == 422
    assert wms.once(path, {"to": "good", "reason": "误报"})["release_reason"] == "误报"
    assert wms.refused(path, {"to": "good", "reason": "误报"}) == {"inventory.hold_already_released"}
    assert (wms.items("/holds"), len(wms.items("/holds", all=True))) == ([], 1)
    assert set(on_hand(wms, here.lot_id)) == {"good"}


def test_stock_is_read_page_by_page(company, wms):
    everything = wms.items("/balances", limit=200)
    found, cursor = [], ""
    while cursor is not None:
        answer = wms.get("/balances", limit=3, **({"cursor": cursor} if cursor else {})).json()
        found, cursor = found + answer["items"], answer["next_cursor"]
    assert found == everything
    assert len(found) > 6
    assert [one["code"] for one in wms.items("/sites")] == [one.code for one in _sites()]
    here = wms.items("/stock", site_id=company.sites["hz"], item_id=company.items["DS-035"])
    assert {(one["site_id"], one["item_code"]) for one in here} == {(company.sites["hz"], "DS-035")}


def _sites():
    with scope.transaction(trading.SYSTEM):
        return stock.list_sites(trading.SYSTEM)


# --- Orders and shipments --------------------------------------------------------------------------


def order_body(company, *lines, account="kangze.CV", place="kangze"):
    return {
        "account_id": company.accounts[account],
        "ship_to_id": company.places[place],
        "lines": [{"item_id": company.items[code], "quantity": quantity} for code, quantity in lines],
    }


def test_a_quote_says_what_an_order_would_be_and_sets_nothing_aside(company, wms):
    quoted = wms.once("/orders/quote", order_body(company, ("BQ-2515", "2"), ("DS-035", "1")))
    assert (quoted["orderable"], [one["unit_price"] for one in quoted["lines"]]) == (
        True,
        ["1860.0000", "96.0000"],
    )
    assert quoted["gross"] == "3816.00"
    too_much = wms.post("/orders/quote", order_body(company, ("BQ-2515", "99999"))).json()
    assert not too_much["orderable"]
    assert wms.items("/orders") == []
    assert all(Decimal(one["reserved"]) == 0 for one in wms.items("/balances"))
    renji = world.partners_program(company, "renji")
    assert renji.refused("/orders/quote", order_body(company, ("DS-035", "1")), status=404) == {
        "kernel.not_found"
    }


def test_a_dealers_table_becomes_an_order_or_nothing(company):
    erp = world.partners_program(company, "kangze")
    fields = {
        "account_id": company.accounts["kangze.CV"],
        "ship_to_id": company.places["kangze"],
    }
    good = "产品编码,数量\nBQ-2515,2\nDS-035,3\n".encode()
    bad = "产品编码,数量\nBQ-2515,2\nNIX-1,3\n".encode()
    checked = erp.once("/order-files/check", fields, file=("file", "订单.csv", bad))
    assert (checked["ok"], [one["code"] for one in checked["said"]]) == (False, ["orders.item_unknown"])
    assert erp.refused("/order-files", fields, file=("file", "订单.csv", bad)) == {"orders.item_unknown"}
    assert erp.items("/orders") == []
    assert erp.once("/order-files/check", fields, file=("file", "订单.csv", good))["ok"] is True
    placed = erp.once("/order-files", fields, status=201, file=("file", "订单.csv", good))
    assert (placed["channel"], placed["gross"]) == ("file", "4008.00")
    assert len(erp.items("/orders")) == 1


def test_a_review_stops_goods_and_the_carrier_is_named_when_they_go(company, wms):
    shipment = trading.to_pick(company, ("BQ-2515", "2"))
    assert [one["id"] for one in wms.items("/shipments", status="to_pick")] == [str(shipment.id)]
    picked = work.pick(company, shipment, now=harness.NOW)
    path = f"/shipments/{shipment.id}"
    assert wms.refused(f"{path}/block", {"cause": "damaged"}, status=412, version=99) == {
        "kernel.changed_meanwhile"
    }
    blocked = wms.once(f"{path}/block", {"cause": "damaged", "note": "压痕"}, version=picked.version)
    assert (blocked["status"], Decimal(blocked["lines"][0]["picked"])) == ("to_pick", 0)
    with scope.transaction(trading.SYSTEM):
        shipment = queries.get_shipment(shipment.id, actor=trading.SYSTEM)
    for step in (work.pick, work.review):
        shipment = step(company, shipment, now=harness.NOW)
    wms.once(f"{path}/ship", {"carrier": "顺丰医药", "tracking": "SF1"}, version=shipment.version)
    [gone] = wms.items("/shipments", status="shipped")
    assert (gone["carrier"], gone["tracking"]) == ("顺丰医药", "SF1")


def test_a_difference_is_settled_exactly_and_once(company, wms):
    shipment = trading.on_the_road(company, ("DS-035", "20"))
    [line] = shipment.lines
    orders.sign_for(
        shipment_id=shipment.id,
        version=shipment.version,
        arrived=[signing.Arrived(line.no, Decimal(17), Decimal(3), Decimal(0), Decimal(0), "少货")],
        actor=trading.SYSTEM,
        now=harness.NOW,
    )
    path = f"/shipments/{shipment.id}/lines/{line.no}/settle"
    why = {"reason": "找到一件"}
    assert wms.refused(path, {"back": "1", "lost": "1"} | why) == {"orders.difference_does_not_add_up"}
    assert wms.refused(path, {"back": "1", "lost": "2", "reason": " "}) == {"orders.settlement_needs_reason"}
    wms.once(path, {"back": "1", "lost": "2"} | why)
    assert wms.refused(path, {"back": "1", "lost": "2"} | why) == {"orders.difference_does_not_add_up"}
    assert {one["status"]: one["on_hand"] for one in wms.items("/balances", status="pending")} == {
        "pending": "1.0000"
    }


def test_quality_judges_a_return(company, wms):
    shipment = work.sign(company, trading.on_the_road(company, ("DS-035", "5")), "kangze", now=harness.NOW)
    body = {"reason": "包装破损", "lines": [{"no": shipment.lines[0].no, "quantity": "2"}]}
    taken = wms.once(f"/shipments/{shipment.id}/returns", body, status=201)
    assert [one["id"] for one in wms.items("/returns", status="received")] == [taken["id"]]
    more = wms.once(
        f"/shipments/{shipment.id}/returns",
        {"reason": "订错规格", "lines": [{"no": shipment.lines[0].no, "quantity": "1"}]},
        status=201,
    )
    first = wms.get("/returns", limit=1).json()
    assert [one["id"] for one in first["items"]] == [more["id"]]
    rest = wms.get("/returns", cursor=first["next_cursor"]).json()
    assert ([one["id"] for one in rest["items"]], rest["next_cursor"]) == ([taken["id"]], None)
    assert world.partners_program(company, "renji").items("/returns") == []
    path = f"/returns/{taken['id']}/inspect"
    assert wms.refused(path, {"good": True}, status=412, version=9) == {"kernel.changed_meanwhile"}
    judged = wms.once(path, {"good": False}, version=taken["version"])
    assert (judged["status"], [one["verdict"] for one in judged["lines"]]) == ("inspected", ["bad"])
    again = wms.refused(path, {"good": True}, version=judged["version"])
    assert again == {"orders.return_already_inspected"}
