"""Orders, the pure part: units, parts of a line's money, life requirements, requests, states."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qudao.inventory.rules import eligibility
from qudao.kernel import errors
from qudao.orders.rules import amounts, differences, life, progress, requests

D = Decimal
TODAY = dt.date(2026, 11, 23)


@dataclasses.dataclass
class Item:
    id: int = 7
    base_unit: str = "支"
    price_unit: str = "盒"
    price_unit_factor: int = 3


@dataclasses.dataclass
class Unit:
    factor: int
    version: int


def line(quantity, unit="", no=1):
    return requests.LineRequest(no, 7, D(quantity), unit)


def request(*lines, **more):
    return requests.OrderRequest(
        **{"account_id": 1, "ship_to_id": 1, "channel": "rep", "lines": lines or (line(1),)} | more
    )


def codes(reasons):
    return [(reason.code, reason.line) for reason in reasons]


def test_a_line_without_unit_is_in_price_units():
    measured = amounts.measure(line(2), Item(), {})
    assert (measured.base, measured.priced, measured.unit) == (D(6), D(2), "盒")


def test_a_line_in_a_package_unit_uses_its_conversion():
    measured = amounts.measure(line(2, "箱"), Item(), {(7, "箱"): Unit(30, 4)})
    assert (measured.base, measured.priced, measured.version) == (D(60), D(20), 4)


def test_an_unknown_unit_is_refused_and_the_known_ones_are_named():
    refused = amounts.measure(line(2, "桶"), Item(), {(7, "箱"): Unit(30, 1)})
    assert refused.code == "orders.unit_unknown"
    assert refused.params["known"] == ["支", "盒", "箱"]


def test_pieces_that_do_not_fill_price_units_are_refused_not_rounded():
    # 100.00 a box of 3 never becomes 33.3333 × 1.
    assert amounts.measure(line(1, "支"), Item(), {}).code == "orders.unit_does_not_divide"
    assert amounts.measure(line(3, "支"), Item(), {}).priced == D(1)


def test_half_a_base_unit_is_refused():
    assert (
        amounts.measure(line("0.5", "支"), Item(price_unit_factor=1), {}).code == "orders.quantity_not_whole"
    )


@dataclasses.dataclass
class Line:
    gross: Decimal
    net: Decimal
    rebate_used: Decimal = D("0.00")


@given(
    gross=st.integers(1, 10**9),
    net=st.integers(0, 10**9),
    parts=st.lists(st.integers(1, 50), min_size=1, max_size=12),
)
def test_the_parts_of_a_line_add_up_to_its_money(gross, net, parts):
    whole, already = sum(parts), 0
    total_gross = total_net = total_tax = D(0)
    for quantity in parts:
        part = amounts.part(
            Line(D(gross) / 100, D(net) / 100), whole=D(whole), already=D(already), quantity=D(quantity)
        )
        already += quantity
        total_gross += part.gross
        total_net += part.net
        total_tax += part.tax
    assert (total_gross, total_net) == (D(gross) / 100, D(net) / 100)
    assert total_tax == total_gross - total_net


def test_control_rounding_each_part_by_itself_loses_a_cent():
    each = [(D("100.00") * 1 / 3).quantize(D("0.01")) for _ in range(3)]
    assert sum(each) == D("99.99")
    cumulative = [
        amounts.part(Line(D("100.00"), D("88.50")), whole=D(3), already=D(i), quantity=D(1)).gross
        for i in range(3)
    ]
    assert cumulative == [D("33.33"), D("33.34"), D("33.33")]


def test_more_than_the_line_is_a_programming_error():
    with pytest.raises(ValueError):
        amounts.part(Line(D(1), D(1)), whole=D(2), already=D(2), quantity=D(1))


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (request(channel="pigeon"), ("orders.channel_unknown", None)),
        (request(line(0)), ("orders.quantity_not_positive", 1)),
        (request(line(1), line(2)), ("orders.line_numbers_repeat", None)),
        (request(requested_on=TODAY - dt.timedelta(1)), ("orders.requested_in_the_past", None)),
        (request(rebate_use=D("1.005")), ("orders.rebate_use_invalid", None)),
        (
            request(*(line(1, no=no) for no in range(1, requests.MOST_LINES + 2))),
            ("orders.too_many_lines", None),
        ),
    ],
)
def test_a_request_that_makes_no_sense_says_why(wanted, code):
    assert codes(requests.check(wanted, on=TODAY)) == [code]


def test_a_request_for_today_is_fine():
    assert requests.check(request(requested_on=TODAY), on=TODAY) == []


@dataclasses.dataclass
class Row:
    party_id: int
    line_id: int = 0
    item_id: int = 0
    days: int = 0
    months: int = 0
    fraction: Decimal = D(0)


def test_the_hospitals_requirement_comes_before_the_buyers_and_the_item_before_the_line():
    rows = [Row(1, days=30), Row(2, line_id=5, days=90), Row(2, item_id=7, days=180), Row(2, days=60)]
    asked = {"item_id": 7, "line_id": 5}
    assert life.requirement(rows, party_ids=(2, 1), **asked) == eligibility.MinimumLife(days=180)
    assert life.requirement(rows, party_ids=(2, 1), item_id=8, line_id=5) == eligibility.MinimumLife(days=90)
    assert life.requirement(rows, party_ids=(3, 1), **asked) == eligibility.MinimumLife(days=30)
    assert life.requirement(rows, party_ids=(3,), **asked) == eligibility.MinimumLife()


def test_an_order_is_as_far_as_its_slowest_shipment():
    assert progress.order_status(["signed", "to_pick"]) == "picking"
    assert progress.order_status(["signed", "shipped"]) == "shipped"
    assert progress.order_status(["signed", "signed_with_difference"]) == "signed_with_difference"
    assert progress.order_status(["signed", "signed"]) == "signed"


def test_a_step_that_is_not_listed_is_refused():
    progress.step(progress.ORDER_STEPS, "draft", "confirmed", number="SO1")
    with pytest.raises(errors.Refused, match="orders.wrong_state"):
        progress.step(progress.ORDER_STEPS, "cancelled", "confirmed", number="SO1")


@pytest.mark.parametrize(
    ("back", "lost", "reason", "codes"),
    [
        ("1", "3", "承运商确认丢失", []),
        ("4", "0", "在车上找到", []),
        ("1", "2", "少写一件", ["orders.difference_does_not_add_up"]),
        ("5", "-1", "负数", ["orders.difference_does_not_add_up"]),
        ("1", "3", "  ", ["orders.settlement_needs_reason"]),
        ("0", "0", "", ["orders.difference_does_not_add_up", "orders.settlement_needs_reason"]),
    ],
)
def test_a_difference_is_settled_whole_and_with_a_reason(back, lost, reason, codes):
    settled = differences.Settlement(2, D(back), D(lost), reason)
    found = differences.check_settled(settled, open_quantity=D(4))
    assert [(one.code, one.line) for one in found] == [(code, 2) for code in codes]
