"""Sight 4: the same order by API, by Excel, on the dealer's page, at the hospital's page: one list, channel seen."""

import io

import xlsxwriter
from playwright.sync_api import expect

from qudao.orders import files, operations
from qudao.orders.rules import requests
from tests.browser import trading
from tests.browser.desk import Desk


def workbook(*rows) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    for number, row in enumerate([("产品编码", "数量"), *rows]):
        sheet.write_row(number, 0, row)
    book.close()
    return stream.getvalue()


def test_orders_of_every_channel_stand_in_one_list(page_of, company):
    dealer = trading.actor(company, "kangze")
    by_file = files.place_order_file(
        workbook(("DS-035", 7)),
        filename="康泽订单.xlsx",
        account_id=company.accounts["kangze.CV"],
        ship_to_id=company.places["kangze"],
        actor=dealer,
        now=trading.NOW,
    )
    by_api = operations.place_order(
        request=requests.OrderRequest(
            account_id=company.accounts["kangze.CV"],
            ship_to_id=company.places["kangze"],
            channel="api",
            lines=(requests.LineRequest(1, company.items["DS-035"], trading.Decimal(7)),),
        ),
        actor=dealer,
        now=trading.NOW,
    )
    by_dealer = of_dealer(page_of)
    by_hospital = of_hospital(page_of)
    by_desk = trading.order(company, ("DS-035", "7")).number

    page = page_of("zhoulan")
    page.goto("/orders/")
    for number, channel in (
        (by_file.number, "文件"),
        (by_api.number, "接口"),
        (by_dealer, "伙伴门户"),
        (by_hospital, "伙伴门户"),
        (by_desk, "呼叫中心"),
    ):
        expect(page.locator("tbody tr", has_text=number)).to_contain_text(channel)
    expect(page.locator("tfoot")).to_contain_text("共 5 单")
    page.goto("/orders/?inbox=1")
    expect(page.locator("tfoot")).to_contain_text("共 4 单")
    expect(page.locator("tbody")).not_to_contain_text(by_desk)
    page.goto("/orders/?q=康泽")
    expect(page.locator("tfoot")).to_contain_text("共 4 单")


def of_dealer(page_of) -> str:
    """The dealer fills quantities into its catalogue; they go to the one intake."""
    page = page_of("kangze")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("杭州康泽医疗器械有限公司")
    page.get_by_role("link", name="目录与价格").first.click()
    row = page.locator("tbody tr", has_text="造影导丝")
    expect(row).to_contain_text("96.00")
    row.get_by_label("造影导丝 的数量").fill("7")
    page.get_by_role("button", name="去下单").click()
    desk = Desk.__new__(Desk)
    desk.page = page
    assert desk.quantities == ["7"]
    desk.place.click()
    return desk.placed()


def of_hospital(page_of) -> str:
    page = page_of("hospital")
    page.goto("/my/catalogue/?q=qiunang")
    row = page.locator("tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("1,760.00")
    row.locator("input[name=quantity]").fill("2")
    page.get_by_role("button", name="去下单").click()
    desk = Desk.__new__(Desk)
    desk.page = page
    desk.place.click()
    return desk.placed()
