"""Sight 7: sign-for by dealer or hospital, with differences; the order desk sees and settles them."""

import re

import pytest
from playwright.sync_api import expect

from qudao.shell.demo import cast, trade
from tests.browser import trading, watching
from tests.browser.sights.asking import asked

# Shipments under way to a partner, with the pieces of their first line.
UNDER_WAY = """
SELECT h.id, h.number, p.name, x.shipped::int FROM orders_shipment h JOIN orders_order o ON o.id = h.order_id
JOIN partners_party p ON p.id = o.party_id JOIN orders_shipmentline x ON x.shipment_id = h.id AND x.no = 1
WHERE h.status = 'shipped' AND x.shipped >= 2 AND o.party_id = ANY (%s) ORDER BY h.number
"""
SIGNED = """
SELECT signed::int, short::int, damaged::int, refused::int, difference_reason, resolved::int
FROM orders_shipmentline WHERE shipment_id = %s AND no = 1
"""


def under_way(demo, kind):
    """(partner, id, number, pieces of line 1) of a shipment to one of the kind, hospital or dealer."""
    chosen = {
        demo.company.parties[one.key]: one
        for one in demo.partners.values()
        if one.is_hospital == (kind == "hospital") and one.role in ("hospital", "dealer")
    }
    shipment_id, number, name, pieces = asked(UNDER_WAY, [list(chosen)])[0]
    return next(one for one in chosen.values() if one.name == name), shipment_id, number, pieces


def state(page):
    return page.locator(".q-head .q-tag").first


@pytest.mark.parametrize(
    ("kind", "words", "column"), [("dealer", "短少", 1), ("hospital", "破损", 2)], ids=["dealer", "hospital"]
)
def test_goods_are_signed_for_with_differences_that_the_desk_settles(demo, demo_page_of, kind, words, column):
    partner, shipment_id, number, pieces = under_way(demo, kind)
    page = demo_page_of(trade.username_of(partner), width=360, height=740, expects=422)
    page.goto("/shipments/?status=shipped")
    page.get_by_role("link", name=number).click()
    page.get_by_role("link", name="签收").click()
    # More than was sent is refused, and nothing that was typed is lost.
    page.get_by_label(f"第 1 行{words}").fill(str(pieces + 1))
    page.get_by_label("第 1 行原因").fill("箱内缺货")
    page.get_by_role("button", name="确认签收").click()
    expect(page.locator(".q-refusal")).to_contain_text(f"发货 {pieces}；短少、破损、拒收合计 {pieces + 1}")
    expect(page.get_by_label(f"第 1 行{words}")).to_have_value(str(pieces + 1))
    expect(page.get_by_label("第 1 行原因")).to_have_value("箱内缺货")
    page.get_by_label(f"第 1 行{words}").fill("1")
    assert watching.too_wide(page) == []
    assert watching.accessibility(page) == []
    page.get_by_role("button", name="确认签收").click()
    expect(state(page)).to_have_text("签收有差异")
    [(signed, *different, reason, resolved)] = asked(SIGNED, [shipment_id])
    assert (signed, reason, resolved) == (pieces - 1, "箱内缺货", 0)
    assert different == [1 if place == column else 0 for place in (1, 2, 3)]

    desk = demo_page_of(cast.DESKS[partner.entity])
    desk.goto("/todos/")
    desk.get_by_role("link", name="签收差异待处理").click()
    desk.get_by_role("link", name=number).click()
    # What was there comes back, what was not is lost, unless the desk knows better.
    back, lost = desk.get_by_label("退回"), desk.get_by_label("丢失")
    assert (back.input_value(), lost.input_value()) == (("0", "1") if kind == "dealer" else ("1", "0"))
    back.fill("0")
    lost.fill("1")
    desk.get_by_label("原因").fill("承运商确认丢失")
    desk.get_by_role("button", name="处理差异").click()
    expect(desk.get_by_text("已处理", exact=True)).to_be_visible()
    expect(state(desk)).to_have_text("差异已处理")
    expect(desk.get_by_role("row", name=re.compile("承运商确认丢失"))).to_be_visible()
    desk.goto("/shipments/?unsettled=1")
    expect(desk.get_by_role("link", name=number)).to_have_count(0)
    assert asked(SIGNED, [shipment_id])[0][-1] == 1


def test_a_hospital_signs_for_everything_and_a_sibling_finds_nothing(demo, demo_page_of):
    shipment = trading.on_the_road(
        demo.company, ("CTNI-100", "2"), account="zheer.IVD", place="zheer.jiefang"
    )
    page = demo_page_of("hospital")
    page.goto(f"/shipments/{shipment.id}/sign/")
    page.get_by_role("button", name="确认签收").click()
    expect(state(page)).to_have_text("已签收")
    sibling = demo_page_of("renji", expects=404)
    assert sibling.goto(f"/shipments/{shipment.id}/sign/").status == 404
