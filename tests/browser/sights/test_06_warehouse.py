"""Sight 6: the warehouse: its queues, scanner pages with one field, a big verdict and sound, its papers; 360 px."""

import datetime as dt
import io
import re

import pypdf
import pytest
from playwright.sync_api import expect

from qudao.catalog.udi import encode
from qudao.kernel import scope
from qudao.orders import queries as orders
from tests.browser import goods, trading, watching
from tests.browser.sights.asking import asked

PHONE = {"width": 360, "height": 740}
QUEUES = {
    "收货": "SELECT count(*) FROM supply_purchaseorder WHERE status IN ('ordered', 'receiving')",
    "验收": "SELECT count(*) FROM supply_goodsreceipt WHERE status = 'pending'",
    "拣货": "SELECT count(*) FROM orders_shipment WHERE status = 'to_pick'",
    "复核": "SELECT count(*) FROM orders_shipment WHERE status = 'picked'",
    "发货": "SELECT count(*) FROM orders_shipment WHERE status = 'reviewed'",
    "在途": "SELECT count(*) FROM orders_shipment WHERE status = 'shipped'",
}
ORDERED = """
SELECT sum(quantity)::int FROM supply_purchaseline x JOIN supply_purchaseorder p ON p.id = x.order_id
WHERE p.number = %s
"""
# The smallest shipment of the first entity in a state; goods with a serial have a label each.
SMALLEST = """
SELECT h.id FROM orders_shipment h JOIN orders_shipmentline x ON x.shipment_id = h.id
WHERE h.status = %s AND h.number LIKE 'SH1-%%' GROUP BY h.id ORDER BY sum(x.quantity), h.id LIMIT 1
"""


def shipment(state):
    [(found,)] = asked(SMALLEST, [state])
    with scope.transaction(trading.SYSTEM):
        return orders.get_shipment(found, actor=trading.SYSTEM)


def verdict(page):
    return page.locator("[data-verdict] h2")


def left(page):
    return page.locator(".q-verdict-left b")


def state(page):
    return page.locator(".q-head .q-tag").first


def test_the_queues_count_what_waits_and_lead_to_it(demo, demo_page_of):
    page = demo_page_of("lijun")
    page.goto("/warehouse/")
    for name, statement in QUEUES.items():
        [(count,)] = asked(statement)
        queue = page.locator("a.q-queue").filter(has=page.get_by_text(name, exact=True))
        expect(queue.locator(".count")).to_have_text(str(count))
        assert count > 0
    assert watching.accessibility(page) == []
    page.locator("a.q-queue").filter(has=page.get_by_text("拣货", exact=True)).click()
    expect(page.get_by_role("link", name=shipment("to_pick").number)).to_be_visible()


def test_goods_are_received_by_scanner_and_inspected_by_another(demo, demo_page_of):
    number, product = demo.stories.short_purchase, demo.products[demo.stories.short_item]
    [(wanted,)] = asked(ORDERED, [number])
    keeper = demo_page_of("lijun", **PHONE)
    keeper.goto("/purchases/")
    keeper.get_by_role("link", name=number).click()
    keeper.get_by_role("link", name=re.compile("收货")).first.click()
    expect(keeper.locator("[data-scan-field]")).to_be_focused()

    def label(last=goods.LAST):
        return encode.gs1(product.di, lot="GC0062611A", produced_on=goods.PRODUCED, last_usable_on=last)

    goods.scan(keeper, label(dt.date(2026, 11, 1)), "bad")
    expect(verdict(keeper)).to_have_text("到货已过效期")
    goods.scan(keeper, trading.label("ZJ-3018", lot="Z1", serial="Z1-1"), "bad")
    expect(verdict(keeper)).to_have_text("不在本采购单上")
    goods.scan(keeper, "]d2" + label(), "ok")
    expect(left(keeper)).to_have_text(str(wanted - 1))
    assert watching.too_wide(keeper) == []
    keeper.get_by_label("随货同行单号").fill("SX-1123")
    # Enter takes what is typed and never ends the work; what is typed and not added is taken before the end.
    keeper.get_by_label("随货同行单号").press("Enter")
    keeper.get_by_text("无码标签，手工录入").click()
    by_hand(keeper, "GC0062611B", quantity=2)
    keeper.locator("#hand-lot").press("Enter")
    expect(left(keeper)).to_have_text(str(wanted - 3))
    expect(keeper.locator("#hand-lot")).to_have_value("")
    by_hand(keeper, "GC0062611C", quantity=1)
    keeper.get_by_role("button", name="收货完成").click()
    expect(left(keeper)).to_have_text(str(wanted - 4))
    keeper.get_by_role("button", name="收货完成").click()
    expect(state(keeper)).to_have_text("已收货待验")
    inspector = demo_page_of("zhaoqing")
    inspector.goto(keeper.url)
    expect(inspector.locator("tbody .q-zone-pending")).to_have_count(3)
    # Nothing is taken for inspected that nobody ticked.
    expect(inspector.locator("tbody [data-pick]:checked")).to_have_count(0)
    inspector.get_by_label("选择所有行").check()
    inspector.get_by_role("button", name="提交验收").click()
    expect(inspector.locator("tbody .q-zone-good")).to_have_count(3)


def by_hand(page, lot, *, quantity):
    page.locator("#hand-quantity").fill(str(quantity))
    page.locator("#hand-lot").fill(lot)
    page.locator("#hand-produced").fill(goods.PRODUCED.isoformat())
    page.locator("#hand-last").fill(goods.LAST.isoformat())


def test_goods_are_picked_and_reviewed_by_scanner_and_leave_with_their_papers(demo, demo_page_of):
    chosen = shipment("to_pick")
    codes = goods.codes(chosen)
    assert len(codes) > 1
    keeper = demo_page_of("lijun", **PHONE)
    keeper.goto(f"/shipments/{chosen.id}/")
    keeper.get_by_role("link", name="扫码拣货").click()
    expect(keeper.locator("[data-scan-field]")).to_be_focused()
    expect(left(keeper)).to_have_text(str(len(codes)))
    goods.scan(keeper, trading.label("BQ-2515", lot="B9999"), "bad")
    expect(verdict(keeper)).not_to_have_text("")
    # Caps Lock inverted; then one taken back.
    goods.scan(keeper, ("]d2" + codes[0]).swapcase(), "warn")
    keeper.get_by_role("button", name="撤销上一扫").click()
    expect(left(keeper)).to_have_text(str(len(codes)))
    for code in codes[:-1]:
        goods.scan(keeper, code, "ok")
    goods.scan(keeper, codes[-1], "done")
    expect(verdict(keeper)).to_have_text("已全部扫完")
    assert watching.too_wide(keeper) == []
    assert watching.accessibility(keeper) == []
    keeper.keyboard.press("Control+Enter")
    expect(state(keeper)).to_have_text("已拣货")
    # Who picked does not review.
    expect(keeper.get_by_role("link", name="扫码复核")).to_have_count(0)
    reviewer = demo_page_of("chenxi", **PHONE)
    reviewer.goto(f"/shipments/{chosen.id}/scan/")
    for place, code in enumerate(codes, 1):
        goods.scan(reviewer, code, "done" if place == len(codes) else "ok")
    reviewer.get_by_role("button", name="复核完成").click()
    expect(state(reviewer)).to_have_text("已复核")

    keeper.goto(f"/shipments/{chosen.id}/")
    keeper.get_by_label("承运商").fill("顺丰医药")
    keeper.get_by_label("运单号").fill("SF1234567890")
    keeper.get_by_role("button", name="发货").click()
    expect(state(keeper)).to_have_text("已发货")
    for name, words in (("随货同行单", "SF1234567890"), ("出库复核单", "陈曦")):
        address = keeper.get_by_role("link", name=name).get_attribute("href")
        answer = keeper.request.get(address)
        text = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(answer.body())).pages)
        for said in (words, chosen.number, *{line.lot_code for line in chosen.lines}):
            assert said in text


def test_a_damaged_pack_stops_the_goods_at_the_review(demo, demo_page_of):
    page = demo_page_of("chenxi")
    page.goto(f"/shipments/{shipment('picked').id}/scan/")
    page.get_by_text("阻止出库").first.click()
    page.get_by_label("异常原因").select_option(label="包装破损")
    page.get_by_role("button", name="阻止并退回拣货").click()
    expect(state(page)).to_have_text("待拣货")
    expect(page.locator(".q-timeline")).to_contain_text("复核阻止")


@pytest.mark.parametrize(
    "address", ["/warehouse/", "/shipments/", "/purchases/", "/goods-receipts/", "/stock/"]
)
def test_the_keepers_lists_stay_inside_a_phone(demo, demo_page_of, address):
    page = demo_page_of("zhaoqing", **PHONE)
    page.goto(address)
    assert watching.too_wide(page) == []
