"""Device codes of GS1: docs/domain/udi.md states the rules, this file holds them."""

import datetime as dt
import re
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qudao.catalog import messages, udi
from qudao.catalog.udi import checks, doubt, encode
from qudao.kernel import errors

TODAY = dt.date(2026, 7, 31)
GS = "\x1d"
DI = "06942221705071"
SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
texts = st.text(SET_82, min_size=1, max_size=20)
# The characters that make separators, identifiers and dates collide.
awkward = st.text("0126<>GS", min_size=1, max_size=20)


def parse(raw, **options):
    return udi.parse(raw, today=TODAY, **options)


def codes(reasons):
    return [reason.code.removeprefix("catalog.udi_") for reason in reasons]


def refused(raw, **options):
    scan = parse(raw, **options)
    assert scan.refused
    return codes(scan.errors)


def test_a_full_label_is_read_with_every_field():
    scan = parse(f"]d201{DI}112501001726020010LOT1{GS}21SN1")
    assert scan.as_json() | {"warnings": []} == {
        "carrier": "gs1",
        "di": DI,
        "lot": "LOT1",
        "serial": "SN1",
        "produced_on": "2025-01-31",
        "last_usable_on": "2026-02-28",
        "count": None,
        "warnings": [],
        "errors": [],
    }
    assert scan.elements == (("01", DI), ("11", "250100"), ("17", "260200"), ("10", "LOT1"), ("21", "SN1"))
    assert codes(scan.warnings) == ["day_unstated", "day_unstated"]


@pytest.mark.parametrize(
    "raw",
    [
        "(01)06901234567892(11)141231(17)150707(10)A213B1(21)1234",
        "(01) 06901234567892 (11) 141231 (17) 150707 (10) A213B1 (21) 1234\r\n",
        f"0106901234567892111412311715070710A213B1{GS}211234",
        f"]C1{GS}0106901234567892111412311715070710A213B1{GS}211234\r\n",
        f"0106901234567892{GS}11141231{GS}1715070710A213B1{GS}{GS}211234{GS}",
        f"]Q30106901234567892111412311715070710A213B1{GS}211234".encode(),
    ],
)
def test_printed_scanned_and_marked_forms_read_alike(raw):
    scan = parse(raw)
    assert (scan.di, scan.lot, scan.serial) == ("06901234567892", "A213B1", "1234")
    assert (scan.produced_on, scan.last_usable_on) == (dt.date(2014, 12, 31), dt.date(2015, 7, 7))
    assert scan.warnings == scan.errors == ()


@pytest.mark.parametrize(
    ("raw", "level"), [("6901234567892", 0), ("06901234567892", 0), ("51022222233336", 5), ("96385074", 0)]
)
def test_a_bare_gtin_is_a_device_identifier_alone(raw, level):
    scan = parse(raw)
    assert (scan.di, scan.package_level, scan.lot, scan.refused) == (raw.zfill(14), level, None, False)


def test_ean_13_is_a_bare_gtin_though_its_mark_looks_like_swapped_databar():
    scan = parse("]E06901234567892")
    assert (scan.di, scan.warnings, scan.errors) == ("06901234567892", (), ())


@pytest.mark.parametrize("raw", ["06901234567893", "0106901234567893", "(01)06901234567893(10)A"])
def test_a_wrong_check_digit_is_refused_with_the_expected_one(raw):
    scan = parse(raw)
    assert scan.di is None
    assert codes(scan.errors) == ["check_digit"]
    assert scan.errors[0].params["expected"] == "2"


@given(st.from_regex(r"[0-9]{13}", fullmatch=True), st.integers(0, 13), st.integers(1, 9))
def test_every_single_wrong_digit_is_found(payload, place, shift):
    gtin = payload + checks.gs1_digit(payload)
    wrong = gtin[:place] + str((int(gtin[place]) + shift) % 10) + gtin[place + 1 :]
    assert not parse(f"01{gtin}").refused
    assert refused(f"01{wrong}") == ["check_digit"]


def test_an_sscc_and_a_location_have_their_check_digits_tested():
    assert not parse("00106141411234567897").refused
    assert refused("00106141411234567890") == ["check_digit"]
    assert refused(f"01{DI}4106901234567893") == ["check_digit"]


# --- the separator ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tail", "reading"),
    [
        ("10LOT121SN1", "(10)LOT1(21)SN1"),
        ("10A213B121123417260731", "(10)A(21)3B121123417260731"),
        ("10A17260731", "(10)A(17)260731"),
        ("10A17260700", "(10)A(17)260700"),
        ("10A1125010117260731", "(10)A(11)250101(17)260731"),
        ("21SN10L", "(21)SN(10)L"),
        ("240REF10L1", "(240)REF(10)L1"),
    ],
)
def test_a_missing_separator_is_refused_and_the_doubtful_field_left_empty(tail, reading):
    scan = parse(f"01{DI}{tail}")
    assert codes(scan.errors) == ["separator_missing"]
    assert scan.errors[0].params["reading"] == reading
    assert (scan.di, scan.lot, scan.serial, scan.last_usable_on) == (DI, None, None, None)


def test_a_device_identifier_hidden_at_the_end_is_refused():
    assert "separator_missing" in refused(f"10L101{DI}")


@pytest.mark.parametrize(
    ("before", "lot"),
    [
        ("", "LOT10"),
        ("", "LOT21"),
        ("", "A17"),
        ("", "A17991399"),
        ("", "A17260732"),
        ("", "A1726073"),
        ("", "L30240250"),
        ("17260731", "A17260731"),
        ("17260731", "L1125"),
        ("", "20260405"),
    ],
)
def test_a_lot_that_reads_in_one_way_only_is_taken(before, lot):
    scan = parse(f"01{DI}{before}10{lot}")
    assert (scan.lot, scan.errors) == (lot, ())


def test_a_field_closed_by_a_separator_is_not_in_doubt():
    assert parse(f"01{DI}10LOT121SN1{GS}").lot == "LOT121SN1"
    assert parse(f"01{DI}10A213B1{GS}211234").lot == "A213B1"


def test_what_the_register_knows_settles_the_doubt():
    raw = f"01{DI}1726073110L2107281"
    assert refused(raw) == ["separator_missing"]
    assert parse(raw, label=udi.Label(serial=False)).lot == "L2107281"
    assert parse(raw, label=udi.Label(serial=True)).refused
    assert parse(raw, label=udi.Label(lot=True, produced_on=False)).refused


def test_a_field_longer_than_its_limit_is_refused():
    assert parse(f"01{DI}10{'A' * 20}").lot == "A" * 20
    scan = parse(f"01{DI}10{'A' * 21}")
    assert (codes(scan.errors), scan.errors[0].params["limit"], scan.lot) == (["too_long"], 20, None)


@pytest.mark.parametrize("spelling", ["<GS>", "{GS}", "^]", "~", "\\x1d", "<gs>", "␝"])
def test_a_spelt_separator_is_mended_with_a_warning(spelling):
    scan = parse(f"01{DI}10LOT1{spelling}21SN1")
    assert (scan.lot, scan.serial) == ("LOT1", "SN1")
    assert codes(scan.warnings) == ["separator_mended"]


def test_the_spellings_of_the_separator_can_be_set():
    assert parse(f"01{DI}10LOT1#21SN1", separators=("#",)).serial == "SN1"
    assert refused(f"01{DI}10LOT1#21SN1") == ["element_form"]


def test_letters_that_spell_a_separator_stay_where_a_true_one_is_seen():
    assert parse(f"01{DI}10A<GS>B{GS}21SN1").lot == "A<GS>B"


@settings(max_examples=200)
@given(
    lot=st.none() | texts | awkward,
    serial=st.none() | texts | awkward,
    produced_on=st.none() | st.dates(dt.date(1990, 1, 1), dt.date(2026, 1, 1)),
    last_usable_on=st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2070, 1, 1)),
)
def test_what_is_written_reads_back_the_same(lot, serial, produced_on, last_usable_on):
    fields = {"lot": lot, "serial": serial, "produced_on": produced_on, "last_usable_on": last_usable_on}
    scan = parse(encode.gs1(DI, **fields))
    assert scan.errors == scan.warnings == ()
    assert {name: getattr(scan, name) for name in fields} == fields


@settings(max_examples=200)
@given(texts | awkward, texts | awkward)
def test_a_lost_separator_never_yields_a_wrong_lot_silently(lot, serial):
    whole = encode.gs1(DI, lot=lot, serial=serial)
    assume("<GS>" not in whole.upper())
    scan = parse(whole.replace(GS, ""))
    assert scan.refused or scan.lot == lot


def test_a_reader_without_doubt_would_swallow_the_serial(monkeypatch):
    monkeypatch.setattr(doubt, "other_reading", lambda value, taken: None)
    assert parse(f"01{DI}10LOT121SN1").lot == "LOT121SN1"


def test_a_writer_without_the_closing_separator_would_not_read_back():
    written = encode.gs1(DI, lot="A21B")
    assert written == f"01{DI}10A21B{GS}"
    assert parse(written.rstrip(GS)).refused
    assert encode.gs1(DI, lot="LOT1") == f"01{DI}10LOT1"


@pytest.mark.parametrize("fields", [{"lot": ""}, {"lot": "A B"}, {"serial": "x" * 21}, {"lot": "批号"}])
def test_writing_a_field_outside_the_standard_is_refused(fields):
    with pytest.raises(errors.Refused):
        encode.gs1(DI, **fields)


def test_writing_a_wrong_gtin_is_refused():
    with pytest.raises(errors.Refused):
        encode.gs1("06942221705072")


# --- what scanners do ------------------------------------------------------------------------------


@pytest.mark.parametrize("symbology", ["]d1", "]Q1", "]C0", "]D1"])
def test_a_plain_symbology_is_not_gs1(symbology):
    assert refused(f"{symbology}01{DI}10LOT1") == ["symbology_not_gs1"]


@pytest.mark.parametrize(
    ("raw", "lot"), [("]D20106942221705071" + "10lot1a", "LOT1A"), (f"]c101{DI}10LOT1", "LOT1")]
)
def test_caps_lock_is_undone_with_a_warning(raw, lot):
    scan = parse(raw)
    assert (scan.lot, codes(scan.warnings), scan.errors) == (lot, ["case_mended"], ())


def test_full_width_characters_are_read_with_a_warning():
    scan = parse("（０１）０６９０１２３４５６７８９２（１０）Ａ１")
    assert (scan.di, scan.lot, codes(scan.warnings)) == ("06901234567892", "A1", ["width_mended"])


# --- dates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("digits", "day"),
    [
        ("260200", dt.date(2026, 2, 28)),
        ("280200", dt.date(2028, 2, 29)),
        ("760101", dt.date(2076, 1, 1)),
        ("770101", dt.date(1977, 1, 1)),
        ("991231", dt.date(1999, 12, 31)),
    ],
)
def test_two_digit_years_lie_near_today(digits, day):
    assert parse(f"01{DI}17{digits}").last_usable_on == day


def test_the_next_century_is_near_at_the_end_of_this_one():
    assert udi.parse(f"01{DI}17300101", today=dt.date(2085, 1, 1)).last_usable_on == dt.date(2130, 1, 1)


@pytest.mark.parametrize("digits", ["261301", "260001", "260230", "26073", "2607A1"])
def test_a_day_that_does_not_exist_is_refused(digits):
    assert refused(f"(01){DI}(17){digits}") == ["date"]


def test_best_before_and_sell_by_are_not_the_expiry():
    assert parse(f"01{DI}152607311626073112260731").last_usable_on is None


def test_produced_after_expiry_is_refused():
    assert refused(f"01{DI}1126080117260731") == ["dates_reversed"]
    assert not parse(f"01{DI}1126073117260731").refused
    assert not parse(f"01{DI}1126070017260710").refused


# --- elements together -----------------------------------------------------------------------------


def test_a_field_given_twice_is_refused_when_it_differs():
    assert refused(f"01{DI}1726073117260731" + "17260801") == ["duplicate"]
    assert not parse(f"01{DI}1726073117260731").refused


def test_contents_and_count_need_their_logistic_unit():
    scan = parse(f"0010614141123456789702{DI}3712")
    assert (scan.di, scan.count, scan.errors) == (DI, 12, ())
    assert refused(f"01{DI}3712") == ["element_alone"]
    assert refused(f"02{DI}3712") == ["element_alone", "element_alone"]


def test_an_item_and_its_contents_exclude_each_other():
    assert "elements_exclude" in refused(f"0010614141123456789701{DI}02{DI}3712")


def test_a_variable_count_is_read():
    assert parse(f"01{DI}3012").count == 12


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "empty"),
        ("hello", "unknown"),
        ("(ab)", "unknown"),
        ("10LOT1", "di_missing"),
        (f"01{DI}88X", "ai_unknown"),
        ("0106942", "element_form"),
        (f"01{DI}10", "element_form"),
        (f"01{DI}10批号", "element_form"),
        (b"\xff\xfe\x00", "unknown"),
        ("1" * 2001, "too_much"),
    ],
)
def test_bad_input_is_an_answer_and_not_an_exception(raw, code):
    assert code in refused(raw)


@settings(max_examples=200)
@given(st.text() | st.binary() | st.text("()+]0123456789MA.$/<GS>\x1d \n", max_size=60))
def test_no_input_raises(raw):
    scan = parse(raw)
    assert set(scan.as_json()) == {
        "carrier", "di", "lot", "serial", "produced_on", "last_usable_on", "count", "warnings", "errors",
    }  # fmt: skip


def test_a_logistic_unit_needs_no_device_identifier():
    scan = parse("00106141411234567897")
    assert (scan.carrier, scan.di, scan.errors) == ("gs1", None, ())


def test_iccbba_is_carried_whole():
    scan = parse("=/A9999XYZ100T0944")
    assert (scan.carrier, scan.di, scan.errors) == ("iccbba", "=/A9999XYZ100T0944", ())


def test_every_reason_of_the_catalogue_has_its_words_and_every_word_its_reason():
    source = Path(udi.__file__).parents[1]
    used = set()
    for path in source.rglob("*.py"):
        # The manifest names tables and kinds of the journal by the same pattern.
        if path.parent.name != "messages" and path.name != "module.py":
            used |= set(re.findall(r'"(catalog\.[a-z0-9_]+)"', path.read_text(encoding="utf-8")))
    subjects = {"catalog.item", "catalog.certificate", "catalog.udi"}
    assert used - subjects == set(messages.MESSAGES)
