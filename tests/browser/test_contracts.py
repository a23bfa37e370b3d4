"""Sight 2: a contract with its versions, what changed between them, its prices, rebates with their curve, and
who signed when; seen by us and by the partner."""

import datetime as dt
import hashlib
import io
import re
from decimal import Decimal

import pytest
import python_calamine
import xlsxwriter
from playwright.sync_api import expect

from qudao.kernel import scope
from qudao.partners import queries as partners
from qudao.pricing import files, operations, queries
from tests.browser import trading

NUMBER = "HT-2026-0183"
BEGINS = dt.date(2026, 12, 1)
PAPER = b"%PDF-1.7\nsigned by both"
MARGINAL = {
    "measure": "amount",
    "mode": "marginal",
    "tiers": [{"from": "0", "rate": "0"}, {"from": "50000", "rate": "0.03"}],
}


def first_version(company):
    return queries.get_contract_version(company.contracts[NUMBER], trading.SYSTEM)


@pytest.fixture
def draft(company):
    """A second version of Kangze's contract: one price lower, one gone, one new, the rebate band by band."""
    before = first_version(company)
    return operations.add_version(
        contract_id=before.contract_id,
        account=partners.get_account(before.account_id, trading.SYSTEM),
        terms=operations.Terms(valid_from=BEGINS, payment_days=45),
        prices=[
            operations.NewPrice(item_id=company.items["BQ-2515"], price=Decimal("1767.00"), clause="§2.1"),
            operations.NewPrice(item_id=company.items["ZJ-3018"], price=Decimal("1100.00"), clause="§2.2"),
        ],
        rebates=[operations.NewRebate(name="季度返利", basis="signed", scale=MARGINAL)],
        actor=trading.SYSTEM,
        now=trading.NOW,
    )


def card(page, title):
    return page.locator(".q-card", has=page.get_by_role("heading", name=title, exact=True, level=2))


def test_two_versions_side_by_side_then_signed_with_the_paper(page_of, company, draft):
    page = page_of("mengyao")
    page.goto("/contracts/?state=draft")
    page.get_by_role("link", name=NUMBER).first.click()
    page.locator(".q-versions").get_by_role("link", name="v2").click()
    diff = card(page, "v1 → v2 变更")
    for row, words in (
        ("账期", ["30 天", "45 天"]),
        ("止日", ["2026-12-31", "长期"]),
        ("季度返利", ["全额累计", "超额累进", "50,000 → 3%"]),
        ("BQ-2515", ["降价", "1,860.00", "1,767.00", "−5.00%"]),
        ("DS-035", ["取消", "96.00"]),
        ("ZJ-3018", ["新增", "1,100.00"]),
    ):
        for word in words:
            expect(diff.locator("tr", has_text=row)).to_contain_text(word)
    expect(page.locator(".q-head .q-tag")).to_have_text("草稿")

    page.get_by_role("link", name="签署", exact=True).click()
    expect(page.locator("aside")).to_contain_text("版本 v1 及其 2 条价格同日终止")
    page.get_by_label("对方签署人").fill("林涛")
    page.get_by_label(re.compile("签署件扫描")).set_input_files(
        {"name": "HT-2026-0183-v2.pdf", "mimeType": "application/pdf", "buffer": PAPER}
    )
    page.get_by_role("button", name="签署生效").click()
    expect(page.locator(".q-head .q-tag")).to_have_text("未生效")
    expect(page.locator(".q-versions")).to_contain_text("签署：供方 孟遥，需方 林涛")
    expect(page.locator(".q-timeline li").first).to_contain_text("孟遥")
    with page.expect_download() as download:
        page.get_by_role("link", name="HT-2026-0183-v2.pdf").click()
    with open(download.value.path(), "rb") as file:
        assert file.read() == PAPER
    expect(page.locator("aside")).to_contain_text(hashlib.sha256(PAPER).hexdigest()[:16])
    signed = queries.get_contract_version(draft.id, trading.SYSTEM)
    assert (signed.status, first_version(company).valid_until) == ("effective", BEGINS)


def test_prices_rebate_and_what_else_shapes_a_price_stand_on_one_page(page_of, company):
    page = page_of("wangmin")
    page.goto(f"/contracts/{first_version(company).contract_id}/")
    row = card(page, "价格").locator("tbody tr", has_text="BQ-2515")
    expect(row).to_contain_text("1,860.00")
    expect(row).to_contain_text("1,646.0177")
    expect(row).to_contain_text("1,100.00")
    rebate = card(page, "季度返利")
    expect(rebate.locator("svg")).to_contain_text("全额累计")
    expect(rebate.locator("svg")).to_contain_text("超额累进")
    expect(rebate.locator("tbody tr").nth(2)).to_have_text(re.compile(r"60,000\s*3%\s*1,800.00\s*600.00"))
    expect(card(page, "适用系数")).to_contain_text("× 0.88")
    row.get_by_role("link", name="1,860.00").click()
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("2,200.00")
    expect(drawer.get_by_role("link", name=re.compile("HT-2026-0183 v1"))).to_be_visible()


def test_the_partner_sees_its_contract_without_our_floor_and_the_agent_without_the_rebate(page_of, company):
    address = f"/contracts/{first_version(company).contract_id}/"
    page = page_of("kangze")
    page.goto("/contracts/")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.goto(address)
    expect(card(page, "季度返利")).to_be_visible()
    expect(card(page, "价格")).to_contain_text("1,860.00")
    expect(page.locator("main")).not_to_contain_text("底价")
    expect(page.get_by_role("link", name="新版本")).to_have_count(0)
    agent = page_of("lianyou")
    agent.goto(address)
    expect(card(agent, "价格")).to_contain_text("1,860.00")
    expect(agent.locator("main")).not_to_contain_text("返利")
    sibling = page_of("renji", expects=404)
    sibling.goto(address)
    expect(sibling.locator("main")).not_to_contain_text(NUMBER)


def workbook(company, *, spoil: str = "") -> bytes:
    """The workbook of the first version with one price changed; `spoil` writes over the code of the product."""
    before = first_version(company)
    stream = io.BytesIO()
    account = partners.get_account(before.account_id, trading.SYSTEM)
    files.export_contract(
        stream, version_id=before.id, account=account, on=company.today, actor=trading.SYSTEM
    )
    sheets = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(stream.getvalue()))
    pages = {name: sheets.get_sheet_by_name(name).to_python() for name in sheets.sheet_names}
    pages["合同"][1][pages["合同"][0].index("合同起日")] = BEGINS
    pages["合同价"][1][pages["合同价"][0].index("合同价")] = 1767
    if spoil:
        pages["合同价"][1][pages["合同价"][0].index("产品编码")] = spoil
    return written(pages)


def written(pages) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in pages.items():
            sheet = book.add_worksheet(name)
            for at, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    if isinstance(value, dt.date):
                        sheet.write_datetime(at, column, dt.datetime.combine(value, dt.time()), day)
                    else:
                        sheet.write(at, column, value)
    return out.getvalue()


def test_a_workbook_is_checked_cell_by_cell_and_taken_in_once(page_of, company):
    page = page_of("wangmin", expects=422)
    page.goto(f"/contracts/{first_version(company).contract_id}/")
    page.get_by_role("link", name="新版本").click()

    def send(content):
        page.get_by_label("合同 Excel（.xlsx）").set_input_files(
            {"name": "合同.xlsx", "mimeType": "application/octet-stream", "buffer": content}
        )
        page.get_by_role("button", name="校验").click()

    send(workbook(company, spoil="NO-SUCH"))
    expect(page.locator("td.q-refused")).to_contain_text("NO-SUCH")
    expect(page.get_by_role("button", name="导入为草稿")).to_have_count(0)
    send(workbook(company))
    expect(card(page, "校验通过")).to_contain_text("2026-12-01")
    page.get_by_role("button", name="导入为草稿").dblclick()
    expect(page.locator(".q-head .q-tag")).to_have_text("草稿")
    expect(card(page, "v1 → v2 变更")).to_contain_text("−5.00%")
    with scope.transaction(trading.SYSTEM):
        detail = queries.get_contract(first_version(company).contract_id, trading.SYSTEM)
    assert [one.number for one in detail.versions] == [2, 1]


def test_a_promotion_is_started_and_stopped(page_of, company):
    page = page_of("wangmin", expects=422)
    page.goto("/promotions/new/")
    page.get_by_label("促销名称").fill("年末冲量")
    page.get_by_label("法人").select_option(label="上海启渡")
    page.get_by_label("门槛", exact=True).fill("10")
    page.get_by_label("优惠金额").fill("100")
    page.get_by_label("预算（元）").fill("50")
    page.get_by_role("button", name="启动").click()
    expect(page.locator(".q-field", has_text="预算（元）")).to_contain_text("至少够优惠一次")
    expect(page.get_by_label("促销名称")).to_have_value("年末冲量")
    page.get_by_label("预算（元）").fill("5000")
    page.get_by_role("button", name="启动").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("年末冲量")
    expect(page.locator(".q-head .q-tag")).to_have_text("进行中")
    page.get_by_role("button", name="今起停止").click()
    expect(page.locator(".q-head .q-tag")).to_have_text("已结束")
