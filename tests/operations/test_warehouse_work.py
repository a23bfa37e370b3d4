"""A keeper's first page: what to take up next, the most urgent first; shipments in the order they say."""

import datetime as dt

from qudao.inventory import models as inventory_models
from qudao.inventory import queries as inventory
from qudao.inventory import queues
from qudao.kernel import periods, scope
from qudao.orders import models, operations, queries
from qudao.shell.company import work
from tests.browser import trading

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
    assert listed(sort="wanted") == [second.number, first.number, third.number]
    assert listed(sort="-wanted") == [first.number, second.number, third.number]


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


def shelved(site):
    with scope.everything():
        rows = inventory_models.Balance.objects.filter(site_id=site, location__isnull=False, on_hand__gt=0)
        return {
            (lot, code): on_hand
            for lot, code, on_hand in rows.values_list("lot__code", "location__code", "on_hand")
        }
