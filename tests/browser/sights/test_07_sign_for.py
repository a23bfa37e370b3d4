"""Sight 7: the dealer signs on a phone, with differences; the order desk sees and settles them."""

from decimal import Decimal

from playwright.sync_api import expect

from tests.browser import goods, trading, watching


def state(page):
    return page.locator(".q-head .q-tag").first


def test_a_dealer_signs_with_differences_on_a_phone(page_of, company):
    shipment = trading.on_the_road(company, ("DS-035", "20"))
    page = page_of("kangze", width=360, height=740, expects=422)
    page.goto(f"/shipments/{shipment.id}/")
    page.get_by_role("link", name="签收").click()
    page.get_by_label("第 1 行短少").fill("30")
    page.get_by_label("第 1 行原因").fill("箱内缺货")
    page.get_by_role("button", name="确认签收").click()
    expect(page.locator(".q-refusal")).to_be_visible()
    expect(page.get_by_label("第 1 行短少")).to_have_value("30")
    page.get_by_label("第 1 行短少").fill("1")
    page.get_by_label("第 1 行拒收").fill("2")
    assert watching.too_wide(page) == []
    assert watching.accessibility(page) == []
    page.get_by_role("button", name="确认签收").click()
    expect(state(page)).to_have_text("签收有差异")
    line = goods.shipment(company, shipment.id).lines[0]
    assert (line.signed, line.short, line.damaged, line.refused) == (17, 1, 0, 2)
    assert line.difference_reason == "箱内缺货"
    desk = page_of("zhoulan")
    desk.goto(f"/shipments/{shipment.id}/")
    expect(desk.get_by_text("待处理 3")).to_be_visible()
    desk.get_by_label("退回").fill("2")
    desk.get_by_label("丢失").fill("1")
    desk.get_by_role("button", name="处理差异").click()
    expect(desk.get_by_text("已处理", exact=True)).to_be_visible()
    assert goods.shipment(company, shipment.id).lines[0].resolved == Decimal(3)


def test_a_hospital_signs_for_everything_and_a_sibling_finds_nothing(page_of, company):
    shipment = trading.on_the_road(company, ("CTNI-100", "5"), account="zheer.IVD", place="zheer.jiefang")
    page = page_of("hospital")
    page.goto(f"/shipments/{shipment.id}/sign/")
    page.get_by_role("button", name="确认签收").click()
    expect(state(page)).to_have_text("已签收")
    sibling = page_of("renji", expects=404)
    assert sibling.goto(f"/shipments/{shipment.id}/sign/").status == 404
