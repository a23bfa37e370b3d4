"""What people type is read in full width, with separators and signs; what is none of it is none, never a crash."""

import datetime as dt
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from qudao.ui import parsing

FULL_WIDTH = str.maketrans("0123456789.,-", "０１２３４５６７８９．，－")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", "12"),
        (" 1,200.5 ", "1200.5"),
        ("１，２００。５", "1200.5"),
        ("￥12.50", "12.50"),
        ("\N{MINUS SIGN}3", "-3"),
        ("", None),
        (None, None),
        ("1 2", None),
        ("十二", None),
        ("NaN", None),
        ("Infinity", None),
        ("1000000000000", None),
    ],
)
def test_a_number_as_people_type_it(text, value):
    assert parsing.number(text) == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234 567,", "1234567.00"),
        ("¥\u30001，200．5", "1200.50"),
        ("-0.01", "-0.01"),
        ("0.005", None),
        ("12元", None),
        ("1e14", None),
        ("", None),
    ],
)
def test_an_amount_is_read_in_whole_cents_or_not_at_all(text, value):
    found = parsing.amount(text)
    assert (found if found is None else str(found)) == value


@hypothesis.given(st.decimals(min_value=-(10**11), max_value=10**11, places=2), st.booleans())
def test_every_amount_is_read_back_however_it_is_written(value, wide):
    for written in (f"{value:f}", f"{value:,f}", f" {value:,f}\u3000"):
        text = written.translate(FULL_WIDTH) if wide else written
        assert (parsing.number(text), parsing.amount(text)) == (value, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7), (" 007 ", 7), ("０", 0), ("999999999", 999_999_999)],
)
def test_a_whole_number(text, value):
    assert (parsing.whole(text), parsing.whole_or_none(text)) == (value, value)


@pytest.mark.parametrize("text", ["", None, "-1", "1.0", "1000000000", "٣", "七", "1 2", "x"])
def test_what_is_no_whole_number_the_database_could_hold_is_none(text):
    assert (parsing.whole(text), parsing.whole_or_none(text)) == (0, None)


def test_days_and_months():
    assert parsing.day(" 2026-11-23") == dt.date(2026, 11, 23)
    assert parsing.day("２０２６－１１－２３") == dt.date(2026, 11, 23)
    assert parsing.month("2026-11") == dt.date(2026, 11, 1)


@pytest.mark.parametrize("text", ["", None, "2026-02-30", "23.11.2026", "0001-01-01", "9999-12-31", "heute"])
def test_what_is_no_day_of_business_is_none(text):
    assert parsing.day(text) is None


@pytest.mark.parametrize("text", ["", None, "2026", "2026-13", "11/2026", "9999-12"])
def test_what_is_no_month_is_none(text):
    assert parsing.month(text) is None


@hypothesis.given(st.text())
def test_whatever_is_typed_is_read_or_is_none(text):
    for read in (parsing.number, parsing.amount, parsing.whole_or_none, parsing.day, parsing.month):
        read(text)
