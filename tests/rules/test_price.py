import datetime as dt
import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qudao.kernel import errors, money
from qudao.pricing.rules import price

TODAY = dt.date(2026, 11, 23)
VAT = Decimal("0.13")
REQUEST = price.Request(account_id=7, tier="B", region=4, quantity=Decimal(30), hospital_id=9, line=3)


def row(row_id, kind, amount, **more):
    fields = {"currency": "CNY", "tax_included": True, "vat_rate": VAT, "valid_from": dt.date(2026, 1, 1)}
    return price.Candidate(row_id=row_id, kind=kind, price=Decimal(amount), **(fields | more))


def chosen(*rows, request=REQUEST, on=TODAY):
    return price.choose(candidates=rows, request=request, on=on)


GUIDE = row(1, "guide", "1580.00")
TIER = row(2, "tier_region", "0.88", tier="B")
CONTRACT = row(3, "contract", "1240.00", account_id=7, citation="HT-2026-0183 v3 §2.4")


def test_a_price_explains_itself_from_guide_to_tax():
    choice = chosen(GUIDE, TIER, CONTRACT)
    amounts = price.line_amounts(
        entered_quantity=30, unit_price=choice.unit_price, vat_rate=VAT, tax_included=True, discount="620.00"
    )
    off = price.Step("promotion", {"name": "双十一影像节"}, 5, Decimal("37200.00"), Decimal("36580.00"), True)
    steps = price.explain(choice=choice, amounts=amounts, promotions=(off,))
    assert [(step.code, step.row, str(step.before), str(step.after)) for step in steps] == [
        ("guide", 1, "None", "1580.0000"),
        ("tier", 2, "1580.0000", "1390.4000"),
        ("contract", 3, "1390.4000", "1240.0000"),
        ("promotion", 5, "37200.00", "36580.00"),
        ("tax", None, "36580.00", "32371.68"),
    ]
    assert steps[1].params == {"citation": "", "factor": "0.88", "tier": "B", "region": ""}
    assert steps[2].params == {"citation": "HT-2026-0183 v3 §2.4"}
    assert steps[4].params == {"tax": "4208.32", "vat_rate": "0.13"}
    assert steps[1].as_json() == {
        "code": "tier",
        "params": {"citation": "", "factor": "0.88", "tier": "B", "region": ""},
        "row": 2,
        "before": "1580.0000",
        "after": "1390.4000",
        "tax_included": True,
    }


def test_what_an_agreed_price_replaced_is_told_to_our_own_people_alone():
    def steps(*rows):
        choice = chosen(*rows)
        amounts = price.line_amounts(
            entered_quantity=30,
            unit_price=choice.unit_price,
            vat_rate=VAT,
            tax_included=True,
            discount="620.00",
        )
        off = price.Step("promotion", {}, 5, Decimal("37200.00"), Decimal("36580.00"), True)
        return [one.as_json() for one in price.explain(choice=choice, amounts=amounts, promotions=(off,))]

    whole = steps(GUIDE, TIER, CONTRACT)
    assert price.told(whole, house=True) == whole
    told = price.told(whole, house=False)
    assert [step["code"] for step in told] == ["contract", "promotion", "tax"]
    # Nor does the first step say what it came from.
    assert told == [{**whole[2], "before": None}, *whole[3:]]
    # Where nothing is agreed the list price is the buyer's own, and so is the way to it.
    listed = steps(GUIDE, TIER)
    assert price.told(listed, house=False) == listed


def test_a_centralised_procurement_price_overrides_every_other():
    rows = [
        GUIDE,
        TIER,
        CONTRACT,
        row(4, "hospital", "1255", hospital_id=9, account_id=7),
        row(5, "vbp", "798", citation="国采2022"),
    ]
    choice = chosen(*rows)
    assert (choice.kind, choice.row_id, choice.unit_price, choice.citation) == (
        "vbp",
        5,
        Decimal("798.0000"),
        "国采2022",
    )
    assert [step.code for step in choice.steps] == ["guide", "tier", "contract", "hospital", "vbp"]


def test_the_order_of_the_rows_does_not_matter():
    rows = [GUIDE, TIER, row(6, "tier_region", "0.97", region=4), row(7, "guide", "1500", account_id=7)]
    found = {chosen(*order) for order in map(tuple, itertools.permutations(rows))}
    assert len(found) == 1
    assert found.pop().unit_price == Decimal("1280.4000")  # 1500 × 0.88 × 0.97


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [
        ({"hospital_id": 9}, {"account_id": 7, "tier": "B", "region": 4}),
        ({"account_id": 7}, {"tier": "B", "region": 4}),
        ({"region": 4}, {"tier": "B"}),
        ({"tier": "B"}, {"line_id": 5}),
        ({"line_id": 5}, {"minimum_quantity": Decimal(30)}),
        ({"minimum_quantity": Decimal(30)}, {"minimum_quantity": Decimal(10)}),
        ({"minimum_quantity": Decimal(10)}, {"valid_from": dt.date(2026, 11, 1)}),
        ({"valid_from": dt.date(2026, 11, 1)}, {"valid_from": dt.date(2026, 10, 1)}),
    ],
)
def test_the_more_specific_row_wins_whatever_its_price_and_id(stronger, weaker):
    assert chosen(row(1, "guide", "200", **stronger), row(2, "guide", "100", **weaker)).row_id == 1


def test_the_highest_row_id_decides_between_equals():
    assert chosen(row(1, "guide", "200"), row(2, "guide", "100")).row_id == 2


@pytest.mark.parametrize(
    "other",
    [
        {"account_id": 8},
        {"tier": "A"},
        {"region": 5},
        {"hospital_id": 10},
        {"minimum_quantity": Decimal(31)},
        {"currency": "USD"},
        {"valid_from": dt.date(2026, 11, 24)},
        {"valid_until": TODAY},
    ],
)
def test_a_row_for_somebody_something_or_sometime_else_is_not_a_price(other):
    with pytest.raises(errors.Refused) as refused:
        chosen(row(1, "guide", "100", **other))
    assert [(reason.code, reason.line) for reason in refused.value.reasons] == [("pricing.no_price", 3)]


def test_a_discount_alone_is_not_a_price():
    with pytest.raises(errors.Refused, match=r"pricing\.no_price"):
        chosen(TIER)


def test_an_unknown_hospital_gets_no_hospital_price():
    without = price.Request(account_id=7, tier="B", region=4, quantity=Decimal(30))
    assert chosen(GUIDE, row(4, "hospital", "1255", hospital_id=9), request=without).kind == "guide"


def test_a_row_for_tier_and_region_replaces_the_pair():
    both = row(8, "tier_region", "0.80", tier="B", region=4)
    choice = chosen(GUIDE, TIER, row(6, "tier_region", "0.97", region=4), both)
    assert (choice.unit_price, [step.row for step in choice.steps]) == (Decimal("1264.0000"), [1, 8])


def test_a_general_factor_applies_only_where_no_other_does():
    general = row(8, "tier_region", "0.50")
    assert chosen(GUIDE, general).unit_price == Decimal("790.0000")
    assert chosen(GUIDE, general, TIER).unit_price == Decimal("1390.4000")


def both(choice):
    """(with tax, without)."""
    return price.both_taxes(choice.unit_price, choice.vat_rate, choice.tax_included)


def test_the_list_price_keeps_the_guide_rows_tax():
    guide = row(1, "guide", "100", tax_included=False, vat_rate=Decimal("0.03"))
    choice = chosen(guide, TIER)
    assert (choice.tax_included, choice.vat_rate, choice.row_id) == (False, Decimal("0.03"), 2)
    assert both(choice) == (Decimal("90.6400"), Decimal("88.0000"))


def test_a_tax_included_price_yields_its_price_without_tax():
    choice = chosen(row(1, "guide", "113"))
    assert both(choice) == (Decimal(113), Decimal(100))


def test_without_a_rate_only_the_price_as_it_stands_is_told():
    assert price.both_taxes(Decimal(113), None, True) == (Decimal(113), None)
    assert price.both_taxes(Decimal(100), None, False) == (None, Decimal(100))


factors = st.decimals("0.01", "1", places=4)


def rounded_once(list_price, tier, region):
    return money.unit_price(list_price * tier * region)


def rounded_twice(list_price, tier, region):
    return money.unit_price(money.unit_price(list_price * tier) * region)


@settings(max_examples=200, deadline=None)
@given(st.decimals("0.01", "99999", places=4), factors, factors)
def test_the_list_price_is_rounded_once(list_price, tier, region):
    choice = chosen(
        row(1, "guide", list_price),
        row(2, "tier_region", tier, tier="B"),
        row(3, "tier_region", region, region=4),
    )
    assert choice.unit_price == rounded_once(list_price, tier, region)
    assert choice.steps[-1].after == choice.unit_price


def test_rounding_after_each_factor_would_be_noticed():
    case = (Decimal("0.9999"), Decimal("0.555"), Decimal("0.9"))
    assert rounded_once(*case) != rounded_twice(*case)


@settings(max_examples=200, deadline=None)
@given(
    st.decimals("0.0001", "9999", places=4),
    st.decimals("0", "99999", places=4),
    st.sampled_from([Decimal(rate) for rate in ("0", "0.03", "0.06", "0.09", "0.13")]),
    st.booleans(),
    st.decimals("0", "1", places=2),
)
def test_net_and_tax_add_up_to_gross_and_tax_is_within_a_cent(quantity, unit, rate, included, share):
    discount = money.amount(money.amount(quantity * unit) * share)
    line = price.line_amounts(
        entered_quantity=quantity, unit_price=unit, vat_rate=rate, tax_included=included, discount=discount
    )
    assert line.net + line.tax == line.gross
    assert (line.gross if included else line.net) == line.amount - discount
    assert abs(line.tax - line.net * rate) <= Decimal("0.01")


def test_a_price_per_box_is_never_taken_through_a_price_per_piece():
    per_box = price.line_amounts(entered_quantity=1, unit_price=100, vat_rate=VAT, tax_included=True)
    per_piece = price.line_amounts(entered_quantity=3, unit_price="33.33", vat_rate=VAT, tax_included=True)
    assert (per_box.gross, per_piece.gross) == (Decimal("100.00"), Decimal("99.99"))


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_a_line_without_quantity_is_refused(quantity):
    with pytest.raises(errors.Refused, match=r"pricing\.quantity_not_positive"):
        price.line_amounts(entered_quantity=quantity, unit_price=1, vat_rate=VAT, tax_included=True)


def test_a_discount_above_the_line_is_refused():
    with pytest.raises(errors.Refused, match=r"pricing\.discount_exceeds_amount"):
        price.line_amounts(entered_quantity=1, unit_price=1, vat_rate=VAT, tax_included=True, discount="1.01")


@pytest.mark.parametrize("field", ["unit_price", "vat_rate", "discount"])
def test_a_negative_figure_is_a_programming_error(field):
    fields = {"entered_quantity": 1, "unit_price": 1, "vat_rate": VAT, "tax_included": True, "discount": 0}
    with pytest.raises(ValueError, match="not negative"):
        price.line_amounts(**(fields | {field: "-0.01"}))


def amounts_of(choice, unit=None, discount=0):
    return price.line_amounts(
        entered_quantity=12,
        unit_price=choice.unit_price if unit is None else unit,
        vat_rate=VAT,
        tax_included=True,
        discount=discount,
    )


@pytest.mark.parametrize(("unit", "discount"), [("798.01", 0), ("797.99", 0), (None, "0.01")])
def test_a_changed_centralised_procurement_price_is_blocked_even_when_approved(unit, discount):
    choice = chosen(row(5, "vbp", "798.00"))
    reasons = price.check_line(
        choice=choice, amounts=amounts_of(choice, unit, discount), approved=True, line=2
    )
    assert [(reason.code, reason.line, reason.refuses) for reason in reasons] == [
        ("pricing.vbp_mismatch", 2, True)
    ]


def test_a_centralised_procurement_line_at_its_price_passes_and_knows_no_floor():
    choice = chosen(row(5, "vbp", "798.00"))
    assert price.check_line(choice=choice, amounts=amounts_of(choice), floor=Decimal(9999)) == ()


def test_a_line_below_the_floor_needs_an_approval():
    choice = chosen(CONTRACT)  # 12 × 1240 = 14880.00 with tax, 13168.14 without
    below = Decimal("1097.35")  # × 12 = 13168.20
    amounts = amounts_of(choice)
    (reason,) = price.check_line(choice=choice, amounts=amounts, floor=below, line=1)
    assert (reason.code, reason.params) == (
        "pricing.below_floor",
        {"net": Decimal("13168.14"), "floor": Decimal("13168.20")},
    )
    assert price.check_line(choice=choice, amounts=amounts, floor=below, approved=True) == ()
    assert price.check_line(choice=choice, amounts=amounts, floor=Decimal("1097.345")) == ()
    assert price.check_line(choice=choice, amounts=amounts) == ()


def test_a_discount_can_take_a_line_below_the_floor():
    choice = chosen(CONTRACT)
    floor = Decimal("1097.345")
    assert price.check_line(choice=choice, amounts=amounts_of(choice, None, "0.01"), floor=floor)
