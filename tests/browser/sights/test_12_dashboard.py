"""Sight 12. The dashboard: sales by region, line and tier; attainment; on-time; stock-out risk ahead; near-expiry
and turnover; promotion effect; each figure opens to its rows and shows numerator, denominator, baseline, target."""

import io
import re
from decimal import Decimal

import python_calamine
from playwright.sync_api import expect

from tests.browser import watching
from tests.browser.sights import asking
from tests.browser.sights.asking import cents, yuan

SALES = """
SELECT {by}, sum(CASE f.kind WHEN 'signed' THEN f.net ELSE -f.net END)
FROM settlement_fact f LEFT JOIN organisation_region r ON r.id = f.region_id
LEFT JOIN catalog_productline l ON l.id = f.line_id
WHERE f.kind IN ('signed', 'returned') AND f."on" >= '2025-12-01' AND f."on" <= '2026-11-23' GROUP BY 1
"""
DUE = """
SELECT count(*), count(*) FILTER (WHERE l.quantity <= (
    SELECT sum(s.signed) FROM orders_shipmentline s JOIN orders_shipment h ON h.id = s.shipment_id
    WHERE s.order_line_id = l.id AND (h.signed_at AT TIME ZONE 'Asia/Shanghai')::date <= o.promised_on))
FROM orders_orderline l JOIN orders_order o ON o.id = l.order_id
WHERE o.promised_on >= '2025-12-01' AND o.status NOT IN ('draft', 'cancelled')
    AND (o.promised_on < '2026-11-23' OR o.promised_on = '2026-11-23' AND o.signed_on <= '2026-11-23')
"""


def tile(page, code):
    return page.locator(f"[data-kpi={code}]")


def step(page, label):
    """The value beside a step of the drawer."""
    return page.locator("#drawer tr", has=page.locator("th", has_text=re.compile(f"^{label}"))).locator("td")


def test_the_dashboard_and_what_each_figure_is_made_of(demo, demo_page_of):
    page = demo_page_of("mengyao")
    page.goto("/dashboard/?period=twelve")
    expect(page.locator("#promotions table")).to_be_visible()
    expect(page.locator("#goods table").first).to_be_visible()
    _sales(page)
    _stock(page, demo)
    _promotions(page, demo)
    assert watching.accessibility(page) == []
    due, in_time = asking.rows(DUE)[0]
    expect(tile(page, "on_time")).to_contain_text(f"{in_time:,} / {due:,}")
    tile(page, "on_time").click()
    expect(page.locator("#drawer-title")).to_have_text("准时交付率")
    expect(step(page, "准时交付率")).to_have_text(f"{(cents(Decimal(in_time) / due * 100)).normalize():f}%")
    expect(step(page, "目标")).to_have_text("95%")
    expect(step(page, "基线")).to_have_text("90%")
    page.keyboard.press("Escape")
    _rows(page, asking.rows(SALES.format(by="1"))[0][1])


def _sales(page):
    total = sum(amount for _, amount in asking.rows(SALES.format(by="f.kind")))
    expect(tile(page, "sales")).to_contain_text(f"¥ {yuan(total)}")
    behind = page.locator(".i-behind")
    for place, by in ((1, "r.name"), (2, "l.name"), (3, "f.tier")):
        found = behind.nth(place)
        found.locator("summary").click()
        parts = asking.rows(SALES.format(by=by))
        assert len(parts) > 2
        for name, amount in parts:
            row = found.locator("tbody tr", has=page.get_by_role("rowheader", name=re.compile(f"^{name}")))
            expect(row).to_contain_text(yuan(amount))
        expect(found.locator("tfoot")).to_contain_text(yuan(total))
        expect(page.locator("figure [data-chart] svg").nth(place)).to_be_visible()


def _stock(page, demo):
    goods = page.locator("#goods")
    risk = goods.locator("tbody tr", has_text=demo.stories.short_item)
    expect(risk).to_contain_text("不足")
    expect(risk).to_contain_text("500")  # are on their way
    # What is past its date stands in a card of its own, on hold; near expiry begins with what may still be sold.
    for heading, past in (("^近效期", False), ("^已过期", True)):
        first = asking.one(
            "SELECT min(t.last_usable_on) FROM inventory_balance b JOIN inventory_lot t ON t.id = b.lot_id"
            " JOIN inventory_site s ON s.id = b.site_id AND s.kind = 'warehouse'"
            " WHERE b.on_hand > 0 AND b.owner_kind = 'entity' AND (t.last_usable_on < '2026-11-23') = %s",
            past,
        )
        row = page.locator(".q-card", has=page.get_by_role("heading", name=re.compile(heading)))
        expect(row.locator("tbody tr").first).to_contain_text(str(first))
        if past:
            expect(row.locator("tbody tr").first).to_contain_text("冻结")
    for code, target in (("near_expiry", "5%"), ("expired", "0.5%"), ("turnover", "90 天")):
        expect(tile(goods, code)).to_contain_text(f"目标 {target}")


def _promotions(page, demo):
    promotion = demo.stories.promotion
    for entity, budget, given in asking.rows(
        "SELECT e.short_name, p.budget, coalesce((SELECT sum(l.discount) FROM orders_orderline l JOIN orders_order o"
        " ON o.id = l.order_id WHERE l.promotion_id = p.id AND o.status NOT IN ('draft', 'cancelled')), 0)"
        " FROM pricing_promotion p JOIN organisation_legalentity e ON e.id = p.entity_id WHERE p.name = %s",
        promotion,
    ):
        row = page.locator("#promotions tr", has_text=promotion).filter(has_text=entity)
        expect(row).to_contain_text(yuan(given))
        expect(row).to_contain_text(f"预算 {yuan(budget)}")


# What stands beside the two numbers of a figure.
BASES = {
    "attainment": "有目标账户，目标期至今",
    **dict.fromkeys(("near_expiry", "expired"), "按成本，今日库存"),
    "turnover": "按成本，90 天前与今日的平均",
}


def _rows(page, total):
    """Every figure opens to its numbers, and from there to its rows."""
    for code in (
        "attainment",
        "shortage",
        "coverage",
        "flow",
        "overdue",
        "dso",
        "stock_out",
        "near_expiry",
        "expired",
        "turnover",
    ):
        tile(page, code).first.click()
        drawer = page.locator("#drawer")
        expect(drawer.locator("tr").nth(1)).to_be_visible()
        shown = tile(page, code).first.locator(".sub").first.inner_text()
        # Attainment counts over the term of the targets, not over the period chosen, and says so; stock by what.
        basis = BASES.get(code, "")
        assert shown.endswith(basis)
        for part in shown.removesuffix(basis).split(" / "):
            expect(drawer).to_contain_text(part.strip())
        for against in ("目标", "基线"):
            expect(step(page, against)).to_contain_text(re.compile(r"\d"))
        address = drawer.get_by_role("link", name="查看明细").get_attribute("href")
        assert page.request.get(address).status == 200
        page.keyboard.press("Escape")
    tile(page, "sales").click()
    page.get_by_role("link", name="查看明细").click()
    expect(page.locator("tfoot")).to_contain_text(yuan(total))
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").click()
    with open(download.value.path(), "rb") as file:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    head, *rows = book.get_sheet_by_index(0).to_python()
    net = next(place for place, title in enumerate(head) if "不含税" in str(title))
    assert cents(Decimal(str(sum(row[net] for row in rows if isinstance(row[net], float))))) == total


def test_a_dealers_own_board_counts_its_own_sales_alone(demo, demo_page_of):
    own = asking.one(
        "SELECT sum(CASE kind WHEN 'signed' THEN net ELSE -net END) FROM settlement_fact"
        " WHERE party_id = %s AND kind IN ('signed', 'returned') AND \"on\" >= '2026-01-01'",
        demo.company.parties["kangze"],
    )
    page = demo_page_of("kangze")
    page.goto("/dashboard/?period=year")
    expect(tile(page, "sales")).to_contain_text(yuan(own))
    expect(page.locator("#goods, #promotions")).to_have_count(0)
