"""Sight 9: the rebate from the run to the order that uses it; the same seen by the partner, by nobody else."""

import re

from playwright.sync_api import expect

from tests.browser import trading, watching
from tests.browser.desk import Desk
from tests.browser.working import work_done


def test_a_run_shows_tier_curve_and_cents_and_replays_equal(opened, owed):
    for username in ("qianfang", "kangze"):
        page = opened(username, f"/rebates/{owed.run.id}/")
        main = page.locator("main")
        expect(main).to_contain_text("再进 ¥ 24,477.88 达 3%")
        expect(main).to_contain_text("35,522.12 × 2%")
        expect(page.locator("[data-chart] svg")).to_be_visible()
        cents = page.locator(".q-card", has_text="分摊到行").locator("tbody td:last-child")
        expect(cents).to_have_text(["658.40", "84.96", "−32.92"])
        page.get_by_role("link", name="重算核对").click()
        expect(page.locator("#drawer")).to_contain_text("每一行、每一分都相同")
    assert watching.accessibility(page) == []


def test_all_contracts_are_run_at_once_confirmed_and_used_on_an_order(opened, company):
    trading.work.sign(
        company, trading.on_the_road(company, ("BQ-2515", "20"), ("DS-035", "50")), "kangze", now=trading.NOW
    )
    trading.number()
    clerk = opened("sunli", "/rebates/")
    clerk.get_by_text("计算返利", exact=True).click()
    clerk.get_by_label("所属月份").fill("2026-11")
    clerk.get_by_role("button", name="全部计算").click()
    work_done(clerk)
    expect(clerk.locator(".q-work")).to_contain_text("已计算")
    finance = opened("qianfang", "/rebates/?status=preview&q=康泽")
    finance.locator("tbody tr", has_text="37,168.14").locator("th a").click()
    expect(finance.locator("main")).to_contain_text("743.36")
    # The quarter is under way: what was earned so far is settled in part, which is said and confirmed.
    expect(finance.get_by_role("button", name=re.compile("确认 .* 入池"))).to_have_count(0)
    expect(finance.locator("main")).to_contain_text("周期至 2026-12-31 结束")
    finance.get_by_role("link", name="部分结算").click()
    drawer = finance.locator("#drawer")
    expect(drawer).to_contain_text("743.36 现在记入返利池；2027-01-01 起的结算将予以扣除")
    drawer.get_by_role("button", name="部分结算").click()
    expect(finance.locator(".q-head .q-tag")).to_have_text("已确认")

    dealer = opened("kangze", "/pools/")
    dealer.locator("tbody th a").click()
    expect(dealer.locator(".q-pool-figures")).to_contain_text("743.36")
    desk = Desk(dealer)
    desk.add("BQ-2515\t2")
    with desk.quoted():
        dealer.locator("#rebate_use").fill("300")
        dealer.locator("#rebate_use").press("Enter")
    desk.place.click()
    number = desk.placed()
    dealer.goto("/pools/")
    dealer.locator("tbody th a").click()
    expect(dealer.locator(".q-pool-figures")).to_contain_text("443.36")
    used = dealer.locator("tbody tr", has_text="−300.00")
    trading.number()
    dealer.reload()
    used.get_by_role("link", name=number).click()
    expect(dealer.get_by_role("heading", level=1)).to_have_text(number)


def test_the_agent_above_and_the_sibling_see_no_rebate_of_the_dealer(opened, owed):
    for username in ("lianyou", "renji"):
        page = opened(username, "/rebates/", expects=404)
        expect(page.locator("main")).not_to_contain_text(owed.run.number)
        page.goto("/pools/")
        expect(page.locator("main")).not_to_contain_text("710.44")
        page.goto(f"/rebates/{owed.run.id}/")
        expect(page.locator("main")).not_to_contain_text("710.44")
