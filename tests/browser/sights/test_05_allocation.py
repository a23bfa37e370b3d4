"""Sight 5: allocation explained: lots, warehouses, skipped lots and why; re-allocate when one is held."""

import datetime as dt
import re

from playwright.sync_api import expect

from tests.browser import trading
from tests.browser.sights.asking import asked

CHOSEN = """
SELECT l.code, s.name, x.quantity::int || ' ' || i.base_unit, l.last_usable_on::text FROM orders_shipmentline x
JOIN orders_shipment h ON h.id = x.shipment_id JOIN orders_order o ON o.id = h.order_id
JOIN inventory_lot l ON l.id = x.lot_id JOIN catalog_item i ON i.id = l.item_id
JOIN inventory_site s ON s.id = h.site_id WHERE o.number = %s
"""
# Products whose sellable lots are two, in one warehouse, the second of which could stand in for the first: product,
# first lot to expire, its id, warehouse, pieces and their unit; second lot.
LOTS = """
SELECT code, lots[1], ids[1], site, pieces[1], unit, lots[2] FROM (
    SELECT i.code, min(i.base_unit) AS unit, min(s.name) AS site, count(DISTINCT s.id) AS sites,
        array_agg(l.code ORDER BY l.last_usable_on) AS lots, array_agg(l.id ORDER BY l.last_usable_on) AS ids,
        array_agg((b.on_hand - b.reserved)::int ORDER BY l.last_usable_on) AS pieces
    FROM inventory_balance b JOIN inventory_lot l ON l.id = b.lot_id JOIN catalog_item i ON i.id = l.item_id
    JOIN catalog_productline p ON p.id = i.line_id JOIN inventory_site s ON s.id = b.site_id
    WHERE p.code = 'CV' AND i.tracking = 'lot' AND s.entity_id = %s AND b.status = 'good' AND b.on_hand > b.reserved
        AND s.kind = 'warehouse' AND l.last_usable_on > %s
    GROUP BY i.code
) found WHERE cardinality(lots) = 2 AND sites = 1 AND pieces[1] + 2 <= pieces[2] ORDER BY code
"""


def lot_row(page, lot):
    return page.locator(".q-table tr:not(.q-skipped)", has=page.get_by_role("link", name=lot, exact=True))


def test_the_lots_and_warehouses_of_an_order_are_explained(demo, demo_page_of):
    chosen = asked(CHOSEN, [demo.stories.split_order])
    assert len({site for _lot, site, _pieces, _until in chosen}) == 2
    page = demo_page_of("zhoulan")
    page.goto(f"/orders/?q={demo.stories.split_order}")
    page.get_by_role("link", name=demo.stories.split_order).click()
    page.locator("summary", has_text="分配说明").click()
    for lot, site, pieces, until in chosen:
        row = lot_row(page, lot).first
        assert row.locator("td").all_inner_texts()[2:5] == [until, site, pieces]
        expect(row).to_contain_text(re.compile("效期最近|效期次近"))


def test_when_a_lot_is_held_its_order_is_allocated_anew_and_says_what_was_skipped(demo, demo_page_of):
    until = demo.today + dt.timedelta(days=200)
    code, first, first_id, site, available, unit, second = asked(LOTS, [demo.company.entities["qd"], until])[
        0
    ]
    wanted = available + 2
    order = trading.order(demo.company, (code, str(wanted)), place="zheer.binjiang")
    desk, quality = demo_page_of("zhoulan"), demo_page_of("zhaoqing")
    desk.goto(f"/orders/{order.id}/")
    assert lot_row(desk, first).locator("td").all_inner_texts()[3:5] == [site, f"{available} {unit}"]
    expect(lot_row(desk, first)).to_contain_text("可用批次中效期最近")
    assert lot_row(desk, second).locator("td").all_inner_texts()[4] == f"2 {unit}"

    quality.goto(f"/stock/lots/{first_id}/")
    expect(quality.locator("aside form")).to_contain_text("将冻结我方库存")
    quality.get_by_label("冻结整批").fill("厂家通知：包装漏气")
    quality.get_by_role("button", name="冻结").click()
    expect(quality.locator(".q-head")).to_contain_text("冻结")
    expect(quality.get_by_text("张单据失去库存占用，须重新分配。")).to_be_visible()

    desk.goto("/todos/")
    desk.get_by_role("link", name="占用被收回的订单").click()
    desk.get_by_role("link", name=order.number).click()
    expect(desk.get_by_role("alert")).to_contain_text("占用")
    # Which lot it was, who held it and why, here and in what happened to the order.
    taken_back = desk.locator("tr.q-skipped", has_text="已收回")
    expect(taken_back).to_contain_text("厂家通知：包装漏气")
    expect(taken_back.get_by_role("link", name=first, exact=True)).to_have_count(1)
    expect(desk.locator("aside")).to_contain_text("库存冻结")
    expect(desk.get_by_role("button", name="下发仓库")).to_have_count(0)
    desk.get_by_role("button", name="重新分配").click()
    assert lot_row(desk, second).locator("td").all_inner_texts()[4] == f"{wanted} {unit}"
    skipped = desk.locator("tr.q-skipped", has_text=first)
    expect(skipped).to_contain_text("跳过")
    expect(skipped).to_contain_text("冻结")
    expect(desk.get_by_role("alert")).to_have_count(0)
    expect(desk.locator("aside")).to_contain_text("重新分配库存")
    desk.get_by_role("button", name="下发仓库").click()
    expect(desk.locator(".q-head")).to_contain_text("出库中")
