"""The warehouse's refusals: nothing short, nobody reviews their own picking, nobody sees a sibling's goods."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import goods, trading


@pytest.fixture
def small(company):
    """Two pieces of one product, one of another."""
    return trading.to_pick(company, ("BQ-2515", "2"), ("DS-035", "1"))


def state(page):
    return page.locator(".q-head .q-tag").first


def test_the_to_dos_lead_to_what_is_to_be_picked(page_of, company, small):
    page = page_of("lijun")
    page.goto("/todos/")
    page.get_by_role("link", name=re.compile("待拣货")).click()
    expect(page).to_have_url(re.compile(r"/shipments/\?status=to_pick"))
    page.get_by_role("link", name=small.number).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"拣货 · {small.number}")


def test_one_scan_short_is_refused_and_the_scans_are_kept(page_of, company, small):
    page = page_of("lijun", expects=422)
    page.goto(f"/shipments/{small.id}/scan/")
    first, second, third = goods.codes(small)
    goods.scan(page, first, "ok")
    goods.scan(page, second, "ok")
    page.get_by_role("button", name="拣货完成").click()
    expect(page.locator(".q-refusal").first).to_be_visible()
    expect(page.locator(".q-verdict-left b")).to_have_text("1")
    goods.scan(page, third, "done")
    expect(page.locator(".q-refusal")).to_have_count(0)
    page.get_by_role("button", name="拣货完成").click()
    expect(state(page)).to_have_text("已拣货")


def test_who_picked_may_not_review_with_any_permission(page_of, company, small):
    page = page_of("admin", expects=(422, 403))
    for _ in range(2):
        page.goto(f"/shipments/{small.id}/scan/")
        for code, said in zip(goods.codes(small), ("ok", "ok", "done"), strict=True):
            goods.scan(page, code, said)
        page.locator("button[data-primary]").click()
    expect(page.get_by_role("alert").first).to_contain_text("复核")
    page.goto(f"/shipments/{small.id}/")
    expect(state(page)).to_have_text("已拣货")


def test_a_sibling_does_not_find_the_shipment(page_of, company, small):
    page = page_of("renji", expects=404)
    assert page.goto(f"/shipments/{small.id}/").status == 404
