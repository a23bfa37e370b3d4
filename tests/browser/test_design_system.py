"""What every page has of the design system: a lost session, a scan anywhere, saved views, the scope switcher."""

import re

from playwright.sync_api import expect

from tests.browser import trading, watching


def test_a_form_filled_while_the_session_ended_is_sent_again_after_signing_in(page_of, company):
    order = trading.draft(company)
    page = page_of("zhoulan", expects=(401, 403))
    page.goto(f"/orders/{order.id}/")
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="确认").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("内容都还在")
    # Signing in in another tab: the same browser has a session again.
    page.context.add_cookies([one for one in cookies if one["name"] == "sessionid"])
    page.get_by_role("button", name="再次提交").click()
    expect(page.locator(".q-head .q-tag")).to_have_text("已确认")


def scan(page, code):
    """As a scanner does: keys one after the other, faster than anybody types, GS as Ctrl-], then Enter."""
    keys = [{"key": "]", "ctrlKey": True} if key == "\x1d" else {"key": key} for key in code]
    page.evaluate(
        "(keys) => keys.forEach((key) => document.body.dispatchEvent("
        "new KeyboardEvent('keydown', {bubbles: true, cancelable: true, ...key})))",
        [*keys, {"key": "Enter"}],
    )


def test_a_code_scanned_anywhere_opens_the_search_with_it(page_of, company):
    page = page_of("zhoulan")
    page.goto("/orders/")
    expect(page.get_by_role("heading", level=1)).to_have_text("订单")
    scan(page, "010690123456789217271231" + "10L2403A\x1d21SN7")
    expect(page).to_have_url(re.compile(r"/search/\?q=0106901234567892"))
    expect(page.locator("main")).to_contain_text("06901234567892")
    expect(page.locator("main")).to_contain_text("L2403A")
    expect(page.locator("main")).to_contain_text("SN7")


def test_a_view_is_saved_opens_first_and_is_deleted(page_of, company):
    trading.order(company)
    trading.draft(company)
    page = page_of("zhoulan")
    page.goto("/orders/?status=draft")
    page.locator("summary", has_text="视图").click()
    page.get_by_label("将当前筛选保存为").fill("我的草稿")
    page.get_by_label("设为默认视图").check()
    page.get_by_role("button", name="保存视图").click()
    expect(page.get_by_role("link", name="我的草稿")).to_have_attribute("aria-current", "page")
    page.goto("/todos/")
    page.get_by_role("link", name="订单", exact=True).first.click()
    expect(page).to_have_url(re.compile(r"status=draft"))
    expect(page.locator("[data-rows] > tr")).to_have_count(1)
    page.get_by_role("link", name="全部", exact=True).first.click()
    expect(page.locator("[data-rows] > tr")).to_have_count(2)


def test_the_arrows_walk_a_list_and_enter_opens_the_row(page_of, company):
    order = trading.order(company)
    page = page_of("zhoulan")
    page.goto("/orders/")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(str(order.id)))
    page.go_back()
    page.keyboard.press("/")
    expect(page.locator("[data-filter]").first).to_be_focused()


def test_a_phone_sorts_its_cards_with_the_keyboard(page_of, company):
    small, large = trading.order(company, ("DS-035", "1")), trading.order(company, ("DS-035", "60"))
    page = page_of("zhoulan", width=360, height=740)
    page.goto("/orders/?status=confirmed")
    rows = page.locator("[data-rows] > tr")
    menu = page.locator(".q-sorting summary")
    expect(page.locator("thead a").first).to_be_hidden()
    menu.focus()
    page.keyboard.press("Enter")
    lowest = page.get_by_role("link", name="金额, 升序")
    lowest.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"status=confirmed&sort=gross$"))
    expect(rows.first).to_contain_text(small.number)
    expect(menu).to_have_text(re.compile("排序: 金额"))
    menu.click()
    expect(lowest).to_have_attribute("aria-current", "true")
    assert watching.accessibility(page) == []
    page.get_by_role("link", name="金额, 降序").click()
    expect(rows.first).to_contain_text(large.number)
    # Beside heads there is no need of it.
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(menu).to_be_hidden()


def test_a_phone_shows_the_first_cards_of_a_long_table_and_the_rest_on_a_press(page_of, company):
    order = trading.order(company, *[("DS-035", "1")] * 16)
    page = page_of("zhoulan", width=360, height=740)
    page.goto(f"/orders/{order.id}/")
    rows = page.locator(".q-stack > tbody:not(.q-rest) > tr")
    rest = page.get_by_role("button", name="显示其余 6 行")
    expect(rows.nth(9)).to_be_visible()
    expect(rows.nth(10)).to_be_hidden()
    assert watching.accessibility(page) == []
    # Paper and wide screens hold all of it and have no button.
    page.emulate_media(media="print")
    expect(rows.nth(15)).to_be_visible()
    expect(rest).to_be_hidden()
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1440, "height": 900})
    expect(rows.nth(15)).to_be_visible()
    expect(rest).to_be_hidden()
    page.set_viewport_size({"width": 360, "height": 740})
    rest.focus()
    page.keyboard.press("Enter")
    expect(rows.nth(10)).to_be_focused()
    expect(rows.nth(15)).to_be_visible()
    expect(rest).to_have_count(0)
