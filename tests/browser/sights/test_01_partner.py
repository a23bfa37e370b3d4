"""Sight 1. A dealer's page: file, licences with expiry and what they lock, territory, accounts and tiers,
contracts, orders, rebate progress with the curve, receivables, flow, timeline."""

import datetime as dt
import json
import re
from decimal import Decimal

from playwright.sync_api import expect

from tests.browser import watching
from tests.browser.sights import asking
from tests.browser.sights.asking import yuan

TODAY = dt.date(2026, 11, 23)
QUARTER = dt.date(2026, 10, 1)


def card(page, title):
    return page.locator(".q-card", has=page.get_by_role("heading", name=title, exact=True, level=2))


def test_a_dealers_page_shows_all_of_the_dealer(demo, demo_page_of):
    key = demo.stories.rebate_partner
    dealer, party = demo.partners[key], demo.company.parties[key]
    [(account, name)] = [
        (id, name) for name, id in demo.company.accounts.items() if name.startswith(f"{key}.")
    ]
    page = demo_page_of("wangmin")
    page.goto(f"/partners/{party}/")
    _file(page, dealer)
    _licences(page, party, account)
    _receivables(page, demo.debtors[key])
    _rebate(page, account)
    _timeline(page, account, demo.debtors[key])
    assert watching.accessibility(page) == []
    page.get_by_role("link", name=re.compile("授权与区域")).click()
    _territory(page, party)
    page.get_by_role("link", name=re.compile("账户与等级")).click()
    row = card(page, "渠道账户").locator("tbody tr")
    expect(row).to_contain_text(f"{dealer.tier} 级")
    expect(row).to_contain_text("华东区")
    expect(card(page, "等级变更记录").locator("tbody tr")).to_contain_text(f"{dealer.tier} 级")
    page.get_by_role("link", name="往来").click()
    number, _ = demo.contracts[name]
    contract = card(page, "合同").locator("tbody tr", has_text=number)
    expect(contract).to_contain_text("v2")
    expect(contract).to_contain_text("2026-07-01 – 2026-12-31")
    _orders(page, party)
    flow = card(page, "流向").locator("tbody tr")
    expect(flow.first).to_contain_text(demo.stories.diverted_file)
    expect(flow.first.locator("td").nth(2)).to_have_text(
        str(
            asking.one(
                "SELECT count(*) FROM flow_flowrow l JOIN flow_flowfile f ON f.id = l.file_id WHERE f.number = %s",
                demo.stories.diverted_file,
            )
        )
    )


def _file(page, dealer):
    expect(page.get_by_role("heading", level=1)).to_have_text(dealer.name)
    facts = card(page, "基本信息")
    for fact in (dealer.short, dealer.uscc, dealer.address, dealer.phone, "浙江省 温州市"):
        expect(facts).to_contain_text(fact)


def _licences(page, party, account):
    [(number, until)] = asking.rows(
        "SELECT number, valid_until FROM partners_licence WHERE party_id = %s AND kind = 'distribution_permit'",
        party,
    )
    locked = asking.one(
        "SELECT count(*) FROM catalog_item i JOIN partners_channelaccount a ON a.line_id = i.line_id"
        " WHERE a.id = %s AND i.device_class = 3",
        account,
    )
    permit = card(page, "证照").locator("tbody tr", has_text=number)
    expect(permit).to_contain_text(str(until - dt.timedelta(days=1)))
    expect(permit).to_contain_text(f"第三类自 {until} 起停止下单、发货")
    expect(permit).to_contain_text(f"{locked} 个产品")


def _receivables(page, debtor):
    open_ = asking.one(
        "SELECT sum(gross - paid - credited) FROM settlement_invoice WHERE node_id = %s AND kind = 'blue'",
        debtor,
    )
    available = asking.one(
        'SELECT "limit" - receivable - shipped_not_invoiced - open_orders + prepaid FROM settlement_creditline'
        " WHERE node_id = %s",
        debtor,
    )
    credit = card(page, "信用")
    expect(credit).to_contain_text(yuan(open_))
    expect(credit).to_contain_text(f"¥ {yuan(available)} 可用")
    # By age, each age leading to its invoices.
    by_age = page.locator(".q-card", has=page.get_by_role("columnheader", name="账龄"))
    expect(by_age.locator("tfoot, .q-sums").first).to_contain_text(yuan(open_))


def _rebate(page, account):
    """再进 ¥93,570.27 达 1%: what was signed for since October, without tax, against the steps of the contract."""
    bought = asking.one(
        "SELECT sum(CASE kind WHEN 'signed' THEN net ELSE -net END) FROM settlement_fact"
        " WHERE account_id = %s AND kind IN ('signed', 'returned') AND \"on\" >= %s AND price_kind <> 'vbp'",
        account,
        QUARTER,
    )
    scale = json.loads(
        asking.one(
            "SELECT t.scale::text FROM pricing_rebateterm t JOIN pricing_contractversion v ON v.id = t.contract_version_id"
            " JOIN pricing_contract c ON c.id = v.contract_id"
            " WHERE c.account_id = %s AND v.status = 'effective' AND v.valid_from <= %s AND v.valid_until > %s",
            *(account, TODAY, TODAY),
        )
    )
    following = next(one for one in scale["tiers"] if Decimal(one["from"]) > bought)
    more = yuan(Decimal(following["from"]) - bought)
    percent = f"{Decimal(following['rate']) * 100:.2f}".rstrip("0").rstrip(".")
    progress = card(page, "季度返利 · 心血管介入")
    expect(progress).to_contain_text(f"再进 ¥ {more} 达 {percent}%")
    expect(progress).to_contain_text(f"¥ {yuan(bought)}")
    expect(progress.locator("[data-chart] svg")).to_be_visible()


def _timeline(page, account, debtor):
    titles = asking.one(
        "SELECT count(*) FROM journal_leaf l WHERE part = 0"
        " AND node_id IN (%s, (SELECT node_id FROM partners_channelaccount WHERE id = %s))",
        debtor,
        account,
    )
    entries = page.locator(".q-timeline li")
    expect(entries).to_have_count(min(titles, 15))
    # Newest first: next year's contract is drafted, some time before that a line of the statement was disputed.
    expect(entries.first).to_contain_text("合同版本起草")
    expect(entries.filter(has_text="对账单提出异议").first).to_contain_text("ST1-2026-")
    expect(page.locator("main")).not_to_contain_text("job:")


def _territory(page, party):
    [(first, until, target, place)] = asking.rows(
        "SELECT a.valid_from, a.valid_until, a.target, t.name FROM partners_authorisation a"
        " JOIN partners_territory t ON t.code = a.territory_from"
        " WHERE a.party_id = %s AND a.valid_until > %s AND a.hospital_id = 0",
        party,
        TODAY,
    )
    row = card(page, "生效中的授权").locator("tbody tr", has_text=yuan(target)).filter(has_text=str(first))
    for words in (place, "心血管介入", str(until - dt.timedelta(days=1)), yuan(target)):
        expect(row).to_contain_text(words)
    named = asking.rows(
        "SELECT p.name, a.exclusive FROM partners_authorisation a JOIN partners_party p ON p.id = a.hospital_id"
        " WHERE a.party_id = %s AND a.valid_until > %s",
        party,
        TODAY,
    )
    assert named
    for hospital, exclusive in named:
        row = card(page, "生效中的授权").locator("tbody tr", has_text=hospital).filter(has_text=str(first))
        expect(row).to_contain_text("独家" if exclusive else place[-3:])
    expired = card(page, "已结束的授权").locator("tbody tr", has_text="已过期")
    expect(expired.get_by_role("link", name="撤销")).to_have_count(0)


def _orders(page, party):
    newest = asking.rows(
        "SELECT number, gross FROM orders_order WHERE party_id = %s ORDER BY business_on DESC, number DESC LIMIT 5",
        party,
    )
    listed = card(page, "最近订单").locator("tbody tr")
    for place, (number, gross) in enumerate(newest):
        expect(listed.nth(place)).to_contain_text(number)
        expect(listed.nth(place)).to_contain_text(yuan(gross))


def test_a_lapsing_licence_says_in_how_many_days_it_locks(demo, demo_page_of):
    party = demo.company.parties[demo.stories.lapsing_partner]
    until = asking.one(
        "SELECT min(valid_until) FROM partners_licence WHERE party_id = %s AND valid_until IS NOT NULL", party
    )
    page = demo_page_of("zhaoqing")
    page.goto(f"/partners/{party}/")
    last = until - dt.timedelta(days=1)
    row = card(page, "证照").locator("tbody tr", has_text=str(last))
    expect(row).to_contain_text(f"剩 {(last - TODAY).days} 天")
