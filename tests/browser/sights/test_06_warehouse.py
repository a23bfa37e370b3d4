"""Sight 6: the warehouse, from the supplier's delivery to the carrier's hands, by scanner and keyboard alone."""

import io
import re

import pypdf
import pytest
from playwright.sync_api import expect

from qudao.supply import queries as supply
from tests.browser import goods, trading, watching


@pytest.fixture
def small(company):
    """Two pieces of one product, one of another."""
    return trading.to_pick(company, ("BQ-2515", "2"), ("DS-035", "1"))


def queue(page, name):
    return page.locator(".q-queues a").filter(has=page.get_by_text(name, exact=True)).locator(".count")


def verdict(page):
    return page.locator("[data-verdict] h2")


def state(page):
    return page.locator(".q-head .q-tag").first


def test_the_home_counts_what_waits_and_leads_to_it(page_of, company, small):
    purchase = goods.purchase(company)
    page = page_of("lijun")
    page.goto("/warehouse/")
    expect(queue(page, "收货")).to_have_text("1")
    expect(queue(page, "拣货")).to_have_text("1")
    expect(queue(page, "复核")).to_have_text("0")
    page.locator(".q-queues a").filter(has_text="收货").first.click()
    expect(page.get_by_role("link", name=purchase.number)).to_be_visible()
    assert watching.accessibility(page) == []


def test_goods_are_received_by_scanner_and_inspected_by_another(page_of, company):
    purchase = goods.purchase(company)
    page = page_of("lijun", width=360, height=740)
    page.goto(f"/purchases/{purchase.id}/receive/")
    expect(page.locator("[data-scan-field]")).to_be_focused()
    goods.scan(page, goods.label(last=goods.dt.date(2026, 11, 1)), "bad")
    expect(verdict(page)).to_have_text("到货已过效期")
    goods.scan(page, trading.label("DS-035", lot="D1"), "bad")
    expect(verdict(page)).to_have_text("不在本采购单上")
    goods.scan(page, "]d2" + goods.label(), "ok")
    expect(page.locator(".q-verdict-left b")).to_have_text(str(int(purchase.lines[0].quantity) - 1))
    page.reload()
    expect(page.locator(".q-verdict-left b")).to_have_text(str(int(purchase.lines[0].quantity) - 1))
    assert watching.too_wide(page) == []
    page.get_by_label("随货同行单号").fill("SX-1123")
    page.get_by_role("button", name="收货完成").click()
    expect(state(page)).to_have_text("已收货待验")
    receipt = supply.list_receipts(trading.SYSTEM, purchase_id=purchase.id).rows[0]
    inspector = page_of("zhaoqing")
    inspector.goto(f"/goods-receipts/{receipt.id}/")
    expect(inspector.locator("tbody .q-zone-pending")).to_be_visible()
    inspector.get_by_role("button", name="提交验收").click()
    expect(inspector.locator("tbody .q-zone-good")).to_be_visible()


def test_picking_and_review_by_scanner_with_keyboard_alone(page_of, company, small):
    page = page_of("lijun", width=360, height=740)
    page.goto(f"/shipments/{small.id}/")
    page.get_by_role("link", name="扫码拣货").click()
    first, second, third = goods.codes(small)
    goods.scan(page, trading.label("BQ-2515", lot="B9999"), "bad")
    expect(verdict(page)).to_have_text(re.compile("批号|批次"))
    # Caps Lock inverted, and a separator in words.
    goods.scan(page, ("]d2" + first).swapcase(), "warn")
    goods.scan(page, second.lower(), "ok")
    page.get_by_role("button", name="撤销上一扫").click()
    expect(page.locator(".q-verdict-left b")).to_have_text("2")
    goods.scan(page, second, "ok")
    goods.scan(page, third, "done")
    expect(page.locator("[data-scan-field]")).to_be_focused()
    assert watching.too_wide(page) == []
    assert watching.accessibility(page) == []
    page.keyboard.press("Control+Enter")
    expect(state(page)).to_have_text("已拣货")
    expect(page.get_by_role("link", name="扫码复核")).to_have_count(0)
    reviewer = page_of("chenxi")
    reviewer.goto(f"/shipments/{small.id}/scan/")
    for code, said in zip(goods.codes(small), ("ok", "ok", "done"), strict=True):
        goods.scan(reviewer, code, said)
    reviewer.get_by_role("button", name="复核完成").click()
    expect(state(reviewer)).to_have_text("已复核")


def test_a_damaged_pack_stops_the_goods_at_the_review(page_of, company, small):
    goods.work.pick(company, small, now=trading.NOW)
    page = page_of("chenxi")
    page.goto(f"/shipments/{small.id}/scan/")
    page.get_by_text("阻止出库").first.click()
    page.get_by_label("异常原因").select_option(label="包装破损")
    page.get_by_role("button", name="阻止并退回拣货").click()
    expect(state(page)).to_have_text("待拣货")
    expect(page.locator(".q-timeline")).to_contain_text("复核阻止")


def test_goods_leave_with_carrier_and_number_and_their_papers(page_of, company, small):
    done = goods.work.review(company, goods.work.pick(company, small, now=trading.NOW), now=trading.NOW)
    page = page_of("lijun")
    page.goto(f"/shipments/{done.id}/")
    page.get_by_label("承运").fill("顺丰医药")
    page.get_by_label("运单号").fill("SF1234567890")
    page.get_by_role("button", name="发货").click()
    expect(state(page)).to_have_text("已发货")
    for address, words in (("delivery-note.pdf", "SF1234567890"), ("review.pdf", "陈曦")):
        answer = page.request.get(f"/shipments/{done.id}/{address}")
        text = "".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(answer.body())).pages)
        assert words in text
        assert done.lines[0].lot_code in text
