"""Sight 3: the desk takes an order by name, pinyin, scan and paste, explained while typing, by the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from qudao.kernel import scope
from qudao.orders import kept
from tests.browser import trading
from tests.browser.desk import Desk

BALLOON, WIRE = "一次性使用冠脉球囊扩张导管", "造影导丝"


@pytest.fixture
def desk(page_of, company):
    return Desk(page_of("zhoulan"), company.parties["kangze"])


def test_the_caller_is_known_before_the_first_line(page_of, company):
    trade = trading.trade(company)
    page = page_of("zhoulan")
    page.goto("/orders/new/")
    page.keyboard.type("kangze")
    page.keyboard.press("Enter")
    about = page.locator(".q-desk-about")
    expect(about).to_contain_text(trade.done.number)
    expect(about).to_contain_text(trade.shipped.number)
    expect(page.locator(".q-desk-head")).to_contain_text("可用信用¥ 458,380.00")


def test_the_head_says_what_the_order_brings_and_when_it_can_be_there(page_of, company):
    trading.trade(company)
    desk = Desk(page_of("zhoulan"), company.parties["kangze"])
    desk.add("BQ-2515\t20")
    head = desk.page.locator(".q-desk-head")
    expect(head).to_contain_text(re.compile(r"本单预计返利\s*¥ 1,"))
    expect(head).to_contain_text("要求到货 2026-11-24 起")
    with desk.quoted():
        head.get_by_role("button", name="使用").click()
    expect(desk.page.locator("#rebate_use")).to_have_value("710.44")
    expect(desk.page.locator("tfoot")).to_contain_text("36,489.56")
    with desk.quoted():
        desk.page.get_by_label("要求到货").fill("2026-11-23")
    expect(head).to_contain_text("最早 2026-11-24")


def test_a_template_is_kept_and_started_from_by_the_keyboard(desk, company):
    page = desk.page
    desk.add("BQ-2515\t12\nDS-035\t30")
    page.keyboard.press("Alt+s")
    page.keyboard.type("每周补货")
    with desk.quoted():
        page.keyboard.press("Enter")
    expect(page.locator(".q-notice")).to_contain_text("每周补货")
    with scope.transaction(trading.SYSTEM):
        [one] = kept.list_templates(company.accounts["kangze.CV"], actor=trading.SYSTEM)
    assert (one.name, len(one.lines)) == ("每周补货", 2)
    again = Desk(page, company.parties["kangze"])
    page.keyboard.press("Alt+t")
    expect(page.locator("#desk-template")).to_be_focused()
    with again.quoted():
        page.locator("#desk-template").select_option(str(one.id))
    assert (again.names, again.quantities) == ([BALLOON, WIRE], ["12", "30"])


def test_the_last_order_joins_what_is_typed_already(desk, company):
    trading.order(company, ("DS-035", "50"))
    desk.add("BQ-2515\t2")
    with desk.quoted():
        desk.page.keyboard.press("Alt+l")
    assert (desk.names, desk.quantities) == ([BALLOON, WIRE], ["2", "50"])


def test_of_five_thousand_pasted_rows_none_is_lost(desk):
    rows = [f"XX-{number:04d}\t１" for number in range(4998)]
    pasted = "\n".join(["BQ-2515\t2", *rows, "DS-035\t３"])
    field = desk.page.locator("#desk-add")
    field.evaluate("(field, text) => { field.value = text; }", pasted)
    with desk.quoted():
        field.press("Enter")
    assert (desk.names, desk.quantities) == ([BALLOON, WIRE], ["2", "3"])
    expect(desk.page.locator(".q-refusal.q-warn")).to_contain_text("粘贴 5000 行，其中 4998 行未进入订单")
    left = desk.page.locator("#desk-left")
    assert left.input_value().count("\n") == 4997
    left.fill("DS-035\t4")
    with desk.quoted():
        desk.page.get_by_role("button", name="重试这些行").click()
    assert desk.quantities == ["2", "7"]
    expect(left).to_have_count(0)


def test_what_is_short_and_a_licence_that_does_not_cover_are_mended_from_the_refusal(desk, company):
    desk.add("DS-035\t250")
    refusal = desk.page.locator("aside .q-refusal", has_text="缺 50")
    with desk.quoted():
        refusal.get_by_role("button", name="改为 200").click()
    assert desk.quantities == ["200"]
    expect(desk.place).to_be_enabled()


def test_what_was_typed_is_offered_again_after_the_tab_was_closed(desk, company):
    desk.add("BQ-2515\t7")
    expect(desk.page.locator("#desk-saved")).to_contain_text(re.compile(r"自动保存于 \d\d:\d\d:\d\d"))
    again = Desk(desk.page, company.parties["kangze"])
    assert again.names == []
    with again.quoted():
        again.page.get_by_role("button", name="恢复").click()
    assert (again.names, again.quantities) == ([BALLOON], ["7"])
