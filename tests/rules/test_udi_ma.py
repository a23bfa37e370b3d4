"""Device codes of MA (IDcode)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qudao.catalog import udi
from qudao.catalog.udi import checks

TODAY = dt.date(2026, 7, 31)
DI = "MA.156.M0.100350.01004YA10017"


def parse(raw, **options):
    return udi.parse(raw, today=TODAY, **options)


def codes(reasons):
    return [reason.code.removeprefix("catalog.udi_") for reason in reasons]


@pytest.mark.parametrize(
    ("text", "digit"),
    [
        ("MA.156.M0.100472.1110331", "6"),
        ("MA.156.M0.100350.01004YA1001", "7"),
        (".SLMSAGAAAC.M210628.LAY21062803.E220628.V220627", "3"),
    ],
)
def test_published_check_digits_come_out(text, digit):
    assert checks.ma_digit(text) == digit


def test_a_check_that_doubles_from_the_last_digit_would_fail_the_published_codes():
    def luhn(text):
        digits = "".join(str("0123456789".find(c) if c.isdigit() else ord(c)) for c in text)
        doubled = [int(d) * (1 if place % 2 else 2) for place, d in enumerate(reversed(digits))]
        return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)

    assert luhn("1110331") != checks.ma_digit("1110331")


def test_characters_outside_the_table_have_no_check_digit():
    assert checks.ma_digit("MA 156") is None


def test_a_full_code_is_read_with_every_field():
    scan = parse(f"{DI}.SLMSAGAAAC.M210628.LAY21062803.E220628.V220627.C3")
    assert (scan.carrier, scan.di, scan.lot, scan.serial) == ("ma", DI, "AY21062803", "LMSAGAAAC")
    assert (scan.produced_on, scan.last_usable_on) == (dt.date(2021, 6, 28), dt.date(2022, 6, 27))
    assert scan.package_level == 0
    assert scan.warnings == scan.errors == ()


def test_a_device_identifier_alone_is_enough():
    scan = parse("]Q1MA.156.M0.100472.11103316")
    assert (scan.di, scan.package_level, scan.errors) == ("MA.156.M0.100472.11103316", 1, ())


def test_the_first_unusable_day_is_one_after_the_last_usable():
    assert parse(f"{DI}.E260301").last_usable_on == dt.date(2026, 2, 28)
    assert parse(f"{DI}.V260301").last_usable_on == dt.date(2026, 3, 1)


def test_a_registrant_may_print_its_last_day_under_e():
    assert parse(f"{DI}.E260301", ma_last_day_under_e={"100350"}).last_usable_on == dt.date(2026, 3, 1)
    assert parse(f"{DI}.E260301", ma_last_day_under_e={"100472"}).last_usable_on == dt.date(2026, 2, 28)


def test_expiries_that_disagree_are_warned_of_and_v_counts():
    scan = parse(f"{DI}.E260301.V260301")
    assert (scan.last_usable_on, codes(scan.warnings)) == (dt.date(2026, 3, 1), ["ma_expiry_disagrees"])


def test_the_older_letter_of_production_is_read():
    assert parse(f"{DI}.P210628").produced_on == dt.date(2021, 6, 28)
    assert codes(parse(f"{DI}.P210628.M210629").errors) == ["duplicate"]


def test_a_wrong_check_digit_warns_and_does_not_refuse():
    scan = parse(DI[:-1] + "8")
    assert (scan.di, codes(scan.warnings), scan.errors) == (DI[:-1] + "8", ["ma_check_digit"], ())
    assert scan.warnings[0].params == {"expected": "7", "found": "8"}
    assert codes(parse(f"{DI}.LA1.C9").warnings) == ["ma_pi_check_digit"]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("MA.156.M0.100350", "ma_form"),
        ("MA.156.M0.100350.123", "ma_form"),
        ("MA.156.X0.100350.01004YA10017", "ma_form"),
        (f"{DI}.", "ma_segment"),
        (f"{DI}.L", "ma_segment"),
        (f"{DI}.M211301", "date"),
        (f"{DI}.LA.LB", "duplicate"),
        (f"{DI}.M260601.V260531", "dates_reversed"),
    ],
)
def test_what_does_not_read_is_refused(raw, code):
    assert codes(parse(raw).errors) == [code]


def test_day_00_is_the_last_of_its_month_with_a_warning():
    scan = parse(f"{DI}.V260200")
    assert (scan.last_usable_on, codes(scan.warnings)) == (dt.date(2026, 2, 28), ["day_unstated"])


def test_an_unknown_segment_is_kept_with_a_warning():
    scan = parse(f"{DI}.LA1.X9")
    assert (scan.lot, codes(scan.warnings), scan.elements) == (
        "A1",
        ["ma_segment_unknown"],
        (("L", "A1"), ("X", "9")),
    )


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=6, max_size=16))
def test_items_of_any_width_read_back(item):
    head = f"MA.156.M0.100777.1{item}"
    scan = parse(f"{head}{checks.ma_digit(head)}.LA1")
    assert (scan.di, scan.lot, scan.warnings, scan.errors) == (head + checks.ma_digit(head), "A1", (), ())
