"""Sight 10: trace by lot, serial, DI or scan: graph and table, both ways, sums that agree; hold; who must be told."""

import io
import re

import python_calamine
from playwright.sync_api import expect

from qudao.catalog.udi import encode
from tests.browser import watching
from tests.browser.sights.asking import asked

CAME = "SELECT sum(quantity) FROM inventory_move WHERE lot_id = %s AND kind IN ('open', 'receive')"
ON_HAND = """
SELECT sum(on_hand) FROM inventory_balance b JOIN inventory_site s ON s.id = b.site_id
WHERE lot_id = %s AND s.kind = 'warehouse'
"""
# Consignee, what came to it, what it reported as sold on, the phone to call.
CONSIGNEES = """
WITH moved AS (
    SELECT to_site_id AS site, quantity AS came, 0 AS gone FROM inventory_move
    WHERE lot_id = %(lot)s AND kind IN ('sign', 'sell_through')
    UNION ALL
    SELECT from_site_id, 0, quantity FROM inventory_move WHERE lot_id = %(lot)s AND kind = 'sell_through'
)
SELECT p.name, sum(came)::int, sum(gone)::int, p.phone
FROM moved JOIN inventory_site s ON s.id = site JOIN partners_party p ON p.id = s.party_id GROUP BY p.id
"""
SERIAL = """
SELECT n.code, p.name FROM inventory_move m JOIN inventory_serial n ON n.id = m.serial_id
JOIN inventory_site s ON s.id = m.to_site_id JOIN partners_party p ON p.id = s.party_id
WHERE m.kind = 'sign' ORDER BY m.id LIMIT 1
"""
PLAIN_LOT = """
SELECT l.code, sum(b.on_hand) FILTER (WHERE s.kind <> 'transit')::int,
       coalesce(sum(b.on_hand) FILTER (WHERE s.kind = 'transit'), 0)::int
FROM inventory_balance b JOIN inventory_lot l ON l.id = b.lot_id JOIN inventory_site s ON s.id = b.site_id
JOIN catalog_item i ON i.id = l.item_id
WHERE i.code = 'DS-035' AND b.status = 'good' AND b.on_hand > 0 GROUP BY l.code
"""


def receivers(page, heading):
    """Who has it: of what is held they must be told, of anything else they are who received it."""
    return page.locator(".q-card", has=page.get_by_role("heading", name=heading)).locator("tbody tr")


def trace(page, text):
    page.goto("/trace/")
    page.get_by_role("searchbox", name=re.compile("扫描")).last.fill(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/trace/?q=*")


def fold(page, name):
    """A table that is folded away, opened."""
    found = page.locator("details.q-fold", has=page.locator("summary", has_text=re.compile(f"^{name}")))
    found.locator("summary").click()
    return found.locator("tbody")


def test_a_recalled_lot_both_ways_with_sums_that_agree_and_who_must_be_told(demo, demo_page_of):
    told = demo.stories
    [(came,)] = asked(CAME, [told.recalled_lot_id])
    [(on_hand,)] = asked(ON_HAND, [told.recalled_lot_id])
    consignees = asked(CONSIGNEES, {"lot": told.recalled_lot_id})
    left = sum(got - gone for _name, got, gone, _phone in consignees)
    page = demo_page_of("zhaoqing")
    trace(page, told.recalled_lot)
    # Sums that agree.
    expect(page.locator("[data-equation]")).to_have_text(
        re.compile(
            rf"^\s*{came:.0f}\s*\S+\s*=\s*{on_hand:.0f}\s*在库\s*\+\s*{came - on_hand:.0f}\s*已交付\s*$"
        )
    )
    assert left == came - on_hand
    expect(page.locator("main")).to_contain_text("收支相符")
    # Graph and table, both ways.
    picture = page.locator("[data-chart] svg")
    expect(picture).to_contain_text(f"在库 {on_hand:.0f}")
    forth, back = fold(page, "去向"), fold(page, "来源")
    told_to = receivers(page, "须告知")
    expect(told_to).to_have_count(len(consignees))
    for name, got, gone, phone in consignees:
        expect(picture).to_contain_text(name[:12])
        expect(forth.locator("tr", has_text=name).first).to_be_visible()
        # Who must be told, and how to reach them.
        row = told_to.filter(has_text=name)
        cells = row.locator("td")
        assert [cells.nth(place).inner_text() for place in (0, 1, 2)] == [
            *(str(got - gone), str(got), str(gone or "—")),
        ]
        expect(row).to_contain_text(phone)
    expect(back.locator("tr").first).to_contain_text(f"{came:.0f}")
    # The hold, with its reason.
    expect(page.locator(".q-notice.q-bad")).to_contain_text(told.recall_hold)
    expect(page.locator(".q-notice.q-bad")).to_contain_text("主动召回")
    assert watching.accessibility(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    with open(download.value.path(), "rb") as file:
        rows = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read())).get_sheet_by_index(0)
    cells = "\n".join(str(cell) for row in rows.to_python() for cell in row)
    assert all(name in cells and phone in cells for name, _got, _gone, phone in consignees)
    assert "日志检查点" in cells
    answer = page.request.get(f"/trace/report/?q={told.recalled_lot}&format=pdf")
    assert (answer.status, answer.body()[:4]) == (200, b"%PDF")


def test_the_same_page_by_serial_by_device_identifier_and_by_scan(demo, demo_page_of):
    [(serial, holder)] = asked(SERIAL)
    [(lot, *_pieces)] = asked(PLAIN_LOT)
    page = demo_page_of("zhaoqing")
    trace(page, serial)
    expect(page.locator(".q-facts")).to_contain_text(serial)
    expect(receivers(page, "收货客户").filter(has_text=holder)).to_have_count(1)
    expect(receivers(page, "须告知")).to_have_count(0)
    # Scanned anywhere, a serial leads to its trace and a lot to its stock, with the trace one step on.
    page.goto(f"/search/?q={serial}")
    expect(page.locator(".q-facts")).to_contain_text(serial)
    product = demo.products["DS-035"]
    page.goto(f"/search/?q={encode.gs1(product.di, lot=lot)}")
    expect(page).to_have_url(re.compile("/stock/lots/"))
    trace(page, encode.gs1(product.di, lot=lot))
    expect(page.locator(".q-facts")).to_contain_text(lot)
    trace(page, demo.products["BQ-2515"].di)
    expect(page.locator("main")).to_contain_text("BQ5152512A")


def test_a_lot_is_held_with_a_reason_and_released_with_a_verdict(demo, demo_page_of):
    [(lot, pieces, road)] = asked(PLAIN_LOT)
    assert road > 0
    page = demo_page_of("zhaoqing", expects=422)
    trace(page, lot)
    page.get_by_role("link", name="冻结", exact=True).last.click()
    panel = page.locator("#drawer")
    expect(panel).to_contain_text(f"将冻结我方库存 {pieces} 根")
    expect(panel).to_contain_text(f"另有 {road} 根正发往客户")
    panel.get_by_role("button", name="冻结").click()
    # What is wrong is said in the panel, and mended there.
    expect(panel.locator(".errorlist")).to_be_visible()
    panel.get_by_label("原因").fill("客户投诉：导丝断裂")
    panel.get_by_role("button", name="冻结").click()
    expect(page.locator(".q-notice.q-bad")).to_contain_text("客户投诉：导丝断裂")
    page.goto("/holds/")
    row = page.locator("tbody tr", has_text=lot)
    expect(row).to_contain_text(f"{pieces} 根")
    expect(row).to_contain_text("赵青")
    # A hold is read before it is lifted.
    row.get_by_role("link", name=re.compile("^HD")).click()
    expect(panel).to_contain_text("客户投诉：导丝断裂")
    expect(panel.locator("tbody")).to_contain_text("合格")
    panel.get_by_role("link", name="解除冻结").click()
    panel.get_by_label("质管结论").select_option("good")
    panel.get_by_label("原因").fill("检验合格")
    panel.get_by_role("button", name="解除冻结").click()
    expect(page.locator("tbody tr", has_text=lot)).to_have_count(0)


def test_a_hospital_traces_its_own_part_and_holds_nothing(demo, demo_page_of):
    page = demo_page_of("hospital", expects=403)
    page.goto(f"/trace/?q={demo.stories.recalled_lot}")
    for name in demo.stories.recall_holders:
        expect(page.locator("main")).not_to_contain_text(name)
    assert page.goto(f"/trace/hold/?lot={demo.stories.recalled_lot_id}").status == 403
    assert page.goto("/holds/").status == 403
