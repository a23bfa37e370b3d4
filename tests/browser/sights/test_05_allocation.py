"""Sight 5: how an order's stock was chosen, and what it gets when a lot is held."""

from playwright.sync_api import expect

from tests.browser import trading


def test_lots_are_explained_and_a_held_one_is_replaced(page_of, company):
    order = trading.order(company, ("BQ-2515", "20"), place="zheer.binjiang")
    page = page_of("zhoulan")
    page.goto(f"/orders/{order.id}/")
    chosen = page.locator("tr", has_text="B2601")
    expect(chosen).to_contain_text("杭州仓")
    expect(chosen).to_contain_text("2028-01-09")
    expect(chosen).to_contain_text("效期最近")
    expect(page.locator("tr.q-skipped", has_text="B2502")).to_contain_text("跳过")

    trading.hold(company, "BQ-2515", "B2601")
    page.goto("/todos/")
    page.get_by_role("link", name="占用被收回的已确认订单").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("tbody th a").first.click()
    expect(page.get_by_role("alert")).to_contain_text("占用")
    expect(page.get_by_role("button", name="下发仓库")).to_have_count(0)
    page.get_by_role("button", name="重新分配").click()
    expect(page.locator("tr", has_text="B2602").first).to_contain_text("上海仓")
    expect(page.locator("tr.q-skipped", has_text="B2601")).to_contain_text("跳过")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("aside")).to_contain_text("重新分配库存")
    page.get_by_role("button", name="下发仓库").click()
    expect(page.locator(".q-head")).to_contain_text("拣货中")


def test_goods_come_back_from_the_orders_page_once(page_of, company):
    trade = trading.trade(company)
    page = page_of("zhoulan")
    page.goto(f"/orders/{trade.done.id}/")
    page.get_by_text("办理退货").click()
    page.get_by_label("第 2 行退货数量").fill("2")
    page.get_by_label("原因", exact=True).fill("效期过近")
    page.get_by_role("button", name="登记退货").dblclick()
    expect(page.locator("main")).to_contain_text("效期过近")
    expect(page.locator("main").get_by_text("效期过近")).to_have_count(1)
