"""The rebate pool: used on orders to the cent, given back, and always the sum of its entries."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qudao.kernel import decisions, errors, journal, scope
from qudao.settlement import decisions as settlement_decisions
from qudao.settlement import jobs, models, queries
from qudao.settlement import operations as settlement
from qudao.settlement.presenting import pools
from tests import harness
from tests.operations import settlement_world as worlds

NOW = harness.NOW


@pytest.fixture
def world(db, monkeypatch):
    worlds.alone(monkeypatch)
    found = worlds.build()
    worlds.credit(found, "100000.00")
    return found


def pool(world):
    with scope.transaction(worlds.HOUSE):
        return queries.pool_of(world.debtor, today=worlds.TODAY, actor=worlds.HOUSE)


def entries(world):
    with scope.transaction(worlds.HOUSE):
        return queries.pool_entries(world.debtor, actor=worlds.HOUSE)


def codes(facts):
    with pytest.raises(errors.Refused) as refused:
        worlds.decide(facts)
    return [one.code for one in refused.value.reasons]


def test_a_rebate_pays_part_of_every_line_to_the_cent(world):
    worlds.fill_pool(world, "100.00")
    adjusted = worlds.decide(worlds.sale(world, "33.33", "33.33", "33.34", use="10.00"))
    assert [line.detail["rebate_used"] for line in adjusted.lines] == [
        Decimal("3.33"),
        Decimal("3.33"),
        Decimal("3.34"),
    ]
    assert adjusted.gross == Decimal("90.00")
    assert adjusted.lines[0].net == Decimal("26.55")
    assert pool(world).balance == Decimal("90.00")
    with scope.transaction(worlds.HOUSE):
        credit = queries.credit_of(world.debtor, on=worlds.TODAY, actor=worlds.HOUSE)
    assert credit.open_orders == Decimal("90.00")


def test_what_expires_first_is_used_first_and_says_its_tax(world):
    first = worlds.fill_pool(world, "113.00", pool_months=12)
    second = worlds.fill_pool(world, "226.00", pool_months=1)
    facts = worlds.decide(worlds.sale(world, "1000.00", use="239.00"))
    used = [one for one in entries(world) if one.kind == "use"]
    confirmed = {one.origin_id: one.id for one in entries(world) if one.kind == "confirm"}
    assert [(one.draws_on_id, one.gross, one.net, one.tax) for one in reversed(used)] == [
        (confirmed[second.id], Decimal("-226.00"), Decimal("-200.00"), Decimal("-26.00")),
        (confirmed[first.id], Decimal("-13.00"), Decimal("-11.50"), Decimal("-1.50")),
    ]
    assert sorted(one.key for one in used) == [f"use:{facts.subject}:1", f"use:{facts.subject}:2"]


def test_what_an_order_took_of_several_rebates_is_one_row_with_its_order_and_no_page_cuts_it(world):
    worlds.fill_pool(world, "113.00", pool_months=12)
    worlds.fill_pool(world, "226.00", pool_months=1)
    worlds.decide(worlds.sale(world, "1000.00", use="239.00"))
    found = entries(world)
    assert [(one.kind, one.gross, one.net, one.tax) for one in pools.together(found)] == [
        ("use", Decimal("-239.00"), Decimal("-211.50"), Decimal("-27.50")),
        ("confirm", Decimal("226.00"), Decimal("200.00"), Decimal("26.00")),
        ("confirm", Decimal("113.00"), Decimal("100.00"), Decimal("13.00")),
    ]
    assert [len(pools._whole(found[1:], most)) for most in (1, 2)] == [1, 2]
    assert [len(pools._whole(list(reversed(found)), most)) for most in (2, 3, 4)] == [2, 2, 4]
    with scope.transaction(worlds.HOUSE):
        table = pools.latest(world.debtor, worlds.HOUSE)
    assert [(row["kind"], row["gross"], str(row["origin"])) for row in table.rows][:1] == [
        ("use", Decimal("-239.00"), "订单")
    ]
    with scope.transaction(worlds.HOUSE):
        page = pools.pool(worlds.HOUSE, world.debtor, today=worlds.TODAY, before=None)["table"].page
    assert (page.summary, page.next) == ("本页 3 条", None)


def test_no_rebate_pays_for_centralised_procurement(world):
    worlds.fill_pool(world, "100.00")
    facts = worlds.sale(world, "50.00", "50.00", use="50.00", kinds=("vbp", "contract"))
    adjusted = worlds.decide(facts)
    assert [line.gross for line in adjusted.lines] == [Decimal("50.00"), Decimal("0.00")]
    over = worlds.sale(world, "50.00", "50.00", use="50.01", kinds=("vbp", "contract"))
    assert codes(over) == ["pricing.pool_share_exceeded", "pricing.pool_insufficient"]


def test_the_strictest_share_of_an_order_holds(world):
    worlds.fill_pool(world, "100.00", pool_share=Decimal("0.5"))
    assert codes(worlds.sale(world, "100.00", use="50.01")) == ["pricing.pool_share_exceeded"]
    worlds.decide(worlds.sale(world, "100.00", use="50.00"))


def test_nothing_is_used_while_invoices_are_overdue(world):
    worlds.fill_pool(world, "100.00")
    settlement.issue_invoices(
        debtor_node_id=world.debtor,
        up_to=worlds.TODAY,
        actor=worlds.HOUSE,
        now=NOW - dt.timedelta(days=40),
    )
    assert codes(worlds.sale(world, "100.00", use="1.00")) == [
        "pricing.pool_overdue",
        "settlement.overdue",
    ]


def test_a_cancelled_order_gives_each_entry_back_what_it_drew(world):
    worlds.fill_pool(world, "100.00")
    facts = worlds.decide(worlds.sale(world, "200.00", use="60.00"))
    worlds.undo(facts)
    assert pool(world).balance == pool(world).usable == Decimal("100.00")
    assert [(one.kind, one.gross) for one in entries(world)] == [
        ("restore", Decimal("60.00")),
        ("use", Decimal("-60.00")),
        ("confirm", Decimal("100.00")),
    ]


def test_an_order_draws_on_the_pool_once(world):
    """The key of a use is written once, ever: the same order cannot draw again."""
    from django.db import IntegrityError

    worlds.fill_pool(world, "100.00")
    facts = worlds.sale(world, "100.00", use="10.00")
    worlds.decide(facts)
    with pytest.raises(IntegrityError, match="pool_entry_once"):
        worlds.decide(facts)
    assert pool(world).balance == Decimal("90.00")


def test_what_is_past_its_day_is_written_off(world):
    worlds.fill_pool(world, "100.00", pool_months=1)
    later = NOW + dt.timedelta(days=31)
    assert settlement.expire_rebates(debtor_node_id=world.debtor, actor=worlds.HOUSE, now=NOW) == []
    (written,) = settlement.expire_rebates(debtor_node_id=world.debtor, actor=worlds.HOUSE, now=later)
    assert (written.kind, written.gross) == ("expire", Decimal("-100.00"))
    assert pool(world).balance == 0
    assert settlement.expire_rebates(debtor_node_id=world.debtor, actor=worlds.HOUSE, now=later) == []


def test_every_night_lapsed_rebates_are_written_off_and_no_others(world):
    worlds.fill_pool(world, "100.00", pool_months=1)
    jobs.expire_rebates(now=NOW + dt.timedelta(days=29))
    assert pool(world).balance == Decimal("100.00")
    for _again in range(2):
        jobs.expire_rebates(now=NOW + dt.timedelta(days=31))
        assert (pool(world).balance, [one.kind for one in entries(world)]) == (0, ["expire", "confirm"])


def test_without_a_wish_the_pool_is_not_looked_at(world):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with (
        scope.transaction(worlds.HOUSE, acting=True),
        CaptureQueriesContext(connection) as seen,
    ):
        decisions.run(worlds.sale(world, "1.00"), actor=worlds.HOUSE, now=NOW)
    assert not [one for one in seen if "pool" in one["sql"]]


amounts = st.integers(1, 5000).map(lambda cents: Decimal(cents) / 100)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("fill"), amounts),
        st.tuples(st.just("use"), amounts),
        st.tuples(st.just("undo"), st.integers(0, 5)),
        st.tuples(st.just("expire"), st.integers(0, 60)),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_the_balance_is_the_sum_of_the_entries_whatever_happens(world, steps):
    """R4. The debtor's pool carries on from example to example: so much the longer its history."""
    orders = []
    for step, value in steps:
        try:
            if step == "fill":
                worlds.fill_pool(world, str(value), pool_months=1)
            elif step == "use":
                orders.append(worlds.decide(worlds.sale(world, "200.00", use=str(value))))
            elif step == "undo" and orders:
                worlds.undo(orders.pop(value % len(orders)))
            elif step == "expire":
                day = NOW + dt.timedelta(days=value)
                settlement.expire_rebates(debtor_node_id=world.debtor, actor=worlds.HOUSE, now=day)
        except errors.Refused as refused:
            assert {one.code for one in refused.reasons} <= {"pricing.pool_insufficient"}
        assert pool(world).balance == _sum(world) >= 0


def test_control_a_use_that_forgets_the_balance_is_seen(world, monkeypatch):
    worlds.fill_pool(world, "100.00")
    posted = settlement_decisions.pool.post

    def forgetful(postings, **more):
        rows = posted(postings, **more)
        total = sum(one.net + one.tax for one in postings)
        models.Pool.objects.filter(node_id=more["node_id"]).update(balance=pool_balance(more) - total)
        return rows

    def pool_balance(more):
        return models.Pool.objects.get(node_id=more["node_id"]).balance

    monkeypatch.setattr(settlement_decisions.pool, "post", forgetful)
    worlds.decide(worlds.sale(world, "100.00", use="10.00"))
    assert pool(world).balance != _sum(world)


def _sum(world):
    with scope.everything():
        found = models.PoolEntry.objects.filter(node_id=world.debtor).values_list("gross", "net", "tax")
        assert all(gross == net + tax for gross, net, tax in found)
        return sum((gross for gross, _, _ in found), Decimal("0.00"))


def test_every_entry_has_its_leaf_in_the_journal(world):
    worlds.fill_pool(world, "100.00")
    worlds.decide(worlds.sale(world, "100.00", use="10.00"))
    with scope.everything():
        for one in models.PoolEntry.objects.all():
            listed = journal.queries.list_rows(one.entry)
            assert ("settlement_poolentry", str(one.pk)) in {(row.table, row.id) for row in listed}
