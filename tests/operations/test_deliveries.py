"""What arrives differently is named, settled with a reason, and said on every page; scanners say what they read."""

from decimal import Decimal

import pytest

from qudao.catalog.udi import encode
from qudao.inventory import queries as stock
from qudao.kernel import errors, scope
from qudao.orders import operations, queries
from qudao.orders.operations import signing
from qudao.shell.company import work
from tests.browser import goods, trading

NEEDS = ("orders", "supply", "portal")
NOW = trading.NOW


def sign(company, shipment, *, short=0, damaged=0, refused=0, reason=""):
    line = shipment.lines[0]
    parts = [Decimal(one) for one in (short, damaged, refused)]
    return operations.sign_for(
        shipment_id=shipment.id,
        version=shipment.version,
        arrived=[signing.Arrived(line.no, line.shipped - sum(parts), *parts, reason)],
        actor=trading.actor(company, "kangze"),
        now=NOW,
    )


@pytest.fixture
def road(company):
    return trading.on_the_road(company, ("DS-035", "20"))


@pytest.fixture
def short(company, road):
    """Three of twenty guide wires not in the parcel, one crushed."""
    return sign(company, road, short=3, damaged=1, reason="箱角压破，内少三根")


def apart():
    """What waits in the queue of quality for a verdict."""
    with scope.everything() as actor:
        return sum(one.on_hand for one in stock.unjudged(actor))


def settle(shipment, client, key="s-1", **typed):
    """`typed` of the first line, or of any as name_no."""
    fields = {name if "_" in name else f"{name}_{shipment.lines[0].no}": said for name, said in typed.items()}
    return client.post(f"/shipments/{shipment.id}/do/", {"step": "resolve", "key": key} | fields)


def page(client, address):
    return client.get(address).content.decode()


# -- signing ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["damaged", "refused"])
def test_goods_that_are_there_and_not_taken_need_a_reason(company, road, what):
    with pytest.raises(errors.Refused, match="difference_needs_reason"):
        sign(company, road, **{what: 1}, reason=" ")
    with scope.transaction(trading.SYSTEM):
        assert queries.get_shipment(road.id, actor=trading.SYSTEM).status == "shipped"


def test_of_what_is_not_in_the_parcel_nobody_asks_why(company, road):
    assert sign(company, road, short=1).status == "signed_with_difference"


def test_the_link_to_sign_leads_to_the_form_which_speaks_of_the_supplier(browser, road):
    client = browser("kangze")
    address = f"/shipments/{road.id}/sign/"
    assert f'href="{address}"' in page(client, "/my/deliveries/")
    form = page(client, address)
    assert "仍归供货方" in form and "我方" not in form
    assert "<b>20 根</b>" in form
    # An agent sees its dealer's delivery, and is not asked to sign for it.
    seen = page(browser("lianyou"), "/my/deliveries/")
    assert road.number in seen and address not in seen


# -- settling -----------------------------------------------------------------------------------------


def test_what_was_there_comes_back_and_what_was_not_is_lost_unless_the_desk_says_otherwise(browser, short):
    form = page(browser("zhoulan"), f"/shipments/{short.id}/")
    assert "短少 3 根 · 破损 1 根" in form
    assert 'name="back_1" inputmode="decimal" maxlength="12" value="1"' in form
    assert 'name="lost_1" inputmode="decimal" maxlength="12" value="3"' in form


def test_a_settlement_without_a_reason_is_refused_and_what_was_typed_stays(browser, short):
    answer = settle(short, browser("zhoulan"), back="2", lost="2", reason=" ")
    text = answer.content.decode()
    assert (answer.status_code, "处理差异须填写原因" in text) == (422, True)
    assert 'name="back_1" inputmode="decimal" maxlength="12" value="2"' in text
    assert apart() == 0


def test_what_came_back_names_the_delivery_it_was_missing_from_and_leads_there(company, browser, short):
    settle(short, browser("zhoulan"), back="1", lost="3", reason="承运商带回一根")
    named = f'<a href="/shipments/{short.id}/">{short.number}</a>'
    inspected = page(browser("zhaoqing"), "/stock/inspect/")
    assert inspected.count(named) == 1
    assert f"短少 3 根 · 破损 1 根 · {short.lines[0].difference_reason} · 承运商带回一根" in inspected
    [line] = short.lines
    with scope.transaction(trading.SYSTEM):
        lot = stock.find_lot(company.items["DS-035"], line.lot_code, trading.SYSTEM)
    for who in ("zhaoqing", "lijun"):
        shown = page(browser(who), f"/stock/lots/{lot.id}/")
        # Shipped, signed for, brought back, written off.
        assert shown.count(named) == 4, who


@pytest.fixture
def two(company):
    """Two lines, of each of which one piece is not in the parcel."""
    road = trading.on_the_road(company, ("DS-035", "20"), ("BQ-2515", "10"))
    arrived = [
        signing.Arrived(line.no, line.shipped - 1, Decimal(1), Decimal(0), Decimal(0), "")
        for line in road.lines
    ]
    return operations.sign_for(
        shipment_id=road.id,
        version=road.version,
        arrived=arrived,
        actor=trading.actor(company, "kangze"),
        now=NOW,
    )


def unresolved(shipment):
    with scope.transaction(trading.SYSTEM):
        view = queries.get_shipment(shipment.id, actor=trading.SYSTEM)
    return [line.unresolved for line in view.lines]


ONE, TWO = {"back_1": "0", "lost_1": "1"}, {"back_2": "0", "lost_2": "1"}


def test_lines_with_a_reason_are_settled_together_and_the_others_wait(browser, two):
    desk = browser("zhoulan")
    assert settle(two, desk, **ONE, **TWO, reason_1="承运商认赔", reason_2="").status_code == 302
    assert unresolved(two) == [0, 1]
    text = page(desk, f"/shipments/{two.id}/")
    assert f"{two.number} 已处理填了原因的行，其余差异仍待处理。" in text
    assert 'name="reason_1"' not in text and 'name="reason_2"' in text
    settle(two, desk, key="s-2", **TWO, reason_2="承运商认赔")
    assert f"{two.number} 差异已处理。" in page(desk, f"/shipments/{two.id}/")
    assert unresolved(two) == [0, 0]


def test_what_somebody_else_settled_meanwhile_is_refused_not_said_to_be_done(browser, two):
    desk = browser("zhoulan")
    assert settle(two, desk, **ONE, reason_1="承运商认赔").status_code == 302
    late = settle(two, desk, key="s-2", **ONE, **TWO, reason_1="车上找到", reason_2="")
    assert (late.status_code, unresolved(two)) == (422, [0, 1])


def test_one_line_that_does_not_add_up_settles_none_and_keeps_what_was_typed_of_all(browser, two):
    typed = {"back_1": "0", "lost_1": "1", "back_2": "5", "lost_2": "1"}
    answer = settle(two, browser("zhoulan"), **typed, reason_1="承运商认赔", reason_2="车上找到")
    text = answer.content.decode()
    assert (answer.status_code, unresolved(two)) == (422, [1, 1])
    for said in (
        'value="承运商认赔"',
        'value="车上找到"',
        'name="back_2" inputmode="decimal" maxlength="12" value="5"',
    ):
        assert said in text, said


@pytest.mark.parametrize(
    "typed",
    [
        ONE | TWO | {"reason_1": "", "reason_2": ""},
        ONE | {"reason_1": "承运商认赔", "back_2": "1", "lost_2": "0", "reason_2": ""},
    ],
    ids=["nothing typed", "quantities changed"],
)
def test_no_line_is_passed_over_for_want_of_a_reason_when_it_was_meant(browser, two, typed):
    answer = settle(two, browser("zhoulan"), **typed)
    assert (answer.status_code, "处理差异须填写原因" in answer.content.decode()) == (422, True)
    assert unresolved(two) == [1, 1]


def test_the_page_says_how_a_difference_was_settled_and_alarms_nobody_any_more(browser, short):
    desk, address = browser("zhoulan"), f"/shipments/{short.id}/"
    order = f"/orders/{short.order_id}/"
    alarming, settled = (
        '<span class="q-tag q-bad">签收有差异</span>',
        '<span class="q-tag q-ok">差异已处理</span>',
    )
    for where in (address, order, "/orders/", "/shipments/"):
        assert alarming in page(desk, where)
    assert settle(short, desk, back="1", lost="3", reason="承运商确认丢失").status_code == 302
    assert apart() == 1
    for where in (address, order, "/orders/", "/shipments/"):
        text = page(desk, where)
        assert settled in text and alarming not in text
    text = page(desk, address).partition("差异处理结果")[2]
    for said in ("1 根", "3 根", "承运商确认丢失", "周岚", "2026-11-23"):
        assert said in text, said
    # Why is between us and the carrier.
    partner = page(browser("kangze"), address)
    assert "差异处理结果" in partner and "承运商确认丢失" not in partner
    assert short.number not in page(desk, "/shipments/?unsettled=1")


def test_the_list_of_differences_says_whose_they_are_and_what_is_missing(browser, short):
    line = short.lines[0]
    text = page(browser("zhoulan"), "/shipments/?unsettled=1")
    assert "杭州康泽医疗器械有限公司" in text
    assert f"{line.item_name} {line.specification} · {line.lot_code}：短少 3 根 · 破损 1 根" in text


# -- papers -------------------------------------------------------------------------------------------


def test_the_review_record_is_offered_once_there_is_a_review(company, browser):
    view = trading.to_pick(company, ("DS-035", "2"))
    client, address = browser("chenxi"), f"/shipments/{view.id}/"
    assert "review.pdf" not in page(client, address)
    work.review(company, work.pick(company, view, now=NOW), now=NOW)
    link = f'<a class="btn" href="{address}review.pdf" target="_blank" rel="noopener">'
    assert link in page(client, address)


# -- scanners -----------------------------------------------------------------------------------------


def test_picking_says_what_a_box_counted_for_and_what_stands_on_it(company, browser):
    view = trading.to_pick(company, ("BQ-2515", "20"))
    line = view.lines[0]
    box = encode.gs1(goods.BOX, lot=line.lot_code, last_usable_on=line.last_usable_on)
    answer = browser("lijun").post(f"/shipments/{view.id}/scan/check/", {"scans": "", "code": box})
    text = answer.content.decode()
    assert "1 盒 = 10 支" in text
    label = text.partition("q-verdict-read")[2].partition("</dl>")[0]
    for said in (line.lot_code, line.produced_on.isoformat(), line.last_usable_on.isoformat()):
        assert said in label, said


def test_receiving_says_what_it_read_off_the_label(company, browser):
    purchase = goods.purchase(company)
    keeper, address = browser("lijun"), f"/purchases/{purchase.id}/check/"
    piece = goods.label()
    box = encode.gs1(goods.BOX, lot="B2609", produced_on=goods.PRODUCED, last_usable_on=goods.LAST)
    assert ">1 支<" in keeper.post(address, {"scans": "", "code": piece}).content.decode()
    text = keeper.post(address, {"scans": piece, "code": box}).content.decode()
    assert "1 盒 = 10 支" in text
    label = text.partition("q-verdict-read")[2].partition("</dl>")[0]
    for said in ("B2609", goods.PRODUCED.isoformat(), goods.LAST.isoformat()):
        assert said in label, said


def check(client, view, code, *before):
    scans = "\n".join(before)
    answer = client.post(f"/shipments/{view.id}/scan/check/", {"scans": scans, "code": code})
    return answer.content.decode().partition("q-scan-lines")[0]


def codes_of(line, di):
    return encode.gs1(di, lot=line.lot_code, last_usable_on=line.last_usable_on)


def test_the_verdict_names_the_product_by_code_and_specification(company, browser):
    view = trading.to_pick(company, ("BQ-2515", "20"))
    (line,) = view.lines
    keeper, box = browser("lijun"), codes_of(view.lines[0], goods.BOX)
    assert f">BQ-2515 · {line.specification}<" in check(keeper, view, box)
    done = check(keeper, view, box, box)
    assert "已全部扫完" in done and f">{line.item_name} · BQ-2515 · {line.specification}<" in done
    assert f"批号 {line.lot_code} 只需 20 支。" in check(keeper, view, box, box, box)


def test_a_product_of_another_order_is_named_with_the_code_scanned(company, browser):
    view = trading.to_pick(company, ("DS-035", "2"))
    text = check(browser("lijun"), view, goods.label())
    assert "扫到 BQ-2515 " in text and "，不属于本单。" in text and "请放回。" in text


def test_the_reviewer_is_not_told_to_take_other_goods_from_the_shelf(company, browser):
    view = work.pick(company, trading.to_pick(company, ("BQ-2515", "2")), now=NOW)
    other = goods.label()
    text = check(browser("chenxi"), view, other)
    assert "批号或序列号不符" in text and "阻止出库" in text and "重新分配" not in text


def test_what_is_missing_is_said_with_its_unit_and_the_end_of_the_work_is_said(company, browser):
    view = trading.to_pick(company, ("BQ-2515", "20"))
    keeper, address = browser("lijun"), f"/shipments/{view.id}/scan/"
    box, form = codes_of(view.lines[0], goods.BOX), {"step": "pick", "version": view.version, "key": "p-1"}
    text = keeper.post(address, form | {"scans": box}).content.decode()
    line = view.lines[0]
    assert f"BQ-2515 {line.item_name} {line.specification} 批号 {line.lot_code}：还差 10 支。" in text
    assert keeper.post(address, form | {"scans": f"{box}\n{box}"}).status_code == 302
    assert f"{view.number} 拣货完成。" in page(keeper, f"/shipments/{view.id}/")


def test_the_queues_open_the_scanner_for_who_works_with_it(company, browser):
    view = trading.to_pick(company, ("DS-035", "2"))
    opened = f'href="/shipments/{view.id}/scan/"'
    assert opened in page(browser("lijun"), "/shipments/?status=to_pick")
    assert opened not in page(browser("lijun"), "/shipments/")
    assert opened not in page(browser("zhoulan"), "/shipments/?status=to_pick")


def test_what_is_still_in_the_warehouse_has_no_column_of_carriers(company, browser):
    trading.to_pick(company, ("DS-035", "2"))
    keeper = browser("lijun")
    assert [
        ">承运商<" in page(keeper, f"/shipments/{asked}")
        for asked in ("", "?status=to_pick", "?status=shipped")
    ] == [True, False, True]
