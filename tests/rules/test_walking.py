"""The way a picker walks: shelf by shelf, the cold last, the first to expire in front."""

import datetime as dt

from qudao.orders.rules import walking

SOON, LATER = dt.date(2027, 1, 31), dt.date(2028, 6, 30)


def stop(no, **more):
    usual = {"cold": False, "shelf": "", "storage": "常温干燥通风", "item": "导管", "last_usable_on": LATER}
    return walking.Stop(**(usual | {"lot": "L1", "serial": "", "no": no} | more))


def walked(*stops):
    return [one.no for one in sorted(stops, key=walking.order)]


def test_what_is_kept_in_the_cold_comes_last():
    assert walked(stop(1, cold=True, shelf="A-01"), stop(2, shelf="Z-09"), stop(3)) == [2, 3, 1]


def test_shelves_come_in_their_order_and_before_what_has_none():
    assert walked(stop(1), stop(2, shelf="B-02"), stop(3, shelf="A-11"), stop(4, shelf="B-01")) == [
        3,
        4,
        2,
        1,
    ]


def test_without_shelves_goods_stored_alike_stand_together():
    assert walked(
        stop(1, storage="阴凉"), stop(2, item="球囊"), stop(3, storage="阴凉", item="球囊"), stop(4)
    ) == [4, 2, 1, 3]


def test_of_one_product_the_lot_that_expires_first_is_in_front():
    assert walked(
        stop(1, lot="L3", last_usable_on=None), stop(2, lot="L2"), stop(3, lot="L9", last_usable_on=SOON)
    ) == [3, 2, 1]
