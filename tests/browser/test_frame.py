"""Search, the journal, and what every page keeps to."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import watching

PAGES = {
    "todos": "/todos/",
    "people": "/people/",
    "journal": "/journal/",
    "entry": "/journal/0/",
    "export": "/journal/export/",
    "partners": "/partners/",
    "partner": "/partners/1/",
    "search": "/search/?q=zjs",
    "account": "/account/",
    "password": "/account/password/",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shuts_nobody_out_and_fits_a_phone(page_of, company, name, theme):
    page = page_of(company.manager, theme=theme)
    page.goto(PAGES[name])
    assert watching.accessibility(page) == []
    page.set_viewport_size({"width": 360, "height": 740})
    assert watching.too_wide(page) == []


def test_the_sign_in_page_shuts_nobody_out(page_of):
    page = page_of()
    page.goto("/sign-in/")
    assert watching.accessibility(page) == []


def test_control_a_page_that_breaks_the_policy_is_caught(site, browser, company):
    page = browser.new_page(base_url=site)
    with pytest.raises(AssertionError, match="policy: img-src"), watching.errors_of(page):
        page.goto("/sign-in/")
        page.evaluate(
            "document.body.append(Object.assign(new Image(), {src: 'https://elsewhere.test/x.png'}))"
        )
        page.wait_for_load_state("networkidle")
    page.close()


def test_ctrl_k_finds_a_partner_by_pinyin_and_enter_opens_it(page_of, company):
    page = page_of(company.manager)
    page.goto("/todos/")
    page.keyboard.press("Control+k")
    page.keyboard.type("kangze")
    expect(page.locator("#palette-results a")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("杭州康泽医疗器械有限公司")


def test_enter_on_a_single_hit_opens_it_at_once(page_of, company):
    page = page_of(company.manager)
    page.goto("/todos/")
    page.keyboard.press("Control+k")
    page.keyboard.type("91330203MA2AJ4W91N")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/partners/{company.renji.pk}/$"))


def test_a_scanned_code_shows_what_it_says(page_of, company):
    page = page_of(company.manager)
    page.goto("/search/?q=(01)06901234567892(17)271231(10)L2403A")
    expect(page.locator("main")).to_contain_text("06901234567892")
    expect(page.locator("main")).to_contain_text("L2403A")
    expect(page.locator("main")).to_contain_text("2027-12-31")


def test_the_search_shows_a_dealer_nothing_of_its_sibling(page_of, company):
    page = page_of(company.dealer)
    page.goto("/search/?q=仁济")
    expect(page.locator("main")).to_contain_text("没有找到")


def test_an_entry_of_the_journal_opens_beside_the_list_with_its_proof(page_of, company):
    page = page_of(company.manager)
    page.goto("/journal/")
    page.get_by_role("link", name="#0").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("刚刚验证")
    expect(drawer).to_contain_text("qudao/journal")
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()


def test_the_journal_is_filtered_by_what_it_is_about(page_of, company):
    page = page_of(company.manager)
    page.goto(f"/journal/?subject=partners.party:{company.renji.pk}")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.goto("/journal/?day=2001-01-01")
    expect(page.locator("main")).to_contain_text("没有符合条件的记录")
