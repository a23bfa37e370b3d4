"""Prices of many lines at once, how they are set, and the gate at the sale."""

import dataclasses
import datetime as dt
import itertools
import random
from decimal import Decimal

import pytest
from django.utils import translation

from qudao.kernel import decisions, errors, messages, scope
from qudao.pricing import decisions as gates
from qudao.pricing import models, operations, queries
from qudao.pricing.rules import price
from tests import harness
from tests.operations import pricing_world as world

pytestmark = pytest.mark.usefixtures("db")

HOSPITAL = 9


def for_hospital(item, amount, hospital=HOSPITAL, **more):
    return operations.set_hospital_prices(
        entity_id=world.ENTITY,
        hospital_id=hospital,
        prices=[operations.ListPrice(item_id=item, price=Decimal(amount))],
        valid_from=world.YEAR,
        citation="报备2026-11",
        actor=world.HOUSE,
        now=harness.NOW,
        **more,
    )


def awarded(item, amount, **facets):
    return operations.set_vbp_prices(
        entity_id=world.ENTITY,
        prices=[operations.ListPrice(item_id=item, price=Decimal(amount), **facets)],
        valid_from=world.YEAR,
        valid_until=dt.date(2028, 1, 1),
        citation="浙江2026-3批",
        actor=world.HOUSE,
        now=harness.NOW,
    )


def factors(*listed, **more):
    return operations.set_tier_factors(
        **{
            "entity_id": world.ENTITY,
            "factors": [operations.NewFactor(factor=Decimal(factor), **facets) for factor, facets in listed],
            "valid_from": world.YEAR,
            "actor": world.HOUSE,
            "now": harness.NOW,
            **more,
        }
    )


# Resolution


def test_each_kind_of_price_gives_way_to_the_stronger():
    (item,) = world.open_items(1)
    (missing,) = world.resolve((item, 1))
    assert missing == errors.Reason("pricing.no_price", 1)
    world.guide((item, "1580.00"))
    assert world.price_of(item) == ("guide", "1580.0000")
    factors(("0.88", {"tier": "B"}), ("0.97", {"region_id": 4}), ("0.5", {"tier": "A"}))
    assert world.price_of(item) == ("tier_region", "1348.6880")
    world.contract((item, "1240.00"))
    assert world.price_of(item) == ("contract", "1240.0000")
    for_hospital(item, "1255.00")
    assert world.price_of(item) == ("contract", "1240.0000")
    assert world.price_of(item, hospital=HOSPITAL) == ("hospital", "1255.0000")
    awarded(item, "798.00", region_id=4)
    assert world.price_of(item) == ("vbp", "798.0000")
    elsewhere = dataclasses.replace(world.OURS, region_id=5)
    assert world.price_of(item, account=elsewhere) == ("contract", "1240.0000")


def test_a_price_brings_the_steps_that_led_to_it():
    (item,) = world.open_items(1)
    world.guide((item, "1580.00"))
    factors(("0.88", {"tier": "B"}))
    made = world.contract(operations.NewPrice(item_id=item, price=Decimal("1240.00"), clause="§2.4"))
    (found,) = world.resolve((item, 30))
    assert [(step.code, str(step.after)) for step in found.steps] == [
        ("guide", "1580.0000"),
        ("tier", "1390.4000"),
        ("contract", "1240.0000"),
    ]
    assert (found.citation, found.tax_included, found.vat_rate) == (f"{made.citation} §2.4", True, world.VAT)


def test_a_minimum_quantity_counts_from_the_line_on_that_reaches_it():
    (item,) = world.open_items(1)
    world.contract(
        (item, "90"), operations.NewPrice(item_id=item, price=Decimal("85"), minimum_quantity=Decimal(100))
    )
    found = world.resolve((item, "99.9999"), (item, 100))
    assert [str(each.unit_price) for each in found] == ["90.0000", "85.0000"]


def test_a_price_holds_from_its_first_day_up_to_its_end():
    (item,) = world.open_items(1)
    world.guide((item, "100"), valid_until=world.NEXT_YEAR)
    day = dt.timedelta(days=1)
    found = [
        world.resolve((item, 1), on=on)[0] for on in (world.YEAR - day, world.YEAR, world.NEXT_YEAR - day)
    ]
    assert [isinstance(each, errors.Reason) for each in found] == [True, False, False]
    assert isinstance(world.resolve((item, 1), on=world.NEXT_YEAR)[0], errors.Reason)


def test_a_siblings_contract_and_registered_price_are_neither_used_nor_seen():
    (item,) = world.open_items(1)
    world.guide((item, "100"))
    world.contract((item, "60"), account=world.SIBLING)
    for_hospital(item, "50", account=world.SIBLING)
    ours, theirs = world.dealer(world.OURS), world.dealer(world.SIBLING)
    assert world.price_of(item, actor=ours, hospital=HOSPITAL) == ("guide", "100.0000")
    assert world.price_of(item, actor=theirs, account=world.SIBLING, hospital=HOSPITAL)[1] == "50.0000"
    # Asking in the sibling's name gives the general price: the database hides the rest.
    assert world.price_of(item, actor=ours, account=world.SIBLING, hospital=HOSPITAL)[0] == "guide"


def test_control_without_the_policy_the_siblings_price_is_found():
    """Negative control: it is the database that hides it."""
    (item,) = world.open_items(1)
    world.contract((item, "60"), account=world.SIBLING)
    with harness.owner() as owner:
        owner.execute("ALTER TABLE pricing_pricerow DISABLE ROW LEVEL SECURITY")
        try:
            found = world.price_of(item, actor=world.dealer(world.OURS), account=world.SIBLING)
        finally:
            owner.execute("ALTER TABLE pricing_pricerow ENABLE ROW LEVEL SECURITY")
    assert found == ("contract", "60.0000")


@pytest.mark.parametrize("lines", [1, 10, 100])
def test_any_number_of_lines_is_one_statement(lines):
    items = world.open_items(100)
    world.guide(*((item, "100") for item in items))
    factors(("0.9", {}))
    world.contract(*((item, "80") for item in items[::2]))
    actor = world.dealer(world.OURS)
    with scope.transaction(actor, acting=True), world.statements() as captured:
        found = world.resolve(*((item, 1) for item in items[:lines]), actor=actor)
    assert len(captured) == 1
    assert {each.kind for each in found} <= {"contract", "tier_region"}


def every_candidate(item, vat_rate, line_id):
    """All rows there are for an item, as the rule takes them."""
    with scope.everything():
        rows = list(models.PriceRow.objects.filter(item_id=item))
        discounts = list(models.TierFactor.objects.filter(line_id__in=[0, line_id]))
    return [
        price.Candidate(
            *(row.pk, row.kind, row.price, row.currency, row.tax_included, vat_rate),
            *(row.valid_from, row.valid_until, row.minimum_quantity, row.account_id, row.tier),
            *(row.region_id, row.hospital_id, row.citation, row.excludes_promotions),
        )
        for row in rows
    ] + [
        price.Candidate(
            *(row.pk, "tier_region", row.factor, "CNY", True, vat_rate, row.valid_from, row.valid_until),
            tier=row.tier,
            region=row.region_id,
            line_id=row.line_id,
        )
        for row in discounts
    ]


@pytest.mark.parametrize("seed", range(4))
def test_the_statement_chooses_what_the_rule_chooses(seed):
    """Random rows of every kind and facet: the fast way and the definition agree to the last field."""
    chance = random.Random(seed)
    items = world.open_items(30)
    days = [dt.date(2026, 1, 1), dt.date(2026, 6, 1), world.TODAY, dt.date(2026, 11, 24), None]
    with scope.everything():
        taken = set()
        for item, kind in itertools.product(items, ["guide", "contract", "hospital", "vbp"]):
            for _ in range(chance.randint(0, 4)):
                row = models.PriceRow(
                    entity_id=world.ENTITY,
                    kind=kind,
                    item_id=item,
                    account_id=chance.choice([0, 7, 7, 8]),
                    tier=chance.choice(["", "", "B", "C"]),
                    region_id=chance.choice([0, 0, 4, 5]),
                    hospital_id=chance.choice([0, 0, 9, 10]),
                    minimum_quantity=Decimal(chance.choice([0, 0, 5, 20])),
                    price=Decimal(chance.randint(1, 999999)) / 100,
                    tax_included=chance.random() < 0.8,
                    excludes_promotions=chance.random() < 0.3,
                    valid_from=chance.choice(days[:4]),
                    valid_until=chance.choice([None, None, dt.date(2027, 1, 1)]),
                    citation=f"{kind}{chance.randint(1, 9)}",
                )
                key = (
                    item,
                    kind,
                    row.account_id,
                    row.tier,
                    row.region_id,
                    row.hospital_id,
                    row.minimum_quantity,
                )
                if key not in taken:
                    taken.add(key)
                    row.save()
        for line, tier, region in itertools.product([0, 1, 2], ["", "B", "C"], [0, 4, 5]):
            if chance.random() < 0.4:
                factor = Decimal(chance.randint(500000, 1000000)) / 1000000
                models.TierFactor.objects.create(
                    entity_id=world.ENTITY,
                    line_id=line,
                    tier=tier,
                    region_id=region,
                    factor=factor,
                    valid_from=chance.choice(days[:4]),
                )
    lines = [(item, quantity) for item in items for quantity in (1, 5, 50)]
    for hospital in (0, 9):
        for (item, quantity), found in zip(lines, world.resolve(*lines, hospital=hospital), strict=True):
            request = price.Request(7, "B", 4, Decimal(quantity), hospital)
            candidates = every_candidate(item, world.VAT, 1)
            try:
                expected = price.choose(candidates=candidates, request=request, on=world.TODAY)
            except errors.Refused:
                assert isinstance(found, errors.Reason)
            else:
                assert found == expected
                assert found.steps == expected.steps


# Setting prices


def test_a_price_that_is_in_force_refuses_another_and_nothing_is_changed():
    first, second = world.open_items(2)
    world.guide((first, "100"), citation="2026价格表")
    with pytest.raises(errors.Refused) as caught:
        world.guide((second, "70"), (first, "90"), valid_from=dt.date(2026, 7, 1))
    assert world.codes(caught) == [("price_overlap", 2)]
    (reason,) = caught.value.reasons
    assert reason.params == {"item": "I1", "citation": "2026价格表", "from": world.YEAR, "until": "…"}
    assert world.price_of(first) == ("guide", "100.0000")
    assert isinstance(world.resolve((second, 1))[0], errors.Reason)


def test_replacing_ends_the_price_before_on_the_day_the_new_one_begins():
    (item,) = world.open_items(1)
    world.guide((item, "100"))
    world.guide((item, "110"), valid_from=world.NEXT_YEAR, replace=True)
    assert world.price_of(item, on=dt.date(2026, 12, 31))[1] == "100.0000"
    assert world.price_of(item, on=world.NEXT_YEAR)[1] == "110.0000"
    with pytest.raises(errors.Refused) as caught:
        world.guide((item, "120"), valid_from=world.NEXT_YEAR, replace=True)
    assert world.codes(caught) == [("price_overlap", 1)]


def test_a_list_of_prices_is_refused_with_every_reason():
    (item,) = world.open_items(1)
    with pytest.raises(errors.Refused) as caught:
        world.guide((item, "-1"), (item, "1.00001"), (item, "NaN"))
    assert world.codes(caught) == [("price_invalid", 1), ("price_invalid", 2), ("price_invalid", 3)]
    with pytest.raises(errors.Refused) as caught:
        world.guide((item, "1"), (999, "1"), (item, "2"))
    assert world.codes(caught) == [("item_unknown", 2)]
    with pytest.raises(errors.Refused) as caught:
        world.guide((item, "1"), (item, "2"))
    assert world.codes(caught) == [("price_repeated", 2)]
    with pytest.raises(errors.Refused) as caught:
        world.guide((item, "1"), valid_until=world.YEAR)
    assert world.codes(caught) == [("period_invalid", None)]
    with pytest.raises(errors.Refused) as caught:
        factors(("1.2", {}), ("0", {}))
    assert world.codes(caught) == [("factor_invalid", 1), ("factor_invalid", 2)]


def test_many_prices_are_set_in_as_many_statements_as_one():
    items = world.open_items(2000)
    counts = []
    for listed in (items[:1], items[1:]):
        with world.statements() as captured:
            world.guide(*((item, "100") for item in listed))
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 10
    assert (
        len([each for each in world.resolve(*((item, 1) for item in items)) if each.kind == "guide"]) == 2000
    )


def test_only_who_may_maintain_prices_sets_them():
    (item,) = world.open_items(1)
    with pytest.raises(errors.Forbidden):
        world.guide((item, "1"), actor=world.dealer(world.OURS, "pricing.price.view"))


# The gate


def sale(item, **line):
    values = {
        "no": 1,
        "item_id": item,
        "quantity": Decimal(10),
        "unit_price": Decimal("113.0000"),
        "price_kind": "contract",
        "detail": {"priced_quantity": Decimal(10), "tax_rate": world.VAT, "tax_included": True},
    }
    lines = (decisions.Line(**{**values, **line}),)
    return decisions.Facts("sale", "orders.order:1", world.ENTITY, world.TODAY, lines)


def judged(facts, actor=world.HOUSE):
    gate = gates.PriceGate()
    with scope.transaction(actor, acting=True):
        data = gate.load(facts, actor=actor, now=harness.NOW)
    return [(reason.code, reason.line) for reason in gate.judge(facts, data, now=harness.NOW)]


def floor(item, amount):
    return operations.set_floors(
        entity_id=world.ENTITY,
        floors=[(item, Decimal(amount))],
        valid_from=world.YEAR,
        actor=world.HOUSE,
        now=harness.NOW,
    )


def test_a_line_below_our_floor_needs_an_approval():
    (item,) = world.open_items(1)
    floor(item, "100.00")
    assert judged(sale(item)) == []
    below = sale(item, discount=Decimal("0.02"))
    assert judged(below) == [("pricing.below_floor", 1)]
    assert judged(below, world.dealer(world.OURS)) == [("pricing.below_floor", 1)]
    approved = {**below.lines[0].detail, "price_approved": True}
    assert judged(sale(item, discount=Decimal("0.02"), detail=approved)) == []


def test_a_centralised_procurement_line_takes_no_discount():
    (item,) = world.open_items(1)
    assert judged(sale(item, price_kind="vbp")) == []
    assert judged(sale(item, price_kind="vbp", discount=Decimal("1"))) == [("pricing.vbp_mismatch", 1)]


def test_no_partner_reads_a_floor():
    (item,) = world.open_items(1)
    floor(item, "100.00")
    with scope.transaction(world.dealer(world.OURS)):
        assert queries.floors([item], entity_id=world.ENTITY, on=world.TODAY) == {}


def test_every_code_used_has_words_in_both_languages():
    import pathlib
    import re

    source = pathlib.Path(operations.__file__).parents[1]
    used = {
        code
        for file in source.rglob("*.py")
        for code in re.findall(r'"(pricing\.[a-z]+_[a-z_]+)"', file.read_text())
    }
    assert used - messages.catalogue().keys() == set()
    for code in used:
        message = messages.catalogue()[code]
        with translation.override("en"):
            english = [str(part) for part in (message.title, message.why, message.mend)]
        with translation.override("zh-hans"):
            chinese = [str(part) for part in (message.title, message.why, message.mend)]
        for one, other in zip(english, chinese, strict=True):
            assert not one or one != other, code
            assert set(re.findall(r"%\(\w+\)s", one)) == set(re.findall(r"%\(\w+\)s", other)), code
