"""Sight 8: a statement is built and sent, disputed by the line, answered, confirmed, locked; PDF and Excel."""

import datetime as dt
import io
import re

import python_calamine
from playwright.sync_api import expect

from tests.browser import trading, watching
from tests.browser.working import sure, work_done


def state(page):
    return page.locator(".q-head .q-tag")


class Over:
    """The site in the month after."""

    now = staticmethod(lambda: trading.NOW + dt.timedelta(days=10))


def test_a_month_is_built_for_everybody_and_what_is_built_is_sent(opened, company, monkeypatch):
    monkeypatch.setattr("qudao.shell.middleware.timezone", Over)
    trading.work.sign(company, trading.on_the_road(company, ("BQ-2515", "2")), "kangze", now=trading.NOW)
    trading.number()
    page = opened("sunli", "/statements/")
    page.get_by_text("生成对账单", exact=True).click()
    month = page.get_by_label("月份")
    expect(month).to_have_value("2026-11")
    # Label, field, words and button stand one below the other, each as wide as the form.
    form = page.locator(".q-menu-list--form")
    tops = [one.bounding_box()["y"] for one in form.locator("label, input:visible, p, button").all()]
    assert tops == sorted(tops) and len(set(tops)) == 4
    page.get_by_role("button", name="全部生成").click()
    work_done(page)
    expect(page.locator(".q-work")).to_contain_text("已生成 2026-11 对账单 1 份")
    page.get_by_role("link", name="查看结果").click()
    row = page.locator("tbody tr")
    expect(row).to_contain_text("杭州康泽医疗器械有限公司")
    expect(row).to_contain_text("草稿")
    row.locator("[data-pick]").check()
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#confirm")).to_contain_text("将 1 份对账单发送给伙伴？")
    page.locator("#confirm-yes").click()
    work_done(page)
    expect(page.locator(".q-work")).to_contain_text("已发送 1 份对账单")
    page.get_by_role("link", name="查看结果").click()
    expect(page.locator("tbody tr")).to_contain_text("已发送")


def test_a_line_is_disputed_answered_and_the_statement_signed_by_both(opened, owed):
    address = f"/statements/{owed.statement.id}/"
    dealer = opened("kangze", address)
    expect(dealer.locator(".q-equation")).to_contain_text("20,140.00")
    expect(dealer.locator(".q-apart")).to_contain_text("已开票应付")
    assert watching.accessibility(dealer) == []
    dealer.get_by_role("button", name="确认这 2 行").first.click()
    line = dealer.locator("tbody tr", has_text="RT1-2026-000001")
    line.get_by_role("link", name="异议").click()
    drawer = dealer.locator("#drawer")
    drawer.get_by_label("异议原因").select_option("quantity")
    drawer.get_by_label("补充说明").fill("退回两支，只记了一支")
    drawer.get_by_role("button", name="提出异议").click()
    expect(state(dealer)).to_have_text("有异议")
    expect(dealer.get_by_role("button", name="确认对账单")).to_have_count(0)

    ours = opened("sunli", address, expects=422)
    disputes = ours.locator(".q-card", has_text="待处理异议")
    expect(disputes).to_contain_text("退回两支，只记了一支")
    disputes.get_by_role("link", name="答复").click()
    drawer = ours.locator("#drawer")
    drawer.get_by_label("调整金额", exact=True).check()
    drawer.get_by_label(re.compile("^合计调整金额（元")).fill("一千")
    drawer.get_by_label("给伙伴的答复").fill("已核实，补记一支")
    drawer.get_by_role("button", name="提交答复").click()
    # Nothing is lost on a figure that cannot be read.
    expect(ours.locator("#amount-wrong")).to_contain_text("金额无法识别")
    expect(ours.get_by_label("给伙伴的答复")).to_have_value("已核实，补记一支")
    ours.get_by_label(re.compile("^合计调整金额（元")).fill("-1,860.00")
    ours.get_by_role("button", name="提交答复").click()
    expect(state(ours)).to_have_text("已答复")
    expect(ours.locator(".q-equation--after .q-total")).to_contain_text("18,280.00")

    dealer.goto(address)
    expect(dealer.locator("main")).to_contain_text("已核实，补记一支")
    sure(dealer, "确认对账单")
    expect(state(dealer)).to_have_text("已确认")
    trading.number()
    ours.goto(address)
    sure(ours, "签章锁定")
    expect(state(ours)).to_have_text("已锁定")
    signed = ours.locator(".q-signature")
    expect(signed.first).to_contain_text("康泽 林涛")
    expect(signed.last).to_contain_text("孙丽")
    expect(ours.locator("main")).to_contain_text("日志检查点，覆盖")

    pdf = ours.request.get(f"{address}statement.pdf")
    assert pdf.body().startswith(b"%PDF")
    book = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(dealer.request.get(f"{address}statement.xlsx").body())
    )
    cover = [cell for row in book.get_sheet_by_index(0).to_python() for cell in row]
    assert 20140.0 in cover
    assert "日志检查点" in cover
    lines = book.get_sheet_by_index(1).to_python()
    assert [row[9] for row in lines[1:4]] == [37200.0, 4800.0, 1860.0]


def test_a_statement_is_confirmed_once_in_two_tabs(opened, owed):
    address = f"/statements/{owed.statement.id}/"
    first = opened("kangze", address)
    second = opened("kangze", address, expects=422)
    sure(first, "确认对账单")
    expect(state(first)).to_have_text("已确认")
    sure(second, "确认对账单")
    expect(second.locator(".q-refusal")).to_contain_text("不能重复确认")
    expect(state(second)).to_have_text("已确认")


def test_who_read_an_older_statement_is_told_that_it_changed(opened, owed):
    address = f"/statements/{owed.statement.id}/"
    stale = opened("kangze", address, expects=409)
    other = opened("kangze", address)
    other.get_by_role("button", name="确认这 2 行").first.click()
    expect(other.locator("main")).to_contain_text("已确认")
    sure(stale, "确认对账单")
    expect(stale.locator(".q-refusal")).to_be_visible()
    expect(state(stale)).to_have_text("已发送")


def test_on_a_phone_no_column_lies_beyond_the_edge(page_of, owed):
    for username, address in (
        ("kangze", f"/statements/{owed.statement.id}/"),
        ("kangze", f"/rebates/{owed.run.id}/"),
        ("qianfang", "/receivables/"),
        ("qianfang", f"/debtors/{owed.debtor}/"),
        ("qianfang", f"/receipts/{owed.receipt.id}/"),
        ("qianfang", f"/invoices/{owed.invoice.id}/"),
        ("sunli", "/statements/"),
    ):
        page = page_of(username, width=360, height=740)
        page.goto(address)
        assert page.locator(".q-stack").count(), address
        assert watching.beyond(page) == [], address


def test_the_agent_above_and_the_sibling_find_no_statement(opened, owed):
    for username in ("lianyou", "renji"):
        page = opened(username, "/statements/", expects=404)
        expect(page.locator("main")).not_to_contain_text(owed.statement.number)
        page.goto(f"/statements/{owed.statement.id}/")
        expect(page.locator("main")).not_to_contain_text("20,140.00")
