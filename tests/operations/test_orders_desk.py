"""The desk: whoever ordered last, to go on with; what a typed text offers; what joins the lines that stand there;
what it says to whom."""

import dataclasses
import datetime as dt
import re
import uuid
from decimal import Decimal

import pytest
from django.test import Client

from qudao.catalog import queries as catalog
from qudao.inventory import models as inventory
from qudao.kernel import errors, periods, scope
from qudao.orders import desk, finding, kept, offering, operations, outlook, queries
from qudao.orders import views as order_views
from qudao.pricing import models as pricing
from qudao.shell import middleware
from qudao.supply import models as supply
from tests.browser import trading
from tests.operations.test_orders import HOUSE, as_person, place, request
from tests.page_budgets import BACKEND

D = Decimal


def test_who_ordered_last_stands_first_once_and_drafts_do_not_count(company, now):
    place(company, ("BQ-2515", 1), now=now)
    renji = place(company, ("BQ-2515", 1), account="renji.CV", place="renji", now=now)
    kangze = place(company, ("DS-035", 2), now=now)
    dropped = place(company, ("DS-035", 1), account="renji.CV", place="renji", now=now)
    operations.cancel_order(order_id=dropped.id, version=dropped.version, reason="测试", actor=HOUSE, now=now)
    with scope.transaction(HOUSE):
        found = finding.latest_buyers(HOUSE)
    assert [(row["number"], row["url"]) for row in found.rows] == [
        (kangze.number, f"/orders/new/?party={company.parties['kangze']}"),
        (renji.number, f"/orders/new/?party={company.parties['renji']}"),
    ]


def test_the_desk_shows_only_buyers_of_its_scope(company, now):
    place(company, ("BQ-2515", 1), account="renji.CV", place="renji", now=now)
    place(company, ("DS-035", 2), now=now)
    for username, seen in (("kangze", ["kangze"]), ("zhoulan", ["kangze", "renji"])):
        actor = as_person(company, username, now)
        with scope.transaction(actor):
            rows = finding.latest_buyers(actor).rows
        assert [row["url"] for row in rows] == [
            f"/orders/new/?party={company.parties[code]}" for code in seen
        ]


def offered(company, now, text, *, account="kangze.CV", place="zheer.binjiang", actor=HOUSE):
    with scope.transaction(actor, acting=True):
        return offering.offers(
            text,
            account_id=company.accounts[account],
            place_id=company.places[place] if place else 0,
            on=periods.business_date(now),
            actor=actor,
        )


def test_several_products_are_offered_with_price_and_what_could_be_sent(company, now):
    place(company, ("BQ-2515", 20), now=now)
    found = offered(company, now, "guan")
    assert [(one.item.code, one.price, one.agreed, one.available) for one in found.rows] == [
        # 180 lie there: 20 are taken, 20 do not live long enough for this hospital.
        ("BQ-2515", D("1860.0000"), True, D(140)),
        ("ZJ-3018", D("798.0000"), False, D(12)),
    ]
    assert not found.more
    # Without a place nobody can say what may go there.
    assert [one.available for one in offered(company, now, "guan", place=None).rows] == [None, None]


def test_what_was_agreed_is_offered_before_what_its_code_puts_first(company, now, monkeypatch):
    first = [company.items["ZJ-3018"]]
    found = catalog.search_items("guan", on=periods.business_date(now), first=first)
    assert [item.code for item in found] == ["ZJ-3018", "BQ-2515"]
    monkeypatch.setattr(offering, "MOST", 1)
    found = offered(company, now, "guan")
    assert ([one.item.code for one in found.rows], found.more) == (["BQ-2515"], True)


def test_an_agent_is_offered_nothing_at_its_dealers_prices(company, now):
    with pytest.raises(errors.NotFound):
        offered(company, now, "guan", actor=as_person(company, "lianyou", now))


def test_a_product_without_a_unit_joins_its_line_in_the_price_unit(company, now):
    items = company.items
    there = desk.Desk(
        lines=(desk.DeskLine(1, items["BQ-2515"], "20", "支"), desk.DeskLine(2, items["DS-035"], "5"))
    )
    added = [
        kept.TemplateLine(items["BQ-2515"], D(100), ""),
        kept.TemplateLine(items["DS-035"], D(50), "根"),
        kept.TemplateLine(items["DS-035"], D(2), "盒"),
    ]
    with scope.transaction(HOUSE):
        found = desk.with_lines(there, added)
    assert [(line.item_id, line.quantity, line.unit) for line in found.lines] == [
        (items["BQ-2515"], "120", "支"),
        (items["DS-035"], "55", "根"),
        (items["DS-035"], "2", "盒"),
    ]


def test_a_quantity_that_is_no_number_is_not_swallowed_by_the_line_that_is_there(company):
    item = company.items["BQ-2515"]
    there = desk.Desk(lines=(desk.DeskLine(1, item, "20", "支"),))
    found = desk._with(there, [(item, "abc", "支", ""), (item, "5", "支", "")])
    assert [(line.no, line.quantity) for line in found.lines] == [(1, "25"), (2, "abc")]
    _request, reasons = desk.request_of(found)
    assert [(one.code, one.line, one.params["text"]) for one in reasons] == [
        ("orders.quantity_not_a_number", 2, "abc")
    ]


def test_nothing_is_placed_while_pasted_rows_wait(company, now, monkeypatch):
    monkeypatch.setattr(middleware, "timezone", trading.Clock)
    browser = Client()
    browser.force_login(trading.user(company, "zhoulan"), backend=BACKEND)
    typed = {
        "party": company.parties["kangze"],
        "account": company.accounts["kangze.CV"],
        "ship_to": company.places["kangze"],
        "channel": "call_centre",
        "item": company.items["BQ-2515"],
        "quantity": "2",
        "unit": "支",
        "di": "",
        "key": "rows-waiting",
        "left": "XX-999\t3",
    }
    address = f"/orders/new/?party={company.parties['kangze']}"
    answer = browser.post(address, typed)
    assert (answer.status_code, "明细下方还有 1 行" in answer.content.decode()) == (422, True)
    with scope.transaction(HOUSE):
        assert queries.list_orders(queries.Filter(), actor=HOUSE).rows == ()
    assert browser.post(address, typed | {"left": ""}).status_code == 302


def test_a_step_that_was_taken_is_said(company, now, monkeypatch):
    monkeypatch.setattr(middleware, "timezone", trading.Clock)
    order = place(company, ("BQ-2515", 20), now=now)
    browser = Client()
    browser.force_login(trading.user(company, "zhoulan"), backend=BACKEND)
    version = order.version
    for step, words in (("reallocate", "已重新分配库存"), ("release", "已下发仓库")):
        answer = browser.post(f"/orders/{order.id}/do/", {"step": step, "version": version}, follow=True)
        assert words in answer.content.decode()
        version += 1
    # A refusal stands on the order's own page, as it is now.
    answer = browser.post(f"/orders/{order.id}/do/", {"step": "cancel", "version": 1, "reason": "x"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert re.search(f"<h1[^>]*>{order.number}", page)
    assert f"您看到的是第 1 版，现在已是第 {version} 版" in page
    with scope.transaction(HOUSE):
        assert queries.get_order(order.id, actor=HOUSE).version == version


@pytest.fixture
def registered(company):
    """A price of DS-035 registered for the hospital, above what its tier would pay."""
    with scope.everything():
        pricing.PriceRow.objects.create(
            entity_id=company.entities["qd"],
            kind="hospital",
            item_id=company.items["DS-035"],
            hospital_id=company.parties["zheer"],
            price="130.0000",
            valid_from=dt.date(2026, 1, 1),
            citation="浙二医院 报备价",
            entry="0190aaaa-0000-7000-8000-000000000001",
        )


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_hospital_is_told_its_registered_price_and_not_what_its_tier_would_pay(
    browser, company, registered
):
    wanted = {"party": company.parties["zheer"], "account": company.accounts["zheer.CV"]}
    lines = {"item": company.items["DS-035"], "quantity": "2", "unit": "", "di": ""}
    desk = words(browser("hospital").get("/orders/new/", wanted | lines))
    # What is per unit and what is of the whole line stand in one ladder: the latter says of how many.
    assert "单价 130.00 从何而来 报备价 浙二医院 报备价 130.00 不含税 / 税额 本行 2 根 230.09 / 29.91" in desk
    assert "无合同，按报备价" in desk
    assert "DS-035 ·" in desk
    ours = words(browser("zhoulan").get("/orders/new/", wanted | lines))
    assert re.search(r"指导价 \S+ ?\S* 120.00 A 级 × 0.8 96.00 报备价", ours), ours


def test_an_orders_price_is_told_a_partner_as_far_as_it_leads_to_it(browser, company, now):
    order = place(company, ("BQ-2515", 20), now=now)
    address, drawer = f"/orders/{order.id}/?line=1", {"HX-Request": "true"}
    told = words(browser("kangze").get(address, headers=drawer))
    assert "单价 1,860.00 从何而来" in told and "合同价 HT-2026-0183" in told
    assert "不含税 / 税额 本行 20 支 32,920.35 / 4,279.65" in told
    assert "2,200.00" not in told and "B 级" not in told
    assert "2,200.00" in words(browser("zhoulan").get(address, headers=drawer))
    assert browser("kangze").get(f"/orders/{order.id}/?line=9", headers=drawer).status_code == 404
    # What a partner's page does not show, nothing that reads its orders does.
    dealer = as_person(company, "kangze", now)
    mine = place(company, ("BQ-2515", 1), now=now, actor=dealer)
    assert [step["code"] for step in mine.lines[0].explanation] == ["contract", "tax"]


def test_lines_name_the_product_by_our_code(browser, company, now):
    order = place(company, ("BQ-2515", 20), ("DS-035", 50), now=now)
    page = words(browser("kangze").get(f"/orders/{order.id}/"))
    assert "BQ-2515 · 国械注准" in page and "DS-035 ·" in page
    [shipment] = operations.release_order(order_id=order.id, version=order.version, actor=HOUSE, now=now)
    for person, where in (
        ("zhoulan", f"/shipments/{shipment.id}/"),
        ("lijun", f"/shipments/{shipment.id}/scan/"),
    ):
        assert "BQ-2515 ·" in words(browser(person).get(where)), where


def test_self_service_is_what_no_one_of_ours_entered(company, now):
    desk, dealer = as_person(company, "zhoulan", now), as_person(company, "kangze", now)

    def placed(actor, channel, quantity):
        wanted = dataclasses.replace(request(company, ("DS-035", quantity)), channel=channel)
        return operations.place_order(request=wanted, actor=actor, now=now)

    placed(desk, "store", 1)
    own, program = placed(dealer, "portal", 2), placed(HOUSE, "api", 3)
    with scope.transaction(desk):
        found = queries.list_orders(queries.Filter(unattended=True), actor=desk).rows
    assert {one.number for one in found} == {own.number, program.number}


def test_a_draft_says_that_nothing_is_set_aside_and_how_to_go_on(company, browser):
    kept = trading.draft(company)
    page = words(browser("zhoulan").get(f"/orders/{kept.id}/"))
    assert "尚未占用库存、信用额度和返利" in page and "点“提交确认”将重新校验" in page
    placed = words(browser("zhoulan").get(f"/orders/{trading.order(company).id}/"))
    assert "尚未占用库存" not in placed


def test_whom_the_desk_cannot_list_it_says_there_are_more_of(company, browser, monkeypatch):
    found = browser("zhoulan").get("/orders/new/?q=有限公司")
    assert "还有更多" not in words(found)
    monkeypatch.setattr(order_views, "MOST_FOUND", 2)
    found = browser("zhoulan").get("/orders/new/?q=有限公司")
    assert found.content.decode().count('href="/orders/new/?party=') == 2
    assert "还有更多" in words(found)


def test_what_is_short_says_what_comes_when_and_which_entity_has_it(company, now, browser):
    item, hangzhou = company.items["DS-035"], company.sites["hz"]
    today = periods.business_date(now)

    def explained(quantity, actor):
        wanted = request(company, ("DS-035", quantity), ("BQ-2515", 1), place="kangze")
        looked = operations.quote_order(request=wanted, actor=actor, now=now)
        return {code: outlook.told(found, unit="根", today=today) for code, found in looked.outlooks.items()}

    assert explained(900, HOUSE) == {item: ["暂无在途采购。"]}
    with scope.everything():
        for no, (day, quantity, received) in enumerate(
            [(4, 300, 0), (-3, 50, 20), (None, 40, 0), (9, 10, 10)], start=1
        ):
            purchase = supply.PurchaseOrder.objects.create(
                entry=uuid.uuid4(),
                created_at=now,
                number=f"PO-{no}",
                entity_id=company.entities["qd"],
                supplier_id=1,
                site_id=hangzhou,
                status="receiving",
                ordered_on=today,
                expected_on=None if day is None else today + dt.timedelta(days=day),
            )
            supply.PurchaseLine.objects.create(
                entry=uuid.uuid4(),
                order=purchase,
                no=1,
                item_id=item,
                entered_quantity=quantity,
                unit="根",
                quantity=quantity,
                unit_price=1,
                tax_rate=D("0.13"),
                gross=1,
                net=1,
                received=received,
            )
        lot = inventory.Balance.objects.filter(item_id=item, status="good").first()
        inventory.Balance.objects.filter(pk=lot.pk).update(entity_id=company.entities["gz"])
    site = {row.pk: row.name for row in _sites()}
    assert explained(900, HOUSE) == {
        item: [
            f"{site[hangzhou]} 30 根，原定 2026-11-20 到货，尚未收到。",
            f"{site[hangzhou]} 2026-11-27 预计到货 300 根。",
            f"已采购 40 根，到{site[hangzhou]}，到货日未定。",
            f"其他法人的{site[hangzhou]}有 200 根可供。",
        ]
    }
    # No partner is told what we buy and hold.
    assert explained(900, as_person(company, "kangze", now)) == {}
    typed = {
        "party": company.parties["kangze"],
        "account": company.accounts["kangze.CV"],
        "ship_to": company.places["kangze"],
        "item": item,
        "quantity": "900",
        "unit": "根",
        "di": "",
    }
    page = words(browser("zhoulan").post("/orders/new/quote/", typed))
    assert f"{site[hangzhou]} 2026-11-27 预计到货 300 根" in page
    assert "预计到货" not in words(browser("kangze").post("/orders/new/quote/", typed))


def _sites():
    with scope.everything():
        return list(inventory.Site.objects.all())
