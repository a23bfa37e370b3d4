"""Scans against a shipment."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from qudao.orders.rules import checking

D = Decimal
LINES = (
    checking.Expected(1, 1, 7, "球囊", "L1", "", D(2)),
    checking.Expected(2, 2, 7, "球囊", "L2", "", D(1)),
    checking.Expected(3, 3, 8, "支架", "S1", "SN1", D(1)),
)


def seen(*what):
    return [
        checking.Seen(no, item, lot, serial, D(quantity))
        for no, (item, lot, serial, quantity) in enumerate(what, start=1)
    ]


ALL = ((7, "L1", "", 1), (7, "L1", "", 1), (7, "L2", "", 1), (8, "S1", "SN1", 1))


def codes(matched):
    return [(reason.code, reason.line) for reason in matched.reasons]


def test_everything_scanned_matches():
    matched = checking.match(LINES, seen(*ALL), complete=True)
    assert matched.reasons == ()
    assert matched.quantities == {1: D(2), 2: D(1), 3: D(1)}


def test_another_lot_is_named_with_the_one_wanted():
    matched = checking.match(LINES, seen((7, "L9", "", 1)), complete=False)
    assert codes(matched) == [("orders.scanned_other_lot", 1)]
    assert matched.reasons[0].params["wanted"] == ["L1", "L2"]


def test_a_code_without_lot_is_told_from_another_lot():
    assert codes(checking.match(LINES, seen((7, "", "", 1)), complete=False)) == [
        ("orders.scanned_without_lot", 1)
    ]


def test_the_right_lot_with_another_serial_is_refused():
    assert codes(checking.match(LINES, seen((8, "S1", "SN2", 1)), complete=False)) == [
        ("orders.scanned_other_lot", 1)
    ]


def test_a_serial_scanned_twice_counts_once_and_is_refused():
    matched = checking.match(LINES, seen((8, "S1", "SN1", 1), (8, "S1", "SN1", 1)), complete=False)
    assert codes(matched) == [("orders.serial_scanned_twice", 2)]
    assert matched.quantities[3] == D(1)


def test_too_many_of_a_lot_and_a_stranger_are_refused():
    assert codes(checking.match(LINES, seen((7, "L2", "", 2)), complete=False)) == [
        ("orders.scanned_too_many", 1)
    ]
    assert codes(checking.match(LINES, seen((9, "L2", "", 1)), complete=False)) == [
        ("orders.scanned_other_item", 1)
    ]


def test_what_is_missing_is_said_per_line():
    matched = checking.match(LINES, seen(*ALL[:3]), complete=True)
    assert codes(matched) == [("orders.not_all_scanned", 3)]


@given(st.permutations(ALL))
def test_the_order_of_scans_does_not_matter(scans):
    assert checking.match(LINES, seen(*scans), complete=True).reasons == ()


@given(st.lists(st.sampled_from([*ALL, (7, "L9", "", 1), (9, "X", "", 3)]), max_size=12))
def test_no_line_ever_receives_more_than_it_wants(scans):
    matched = checking.match(LINES, seen(*scans), complete=False)
    assert all(matched.quantities[line.line_id] <= line.quantity for line in LINES)
