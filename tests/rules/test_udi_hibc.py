"""Device codes of HIBC."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qudao.catalog import udi
from qudao.catalog.udi import checks

TODAY = dt.date(2026, 7, 31)
PRIMARY = "+A99912345"


def parse(raw):
    return udi.parse(raw, today=TODAY)


def codes(reasons):
    return [reason.code.removeprefix("catalog.udi_") for reason in reasons]


def signed(text):
    return text + checks.hibc_character(text)


def joined(secondary):
    return parse(signed(f"{PRIMARY}/{secondary}"))


def test_a_primary_code_names_labeller_product_and_unit():
    scan = parse("+H123ABC01234567890D")
    assert (scan.carrier, scan.di, scan.package_level) == ("hibc", "H123ABC01234567890", 0)
    assert scan.warnings == scan.errors == ()


@pytest.mark.parametrize(
    ("raw", "lot", "serial", "produced_on", "last_usable_on", "count"),
    [
        (
            "+A99912345/$$52001510X3/16D20111212/S77DEFG457",
            "10X3",
            "77DEFG45",
            dt.date(2011, 12, 12),
            dt.date(2020, 1, 15),
            None,
        ),
        ("+E20831269/$$8020423286539+", "286539", None, None, dt.date(2023, 4, 30), 2),
    ],
)
def test_published_joined_codes_are_read(raw, lot, serial, produced_on, last_usable_on, count):
    scan = parse(raw)
    assert (scan.lot, scan.serial, scan.count) == (lot, serial, count)
    assert (scan.produced_on, scan.last_usable_on) == (produced_on, last_usable_on)
    assert scan.warnings == scan.errors == ()


@pytest.mark.parametrize(
    ("secondary", "day"),
    [
        ("$$0927LOT", dt.date(2027, 9, 30)),
        ("$$1227LOT", dt.date(2027, 12, 31)),
        ("$$2092827LOT", dt.date(2027, 9, 28)),
        ("$$3270928LOT", dt.date(2027, 9, 28)),
        ("$$427092822LOT", dt.date(2027, 9, 28)),
        ("$$527271LOT", dt.date(2027, 9, 28)),
        ("$$62727122LOT", dt.date(2027, 9, 28)),
        ("$$7LOT", None),
        ("27271LOT", dt.date(2027, 9, 28)),
        ("$LOT", None),
    ],
)
def test_every_date_format_is_read(secondary, day):
    scan = joined(secondary)
    assert (scan.last_usable_on, scan.lot, scan.errors) == (day, "LOT", ())


@pytest.mark.parametrize(
    ("secondary", "count"), [("$$824 3270928LOT", 24), ("$$900100 3270928LOT", 100), ("$$8247LOT", 24)]
)
def test_a_quantity_stands_before_the_date(secondary, count):
    scan = joined(secondary.replace(" ", ""))
    assert (scan.count, scan.lot, scan.errors) == (count, "LOT", ())


@pytest.mark.parametrize("secondary", ["$+SN1", "$$+7SN1", "$$+3270928SN1", "$LOT/SSN1", "$$7LOT/SSN1"])
def test_a_serial_is_read_by_flag_and_by_supplement(secondary):
    assert joined(secondary).serial == "SN1"


def test_supplements_carry_dates_and_quantity():
    scan = joined("$LOT/16D20250102/14D20270928/Q500")
    assert (scan.produced_on, scan.last_usable_on) == (dt.date(2025, 1, 2), dt.date(2027, 9, 28))
    assert (scan.lot, scan.count) == ("LOT", 500)


def test_a_full_expiry_sharpens_a_month_and_refuses_to_contradict_it():
    assert joined("$$0927LOT/14D20270928").last_usable_on == dt.date(2027, 9, 28)
    assert codes(joined("$$0927LOT/14D20271028").errors) == ["duplicate"]
    assert codes(joined("$$3270928LOT/14D20270930").errors) == ["duplicate"]


def test_two_codes_of_one_label_are_read_together():
    primary = signed(PRIMARY)
    secondary = signed(f"+$$3270928LOT{primary[-1]}")
    for raw in (f"{primary}\n{secondary}", f"{primary} {secondary}", f"{secondary}\r\n{primary}"):
        scan = parse(raw)
        assert (scan.di, scan.lot, scan.errors) == ("A99912345", "LOT", ())


def test_a_space_as_check_character_is_kept():
    primary = next(code for number in range(99999) if (code := signed(f"+A999{number:05d}1")).endswith(" "))
    secondary = signed(f"+$LOT{primary[-1]}")
    assert not parse(f"{primary}\r\n").refused
    assert not parse(f"*{primary[:-1]}_*").refused
    assert parse(f"{primary}\r\n{secondary}").lot == "LOT"


def test_a_secondary_code_alone_is_refused():
    assert codes(parse(signed("+$$3270928LOTA")).errors) == ["hibc_secondary_alone"]


def test_a_secondary_code_of_another_label_is_refused():
    other = "X" if signed(PRIMARY)[-1] != "X" else "Y"
    scan = parse(f"{signed(PRIMARY)}\n{signed(f'+$LOT{other}')}")
    assert (codes(scan.errors), scan.lot) == (["hibc_link"], None)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("+H123ABC01234567890E", "hibc_check"),
        ("+A99912345/$$52001510X3/16D20111212/S77DEFG458", "hibc_check"),
        ("+", "hibc_secondary_alone"),
        ("+A1", "hibc_form"),
        ("+A999!12345X", "hibc_form"),
        (signed(f"{PRIMARY}/$$A"), "hibc_date_flag"),
        (signed(f"{PRIMARY}/$$8A43270928"), "element_form"),
        (signed(f"{PRIMARY}/$$3271328LOT"), "date"),
        (signed(f"{PRIMARY}/$$527366LOT"), "date"),
        (signed(f"{PRIMARY}/$$427092824LOT"), "date"),
        (signed(f"{PRIMARY}/$LOT/16D20251301"), "date"),
        (signed(f"{PRIMARY}/$$+7SN1/SSN2"), "duplicate"),
        (signed(f"{PRIMARY}/$$3270928LOT/16D20280101"), "dates_reversed"),
    ],
)
def test_what_does_not_read_is_refused(raw, code):
    assert codes(parse(raw).errors) == [code]


def test_small_letters_are_capitalised_with_a_warning():
    scan = parse("+h123abc01234567890d")
    assert (scan.di, codes(scan.warnings), scan.errors) == ("H123ABC01234567890", ["hibc_case_mended"], ())


def test_an_unknown_segment_is_kept_with_a_warning():
    scan = joined("$LOT/20PX")
    assert (scan.lot, codes(scan.warnings), scan.elements[-1]) == (
        "LOT",
        ["hibc_segment_unknown"],
        ("", "20PX"),
    )


@given(
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=18),
    st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-.", min_size=1, max_size=18),
    st.integers(0, 40),
)
def test_a_joined_code_reads_back_and_one_wrong_character_is_found(product, lot, place):
    code = signed(f"+A999{product}1/$$7{lot}")
    scan = parse(code)
    assert (scan.di, scan.lot, scan.errors) == (f"A999{product}1", lot, ())
    place = 5 + place % len(product)
    wrong = "7" if code[place] != "7" else "8"
    assert codes(parse(code[:place] + wrong + code[place + 1 :]).errors) == ["hibc_check"]
