"""Sight 8. Statements: build, send, confirm or dispute per line, adjust, lock; PDF and Excel with the checkpoint."""

import datetime as dt
import io
import re
from decimal import Decimal

import python_calamine
from playwright.sync_api import expect

from qudao.shell.demo import trade
from tests.browser import trading, watching
from tests.browser.sights import asking
from tests.browser.sights.asking import yuan
from tests.browser.working import sure, work_done


def state(page):
    return page.locator(".q-head .q-tag")


class Over:
    """The site in the month after the newest trade."""

    now = staticmethod(lambda: trading.NOW + dt.timedelta(days=10))


def test_a_month_from_building_its_statements_to_locking_one(demo, demo_page_of, monkeypatch):
    monkeypatch.setattr("qudao.shell.middleware.timezone", Over)
    clerk = demo_page_of("sunli")
    clerk.goto("/statements/")
    clerk.get_by_text("生成对账单", exact=True).click()
    clerk.get_by_label("月份").fill("2026-11")
    clerk.get_by_role("button", name="全部生成").click()
    work_done(clerk)
    built = asking.one("SELECT count(*) FROM settlement_statement WHERE period_from = '2026-11-01'")
    expect(clerk.locator(".q-work")).to_contain_text(f"已生成 2026-11 对账单 {built} 份")
    clerk.get_by_role("link", name="查看结果").click()
    expect(clerk.locator("tbody tr")).to_have_count(min(built, 50))
    id, party = asking.rows(
        "SELECT s.id, s.party_id FROM settlement_statement s JOIN settlement_statementline l"
        " ON l.statement_id = s.id AND l.section = 'sales' WHERE s.period_from = '2026-11-01'"
        " GROUP BY s.id ORDER BY count(*) DESC, s.number LIMIT 1"
    )[0]
    key = next(key for key, found in demo.company.parties.items() if found == party)
    address = f"/statements/{id}/"
    clerk.goto(address)
    _equation(clerk, id)
    sure(clerk, "发送给伙伴")
    expect(state(clerk)).to_have_text("已发送")

    # The partner says no to one line and yes to the others.
    partner = demo_page_of(trade.username_of(demo.partners[key]))
    partner.goto(address)
    _equation(partner, id)
    assert watching.accessibility(partner) == []
    lines = partner.locator(".q-card", has=partner.get_by_role("heading", name="本期进货", level=2))
    sold = asking.rows(
        "SELECT no, document_number, amount FROM settlement_statementline"
        " WHERE statement_id = %s AND section = 'sales' ORDER BY no",
        id,
    )
    expect(lines.locator("tbody tr")).to_have_count(len(sold))
    lines.locator("tbody tr").first.get_by_role("link", name="异议").click()
    drawer = partner.locator("#drawer")
    drawer.get_by_label("异议原因").select_option("price")
    drawer.get_by_label("补充说明").fill("本行应按合同价结算")
    drawer.get_by_role("button", name="提出异议").click()
    expect(state(partner)).to_have_text("有异议")
    expect(partner.get_by_role("button", name="确认对账单")).to_have_count(0)
    partner.get_by_role("button", name=re.compile(r"确认这 \d+ 行")).first.click()
    agreed = lines.locator("tbody tr", has_text="已确认")
    expect(agreed).to_have_count(len(sold) - 1)

    # We adjust it, the partner confirms, we lock.
    clerk.goto(address)
    disputes = clerk.locator(".q-card", has_text="待处理异议")
    expect(disputes).to_contain_text("本行应按合同价结算")
    disputes.get_by_role("link", name="答复").click()
    drawer = clerk.locator("#drawer")
    drawer.get_by_label("调整金额", exact=True).check()
    down = min(Decimal("100.00"), sold[0][2])
    drawer.get_by_label(re.compile("^合计调整金额（元")).fill(f"-{down}")
    drawer.get_by_label("给伙伴的答复").fill("已核实，下调")
    drawer.get_by_role("button", name="提交答复").click()
    expect(state(clerk)).to_have_text("已答复")
    # What is owed after it stands before the partner that is to agree.
    partner.goto(address)
    expect(partner.locator("main")).to_contain_text("已核实，下调")
    closing = asking.one("SELECT closing FROM settlement_statement WHERE id = %s", id)
    expect(partner.locator(".q-equation--after .q-total b")).to_have_text(yuan(closing - down))
    sure(partner, "确认对账单")
    expect(state(partner)).to_have_text("已确认")
    trading.number()
    clerk.goto(address)
    sure(clerk, "签章锁定")
    expect(state(clerk)).to_have_text("已锁定")
    expect(clerk.locator(".q-signature").first).to_contain_text(demo.partners[key].contact)
    expect(clerk.locator(".q-signature").last).to_contain_text("孙丽")
    _papers(clerk, partner, id, sold)


def _equation(page, id):
    """Closing = opening + sales − returns − rebates − receipts; the sales are the facts of the month, before what the
    pool paid of them."""
    [(opening, sales, returns, rebates, receipts, closing)] = asking.rows(
        "SELECT opening, sales, returns, rebates, receipts, closing FROM settlement_statement WHERE id = %s",
        id,
    )
    signed = asking.one(
        "SELECT coalesce(sum(f.gross + f.rebate_used), 0) FROM settlement_fact f JOIN settlement_statement s"
        " ON s.node_id = f.debtor_node_id AND f.number <= s.journal_number"
        ' WHERE s.id = %s AND f.kind = \'signed\' AND f."on" >= s.period_from AND f."on" < s.period_until',
        id,
    )
    assert (sales, closing) == (signed, opening + sales - returns - rebates - receipts)
    shown = page.locator(".q-equation").locator("b, a")
    expect(shown).to_have_text([yuan(one) for one in (closing, opening, sales, returns, rebates, receipts)])


def _papers(clerk, partner, id, sold):
    """What is taken home carries the checkpoint that the page shows."""
    address = f"/statements/{id}/"
    root = clerk.locator(".q-root").inner_text().split()[0]
    assert clerk.request.get(f"{address}statement.pdf").body().startswith(b"%PDF")
    book = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(partner.request.get(f"{address}statement.xlsx").body())
    )
    cover = [str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row]
    closing = asking.one("SELECT closing FROM settlement_statement WHERE id = %s", id)
    assert str(float(closing)) in cover
    assert any("检查点" in cell for cell in cover)
    assert any(root in cell for cell in cover)
    amounts = [row[9] for row in book.get_sheet_by_index(1).to_python()[1:]]
    assert amounts[: len(sold)] == [float(amount) for _, _, amount in sold]


def test_the_disputed_statement_of_the_story_and_the_one_that_was_settled(demo, demo_page_of):
    page = demo_page_of("sunli")
    page.goto(f"/statements/{demo.stories.disputed_statement}/")
    expect(state(page)).to_have_text("有异议")
    expect(page.locator(".q-card", has_text="待处理异议")).to_contain_text("实收比对账单少 2 件")
    page.goto(f"/statements/{demo.stories.settled_statement}/")
    expect(state(page)).to_have_text("已锁定")
    expect(page.locator("main")).to_contain_text("已提供签收单与随货同行单，数量一致")
    stranger = demo_page_of("kangze", expects=404)
    assert stranger.goto(f"/statements/{demo.stories.disputed_statement}/").status == 404
