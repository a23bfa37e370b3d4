"""Sight 4: the same order by API, by Excel, on the dealer's page, at the hospital's page: one list, channel seen."""

import io
import json

import pytest
import xlsxwriter
from playwright.sync_api import expect

from qudao.shell.demo import worth
from tests.api import world
from tests.browser.desk import Desk
from tests.browser.sights.asking import asked

CODE, PIECES = "DS-035", 2
CHANNELS = {
    "rep": "销售代表",
    "mall": "网上商城",
    "call_centre": "呼叫中心",
    "store": "门店",
    "portal": "伙伴门户",
    "platform": "招采平台",
    "api": "接口",
    "file": "文件",
}
ERP = ("orders.order.place", "orders.order.confirm", "orders.order.view", "partners.party.view")
ORDERED = """
SELECT o.channel, o.status, i.code, x.quantity::int FROM orders_order o
JOIN orders_orderline x ON x.order_id = o.id JOIN catalog_item i ON i.id = x.item_id WHERE o.number = %s
"""
# What the list counts: no drafts, nothing cancelled.
STANDS = "status NOT IN ('draft', 'submitted', 'cancelled')"
BY_CHANNEL = f"SELECT channel, count(*) FROM orders_order WHERE {STANDS} GROUP BY 1"


def by_api(demo, page) -> str:
    """康泽's own ERP sends it."""
    kangze = demo.company.parties["kangze"]
    world.oauth_client(*ERP, client_id="kangze-erp", party_id=kangze)
    wanted = {
        "account_id": demo.company.accounts["kangze.CV"],
        "ship_to_id": demo.company.places["kangze"],
        "lines": [{"item_id": demo.company.items[CODE], "quantity": str(PIECES)}],
    }
    answer = page.request.post(
        "/api/v1/orders",
        data=json.dumps(wanted),
        headers={
            **world.bearer("kangze-erp"),
            "Idempotency-Key": "sight-4",
            "Content-Type": "application/json",
        },
    )
    assert answer.status == 201, answer.text()
    return answer.json()["number"]


def by_excel(page) -> str:
    """The dealer sends a file from the desk on its own page."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([("产品编码", "数量"), (CODE, PIECES)]):
            sheet.write_row(number, 0, row)
    page.goto("/orders/new/")
    page.get_by_role("link", name="导入 Excel").click()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.set_input_files("#file", {"name": "康泽订单.xlsx", "mimeType": kind, "buffer": stream.getvalue()})
    page.get_by_role("button", name="提交确认").click()
    return placed(page)


def on_its_page(page, price: str) -> str:
    """A dealer or hospital fills the quantity into its own catalogue; it goes to the one intake."""
    page.goto("/")
    page.get_by_role("link", name="产品目录").first.click()
    page.goto(f"{page.url.split('?')[0]}?q={CODE}")
    row = page.locator("tbody tr", has_text="造影导丝")
    expect(row).to_contain_text(price)
    row.locator("input[name=quantity]").fill(str(PIECES))
    page.get_by_role("button", name="去下单").click()
    page.get_by_role("button", name="提交确认").click()
    return placed(page)


def placed(page) -> str:
    desk = Desk.__new__(Desk)
    desk.page = page
    return desk.placed()


def test_the_same_order_by_every_way_stands_in_one_list_with_its_channel(demo, demo_page_of):
    page, dealer, hospital = demo_page_of("zhoulan"), demo_page_of("kangze"), demo_page_of("hospital")
    came = {
        by_api(demo, page): "api",
        by_excel(dealer): "file",
        on_its_page(dealer, "96.00"): "portal",
        # A hospital pays more than the dealer.
        on_its_page(hospital, f"{worth.bid(demo.products[CODE]):.2f}"): "portal",
    }
    assert len(came) == 4
    page.goto("/orders/")
    for number, channel in came.items():
        assert asked(ORDERED, [number]) == [(channel, "confirmed", CODE, PIECES)]
        expect(page.locator("tbody tr", has_text=number)).to_contain_text(CHANNELS[channel])
    # Nobody of ours took them: they stand among what came by itself.
    page.goto("/orders/?inbox=1")
    for number in came:
        expect(page.locator("tbody tr", has_text=number)).to_have_count(1)


def test_every_channel_of_the_year_is_in_the_list_and_can_be_looked_at_alone(demo, demo_page_of):
    counts = dict(asked(BY_CHANNEL))
    assert set(counts) == set(CHANNELS) == set(demo.stories.channels)
    page = demo_page_of("zhoulan")
    for channel, count in counts.items():
        page.goto(f"/orders/?channel={channel}")
        expect(page.locator("tfoot")).to_contain_text(f"{count} 张订单")
        row = page.locator("tbody tr", has_text=demo.stories.channels[channel])
        expect(row).to_contain_text(CHANNELS[channel])


@pytest.mark.parametrize("username", ["kangze", "hospital"])
def test_a_partner_sees_its_own_orders_of_every_channel(demo, demo_page_of, username):
    key = {"hospital": "zheer"}.get(username, username)
    statement = f"SELECT count(*) FROM orders_order WHERE party_id = %s AND {STANDS}"
    [(count,)] = asked(statement, [demo.company.parties[key]])
    page = demo_page_of(username)
    page.goto("/orders/")
    expect(page.locator("tfoot")).to_contain_text(f"{count} 张订单")
