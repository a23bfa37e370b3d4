"""Products in the browser: found by a scan, read as one page, led to from an order; their certificates by expiry."""

import re

from playwright.sync_api import expect

from tests.browser import trading

NEEDS = ("pricing", "inventory", "orders", "insights", "compliance", "settlement", "supply")


def test_a_scanned_package_opens_its_product_and_the_stock_leads_to_its_lots(page_of, company):
    page = page_of("lijun")
    page.goto("/todos/")
    page.keyboard.press("Control+k")
    page.keyboard.type("0116901234567011")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/devices/{company.items['BQ-2515']}/$"))
    main = page.locator("main")
    expect(main).to_contain_text("注册证：有效")
    expect(main.get_by_role("region", name="包装与产品标识")).to_contain_text("10 支")
    main.get_by_role("link", name="上海仓").click()
    expect(page).to_have_url(re.compile(r"/stock/\?by=lot"))
    expect(page.locator("main")).to_contain_text("B2602")
    expect(page.locator("main")).not_to_contain_text("B2601")


def test_an_order_s_line_leads_to_its_product(page_of, company):
    order = trading.order(company)
    page = page_of("kangze")
    page.goto(f"/orders/{order.id}/")
    page.get_by_role("link", name="一次性使用冠脉球囊扩张导管").first.click()
    expect(page).to_have_url(re.compile(f"/devices/{company.items['BQ-2515']}/$"))
    expect(page.locator("main")).to_contain_text("1,860.00")
    expect(page.locator("main")).not_to_contain_text("杭州仓")


def test_a_certificate_leads_to_the_products_that_rest_on_it(page_of, company):
    page = page_of("zhaoqing")
    page.goto("/certificates/")
    page.get_by_role("link", name="国械注准20193130221").click()
    page.get_by_role("link", name="依据此证的在售产品").click()
    expect(page).to_have_url(re.compile(r"/devices/\?certificate="))
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text("ZJ-3018")
