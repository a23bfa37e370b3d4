"""The verdict on a cell: what is taken, what is refused, and with which reason."""

import datetime as dt
from decimal import Decimal

import pytest
import tabular_samples as samples

# --- codes -----------------------------------------------------------------------------------------------


def test_a_uscc_stored_as_a_number_is_refused_with_its_mend():
    verdict = samples.one(float(samples.USCC), "code", pattern=r"[0-9A-Z]{18}", numeric_ok=True)
    assert samples.code(verdict) == "code_in_scientific_notation"
    assert verdict.reasons[0].params["value"] == "9.13301061234568e+17"
    assert verdict.value is None
    # Control: taking the number at its word gives another company.
    assert str(int(float(samples.USCC))) != samples.USCC


@pytest.mark.parametrize("written", ["9.1E+17", "9.13301E+17", "９.１Ｅ＋１７", "6.94e+12"])
def test_a_code_in_scientific_notation_is_refused_as_text_too(written):
    assert samples.code(samples.text(written, "code")) == "code_in_scientific_notation"


def test_a_lot_such_as_2e05_is_a_lot():
    assert samples.text("2E05", "code").value == "2E05"


def test_a_numeric_code_is_taken_only_where_the_column_allows_and_no_digit_was_lost():
    assert samples.code(samples.one(20240501, "code")) == "code_as_number"
    assert samples.one(20240501, "code", numeric_ok=True).value == "20240501"
    assert samples.one(999_999_999_999_999, "code", numeric_ok=True).value == "999999999999999"
    assert samples.code(samples.one(10**15, "code", numeric_ok=True)) == "code_in_scientific_notation"
    assert samples.code(samples.one(12.5, "code", numeric_ok=True)) == "code_as_number"
    assert samples.code(samples.one(True, "code", numeric_ok=True)) == "code_as_number"


@pytest.mark.parametrize("cell", [6901234567892, "6901234567892"])
def test_a_gtin_that_lost_its_leading_zero_is_refused_and_the_likely_code_named(cell):
    verdict = samples.one(cell, "code", pattern=r"[0-9]{14}", numeric_ok=True)
    assert samples.code(verdict) == "leading_zero_lost"
    assert verdict.reasons[0].params["suggested"] == "06901234567892"
    assert samples.one("06901234567892", "code", pattern=r"[0-9]{14}").value == "06901234567892"


def test_a_lot_that_excel_turned_into_a_date_is_refused():
    assert samples.code(samples.one(dt.date(2025, 12, 5), "code", numeric_ok=True)) == "code_as_date"
    assert samples.code(samples.one(dt.date(2025, 12, 5), "text")) == "code_as_date"


def test_a_code_loses_width_and_invisible_marks_but_keeps_its_group_separator():
    assert samples.text("\ufeffＬＯＴ１\u200b ", "code").value == "LOT1"
    verdict = samples.one("10LOT1\x1d", "code")
    assert verdict.value == "10LOT1\x1d"
    # Control: plain strip() eats the separator.
    assert "10LOT1\x1d".strip() == "10LOT1"


# --- dates -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "2027-03-04",
        "2027/3/4",
        "2027.3.4",
        "20270304",
        "2027年3月4日",
        "２０２７－０３－０４",
        "2027/3/4 13:05:11",
    ],
)
def test_dates_with_the_year_first_are_read(cell):
    assert samples.text(cell, "date").value == dt.date(2027, 3, 4)


def test_date_cells_are_read_in_both_of_excels_calendars():
    for date_1904 in (False, True):
        content = samples.workbook([["X列"], [dt.date(2027, 3, 4)]], date_1904=date_1904)
        assert samples.read(content, samples.column("date")).rows[0].values["x"] == dt.date(2027, 3, 4)
    assert samples.one(dt.datetime(2027, 3, 4, 13, 5), "date").value == dt.date(2027, 3, 4)  # noqa: DTZ001
    assert samples.one(20270304, "date").value == dt.date(2027, 3, 4)


@pytest.mark.parametrize("cell", ["03/04/2027", "3-4-2027", "04.03.2027"])
def test_a_date_with_two_readings_is_refused_and_both_are_named(cell):
    verdict = samples.text(cell, "date")
    assert samples.code(verdict) == "date_ambiguous"
    assert verdict.reasons[0].params["readings"] == "2027-03-04, 2027-04-03"


@pytest.mark.parametrize("cell", ["31/12/2027", "12/31/2027", "2027-31-12", "20273112"])
def test_a_flipped_date_is_refused_even_where_one_reading_remains(cell):
    verdict = samples.text(cell, "date")
    assert samples.code(verdict) == "date_flipped"
    assert verdict.reasons[0].params["suggested"] == "2027-12-31"


@pytest.mark.parametrize("cell", ["2027-02-30", "Mar-27", "长期", "12:30", "2027/3", "00/00/2027", "-45413"])
def test_what_is_no_day_is_not_a_date(cell):
    assert samples.code(samples.text(cell, "date")) == "not_a_date"


def test_a_two_digit_year_is_refused():
    assert samples.code(samples.text("27-03-04", "date")) == "date_short_year"


@pytest.mark.parametrize(
    "verdict", [samples.one(45413, "date"), samples.text("45413", "date"), samples.one(45413.5, "date")]
)
def test_a_serial_number_is_refused_with_the_day_it_may_be(verdict):
    assert samples.code(verdict) == "date_as_number"
    assert verdict.reasons[0].params["suggested"] == "2024-05-01"


def test_a_date_out_of_the_columns_window_is_refused():
    made = {"years_back": 10, "years_ahead": 0}
    assert samples.text("2026-07-23", "date", **made).ok
    assert samples.code(samples.text("2026-07-24", "date", **made)) == "date_implausible"
    assert samples.text("2016-07-23", "date", **made).ok
    verdict = samples.text("2016-07-22", "date", **made)
    assert verdict.reasons[0].params["earliest"] == "2016-07-23"
    assert samples.code(samples.one(dt.date(1912, 1, 1), "date")) == "date_implausible"


# --- numbers, choices, truth -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1,234,567.80", "1234567.80"),
        ("１，２３４．５", "1234.5"),
        ("￥99.90", "99.90"),
        ("-¥5", "-5"),
        ("−3", "-3"),
        (" 12 ", "12"),
        ("1.500000", "1.5"),
    ],
)
def test_written_numbers_are_read(cell, value):
    assert samples.text(cell, "decimal").value == Decimal(value)


@pytest.mark.parametrize(
    "cell", ["12盒", "1,23", "1.234,56", "1E3", "--1", "+-1", "١٢", "½", ".", "NaN", "Infinity", "0x10"]
)
def test_what_is_more_than_a_number_is_refused(cell):
    assert samples.code(samples.text(cell, "decimal", places=6)) == "not_a_number"


def test_float_noise_is_not_a_decimal_place_but_a_hidden_place_is_one():
    stored = samples.one(("=0.1+0.2", 0.30000000000000004), "decimal")
    assert stored.value == Decimal("0.3")
    # Control: the float itself has 17 places.
    assert Decimal(str(0.1 + 0.2)) != Decimal("0.3")
    assert samples.code(samples.one(33.3333, "decimal")) == "too_many_places"
    assert samples.code(samples.text("0." + "0" * 40 + "1", "decimal", places=4)) == "too_many_places"
    assert samples.one(33.3333, "decimal", places=4).value == Decimal("33.3333")


def test_numbers_beyond_fifteen_digits_are_refused():
    assert samples.code(samples.text("1" + "0" * 15, "decimal")) == "number_too_large"
    assert samples.text("9" * 15, "decimal").value == Decimal("999999999999999")


def test_a_date_or_truth_in_a_number_column_is_refused():
    assert samples.code(samples.one(dt.date(2026, 1, 1), "decimal")) == "not_a_number"
    assert samples.code(samples.one(True, "integer")) == "not_a_number"


def test_a_rate_is_a_fraction_however_it_is_written():
    for verdict in (samples.one(0.13, "decimal", percent=True), samples.text("13%", "decimal", percent=True)):
        assert verdict.value == Decimal("0.13")
    verdict = samples.one(13, "decimal", percent=True)
    assert samples.code(verdict) == "rate_without_percent"
    assert (verdict.reasons[0].params["percent"], verdict.reasons[0].params["fraction"]) == ("13%", "0.13")
    assert samples.code(samples.text("13%", "decimal")) == "percent_not_expected"


def test_whole_numbers_are_whole():
    assert (samples.one(3, "integer").value, samples.text("3.00", "integer").value) == (3, 3)
    assert samples.code(samples.text("3.5", "integer")) == "not_whole"


def test_truth_is_read_in_both_languages():
    assert [
        samples.text(cell, "boolean").value for cell in ("是", "Yes", "1", "√", "否", "n", "FALSE", "×")
    ] == [True] * 4 + [False] * 4
    assert samples.one(True, "boolean").value is True
    assert samples.code(samples.text("也许", "boolean")) == "not_a_boolean"


def test_a_choice_is_read_by_any_label_and_the_closest_named_otherwise():
    choices = {"dealer": ("经销商", "Dealer"), "hospital": ("医院", "Hospital")}
    assert samples.text("ＤＥＡＬＥＲ", "choice", choices=choices).value == "dealer"
    assert samples.text("医院", "choice", choices=choices).value == "hospital"
    verdict = samples.text("分销商", "choice", choices=choices)
    assert samples.code(verdict) == "not_a_choice"
    assert (verdict.reasons[0].params["choices"], verdict.reasons[0].params["closest"]) == (
        "经销商, 医院",
        "经销商",
    )
