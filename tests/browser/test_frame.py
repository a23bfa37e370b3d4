"""Search, the journal, the trace, and what every page keeps to."""

import re
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import expect

from qudao.kernel import scope
from qudao.orders import models as orders
from qudao.partners import models as partners
from tests import pages as listed
from tests.browser import trading, watching
from tests.browser.desk import Desk

# What people have open all day; the other pages take their colours from the same tokens.
MAIN = frozenset(
    {
        "todos",
        "dashboard",
        "orders",
        "order",
        "order-desk-partner",
        "portal",
        "partner",
        "contract",
        "warehouse",
    }
    | {"stock", "statement", "rebate", "trace", "journal", "device"}
)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_shuts_anybody_out_or_scrolls_sideways_on_a_phone(demo, demo_page_of, theme):
    """Each page of the demo company as the first of those who use it, by axe, once a view; the main ones in dark colours
    too.

    On the phone no column of a table lies beyond the edge of its box either.
    """
    failures, pages, looked = {}, {}, set()
    for shown in listed.listed(demo):
        if theme == "dark" and shown.name not in MAIN:
            continue
        person = shown.people[0] if shown.people else None
        if person not in pages:
            pages[person] = demo_page_of(person, theme=theme, expects=(403, 404))
        page = pages[person]
        page.set_viewport_size({"width": 1440, "height": 900})
        page.goto(shown.address)
        if not page.locator("html[lang]").count():
            continue  # a part of a page, or a file
        view = resolve(urlsplit(shown.address).path).func
        found = [] if view in looked else watching.accessibility(page)
        looked.add(view)
        page.set_viewport_size({"width": 360, "height": 740})
        found += watching.too_wide(page) + watching.beyond(page)
        if found:
            failures[shown.name] = found
    assert failures == {}


LONG = "浙江省杭州市滨江区长河街道江南大道三八八号心血管介入与神经介入医疗器械配送服务有限公司滨江仓"


def test_names_of_forty_characters_break_and_hide_nothing(page_of, company):
    assert len(LONG) >= 40
    order = trading.order(company)
    with scope.everything():
        partners.Party.objects.filter(pk=company.parties["kangze"]).update(name=LONG, short_name=LONG[:40])
        orders.OrderLine.objects.filter(order_id=order.id).update(item_name=LONG)
    page = page_of("zhoulan", width=360, height=740)
    party = company.parties["kangze"]
    for address in (
        "/orders/",
        f"/orders/{order.id}/",
        f"/orders/new/?party={party}",
        "/partners/",
        f"/partners/{party}/",
    ):
        page.goto(address)
        expect(page.locator("main")).to_contain_text(LONG[-8:] if address != "/orders/" else LONG[:8])
        assert watching.too_wide(page) == [], address


def test_control_a_page_that_breaks_the_policy_is_caught(site, browser, company):
    page = browser.new_page(base_url=site)
    with pytest.raises(AssertionError, match="policy: img-src"), watching.errors_of(page):
        page.goto("/sign-in/")
        page.evaluate(
            "document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.test/x.png'}))"
        )
        page.wait_for_load_state("networkidle")
    page.close()


def test_control_a_page_wider_than_the_phone_is_caught(page_of):
    page = page_of(width=360, height=740)
    page.goto("/sign-in/")
    assert watching.too_wide(page) == []
    page.evaluate("document.querySelector('main').firstElementChild.style.width = '800px'")
    assert watching.too_wide(page) != []


def test_control_a_table_wider_than_its_box_is_caught(page_of, company):
    trading.order(company)
    page = page_of("zhoulan", width=360, height=740)
    page.goto("/orders/")
    assert watching.beyond(page) == []
    page.evaluate("document.querySelector('.q-stack').classList.remove('q-stack')")
    [found] = watching.beyond(page)
    assert found.startswith("订单 ")


def test_ctrl_k_finds_a_partner_by_pinyin_and_enter_opens_it(page_of, company):
    page = page_of("wangmin")
    page.goto("/todos/")
    page.keyboard.press("Control+k")
    page.keyboard.type("kangze")
    expect(page.locator("#palette-results a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("杭州康泽医疗器械有限公司")


@pytest.mark.parametrize("what", ["order", "shipment", "partner"])
def test_enter_on_a_single_hit_opens_it_at_once(page_of, company, what):
    shipment = trading.to_pick(company)
    typed, address = {
        "order": (trading.order(company).number, "/orders/"),
        "shipment": (shipment.number, f"/shipments/{shipment.id}/"),
        "partner": ("91330203MA2AJ4W91N", f"/partners/{company.parties['renji']}/"),
    }[what]
    page = page_of("zhoulan")
    page.goto("/todos/")
    page.keyboard.press("Control+k")
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(address))


def test_a_scanned_code_shows_what_it_says(page_of, company):
    page = page_of("zhoulan")
    page.goto("/search/?q=(01)06901234567892(17)271231(10)L2403A")
    expect(page.locator("main")).to_contain_text("06901234567892")
    expect(page.locator("main")).to_contain_text("L2403A")
    expect(page.locator("main")).to_contain_text("2027-12-31")


def test_a_field_that_was_drawn_larger_is_answered_within_the_policy(page_of, company):
    """Dragging a field's corner writes its size into its style, which an answer must not carry over as text."""
    desk = Desk(page_of("zhoulan"), company.parties["kangze"])
    desk.page.locator("#desk-add").evaluate("field => { field.style.height = '90px'; }")
    desk.add("BQ-2515")
    assert desk.quantities == ["1"]


def test_the_search_shows_a_dealer_nothing_of_its_sibling(page_of, company):
    page = page_of("kangze")
    page.goto("/search/?q=仁济")
    expect(page.locator("main")).to_contain_text("没有找到")


def test_an_entry_of_the_journal_opens_beside_the_list_with_its_proof(page_of, company):
    trading.number()
    page = page_of("auditor")
    page.goto("/journal/")
    page.get_by_role("link", name=re.compile("^#")).first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("刚刚验证")
    expect(drawer).to_contain_text("qudao/journal")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_the_journal_is_filtered_by_what_it_is_about(page_of, company):
    order = trading.order(company)
    trading.number()
    page = page_of("auditor")
    page.goto(f"/journal/?subject=orders.order:{order.id}")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto("/journal/?from=2001-01-01&until=2001-01-01")
    expect(page.locator("main")).to_contain_text("没有符合条件的记录")


def test_a_lot_is_traced_from_the_opening_stock_to_the_dealer(page_of, company):
    trade = trading.trade(company)
    lot = trade.signed.lines[0].lot_code
    page = page_of("zhaoqing")
    page.goto("/trace/")
    page.get_by_role("searchbox", name="扫描标签").fill(trading.label("BQ-2515", lot=lot))
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("杭州康泽医疗器械有限公司")
    expect(page.locator("main")).to_contain_text("20期初库存=1在库+19已交付")
    expect(page.locator("main")).to_contain_text("收支相符，全部货物均有去向")


@pytest.mark.parametrize("width", [1440, 360])
def test_the_rail_is_scrolled_to_the_entry_of_the_page(page_of, company, width):
    page = page_of("admin", width=width, height=420)
    page.goto("/todos/")
    page.goto(page.locator("#rail li a").last.get_attribute("href"))
    if width == 360:
        page.locator("#rail-button").click()
    expect(page.locator("#rail [aria-current]")).to_be_in_viewport(ratio=1)
