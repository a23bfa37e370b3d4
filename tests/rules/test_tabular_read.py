"""Reading tables: headers, rows, text and pasted lines."""

import datetime as dt
from decimal import Decimal

import pytest
import tabular_samples as samples

from qudao.kernel import errors, tabular


def test_a_good_file_gives_typed_values_under_excel_row_numbers():
    result = samples.read(
        samples.workbook([samples.HEADER, ["91330106MA27X1YY2K", "导管", 3, dt.date(2027, 1, 31)]])
    )
    assert result.ok
    assert result.count == 1
    assert result.rows[0].number == 2
    assert result.rows[0].values == {
        "uscc": "91330106MA27X1YY2K",
        "product": "导管",
        "quantity": Decimal(3),
        "expires_on": dt.date(2027, 1, 31),
    }


# --- headers ---------------------------------------------------------------------------------------------


def test_a_title_above_the_header_and_blank_rows_do_not_shift_row_numbers():
    rows = [["杭州康泽医疗器械有限公司 订货单"], [], [None, *samples.HEADER], [], [None, "9" * 18, "导管", 1]]
    (row,) = samples.read(samples.workbook(rows)).rows
    assert row.number == 5
    assert row.values["quantity"] == 1


def test_a_header_below_the_tenth_row_is_not_found():
    good = [samples.HEADER, ["9" * 18, "导管", 1]]
    assert samples.read(samples.workbook([["说明"]] * 9 + good)).ok
    assert samples.file_codes(samples.read(samples.workbook([["说明"]] * 10 + good))) == ["header_missing"]


@pytest.mark.parametrize(
    "header", ["ｕｓｃｃ", " U S C C ", "统一社会\n信用代码", "*统一社会信用代码", "【统一社会信用代码】"]
)
def test_headers_are_known_in_any_width_case_spacing_and_brackets(header):
    assert samples.read(samples.workbook([[header, "QTY"], ["9" * 18, 1]])).ok


def test_a_wrong_header_names_what_is_missing_what_is_unknown_and_the_closest():
    result = samples.read(samples.workbook([["社会信用代码", "产品名称", "件数"], ["9" * 18, "导管", 1]]))
    (reason,) = result.reasons
    assert reason.code == "kernel.tabular.header_missing"
    assert reason.line == 1
    assert reason.params == {
        "missing": "统一社会信用代码, 数量",
        "unknown": "社会信用代码, 件数",
        "suggestions": "社会信用代码 → 统一社会信用代码, 件数 → 数量",
    }
    assert result.rows == ()
    assert not result.ok


def test_columns_nobody_asked_for_warn_and_are_kept_in_the_record():
    result = samples.read(samples.workbook([["USCC", "数量", "备注"], ["9" * 18, 1, "急"]]))
    assert result.ok
    assert [(r.code, r.severity, r.params["unknown"]) for r in result.reasons] == [
        ("kernel.tabular.columns_ignored", "warn", "备注")
    ]
    assert result.rows[0].record == ("9" * 18, 1.0, "急")


def test_two_columns_with_one_meaning_are_refused():
    result = samples.read(samples.workbook([["USCC", "数量", "Qty"], ["9" * 18, 1, 2]]))
    assert samples.file_codes(result) == ["header_twice"]
    assert result.reasons[0].params["headers"] == "数量, Qty"


def test_the_sheet_whose_header_fits_is_read_and_a_cover_sheet_passed_over():
    content = samples.workbook(
        None, sheets={"封面": [["订货须知"]], "明细": [samples.HEADER, ["9" * 18, "导管", 2]]}
    )
    assert samples.read(content).rows[0].values["quantity"] == 2


def test_two_columns_cannot_share_a_header():
    with pytest.raises(ValueError, match="names two columns"):
        tabular.Sheet(
            "x",
            (
                tabular.Column(name="a", headers=("数量",)),
                tabular.Column(name="b", headers=("件数", "（数量）")),
            ),
        )


# --- rows ------------------------------------------------------------------------------------------------


def test_every_bad_cell_of_every_row_is_reported_at_once():
    result = samples.read(
        samples.workbook([samples.HEADER, ["短", "导管", "三"], ["9" * 18, "x" * 21, None, "31/12/2027"]])
    )
    assert [(r.line, r.params["column"], r.code.rpartition(".")[2]) for r in result.refusals()] == [
        (2, "统一社会信用代码", "pattern"),
        (2, "数量", "not_a_number"),
        (3, "产品名称", "too_long"),
        (3, "数量", "cell_missing"),
        (3, "有效期至", "date_flipped"),
    ]
    assert result.refused_count == 2
    assert len(result.refusals(first=3)) == 3


def test_a_repeated_key_is_refused_naming_the_first_row():
    result = samples.read(
        samples.workbook(
            [samples.HEADER, ["9" * 18, "导管", 1], ["8" * 18, "导管", 1], ["9" * 18, "导管", 2]]
        )
    )
    assert [row.ok for row in result.rows] == [True, True, False]
    assert result.rows[2].row_reasons[0].params == {"key": "9" * 18 + " / 导管", "first": 2}


def test_a_file_with_a_header_and_nothing_below_has_no_rows():
    assert samples.file_codes(samples.read(samples.workbook([samples.HEADER]))) == ["no_rows"]


def test_an_excel_error_is_refused_even_in_an_optional_column():
    verdict = samples.one(("=VLOOKUP(1,Z:Z,1,0)", "#N/A"), "text")
    assert samples.code(verdict) == "cell_error"
    assert samples.code(samples.text("#REF!", "text")) == "cell_error"
    assert samples.one(("=1+1", 2), "integer").value == 2


def test_an_empty_cell_is_none_and_refused_where_required():
    assert (
        samples.read(samples.workbook([["X列", "y"], ["\u3000", "z"]]), samples.column("text"))
        .reasons[-1]
        .code.endswith("no_rows")
    )
    result = samples.read(samples.workbook([samples.HEADER, ["9" * 18, "\u200b ", 1]]))
    assert result.rows[0].values["product"] is None


# --- text and pasted rows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_text_is_read_in_the_encodings_and_delimiters_of_the_trade(encoding, delimiter):
    lines = [samples.HEADER, ["9" * 18, "导管", "1", "2027-03-04"]]
    content = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    assert samples.read(content).rows[0].values["product"] == "导管"


def test_a_streamed_reading_judges_one_row_at_a_time():
    reading = tabular.open_reading(
        samples.workbook([samples.HEADER, ["9" * 18, "导管", 1], ["短", "导管", 1]]),
        samples.SHEET,
        today=samples.TODAY,
    )
    rows = reading.rows()
    assert next(rows).ok
    assert not next(rows).ok
    assert [row.number for row in reading.rows()] == [2, 3]


def test_a_streamed_reading_of_a_wrong_file_is_refused():
    with pytest.raises(errors.Refused, match="header_missing"):
        tabular.open_reading(samples.workbook([["a"], ["b"]]), samples.SHEET, today=samples.TODAY)


def test_pasted_rows_go_by_header_or_by_order():
    by_order = tabular.pasted(
        "９" * 18 + "\t导管\t１２\r\n\r\n" + "8" * 18 + "\t导丝\t3\r\n", samples.SHEET, today=samples.TODAY
    )
    assert [(row.number, row.values["quantity"]) for row in by_order.rows] == [(1, 12), (3, 3)]
    by_header = tabular.pasted("数量\tUSCC\n5\t" + "9" * 18, samples.SHEET, today=samples.TODAY)
    assert [(row.number, row.values["quantity"]) for row in by_header.rows] == [(2, 5)]


def test_pasted_codes_keep_their_group_separators():
    result = tabular.pasted("10LOT1\x1d21SN1\r10LOT2\x1d", samples.column("code"), today=samples.TODAY)
    assert [row.values["x"] for row in result.rows] == ["10LOT1\x1d21SN1", "10LOT2\x1d"]


def test_more_than_five_thousand_pasted_lines_are_refused():
    sheet = samples.column("code")
    assert tabular.pasted("\n".join(f"L{i}" for i in range(5_000)), sheet, today=samples.TODAY).count == 5_000
    result = tabular.pasted("\n".join(f"L{i}" for i in range(5_001)), sheet, today=samples.TODAY)
    assert samples.file_codes(result) == ["too_many_lines"]
    assert samples.file_codes(tabular.pasted(" \r\n\t", sheet, today=samples.TODAY)) == ["empty"]
