"""What a line of goods says on a statement: the price it was sold at, one for all its lots, and which piece it was."""

import datetime as dt
import io
from decimal import Decimal

import pypdf
import pytest
import python_calamine
from django.test import Client

from qudao.kernel import scope
from qudao.orders.operations import returning
from qudao.partners import queries as partners
from qudao.pricing import operations as pricing
from qudao.settlement import documents, queries
from qudao.settlement import operations as settlement
from qudao.settlement.presenting import statements as presenting
from qudao.shell.company import work
from tests.browser import trading

NEEDS = ("orders", "settlement")
NOW, TODAY, HOUSE = trading.NOW, trading.NOW.date(), trading.SYSTEM
SPREAD = "同一订单行的金额按分摊到各批号"


def deliver(company, *lines, account, place, signer):
    """An order delivered from wherever its lots lie, and signed for."""
    sent = work.send(company, trading.order(company, *lines, account=account, place=place), now=NOW)
    return [work.sign(company, shipment, signer, now=NOW) for shipment in sent]


def state(company, account) -> queries.StatementDetail:
    trading.number()
    with scope.transaction(HOUSE):
        debtor = partners.get_account(company.accounts[account], HOUSE).debtor_node_id
    return settlement.build_statement(debtor_node_id=debtor, month=TODAY, actor=HOUSE, now=NOW)


def goods(detail, section="sales"):
    lines = detail.section(section)
    return [(line.lot_code, line.quantity, line.unit_price, line.amount, line.spread) for line in lines]


@pytest.fixture
def odd(company):
    """75 pieces at 1,760.0002 of two lots: 132,000.02 in all, of which 35,200.01 is the part of the first twenty."""
    price = pricing.ListPrice(item_id=company.items["BQ-2515"], price=Decimal("2200.0003"))
    listed = {"valid_from": TODAY, "replace": True, "citation": "2026 价目表", "actor": HOUSE, "now": NOW}
    pricing.set_guide_prices(prices=[price], entity_id=company.entities["qd"], **listed)
    deliver(company, ("BQ-2515", "75"), account="lianyou.CV", place="lianyou", signer="lianyou")
    return state(company, "lianyou.CV")


def test_every_lot_of_an_order_line_stands_at_the_price_agreed(odd):
    price = Decimal("1760.0002")
    assert goods(odd) == [
        ("B2502", 20, price, Decimal("35200.01"), True),
        ("B2601", 55, price, Decimal("96800.01"), False),
    ]


@pytest.fixture
def reduced(company):
    """70 pieces of two lots at 1,760.00 less 620.00: 122,580.00."""
    began = {"valid_from": TODAY, "valid_until": TODAY + dt.timedelta(days=1), "actor": HOUSE, "now": NOW}
    pricing.start_promotion(
        name="满减",
        threshold=Decimal(70),
        minus=Decimal("620.00"),
        budget=Decimal("620.00"),
        item_ids=[company.items["BQ-2515"]],
        entity_id=company.entities["qd"],
        **began,
    )
    return deliver(company, ("BQ-2515", "70"), account="lianyou.CV", place="lianyou", signer="lianyou")


REDUCED = Decimal("1751.1429")


def test_what_a_discount_left_of_the_price_is_one_price_too(company, reduced):
    assert goods(state(company, "lianyou.CV")) == [
        ("B2502", 20, REDUCED, Decimal("35022.86"), False),
        ("B2601", 50, REDUCED, Decimal("87557.14"), True),
    ]


def test_what_came_back_and_what_was_invoiced_stand_at_the_price_of_the_order(company, reduced):
    returning.take_return(
        shipment_id=reduced[0].id,
        returned=[returning.Returned(reduced[0].lines[0].no, Decimal(7))],
        reason="包装破损",
        actor=trading.actor(company, "zhoulan"),
        now=NOW,
    )
    detail = state(company, "lianyou.CV")
    settlement.issue_invoices(debtor_node_id=detail.statement.node_id, up_to=TODAY, actor=HOUSE, now=NOW)
    detail = state(company, "lianyou.CV")
    assert goods(detail, "returns") == [("B2502", 7, REDUCED, Decimal("12258.00"), False)]
    assert goods(detail, "invoices") == [
        ("B2502", 13, REDUCED, Decimal("22764.86"), False),
        ("B2601", 50, REDUCED, Decimal("87557.14"), True),
    ]


def test_that_cents_were_spread_is_said_once_under_the_first_table_and_on_paper(odd):
    with scope.transaction(HOUSE):
        page = presenting.statement(HOUSE, odd.statement, today=TODAY)
        paper = pypdf.PdfReader(io.BytesIO(documents.statement_pdf(odd, actor=HOUSE)))
        sheet = lines_sheet(odd)
    assert page["spread_in"] == "sales"
    assert "".join(one.extract_text() for one in paper.pages).count(SPREAD) == 1
    assert sheet[-1][1].startswith(SPREAD)


def test_where_no_cent_was_spread_nothing_is_said_of_it(company):
    deliver(company, ("DS-035", "5"), account="kangze.CV", place="kangze", signer="kangze")
    detail = state(company, "kangze.CV")
    with scope.transaction(HOUSE):
        page = presenting.statement(HOUSE, detail.statement, today=TODAY)
        assert documents._document(detail, HOUSE)["spread"] == ""
        assert len(lines_sheet(detail)) == 2
    assert page["spread_in"] == ""


def lines_sheet(detail) -> list[list]:
    content = documents.statement_xlsx(detail, actor=HOUSE)
    return (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(1).to_python()
    )


def test_each_piece_with_a_serial_number_is_told_apart_and_other_goods_have_none(company):
    lines = (("ZJ-3018", "2"), ("BQ-2515", "1"))
    deliver(company, *lines, account="kangze.CV", place="zheer.binjiang", signer="kangze")
    detail = state(company, "kangze.CV")
    assert [(line.lot_code, line.serial_code) for line in detail.lines] == [
        ("Z2605", "S260001"),
        ("Z2605", "S260002"),
        ("B2601", ""),
    ]
    with scope.transaction(HOUSE):
        printed = documents._document(detail, HOUSE)["sections"][0]["lines"]
        head, *rows = lines_sheet(detail)
    assert [line[4] for line in printed] == ["Z2605 / S260001", "Z2605 / S260002", "B2601"]
    assert head[5:7] == ["批号", "序列号"]
    assert [row[5:7] for row in rows] == [["Z2605", "S260001"], ["Z2605", "S260002"], ["B2601", ""]]
    client = Client()
    client.force_login(trading.user(company, "sunli"))
    shown = client.get(f"/statements/{detail.statement.id}/").content.decode()
    assert [shown.count(f'<span class="code">{one}</span>') for one in ("S260001", "S260002")] == [1, 1]
