"""The journal spells every value in exactly one way."""

import datetime
import decimal
import uuid
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qudao.kernel.journal import canonical

D = decimal.Decimal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (D("100"), "100"),
        (D("1E+2"), "100"),
        (D("12.3400"), "12.34"),
        (D("0.00"), "0"),
        (D("-0.00"), "0"),
        (D("-7.50"), "-7.5"),
        (D("0.0000001"), "0.0000001"),
        (D("123456789012345678901234567890.123400"), "123456789012345678901234567890.1234"),
    ],
)
def test_equal_decimals_have_one_spelling(value, text):
    assert canonical.plain(value) == text


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
@settings(max_examples=100)
def test_a_decimal_keeps_its_value(value):
    assert D(canonical.plain(value)) == value


def test_an_instant_is_written_in_utc_to_the_microsecond():
    shanghai = zoneinfo.ZoneInfo("Asia/Shanghai")
    local = datetime.datetime(2026, 3, 1, 7, 30, tzinfo=shanghai)
    assert canonical.plain(local) == "2026-02-28T23:30:00.000000Z"
    assert canonical.plain(local.astimezone(datetime.UTC)) == canonical.plain(local)
    assert canonical.plain(datetime.date(2026, 3, 1)) == "2026-03-01"


def test_what_json_cannot_carry_exactly_is_refused():
    for value in (1.5, b"bytes", {1, 2}, {1: "key"}, object()):
        with pytest.raises(TypeError):
            canonical.canonical(value)
    for value in (2**53, D("NaN"), D("Infinity"), "\ud800", datetime.datetime(2026, 1, 1)):  # noqa: DTZ001
        with pytest.raises(ValueError):
            canonical.canonical(value)


def test_a_record_has_one_sequence_of_bytes():
    key = uuid.UUID("0197c1c2-0000-7000-8000-000000000001")
    value = {"数量": D("3.0"), "id": key, "b": [None, True, "\n"], "a": (1, "é")}
    assert canonical.canonical(value).decode() == (
        '{"a":[1,"é"],"b":[null,true,"\\n"],"id":"0197c1c2-0000-7000-8000-000000000001","数量":"3"}'
    )


def test_a_commitment_stands_for_a_value_and_hides_it():
    salt = bytes(16)
    commitment = canonical.commitment("张三 13800000000", salt)
    assert commitment == canonical.commitment("张三 13800000000", salt)
    assert commitment != canonical.commitment("张三 13800000000", b"\1" * 16)
    assert commitment != canonical.commitment("李四 13800000000", salt)
    with pytest.raises(ValueError, match="16 bytes"):
        canonical.commitment("张三", b"")
