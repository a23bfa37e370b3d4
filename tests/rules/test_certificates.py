"""Registration numbers and the certificate gate."""

import dataclasses
import datetime as dt
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qudao.catalog import certificates
from qudao.kernel import errors, periods

D = dt.date
STENT, BALLOON = 1, 2
NUMBER = "国械注准20153130647"
FIRST = certificates.CertificateVersion(
    number=NUMBER, models=frozenset({STENT}), period=periods.Period(D(2015, 3, 1), D(2020, 3, 1))
)
RENEWED = certificates.CertificateVersion(
    number=NUMBER, models=frozenset({STENT, BALLOON}), period=periods.Period(D(2020, 6, 1), D(2025, 6, 1))
)
TODAY = D(2025, 9, 1)


def worked(page, name):
    """Cells of the table that follows the mark `worked: name` on a page of docs/domain."""
    text = (pathlib.Path(__file__).parents[2] / "docs/domain" / page).read_text(encoding="utf-8")
    _, _, rest = text.partition(f"<!-- worked: {name} -->\n")
    table = [line for line in rest.partition("\n\n")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def judge(produced_on, *, model=STENT, versions=(FIRST, RENEWED), on=TODAY):
    return certificates.judge_certificate(versions=versions, model=model, produced_on=produced_on, on=on)


def codes(reasons):
    return [reason.code for reason in reasons]


# --- numbers ---


def test_a_registration_number_comes_apart():
    assert certificates.parse_registration(text="国械注准20213030647") == certificates.Registration(
        number="国械注准20213030647",
        form="registration",
        authority="国",
        origin="domestic",
        year=2021,
        device_class=3,
        category="03",
        serial="0647",
    )


@pytest.mark.parametrize(
    "text", [" 国械注准 20213030647 ", "国械注准２０２１３０３０６４７", "国械注准20213030647\u3000"]
)
def test_width_and_spaces_do_not_matter(text):
    assert certificates.parse_registration(text=text).number == "国械注准20213030647"


@pytest.mark.parametrize(
    ("text", "origin", "device_class"),
    [
        ("国械注进20192010001", "import", 2),
        ("国械注许20203210005", "hmt", 3),
        ("黔械注准20162140012", "domestic", 2),
    ],
)
def test_origin_and_class_are_read_from_the_number(text, origin, device_class):
    parsed = certificates.parse_registration(text=text)
    assert (parsed.origin, parsed.device_class) == (origin, device_class)


@pytest.mark.parametrize(
    ("text", "authority", "year", "serial"),
    [
        ("粤潮械备20140023", "粤潮", 2014, "0023"),
        ("粤潮械备20140023号", "粤潮", 2014, "0023"),
        ("国械备20151234", "国", 2015, "1234"),
        ("沪械备201900017", "沪", 2019, "00017"),
    ],
)
def test_a_class_one_filing_number_comes_apart(text, authority, year, serial):
    parsed = certificates.parse_registration(text=text)
    assert (parsed.form, parsed.authority, parsed.year, parsed.serial) == ("filing", authority, year, serial)
    assert (parsed.device_class, parsed.category, parsed.number.endswith("号")) == (1, "", False)


def test_a_number_from_before_2014_is_legacy():
    parsed = certificates.parse_registration(text="国食药监械（进）字２０１２第3460123号（更）")
    assert (parsed.legacy, parsed.origin, parsed.year, parsed.device_class) == (True, "import", 2012, 3)
    assert (parsed.category, parsed.serial) == ("46", "0123")


@pytest.mark.parametrize("text", ["浙械注准20213030647", "浙械注进20212030647", "粤械注许20212030647"])
def test_a_province_registers_domestic_class_two_only(text):
    assert certificates.parse_registration(text=text).code == "catalog.registration_inconsistent"


@pytest.mark.parametrize(
    "text",
    ["", "国械注准2021303064", "国械注准20211030647", "国械注准20214030647", "国械注20213030647",
     "X械注准20212030647", "国械注准20213030647号", "国械注准２０２１３０３０64七", "20213030647"],
)  # fmt: skip
def test_an_unknown_shape_is_refused_with_the_text_as_typed(text):
    reason = certificates.parse_registration(text=text)
    assert isinstance(reason, errors.Reason)
    assert (reason.code, reason.params) == ("catalog.registration_unreadable", {"text": text})


@given(
    st.integers(2014, 2099),
    st.sampled_from([2, 3]),
    st.integers(0, 99),
    st.integers(0, 999_999),
    st.sampled_from("准进许"),
)
def test_every_national_number_reads_back(year, device_class, category, serial, origin):
    text = f"国械注{origin}{year}{device_class}{category:02}{serial:04}"
    parsed = certificates.parse_registration(text=text)
    assert (parsed.year, parsed.device_class, parsed.category) == (year, device_class, f"{category:02}")
    assert (parsed.serial, parsed.number) == (f"{serial:04}", text)


# --- gate ---


def test_goods_made_within_validity_stay_sellable_after_the_certificate_expired():
    assert judge(D(2025, 5, 31)) == []
    assert judge(D(2015, 3, 1)) == []


def test_goods_made_on_the_first_day_after_validity_are_refused():
    (reason,) = judge(D(2025, 6, 1))
    assert reason.code == "catalog.produced_outside_validity"
    assert reason.params == {
        "produced_on": "2025-06-01",
        "terms": f"{NUMBER} 2015-03-01..2020-02-29, {NUMBER} 2020-06-01..2025-05-31",
    }


@pytest.mark.parametrize("produced_on", [D(2020, 3, 1), D(2020, 4, 15), D(2020, 5, 31)])
def test_goods_made_in_the_gap_between_two_terms_are_refused(produced_on):
    assert codes(judge(produced_on)) == ["catalog.produced_outside_validity"]


def test_a_gap_does_not_touch_goods_made_on_either_side_of_it():
    assert judge(D(2020, 2, 29)) == judge(D(2020, 6, 1)) == []


def test_a_model_is_covered_only_by_the_versions_that_list_it():
    assert codes(judge(D(2016, 1, 1), model=BALLOON)) == ["catalog.produced_outside_validity"]
    assert judge(D(2021, 1, 1), model=BALLOON) == []
    assert codes(judge(D(2021, 1, 1), model=3)) == ["catalog.model_not_covered"]


def test_a_revoked_certificate_blocks_from_its_day_on_whatever_the_production_date():
    revoked = certificates.CertificateVersion(
        number=NUMBER, models=RENEWED.models, period=RENEWED.period, revoked_on=D(2024, 1, 10)
    )
    assert judge(D(2021, 1, 1), versions=[FIRST, revoked], on=D(2024, 1, 9)) == []
    (reason,) = judge(D(2021, 1, 1), versions=[FIRST, revoked], on=D(2024, 1, 10))
    assert (reason.code, reason.params) == (
        "catalog.certificate_revoked",
        {"number": NUMBER, "revoked_on": "2024-01-10"},
    )
    assert codes(judge(D(2016, 1, 1), versions=[FIRST, revoked])) == ["catalog.certificate_revoked"]
    assert codes(judge(None, versions=[FIRST, revoked])) == ["catalog.certificate_revoked"]


def test_another_certificate_still_covers_when_one_is_revoked():
    revoked = certificates.CertificateVersion(
        number="国械注准20143130001", models=FIRST.models, period=FIRST.period, revoked_on=D(2024, 1, 10)
    )
    assert judge(D(2016, 1, 1), versions=[revoked, FIRST]) == []


def test_an_unknown_production_date_goes_to_quality():
    assert codes(judge(None)) == ["catalog.production_date_unknown"]


def test_a_device_without_any_certificate_is_refused():
    assert codes(judge(D(2021, 1, 1), versions=[])) == ["catalog.certificate_missing"]


def test_a_filing_has_no_end():
    filing = certificates.CertificateVersion(
        number="粤潮械备20140023", models=frozenset({STENT}), period=periods.Period(D(2014, 9, 1))
    )
    assert judge(D(2099, 1, 1), versions=[filing], on=D(2099, 2, 1)) == []
    assert codes(judge(D(2014, 8, 31), versions=[filing])) == ["catalog.produced_outside_validity"]


DAYS = st.dates(D(2014, 1, 1), D(2027, 12, 31))


@given(DAYS, DAYS)
def test_the_day_of_sale_never_decides_while_nothing_is_revoked(produced_on, on):
    assert judge(produced_on, on=on) == judge(produced_on, on=TODAY)


@given(DAYS)
def test_the_gate_holds_exactly_on_the_days_some_version_covers(produced_on):
    inside = D(2015, 3, 1) <= produced_on <= D(2020, 2, 29) or D(2020, 6, 1) <= produced_on <= D(2025, 5, 31)
    assert (judge(produced_on) == []) is inside


CASES = worked("licences.md", "certificate")


def day(cell):
    return None if cell == "-" else D.fromisoformat(cell)


@pytest.mark.parametrize("cells", CASES, ids=" ".join)
def test_the_worked_table_holds(cells):
    model, made, sold, revoked, verdict = cells
    versions = [dataclasses.replace(version, revoked_on=day(revoked)) for version in (FIRST, RENEWED)]
    found = judge(day(made), model=int(model), versions=versions, on=day(sold))
    assert codes(found) == ([] if verdict == "sellable" else [verdict])


NAIVE = {
    "the certificate is valid today": lambda made, on: any(v.period.contains(on) for v in (FIRST, RENEWED)),
    "the newest version counts alone": lambda made, on: RENEWED.period.contains(made),
    "first start to last end": lambda made, on: D(2015, 3, 1) <= made < D(2025, 6, 1),
}


@pytest.mark.parametrize("naive", NAIVE)
def test_the_worked_table_catches_a_gate_that_asks_whether(naive):
    plain = [cells for cells in CASES if cells[0] == "1" and "-" not in cells[1:3] and cells[3] == "-"]
    assert any(
        NAIVE[naive](day(made), day(sold)) is not (verdict == "sellable")
        for _, made, sold, _, verdict in plain
    )


def test_renewal_of_a_certificate_is_filed_six_months_ahead():
    assert certificates.renewal_deadline(expires_on=D(2026, 9, 30)) == D(2026, 3, 30)
    assert certificates.renewal_deadline(expires_on=D(2026, 8, 31)) == D(2026, 2, 28)
