"""A keeper's first page: what to take up next, the most urgent first; shipments in the order they say."""

import datetime as dt
import html
import re
import uuid

import pytest

from qudao.inventory import finding, queues
from qudao.inventory import models as inventory_models
from qudao.inventory import operations as inventory_operations
from qudao.inventory import queries as inventory
from qudao.kernel import periods, scope
from qudao.orders import models, operations, queries
from qudao.partners import queries as partners
from qudao.shell.company import work
from qudao.supply import queries as supply
from tests.browser import trading

NEEDS = ("settlement", "portal")
NOW, TODAY = trading.NOW, periods.business_date(trading.NOW)


def to_pick(company, *, wanted=None, minutes=0):
    """A shipment of one piece, wanted on that day, released so many minutes from now."""
    when = NOW + dt.timedelta(minutes=minutes)
    request = work.request(
        company, "kangze.CV", "kangze", ("DS-035", "1"), channel="rep", requested_on=wanted
    )
    order = operations.place_order(request=request, actor=trading.actor(company, "zhoulan"), now=when)
    [shipment] = work.release(company, order, now=when)
    return shipment


def waiting(company, username, *, site_ids=None):
    actor = trading.actor(company, username)
    with scope.transaction(actor):
        return {one.key: one for one in queues.find(actor=actor, now=NOW, site_ids=site_ids)}


def test_what_was_promised_first_comes_first_and_then_what_waits_longest(company):
    late, early = to_pick(company, wanted=TODAY + dt.timedelta(days=3)), to_pick(company, wanted=TODAY)
    never = to_pick(company)
    second = to_pick(company, wanted=TODAY + dt.timedelta(days=3), minutes=5)
    queue = waiting(company, "lijun")["to_pick"]
    assert (queue.count, queue.due, queue.mine, len(queue.tasks)) == (4, 1, True, queues.SHOWN)
    assert [one.title for one in queue.tasks] == [early.number, late.number, second.number]
    assert never.number not in [one.title for one in queue.tasks]
    first = queue.tasks[0]
    assert (first.url, first.lines, first.day, first.party_id) == (
        *(f"/shipments/{early.id}/scan/", 1, TODAY, company.parties["kangze"]),
    )


def test_each_step_has_its_own_next(company):
    trade = trading.trade(company)
    found = waiting(company, "admin")
    assert [one.title for one in found["to_pick"].tasks] == [trade.to_pick.number]
    assert [one.title for one in found["picked"].tasks] == [trade.picked.number]
    assert [(one.title, one.url) for one in found["reviewed"].tasks] == [
        (trade.reviewed.number, f"/shipments/{trade.reviewed.id}/")
    ]
    assert [one.url for one in found["receive"].tasks] == [f"/purchases/{trade.purchase.id}/receive/"]
    assert [one.url for one in found["inspect"].tasks] == [f"/goods-receipts/{trade.receipt.id}/"]
    assert [one.url for one in found["transfers"].tasks] == [f"/transfers/{trade.transfer.id}/"]
    # From the day of the order nothing has waited: goods still to come have no age.
    assert (found["receive"].count, found["receive"].oldest) == (1, None)
    assert found["returns"].tasks[0].url.startswith("/returns/?status=received")
    elsewhere = waiting(company, "admin", site_ids=(987654,))
    assert {(one.count, one.tasks) for one in elsewhere.values()} == {(0, ())}


def test_the_first_page_names_the_next_tasks_of_the_keepers_own_work(company, browser):
    shipment = to_pick(company, wanted=TODAY)
    keeper = browser("lijun").get("/warehouse/").content.decode()
    assert f'<a href="/shipments/{shipment.id}/scan/"><b>{shipment.number}</b>' in keeper
    assert "今日到期" in keeper and "他人办理" in keeper
    reviewer = browser("chenxi").get("/warehouse/").content.decode()
    assert shipment.number not in reviewer


def test_the_picker_is_told_the_zone_and_how_goods_are_kept(company, browser):
    shipment = to_pick(company)
    with scope.everything():
        models.ShipmentLine.objects.filter(shipment_id=shipment.id).update(storage="常温干燥通风")
    page = browser("lijun").get(f"/shipments/{shipment.id}/scan/").content.decode()
    where = page.partition('<div class="where">')[2].partition("</div>")[0]
    assert "q-zone-good" in where and "常温干燥通风" in where


def test_shipments_come_as_they_were_released_or_as_they_are_wanted(company):
    first = to_pick(company, wanted=TODAY + dt.timedelta(days=2), minutes=30)
    second = to_pick(company, wanted=TODAY + dt.timedelta(days=1), minutes=10)
    third = to_pick(company, minutes=20)
    actor = trading.actor(company, "lijun")

    def listed(**wanted):
        numbers, cursor = [], ""
        with scope.transaction(actor):
            while True:
                page = queries.list_shipments(
                    queries.Filter(status="to_pick", **wanted), actor=actor, cursor=cursor, limit=1
                )
                numbers += [one.number for one in page.rows]
                cursor = page.next_cursor
                if not cursor:
                    return numbers

    assert listed() == [first.number, third.number, second.number]
    assert listed(sort="promised_on") == [second.number, first.number, third.number]
    assert listed(sort="-promised_on") == [first.number, second.number, third.number]


def test_goods_are_put_away_by_the_code_of_the_shelf_and_nothing_moves_when_one_is_unknown(company, browser):
    keeper, page = browser("lijun"), "/stock/shelve/"
    site = company.sites["hz"]
    goods = [one for one in inventory.goods_at(site, trading.SYSTEM, statuses=["good"]) if one.available > 2]
    first, second = goods[:2]
    typed = {
        "site": site,
        f"quantity_{first.balance_id}": "2",
        f"shelf_{first.balance_id}": "good",
        f"quantity_{second.balance_id}": "1",
        f"shelf_{second.balance_id}": "Z-99-9",
    }
    refused = keeper.post(page, typed | {"key": "a"})
    assert (refused.status_code, "Z-99-9" in refused.content.decode()) == (422, True)
    assert shelved(site) == {}
    del typed[f"shelf_{second.balance_id}"]
    for _twice in range(2):
        assert keeper.post(page, typed | {"key": "b"}).url == f"{page}?site={site}&q=&moved=1"
    assert shelved(site) == {(first.lot, "GOOD"): 2}
    assert browser("zhoulan").post(page, typed | {"key": "c"}).status_code == 403


def test_what_lies_on_no_shelf_is_shown_first_with_how_much_it_is_and_where_it_usually_lies(company, browser):
    keeper, site = browser("lijun"), company.sites["hz"]
    address = f"/stock/shelve/?site={site}"
    assert "待上架" not in keeper.get(address).content.decode()
    inventory_operations.open_shelves(
        site_id=site, zone="good", codes=["A-01"], actor=trading.actor(company, "lijun"), now=NOW
    )
    lying = [one for one in inventory.goods_at(site, trading.SYSTEM, statuses=["good"]) if one.available]
    rows, pieces = len(lying), int(sum(one.available for one in lying))
    assert f"待上架 {rows} 行，共 {pieces:,}" in keeper.get(address).content.decode()
    first, part = lying[0], lying[0].available - 1
    typed = {f"quantity_{first.balance_id}": part, f"shelf_{first.balance_id}": "A-01"}
    keeper.post("/stock/shelve/", typed | {"site": site, "key": "s-1"})
    assert "上架与移位" in text(keeper, address)
    left = keeper.get(address).content.decode()
    assert f"待上架 {rows} 行，共 {pieces - part:,.0f}" in left and "惯用 A-01" in left
    assert left.count('name="shelf_') == rows
    assert keeper.get(f"{address}&of=all").content.decode().count('name="shelf_') == rows + 1


def test_the_list_of_transfers_says_what_they_carry(company, browser):
    trade = trading.trade(company)
    page = text(browser("lijun"), "/transfers/")
    assert f"{trade.transfer.number} 在途 上海仓 杭州仓 一次性使用冠脉球囊扩张导管 2.5×15mm 5 支" in page
    goods = inventory.goods_at(company.sites["hz"], trading.SYSTEM, statuses=["good"])
    first, second = [one for one in goods if one.available >= 1][:2]
    inventory_operations.send_transfer(
        to_site_id=company.sites["sh"],
        portions=[inventory_operations.Portion(one.balance_id, 1) for one in (first, second)],
        actor=trading.actor(company, "lijun"),
        now=NOW,
    )
    assert f"{first.item_name} {first.specification} 等 2 行" in text(browser("lijun"), "/transfers/")


def test_goods_to_inspect_say_what_brought_them_and_by_which_document(company, browser):
    transfer = trading.trade(company).transfer
    inventory_operations.receive_transfer(
        transfer_id=transfer.id, received=None, actor=trading.actor(company, "lijun"), now=NOW
    )
    assert f"杭州仓 调拨单 {transfer.number} 5 支" in text(browser("zhaoqing"), "/stock/inspect/")


def test_purchases_are_found_by_supplier_and_counted(company, browser):
    purchase = trading.trade(company).purchase
    buyer = trading.actor(company, "admin")
    with scope.transaction(buyer):
        name = partners.party_names([purchase.supplier_id], buyer)[purchase.supplier_id]
        of_supplier = len(supply.list_purchases(buyer, text="?", supplier_ids=[purchase.supplier_id]).rows)
    assert of_supplier > 0
    page = text(browser("admin"), f"/purchases/?q={name}")
    assert purchase.number in page
    assert f"共 {of_supplier} 张" in page
    assert purchase.number not in text(browser("admin"), "/purchases/?q=PO-NONE")


@pytest.mark.parametrize(
    ("typed", "kept", "gross"),
    [
        ("盒", "盒", "20340.00"),
        ("boxes", "盒", "20340.00"),
        ("Box", "盒", "20340.00"),
        ("pcs", "支", "20340.00"),
        ("cartons", None, None),
    ],
)
def test_a_purchase_takes_its_unit_as_it_is_kept_or_in_english(company, browser, typed, kept, gross):
    stood = trading.trade(company).purchase
    given = {
        "supplier": stood.supplier_id,
        "site": stood.site_id,
        "lines": f"BQ-2515 2 {typed} 10170.00",
        "key": "k-1",
    }
    answer = browser("admin").post("/purchases/new/", given)
    if kept is None:
        assert (answer.status_code, f"单位“{typed}”" in answer.content.decode()) == (422, True)
        return
    buyer = trading.actor(company, "admin")
    with scope.transaction(buyer):
        made = supply.get_purchase(uuid.UUID(answer.headers["Location"].split("/")[-2]), buyer)
    [line] = made.lines
    assert (line.unit, str(line.gross)) == (kept, gross)


def test_a_transfer_on_its_way_is_among_the_todos_of_who_takes_it_in(company):
    trading.trade(company)
    keeper = trading.actor(company, "lijun")
    with scope.transaction(keeper):
        found = [one for one in finding.waiting(actor=keeper, now=NOW) if one.url.startswith("/transfers/")]
    assert [(one.url, one.count) for one in found] == [("/transfers/?status=sent", 1)]


def test_only_what_was_ticked_or_rejected_is_judged(company, browser):
    transfer = trading.trade(company).transfer
    inventory_operations.receive_transfer(
        transfer_id=transfer.id, received=None, actor=trading.actor(company, "lijun"), now=NOW
    )
    quality, zhaoqing = browser("zhaoqing"), trading.actor(company, "zhaoqing")

    def unjudged():
        with scope.transaction(zhaoqing):
            return {one.balance_id: one.on_hand for one in inventory.unjudged(zhaoqing)}

    before = unjudged()
    [one] = [key for key, quantity in before.items() if quantity == 5]
    waiting_too = {f"waiting_{key}": str(quantity) for key, quantity in before.items()}
    assert "checked" not in quality.get("/stock/inspect/").content.decode().partition("<tbody>")[2]
    refused = quality.post("/stock/inspect/", waiting_too | {"key": "n"})
    assert (refused.status_code, "没有验收结论" in refused.content.decode(), unjudged()) == (
        422,
        True,
        before,
    )
    judged = waiting_too | {f"rejected_{one}": "2", f"reason_{one}": "外包装破损", "key": "r"}
    assert quality.post("/stock/inspect/", judged).status_code == 302
    assert unjudged() == {key: quantity for key, quantity in before.items() if key != one}


def test_a_lot_says_for_which_orders_it_is_set_aside_and_which_documents_moved_it(company, browser):
    road = trading.on_the_road(company, ("DS-035", "20"))
    order = trading.order(company, ("DS-035", "7"))
    lot_id = road.lines[0].lot_id
    page = browser("lijun").get(f"/stock/lots/{lot_id}/").content.decode()
    aside = page.partition("<aside>")[2]
    assert f'<a href="/orders/{order.id}/">{order.number}</a>' in aside
    moves = page.partition("<aside>")[0]
    assert f'<a href="/shipments/{road.id}/">{road.number}</a>' in moves
    with scope.transaction(trading.SYSTEM):
        lying = inventory.balances_of_lot(lot_id, trading.SYSTEM)
    here = sum(one.on_hand for one in lying if not one.on_road)
    foot = " ".join(html.unescape(re.sub("<[^>]+>", " ", page.partition("<tfoot>")[2])).split())
    facts = " ".join(html.unescape(re.sub("<[^>]+>", " ", aside)).split())
    assert re.search("生产企业 \\S+ 注册证号 苏械注准20202030876 产品标识 DI \\d{14} 生产日期", facts)
    assert foot.startswith(f"在库 {here:,.0f} 根 · 在途 20 根 {here + 20:,.0f} 7 {here - 7:,.0f}")


def test_quality_enters_the_production_date_a_lot_came_without_and_the_page_says_who_did(company, browser):
    lot_id = trading.on_the_road(company, ("DS-035", "20")).lines[0].lot_id
    address = f"/stock/lots/{lot_id}/"
    quality, offered = browser("zhaoqing"), 'name="produced_on"'
    assert offered not in quality.get(address).content.decode()
    with scope.everything():
        inventory_models.Lot.objects.filter(pk=lot_id).update(produced_on=None)
    assert offered in quality.get(address).content.decode()
    assert offered not in browser("lijun").get(address).content.decode()
    step = f"{address}do/"
    for day, said in (("2026-13-01", "没有生产日期"), (f"{TODAY + dt.timedelta(days=1)}", "在今天之后")):
        refused = quality.post(step, {"step": "date", "produced_on": day, "key": day})
        assert (refused.status_code, said in refused.content.decode()) == (422, True)
    done = quality.post(step, {"step": "date", "produced_on": "2026-02-03", "key": "d"})
    assert done.status_code == 302
    facts = text(browser("lijun"), address)
    assert "生产日期 2026-02-03 赵青 于" in facts and "补录 有效期至" in facts
    assert offered not in quality.get(address).content.decode()


def test_stock_says_within_how_many_days_it_counts_lots_that_expire(browser):
    keeper = browser("lijun")
    assert "90 天内到期" in keeper.get("/stock/").content.decode()
    assert "30 天内到期" in keeper.get("/stock/?within=30").content.decode()


def test_the_sums_of_stock_say_where_units_differ(browser):
    keeper = browser("lijun")
    words = "混合单位"
    assert "合计 · 共" in text(keeper, "/stock/") and words in text(keeper, "/stock/")
    one = text(keeper, "/stock/?q=DS-035")
    assert "合计 · 共" in one and words not in one


def test_goods_on_the_road_to_a_customer_are_in_transit_and_in_no_other_zone(company, browser):
    trading.on_the_road(company, ("DS-035", "20"))
    with scope.transaction(trading.SYSTEM):
        road = inventory.transit_site(company.entities["qd"])

    def sites(zone):
        page = browser("lijun").get(f"/stock/?status={zone}").content.decode()
        return {int(site) for site in re.findall(r"by=lot&amp;q=[^&]+&amp;site=(\d+)", page)}

    assert sites("in_transit") == {road}
    assert sites("good") == {company.sites["hz"], company.sites["sh"]}


def test_shipments_are_found_by_their_order_and_by_who_buys(company, browser):
    shipment = to_pick(company)
    with scope.transaction(trading.SYSTEM):
        order = queries.get_order(shipment.order_id, actor=trading.SYSTEM)
    keeper = browser("lijun")
    for wanted in (shipment.number, order.number, "康泽", "kangze", "kz"):
        assert shipment.number in text(keeper, f"/shipments/?q={wanted}"), wanted
    assert shipment.number not in text(keeper, "/shipments/?q=仁济")
    assert shipment.number in text(browser("kangze"), f"/my/deliveries/?q={order.number}")


def test_a_return_says_who_brings_it_back_and_from_which_order(company, browser):
    trade = trading.trade(company)
    page = browser("zhaoqing").get("/returns/").content.decode()
    row = page.partition('id="return-')[2].partition("</tr>")[0]
    assert "康泽" in row and f'href="/orders/{trade.done.id}/">{trade.done.number}' in row


def test_a_buyer_sees_when_a_delivery_left_is_promised_and_was_signed_for_and_an_agent_who_buys(
    company, browser
):
    wanted = TODAY + dt.timedelta(days=3)
    shipment = to_pick(company, wanted=wanted)
    for step in (work.pick, work.review, work.ship):
        shipment = step(company, shipment, now=NOW)
    work.sign(company, shipment, "kangze", now=NOW)
    for address in ("/my/deliveries/", "/shipments/"):
        page = text(browser("kangze"), address)
        for said in ("发货时间", "承诺到货", f"{wanted:%Y-%m-%d}", "签收时间", f"{TODAY:%Y-%m-%d}"):
            assert said in page, (address, said)
        assert "购货单位" not in page
        assert "康泽" in text(browser("lianyou"), address).partition(shipment.number)[2]


def test_an_order_says_what_of_it_is_invoiced_and_what_not_yet_to_those_who_see_invoices(company, browser):
    trade = trading.trade(company)
    with scope.transaction(trading.SYSTEM):
        done = queries.get_order(trade.done.id, actor=trading.SYSTEM)
    came_back = done.lines[0].gross / 20
    address = f"/orders/{done.id}/"
    words = f"已开票 / 已发未开票 {done.gross - came_back:,.2f} / 0.00"
    assert words in text(browser("kangze"), address)
    assert words in text(browser("admin"), address)
    assert "已开票" not in text(browser("lianyou"), address)
    with scope.transaction(trading.SYSTEM):
        road = queries.get_order(trade.shipped.order_id, actor=trading.SYSTEM)
    assert f"已开票 / 已发未开票 0.00 / {road.gross:,.2f}" in text(browser("kangze"), f"/orders/{road.id}/")
    assert "已开票" not in text(browser("kangze"), f"/orders/{trade.to_pick.order_id}/")


def text(client, address):
    """The words of a page."""
    page = client.get(address).content.decode()
    return " ".join(html.unescape(re.sub("<[^>]+>", " ", page.partition("<main")[2])).split())


def shelved(site):
    with scope.everything():
        rows = inventory_models.Balance.objects.filter(site_id=site, location__isnull=False, on_hand__gt=0)
        return {
            (lot, code): on_hand
            for lot, code, on_hand in rows.values_list("lot__code", "location__code", "on_hand")
        }
