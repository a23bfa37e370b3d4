"""The page of an order, the list, and an order from a file."""

import io

import python_calamine
import xlsxwriter
from playwright.sync_api import expect

from qudao.kernel import scope
from qudao.orders import queries
from tests.browser import trading


def open_order(page_of, order, username="zhoulan", **more):
    page = page_of(username, **more)
    page.goto(f"/orders/{order.id}/")
    return page


def state(page):
    return page.locator(".q-head .q-tag")


def test_a_draft_is_confirmed_released_and_waits_in_the_warehouse(page_of, company):
    earlier, draft = trading.order(company), trading.draft(company)
    page = open_order(page_of, draft)
    expect(state(page)).to_have_text("草稿")
    # At the desk the button says the same, and the draft is not among the orders beside it.
    page.get_by_role("link", name="继续填写").click()
    expect(page.get_by_role("button", name="提交确认")).to_be_enabled()
    expect(page.locator(".q-desk-about .q-card", has_text="最近订单").locator("th")).to_have_text(
        earlier.number
    )
    page.goto(f"/orders/{draft.id}/")
    page.get_by_role("button", name="提交确认").click()
    expect(state(page)).to_have_text("已确认")
    page.get_by_role("button", name="下发仓库").click()
    expect(state(page)).to_have_text("出库中")
    expect(page.locator(".q-timeline")).to_contain_text("已下发仓库")
    page.get_by_role("link", name="杭州仓").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("SH1-2026-")


def test_cancelling_gives_the_stock_back(page_of, company):
    page = open_order(page_of, trading.order(company, ("DS-035", "200")))
    page.locator("summary", has_text="取消订单").click()
    page.get_by_role("button", name="确认取消").click()
    expect(state(page)).to_have_text("已取消")
    expect(page.get_by_role("button", name="下发仓库")).to_have_count(0)
    trading.order(company, ("DS-035", "200"))


def test_what_somebody_else_did_meanwhile_is_said(page_of, company):
    order = trading.order(company)
    page = open_order(page_of, order, expects=409)
    other = open_order(page_of, order)
    other.get_by_role("button", name="下发仓库").click()
    expect(state(other)).to_have_text("出库中")
    page.locator("summary", has_text="取消订单").click()
    page.get_by_role("button", name="确认取消").click()
    expect(page.get_by_role("alert")).to_contain_text("内容已被他人更改")


def test_a_price_on_the_order_says_how_it_came_about(page_of, company):
    page = open_order(page_of, trading.order(company))
    page.get_by_role("link", name="1,860.00").click()
    drawer = page.get_by_role("dialog", name="单价 1,860.00 从何而来")
    expect(drawer).to_contain_text("HT-2026-0183")
    expect(drawer).to_contain_text("2,200.00")


def test_the_list_finds_by_number_state_and_channel(page_of, company):
    trade = trading.trade(company)
    page = page_of("zhoulan")
    page.goto("/orders/?status=draft")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tfoot")).to_contain_text("1 张订单")
    page.goto("/orders/")
    page.get_by_placeholder("单号、客户单号或伙伴").fill(trade.confirmed.number)
    page.keyboard.press("Enter")
    expect(page.locator("tbody th")).to_have_text(trade.confirmed.number)


def test_the_list_goes_out_as_excel(page_of, company):
    trade = trading.trade(company)
    page = page_of("zhoulan")
    page.goto("/orders/?status=confirmed")
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    with open(download.value.path(), "rb") as file:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    head, *rows = book.get_sheet_by_index(0).to_python()
    assert head[:6] == ["订单", "客户单号", "伙伴", "产品线", "状态", "日期"]
    assert [(row[0], row[2], row[4]) for row in rows] == [
        (order.number, "浙江省第二人民医院", "已确认") for order in (trade.held, trade.confirmed)
    ]


def sheet(*rows) -> bytes:
    """A dealer's own sheet, with a title over the header."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet("订货")
    for no, row in enumerate([("康泽 11 月订货单",), ("货号", "名称", "数量", "单位"), *rows]):
        page.write_row(no, 0, row)
    book.close()
    return buffer.getvalue()


def upload(page, content: bytes, name="11月.xlsx"):
    page.goto("/orders/upload/")
    page.get_by_label("文件").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="提交确认").click()


def test_a_dealers_excel_becomes_an_order(page_of, company):
    page = page_of("kangze")
    upload(page, sheet(("BQ-2515", "球囊", 10, "支"), ("DS-035", "导丝", "５０", "根")))
    expect(state(page)).to_have_text("已确认")
    expect(page.locator("main")).to_contain_text("¥ 23,400.00")
    expect(page.get_by_text("订单已提交。")).to_be_visible()
    # The sheet's rows are its own, and its file's name is nobody's order number.
    expect(page.locator(".q-table tbody td:first-child")).to_have_text(["1", "2"])
    with scope.transaction(trading.SYSTEM):
        [order] = queries.list_orders(queries.Filter(), actor=trading.SYSTEM).rows
    assert order.reference == ""


def test_the_blank_form_is_filled_in_and_ordered_from(page_of, company):
    page = page_of("kangze")
    page.goto("/orders/upload/")
    expect(page.locator("aside tr", has_text="备注")).to_contain_text("忽略")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载空白表").click()
    with open(download.value.path(), "rb") as file:
        [head] = python_calamine.CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    assert head == ["产品编码", "数量", "单位"]
    filled = io.BytesIO()
    with xlsxwriter.Workbook(filled) as book:
        form = book.add_worksheet()
        form.write_row(0, 0, head)
        form.write_row(1, 0, ("DS-035", 20, "根"))
    page.get_by_label("贵方单号").fill("KZ-2026-118")
    page.get_by_label("文件").set_input_files(
        {"name": "kz.xlsx", "mimeType": "application/octet-stream", "buffer": filled.getvalue()}
    )
    page.get_by_role("button", name="提交确认").click()
    expect(state(page)).to_have_text("已确认")
    expect(page.locator("main")).to_contain_text("KZ-2026-118")


def test_a_refused_excel_names_every_row_and_leaves_nothing(page_of, company):
    page = page_of("kangze", expects=422)
    upload(
        page, sheet(("BQ-2515", "球囊", 10, "支"), ("XX-1", "?", 5, "支"), ("DS-035", "导丝", "很多", "根"))
    )
    refusals = page.locator(".q-refusal")
    expect(refusals.filter(has_text="第 4 行")).to_contain_text("XX-1")
    expect(refusals.filter(has_text="第 5 行")).to_contain_text("很多")
    with scope.transaction(trading.SYSTEM):
        assert not queries.list_orders(queries.Filter(), actor=trading.SYSTEM).rows


def test_the_same_excel_is_taken_in_once(page_of, company):
    content = sheet(("BQ-2515", "球囊", 1, "支"))
    page = page_of("kangze", expects=422)
    upload(page, content)
    expect(state(page)).to_have_text("已确认")
    upload(page, content, "again.xlsx")
    expect(page.locator(".q-refusal")).to_contain_text("该订单已经录入过")


def test_a_file_that_is_no_table_is_refused_in_words(page_of, company):
    page = page_of("kangze", expects=422)
    upload(page, b"%PDF-1.7 nothing here", "order.xlsx")
    expect(page.locator(".q-refusal").first).to_be_visible()


def test_an_order_is_ordered_again_from_its_page(page_of, company):
    first = trading.order(company, ("BQ-2515", "3"), ("DS-035", "7"))
    page = open_order(page_of, first, "kangze")
    page.get_by_role("link", name="再来一单").click()
    expect(page.locator("input[name=quantity]")).to_have_count(2)
    page.get_by_role("button", name="提交确认").click()
    expect(state(page)).to_have_text("已确认")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first.number)
    with scope.transaction(trading.SYSTEM):
        again = queries.list_orders(queries.Filter(), actor=trading.SYSTEM).rows[0]
        found = queries.get_order(again.id, actor=trading.SYSTEM)
    assert [(line.item_id, line.quantity) for line in found.lines] == [
        (company.items["BQ-2515"], 3),
        (company.items["DS-035"], 7),
    ]


def test_anothers_order_is_not_ordered_again(page_of, company):
    foreign = trading.order(company, ("DS-035", "5"), account="renji.CV", place="renji")
    page = page_of("kangze", expects=404)
    assert page.goto(f"/orders/new/?again={foreign.id}").status == 404
    assert page.goto("/orders/new/?again=nonsense").status == 404
