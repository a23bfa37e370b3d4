"""The order desk: what is typed, scanned or pasted becomes an order, or says at once why not."""

import pytest
from playwright.sync_api import expect

from qudao.kernel import scope
from qudao.orders import queries
from tests.browser import trading
from tests.browser.desk import Desk

BALLOON, WIRE, STENT = "一次性使用冠脉球囊扩张导管", "造影导丝", "药物洗脱冠脉支架系统"


@pytest.fixture
def desk(page_of, company):
    return Desk(page_of("zhoulan"), company.parties["kangze"])


def orders(company):
    with scope.transaction(trading.SYSTEM):
        return queries.list_orders(queries.Filter(), actor=trading.SYSTEM).rows


def test_on_a_phone_partner_account_and_place_have_a_row_each(page_of, company):
    page = Desk(page_of("zhoulan", width=360, height=740), company.parties["kangze"]).page
    rows = [page.locator(one).bounding_box() for one in (".q-desk-party", ".q-desk-account", ".q-desk-place")]
    assert len({(one["x"], one["width"]) for one in rows}) == 1
    assert rows[0]["y"] < rows[1]["y"] < rows[2]["y"]
    # Wide enough for line and tier: 心血管介入 · B 级.
    assert page.locator("#account").bounding_box()["width"] > 250


def test_on_a_phone_the_button_that_is_held_back_leads_to_the_reasons(page_of, company):
    desk = Desk(page_of("zhoulan", width=360, height=740), company.parties["kangze"])
    field = desk.page.locator("#desk-add")
    # What the field says of itself is not cut.
    assert field.evaluate("e => e.scrollWidth <= e.clientWidth")
    why = desk.page.locator(".q-desk-stops")
    desk.add("BQ-2515\t1")
    expect(why).to_have_count(0)
    desk.add("DS-035\t201")
    expect(desk.page.get_by_role("button", name="提交确认")).to_be_disabled()
    expect(why).to_have_text("1 项原因，不能提交 ↓")
    first = desk.page.locator(".q-refusal").first
    why.scroll_into_view_if_needed()
    expect(first).not_to_be_in_viewport()
    why.click()
    expect(first).to_be_in_viewport()
    desk.page.set_viewport_size({"width": 1440, "height": 900})
    expect(why).to_be_hidden()


@pytest.mark.parametrize(
    "typed", ["BQ-2515", "bq-2515", "ＢＱ－２５１５", "球囊", "qiunang", "ycxsygmqnkzdg"]
)
def test_a_product_is_added_by_code_name_pinyin_or_initials(desk, typed):
    desk.add(typed)
    assert desk.names == [BALLOON]
    assert desk.quantities == ["1"]
    expect(desk.page.locator("tfoot")).to_contain_text("1,860.00")


def scans():
    """One label as scanners of several settings send it."""
    raw = trading.label("BQ-2515", lot="B2601", serial="S1")
    return {
        "as it is": raw,
        "symbology identifier": "]d2" + raw,
        "under Caps Lock": ("]d2" + raw).swapcase(),
        "written separators": "]d2" + raw.replace("\x1d", "^]"),
        "printed with brackets": f"(01){trading.DIS['BQ-2515']}(10)B2601(21)S1",
    }


@pytest.mark.parametrize("how", scans())
def test_a_scanned_label_adds_its_product(desk, how):
    desk.add(scans()[how])
    assert desk.names == [BALLOON]
    assert desk.quantities == ["1"]


def test_scanning_the_same_label_again_counts_up(desk):
    for _ in range(3):
        desk.add(trading.label("DS-035", lot="D2603"))
    assert desk.names == [WIRE]
    assert desk.quantities == ["3"]


def test_scanning_faster_than_the_answers_loses_nothing(desk):
    page = desk.page
    labels = [trading.label(code, lot="X1") for code in ("BQ-2515", "DS-035", "BQ-2515", "DS-035", "BQ-2515")]
    with desk.quoted():
        for label in labels:
            page.locator("#desk-add").fill(label)
            page.keyboard.press("Enter")
    expect(page.locator('[data-line="1"]')).to_have_value("3")
    assert (desk.names, desk.quantities) == ([BALLOON, WIRE], ["3", "2"])


def test_what_is_being_typed_outlives_the_answer(desk):
    page = desk.page
    page.locator("#desk-add").fill("BQ-2515")
    with desk.quoted():
        page.keyboard.press("Enter")
        page.keyboard.type("DS")
    expect(page.locator("#desk-add")).to_have_value("DS")
    expect(page.locator("#desk-add")).to_be_focused()
    assert desk.names == [BALLOON]


def test_thirty_pasted_rows_with_full_width_digits_become_lines(desk):
    rows = [
        f"{code}\t{quantity}" for code in ("BQ-2515", "DS-035", "ZJ-3018") for quantity in ["１"] * 9 + ["２"]
    ]
    assert len(rows) == 30
    desk.add("\r\n".join(rows))
    assert desk.names == [BALLOON, WIRE, STENT]
    assert desk.quantities == ["11", "11", "11"]


def test_pasted_rows_that_are_not_understood_are_named_and_the_others_kept(desk):
    desk.add("BQ-2515\t5\nXX-404\t7\nDS-035 12")
    assert desk.names == [BALLOON, WIRE]
    assert desk.quantities == ["5", "12"]
    expect(desk.page.get_by_role("alert").filter(has_text="粘贴的第 2 行")).to_contain_text("XX-404")
    expect(desk.page.locator(".q-refusal.q-warn")).to_contain_text("粘贴 3 行，其中 1 行未进入订单")
    # Until they are mended or left out on purpose, nothing is placed without them.
    desk.add("BQ-2515\t1")
    waiting = desk.page.locator(".q-refusal", has_text="有粘贴行未进入订单")
    expect(waiting).to_contain_text("明细下方还有 1 行")
    expect(desk.place).to_be_disabled()
    with desk.quoted():
        desk.page.get_by_role("button", name="不要这些行").click()
    expect(waiting).to_have_count(0)
    expect(desk.place).to_be_enabled()


def test_several_products_of_one_name_are_offered(desk):
    desk.add("guan")  # 导管, 冠脉
    offered = desk.page.locator(".q-desk-choices button")
    expect(offered).not_to_have_count(0)
    with desk.quoted():
        offered.filter(has_text="ZJ-3018").click()
    assert desk.names == [STENT]


def test_what_is_not_found_and_wiped_away_speaks_against_placing_no_more(desk):
    desk.add("DS-035\t5")
    expect(desk.place).to_be_enabled()
    desk.add("zzz")
    field = desk.page.locator("#desk-add")
    expect(field).to_have_value("zzz")
    expect(desk.place).to_be_disabled()
    with desk.quoted():
        field.fill("")
    expect(desk.place).to_be_enabled()


def test_a_text_that_fits_several_stays_to_be_typed_on_and_a_scan_takes_its_place(desk):
    page = desk.page
    desk.add("guan")
    field = page.locator("#desk-add")
    expect(field).to_have_value("guan")
    expect(field).to_be_focused()
    first = page.locator(".q-desk-choices button").first
    for told in ("BQ-2515", "协议价", "1,860.00 / 支", "可供 180 支"):
        expect(first).to_contain_text(told)
    page.keyboard.press("End")
    page.keyboard.type(" zj")
    with desk.quoted():
        page.keyboard.press("Enter")
    assert desk.names == [STENT]
    desk.add("guan")
    page.keyboard.insert_text(trading.label("DS-035", lot="D2603"))
    with desk.quoted():
        page.keyboard.press("Enter")
    assert desk.names == [STENT, WIRE]
    expect(field).to_have_value("")


def test_many_pasted_rows_are_all_seen_before_they_are_added(desk):
    page = desk.page
    field, button = page.locator("#desk-add"), page.locator("#desk-put")
    before = field.bounding_box()["height"]
    expect(button).to_be_hidden()
    page.keyboard.insert_text("BQ-2515\t5\nDS-035\t12\nZJ-3018\t1")
    expect(button).to_have_text("加入 3 行")
    assert field.bounding_box()["height"] > before * 1.5
    with desk.quoted():
        button.click()
    assert desk.quantities == ["5", "12", "1"]
    assert field.bounding_box()["height"] == before


def test_placing_takes_in_what_was_pasted_and_not_added_yet(desk, company):
    desk.add("DS-035")
    before = len(orders(company))
    desk.page.locator("#desk-add").fill("BQ-2515\t7\nDS-035\t9\n")
    expect(desk.page.locator("#desk-put")).to_have_text("加入 2 行")
    with desk.quoted():
        desk.page.keyboard.press("Control+Enter")
    assert (desk.names, desk.quantities) == ([WIRE, BALLOON], ["10", "7"])
    desk.page.locator("#desk-add").fill("DS-035\t2\nBQ-2515\t1")
    with desk.quoted():
        desk.place.click()
    assert desk.quantities == ["12", "8"]
    assert len(orders(company)) == before
    desk.page.keyboard.press("Control+Enter")
    desk.placed()
    assert len(orders(company)) == before + 1


def test_the_arrows_walk_the_templates_and_enter_takes_one(desk):
    page = desk.page
    for product, name in (("BQ-2515", "甲单"), ("DS-035", "乙单")):
        desk.add(f"{product}\t3")
        page.keyboard.press("Alt+s")
        page.keyboard.type(name)
        with desk.quoted():
            page.keyboard.press("Enter")
        expect(page.locator(".q-notice")).to_contain_text(name)
        # The cursor is back where the next product is typed.
        expect(page.locator("#desk-add")).to_be_focused()
        with desk.quoted():
            page.locator("[name=remove]").first.click()
    page.keyboard.press("Alt+t")
    names = page.locator("[name=template]")
    expect(names.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(names.nth(1)).to_be_focused()
    assert desk.names == []
    second = names.nth(1).inner_text().split("\n")[0]
    with desk.quoted():
        page.keyboard.press("Enter")
    assert desk.names == [{"甲单": BALLOON, "乙单": WIRE}[second]]


def test_a_template_without_a_name_is_named_where_it_was_asked_for(desk):
    page = desk.page
    desk.add("BQ-2515")
    page.keyboard.press("Alt+s")
    with desk.quoted():
        page.keyboard.press("Enter")
    expect(page.locator(".q-refusal")).to_contain_text("模板须有名称")
    expect(page.locator("#template_name")).to_be_focused()


def test_what_nobody_sells_is_said_and_the_lines_stay(desk):
    desk.add("BQ-2515")
    desk.add("没有这种东西")
    assert desk.names == [BALLOON]
    expect(desk.page.locator("#desk-add")).to_have_value("没有这种东西")
    expect(desk.page.locator(".q-refusal")).to_contain_text("没有这种东西")


def test_a_price_says_how_it_came_about(desk):
    desk.add("BQ-2515\t1\nDS-035\t1")
    with desk.quoted():
        desk.page.get_by_role("button", name="1,860.00").click()
    panel = desk.page.locator("aside")
    expect(panel.get_by_role("heading", name="单价 1,860.00 从何而来")).to_be_visible()
    expect(panel.locator("tr", has_text="指导价")).to_contain_text("2,200.00")
    expect(panel.locator("tr", has_text="B 级 × 0.88")).to_contain_text("1,936.00")
    expect(panel.locator("tr.total", has_text="HT-2026-0183")).to_contain_text("1,860.00")
    expect(panel.locator("tr", has_text="不含税 / 税额")).to_contain_text("1,646.02 / 213.98")


def test_what_is_short_says_why_and_is_mended_while_typing(desk):
    desk.add("DS-035\t250")
    expect(desk.page.locator(".q-refusal")).to_contain_text("可供 200，缺 50")
    expect(desk.place).to_be_disabled()
    with desk.quoted():
        desk.page.locator("tbody").get_by_role("button", name="改为 200").click()
    assert desk.quantities == ["200"]
    expect(desk.page.locator(".q-refusal")).to_have_count(0)
    expect(desk.place).to_be_enabled()
    desk.quantity(1, "２０１")
    expect(desk.page.locator(".q-refusal")).to_contain_text("可供 200，缺 1")


def test_a_licence_that_does_not_cover_the_product_is_named(page_of, company):
    desk = Desk(page_of("zhoulan"), company.parties["kangze"])
    with desk.quoted():
        desk.page.get_by_label("渠道账户").select_option(label="体外诊断 · B 级")
    desk.add("CTNI-100")
    refusal = desk.page.locator(".q-refusal", has_text="浙杭药监械经营许20220316号")
    expect(refusal).to_contain_text("6840")
    expect(refusal).to_contain_text("01 03 13 14")


def test_the_head_says_what_the_order_may_use(page_of, company):
    trading.trade(company)
    desk = Desk(page_of("zhoulan"), company.parties["kangze"])
    head = desk.page.locator(".q-desk-head")
    expect(head).to_contain_text("可用信用¥ 458,092.00")
    expect(head).to_contain_text("返利池可用¥ 710.44")
    expect(head).to_contain_text("再进 ¥ 24,477.88 达 3%")
    expect(head).to_contain_text("上次订单2026-11-231 行 · 288.00")


def test_an_order_is_placed_by_the_keyboard_alone(desk, company):
    page = desk.page
    expect(page.locator("#desk-add")).to_be_focused()
    for code in ("BQ-2515", "DS-035"):
        page.keyboard.type(code)
        with desk.quoted():
            page.keyboard.press("Enter")
        expect(page.locator("#desk-add")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator('[data-line="1"]')).to_be_focused()
    page.keyboard.type("12")
    page.keyboard.press("ArrowDown")
    expect(page.locator('[data-line="2"]')).to_be_focused()
    with desk.quoted():
        page.keyboard.type("30")
        page.keyboard.press("Enter")
    assert desk.quantities == ["12", "30"]
    page.keyboard.press("ArrowUp")
    expect(page.locator('[data-line="1"]')).to_be_focused()
    page.keyboard.press("Control+Enter")
    number = desk.placed()
    [order] = orders(company)
    assert (order.number, order.channel, str(order.gross)) == (number, "call_centre", "25200.00")


def test_a_double_click_places_one_order(desk, company):
    desk.add("BQ-2515")
    desk.place.dblclick()
    desk.placed()
    assert len(orders(company)) == 1


def test_going_back_and_placing_again_leads_to_the_same_order(desk, company):
    desk.add("BQ-2515")
    desk.place.click()
    number = desk.placed()
    desk.page.go_back()
    desk.page.wait_for_load_state()
    if desk.place.is_enabled():
        desk.place.click()
        assert desk.placed() == number
    assert len(orders(company)) == 1


def sign_in(page):
    page.goto("/sign-in/")
    page.get_by_label("用户名").fill("zhoulan")
    page.get_by_label("密码").fill("Qudao-demo-2026")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("navigation", name="模块")).to_be_visible()


def test_an_expired_session_keeps_what_was_typed(page_of, company):
    page = page_of("zhoulan", expects=401)
    desk = Desk(page, company.parties["kangze"])
    desk.add("BQ-2515\t7\nDS-035\t30")
    page.context.clear_cookies(name="sessionid")
    page.locator('[data-line="1"]').fill("8")
    page.locator('[data-line="1"]').press("Enter")
    expect(page.get_by_role("status").filter(has_text="登录已过期")).to_contain_text("请在另一标签页登录")
    assert desk.quantities == ["8", "30"]
    sign_in(page.context.new_page())
    desk.quantity(1, "8")
    expect(page.locator("tfoot")).to_contain_text("17,760.00")
    assert desk.quantities == ["8", "30"]
    desk.place.click()
    desk.placed()


def test_the_last_order_is_taken_over_in_one_press(desk, company):
    trading.order(company)
    with desk.quoted():
        desk.page.keyboard.press("Alt+l")
    assert desk.names == [BALLOON, WIRE]
    assert desk.quantities == ["10", "50"]


def test_a_single_pasted_row_brings_its_quantity(desk):
    desk.add("DS-035\t３０")
    assert (desk.names, desk.quantities) == ([WIRE], ["30"])


def test_what_cannot_be_placed_yet_is_kept_as_a_draft(desk, company):
    desk.add("DS-035\t250")
    desk.page.get_by_role("button", name="存为草稿").click()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("SO1-2026-")
    expect(desk.page.locator(".q-head")).to_contain_text("草稿")


def test_the_partner_is_found_by_pinyin_and_leads_to_the_desk(page_of, company):
    page = page_of("zhoulan")
    page.goto("/orders/new/")
    page.keyboard.type("kangze")
    page.keyboard.press("Enter")
    expect(page.locator("#desk-add")).to_be_focused()


def test_a_removed_line_is_gone(desk):
    desk.add("BQ-2515\t5\nDS-035\t6")
    with desk.quoted():
        desk.page.get_by_role("button", name="删除第 1 行").click()
    assert desk.names == [WIRE]
    assert desk.quantities == ["6"]
