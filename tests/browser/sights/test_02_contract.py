"""Sight 2. A contract: versions with diff, price and tax terms, regional discount, promotion, rebate with its
curve; who signed when."""

from decimal import Decimal

from playwright.sync_api import expect

from tests.browser import watching
from tests.browser.sights import asking
from tests.browser.sights.asking import cents, yuan


def card(page, title):
    return page.locator(".q-card", has=page.get_by_role("heading", name=title, exact=True, level=2))


def test_a_contract_with_its_versions_and_all_that_shapes_its_prices(demo, demo_page_of):
    number = demo.stories.versioned_contract
    [(name, contract)] = [(name, id) for name, (no, id) in demo.contracts.items() if no == number]
    partner = demo.partners[name.split(".")[0]]
    page = demo_page_of("mengyao")
    page.goto(f"/contracts/?q={number}")
    page.get_by_role("link", name=number).first.click()
    versions = page.locator(".q-versions")
    # Who signed when.
    signed = asking.rows(
        "SELECT number, signed_by, countersigned_by, (signed_at AT TIME ZONE 'Asia/Shanghai')::date"
        " FROM pricing_contractversion WHERE contract_id = %s ORDER BY number",
        contract,
    )
    assert len(signed) == 2
    for no, ours, theirs, on in signed:
        assert (ours, theirs) == ("孟遥", partner.contact)
        expect(versions).to_contain_text(f"v{no}")
        expect(versions).to_contain_text(f"{on} 签署：供方 {ours}，需方 {theirs}")
    _difference(page, contract)
    _prices(page, contract)
    factors = card(page, "适用系数")
    expect(factors).to_contain_text("华中区× 0.98")
    expect(factors).to_contain_text(f"{partner.tier} 级× 0.8")
    promotion = card(page, "进行中的促销")
    expect(promotion.get_by_role("link", name=demo.stories.promotion)).to_be_visible()
    expect(promotion).to_contain_text("每满 ¥ 8,000 减 ¥ 240")
    _rebate(page)
    assert watching.accessibility(page) == []
    # The version before, as it was.
    versions.get_by_role("link", name="v1").click()
    expect(page.locator(".q-head .q-tag")).to_have_text("已被替代")
    before = asking.one(
        "SELECT max(p.price) FROM pricing_pricerow p JOIN pricing_contractversion v ON v.id = p.contract_version_id"
        " WHERE v.contract_id = %s AND v.number = 1",
        contract,
    )
    expect(card(page, "价格")).to_contain_text(yuan(before))


def _difference(page, contract):
    diff = card(page, "v1 → v2 变更")
    for row, was, now in (
        ("账期", "30 天", "45 天"),
        ("起日", "2026-01-01", "2026-07-01"),
        ("季度返利", "600,000 → 3.5%", "600,000 → 4%"),
        ("备注", "—", "半年度调价"),
    ):
        line = diff.locator("tr", has=page.get_by_role("rowheader", name=row, exact=True))
        expect(line.locator("td").first).to_contain_text(was)
        expect(line.locator("td").last).to_contain_text(now)
    changed = asking.rows(
        "SELECT i.code, a.price, b.price FROM pricing_pricerow a JOIN pricing_pricerow b USING (item_id)"
        " JOIN catalog_item i ON i.id = a.item_id"
        " JOIN pricing_contractversion v ON v.id = a.contract_version_id AND v.number = 1"
        " JOIN pricing_contractversion w ON w.id = b.contract_version_id AND w.number = 2"
        " WHERE v.contract_id = %s AND w.contract_id = v.contract_id",
        contract,
    )
    expect(diff.locator("tr", has_text="降价")).to_have_count(len(changed))
    for code, was, now in changed:
        row = diff.locator("tr", has_text=code)
        percent = cents((now - was) / was * 100)
        for words in ("降价", yuan(was), yuan(now), f"{percent:+.2f}%".replace("-", "−")):
            expect(row).to_contain_text(words)


def _prices(page, contract):
    """Every price with tax, the rate, and without tax."""
    agreed = asking.rows(
        "SELECT i.code, p.price, p.citation FROM pricing_pricerow p JOIN catalog_item i ON i.id = p.item_id"
        " JOIN pricing_contractversion v ON v.id = p.contract_version_id"
        " WHERE v.contract_id = %s AND v.number = 2",
        contract,
    )
    prices = card(page, "价格").locator("tbody tr")
    expect(prices).to_have_count(len(agreed))
    for code, price, _ in agreed:
        row = prices.filter(has_text=code)
        net = (price / Decimal("1.13")).quantize(Decimal("0.0001"), rounding="ROUND_HALF_UP")
        whole, _, decimals = f"{net:,.4f}".partition(".")
        for words in (yuan(price), "13%", f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"):
            expect(row).to_contain_text(words)


def _rebate(page):
    """Band by band: 0.5 % of the first 200,000 are 1,000; 2 % of the next 400,000 are 8,000 more."""
    rebate = card(page, "季度返利")
    expect(rebate.locator("[data-chart] svg, svg").first).to_contain_text("超额累进")
    steps = rebate.locator("tbody tr")
    for place, (start, rate, earned, whole) in enumerate(
        (
            ("¥ 0", "0.5%", "0.00", "0.00"),
            ("¥ 200,000", "2%", "1,000.00", "4,000.00"),
            ("¥ 600,000", "4%", "9,000.00", "24,000.00"),
        )
    ):
        cells = steps.nth(place).locator("th, td")
        expect(cells).to_have_text([start, rate, earned, whole])


def test_the_partner_sees_its_contract_without_our_floor_and_nobody_else_sees_it(demo, demo_page_of):
    from qudao.shell.demo import trade

    number = demo.stories.versioned_contract
    [(name, contract)] = [(name, id) for name, (no, id) in demo.contracts.items() if no == number]
    page = demo_page_of(trade.username_of(demo.partners[name.split(".")[0]]))
    page.goto(f"/contracts/{contract}/")
    expect(card(page, "季度返利")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("底价")
    stranger = demo_page_of("kangze", expects=404)
    assert stranger.goto(f"/contracts/{contract}/").status == 404
