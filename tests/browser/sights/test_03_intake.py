"""Sight 3: the order desk's intake by the keyboard alone: by name, pinyin, scan and paste, explained while typing."""

from decimal import Decimal

import pytest
from playwright.sync_api import expect

from qudao.catalog.udi import encode
from tests.browser.desk import Desk
from tests.browser.sights.asking import asked

AVAILABLE = """
SELECT i.code, s.name, sum(b.on_hand - b.reserved)::int FROM inventory_balance b
JOIN inventory_lot l ON l.id = b.lot_id JOIN catalog_item i ON i.id = l.item_id
JOIN inventory_site s ON s.id = b.site_id
WHERE b.status = 'good' AND s.kind = 'warehouse' AND s.entity_id = %s AND i.code = ANY (%s)
GROUP BY 1, 2 HAVING sum(b.on_hand - b.reserved) > 0 ORDER BY 3, 1
"""
PLACED = "SELECT gross, discount, channel, placed_by FROM orders_order WHERE number = %s"
LAST = """
SELECT x.item_name, x.entered_quantity::int FROM orders_orderline x WHERE x.order_id = (
    SELECT id FROM orders_order WHERE account_id = %s AND confirmed_at IS NOT NULL ORDER BY confirmed_at DESC LIMIT 1
) ORDER BY x.no
"""
DRAFTED = """
SELECT i.code FROM orders_order o JOIN orders_orderline x ON x.order_id = o.id JOIN catalog_item i ON i.id = x.item_id
WHERE o.party_id = %s AND o.status = 'draft'
"""
LICENCE = """
SELECT number, (valid_until - 1)::text FROM partners_licence WHERE party_id = %s ORDER BY valid_until LIMIT 1
"""
TIER_B, PROMOTION = Decimal("0.88"), "年末检验试剂满减"
# The product as it is found, and how many are wanted; at last one of which there are less.
WANTED = {"GLU-004": 1, "CRE-003": 1, "MYO-002": 1, "FOL-003": 9, "INS-003": 12}
TOO_MANY = 30


@pytest.fixture
def called(demo, demo_page_of):
    """The desk with 康泽 on the telephone, found by pinyin."""
    page = demo_page_of("zhoulan")
    page.goto("/orders/new/")
    page.keyboard.type("kangze")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/new/?party=*")
    desk = Desk.__new__(Desk)
    desk.page = page
    return desk


def money(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def test_an_order_is_taken_and_explained_while_typing(demo, called):
    desk, page = called, called.page
    with desk.quoted():
        page.locator("#account").press("ArrowDown")
    expect(page.locator("#account option:checked")).to_contain_text("体外诊断")
    # By name: several bear it, and the arrows reach the one that is meant.
    desk.add("葡萄糖测定试剂盒")
    offered = page.locator(".q-desk-choices button")
    expect(offered).to_have_count(4)
    meant = next(n for n, text in enumerate(offered.all_inner_texts()) if "GLU-004" in text)
    for _ in range(meant + 1):
        page.keyboard.press("ArrowDown")
    with desk.quoted():
        page.keyboard.press("Enter")
    # By pinyin, by scan, and many lines pasted, full-width digits among them.
    desk.add("jigancedingshijihe cre-003")
    desk.add(encode.gs1(demo.products["MYO-002"].di, lot="MYO0022609A"))
    scarce, left = _scarce(demo)
    desk.add(f"FOL-003\t9\nINS-003\t１２\n{scarce},{TOO_MANY}")

    # Price, tax and stock of every line, promotion and gates.
    wanted = WANTED | {scarce: left}
    available = {code: site for code, site, _ in asked(AVAILABLE, [1, list(wanted)])}
    refusal = page.locator("aside .q-refusal", has_text=f"可供 {left}，缺 {TOO_MANY - left}")
    expect(refusal).to_be_visible()
    expect(desk.place).to_be_disabled()
    with desk.quoted():
        refusal.get_by_role("button", name=f"改为 {left}").press("Enter")
    gross = Decimal(0)
    for place, (code, pieces) in enumerate(wanted.items()):
        row, price = page.locator("tbody[data-rows] tr").nth(place), demo.products[code].price * TIER_B
        assert desk.quantities[place] == str(pieces)
        expect(row).to_contain_text(money(price))
        expect(row).to_contain_text("13%")
        expect(row).to_contain_text(f"{available[code]} {pieces}")
        expect(row).to_contain_text(PROMOTION)
        expect(row).to_contain_text("通过")
        gross += price * pieces
    # 240.00 off every 8,000.00.
    discount = gross // 8_000 * 240
    assert discount > 0
    total = page.locator(".q-desk tfoot")
    expect(total).to_contain_text(f"优惠 {money(discount)}")
    expect(total).to_contain_text(money(gross - discount))
    explained = page.locator("aside")
    expect(explained).to_contain_text("B 级 × 0.88")
    expect(explained).to_contain_text(PROMOTION)
    page.keyboard.press("Control+Enter")
    number = desk.placed()
    assert asked(PLACED, [number]) == [
        (gross - discount, discount, "call_centre", f"person:{demo.company.people['zhoulan']}")
    ]


def _scarce(demo):
    """A reagent of one warehouse of which there are less than are asked for, and how many."""
    reagents = [code for code, one in demo.products.items() if one.line == "IVD" and code not in WANTED]
    found = asked(AVAILABLE, [1, reagents])
    sites = [code for code, *_ in found]
    return next((code, left) for code, _, left in found if 1 < left < TOO_MANY and sites.count(code) == 1)


def test_the_last_order_is_repeated_and_kept_as_a_template(demo, called):
    last = asked(LAST, [demo.company.accounts["kangze.CV"]])
    desk, page = called, called.page
    expect(page.locator(".q-desk-about")).to_contain_text(demo.stories.short_draft)
    with desk.quoted():
        page.keyboard.press("Alt+l")
    lines = list(zip(desk.names, map(int, desk.quantities), strict=True))
    assert lines == last
    page.keyboard.press("Alt+s")
    # The first of the names: Kangze keeps others already.
    page.keyboard.type("一周补货")
    with desk.quoted():
        page.keyboard.press("Enter")
    expect(page.locator(".q-notice")).to_contain_text("一周补货")
    again = Desk(page, demo.company.parties["kangze"])
    assert again.names == []
    page.keyboard.press("Alt+t")
    expect(page.get_by_role("button", name="一周补货")).to_be_focused()
    with again.quoted():
        page.keyboard.press("Enter")
    assert list(zip(again.names, map(int, again.quantities), strict=True)) == last


def test_what_was_typed_joins_its_line_of_the_last_order(demo, called):
    desk, page = called, called.page
    with desk.quoted():
        page.keyboard.press("Alt+l")
    names, first = desk.names, int(desk.quantities[0])
    code = page.locator("tbody[data-rows] tr input[name=item]").first.input_value()
    product = next(code_ for code_, pk in demo.company.items.items() if str(pk) == code)
    desk.add(f"{product}\t2")
    assert desk.names == names
    assert int(desk.quantities[0]) == first + 2


def test_a_partner_without_licence_is_refused_with_the_way_to_mend_it(demo, demo_page_of):
    key = demo.stories.lapsed_partner
    [(code,)] = asked(DRAFTED, [demo.company.parties[key]])
    desk = Desk(demo_page_of("zhoulan"), demo.company.parties[key])
    desk.add(f"{code}\t1")
    [(number, last)] = asked(LICENCE, [demo.company.parties[key]])
    refusal = desk.page.locator("aside .q-refusal", has_text="证照已过期")
    expect(refusal).to_contain_text(f"{number} 有效期至 {last}")
    expect(refusal.get_by_role("link")).to_have_attribute("href", f"/partners/{demo.company.parties[key]}")
    expect(desk.place).to_be_disabled()


def test_of_five_thousand_pasted_rows_none_is_lost(called):
    rows = [f"XX-{number:04d}\t１" for number in range(4998)]
    pasted = "\n".join(["BQ-2515\t2", *rows, "DS-035\t３"])
    desk, field = called, called.page.locator("#desk-add")
    field.evaluate("(field, text) => { field.value = text; }", pasted)
    with desk.quoted():
        field.press("Enter")
    assert desk.quantities == ["2", "3"]
    expect(desk.page.locator(".q-refusal.q-warn")).to_contain_text("粘贴 5000 行，其中 4998 行未进入订单")
    left = desk.page.locator("#desk-left")
    assert left.input_value().count("\n") == 4997
    left.fill("DS-035\t4")
    with desk.quoted():
        desk.page.get_by_role("button", name="重试这些行").click()
    assert desk.quantities == ["2", "7"]
    expect(left).to_have_count(0)


def test_what_was_typed_is_offered_again_after_the_tab_was_closed(demo, called):
    called.add("BQ-2515\t7")
    expect(called.page.locator("#desk-saved")).to_contain_text("自动保存于")
    again = Desk(called.page, demo.company.parties["kangze"])
    assert again.names == []
    with again.quoted():
        again.page.get_by_role("button", name="恢复").click()
    assert again.quantities == ["7"]
