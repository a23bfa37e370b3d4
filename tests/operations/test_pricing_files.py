"""A contract as a workbook: checked cell by cell, taken in once, given back as it can be taken in."""

import datetime as dt
import io
from decimal import Decimal

import pytest
import xlsxwriter

from qudao.kernel import blobs, errors, scope
from qudao.pricing import files, models, operations, queries
from qudao.pricing.rules import case
from tests import harness
from tests.operations import pricing_world as world

pytestmark = pytest.mark.usefixtures("db")

FACTS = {
    "合同编号": "HT-2026-0183",
    "客户名称": world.OURS.party_name,
    "合同名称": "2026年度经销合同",
    "合同起日": dt.date(2026, 1, 1),
    "合同止日": dt.date(2026, 12, 31),
    "账期天数": 60,
    "不参加促销": "否",
}
TIERS = [("0", "0"), ("1000000", "0.03"), ("2000000", "0.05")]


def prices(*rows):
    return [["产品编码", "合同价", "起订量", "条款"], *rows]


def rebates(*tiers, **more):
    head = ["返利名称", "口径", "计量", "方式", "起点", "返利率或金额", "封顶"]
    shared = ["季度返利", "开票", "金额", "超额累进"]
    return [head, *([*shared, float(start), float(rate), more.get("cap", "")] for start, rate in tiers)]


def workbook(facts=None, listed=None, tiers=None, **renamed):
    """The bytes of a workbook with the three sheets."""
    facts = {**FACTS, **(facts or {})}
    pages = {
        "合同": [[renamed.get(name, name) for name in facts], list(facts.values())],
        "合同价": listed if listed is not None else prices(["I1", 1240, "", "§2.4"], ["I2", 88.5, 10, ""]),
        "返利": tiers if tiers is not None else rebates(*TIERS),
    }
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001
        date = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in pages.items():
            page = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                for column, value in enumerate(cells):
                    if isinstance(value, dt.date):
                        page.write_datetime(row, column, value, date)
                    else:
                        page.write(row, column, value)
    return stream.getvalue()


def check(content, **more):
    return files.check_contract_file(
        content, **{"account": world.OURS, "actor": world.HOUSE, "now": harness.NOW, **more}
    )


def take_in(content, **more):
    return files.import_contract(
        content, **{"account": world.OURS, "actor": world.HOUSE, "now": harness.NOW, **more}
    )


def said(result):
    """(sheet row, column or None, code) of every refusal."""
    found = []
    for row in result.rows:
        found += [(row.number, None, reason.code) for reason in row.row_reasons]
        found += [
            (row.number, name, reason.code) for name, cell in row.cells.items() for reason in cell.reasons
        ]
    return found


def nothing_written():
    with scope.everything():
        return not models.Contract.objects.exists()


def test_a_contract_file_becomes_a_draft_with_its_terms_prices_and_rebates():
    first, _ = world.open_items(2)
    content = workbook()
    checked = check(content)
    assert checked.ok and nothing_written()
    made = take_in(io.BytesIO(content), filename="合同.xlsx")
    assert (made.contract_number, made.number, made.status) == ("HT-2026-0183", 1, "draft")
    assert (made.valid_from, made.valid_until) == (world.YEAR, world.NEXT_YEAR)
    assert (made.terms["payment_days"], made.terms["excludes_promotions"]) == (60, False)
    assert made.terms["source"] == checked.digest
    found = queries.list_version_prices(made.id, actor=world.HOUSE)
    assert [(str(row.price), str(row.minimum_quantity)) for row in found] == [
        ("1240.0000", "0.0000"),
        ("88.5000", "10.0000"),
    ]
    (term,) = queries.rebate_terms(actor=world.HOUSE, version_id=made.id)
    assert term.scale["tiers"] == [{"from": start, "rate": rate} for start, rate in TIERS]
    assert (term.basis, term.calendar, term.tax_included) == ("invoiced", "quarter", True)
    world.sign(made)
    assert world.price_of(first) == ("contract", "1240.0000")
    with blobs.open(checked.digest) as kept:
        assert kept.read() == content


def test_the_same_file_is_taken_in_once():
    world.open_items(2)
    take_in(workbook())
    checked = check(workbook())
    assert [(reason.code, reason.params) for reason in checked.reasons] == [
        ("pricing.file_taken_in", {"on": world.TODAY})
    ]
    with pytest.raises(errors.Refused) as caught:
        take_in(workbook())
    assert world.codes(caught) == [("file_taken_in", None)]
    with scope.everything():
        assert models.Contract.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (lambda: workbook(合同起日="起始"), "kernel.tabular.header_missing"),
        (lambda: workbook(listed=[["产品", "价"], ["I1", 1]]), "kernel.tabular.header_missing"),
        (lambda: workbook(facts={"客户名称": "宁波海曙"}), "pricing.file_other_partner"),
        (lambda: b"PK\x03\x04 broken", "kernel.tabular.damaged"),
        (lambda: b"", "kernel.tabular.empty"),
    ],
    ids=["wrong header", "wrong price header", "other partner", "damaged", "empty"],
)
def test_a_file_that_cannot_be_the_contract_is_refused_and_nothing_is_changed(content, code):
    world.open_items(2)
    assert not check(content()).ok
    with pytest.raises(errors.Refused) as caught:
        take_in(content())
    assert code in {reason.code for reason in caught.value.reasons}
    assert nothing_written()


def test_every_cell_that_cannot_be_meant_is_named():
    world.open_items(2)
    world.open_items(1, line=2)
    listed = prices(
        ["I1", 1240, "", ""],
        ["I9", 1, "", ""],
        ["I3", 1, "", ""],
        ["I2", -5, "", ""],
        ["I2", "", "", ""],
        ["I1", 1239, "", ""],
    )
    checked = check(workbook(listed=listed))
    assert said(checked.prices) == [
        (3, "code", "pricing.item_unknown"),
        (4, "code", "pricing.item_of_other_line"),
        (5, "price", "pricing.price_invalid"),
        (6, "price", "kernel.tabular.cell_missing"),
        (7, None, "pricing.price_repeated"),
    ]
    (repeated,) = checked.prices.rows[5].row_reasons
    assert (repeated.line, repeated.params["first"]) == (7, 2)
    with pytest.raises(errors.Refused):
        take_in(workbook(listed=listed))
    assert nothing_written()


def test_a_date_day_first_is_refused_not_guessed():
    world.open_items(2)
    checked = check(workbook(facts={"合同起日": "03/04/2026"}))
    assert [(row, column) for row, column, _ in said(checked.contract)] == [(2, "valid_from")]


def test_a_rebate_whose_rows_disagree_or_whose_tiers_are_out_of_order_is_refused():
    world.open_items(2)
    tiers = rebates(("0", "0"), ("2000000", "0.05"), ("1000000", "0.03"))
    assert said(check(workbook(tiers=tiers)).rebates) == [(2, None, "pricing.rebate_scale_invalid")]
    tiers = rebates(*TIERS)
    tiers[2][1] = "回款"
    assert said(check(workbook(tiers=tiers)).rebates) == [(3, None, "pricing.rebate_row_differs")]


def test_a_contract_without_rebates_leaves_the_sheet_empty():
    world.open_items(2)
    made = take_in(workbook(tiers=rebates()))
    assert queries.rebate_terms(actor=world.HOUSE, version_id=made.id) == []


def test_a_file_for_a_contract_becomes_its_next_version():
    world.open_items(2)
    first = world.sign(take_in(workbook()))
    second = take_in(
        workbook(facts={"合同起日": dt.date(2026, 7, 1)}, listed=prices(["I1", 1200, "", ""])),
        contract_id=first.contract_id,
    )
    assert (second.contract_id, second.number) == (first.contract_id, 2)
    other = workbook(facts={"合同编号": "HT-X", "合同起日": dt.date(2026, 8, 1)})
    with pytest.raises(errors.Refused) as caught:
        take_in(other, contract_id=first.contract_id)
    assert world.codes(caught) == [("file_other_contract", None)]


def test_what_is_given_out_can_be_taken_in_again():
    first, second = world.open_items(2)
    made = world.contract(
        operations.NewPrice(item_id=first, price=Decimal("1240.5"), clause="§2.4"),
        operations.NewPrice(
            item_id=second,
            price=Decimal("0.0001"),
            tax_included=False,
            minimum_quantity=Decimal(5),
            valid_until=dt.date(2026, 7, 1),
        ),
        ends=world.NEXT_YEAR,
        payment_days=45,
        note="季度结算",
        rebates=[
            operations.NewRebate(
                name="年度返利",
                basis="paid",
                calendar="year",
                scale={
                    "measure": "quantity",
                    "mode": "per_unit",
                    "tiers": [{"from": "0", "rate": "1.5"}, {"from": "1000", "rate": "2"}],
                    "cap": "90000.00",
                },
            )
        ],
    )
    streams = [io.BytesIO(), io.BytesIO()]
    for stream in streams:
        files.export_contract(
            stream, version_id=made.id, account=world.OURS, on=world.TODAY, actor=world.HOUSE
        )
    assert streams[0].getvalue() == streams[1].getvalue()
    checked = check(streams[0].getvalue())
    assert checked.ok, [result.refusals() for result in checked.results]
    again = take_in(streams[0].getvalue(), contract_id=made.contract_id)
    found = queries.version_diff(made.id, again.id, actor=world.HOUSE)
    assert (found.prices, [change.name for change in found.terms]) == ((), ["source"])
    (before,) = queries.rebate_terms(actor=world.HOUSE, version_id=made.id)
    (after,) = queries.rebate_terms(actor=world.HOUSE, version_id=again.id)
    assert case.read_scale(data=before.scale) == case.read_scale(data=after.scale)
    assert (after.basis, after.calendar) == ("paid", "year")


def test_the_template_asks_for_what_the_check_needs():
    world.open_items(2)
    stream = io.BytesIO()
    files.write_template(stream, account=world.OURS)
    checked = check(stream.getvalue())
    assert said(checked.contract) == [
        (2, "title", "kernel.tabular.cell_missing"),
        (2, "valid_from", "kernel.tabular.cell_missing"),
    ]
    assert (checked.prices.ok, checked.rebates.ok) == (True, True)


def test_a_dealer_takes_in_nothing():
    world.open_items(2)
    with pytest.raises(errors.Forbidden):
        take_in(workbook(), actor=world.dealer(world.OURS, "pricing.contract.view"))
    assert nothing_written()
