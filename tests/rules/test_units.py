from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from qudao.inventory.rules import units
from qudao.kernel import errors

PIECE, BOX, CASE = "06901234567892", "16901234567899", "26901234567896"
CONVERSIONS = [
    units.Conversion(1, "支", Decimal(1)),
    units.Conversion(1, "盒", Decimal(3)),
    units.Conversion(2, "盒", Decimal(5)),
]
TREE = [units.Packing(CASE, BOX, 20), units.Packing(BOX, PIECE, 5)]


def refusal(call, **given):
    with pytest.raises(errors.Refused) as refused:
        call(**given)
    [reason] = refused.value.reasons
    return reason


def test_boxes_become_pieces_by_the_newest_version():
    converted = units.to_base(entered=Decimal(4), unit="盒", conversions=CONVERSIONS)
    assert converted == units.Converted(Decimal(4), "盒", 2, Decimal(20))


def test_a_document_keeps_the_version_it_was_written_by():
    converted = units.to_base(entered=Decimal(4), unit="盒", conversions=CONVERSIONS, version=1)
    assert (converted.version, converted.base) == (1, Decimal(12))


def test_half_a_box_of_three_is_no_number_of_pieces():
    given = {"entered": Decimal("0.5"), "unit": "盒", "conversions": CONVERSIONS, "version": 1, "line": 2}
    reason = refusal(units.to_base, **given)
    assert (reason.code, reason.line, reason.params["base"]) == (
        "inventory.quantity_not_whole",
        2,
        Decimal("1.5"),
    )
    assert units.to_base(**given, whole=False).base == Decimal("1.5")


def test_finer_than_four_decimals_is_refused_even_where_goods_are_divided():
    millilitre = [units.Conversion(1, "滴", Decimal("0.00005"))]
    reason = refusal(units.to_base, entered=Decimal(1), unit="滴", conversions=millilitre, whole=False)
    assert reason.code == "inventory.quantity_not_whole"


def test_a_unit_or_version_nobody_defined_is_refused():
    for given in ({"unit": "箱"}, {"unit": "盒", "version": 9}):
        reason = refusal(units.to_base, entered=Decimal(1), conversions=CONVERSIONS, **given)
        assert reason.code == "inventory.unit_unknown"


@pytest.mark.parametrize("entered", [0, -1])
def test_an_entered_quantity_is_positive(entered):
    reason = refusal(units.to_base, entered=Decimal(entered), unit="盒", conversions=CONVERSIONS)
    assert reason.code == "inventory.quantity_not_positive"


def test_a_conversion_has_a_positive_factor():
    with pytest.raises(ValueError):
        units.Conversion(1, "盒", Decimal(0))


def test_a_case_holds_the_product_of_the_counts():
    assert units.base_quantities(packings=TREE, base_di=PIECE) == {
        PIECE: Decimal(1),
        BOX: Decimal(5),
        CASE: Decimal(100),
    }


def test_a_sale_unit_of_several_units_of_use_multiplies_through():
    found = units.base_quantities(packings=TREE, base_di=PIECE, base_count=10)
    assert found == {PIECE: Decimal(10), BOX: Decimal(50), CASE: Decimal(1000)}


@pytest.mark.parametrize(
    ("packings", "code"),
    [
        ([units.Packing(BOX, CASE, 2), units.Packing(CASE, BOX, 2)], "inventory.packing_without_base"),
        ([units.Packing(CASE, BOX, 20)], "inventory.packing_without_base"),
        ([units.Packing(BOX, PIECE, 0)], "inventory.packing_count_wrong"),
        ([units.Packing(BOX, PIECE, 5), units.Packing(BOX, PIECE, 6)], "inventory.packing_ambiguous"),
    ],
)
def test_a_package_tree_that_does_not_end_at_the_sale_unit_is_refused(packings, code):
    assert refusal(units.base_quantities, packings=packings, base_di=PIECE).code == code


@hypothesis.given(st.lists(st.integers(1, 9), min_size=1, max_size=6), st.randoms())
@hypothesis.settings(max_examples=100, deadline=None)
def test_the_order_of_the_packings_does_not_matter(counts, random):
    chain = [units.Packing(f"P{n + 1}", f"P{n}", count) for n, count in enumerate(counts)]
    random.shuffle(chain)
    product = 1
    for count in counts:
        product *= count
    assert units.base_quantities(packings=chain, base_di="P0")[f"P{len(counts)}"] == product


def scan(scan_di, **more):
    sizes = units.base_quantities(packings=TREE, base_di=PIECE)
    return units.scan_quantity(scan_di=scan_di, base_quantities=sizes, **more)


def test_a_scanned_case_counts_what_it_holds():
    assert [scan(di) for di in (PIECE, BOX, CASE)] == [1, 5, 100]


def test_a_case_scanned_as_a_piece_is_refused_and_says_how_many_it_holds():
    reason = refusal(scan, scan_di=CASE, expected_di=PIECE, line=3)
    assert reason == errors.Reason("inventory.case_scanned_as_piece", 3, {"di": CASE, "count": Decimal(100)})
    assert refusal(scan, scan_di=CASE, expected_di=BOX).params["count"] == 20


def test_a_piece_scanned_as_a_case_is_refused():
    assert refusal(scan, scan_di=PIECE, expected_di=BOX).code == "inventory.piece_scanned_as_case"


def test_the_package_that_is_expected_counts_its_content():
    assert scan(BOX, expected_di=BOX) == 5


def test_a_di_of_another_item_is_refused():
    assert refusal(scan, scan_di="06942221705071").code == "inventory.di_unknown"
    assert refusal(scan, scan_di=PIECE, expected_di="06942221705071").code == "inventory.di_unknown"
