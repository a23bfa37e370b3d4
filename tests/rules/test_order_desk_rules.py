"""What the desk says before an order is placed: the earliest day, and the rebate it may bring."""

import datetime as dt
from decimal import Decimal

from qudao.orders.rules import delivery
from qudao.settlement.rules import expected

D = Decimal
DAYS = {"city": 1, "province": 2, "beyond": 3}
FRIDAY = dt.date(2026, 11, 20)


def earliest(*origins, destination=330100):
    return delivery.earliest(
        on=FRIDAY,
        origins=origins,
        destination=destination,
        days=DAYS,
        is_working_day=lambda day: day.weekday() < 5,
    )


def test_goods_take_longer_from_farther_and_not_over_the_weekend():
    assert earliest(330100) == dt.date(2026, 11, 23)
    assert earliest(330200) == dt.date(2026, 11, 24)
    assert earliest(310100) == dt.date(2026, 11, 25)


def test_the_slowest_part_of_a_delivery_counts():
    assert earliest(330100, 310100) == dt.date(2026, 11, 25)


def test_without_stock_there_is_no_day():
    assert earliest() is None


CURVE = [(D(0), D(0)), (D(100), D(0)), (D(100), D(2)), (D(200), D(4)), (D(200), D(6)), (D(300), D(9))]


def test_a_tier_reached_counts_from_its_bound():
    assert expected.at(CURVE, D(99)) == 0
    assert expected.at(CURVE, D(100)) == 2
    assert expected.at(CURVE, D(150)) == 3
    assert expected.at(CURVE, D(200)) == 6


def test_past_the_last_point_the_last_slope_goes_on():
    assert expected.at(CURVE, D(400)) == 12


def test_a_scale_without_a_curve_brings_nothing():
    assert expected.at([], D(10)) == 0
