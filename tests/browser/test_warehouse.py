"""The warehouse: the queue, picking by the scanner, review by another, shipping, signing, papers."""

import base64
import re

import pytest
from playwright.sync_api import expect

from qudao.shell.company import work
from tests.browser import trading


def codes(shipment) -> list[str]:
    """One label a piece, as scanned."""
    return [scan.code for scan in work.labels(shipment) for _ in range(scan.times)]


def open_shipment(page_of, shipment, username, **more):
    page = page_of(username, **more)
    page.goto(f"/shipments/{shipment.id}/")
    return page


def scan(page, texts, button):
    page.get_by_label("每行一个码").fill("\n".join(texts))
    page.get_by_role("button", name=button).click()


def state(page):
    return page.locator(".q-head .q-tag")


@pytest.fixture
def small(company):
    """Two pieces of one product, one of another."""
    return trading.to_pick(company, ("BQ-2515", "2"), ("DS-035", "1"))


def test_the_queue_leads_to_what_is_to_be_picked(page_of, company, small):
    page = page_of("lijun")
    page.goto("/todos/")
    page.get_by_role("link", name=re.compile("待拣货")).click()
    expect(page).to_have_url(re.compile(r"/warehouse/\?status=to_pick"))
    page.get_by_role("link", name=small.number).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(small.number)
    expect(page.get_by_label("每行一个码")).to_be_focused()


def test_a_wrong_lot_is_refused_and_the_scans_are_kept(page_of, company, small):
    page = open_shipment(page_of, small, "lijun", expects=422)
    wrong = [trading.label("BQ-2515", lot="B9999"), *codes(small)[1:]]
    scan(page, wrong, "拣货完成")
    expect(page.locator(".q-refusal").first).to_contain_text("B9999")
    expect(page.get_by_label("每行一个码")).to_have_value("\n".join(wrong))
    expect(state(page)).to_have_text("待拣货")
    scan(page, codes(small), "拣货完成")
    expect(state(page)).to_have_text("已拣货")


def test_one_scan_short_is_refused(page_of, company, small):
    page = open_shipment(page_of, small, "lijun", expects=422)
    scan(page, codes(small)[:-1], "拣货完成")
    expect(page.locator(".q-refusal").first).to_be_visible()
    expect(state(page)).to_have_text("待拣货")


def test_labels_with_the_scanners_own_separators_are_understood(page_of, company):
    shipment = trading.to_pick(company, ("ZJ-3018", "2"))
    page = open_shipment(page_of, shipment, "lijun")
    first, second = codes(shipment)
    assert "\x1d" in first
    scan(page, ["]d2" + first, second.replace("\x1d", "^]")], "拣货完成")
    expect(state(page)).to_have_text("已拣货")


def test_review_is_for_another_person(page_of, company, small):
    work.pick(company, small, now=trading.NOW)
    picker = open_shipment(page_of, small, "lijun")
    expect(picker.get_by_role("button", name="复核完成")).to_have_count(0)
    reviewer = open_shipment(page_of, small, "chenxi")
    scan(reviewer, codes(small), "复核完成")
    expect(state(reviewer)).to_have_text("已复核")


def test_who_picked_may_not_review_with_any_permission(page_of, company, small):
    page = open_shipment(page_of, small, "admin", expects=(422, 403))
    scan(page, codes(small), "拣货完成")
    expect(state(page)).to_have_text("已拣货")
    scan(page, codes(small), "复核完成")
    expect(page.get_by_role("alert").first).to_contain_text("复核")
    page.goto(f"/shipments/{small.id}/")
    expect(state(page)).to_have_text("已拣货")


def test_what_is_reviewed_is_shipped(page_of, company, small):
    work.review(company, work.pick(company, small, now=trading.NOW), now=trading.NOW)
    page = open_shipment(page_of, small, "lijun")
    page.get_by_role("button", name="发货").click()
    expect(state(page)).to_have_text("已发货")
    expect(page.locator(".q-timeline")).to_contain_text("已发货")


def test_the_papers_of_a_shipment_open_as_pdf(page_of, company):
    shipment = trading.on_the_road(company, ("BQ-2515", "2"))
    page = open_shipment(page_of, shipment, "lijun")
    for name in ("随货同行单", "出库复核单"):
        address = page.get_by_role("link", name=name).get_attribute("href")
        content = base64.b64decode(
            page.evaluate(
                """async (address) => {
                  const bytes = new Uint8Array(await (await fetch(address)).arrayBuffer());
                  return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(''));
                }""",
                address,
            )
        )
        assert content.startswith(b"%PDF"), name
        assert len(content) > 10_000, name


def test_the_partner_signs_with_one_short(page_of, company):
    shipment = trading.on_the_road(company, ("DS-035", "20"))
    page = open_shipment(page_of, shipment, "kangze")
    page.get_by_label("第 1 行短少").fill("1")
    page.get_by_role("button", name="签收").click()
    expect(state(page)).to_have_text("签收有差异")
    row = page.locator("tbody tr")
    expect(row.locator("td").nth(6)).to_have_text("1")
    page.get_by_role("link", name=re.compile("SO1-")).click()
    expect(state(page)).to_have_text("签收有差异")


def test_more_short_than_was_sent_is_refused(page_of, company):
    shipment = trading.on_the_road(company, ("DS-035", "20"))
    page = open_shipment(page_of, shipment, "kangze", expects=422)
    page.get_by_label("第 1 行短少").fill("21")
    page.get_by_role("button", name="签收").click()
    expect(page.locator(".q-refusal")).to_be_visible()
    expect(state(page)).to_have_text("已发货")


def test_a_sibling_does_not_find_the_shipment(page_of, company, small):
    page = page_of("renji", expects=404)
    assert page.goto(f"/shipments/{small.id}/").status == 404
