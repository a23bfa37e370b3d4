"""Sell-through: a dealer checks and sends its file; a person says what nobody understood."""

import re

from playwright.sync_api import expect

from tests.browser import figures_world, trading


def upload(page, content):
    page.goto("/flow/upload/")
    page.get_by_label("月份").select_option("2026-11")
    expect(page.locator(".q-file")).to_have_text("选择文件未选择文件")
    page.get_by_label("文件（xlsx、xls 或 csv）").set_input_files(
        {"name": "11 月流向.csv", "mimeType": "text/csv", "buffer": content}
    )
    expect(page.locator(".q-file")).to_have_text("选择文件11 月流向.csv")
    page.get_by_role("button", name="校验").click()


def test_a_file_is_checked_taken_in_and_matched_by_hand(page_of, company):
    trade = trading.trade(company)
    content = figures_world.file_of(trade)
    page = page_of("kangze", expects=[422])
    upload(page, content)
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.locator(".q-pages").first).to_contain_text("1 计入")
    expect(page.locator(".q-pages").first).to_contain_text("2 待匹配")
    expect(page.locator(".q-pages").first).to_contain_text("1 待说明")
    page.get_by_role("button", name="确认上传").click()
    expect(page).to_have_url(re.compile("/flow/[0-9a-f-]{36}/$"))
    first = page.locator("tbody tr").first
    expect(first).to_contain_text("造影导丝")
    expect(page.locator("tbody tr").nth(3)).to_contain_text("待说明")
    # The same file again is refused and says when it came.
    upload(page, content)
    page.get_by_role("button", name="确认上传").click()
    expect(page.locator(".q-refusal")).to_be_visible()

    desk = page_of("wangmin")
    desk.goto("/flow/matching/")
    group = desk.locator(".f-waiting li", has_text="浙二医")
    group.get_by_role("searchbox").fill("浙江省第二")
    group.get_by_role("button", name="查找").click()
    desk.get_by_role("button", name="浙江省第二人民医院").click()
    expect(desk.locator(".q-notice, .q-ok").first).to_contain_text("2")
    expect(desk.get_by_text("没有待匹配的行。")).to_be_visible()
    desk.goto("/flow/appeals/")
    expect(desk.locator("tbody tr")).to_have_count(1)
    expect(desk.locator("tbody tr")).to_contain_text("900")
