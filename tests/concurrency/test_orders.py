"""Many hands on one order book: the last pieces, the last credit, one key, one draft."""

import dataclasses
import random
import threading
from decimal import Decimal

import pytest
from django.db import connection

from qudao.inventory import operations as inventory
from qudao.inventory import queries as stock
from qudao.kernel import errors, idempotency, locks, scope
from qudao.orders import operations, preparation, queries
from qudao.orders.rules import requests
from qudao.settlement import decisions as settlement
from tests.concurrency.hands import refusals, together
from tests.operations import inventory_world

D = Decimal
HOUSE = scope.system("desk")
SEED = 20261123
# Four debtors, so that nobody waits for another's credit row before he reaches the stock.
BUYERS = (
    ("kangze.CV", "kangze"),
    ("renji.CV", "renji"),
    ("lianyou.CV", "lianyou"),
    ("zheer.CV", "zheer.binjiang"),
)
TOO_LATE = {"orders.short", "inventory.taken_meanwhile", "kernel.busy"}


def request(company, *lines, buyer=BUYERS[0], **more):
    account, place = buyer
    return requests.OrderRequest(
        account_id=company.accounts[account],
        ship_to_id=company.places[place],
        channel="api",
        lines=tuple(
            requests.LineRequest(no, company.items[code], D(quantity))
            for no, (code, quantity) in enumerate(lines, start=1)
        ),
        **more,
    )


def place(company, now, *lines, **more):
    return operations.place_order(request=request(company, *lines, **more), actor=HOUSE, now=now)


def reserved(company, code):
    query = (
        "SELECT coalesce(sum(r.quantity), 0) FROM inventory_reservation r"
        f" JOIN inventory_balance b ON b.id = r.balance_id WHERE b.item_id = {company.items[code]}"
        " AND r.state = 'active'"
    )
    return inventory_world.scalar(query)


def count_orders():
    return inventory_world.scalar("SELECT count(*) FROM orders_order")


def open_orders(party_id):
    return inventory_world.scalar(
        f"SELECT open_orders FROM settlement_creditline WHERE party_id = {party_id}"
    )


def deadlocks():
    return inventory_world.scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")


@pytest.fixture
def all_have_looked(monkeypatch):
    """Every order chooses its lots before any order takes one."""

    def arrange(hands):
        looked = threading.Barrier(hands)
        first = threading.local()
        allocate = preparation.allocate

        def allocate_and_wait(*arguments, **more):
            found = allocate(*arguments, **more)
            if not getattr(first, "done", False):
                first.done = True
                looked.wait()
            return found

        monkeypatch.setattr(preparation, "allocate", allocate_and_wait)

    return arrange


# R1: the last pieces


def test_buyers_of_the_last_200_in_fives_take_exactly_200(company, now):
    def buyer(no):
        return sum(bought(company, now, no) for _ in range(6))

    def bought(company, now, no):
        try:
            with locks.refusing_when_busy():
                place(company, now, ("DS-035", 5), buyer=BUYERS[no % 4])
        except errors.Refused as refused:
            assert {reason.code for reason in refused.reasons if reason.refuses} <= TOO_LATE
            return 0
        finally:
            connection.close()
        return 5

    sold = sum(together(*(lambda no=no: buyer(no) for no in range(8))))
    assert sold == reserved(company, "DS-035") == 200
    inventory_world.assert_books_agree()


def test_of_four_who_saw_the_same_stock_the_quickest_gets_it(company, now, all_have_looked):
    all_have_looked(4)
    outcomes = together(
        *(lambda buyer=buyer: place(company, now, ("DS-035", 120), buyer=buyer) for buyer in BUYERS)
    )
    assert refusals(outcomes) == [{"orders.short"}] * 3
    assert reserved(company, "DS-035") == 120


def test_control_taking_what_was_seen_without_a_condition_oversells(
    company, now, all_have_looked, monkeypatch
):
    """Negative control: check, then insert, as a reservation is without the conditional update."""
    all_have_looked(4)

    def insert_only(*, picks, origin_type, origin_id, expires_at, entry, now):
        with connection.cursor() as cursor:
            return [
                cursor.execute(
                    "INSERT INTO inventory_reservation (entry, balance_id, quantity, origin_type, origin_id,"
                    " origin_line, state) VALUES (%s, %s, %s, %s, %s, %s, 'active') RETURNING id",
                    [entry, pick.balance_id, pick.quantity, origin_type, origin_id, pick.line],
                ).fetchone()[0]
                for pick in picks
            ]

    monkeypatch.setattr(inventory, "reserve", insert_only)
    outcomes = together(
        *(lambda buyer=buyer: place(company, now, ("DS-035", 120), buyer=buyer) for buyer in BUYERS)
    )
    assert refusals(outcomes) == []
    assert reserved(company, "DS-035") == 480
    with pytest.raises(AssertionError, match="reserved differs"):
        inventory_world.assert_books_agree()


# R2: lines in any order


def test_baskets_in_any_order_neither_oversell_nor_deadlock(company, now):
    before = deadlocks()

    def buyer(no):
        dice = random.Random(SEED + no)
        placed = []
        for _ in range(5):
            lines = [("BQ-2515", dice.randint(1, 3)), ("DS-035", dice.randint(1, 9)), ("ZJ-3018", 1)]
            dice.shuffle(lines)
            try:
                with locks.refusing_when_busy():
                    order = place(company, now, *lines, buyer=BUYERS[no % 4])
            except errors.Refused as refused:
                codes = {reason.code for reason in refused.reasons if reason.refuses}
                assert codes <= TOO_LATE - {"kernel.busy"}
            else:
                placed += [line.quantity for line in order.lines]
            finally:
                connection.close()
        return sum(placed)

    sold = sum(together(*(lambda no=no: buyer(no) for no in range(8))))
    assert sold == sum(reserved(company, code) for code in ("BQ-2515", "DS-035", "ZJ-3018")) > 0
    assert reserved(company, "ZJ-3018") == 12
    assert deadlocks() == before
    inventory_world.assert_books_agree()


# An order whose lot was held, and others on the way to what is left


def test_a_reallocation_and_new_orders_share_what_is_left(company, now):
    order = place(company, now, ("BQ-2515", 20))
    lot = stock.find_lot(company.items["BQ-2515"], "B2601", HOUSE)
    inventory.hold_lot(lot_id=lot.id, reason="召回", actor=HOUSE, now=now)

    def again():
        return operations.reallocate_order(order_id=order.id, version=order.version, actor=HOUSE, now=now)

    outcomes = together(
        again,
        again,
        lambda: place(company, now, ("BQ-2515", 50), buyer=BUYERS[2]),
        lambda: place(company, now, ("BQ-2515", 60), buyer=BUYERS[3]),
    )
    codes = {"orders.short", "inventory.taken_meanwhile", "kernel.changed_meanwhile"}
    assert all(refused <= codes for refused in refusals(outcomes))
    done = [outcome for outcome in outcomes if not isinstance(outcome, set)]
    assert reserved(company, "BQ-2515") == sum(line.quantity for one in done for line in one.lines)
    assert sum(not isinstance(outcome, set) for outcome in outcomes[:2]) <= 1
    inventory_world.assert_books_agree()


# Credit


def twice(company, now):
    """仁济 has 60,000.00; each order is 39,600.00."""
    return together(*[lambda: place(company, now, ("BQ-2515", 20), buyer=BUYERS[1])] * 2)


def test_two_orders_at_once_do_not_both_take_the_last_credit(company, now):
    assert refusals(twice(company, now)) == [{"settlement.credit_exceeded"}]
    assert open_orders(company.parties["renji"]) == D("39600.00")


def test_control_without_the_lock_both_orders_take_the_same_credit(
    company, now, all_have_looked, monkeypatch
):
    all_have_looked(2)
    monkeypatch.setattr(settlement.CreditGate, "lock", lambda self, *_, **more: None)
    assert refusals(twice(company, now)) == []
    assert open_orders(company.parties["renji"]) == D("79200.00")


# R8: one key, one effect


def post(company, now, key):
    order = request(company, ("BQ-2515", 1))

    def perform():
        return 201, {"number": operations.place_order(request=order, actor=HOUSE, now=now).number}

    body = dataclasses.asdict(order)
    return idempotency.run(key=key, body=body, actor=HOUSE, now=now, perform=perform)


def test_one_key_posted_by_twenty_at_once_makes_one_order(company, now):
    outcomes = together(*[lambda: post(company, now, "K-1")] * 20)
    answered = [outcome for outcome in outcomes if not isinstance(outcome, set)]
    assert {frozenset(codes) for codes in refusals(outcomes)} <= {frozenset({"kernel.key_running"})}
    assert [outcome.replayed for outcome in answered].count(False) == 1
    assert len({outcome.response["number"] for outcome in answered}) == 1
    assert post(company, now, "K-1").response == answered[0].response
    assert (count_orders(), reserved(company, "BQ-2515")) == (1, 1)


def test_control_keys_of_their_own_make_an_order_each(company, now):
    together(*[lambda no=no: post(company, now, f"K-{no}") for no in range(5)])
    assert (count_orders(), reserved(company, "BQ-2515")) == (5, 5)


# One draft, two people


def test_a_draft_confirmed_by_two_people_at_once_is_one_order(company, now):
    draft = operations.save_draft(request=request(company, ("BQ-2515", 3)), actor=HOUSE, now=now)
    outcomes = together(
        *[lambda: operations.confirm_order(order_id=draft.id, version=draft.version, actor=HOUSE, now=now)]
        * 2
    )
    assert refusals(outcomes) == [{"kernel.changed_meanwhile"}]
    with scope.transaction(HOUSE):
        assert queries.get_order(draft.id, actor=HOUSE).status == "confirmed"
    assert (count_orders(), reserved(company, "BQ-2515")) == (1, 3)
    assert open_orders(company.parties["kangze"]) == D("5580.00")
    confirmations = "SELECT count(*) FROM journal_staging WHERE type = 'orders.order.confirmed'"
    assert inventory_world.scalar(confirmations) == 1
