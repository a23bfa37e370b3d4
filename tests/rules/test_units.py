from decimal import Decimal

import pytest

from qudao.inventory.rules import units
from qudao.kernel import errors

CONVERSIONS = [
    units.Conversion(1, "支", Decimal(1)),
    units.Conversion(1, "盒", Decimal(3)),
    units.Conversion(2, "盒", Decimal(5)),
]


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
