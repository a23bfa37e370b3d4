import bisect
import dataclasses
import hashlib
import itertools
from decimal import Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qudao.kernel import errors
from qudao.pricing.rules import rebate, settlement


def scale(*tiers, measure="amount", mode="whole", **more):
    return rebate.Scale(
        measure, mode, tuple(rebate.Tier(Decimal(bound), Decimal(rate)) for bound, rate in tiers), **more
    )


def earned(of, amount, quantity="0"):
    return rebate.evaluate(scale=of, volume=rebate.Volume(Decimal(amount), Decimal(quantity)))


MILLIONS = (("0", "0"), ("1000000", "0.03"), ("2000000", "0.05"))


def test_marginal_pays_every_band_at_its_rate_and_shows_it():
    result = earned(scale(*MILLIONS, mode="marginal"), "2500000.00")
    assert (result.earned, result.tier) == (Decimal("55000.00"), 2)
    assert [step.as_json() for step in result.steps] == [
        {"code": "band", "from": "0", "to": "1000000", "base": "1000000.00", "rate": "0", "amount": "0.00"},
        {
            "code": "band",
            "from": "1000000",
            "to": "2000000",
            "base": "1000000.00",
            "rate": "0.03",
            "amount": "30000.00",
        },
        {
            "code": "band",
            "from": "2000000",
            "to": None,
            "base": "500000.00",
            "rate": "0.05",
            "amount": "25000.00",
        },
    ]


def test_on_a_bound_whole_pays_and_marginal_does_not_yet():
    assert earned(scale(*MILLIONS), "2500000").earned == Decimal("125000.00")
    assert earned(scale(*MILLIONS), "1000000").earned == Decimal("30000.00")
    assert earned(scale(*MILLIONS, mode="marginal"), "1000000").earned == Decimal("0.00")


def test_an_exclusive_bound_stays_in_the_lower_tier():
    exclusive = scale(*MILLIONS, lower_inclusive=False)
    assert (earned(exclusive, "1000000").tier, earned(exclusive, "1000000").earned) == (0, 0)
    assert earned(exclusive, "1000000.01").tier == 1
    assert earned(exclusive, "0").tier == 0


def test_a_half_cent_is_rounded_up_even_where_28_digits_would_lose_it():
    # 999999999999999 × 0.005 = 4999999999999.995, reached through a product of 31 digits.
    one_band = scale(("0", "0.005"), measure="quantity", mode="marginal")
    assert earned(one_band, "999999999999999", "900000000000251").earned == Decimal("5000000000000.00")


def test_a_cap_shows_what_it_cost():
    result = earned(scale(("0", "0.10"), cap=Decimal(50)), "1000")
    assert (result.earned, [(step.code, step.amount) for step in result.steps]) == (
        Decimal("50.00"),
        [("band", Decimal("100.00")), ("cap", Decimal("-50.00"))],
    )


def test_a_floor_lifts_only_who_reached_a_tier_that_pays():
    floored = scale(("0", "0"), ("1000", "0.01"), floor=Decimal(50))
    assert earned(floored, "999.99").earned == 0
    assert [(step.code, str(step.amount)) for step in earned(floored, "1000").steps] == [
        ("band", "10.00"),
        ("floor", "40.00"),
    ]
    assert [step.code for step in earned(floored, "9000").steps] == ["band"]


@pytest.mark.parametrize(
    ("wrong", "code", "field"),
    [
        (scale(), "empty", "tiers"),
        (scale(("1", "0")), "not_zero", "tiers[0].from"),
        (scale(("0", "0"), ("5", "0"), ("5", "0")), "not_increasing", "tiers[2].from"),
        (scale(("0", "0"), ("5", "-0.01")), "negative", "tiers[1].rate"),
        (scale(("0", "3")), "above_one", "tiers[0].rate"),
        (scale(("0", "0"), cap=Decimal(-1)), "negative", "cap"),
        (scale(("0", "0"), floor=Decimal(-1)), "negative", "floor"),
        (scale(("0", "0"), cap=Decimal(1), floor=Decimal(2)), "above_cap", "floor"),
        (scale(("0", "0"), measure="weight"), "unknown_choice", "measure"),
        (scale(("0", "0"), mode="growth"), "unknown_choice", "mode"),
    ],
)
def test_a_faulty_scale_is_refused_by_the_name_of_its_field(wrong, code, field):
    (reason,) = rebate.validate(scale=wrong)
    assert (reason.code, reason.params) == (f"pricing.scale_{code}", {"field": field})
    with pytest.raises(errors.Refused):
        earned(wrong, "1")


def test_every_fault_of_a_scale_is_told_at_once():
    wrong = scale(("1", "-1"), ("0", "2"), cap=Decimal(-1))
    assert [reason.params["field"] for reason in rebate.validate(scale=wrong)] == [
        "tiers[0].from",
        "tiers[0].rate",
        "tiers[1].from",
        "tiers[1].rate",
        "cap",
    ]


def test_money_per_unit_may_exceed_one():
    assert rebate.validate(scale=scale(("0", "250"), mode="per_unit")) == ()


def test_a_curve_stands_upright_at_a_bound():
    points = rebate.curve(scale=scale(("0", "0"), ("1000", "0.03")), samples=3)
    assert points == [(0, 0), (500, 0), (1000, 0), (1000, 30), (1500, 45)]


def test_a_curve_by_quantity_needs_the_average_price():
    points = rebate.curve(
        scale=scale(("0", "0.10"), measure="quantity"), unit_amount=Decimal(20), until=Decimal(10), samples=2
    )
    assert points == [(0, 0), (5, 10), (10, 20)]


# The oracle shares nothing with the rule: fractions, bisection, and marginal as what each bound adds.


def oracle(of, volume, *, prorate=False):
    """(earned, tier) in cents; `prorate` is the broken variant that slides from tier to tier."""
    amount, quantity = Fraction(max(volume.amount, 0)), Fraction(max(volume.quantity, 0))
    reach = amount if of.measure == "amount" else quantity
    bounds = [Fraction(tier.from_) for tier in of.tiers]
    rates = [Fraction(tier.rate) for tier in of.tiers]
    find = bisect.bisect_right if of.lower_inclusive else bisect.bisect_left
    tier = max(find(bounds, reach) - 1, 0)
    rate = rates[tier]
    if prorate and tier + 1 < len(bounds):
        rate += (rates[tier + 1] - rate) * (reach - bounds[tier]) / (bounds[tier + 1] - bounds[tier])
    if of.mode == "whole":
        total = amount * rate
    elif of.mode == "per_unit":
        total = quantity * rate
    elif of.mode == "fixed":
        total = rate
    else:
        gained = [rates[0], *(b - a for a, b in itertools.pairwise(rates))]
        total = sum(g * max(reach - bound, 0) for g, bound in zip(gained, bounds, strict=True))
        total *= amount / reach if reach else 0
    cents = floor(total * 100 + Fraction(1, 2))
    paying = rates[: tier + 1] if of.mode == "marginal" else rates[tier : tier + 1]
    if of.floor is not None and any(paying):
        cents = max(cents, int(of.floor * 100))
    if of.cap is not None:
        cents = min(cents, int(of.cap * 100))
    return cents, tier


@st.composite
def scales(draw, modes=rebate.MODES):
    mode = draw(st.sampled_from(modes))
    bounds = sorted(draw(st.sets(st.decimals("0.01", "5000000", places=2), max_size=5)))
    fraction = st.decimals("0", "0.5", places=4)
    rates = fraction if mode in ("whole", "marginal") else st.decimals("0", "5000", places=2)
    limits = sorted(draw(st.lists(st.decimals("0", "90000", places=2), min_size=2, max_size=2)))
    return rebate.Scale(
        measure=draw(st.sampled_from(rebate.MEASURES)),
        mode=mode,
        tiers=tuple(rebate.Tier(bound, draw(rates)) for bound in [Decimal(0), *bounds]),
        lower_inclusive=draw(st.booleans()),
        floor=draw(st.sampled_from([None, limits[0]])),
        cap=draw(st.sampled_from([None, limits[1]])),
    )


@st.composite
def cases(draw):
    of = draw(scales())
    anywhere = st.decimals("-1000", "9000000", places=2)
    reach = draw(st.sampled_from([tier.from_ for tier in of.tiers]) | anywhere)
    other = draw(anywhere)
    return of, rebate.Volume(*((reach, other) if of.measure == "amount" else (other, reach)))


def check_against_oracle(case):
    of, volume = case
    result = rebate.evaluate(scale=of, volume=volume)
    assert (int(result.earned * 100), result.tier) == oracle(of, volume)
    assert sum(step.amount for step in result.steps) == result.earned
    for step in result.steps:
        if step.code == "band":
            # A band's base and amount are both shown in cents, so they agree within their last digits.
            assert abs(step.base * step.rate - step.amount) < Decimal("0.02")


@settings(max_examples=200, deadline=None)
@given(cases())
def test_the_rebate_agrees_with_an_independent_oracle(case):
    check_against_oracle(case)


@pytest.mark.soak
@settings(max_examples=10_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_the_rebate_agrees_with_an_independent_oracle_on_ten_thousand_scales(case):
    check_against_oracle(case)


def test_rates_that_slide_between_tiers_would_be_noticed():
    of, volume = scale(*MILLIONS), rebate.Volume(Decimal(1_500_000), Decimal(0))
    right = int(rebate.evaluate(scale=of, volume=volume).earned * 100)
    assert oracle(of, volume)[0] == right == 4_500_000
    assert oracle(of, volume, prorate=True)[0] == 6_000_000


def test_a_bound_taken_the_wrong_way_would_be_noticed():
    of, volume = scale(*MILLIONS), rebate.Volume(Decimal(1_000_000), Decimal(0))
    assert oracle(of, volume) != oracle(dataclasses.replace(of, lower_inclusive=False), volume)


@settings(max_examples=200, deadline=None)
@given(scales(), st.lists(st.decimals("0", "9000000", places=2), min_size=2, max_size=2))
def test_more_volume_never_earns_less_where_rates_rise(of, volumes):
    rates = sorted(tier.rate for tier in of.tiers)
    rising = dataclasses.replace(
        of, tiers=tuple(rebate.Tier(t.from_, r) for t, r in zip(of.tiers, rates, strict=True))
    )
    less, more = (rebate.Volume(each, each) for each in sorted(volumes))
    assert (
        rebate.evaluate(scale=rising, volume=less).earned <= rebate.evaluate(scale=rising, volume=more).earned
    )


@settings(max_examples=200, deadline=None)
@given(cases())
def test_what_is_missing_is_exactly_what_reaches_the_next_tier(case):
    of, volume = case
    following = rebate.next_tier(scale=of, volume=volume)
    tier = rebate.reached_tier(scale=of, volume=volume)
    if following is None:
        assert tier == len(of.tiers) - 1
        return
    missing, rate = following
    step = missing if of.lower_inclusive else missing + Decimal("0.01")
    filled = rebate.Volume(volume.amount + step, volume.quantity + step)
    assert rate == of.tiers[tier + 1].rate
    assert rebate.reached_tier(scale=of, volume=filled) >= tier + 1
    short = rebate.Volume(
        volume.amount + missing - Decimal("0.01"), volume.quantity + missing - Decimal("0.01")
    )
    assert rebate.reached_tier(scale=of, volume=short) <= tier


# Settlement


def fact(number, amount, quantity="1", exclusion=""):
    return settlement.Fact(
        number, f"FP-{number}", Decimal(amount), Decimal(quantity), not exclusion, exclusion
    )


def settle(of, facts, settled="0.00"):
    return settlement.settle(scale=of, facts=facts, already_settled=Decimal(settled))


STEEP = scale(("0", "0.10"), ("1000", "0.25"), mode="marginal")


def test_a_settlement_explains_itself_from_volume_to_line():
    facts = [fact(1, "1500.00"), fact(2, "900.00", "3", "vbp"), fact(3, "500.00")]
    result = settle(STEEP, facts, "100.00")
    assert result.volume == rebate.Volume(Decimal("2000.00"), Decimal(2))
    assert (result.tier, result.earned, result.settled, result.payable) == (
        1,
        Decimal("350.00"),
        Decimal("100.00"),
        Decimal("250.00"),
    )
    assert [(line.fact.line_ref, line.base, line.share, line.fact.exclusion) for line in result.lines] == [
        ("FP-1", Decimal("1500.00"), Decimal("262.50"), ""),
        ("FP-2", None, Decimal("0.00"), "vbp"),
        ("FP-3", Decimal("500.00"), Decimal("87.50"), ""),
    ]
    assert result.next_tier is None


def test_a_return_after_a_settlement_is_clawed_back_in_the_next():
    first = settle(STEEP, [fact(1, "2000.00")])
    second = settle(STEEP, [fact(1, "2000.00"), fact(2, "-1200.00", "-1")], str(first.payable))
    assert (first.payable, second.earned, second.payable) == (
        Decimal("350.00"),
        Decimal("80.00"),
        Decimal("-270.00"),
    )


def test_money_per_unit_is_shared_by_units():
    per_unit = scale(("0", "2"), mode="per_unit", measure="quantity")
    result = settle(per_unit, [fact(1, "900.00", "1"), fact(2, "100.00", "3")])
    assert [line.share for line in result.lines] == [Decimal("2.00"), Decimal("6.00")]


def test_nothing_counted_earns_nothing_not_even_a_fixed_sum():
    fixed = scale(("0", "500"), mode="fixed", floor=Decimal(100))
    result = settle(fixed, [fact(1, "900.00", "1", "gift")])
    assert (result.earned, result.steps, result.lines[0].share) == (0, (), 0)


def test_a_fact_given_twice_is_refused():
    with pytest.raises(errors.Refused, match=r"pricing\.fact_repeated"):
        settle(STEEP, [fact(1, "1.00"), fact(2, "1.00"), fact(1, "1.00")])


@pytest.mark.parametrize("fields", [(True, "gift"), (False, "")])
def test_a_fact_counts_or_says_why_not(fields):
    with pytest.raises(ValueError, match="says why"):
        settlement.Fact(1, "FP-1", Decimal(1), Decimal(1), *fields)


def test_the_digest_knows_the_content_and_not_the_order_or_the_spelling():
    facts = [fact(1, "100.00"), fact(2, "50.00", "1", "gift")]
    same = [fact(2, "50", "1.0", "gift"), fact(1, "100.0")]
    assert settle(STEEP, facts) == settle(STEEP, same)
    changed = [
        settle(STEEP, [fact(1, "100.01"), facts[1]]),
        settle(STEEP, [fact(1, "100.00"), fact(2, "50.00", "1", "vbp")]),
        settle(STEEP, facts[:1]),
        settle(STEEP, facts, "0.01"),
        settle(dataclasses.replace(STEEP, lower_inclusive=False), facts),
        settle(dataclasses.replace(STEEP, cap=Decimal(9)), facts),
        settle(scale(("0", "0.10"), ("1000", "0.26"), mode="marginal"), facts),
    ]
    assert len({settle(STEEP, facts).digest, *(each.digest for each in changed)}) == 8


def test_the_digest_is_the_sha256_of_a_text_anyone_can_write_down():
    text = (
        '{"facts":[["1","100","1",true,""],["2","50","1",false,"gift"]],'
        '"scale":{"cap":null,"floor":null,"lower_inclusive":true,"measure":"amount","mode":"marginal",'
        '"tiers":[["0","0.1"],["1000","0.25"]]},"settled":"0"}'
    )
    result = settle(STEEP, [fact(1, "100.00"), fact(2, "50.00", "1", "gift")])
    assert result.digest == hashlib.sha256(text.encode()).hexdigest()


facts_lists = st.lists(
    st.tuples(st.decimals("-900", "90000", places=2), st.integers(-9, 99), st.sampled_from(["", "", "gift"])),
    max_size=8,
).map(lambda parts: [fact(i, *part) for i, part in enumerate(parts, 1)])


@settings(max_examples=200, deadline=None)
@given(scales(), facts_lists, st.randoms())
def test_the_lines_cents_add_up_and_do_not_depend_on_their_order(of, facts, random):
    result = settle(of, facts)
    assert sum(line.share for line in result.lines) == result.earned
    assert all(line.share == 0 for line in result.lines if not line.fact.counted)
    shuffled = random.sample(facts, len(facts))
    assert settle(of, shuffled) == result


@settings(max_examples=200, deadline=None)
@given(facts_lists, st.integers(0, 8))
def test_partial_settlements_pay_the_same_in_all_as_one(facts, cut):
    first = settle(STEEP, facts[:cut])
    second = settle(STEEP, facts, str(first.payable))
    assert first.payable + second.payable == settle(STEEP, facts).payable


def test_shares_rounded_line_by_line_would_be_noticed():
    facts = [fact(1, "33.35"), fact(2, "33.35"), fact(3, "33.30")]
    result = settle(scale(("0", "0.10")), facts)
    naive = [
        (line.base * Decimal("0.10")).quantize(Decimal("0.01"), "ROUND_HALF_UP") for line in result.lines
    ]
    assert sum(line.share for line in result.lines) == result.earned == Decimal("10.00")
    assert sum(naive) == Decimal("10.01")


def test_settling_each_period_alone_would_be_noticed():
    facts = [fact(1, "900.00"), fact(2, "900.00")]
    alone = sum(settle(STEEP, [each]).earned for each in facts)
    assert (alone, settle(STEEP, facts).earned) == (Decimal("180.00"), Decimal("300.00"))
