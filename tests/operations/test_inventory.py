"""Goods are somewhere, once, at what they cost; nothing but posting changes that."""

import datetime as dt
from decimal import Decimal

import pytest

from qudao.inventory import models, operations, queries
from qudao.kernel import errors, journal, scope
from qudao.organisation import queries_journal
from tests.operations import inventory_world as world
from tests.operations.inventory_world import refusal

pytestmark = pytest.mark.usefixtures("db")
NOW, TODAY = world.NOW, world.TODAY


# Posting


def test_goods_leave_at_the_cost_of_the_oldest_layer_to_the_cent(shanghai, knee):
    balance = world.stock(shanghai, knee, 3, "100.00")
    values = [world.post(world.posting(balance, 1))[0].value for _ in range(3)]
    assert values == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]
    assert world.on_hand() == {}
    world.assert_books_agree()


def test_two_layers_of_a_lot_are_used_up_one_after_the_other(shanghai, knee):
    balance = world.stock(shanghai, knee, 10, "100.00", received_on=dt.date(2026, 1, 5))
    assert world.stock(shanghai, knee, 10, "110.00", received_on=dt.date(2026, 1, 20)) == balance
    [posted] = world.post(world.posting(balance, 12))
    assert posted.value == Decimal("122.00")
    assert world.scalar("SELECT sum(left_value) FROM inventory_costlayer") == Decimal("88.00")
    assert world.balance(balance).received_on == dt.date(2026, 1, 5)


def test_a_move_inside_the_books_leaves_the_value_in_its_layer(shanghai, wuhan, knee):
    balance = world.stock(shanghai, knee, 10, "100.00")
    with scope.everything():
        road = queries.transit_site(1)
    [posted] = world.post(
        world.posting(balance, 4, kind="ship", to=operations.Place(road, None, "good", "entity", 1))
    )
    assert posted.value == Decimal("0.00")
    assert world.on_hand() == {(shanghai, "good"): 6, (road, "good"): 4}
    [signed] = world.post(world.posting(posted.to_balance_id, 4))
    assert signed.value == Decimal("40.00")
    world.assert_books_agree()


def test_a_posting_never_takes_what_is_reserved_for_others(shanghai, knee):
    balance = world.stock(shanghai, knee, 10)
    reservation = world.reserve(balance, 7)
    assert refusal(lambda: world.post(world.posting(balance, 4))) == ["inventory.not_enough_stock"]
    world.post(world.posting(balance, 3))
    world.post(world.posting(balance, 5, reservation_id=reservation))
    assert (world.balance(balance).on_hand, world.balance(balance).reserved) == (2, 2)
    world.assert_books_agree()


def test_a_reservation_is_used_once(shanghai, knee):
    balance = world.stock(shanghai, knee, 10)
    reservation = world.reserve(balance, 4)
    world.post(world.posting(balance, 4, reservation_id=reservation))
    with pytest.raises(errors.Conflict, match="reservation_gone"):
        world.post(world.posting(balance, 4, reservation_id=reservation))
    assert world.balance(balance).on_hand == 6


def test_goods_that_await_inspection_never_go_to_a_customer(shanghai, knee):
    balance = world.stock(shanghai, knee, 5, status="pending")
    assert refusal(lambda: world.post(world.posting(balance, 1))) == ["inventory.status_change_impossible"]


def test_a_posting_that_names_other_goods_than_its_balance_is_refused(shanghai, knee, valve):
    balance = world.stock(shanghai, knee, 5)
    assert refusal(lambda: world.post(world.posting(balance, 1, item_id=valve))) == [
        "inventory.move_changes_goods"
    ]


def test_posting_says_every_objection_with_its_line(shanghai, knee):
    balance = world.stock(shanghai, knee, 5)
    with pytest.raises(errors.Refused) as caught:
        world.post(
            world.posting(balance, 3, origin_line=1),
            world.posting(balance, 3, origin_line=2),
            world.posting(balance, 1, origin_line=3),
        )
    assert [(reason.code, reason.line) for reason in caught.value.reasons] == [
        ("inventory.not_enough_stock", 2),
        ("inventory.not_enough_stock", 3),
    ]
    assert world.balance(balance).on_hand == 5


def test_a_serial_received_twice_is_refused(shanghai, wuhan, valve):
    world.stock(shanghai, valve, 1, serial="S1")
    assert refusal(lambda: world.stock(wuhan, valve, 1, serial="S1")) == ["inventory.serial_in_two_places"]


def test_a_serial_that_was_sold_may_come_back(shanghai, valve):
    balance = world.stock(shanghai, valve, 1, "900.00", serial="S1")
    [sold] = world.post(world.posting(balance, 1))
    row = world.posting(balance, 1)
    world.post(
        operations.Posting(
            kind="return",
            item_id=row.item_id,
            lot_id=row.lot_id,
            serial_id=row.serial_id,
            quantity=Decimal(1),
            entity_id=1,
            from_site_id=row.to_site_id,
            to=operations.Place(shanghai, None, "returned", "entity", 1),
            value=sold.value,
            origin_type="test",
            origin_id="T2",
        )
    )
    assert world.on_hand() == {(shanghai, "returned"): 1}
    world.assert_books_agree()


def test_consigned_goods_carry_value_only_once_we_buy_them(shanghai, knee):
    balance = world.stock(shanghai, knee, 2, "50.00")
    lot = world.balance(balance).lot_id
    with scope.everything():
        supplier = operations.ensure_party_sites([9], kind="supplier")[9]
    common = {"item_id": knee, "lot_id": lot, "entity_id": 1, "origin_type": "test", "origin_id": "C1"}
    [received] = world.post(
        operations.Posting(
            kind="receive",
            quantity=Decimal(4),
            from_site_id=supplier,
            to=operations.Place(shanghai, None, "pending", "supplier", 9),
            **common,
        )
    )
    assert received.value == 0
    [bought] = world.post(
        operations.Posting(
            kind="title",
            quantity=Decimal(4),
            from_balance_id=received.to_balance_id,
            to=operations.Place(shanghai, None, "pending", "entity", 1),
            value=Decimal("80.00"),
            **common,
        )
    )
    assert bought.value == Decimal("80.00")
    assert queries.value_of(entity_id=1, item_ids=[knee], actor=world.HOUSE) == {knee: Decimal("130.00")}


def statements_to_post(count, site_id, item_id):
    balances = [world.stock(site_id, item_id, 1, "1.00", lot=f"{count}-{no}") for no in range(count)]
    postings = [world.posting(balance, 1) for balance in balances]
    with scope.everything(), world.Statements() as statements:
        operations.post(postings=postings, entry=journal.entry(), at=NOW, on=TODAY)
    return statements.count


def test_posting_needs_as_many_statements_for_one_line_as_for_twenty(shanghai, knee):
    assert statements_to_post(1, shanghai, knee) == statements_to_post(20, shanghai, knee) == 6


def test_every_move_is_in_the_journal(shanghai, knee):
    world.stock(shanghai, knee, 5, "10.00")
    with scope.everything():
        [leaf] = journal.timeline("inventory.opening:OB1-2026-000001", world.HOUSE)
    assert [row.table for row in leaf.rows] == ["inventory_move"]
    assert leaf.data == {"lines": 1, "quantity": "5", "value": "10"}


# Reservations


def test_reserving_more_than_is_free_writes_nothing_and_may_be_tried_again(shanghai, knee):
    first, second = (world.stock(shanghai, knee, 5, lot=lot) for lot in ("L1", "L2"))
    world.reserve(first, 3)
    with scope.everything():
        picks = [world.pick(second, 5, 1), world.pick(first, 3, 2)]
        common = {"origin_type": "orders.order", "origin_id": "O2", "expires_at": None}
        with pytest.raises(errors.Conflict) as caught:
            operations.reserve(picks=picks, entry=journal.entry(), now=NOW, **common)
        assert [
            (reason.code, reason.line, reason.params["available"]) for reason in caught.value.reasons
        ] == [("inventory.taken_meanwhile", 2, 2)]
        ids = operations.reserve(picks=picks[:1], entry=journal.entry(), now=NOW, **common)
    assert len(ids) == 1
    assert world.balance(second).reserved == 5
    world.assert_books_agree()


def test_reservation_ids_come_in_the_order_of_the_picks_in_one_statement(shanghai, knee):
    balances = [world.stock(shanghai, knee, 9, lot=f"L{no}") for no in range(6)]
    picks = [world.pick(balance, no + 1, no + 1) for no, balance in enumerate(reversed(balances))]
    picks.append(world.pick(balances[0], 2, 7))
    with scope.everything(), world.Statements() as statements:
        ids = operations.reserve(
            picks=picks,
            origin_type="orders.order",
            origin_id="O1",
            expires_at=None,
            entry=journal.entry(),
            now=NOW,
        )
    assert statements.count == 1
    found = queries.reservations_of(origin_type="orders.order", origin_id="O1", actor=world.HOUSE)
    by_id = {one.id: (one.balance_id, one.quantity, one.origin_line) for one in found}
    assert [by_id[one] for one in ids] == [(pick.balance_id, pick.quantity, pick.line) for pick in picks]


def test_released_stock_is_free_again(shanghai, knee):
    balance = world.stock(shanghai, knee, 5)
    world.reserve(balance, 5)
    with scope.everything():
        [ended] = operations.release(
            origin_type="orders.order", origin_id="O1", entry=journal.entry(), now=NOW
        )
    assert (ended.quantity, ended.state) == (5, "released")
    world.reserve(balance, 5, "O2")
    world.assert_books_agree()


def test_a_reservation_expires_at_its_instant_and_the_journal_names_its_document(shanghai, knee):
    balance = world.stock(shanghai, knee, 5)
    world.reserve(balance, 2, "O1", expires_at=NOW)
    world.reserve(balance, 3, "O2", expires_at=NOW + dt.timedelta(seconds=1))
    assert [one.origin_id for one in operations.expire_reservations(now=NOW)] == ["O1"]
    assert world.balance(balance).reserved == 3
    assert operations.expire_reservations(now=NOW) == []
    with scope.everything():
        [leaf] = journal.timeline("inventory.reservations:expiry", world.HOUSE)
    assert leaf.data == {"origins": [["orders.order", "O1"]]}


def test_a_kept_reservation_does_not_expire(shanghai, knee):
    balance = world.stock(shanghai, knee, 5)
    world.reserve(balance, 2, expires_at=NOW)
    with scope.everything():
        operations.keep(origin_type="orders.order", origin_id="O1")
    assert operations.expire_reservations(now=NOW) == []


# Sites, lots, serials


def test_a_party_has_one_site_for_each_part_it_plays(db):
    with scope.everything():
        first = operations.ensure_party_sites([7, 8])
        again = operations.ensure_party_sites([8, 7, 7])
        supplier = operations.ensure_party_sites([7], kind="supplier")
    assert first == again
    assert supplier[7] != first[7]


def test_a_site_code_is_used_once(shanghai):
    assert refusal(lambda: world.site("SH")) == ["inventory.site_code_taken"]


def ensure(item_id, **dates):
    with scope.everything():
        spec = operations.LotSpec(item_id=item_id, code="L9", line=4, **dates)
        return operations.ensure_lots(lots=[spec], entry=journal.entry())[item_id, "L9"]


def test_a_rescan_completes_a_lot_and_never_blanks_it(knee):
    ensure(knee, produced_on=dt.date(2026, 1, 5))
    ensure(knee, last_usable_on=dt.date(2028, 1, 4))
    found = ensure(knee)
    assert (found.produced_on, found.last_usable_on) == (dt.date(2026, 1, 5), dt.date(2028, 1, 4))


def test_a_rescan_with_another_date_is_refused(knee):
    ensure(knee, last_usable_on=dt.date(2028, 1, 4))
    assert refusal(lambda: ensure(knee, last_usable_on=dt.date(2028, 1, 5))) == ["inventory.lot_mismatch"]
    assert ensure(knee).last_usable_on == dt.date(2028, 1, 4)


def test_a_lot_that_ends_before_it_was_made_is_refused(knee):
    dates = {"produced_on": dt.date(2026, 1, 5), "last_usable_on": dt.date(2026, 1, 4)}
    assert refusal(lambda: ensure(knee, **dates)) == ["inventory.lot_dates_reversed"]


def date(lot_id, day, *, actor=world.HOUSE):
    return operations.date_lot(lot_id=lot_id, produced_on=day, actor=actor, now=NOW)


def test_a_production_date_that_did_not_come_with_the_goods_is_entered_later_and_once(shanghai, knee):
    world.stock(shanghai, knee, 5, lot="L9", produced_on=None, last_usable_on=dt.date(2026, 6, 30))
    found = ensure(knee)
    assert found.produced_on is None
    tomorrow = TODAY + dt.timedelta(days=1)
    assert refusal(lambda: date(found.id, tomorrow)) == ["inventory.produced_in_future"]
    assert refusal(lambda: date(found.id, dt.date(2026, 7, 1))) == ["inventory.lot_dates_reversed"]
    assert refusal(lambda: date(found.id, dt.date(2025, 7, 1), actor=world.KEEPER)) == ["kernel.forbidden"]
    assert ensure(knee).produced_on is None
    assert date(found.id, dt.date(2025, 7, 1)) == dt.date(2025, 7, 1)
    assert ensure(knee).produced_on == dt.date(2025, 7, 1)
    with scope.everything():
        [leaf] = queries_journal.list_about(
            subjects=[f"inventory.lot:{found.id}"], node_ids=(), actor=world.HOUSE, limit=9
        )
    assert (leaf.type, leaf.at, leaf.data) == (
        "inventory.lot.dated",
        NOW,
        {"lot": "L9", "produced_on": "2025-07-01"},
    )
    assert refusal(lambda: date(found.id, dt.date(2025, 7, 2))) == ["inventory.lot_dated"]
    assert ensure(knee).produced_on == dt.date(2025, 7, 1)


def test_goods_without_a_lot_have_no_production_date_of_their_own(shanghai, knee):
    world.stock(shanghai, knee, 5, lot="-", produced_on=None)
    with scope.everything():
        lot_id = models.Lot.objects.get(item_id=knee, code="-").pk
    assert refusal(lambda: date(lot_id, dt.date(2025, 7, 1))) == ["inventory.lot_without_code"]


def test_a_serial_stays_with_its_lot(shanghai, valve):
    world.stock(shanghai, valve, 1, serial="S1", lot="A")
    with scope.everything():
        other = operations.ensure_lots(
            lots=[operations.LotSpec(item_id=valve, code="B")], entry=journal.entry()
        )[valve, "B"]
        spec = operations.SerialSpec(item_id=valve, lot_id=other.id, code="S1")
        assert refusal(lambda: operations.ensure_serials(serials=[spec], entry=journal.entry())) == [
            "inventory.serial_of_other_lot"
        ]
