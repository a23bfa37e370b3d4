"""Contracts in versions: drafted, put into effect, superseded, compared."""

import datetime as dt
from decimal import Decimal

import pytest

from qudao.kernel import errors, journal, scope
from qudao.pricing import models, operations, queries
from qudao.pricing.rules import case, rebate
from tests import harness
from tests.operations import pricing_world as world

pytestmark = pytest.mark.usefixtures("db")

JULY = dt.date(2026, 7, 1)
SCALE = {
    "measure": "amount",
    "mode": "marginal",
    "tiers": [{"from": "0", "rate": "0"}, {"from": "1000000", "rate": "0.03"}],
}
REBATE = operations.NewRebate(name="季度进货返利", basis="invoiced", scale=SCALE)


def next_version(before, *prices, begins=JULY, **more):
    return operations.add_version(
        contract_id=before.contract_id,
        account=world.OURS,
        terms=operations.Terms(valid_from=begins, **more),
        prices=[operations.NewPrice(item_id=item, price=Decimal(price)) for item, price in prices],
        actor=world.HOUSE,
        now=harness.NOW,
    )


def state():
    """Every row of pricing, as it stands."""
    with scope.everything():
        return [
            list(model.objects.order_by("pk").values())
            for model in (models.Contract, models.ContractVersion, models.PriceRow, models.RebateTerm)
        ]


def test_a_draft_prices_nothing_until_both_have_signed():
    (item,) = world.open_items(1)
    world.guide((item, "100"))
    drafted = world.draft((item, "80"))
    assert (drafted.status, drafted.price_count, drafted.citation) == ("draft", 1, "HT1-2026-000001 v1")
    assert world.price_of(item) == ("guide", "100.0000")
    (shown,) = queries.list_version_prices(drafted.id, actor=world.HOUSE)
    assert (shown.item_id, str(shown.price), shown.row_id, shown.valid_from) == (
        item,
        "80.0000",
        0,
        world.YEAR,
    )
    with pytest.raises(errors.Refused) as caught:
        world.sign(drafted, countersigned_by=" ")
    assert world.codes(caught) == [("signature_missing", None)]
    signed = world.sign(drafted)
    assert (signed.status, signed.signed_by, signed.document_digest) == ("effective", "王立", world.PAPER)
    assert world.price_of(item) == ("contract", "80.0000")
    (shown,) = queries.list_version_prices(signed.id, actor=world.HOUSE)
    assert (shown.row_id > 0, shown.clause) == (True, "HT1-2026-000001 v1")
    with pytest.raises(errors.Refused) as caught:
        world.sign(drafted)
    assert world.codes(caught) == [("version_not_draft", None)]


def test_a_contract_is_journalled_for_its_account():
    (item,) = world.open_items(1)
    made = world.contract((item, "80"))
    with scope.transaction(world.dealer(world.OURS)):
        found = journal.timeline(f"pricing.contract:{made.contract_id}", world.dealer(world.OURS))
    assert [leaf.type for leaf in found] == ["pricing.version.effected", "pricing.version.drafted"]
    assert {row.table for row in found[0].rows} == {
        "pricing_contract",
        "pricing_contractversion",
        "pricing_pricerow",
    }
    sibling = world.dealer(world.SIBLING)
    with scope.transaction(sibling):
        assert journal.timeline(f"pricing.contract:{made.contract_id}", sibling) == []


def test_a_new_version_ends_the_prices_of_the_one_before():
    kept, dropped = world.open_items(2)
    first = world.contract((kept, "80"), (dropped, "70"))
    second = next_version(first, (kept, "78"))
    world.sign(second)
    june = dt.date(2026, 6, 30)
    assert [world.price_of(item, on=june)[1] for item in (kept, dropped)] == ["80.0000", "70.0000"]
    assert world.price_of(kept, on=JULY)[1] == "78.0000"
    assert isinstance(world.resolve((dropped, 1), on=JULY)[0], errors.Reason)
    found = {on: queries.effective_version(7, on=on, actor=world.HOUSE) for on in (june, JULY)}
    assert [found[on].version_number for on in (june, JULY)] == [1, 2]
    assert found[june].valid_until == JULY


def test_a_price_that_was_still_to_come_never_comes_once_its_version_is_superseded():
    (item,) = world.open_items(1)
    later = operations.NewPrice(item_id=item, price=Decimal("60"), valid_from=dt.date(2026, 10, 1))
    first = world.contract(
        operations.NewPrice(item_id=item, price=Decimal("80"), valid_until=dt.date(2026, 10, 1)), later
    )
    world.sign(next_version(first, (item, "75")))
    assert world.price_of(item)[1] == "75.0000"


def test_a_version_begins_after_the_one_in_effect():
    (item,) = world.open_items(1)
    first = world.contract((item, "80"))
    second = next_version(first, (item, "70"), begins=world.YEAR)
    before = state()
    with pytest.raises(errors.Refused) as caught:
        world.sign(second)
    assert world.codes(caught) == [("version_order", None)]
    assert state() == before


def test_a_price_agreed_in_another_contract_of_the_account_refuses_and_nothing_is_changed():
    first, second = world.open_items(2)
    other = world.contract((first, "80"), number="HT-A")
    drafted = world.draft((second, "50"), (first, "75"), number="HT-B")
    before = state()
    with pytest.raises(errors.Refused) as caught:
        world.sign(drafted)
    assert world.codes(caught) == [("price_overlap", 2)]
    assert caught.value.reasons[0].params["citation"] == other.citation == "HT-A v1"
    assert state() == before


def test_control_without_the_constraint_both_prices_are_agreed():
    """Negative control: it is the database that refuses the second price."""
    (item,) = world.open_items(1)
    world.contract((item, "80"), number="HT-A")
    drafted = world.draft((item, "75"), number="HT-B")
    with harness.owner() as owner:
        (definition,) = owner.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'price_never_twice'"
        ).fetchone()
        owner.execute("ALTER TABLE pricing_pricerow DROP CONSTRAINT price_never_twice")
        try:
            world.sign(drafted)
            with scope.everything():
                assert models.PriceRow.objects.filter(item_id=item).count() == 2
                models.PriceRow.objects.filter(price=75).update(item_id=item, valid_until=world.YEAR)
        finally:
            owner.execute(f"ALTER TABLE pricing_pricerow ADD CONSTRAINT price_never_twice {definition}")


def test_a_draft_is_refused_with_every_reason():
    item, *_ = world.open_items(1)
    (foreign,) = world.open_items(1, line=2)
    with pytest.raises(errors.Refused) as caught:
        world.draft(
            (item, "-1"),
            (foreign, "1"),
            (999, "1"),
            operations.NewPrice(item_id=item, price=Decimal(1), valid_until=dt.date(2028, 1, 1)),
            ends=world.NEXT_YEAR,
            payment_days=1000,
            rebates=[
                operations.NewRebate(name="x", basis="guessed", scale=SCALE),
                operations.NewRebate(name="x", basis="paid", scale={**SCALE, "tiers": []}),
            ],
        )
    assert sorted(world.codes(caught), key=str) == sorted(
        [
            ("payment_days_invalid", None),
            ("price_invalid", 1),
            ("item_of_other_line", 2),
            ("item_unknown", 3),
            ("price_outside_version", 4),
            ("price_repeated", 4),
            ("rebate_invalid", None),
            ("rebate_scale_invalid", None),
            ("rebate_repeated", None),
        ],
        key=str,
    )
    assert state() == [[], [], [], []]


def test_a_contract_number_is_used_once():
    world.open_items(1)
    world.draft(number="HT-A")
    with pytest.raises(errors.Refused) as caught:
        world.draft(number="HT-A")
    assert world.codes(caught) == [("contract_number_taken", None)]


def test_an_order_finds_the_terms_of_its_contract_in_one_statement():
    world.open_items(1)
    made = world.contract(payment_days=60, excludes_promotions=True, number="HT-2026-0183")
    actor = world.dealer(world.OURS)
    with scope.transaction(actor, acting=True), world.statements() as captured:
        found = queries.effective_version(world.OURS.id, on=world.TODAY, actor=actor)
    assert len(captured) == 1
    assert (found.version_id, found.citation) == (made.id, "HT-2026-0183 v1")
    assert (found.payment_days, found.excludes_promotions) == (60, True)
    assert queries.effective_version(world.OURS.id, on=dt.date(2025, 1, 1), actor=world.HOUSE) is None
    sibling = world.dealer(world.SIBLING)
    assert queries.effective_version(world.OURS.id, on=world.TODAY, actor=sibling) is None


def test_a_contract_that_excludes_promotions_says_so_on_each_price():
    (item,) = world.open_items(1)
    world.contract((item, "80"), excludes_promotions=True)
    (found,) = world.resolve((item, 1))
    assert found.excludes_promotions


def test_rebate_terms_of_a_debtor_are_those_in_effect_on_the_day():
    world.open_items(1)
    drafted = world.draft(rebates=[REBATE])
    asked = {"party_id": world.OURS.party_id, "entity_id": world.ENTITY, "on": world.TODAY}
    assert queries.rebate_terms(actor=world.HOUSE, **asked) == []
    assert len(queries.rebate_terms(actor=world.HOUSE, version_id=drafted.id)) == 1
    world.sign(drafted)
    (found,) = queries.rebate_terms(actor=world.HOUSE, **asked)
    assert (found.name, found.basis, found.account_id) == ("季度进货返利", "invoiced", world.OURS.id)
    assert case.read_scale(data=dict(found.scale)).tiers[1] == rebate.Tier(Decimal(1000000), Decimal("0.03"))
    assert queries.rebate_terms(actor=world.dealer(world.SIBLING), **asked) == []


def test_nobody_finds_the_contract_of_a_sibling():
    world.open_items(1)
    made = world.contract()
    ours = world.dealer(world.OURS, queries.contracts.VIEW)
    sibling = world.dealer(world.SIBLING, queries.contracts.VIEW)
    assert queries.get_contract(made.contract_id, ours).versions == (
        queries.get_contract_version(made.id, ours),
    )
    for look in (
        lambda: queries.get_contract(made.contract_id, sibling),
        lambda: queries.get_contract_version(made.id, sibling),
        lambda: queries.version_diff(made.id, made.id, actor=sibling),
    ):
        with pytest.raises(errors.NotFound):
            look()


def test_two_versions_are_compared_by_term_price_and_rebate():
    kept, changed, dropped, added = world.open_items(4)
    first = world.contract((kept, "10"), (changed, "20"), (dropped, "30"), payment_days=30, rebates=[REBATE])
    second = next_version(first, (kept, "10"), (changed, "19"), (added, "40"), payment_days=60)
    found = queries.version_diff(first.id, second.id, actor=world.HOUSE)
    assert {(change.item_id, change.before, change.after) for change in found.prices} == {
        (changed, Decimal(20), Decimal(19)),
        (dropped, Decimal(30), None),
        (added, None, Decimal(40)),
    }
    assert {change.name: (change.before, change.after) for change in found.terms} == {
        "payment_days": (30, 60),
        "valid_from": (world.YEAR, JULY),
    }
    assert [(change.name, change.after) for change in found.rebates] == [("季度进货返利", None)]


def test_only_who_may_sign_puts_a_version_into_effect():
    world.open_items(1)
    drafted = world.draft()
    with pytest.raises(errors.Forbidden):
        world.sign(drafted, actor=world.dealer(world.OURS, "pricing.contract.manage"))


def test_ten_thousand_prices_come_into_effect_in_as_many_statements_as_one():
    items = world.open_items(10_000)
    small = world.draft((items[0], "1"), number="HT-A")
    large = world.draft(*((item, "1") for item in items[1:]), number="HT-B")
    counts = []
    for drafted in (small, large):
        with world.statements() as captured:
            world.sign(drafted)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 15
    assert len(queries.list_version_prices(large.id, actor=world.HOUSE, limit=None)) == 9_999
