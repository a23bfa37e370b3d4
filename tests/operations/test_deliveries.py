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
    fields = {"step": "resolve", "no": shipment.lines[0].no, "key": key}
    return client.post(f"/shipments/{shipment.id}/do/", fields | typed)


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


# -- settling -----------------------------------------------------------------------------------------


def test_what_was_there_comes_back_and_what_was_not_is_lost_unless_the_desk_says_otherwise(browser, short):
    form = page(browser("zhoulan"), f"/shipments/{short.id}/")
    assert "短少 3 根 · 破损 1 根" in form
    assert 'name="back" inputmode="decimal" maxlength="12" value="1"' in form
    assert 'name="lost" inputmode="decimal" maxlength="12" value="3"' in form


def test_a_settlement_without_a_reason_is_refused_and_what_was_typed_stays(browser, short):
    answer = settle(short, browser("zhoulan"), back="2", lost="2", reason=" ")
    text = answer.content.decode()
    assert (answer.status_code, "处理差异须填写原因" in text) == (422, True)
    assert 'name="back" inputmode="decimal" maxlength="12" value="2"' in text
    assert apart() == 0


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
