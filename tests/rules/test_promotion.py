import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qudao.pricing.rules import price, promotion

TODAY = dt.date(2026, 11, 11)


def line(number, quantity, unit, *, kind="contract", excludes=False, tax_included=True, item=None):
    row = price.Candidate(
        row_id=number,
        kind=kind,
        price=Decimal(unit),
        currency="CNY",
        tax_included=tax_included,
        vat_rate=Decimal("0.13"),
        valid_from=dt.date(2026, 1, 1),
        excludes_promotions=excludes,
    )
    request = price.Request(7, "B", 4, Decimal(quantity))
    choice = price.choose(candidates=[row], request=request, on=TODAY)
    return promotion.Line(number, item or number, Decimal(quantity), choice)


OFFER = promotion.Promotion(
    promotion_id=1,
    name="双十一影像节",
    measure="quantity",
    threshold=Decimal(30),
    minus=Decimal("620.00"),
    valid_from=dt.date(2026, 11, 1),
    valid_until=dt.date(2026, 12, 1),
)


def offer(promotion_id=1, **changes):
    return dataclasses.replace(OFFER, promotion_id=promotion_id, **changes)


def apply(promotions, lines, *, tier="B", region=4, on=TODAY):
    return promotion.apply(promotions=promotions, lines=lines, tier=tier, region=region, on=on)


def discounts(outcome):
    return [str(each.discount) for each in outcome.lines]


def test_thirty_boxes_save_620_and_say_so():
    outcome = apply([OFFER], [line(3, 30, "1240.00")])
    (found,) = outcome.lines
    (step,) = found.steps
    assert (found.line, found.discount, found.promotions) == (3, Decimal("620.00"), ((1, Decimal("620.00")),))
    assert (step.code, step.row, str(step.before), str(step.after)) == (
        "promotion",
        1,
        "37200.00",
        "36580.00",
    )
    assert step.params == {
        "name": "双十一影像节",
        "measure": "quantity",
        "threshold": "30",
        "minus": "620.00",
        "times": "1",
        "discount": "620.00",
    }
    assert outcome.spent == ((1, Decimal("620.00")),)
    assert outcome.warnings == ()


@pytest.mark.parametrize(
    "kind", [{"excludes": True}, {"kind": "vbp"}, {"tax_included": False}], ids=["contract", "vbp", "no tax"]
)
def test_a_line_that_takes_no_part_neither_counts_nor_receives(kind):
    assert discounts(apply([OFFER], [line(1, 20, "10"), line(2, 10, "10", **kind)])) == ["0.00", "0.00"]
    both = apply([OFFER], [line(1, 30, "100"), line(2, 30, "100", **kind)])
    assert discounts(both) == ["620.00", "0.00"]


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_from": dt.date(2026, 11, 12)},
        {"valid_until": TODAY},
        {"tiers": frozenset({"A"})},
        {"regions": frozenset({5, 6})},
        {"items": frozenset({2})},
    ],
)
def test_a_promotion_for_another_day_tier_region_or_item_does_nothing(changes):
    assert discounts(apply([offer(**changes)], [line(1, 30, "1240")])) == ["0.00"]


def test_a_promotion_within_its_day_tier_region_and_item_applies():
    within = offer(tiers=frozenset({"B"}), regions=frozenset({5, 4}), items=frozenset({1}))
    assert discounts(apply([within], [line(1, 30, "1240"), line(2, 30, "1240")])) == ["620.00", "0.00"]


def test_stackable_promotions_add_up():
    pair = [offer(1, stackable=True), offer(2, stackable=True, minus=Decimal(100))]
    outcome = apply(pair, [line(1, 30, "1240")])
    (found,) = outcome.lines
    assert found.promotions == ((1, Decimal("620.00")), (2, Decimal("100.00")))
    assert [str(step.after) for step in found.steps] == ["36580.00", "36480.00"]


@pytest.mark.parametrize("which", [1, 2])
def test_a_promotion_that_does_not_stack_stays_alone(which):
    pair = [offer(1, stackable=which != 1), offer(2, stackable=which != 2)]
    assert [found.promotions for found in apply(pair, [line(1, 30, "1240")]).lines] == [
        ((1, Decimal("620.00")),)
    ]


def test_the_rank_says_which_promotion_is_first():
    outcome = apply([offer(1, rank=2), offer(2, rank=1, minus=Decimal(100))], [line(1, 30, "1240")])
    assert outcome.spent == ((2, Decimal("100.00")),)


def test_lines_closed_to_one_promotion_stay_open_to_another():
    first = offer(1, items=frozenset({1}))
    second = offer(2, minus=Decimal(100))
    assert discounts(apply([first, second], [line(1, 30, "1240"), line(2, 30, "10")])) == ["620.00", "100.00"]


def test_a_budget_that_runs_out_grants_whole_steps_and_warns():
    outcome = apply([offer(repeating=True, budget_remaining=Decimal(700))], [line(1, 90, "1240")])
    assert discounts(outcome) == ["620.00"]
    (warning,) = outcome.warnings
    assert (warning.code, warning.refuses) == ("pricing.promotion_budget_spent", False)
    assert warning.params == {"name": "双十一影像节", "remaining": Decimal(700)}


def test_a_promotion_that_exceeds_the_lines_is_not_granted():
    assert discounts(apply([OFFER], [line(1, 30, "20.00")])) == ["0.00"]


@pytest.mark.parametrize("field", ["threshold", "minus"])
def test_a_promotion_of_nothing_does_not_exist(field):
    with pytest.raises(ValueError, match="above zero"):
        offer(**{field: Decimal(0)})


def test_two_lines_with_one_number_are_a_programming_error():
    with pytest.raises(ValueError, match="unique"):
        apply([OFFER], [line(1, 30, "20.00"), line(1, 30, "20.00")])


offers = st.lists(
    st.builds(
        offer,
        promotion_id=st.integers(1, 9),
        measure=st.sampled_from(["quantity", "amount"]),
        threshold=st.decimals("1", "500", places=2),
        minus=st.decimals("0.01", "300", places=2),
        items=st.frozensets(st.integers(1, 5), max_size=3),
        repeating=st.booleans(),
        stackable=st.booleans(),
        budget_remaining=st.none() | st.decimals("0", "1000", places=2),
        rank=st.integers(0, 2),
    ),
    max_size=4,
    unique_by=lambda each: each.promotion_id,
)
baskets = st.lists(
    st.tuples(st.integers(1, 60), st.decimals("0.01", "99", places=2), st.booleans()), min_size=1, max_size=5
).map(lambda parts: [line(i, q, unit, excludes=out) for i, (q, unit, out) in enumerate(parts, 1)])


def broken_promises(promotions, lines, outcome):
    """What an outcome must never do, as words; empty when it holds all."""
    found = []
    per_line = {each.line: each for each in outcome.lines}
    by_id = {each.promotion_id: each for each in promotions}
    if sum(each.discount for each in outcome.lines) != sum(total for _, total in outcome.spent):
        found.append("cents lost")
    for each in lines:
        got = per_line[each.line]
        if not 0 <= got.discount <= each.amount:
            found.append("line below zero")
        if got.discount and not each.takes_part:
            found.append("excluded line discounted")
        if len(got.promotions) > 1 and not all(by_id[ref].stackable for ref, _ in got.promotions):
            found.append("stacked")
        if sum(cents for _, cents in got.promotions) != got.discount:
            found.append("parts differ from the whole")
    for ref, total in outcome.spent:
        budget = by_id[ref].budget_remaining
        if total % by_id[ref].minus or (budget is not None and total > budget):
            found.append("over budget")
    return found


@settings(max_examples=200, deadline=None)
@given(offers, baskets)
def test_discounts_add_up_and_stay_within_lines_budget_and_stacking(promotions, lines):
    assert broken_promises(promotions, lines, apply(promotions, lines)) == []


def test_shares_rounded_one_by_one_would_be_noticed():
    lines = [line(i, 10, "10.00") for i in (1, 2, 3)]
    outcome = apply([offer(minus=Decimal(100))], lines)
    rounded = [dataclasses.replace(each, discount=Decimal("33.33")) for each in outcome.lines]
    assert "cents lost" in broken_promises(
        [offer(minus=Decimal(100))], lines, dataclasses.replace(outcome, lines=tuple(rounded))
    )
