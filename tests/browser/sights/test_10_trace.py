"""Trace: the equation, the picture, who must be told; hold with a reason, and lifting it."""

import io
import re

import python_calamine
from playwright.sync_api import expect

from tests.browser import watching
from tests.browser.sights.setting import traded  # noqa: F401


def test_a_lot_from_scan_to_hold_and_back(page_of, company, traded):  # noqa: F811
    lot = traded.signed.lines[0].lot_code
    page = page_of("zhaoqing", expects=422)
    page.goto("/trace/")
    page.get_by_role("searchbox", name=re.compile("扫描")).last.fill(lot)
    page.keyboard.press("Enter")
    equation = page.locator("[data-equation]")
    expect(equation).to_have_text(re.compile(r"20\s*期初库存\s*=\s*1\s*在库\s*\+\s*19\s*已交付"))
    expect(page.locator("[data-chart] svg")).to_contain_text("杭州仓")
    told = page.locator("tbody tr", has_text="杭州康泽医疗器械有限公司").first
    expect(told).to_contain_text("须告知")
    expect(told).to_contain_text("林涛")
    assert watching.accessibility(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    with open(download.value.path(), "rb") as file:
        rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read())).get_sheet_by_index(0)
    cells = "\n".join(str(cell) for row in rows.to_python() for cell in row)
    assert "须告知" in cells and "林涛" in cells and "日志检查点" in cells

    page.get_by_role("link", name="冻结", exact=True).last.click()
    panel = page.locator("#drawer")
    expect(panel).to_contain_text("另有 19 支 在 1 家客户处")
    panel.get_by_role("button", name="冻结").click()
    expect(page.locator(".errorlist")).to_be_visible()
    page.get_by_label("原因").fill("客户投诉：球囊破裂")
    page.get_by_role("button", name="冻结").click()
    expect(page.locator(".q-notice.q-bad")).to_contain_text("客户投诉：球囊破裂")

    page.goto("/holds/")
    row = page.locator("tbody tr", has_text=lot)
    expect(row).to_contain_text("19 支")
    row.get_by_role("link", name=re.compile("^HD")).click()
    panel.get_by_label("质管结论").select_option("good")
    panel.get_by_label("原因").fill("检验合格")
    panel.get_by_role("button", name="解除冻结").click()
    expect(page.locator("tbody tr", has_text=lot)).to_have_count(0)


def test_the_report_as_pdf(page_of, company, traded):  # noqa: F811
    page = page_of("zhaoqing")
    lot = traded.signed.lines[0].lot_code
    answer = page.request.get(f"/trace/report/?q={lot}&format=pdf")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.body().startswith(b"%PDF")


def test_a_hospital_traces_its_own_part_and_holds_nothing(page_of, company, traded):  # noqa: F811
    page = page_of("hospital", expects=403)
    page.goto(f"/trace/?q={traded.signed.lines[0].lot_code}")
    expect(page.locator("main")).not_to_contain_text("康泽")
    assert page.goto(f"/trace/hold/?lot={traded.signed.lines[0].lot_id}").status == 403
    assert page.goto("/holds/").status == 403
