"""The statement as PDF and Excel: what an accountant looks for is there, figures are figures, and what is empty is."""

import datetime as dt
import io
import re
from decimal import Decimal

import pypdf
import pytest
import python_calamine

from qudao.kernel import journal, scope
from qudao.organisation import models as organisation
from qudao.settlement import documents, queries
from qudao.settlement import operations as settlement
from qudao.settlement.presenting import debtors, money
from qudao.settlement.presenting import statements as presenting
from qudao.shell import navigation
from qudao.ui import pdf
from tests import harness
from tests.operations import settlement_world as worlds

NOW, TODAY = harness.NOW, worlds.TODAY


@pytest.fixture
def statement(db):
    """Goods of 113.00 and 226.00 signed for, 100.00 received."""
    world = worlds.build()
    worlds.credit(world, "10000.00")
    with scope.everything():
        organisation.LegalEntity.objects.create(
            pk=1, code="T", name="测试供货有限公司", short_name="测试", uscc="91310000MA1FL0001R"
        )
    worlds.signed(world, "113.00", quantity="2")
    worlds.signed(world, "226.00", number="SH-2")
    worlds.receive(world, "100.00", "TX-1")
    worlds.settle()
    built = settlement.build_statement(debtor_node_id=world.debtor, month=TODAY, actor=worlds.HOUSE, now=NOW)
    settlement.send_statement(statement_id=built.statement.id, actor=worlds.HOUSE, now=NOW)
    return world, built.statement.id


def read(statement_id) -> queries.StatementDetail:
    return queries.get_statement(statement_id, actor=scope.current())


def book(statement_id) -> tuple[dict[str, object], list[list]]:
    """The cover by label, and the lines with their head."""
    with scope.transaction(worlds.HOUSE):
        content = documents.statement_xlsx(read(statement_id), actor=worlds.HOUSE)
    found = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    cover = found.get_sheet_by_index(0).to_python()
    return {str(row[0]): row[1] for row in cover if row[0]}, found.get_sheet_by_index(1).to_python()


def test_the_cover_names_parties_period_and_unit_and_its_figures_add_up(statement):
    cover, _lines = book(statement[1])
    assert cover["供货单位"] == "测试供货有限公司"
    assert cover["供货方统一社会信用代码"] == "91310000MA1FL0001R"
    assert cover["期间"] == "2026-11-01 – 2026-11-30"
    assert cover["金额单位"] == "人民币元，含税"
    figures = [cover[one] for one in ("= 期初", "+ 本期供货", "− 退货", "− 使用返利", "− 回款", "期末")]
    assert figures == [0.0, 339.0, 0.0, 0.0, 100.0, 239.0]


def test_money_has_neither_quantity_nor_price(statement):
    _cover, (head, *lines) = book(statement[1])
    assert head[7:11] == ["数量", "含税单价", "金额", "税额（抵扣返利后）"]
    assert [row[7:11] for row in lines] == [
        [2.0, 56.5, 113.0, 13.0],
        [1.0, 226.0, 226.0, 26.0],
        ["", "", 100.0, 0.0],
    ]


def test_before_the_lock_it_says_what_it_is_made_of_and_afterwards_shows_the_checkpoint(statement):
    world, key = statement
    cover, _lines = book(key)
    assert cover["取数截至日志序号"] == "3"
    assert "根哈希" not in cover
    partner = world.actor("settlement.statement.confirm")
    settlement.confirm_statement(statement_id=key, actor=partner, now=NOW)
    journal.advance()
    journal.checkpoint(NOW)
    locked = settlement.lock_statement(statement_id=key, actor=worlds.HOUSE, now=NOW)
    _origin, size, root, *_signatures = locked.checkpoint.split("\n")
    cover, _lines = book(key)
    assert (cover["覆盖条数"], cover["根哈希"]) == (size, root)
    assert cover["锁定时间"] == "2026-11-23 09:30"


def test_a_column_for_what_was_said_is_there_once_somebody_said_something(statement):
    world, key = statement
    with scope.transaction(worlds.HOUSE):
        quiet = documents._document(read(key), worlds.HOUSE)
    partner = world.actor("settlement.statement.confirm", "settlement.statement.view")
    settlement.dispute_line(statement_id=key, no=1, reason="price", note="应为合同价", actor=partner, now=NOW)
    with scope.transaction(worlds.HOUSE):
        disputed = documents._document(read(key), worlds.HOUSE)
        printed = documents.statement_pdf(read(key), actor=worlds.HOUSE)
    assert len(quiet["heads"]) == len(quiet["sections"][0]["lines"][0]) == 9
    assert len(disputed["heads"]) == len(disputed["sections"][0]["lines"][0]) == 10
    assert disputed["sections"][0]["lines"][0][-1] == "有异议 · 价格不符"
    assert printed.startswith(b"%PDF")


def test_an_adjustment_stands_behind_the_closing_and_in_its_line_on_page_paper_and_excel_alike(statement):
    world, key = statement
    partner = world.actor("settlement.statement.confirm", "settlement.statement.view")
    settlement.dispute_line(statement_id=key, no=2, reason="price", actor=partner, now=NOW)
    settlement.resolve_dispute(
        statement_id=key,
        no=2,
        outcome="adjusted",
        resolution="按合同价",
        amount=Decimal("-26.00"),
        actor=worlds.HOUSE,
        now=NOW,
    )
    with scope.transaction(partner):
        found = read(key)
        page = presenting.statement(partner, found.statement, today=TODAY)
        printed = documents._document(found, partner)
    assert [(one["sign"], str(one["label"]), one["value"]) for one in page["after"]] == [
        ("", "调整后期末", Decimal("213.00")),
        ("=", "期末", Decimal("239.00")),
        ("−", "差异", Decimal("26.00")),
    ]
    goods = page["sections"][0]["lines"]
    assert [(line.adjustment, after) for line, after, _ in goods] == [
        (Decimal("0.00"), None),
        (Decimal("-26.00"), Decimal("200.00")),
    ]
    assert [part[2] for part in printed["after"]] == ["213.00", "239.00", "26.00"]
    said = [line[-1] for section in printed["sections"] for line in section["lines"]]
    assert said == [
        "",
        "已调整 · −26.00 → 200.00 · 价格不符 · 按合同价",
        "",
        "调整第 2 行 · 价格不符 · 按合同价",
    ]
    cover, (_head, *lines) = book(key)
    assert [cover[one] for one in ("调整后期末", "− 差异")] == [213.0, 26.0]
    assert (lines[-1][0], lines[-1][9]) == ("差异", -26.0)
    with scope.transaction(worlds.HOUSE):
        assert documents.statement_pdf(read(key), actor=worlds.HOUSE).startswith(b"%PDF")


def test_a_statement_without_an_adjustment_owes_its_closing(statement):
    with scope.transaction(worlds.HOUSE):
        assert presenting.statement(worlds.HOUSE, read(statement[1]).statement, today=TODAY)["after"] == []
    assert "调整后期末" not in book(statement[1])[0]


def test_a_statement_says_since_when_it_lists_what_no_other_did_and_that_it_came_before_the_month_was_over(
    db,
):
    world = worlds.build()
    worlds.credit(world, "10000.00")
    with scope.everything():
        organisation.LegalEntity.objects.create(
            pk=1, code="T", name="测试供货有限公司", short_name="测试", uscc="9"
        )
    worlds.signed(world, "113.00", on=dt.date(2026, 9, 24))
    worlds.signed(world, "226.00", number="SH-2")
    worlds.settle()
    built = settlement.build_statement(debtor_node_id=world.debtor, month=TODAY, actor=worlds.HOUSE, now=NOW)
    with scope.transaction(worlds.HOUSE):
        page = presenting.statement(worlds.HOUSE, built.statement, today=TODAY)
    assert page["earlier"] == "另含 2026-09-24 起未对账的业务"
    assert page["early"] == "该月至 2026-12-01 才结束：此前新发生的业务列入下期对账单。"
    cover, _lines = book(built.statement.id)
    assert cover["期间"] == "2026-11-01 – 2026-11-30 另含 2026-09-24 起未对账的业务"
    assert "提前发出" not in cover
    settlement.send_statement(statement_id=built.statement.id, actor=worlds.HOUSE, now=NOW)
    cover, _lines = book(built.statement.id)
    assert cover["提前发出"] == "2026-11-23 发出，当时该月尚未结束：此后发生的业务列入下期对账单。"


def test_what_we_sold_is_what_the_partner_bought_and_the_paper_says_it_for_both(statement):
    world, key = statement
    partner = world.actor("settlement.statement.view")

    def told(actor):
        with scope.transaction(actor):
            found = read(key).statement
            page = presenting.statement(actor, found, today=TODAY)
            columns = [str(one.label) for one in presenting.statement_columns(actor)]
            table = [str(one.label) for one in presenting.statement_table([found], actor).columns]
        parts = [str(one["label"]) for one in page["equation"]]
        titles = [str(one["title"]) for one in page["sections"]]
        return {"本期销售", "本期进货", "回款", "付款"} & {*parts, *titles, *columns, *table}

    assert told(worlds.HOUSE) == {"本期销售", "回款"}
    assert told(partner) == {"本期进货", "付款"}
    assert {"本期供货"} < {line[0] for line in book(key)[1]}


def test_what_we_receive_is_what_the_partner_pays_and_what_it_owes_us_is_payable(statement):
    world, key = statement
    partner = world.actor("settlement.statement.view")

    def told(actor):
        with scope.transaction(actor):
            words = presenting.statement(actor, read(key).statement, today=TODAY)["words"]
        columns = [*money.receipt_columns(actor), *debtors.debtor_columns(actor)]
        said = {str(one) for one in (*words.values(), *(column.label for column in columns))}
        return said & {"回款", "收款单", "应收账款", "预收", "付款", "付款单", "应付账款", "预付"}

    assert told(worlds.HOUSE) == {"回款", "收款单", "应收账款", "预收"}
    assert told(partner) == {"付款", "付款单", "应付账款", "预付"}


def test_the_rail_calls_the_pages_of_money_as_the_reader_does(statement):
    world, _key = statement
    partner = world.actor("settlement.credit.view", "settlement.invoice.view")

    def titles(actor):
        sections = navigation.build(actor, "/")
        return [str(entry["title"]) for section in sections for entry in section["entries"]]

    assert {"应收账款", "发票", "回款"} < set(titles(worlds.HOUSE))
    assert titles(partner)[1:] == ["应付账款", "发票", "付款"]


def test_no_heading_stands_alone_at_the_foot_of_a_page(statement):
    """However many lines stand before it, the heading of the receipts is on the page of its first line."""
    with scope.transaction(worlds.HOUSE):
        paper = documents._document(read(statement[1]), worlds.HOUSE)
    goods = paper["sections"][0]
    first = goods["lines"][0]
    for count in range(14, 26):
        long = {**goods, "lines": [first] * count}
        content = pdf.render(
            documents.HERE / "statement.typ", paper | {"sections": [long, paper["sections"][1]]}
        )
        pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
        (receipt,) = [no for no, text in enumerate(pages) if paper["sections"][1]["lines"][0][2] in text]
        (heading,) = [no for no, text in enumerate(pages) if re.search(r"^回款", text, re.M)]
        assert heading == receipt, count
