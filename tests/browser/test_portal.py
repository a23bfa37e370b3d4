"""A dealer at its own desk: what it owns it sees and does, and nothing of its neighbours."""

import re

from playwright.sync_api import expect

from tests.browser import trading
from tests.browser.desk import Desk
from tests.browser.test_sign_in import sign_in


def test_a_dealer_signs_in_orders_and_signs_for_the_goods(page_of, company):
    page = page_of()
    sign_in(page, "kangze")
    page.get_by_role("link", name="订单", exact=True).first.click()
    page.get_by_role("link", name="新订单").first.click()
    # Nobody asks a dealer who orders, nor through which channel.
    expect(page.locator(".q-desk-head")).to_contain_text("杭州康泽医疗器械有限公司")
    expect(page.get_by_label("渠道", exact=True)).to_have_count(0)
    desk = Desk(page)
    desk.add("DS-035\t20")
    desk.place.click()
    number = desk.placed()
    expect(page.get_by_role("button", name="下发仓库")).to_have_count(0)
    page.goto("/orders/")
    expect(page.locator("tbody th")).to_have_text(number)
    trading.on_the_road(company, ("DS-035", "5"))
    page.goto("/todos/")
    page.get_by_role("link", name=re.compile("待签收")).click()
    page.locator("tbody th a").click()
    page.get_by_role("link", name="签收", exact=True).click()
    page.get_by_role("button", name="确认签收").click()
    expect(page.locator(".q-head .q-tag")).to_have_text("已签收")


def test_a_dealer_sees_its_credit_rebate_pool_and_statement(page_of, company):
    trading.trade(company)
    page = page_of("kangze")
    page.goto("/todos/")
    page.get_by_role("link", name=re.compile("待确认的对账单")).click()
    expect(page.locator("tbody")).to_contain_text("ST1-2026-000001")
    page.goto(f"/partners/{company.parties['kangze']}/")
    main = page.locator("main")
    expect(main).to_contain_text("再进 ¥ 24,477.88 达 3%")
    expect(main).to_contain_text("¥ 458,092.00")
    expect(main).to_contain_text("¥ 710.44")
    expect(page.locator("[data-chart] svg").first).to_be_visible()
    page.get_by_role("link", name="往来", exact=True).click()
    statement = page.locator("tbody tr", has_text="ST1-2026-000001")
    expect(statement).to_contain_text("42,000.00")
    expect(statement).to_contain_text("20,140.00")


def test_the_agent_above_sees_the_dealers_orders_and_none_of_its_money(page_of, company):
    trade = trading.trade(company)
    page = page_of("lianyou")
    page.goto("/orders/")
    expect(page.locator("tbody")).to_contain_text(trade.done.number)
    page.goto(f"/partners/{company.parties['kangze']}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("杭州康泽医疗器械有限公司")
    for secret in ("458,092.00", "710.44", "24,477.88", "ST1-2026"):
        expect(page.locator("main")).not_to_contain_text(secret)
    Desk(page, company.parties["kangze"])
    for secret in ("458,092.00", "710.44", "24,477.88"):
        expect(page.locator("main")).not_to_contain_text(secret)


def test_a_sibling_finds_nothing_of_it(page_of, company):
    trade = trading.trade(company)
    page = page_of("renji", expects=404)
    page.goto("/orders/")
    expect(page.locator("main")).not_to_contain_text(trade.done.number)
    assert page.goto(f"/orders/{trade.done.id}/").status == 404
    assert page.goto(f"/orders/new/?party={company.parties['kangze']}").status in (200, 404)
    expect(page.locator("main")).not_to_contain_text("康泽")


def choose(page, code: str, quantity: str) -> None:
    """Search for it in the catalogue and fill in how many."""
    page.goto(f"/my/catalogue/?q={code}")
    page.locator("tbody[data-rows] tr", has_text=code).locator("input[name=quantity]").fill(quantity)


def test_what_was_chosen_outlives_searching_and_the_way_to_the_desk_and_back(page_of, company):
    page = page_of("kangze")
    chosen = page.locator("#chosen")
    choose(page, "BQ-2515", "3")
    choose(page, "DS-035", "20")
    page.goto("/my/catalogue/")
    expect(chosen.locator("summary")).to_have_text("已选 2 种")
    expect(page.get_by_label("造影导丝 的数量")).to_have_value("20")
    chosen.locator("summary").click()
    expect(chosen.locator("tbody tr")).to_contain_text(["3 支", "20 根"])
    page.get_by_role("button", name="去下单").click()
    desk = Desk.__new__(Desk)
    desk.page = page
    expect(page.locator("[data-line]")).to_have_count(2)
    assert desk.quantities == ["3", "20"]
    with desk.quoted():
        page.get_by_label("贵方单号").fill("KZ-7")
        page.keyboard.press("Tab")
    desk.quantity(2, "25")
    # Back for one thing more: what is chosen are the lines of the desk, and the rest of the order is kept with them.
    choose(page, "ZJ-3018", "1")
    expect(chosen.locator("summary")).to_have_text("已选 3 种")
    page.get_by_role("button", name="去下单").click()
    expect(page.locator("[data-line]")).to_have_count(3)
    page.reload()
    expect(page.locator("[data-line]")).to_have_count(3)
    assert desk.quantities == ["3", "25", "1"]
    expect(page.get_by_label("贵方单号")).to_have_value("KZ-7")
    with desk.quoted():
        page.get_by_role("button", name="删除第 3 行").click()
    desk.place.click()
    desk.placed()
    page.goto("/my/catalogue/")
    expect(chosen).to_be_hidden()
    expect(page.get_by_label("造影导丝 的数量")).to_have_value("")


def test_what_is_chosen_of_two_product_lines_stays_apart_and_a_line_is_taken_out(page_of, company):
    page = page_of("kangze")
    chosen = page.locator("#chosen")
    choose(page, "BQ-2515", "3")
    # Whichever line is shown, the filter says so.
    line = page.locator(".q-filters summary.on")
    expect(line).to_have_text("产品线: 心血管介入")
    page.goto(f"/my/catalogue/?account={company.accounts['kangze.IVD']}")
    expect(line).to_have_text("产品线: 体外诊断")
    expect(chosen).to_be_hidden()
    page.locator("[data-item]").first.fill("5")
    expect(chosen.locator("summary")).to_have_text("已选 1 种")
    page.goto(f"/my/catalogue/?account={company.accounts['kangze.CV']}")
    chosen.locator("summary").click()
    expect(chosen.locator("tbody tr")).to_contain_text(["3 支"])
    chosen.get_by_role("button", name="移除").click()
    expect(chosen).to_be_hidden()
    expect(page.locator("[data-item]").first).to_have_value("")
