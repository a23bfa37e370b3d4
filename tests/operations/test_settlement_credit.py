"""Credit is taken by orders, moved by what follows, and given back."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qudao.kernel import decisions, errors, messages, scope
from qudao.settlement import operations as settlement
from qudao.settlement import queries
from tests import harness
from tests.operations import settlement_world as worlds

NOW = harness.NOW


@pytest.fixture
def world(db, monkeypatch):
    worlds.alone(monkeypatch)
    return worlds.build()


def credit(world):
    with scope.transaction(worlds.HOUSE):
        return queries.credit_of(world.debtor, on=worlds.TODAY, actor=worlds.HOUSE)


def reasons(facts):
    with pytest.raises(errors.Refused) as refused:
        worlds.decide(facts)
    return refused.value.reasons


def test_an_order_without_a_credit_line_is_refused(world):
    assert [one.code for one in reasons(worlds.sale(world, "1.00"))] == ["settlement.no_credit_line"]


def test_an_order_takes_credit_to_the_last_cent_and_not_beyond(world):
    worlds.credit(world, "100.00")
    worlds.decide(worlds.sale(world, "60.00"))
    (reason,) = reasons(worlds.sale(world, "40.00", "0.01"))
    assert reason.code == "settlement.credit_exceeded"
    assert reason.params == {
        "available": Decimal("40.00"),
        "needed": Decimal("40.01"),
        "missing": Decimal("0.01"),
    }
    worlds.decide(worlds.sale(world, "40.00"))
    assert (credit(world).open_orders, credit(world).available) == (Decimal("100.00"), Decimal("0.00"))


def test_a_refusal_says_what_mends_it_in_both_languages(world):
    from django.utils import translation

    worlds.credit(world, "100.00")
    (reason,) = reasons(worlds.sale(world, "100.01"))
    with translation.override("en"):
        shown = messages.render(reason)
        assert "0.01 are missing" in shown.why
        assert shown.mend.startswith("Pay first")
    with translation.override("zh-hans"):
        assert "缺 0.01" in messages.render(reason).why


def test_credit_moves_with_the_goods(world):
    worlds.credit(world, "1000.00")
    worlds.decide(worlds.sale(world, "100.00", "50.00"))
    worlds.decide(worlds.sale(world, "100.00", point="ship"))
    found = credit(world)
    assert (found.open_orders, found.shipped_not_invoiced) == (Decimal("50.00"), Decimal("100.00"))
    short = worlds.sale(world, "80.00", point="sign", details=[{"short_gross": Decimal("20.00")}])
    worlds.decide(short)
    worlds.decide(worlds.sale(world, "30.00", point="return"))
    assert credit(world).shipped_not_invoiced == Decimal("50.00")
    assert credit(world).available == Decimal("900.00")


def test_a_cancelled_order_gives_its_credit_back(world):
    worlds.credit(world, "100.00")
    facts = worlds.decide(worlds.sale(world, "100.00"))
    worlds.undo(facts)
    assert credit(world).available == Decimal("100.00")


def test_temporary_credit_holds_until_its_day(world):
    worlds.credit(world, "100.00", temporary=Decimal("50.00"), temporary_until=worlds.TODAY)
    assert credit(world).available == Decimal("100.00")
    worlds.credit(
        world, "100.00", temporary=Decimal("50.00"), temporary_until=worlds.TODAY + dt.timedelta(days=1)
    )
    assert credit(world).available == Decimal("150.00")


def test_overdue_invoices_stop_orders_until_they_are_paid(world):
    worlds.credit(world, "1000.00", payment_days=0)
    worlds.signed(world, "113.00")
    worlds.settle()
    earlier = NOW - dt.timedelta(days=1)
    settlement.issue_invoices(
        debtor_node_id=world.debtor, up_to=worlds.TODAY, actor=worlds.HOUSE, now=earlier
    )
    (reason,) = reasons(worlds.sale(world, "1.00"))
    assert reason.code == "settlement.overdue"
    assert reason.params == {"overdue": Decimal("113.00"), "since": dt.date(2026, 11, 22)}
    worlds.receive(world, "113.00", "TX-1")
    worlds.decide(worlds.sale(world, "1.00"))


def test_looking_locks_and_writes_nothing(world):
    worlds.credit(world, "100.00")
    facts = worlds.sale(world, "60.00")
    with (
        scope.transaction(worlds.HOUSE, acting=True),
        CaptureQueriesContext(connection) as queries_seen,
    ):
        verdict = decisions.run(facts, actor=worlds.HOUSE, now=NOW, locking=False)
    assert not verdict.reasons
    assert len(queries_seen) == 1
    assert "FOR UPDATE" not in queries_seen[0]["sql"]
    assert credit(world).available == Decimal("100.00")


def test_an_order_costs_one_locked_read_and_one_update_however_many_lines(world):
    worlds.credit(world, "1000.00")
    for count in (1, 50):
        facts = worlds.sale(world, *["1.00"] * count)
        with (
            scope.transaction(worlds.HOUSE, acting=True),
            CaptureQueriesContext(connection) as queries_seen,
        ):
            verdict = decisions.run(facts, actor=worlds.HOUSE, now=NOW)
            verdict.apply(verdict.facts, entry=worlds.journal.entry(), actor=worlds.HOUSE, now=NOW)
        assert len(queries_seen) == 2
        assert "FOR UPDATE" in queries_seen[0]["sql"]


def test_a_negative_limit_and_a_nameless_approver_are_refused(world):
    with pytest.raises(errors.Refused) as refused:
        settlement.set_credit(
            debtor_node_id=world.debtor, limit=Decimal(-1), approver=" ", actor=worlds.HOUSE, now=NOW
        )
    assert [one.code for one in refused.value.reasons] == [
        "settlement.credit_invalid",
        "settlement.approver_missing",
    ]


def test_a_dealer_sees_its_own_credit_and_not_a_strangers(world):
    worlds.credit(world, "100.00")
    dealer = world.actor()
    with scope.transaction(dealer):
        assert queries.credit_of(world.debtor, on=worlds.TODAY, actor=dealer).limit == Decimal("100.00")
    stranger = world.actor(nodes=[world.debtor + 1000])
    with scope.transaction(stranger):
        assert queries.find_credit(world.debtor, on=worlds.TODAY, actor=stranger) is None
        with pytest.raises(errors.NotFound):
            queries.credit_of(world.debtor, on=worlds.TODAY, actor=stranger)
