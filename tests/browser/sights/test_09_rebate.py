"""Sight 9. The rebate: run, tiers, volume, cents to the line, pool, use on an order; the same seen by the partner."""

import re
from decimal import Decimal

from playwright.sync_api import expect

from tests.browser import watching
from tests.browser.sights import asking
from tests.browser.sights.asking import cents, yuan

# Of the small company's contract HT-2026-0183: on all of the quarter's volume, without tax.
TIERS = ((Decimal(0), Decimal(0)), (Decimal(30_000), Decimal("0.02")), (Decimal(60_000), Decimal("0.03")))
VOLUME = """
SELECT sum(CASE f.kind WHEN 'signed' THEN f.net ELSE -f.net END)
FROM settlement_fact f JOIN settlement_rebaterun r ON r.account_id = f.account_id
WHERE r.id = %s AND f.kind IN ('signed', 'returned') AND f.price_kind <> 'vbp'
    AND f."on" >= r.period_from AND f."on" < r.period_until AND f.number <= r.journal_number
"""


def test_a_quarters_rebate_from_the_run_to_the_order_that_uses_it(demo, demo_page_of):
    run = demo.stories.rebate_run
    number = asking.one("SELECT number FROM settlement_rebaterun WHERE id = %s", run)
    pool = demo.debtors["kangze"]
    for username in ("qianfang", "kangze"):
        page = demo_page_of(username)
        page.goto("/rebates/?q=康泽" if username == "qianfang" else "/rebates/")
        page.locator("tbody th a", has_text=number).click()
        _run(page, run)
        assert watching.accessibility(page) == []
        page.goto("/pools/")
        page.locator("tbody tr", has_text="上海启渡" if username == "kangze" else "杭州康泽").locator(
            "th a"
        ).click()
        _pool(page, pool, run)
        _used(page, pool, demo.stories.rebate_used_order)


def _run(page, run):
    """47,017.70 lies from 30,000 to 60,000: 2 % of all of it."""
    volume = asking.one(VOLUME, run)
    start, rate = max(tier for tier in TIERS if tier[0] <= volume)
    earned = cents(volume * rate)
    assert earned > 0
    for word in (yuan(earned), f"{yuan(volume)} × {rate * 100:.0f}%"):
        expect(page.locator("main")).to_contain_text(word)
    steps = page.locator(".q-card", has=page.get_by_role("heading", name="达到档位", level=2))
    for begin, share in TIERS:
        expect(steps.locator("tr", has_text=f"自 ¥ {yuan(begin)}")).to_contain_text(f"{share * 100:.0f}%")
    expect(steps.locator("tr.total")).to_contain_text(f"自 ¥ {yuan(start)}")
    following = min((tier for tier in TIERS if tier[0] > volume), default=None)
    if following:
        # The quarter is over: nothing more is to be bought for it.
        expect(steps).to_contain_text(f"距 {following[1] * 100:.0f}% 差 ¥ {yuan(following[0] - volume)}")
    expect(steps.locator("[data-chart] svg")).to_be_visible()
    # Cents to the line: together exactly what was earned.
    page.locator(".q-card", has_text="分摊到行").get_by_role("link", name="计入", exact=True).click()
    lines = page.locator(".q-card", has_text="分摊到行").locator("tbody td:last-child")
    shown = [Decimal(text.replace(",", "")) for text in lines.all_inner_texts()]
    assert sum(shown) == earned
    bases = asking.rows(
        "SELECT base FROM settlement_rebaterunline WHERE run_id = %s AND counted ORDER BY fact_id", run
    )
    assert all(
        abs(share - base * rate) < Decimal("0.01") for share, (base,) in zip(shown, bases, strict=True)
    )
    page.get_by_role("link", name="重算核对").click()
    expect(page.locator("#drawer")).to_contain_text("每一行、每一分都相同")
    page.keyboard.press("Escape")


def _pool(page, pool, run):
    balance = asking.one("SELECT sum(gross) FROM settlement_poolentry WHERE node_id = %s", pool)
    payable = asking.one("SELECT payable FROM settlement_rebaterun WHERE id = %s", run)
    expect(page.locator(".q-pool-figures")).to_contain_text(yuan(balance))
    expect(page.locator("tbody tr", has_text=yuan(payable)).filter(has_text="已入账")).to_have_count(1)


def _used(page, pool, number):
    """The order that took from it, and what it shows of that."""
    used = asking.one(
        "SELECT -sum(e.gross) FROM settlement_poolentry e JOIN orders_order o ON o.id = e.origin_id"
        " WHERE e.node_id = %s AND o.number = %s",
        *(pool, number),
    )
    page.get_by_role("link", name=number).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(number)
    expect(page.locator("main")).to_contain_text(yuan(used))


def test_finance_confirms_the_rebate_that_waits_and_the_pool_holds_it(demo, demo_page_of):
    run = demo.stories.rebate_to_confirm
    payable = asking.one(
        "SELECT payable FROM settlement_rebaterun WHERE id = %s AND status = 'calculated'", run
    )
    assert payable > 0
    page = demo_page_of("qianfang")
    page.goto(f"/rebates/{run}/")
    page.get_by_role("button", name=re.compile(f"确认 .*{re.escape(yuan(payable))}.* 入池")).click()
    expect(page.locator("#confirm")).to_contain_text(f"的返利 ¥ {yuan(payable)} 记入")
    page.locator("#confirm-yes").click()
    expect(page.locator(".q-head .q-tag")).to_have_text("已确认")
    page.get_by_role("link", name="返利池", exact=True).last.click()
    expect(page.locator("tbody tr", has_text=yuan(payable)).first).to_contain_text("已入账")
    stranger = demo_page_of("kangze", expects=404)
    assert stranger.goto(f"/rebates/{run}/").status == 404
