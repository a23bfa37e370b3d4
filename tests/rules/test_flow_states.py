"""Counted months, duplicates, and the promise that nobody sells on more than was delivered."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qudao.flow.rules import states
from qudao.kernel import errors

DAY = dt.date(2026, 11, 3)


@pytest.mark.parametrize(
    ("sold_on", "taken_in_on", "month"),
    [
        (dt.date(2026, 10, 31), dt.date(2026, 11, 5), dt.date(2026, 10, 1)),
        (dt.date(2026, 10, 31), dt.date(2026, 11, 6), dt.date(2026, 11, 1)),
        (dt.date(2026, 9, 30), dt.date(2026, 11, 5), dt.date(2026, 10, 1)),
        (dt.date(2026, 11, 2), dt.date(2026, 11, 5), dt.date(2026, 11, 1)),
        (dt.date(2026, 12, 31), dt.date(2027, 1, 5), dt.date(2026, 12, 1)),
        (dt.date(2026, 12, 31), dt.date(2027, 1, 6), dt.date(2027, 1, 1)),
    ],
)
def test_a_month_closes_after_its_closing_day(sold_on, taken_in_on, month):
    assert states.counted_month(sold_on=sold_on, taken_in_on=taken_in_on, closing_day=5) == month


def line(no, sold, **changes):
    base = states.Line(no, DAY, DAY, 1, 11, 0, 9, Decimal(sold), f"digest {no}", lot="A01")
    return dataclasses.replace(base, **changes)


def judge(lines, *, earlier=None, left=None, held=None):
    return states.judge(
        lines=lines,
        earlier=earlier or {},
        left={(11, 0): Decimal(10)} if left is None else left,
        held=held or {},
        closing_day=5,
    )


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


def test_lines_use_up_what_was_delivered_one_after_the_other():
    found = judge([line(1, 6), line(2, 5), line(3, 4)])
    assert [one.state for one in found] == ["normal", "appeal", "normal"]
    assert found[1].reasons == (
        errors.Reason("flow.more_than_bought", 2, {"lot": "A01", "left": "4", "sold": "5"}),
    )


def test_goods_that_came_back_can_be_sold_on_again():
    assert [one.state for one in judge([line(1, 10), line(2, -3), line(3, 3)])] == ["normal"] * 3


def test_more_cannot_come_back_than_went_there():
    found = judge([line(1, 2), line(2, -3)])
    assert (found[1].state, codes(found[1])) == ("appeal", ["flow.more_back_than_sold"])


def test_a_late_line_counts_in_the_open_month_and_says_so():
    [found] = judge([line(1, 1, sold_on=dt.date(2026, 9, 20), taken_in_on=dt.date(2026, 11, 9))])
    assert (found.state, found.counted_month, codes(found)) == ("late", dt.date(2026, 11, 1), ["flow.late"])


def test_a_line_sold_outside_the_authorisation_is_up_for_appeal():
    denied = errors.Reason("partners.authorisation_missing")
    [found] = judge([line(1, 1, authorisation=denied, customer="武汉协和")])
    assert (found.state, codes(found)) == ("appeal", ["flow.out_of_area"])
    assert found.reasons[0].params["reason"] == denied


def test_a_line_reported_before_or_twice_in_a_file_is_a_duplicate_and_uses_nothing_up():
    found = judge(
        [line(1, 5), line(2, 5, digest="digest 1"), line(3, 5, digest="old")], earlier={"old": "FF1 行 7"}
    )
    assert [one.state for one in found] == ["normal", "duplicate", "duplicate"]
    assert [one.reasons[0].params["first"] for one in found[1:]] == ["1", "FF1 行 7"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"hospital_id": 0}, "flow.customer_unknown"),
        ({"item_id": 0}, "flow.product_unknown"),
        ({"lot_id": 0}, "flow.lot_unknown"),
        ({"lot_id": 0, "lot": ""}, "flow.lot_missing"),
        ({"quantity": None}, "flow.unit_unknown"),
    ],
)
def test_a_line_with_anything_unknown_is_unmatched(changes, code):
    [found] = judge([line(1, 1, **changes)])
    assert (found.state, codes(found)) == ("unmatched", [code])


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.sampled_from([11, 12]), st.integers(-5, 8).filter(bool)), max_size=12),
    st.integers(0, 12),
)
def test_counted_sales_never_exceed_what_was_delivered(sales, delivered):
    lines = [line(no, quantity, lot_id=lot) for no, (lot, quantity) in enumerate(sales, 1)]
    left = {(11, 0): Decimal(delivered), (12, 0): Decimal(0)}
    verdicts = judge(lines, left=left)
    for lot in (11, 12):
        total = Decimal(0)
        for one, verdict in zip(lines, verdicts, strict=True):
            if one.lot_id == lot and verdict.state in states.COUNTED:
                total += one.quantity
                assert 0 <= total <= left[(lot, 0)]


def test_fingerprints_keep_neighbouring_parts_apart():
    assert states.line_digest(parts=["ab", "c"]) != states.line_digest(parts=["a", "bc"])
