"""The list of partners, the page of one, and who sees which."""

import io
import re

import python_calamine
from playwright.sync_api import expect

from qudao.kernel import scope
from qudao.partners import operations, queries
from tests.browser import trading


def names(page):
    return page.locator("tbody th a").all_inner_texts()


def test_the_list_shows_how_long_the_licences_last(page_of, company):
    page = page_of("wangmin")
    page.goto("/partners/")
    row = page.locator("tbody tr", has_text="仁济")
    expect(row.locator(".q-warn")).to_have_text(re.compile("剩 77 天|剩 76 天"))
    expect(page.locator("tbody tr", has_text="康泽").locator(".q-warn")).to_have_count(0)
    expect(page.locator("tfoot")).to_contain_text("共 5 家 · 证照失效或临期 1 家")


def test_a_filter_lives_in_the_address(page_of, company):
    page = page_of("wangmin")
    page.goto("/partners/")
    page.get_by_role("link", name=re.compile("证照失效或 90 天内到期")).click()
    expect(page).to_have_url(re.compile(r"\?licence=expiring$"))
    assert names(page) == ["宁波海曙仁济医疗设备有限公司"]
    page.reload()
    assert len(names(page)) == 1


def test_a_chip_counts_what_it_leaves_beside_the_other_filters(page_of, company):
    page = page_of("wangmin")
    for address, count, foot in (
        ("/partners/?q=海曙仁济", "1", "共 1 家 · 证照失效或临期 1 家"),
        ("/partners/?q=hzkz", "0", "共 1 家 · 证照失效或临期 0 家"),
        ("/partners/?licence=expiring", "1", "共 1 家 · 证照失效或临期 1 家"),
    ):
        page.goto(address)
        expect(page.get_by_role("link", name="证照失效或 90 天内到期").locator("b")).to_have_text(count)
        expect(page.locator("tfoot")).to_contain_text(foot)


def test_a_name_is_found_by_its_initials(page_of, company):
    page = page_of("wangmin")
    page.goto("/partners/?q=hzkz")
    assert names(page) == ["杭州康泽医疗器械有限公司"]


def test_the_export_holds_what_is_filtered_and_the_columns_shown(page_of, company):
    page = page_of("wangmin")
    page.goto("/partners/?licence=expiring&hide=region")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    with open(download.value.path(), "rb") as file:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    head, *rows = book.get_sheet_by_index(0).to_python()
    assert "区域" not in head
    assert head[:2] == ["伙伴", "信用代码或编号"]
    assert [row[0] for row in rows] == ["宁波海曙仁济医疗设备有限公司"]


def test_the_page_of_a_partner_says_what_a_lapsed_licence_locks(page_of, company):
    with scope.transaction(trading.SYSTEM):
        renji = queries.get_party(company.parties["renji"], trading.SYSTEM, today=company.today)
    [permit] = [one for one in renji.licences if one.kind == "distribution_permit"]
    operations.revoke_licence(
        licence_id=permit.id,
        version=permit.version,
        reason="注销",
        actor=trading.SYSTEM,
        now=trading.NOW,
    )
    trading.number()
    page = page_of("wangmin")
    page.goto(f"/partners/{company.parties['renji']}/")
    permit = page.locator("tbody tr", has_text="医疗器械经营许可证")
    expect(permit).to_contain_text("第三类已锁定")
    expect(page.locator(".q-timeline")).to_contain_text("#")


def test_a_dealer_that_dealt_with_no_hospital_yet_sees_itself_alone(page_of, company):
    page = page_of("kangze")
    page.goto("/partners/")
    assert names(page) == ["杭州康泽医疗器械有限公司"]


def test_the_address_of_a_sibling_is_not_found(page_of, company):
    page = page_of("kangze", expects=404)
    page.goto(f"/partners/{company.parties['kangze']}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("杭州康泽医疗器械有限公司")
    # The agent above it is told nowhere either.
    expect(page.locator("main")).not_to_contain_text("联佑")
    assert page.goto(f"/partners/{company.parties['renji']}/").status == 404
    expect(page.locator("main")).not_to_contain_text("仁济")


def test_control_the_sibling_is_there_for_its_own_people(page_of, company):
    page = page_of("renji")
    assert page.goto(f"/partners/{company.parties['renji']}/").status == 200
