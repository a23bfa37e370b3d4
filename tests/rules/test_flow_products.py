"""Which product, lot and serial a reported line is."""

from decimal import Decimal

import pytest

from qudao.flow.rules import products

STENT = products.Product(1, "M100", "冠状动脉支架系统", "3.0×18mm")
SHEATH = products.Product(2, "M200", "导管鞘", "6F")
LONG_SHEATH = products.Product(3, "M201", "导管鞘", "7F")
DELIVERED = [
    products.Delivered(1, 11, "A01", 101, "S-1", Decimal(1)),
    products.Delivered(1, 11, "A01", 102, "S-2", Decimal(0)),
    products.Delivered(2, 21, "L7", 0, "", Decimal(40)),
    products.Delivered(3, 31, "L7", 0, "", Decimal(40)),
]
SHELF = products.Shelf([STENT, SHEATH, LONG_SHEATH], DELIVERED, {"鞘管 6fr": 2, "KZ-9": 2})


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (products.Line(item_id=1, lot="A01", serial="S-1"), (1, "udi", 11, 101)),
        (products.Line(code="M200", lot="L7"), (2, "code", 21, 0)),
        (products.Line(name="鞘管", specification="6FR", lot="L7"), (2, "alias", 21, 0)),
        (products.Line(code="KZ-9", name="随便", lot="L7"), (2, "alias", 21, 0)),
        (products.Line(name="血管鞘", specification="7F", lot="L7"), (3, "lot", 31, 0)),
        (products.Line(name="导管鞘", specification="(6F)"), (2, "name", 0, 0)),
    ],
)
def test_exact_keys_find_product_and_lot(line, expected):
    found = SHELF.match(line)
    assert (found.item_id, found.rule, found.lot_id, found.serial_id) == expected


def test_a_lot_number_of_two_products_alone_decides_nothing():
    found = SHELF.match(products.Line(name="导管", lot="L7"))
    assert found.item_id == 0


def test_a_serial_nobody_delivered_is_not_replaced_by_its_lot():
    found = SHELF.match(products.Line(item_id=1, lot="A01", serial="S-9"))
    assert (found.item_id, found.lot_id, found.serial_id) == (1, 0, 0)


def test_goods_delivered_by_serial_are_not_matched_by_lot_alone():
    assert SHELF.match(products.Line(item_id=1, lot="A01")).lot_id == 0


def test_what_resembles_is_only_proposed():
    found = SHELF.match(products.Line(name="冠状动脉支架", specification="3.0*18mm"))
    assert found.item_id == 0
    assert [one.item_id for one in found.candidates] == [1]


def test_a_lot_with_another_specification_is_not_taken():
    assert SHELF.match(products.Line(name="导管鞘", specification="8F", lot="L7")).item_id == 0
