"""Consumers see every entry once, in order, and never half."""

import threading

import pytest
from django.db import connection as program

from qudao.kernel import journal, scope
from qudao.kernel.journal import consumers
from tests import harness
from tests.operations import journal_world as world

pytestmark = pytest.mark.usefixtures("db")


def test_a_consumer_sees_every_leaf_once_in_order():
    world.stage(25)
    journal.advance()
    seen = []

    def handler(leaves):
        seen.extend(leaf.number for leaf in leaves)

    assert [journal.consume("facts", handler, batch=10) for _ in range(4)] == [10, 10, 5, 0]
    assert seen == list(range(25))
    with scope.transaction(world.HOUSE):
        assert consumers.place("facts") == 25
        assert consumers.place("webhooks") == 0


def test_a_consumer_sees_a_long_entry_once():
    world.record(rows=[journal.row("inventory_move", i, {}) for i in range(2000)])
    assert journal.advance() > 1
    seen = []
    while journal.consume("facts", seen.extend, batch=2):
        pass
    assert [leaf.part for leaf in seen] == [0]


def test_a_consumer_that_fails_keeps_its_place_and_writes_nothing():
    world.stage(3)
    journal.advance()

    def failing(leaves):
        journal.record(journal.entry(), "a.fact.made", subject="a:1", at=harness.NOW)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        journal.consume("facts", failing)
    with scope.transaction(world.HOUSE):
        assert consumers.place("facts") == 0
    assert journal.advance() == 0
    assert journal.consume("facts", lambda leaves: None) == 3


def test_two_consumers_of_one_name_do_not_take_the_same_leaves():
    world.stage(3)
    journal.advance()
    taken = []

    def second(leaves):
        def other():
            try:
                taken.append(journal.consume("facts", lambda leaves: None))
            finally:
                program.close()

        journal_thread = threading.Thread(target=other)
        journal_thread.start()
        journal_thread.join()

    assert journal.consume("facts", lambda leaves: None, batch=1) == 1
    assert journal.consume("facts", second) == 2
    assert taken == [0]
