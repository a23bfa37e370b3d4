"""Several hands on one debtor's money: the last credit, the last rebate, one receipt, one invoice."""

import threading
from decimal import Decimal

import pytest
from django.db import connection

from qudao.kernel import errors, locks, scope
from qudao.settlement import decisions as settlement_decisions
from qudao.settlement import models, queries
from qudao.settlement import operations as settlement
from tests import harness
from tests.operations import settlement_world as worlds

NOW = harness.NOW
HANDS = 8


@pytest.fixture
def world(db, monkeypatch):
    worlds.alone(monkeypatch)
    return worlds.build()


def together(work, count=HANDS):
    """Run `work(no)` in `count` threads at once; returns the codes of refusals, None for a success."""
    start = threading.Barrier(count)
    outcomes = [None] * count

    def run(no):
        try:
            start.wait()
            with locks.refusing_when_busy():
                work(no)
        except errors.Refused as refused:
            outcomes[no] = tuple(reason.code for reason in refused.reasons)
        except BaseException as failure:
            outcomes[no] = failure
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(no,)) for no in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
    return outcomes


def credit(world):
    with scope.transaction(worlds.HOUSE):
        return queries.credit_of(world.debtor, on=worlds.TODAY, actor=worlds.HOUSE)


def test_of_many_orders_at_once_only_those_the_credit_covers_are_taken(world):
    worlds.credit(world, "100.00")
    outcomes = together(lambda no: worlds.decide(worlds.sale(world, "30.00")))
    assert outcomes.count(None) == 3
    assert outcomes.count(("settlement.credit_exceeded",)) == HANDS - 3
    assert (credit(world).open_orders, credit(world).available) == (Decimal("90.00"), Decimal("10.00"))


def test_control_without_the_lock_the_credit_is_overdrawn(world, monkeypatch):
    worlds.credit(world, "100.00")
    judged = threading.Barrier(HANDS)
    effects = settlement_decisions.CreditGate.effects

    def after_all_judged(self, *arguments, **more):
        judged.wait()
        return effects(self, *arguments, **more)

    monkeypatch.setattr(settlement_decisions.CreditGate, "lock", lambda self, *_, **more: None)
    monkeypatch.setattr(settlement_decisions.CreditGate, "effects", after_all_judged)
    assert together(lambda no: worlds.decide(worlds.sale(world, "30.00"))).count(None) == HANDS
    assert credit(world).available < 0


def test_the_last_of_the_pool_is_used_once(world):
    worlds.credit(world, "10000.00")
    worlds.fill_pool(world, "100.00")
    outcomes = together(lambda no: worlds.decide(worlds.sale(world, "100.00", use="30.00")))
    assert outcomes.count(None) == 3
    assert outcomes.count(("pricing.pool_insufficient",)) == HANDS - 3
    with scope.everything():
        entries = models.PoolEntry.objects.filter(node_id=world.debtor).values_list("gross", flat=True)
        assert models.Pool.objects.get().balance == sum(entries) == Decimal("10.00")


def test_one_receipt_sent_many_times_is_recorded_once(world):
    worlds.credit(world, "100.00")
    outcomes = together(lambda no: worlds.receive(world, "70.00", "TX-1"))
    assert outcomes.count(None) == 1
    assert outcomes.count(("settlement.receipt_twice",)) == HANDS - 1
    assert credit(world).prepaid == Decimal("70.00")


def test_deliveries_are_invoiced_once_however_many_people_press_the_button(world):
    worlds.credit(world, "1000.00")
    worlds.signed(world, "113.00", "226.00")
    worlds.settle()
    outcomes = together(
        lambda no: settlement.issue_invoices(
            debtor_node_id=world.debtor, up_to=worlds.TODAY, actor=worlds.HOUSE, now=NOW
        )
    )
    assert outcomes.count(None) == 1
    assert outcomes.count(("settlement.nothing_to_invoice",)) == HANDS - 1
    assert credit(world).receivable == Decimal("339.00")


def test_a_run_is_confirmed_once(world):
    worlds.credit(world, "1000.00")
    term = worlds.term(world)
    worlds.signed(world, "1695.00")
    worlds.settle()
    run = worlds.run(term)
    outcomes = together(
        lambda no: settlement.confirm_run(run_id=run.run.id, partial=True, actor=worlds.HOUSE, now=NOW)
    )
    assert outcomes.count(None) == 1
    with scope.everything():
        assert models.Pool.objects.get().balance == Decimal("50.00")
