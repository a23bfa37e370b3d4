"""Many hands on the same stock: nothing is sold twice, no serial is in two places, the books agree."""

import random
import threading
from decimal import Decimal

import pytest
from django.db import connection

from qudao.inventory import models, operations, queries
from qudao.inventory.rules import allocation
from qudao.kernel import errors, journal, locks, scope
from tests import harness
from tests.operations import inventory_world as world

pytestmark = pytest.mark.usefixtures("db")
SEED = 20261123
LATER = {"kernel.busy", "inventory.taken_meanwhile", "inventory.not_enough_stock"}


def together(work, count):
    """Run `work(no)` in `count` threads at once; returns results, and raises what a thread raised."""
    start = threading.Barrier(count)
    results, failures = [None] * count, []

    def run(no):
        try:
            start.wait()
            results[no] = work(no)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(no,)) for no in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return results


def attempt(call):
    """One try on a connection of its own: its result, or None for a refusal that may be tried again."""
    try:
        with scope.everything():
            return call()
    except errors.Refused as refused:
        assert {reason.code for reason in refused.reasons} <= LATER, refused
        return None
    finally:
        connection.close()


def take(picks, origin_id):
    with locks.refusing_when_busy():
        return operations.reserve(
            picks=picks,
            origin_type="orders.order",
            origin_id=origin_id,
            expires_at=None,
            entry=journal.entry(),
            now=world.NOW,
        )


def reserved_in_all():
    return world.scalar("SELECT COALESCE(sum(quantity), 0) FROM inventory_reservation WHERE state = 'active'")


@pytest.fixture
def shanghai(db):
    return world.site("SH")


@pytest.fixture
def knee(db):
    with scope.everything():
        return world.item()


def test_64_buyers_on_the_last_500_take_exactly_500(shanghai, knee):
    balance = world.stock(shanghai, knee, 500, "5000.00")
    pick = world.pick(balance, 1)

    def buyer(no):
        return sum(attempt(lambda: take([pick], f"O{no}")) is not None for _ in range(10))

    assert sum(together(buyer, 64)) == 500
    assert (world.balance(balance).reserved, reserved_in_all()) == (500, 500)
    world.assert_books_agree()


def test_control_checking_first_and_inserting_after_sells_what_is_not_there(shanghai, knee):
    """Negative control: what a reservation would be without the lock and the condition."""
    balance = world.stock(shanghai, knee, 1)
    looked = threading.Barrier(8)

    def buyer(no):
        with scope.everything():
            free = world.balance(balance).on_hand - reserved_in_all()
            looked.wait()
            if free >= 1:
                models.Reservation.objects.create(
                    entry=journal.entry(),
                    balance_id=balance,
                    quantity=1,
                    origin_type="orders.order",
                    origin_id=str(no),
                    origin_line=1,
                )

    together(buyer, 8)
    assert reserved_in_all() == 8
    with pytest.raises(AssertionError, match="reserved differs"):
        world.assert_books_agree()


def test_orders_of_20_lines_in_any_order_neither_oversell_nor_deadlock(shanghai, knee):
    balances = [world.stock(shanghai, knee, 12, lot=f"L{no}") for no in range(25)]
    picks = [world.pick(balance, 1) for balance in balances]

    def buyer(no):
        dice = random.Random(SEED + no)
        taken = 0
        for order in range(6):
            lines = dice.sample(picks, 20)
            dice.shuffle(lines)
            numbered = [
                allocation.Pick(line, one.balance_id, one.site_id, None, one.lot_id, None, Decimal(1))
                for line, one in enumerate(lines, 1)
            ]
            done = attempt(lambda lines=numbered, order=order: take(lines, f"O{no}-{order}"))
            taken += 20 if done is not None else 0
        return taken

    assert sum(together(buyer, 8)) == reserved_in_all() > 0
    world.assert_books_agree()


def test_buyers_shippers_holds_and_expiry_at_once_leave_the_books_in_agreement(shanghai, knee):
    balances = [world.stock(shanghai, knee, 40, "400.00", lot=f"L{no}") for no in range(6)]
    picks = {balance: world.pick(balance, 1) for balance in balances}
    rows = {balance: world.balance(balance) for balance in balances}
    postings = {balance: world.posting(balance, 1) for balance in balances}

    def one(no):
        dice = random.Random(SEED + no)
        for step in range(15):
            balance = dice.choice(balances)
            kind = no % 4
            if kind == 0:
                attempt(lambda b=balance, s=step: take([picks[b]], f"O{no}-{s}"))
            elif kind == 1:
                attempt(lambda b=balance: post_quietly(postings[b]))
            elif kind == 2:
                attempt(lambda b=balance: hold_and_release(rows[b].lot_id))
            else:
                attempt(lambda s=step: release(f"O{dice.choice((0, 4))}-{s}"))

    together(one, 8)
    world.assert_books_agree()


def post_quietly(posting):
    with locks.refusing_when_busy():
        operations.post(postings=[posting], entry=journal.entry(), at=world.NOW, on=world.TODAY)


def release(origin_id):
    with locks.refusing_when_busy():
        operations.release(
            origin_type="orders.order", origin_id=origin_id, entry=journal.entry(), now=world.NOW
        )


def hold_and_release(lot_id):
    actor = scope.current()
    placed = operations.hold_lot(lot_id=lot_id, reason="抽检", actor=actor, now=world.NOW)
    operations.release_hold(hold_id=placed.hold.id, to="good", reason="合格", actor=actor, now=world.NOW)


# Serials


@pytest.fixture
def valve(db):
    with scope.everything():
        return world.item("HV-01", tracking="serial")


def place_of(serial_id):
    with scope.everything():
        return models.Balance.objects.filter(serial_id=serial_id, on_hand__gt=0).first()


def test_a_serial_is_in_one_place_whatever_moves_at_once(shanghai, valve):
    sites = [shanghai, world.site("WH"), world.site("CD")]
    serials = [
        world.balance(world.stock(shanghai, valve, 1, "900.00", serial=f"S{no}")).serial_id for no in range(4)
    ]
    with scope.everything():
        road = queries.transit_site(1)

    def mover(no):
        dice = random.Random(SEED + no)
        for _ in range(20):
            row = place_of(dice.choice(serials))
            target = dice.choice([*sites, road])
            if row is None or row.site_id == target:
                continue
            posting = operations.Posting(
                kind="test",
                item_id=valve,
                lot_id=row.lot_id,
                serial_id=row.serial_id,
                quantity=Decimal(1),
                entity_id=1,
                from_balance_id=row.pk,
                to=operations.Place(target, None, "good", "entity", 1),
                origin_type="test",
                origin_id="R3",
            )
            attempt(lambda posting=posting: post_quietly(posting))

    together(mover, 6)
    assert sum(world.on_hand().values()) == 4
    world.assert_books_agree()


def found_again(site_id, item_id, lot_id, serial_id):
    """A posting that brings a serial in from outside."""
    with scope.everything():
        source = queries.outside_site("opening")
    return operations.Posting(
        kind="open",
        item_id=item_id,
        lot_id=lot_id,
        serial_id=serial_id,
        quantity=Decimal(1),
        entity_id=1,
        from_site_id=source,
        to=operations.Place(site_id, None, "good", "entity", 1),
        value=Decimal("1.00"),
        origin_type="test",
        origin_id="R3",
    )


def receive_twice(shanghai, wuhan, valve, *, blocks):
    """Two transactions bring the same serial in at two sites, the second while the first is open."""
    balance = world.stock(shanghai, valve, 1, "900.00", serial="S1")
    row = world.balance(balance)
    world.post(world.posting(balance, 1))
    first, second = (found_again(site, valve, row.lot_id, row.serial_id) for site in (shanghai, wuhan))
    outcome = []

    def late():
        try:
            world.post(second)
            outcome.append("posted")
        except errors.Refused as refused:
            outcome.extend(reason.code for reason in refused.reasons)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    with scope.everything():
        operations.post(postings=[first], entry=journal.entry(), at=world.NOW, on=world.TODAY)
        thread.start()
        if blocks:
            with harness.owner() as owner:
                while not owner.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]:
                    assert thread.is_alive(), outcome
        else:
            thread.join()
    thread.join()
    return outcome


def test_the_same_serial_received_twice_at_once_is_refused_once(shanghai, valve):
    outcome = receive_twice(shanghai, world.site("WH"), valve, blocks=True)
    assert outcome == ["inventory.serial_in_two_places"]
    world.assert_books_agree()


def test_control_without_the_index_the_serial_is_in_two_places(shanghai, valve):
    """Negative control: looking first does not help when both look before either has written."""
    with harness.owner() as owner:
        definition = owner.execute(
            "SELECT indexdef FROM pg_indexes WHERE indexname = 'balance_serial_one_place'"
        ).fetchone()[0]
        owner.execute("DROP INDEX balance_serial_one_place")
    try:
        assert receive_twice(shanghai, world.site("WH"), valve, blocks=False) == ["posted"]
        with pytest.raises(AssertionError, match="serial is in two places"):
            world.assert_books_agree()
    finally:
        harness.empty()
        with harness.owner() as owner:
            owner.execute(definition)
