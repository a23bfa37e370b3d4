"""Goods are somewhere, once, at what they cost; nothing but posting changes that."""

import datetime as dt
from decimal import Decimal

import pytest

from qudao.inventory import models, operations, queries
from qudao.inventory.rules import allocation, eligibility, moves
from qudao.kernel import decisions, errors, journal, scope
from tests.operations import inventory_world as world

pytestmark = pytest.mark.usefixtures("db")
NOW, TODAY = world.NOW, world.TODAY


@pytest.fixture
def shanghai(db):
    return world.site("SH")


@pytest.fixture
def wuhan(db):
    return world.site("WH")


@pytest.fixture
def knee(db):
    with scope.everything():
        return world.item()


@pytest.fixture
def valve(db):
    with scope.everything():
        return world.item("HV-01", tracking="serial")


def refusal(call):
    with pytest.raises(errors.Refused) as caught:
        call()
    return [reason.code for reason in caught.value.reasons]


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


def test_reservation_ids_come_in_the_order_of_the_picks_in_three_statements(shanghai, knee):
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
    assert statements.count == 3
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
        assert queries.party_site(7) == first[7]
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


# Holds


def test_a_hold_locks_a_lot_everywhere_and_names_the_documents_it_takes_from(shanghai, wuhan, knee):
    first = world.stock(shanghai, knee, 5, "50.00")
    world.stock(wuhan, knee, 3, "30.00", status="pending")
    world.stock(wuhan, knee, 1, "10.00", status="bad")
    world.stock(wuhan, knee, 9, "90.00", lot="L2")
    world.reserve(first, 2)
    placed = operations.hold_lot(
        lot_id=world.balance(first).lot_id, reason="厂家召回", actor=world.KEEPER, now=NOW
    )
    assert placed.affected == (("orders.order", "O1"),)
    assert placed.hold.number == "HD0-2026-000001"
    assert world.on_hand() == {
        (shanghai, "held"): 5,
        (wuhan, "held"): 3,
        (wuhan, "bad"): 1,
        (wuhan, "good"): 9,
    }
    world.assert_books_agree()


def test_held_goods_are_not_reserved(shanghai, knee):
    balance = world.stock(shanghai, knee, 5)
    operations.hold_lot(lot_id=world.balance(balance).lot_id, reason="投诉", actor=world.KEEPER, now=NOW)
    with scope.everything():
        held = models.Balance.objects.get(status="held").pk
    for one in (balance, held):
        with pytest.raises(errors.Conflict, match="taken_meanwhile"):
            world.reserve(one, 1)


def test_only_quality_releases_a_hold(shanghai, knee):
    balance = world.stock(shanghai, knee, 5)
    placed = operations.hold_lot(
        lot_id=world.balance(balance).lot_id, reason="投诉", actor=world.KEEPER, now=NOW
    )
    release = {"hold_id": placed.hold.id, "to": "good", "reason": "复检合格", "now": NOW}
    with pytest.raises(errors.Forbidden):
        operations.release_hold(actor=world.KEEPER, **release)
    released = operations.release_hold(actor=world.HOUSE, **release)
    assert released.released_at == NOW
    assert world.on_hand() == {(shanghai, "good"): 5}
    assert refusal(lambda: operations.release_hold(actor=world.HOUSE, **release)) == [
        "inventory.hold_already_released"
    ]


def test_goods_under_two_holds_move_with_the_last(shanghai, knee):
    lot = world.balance(world.stock(shanghai, knee, 5)).lot_id
    holds = [
        operations.hold_lot(lot_id=lot, reason=reason, actor=world.KEEPER, now=NOW).hold.id
        for reason in ("召回", "投诉")
    ]
    for hold_id, status in zip(holds, ("held", "good"), strict=True):
        operations.release_hold(hold_id=hold_id, to="good", reason="无异常", actor=world.HOUSE, now=NOW)
        assert world.on_hand() == {(shanghai, status): 5}
    assert not queries.find_lot(knee, "L1", world.HOUSE).held


def test_a_held_serial_leaves_the_rest_of_its_lot_alone(shanghai, valve):
    balances = [world.stock(shanghai, valve, 1, serial=f"S{no}") for no in range(3)]
    row = world.balance(balances[1])
    operations.hold_lot(
        lot_id=row.lot_id, serial_id=row.serial_id, reason="外观", actor=world.KEEPER, now=NOW
    )
    assert world.on_hand() == {(shanghai, "good"): 2, (shanghai, "held"): 1}
    facts = decisions.Facts(
        point="ship",
        subject="test",
        entity_id=1,
        on=TODAY,
        lines=tuple(
            decisions.Line(no, valve, Decimal(1), lot_id=row.lot_id, serial_id=world.balance(one).serial_id)
            for no, one in enumerate(balances)
        ),
    )
    assert hold_reasons(facts) == [("inventory.lot_held", 1)]


def hold_reasons(facts):
    gate = next(one for one in decisions.at(facts.point) if one.name == "inventory.hold")
    with scope.everything():
        data = gate.load(facts, actor=world.HOUSE, now=NOW)
    return [(reason.code, reason.line) for reason in gate.judge(facts, data, now=NOW)]


def test_stock_past_its_last_day_is_locked_by_itself(shanghai, knee):
    world.stock(shanghai, knee, 5, lot="OLD", last_usable_on=TODAY - dt.timedelta(days=1))
    world.stock(shanghai, knee, 4, lot="LAST", last_usable_on=TODAY)
    [placed] = operations.lock_expired(now=NOW)
    assert world.on_hand() == {(shanghai, "held"): 5, (shanghai, "good"): 4}
    assert operations.lock_expired(now=NOW) == []
    release = {"hold_id": placed.hold.id, "reason": "过期", "actor": world.HOUSE, "now": NOW}
    assert refusal(lambda: operations.release_hold(to="good", **release)) == ["inventory.lot_expired"]
    operations.release_hold(to="bad", **release)
    assert world.on_hand() == {(shanghai, "bad"): 5, (shanghai, "good"): 4}


def test_the_gate_refuses_an_expired_lot_on_the_day_after_its_last(shanghai, knee):
    lot = world.balance(world.stock(shanghai, knee, 4, last_usable_on=TODAY)).lot_id
    line = decisions.Line(1, knee, Decimal(1), lot_id=lot)
    for days, expected in ((0, []), (1, [("inventory.lot_expired", 1)])):
        day = TODAY + dt.timedelta(days=days)
        assert hold_reasons(decisions.Facts("pick", "test", 1, day, (line,))) == expected


# Transfers, counts, opening


def test_a_transfer_goes_over_the_road_and_is_inspected(shanghai, wuhan, knee):
    balance = world.stock(shanghai, knee, 10, "100.00")
    transfer = operations.send_transfer(
        to_site_id=wuhan,
        portions=[operations.Portion(balance, Decimal(6))],
        actor=world.KEEPER,
        now=NOW,
    )
    with scope.everything():
        road = queries.transit_site(1)
    assert world.on_hand() == {(shanghai, "good"): 4, (road, "in_transit"): 6}
    receive = {"transfer_id": transfer.id, "actor": world.KEEPER, "now": NOW}
    assert refusal(lambda: operations.receive_transfer(received={1: Decimal(7)}, **receive)) == [
        "inventory.transfer_over_received"
    ]
    operations.receive_transfer(received={1: Decimal(5)}, **receive)
    assert world.on_hand() == {(shanghai, "good"): 4, (wuhan, "pending"): 5}
    with scope.everything():
        pending = models.Balance.objects.get(status="pending").pk
    operations.inspect_stock(
        judgements=[operations.Judgement(pending, Decimal(4), Decimal(1), "破损")], actor=world.HOUSE, now=NOW
    )
    assert world.on_hand() == {(shanghai, "good"): 4, (wuhan, "good"): 4, (wuhan, "bad"): 1}
    world.assert_books_agree()
    assert world.scalar("SELECT sum(value) FROM inventory_move WHERE kind = 'lose'") == Decimal("10.00")


def test_a_transfer_between_legal_entities_is_refused(shanghai, knee):
    balance = world.stock(shanghai, knee, 10)
    other = world.site("GZ", entity_id=2)
    send = {"portions": [operations.Portion(balance, Decimal(1))], "actor": world.KEEPER, "now": NOW}
    assert refusal(lambda: operations.send_transfer(to_site_id=other, **send)) == [
        "inventory.transfer_between_entities"
    ]


def test_stock_is_put_on_shelves_of_its_own_warehouse_only(shanghai, wuhan, knee):
    balance = world.stock(shanghai, knee, 10)
    with scope.everything():
        here, there = (queries.find_location(one, "good") for one in (shanghai, wuhan))
    put = {"actor": world.KEEPER, "now": NOW}
    assert refusal(
        lambda: operations.relocate_stock(portions=[operations.Portion(balance, Decimal(4), there)], **put)
    ) == ["inventory.location_elsewhere"]
    operations.relocate_stock(portions=[operations.Portion(balance, Decimal(4), here)], **put)
    with scope.everything():
        assert models.Balance.objects.get(location=here).on_hand == 4


def test_a_count_books_what_is_missing_and_has_the_extra_inspected(shanghai, knee):
    first = world.stock(shanghai, knee, 10, "100.00")
    second = world.stock(shanghai, knee, 5, "50.00", lot="L2")
    lines = [
        operations.CountLine(first, Decimal(10), Decimal(8)),
        operations.CountLine(second, Decimal(5), Decimal(6), Decimal("10.00")),
    ]
    operations.adjust_stock(lines=lines, reason="年度盘点", actor=world.HOUSE, now=NOW)
    assert world.on_hand() == {(shanghai, "good"): 13, (shanghai, "pending"): 1}
    world.assert_books_agree()
    assert refusal(
        lambda: operations.adjust_stock(lines=lines[:1], reason="复盘", actor=world.HOUSE, now=NOW)
    ) == ["inventory.counted_meanwhile"]


def test_an_opening_that_misses_its_control_totals_books_nothing(shanghai, knee):
    line = operations.OpeningLine(
        site_id=shanghai, item_id=knee, quantity=Decimal(5), value=Decimal("10.00"), lot="L1"
    )
    opening = {"entity_id": 1, "lines": [line], "actor": world.HOUSE, "now": NOW}
    for totals in ((Decimal(6), Decimal("10.00")), (Decimal(5), Decimal("10.01"))):
        codes = refusal(
            lambda totals=totals: operations.open_stock(
                control_quantity=totals[0], control_value=totals[1], **opening
            )
        )
        assert codes == ["inventory.opening_totals_differ"]
    assert world.on_hand() == {}


# Looking


def test_candidates_are_read_in_one_statement_and_tell_what_may_not_be_taken(shanghai, wuhan, knee):
    world.stock(shanghai, knee, 5, lot="A", last_usable_on=dt.date(2027, 1, 31))
    world.stock(wuhan, knee, 5, lot="B")
    world.stock(wuhan, knee, 5, lot="C", status="pending")
    held = world.balance(world.stock(shanghai, knee, 2, lot="H")).lot_id
    operations.hold_lot(lot_id=held, reason="召回", actor=world.KEEPER, now=NOW)
    with scope.transaction(world.HOUSE), world.Statements() as statements:
        found = queries.candidates(
            entity_id=1,
            item_ids=[knee],
            certificate_ok=lambda item_id, produced_on: item_id == knee and produced_on is not None,
            actor=world.HOUSE,
        )
    assert statements.count == 1
    allocated = allocation.allocate(
        demands=[eligibility.Demand(1, knee, Decimal(8), TODAY)],
        candidates=found,
        today=TODAY,
        owners={moves.Owner(moves.OwnerKind.ENTITY, 1)},
    )
    assert [(pick.site_id, pick.quantity) for pick in allocated.picks] == [(shanghai, 5), (wuhan, 3)]
    assert {skip.lot_code: skip.reasons[0].code for skip in allocated.skipped} == {
        "C": "inventory.lot_awaits_inspection",
        "H": "inventory.lot_held",
    }


def test_a_dealer_sees_no_stock_of_its_own_accord(shanghai, knee):
    world.stock(shanghai, knee, 5)
    dealer = scope.Actor("person", 7, "王经理", frozenset({"inventory.stock.view"}), visible=(41,))
    assert queries.stock_view(queries.StockFilter(), actor=dealer).rows == ()


def test_the_stock_of_all_sites_is_summed_paged_and_filtered(shanghai, wuhan, knee, valve):
    balance = world.stock(shanghai, knee, 10, "100.00")
    world.stock(shanghai, knee, 2, "20.00", lot="L2", last_usable_on=dt.date(2027, 1, 1))
    world.stock(wuhan, knee, 5, "50.00", status="pending")
    world.stock(wuhan, valve, 1, "900.00", serial="S1")
    world.reserve(balance, 3)
    whole = queries.stock_view(queries.StockFilter(), actor=world.HOUSE)
    assert [
        (row.item_code, row.site_id, row.status, row.lots, row.on_hand, row.available) for row in whole.rows
    ] == [
        ("HV-01", wuhan, "good", 1, 1, 1),
        ("KN-01", shanghai, "good", 2, 12, 9),
        ("KN-01", wuhan, "pending", 1, 5, 0),
    ]
    assert whole.rows[1].first_expiry == dt.date(2027, 1, 1)
    totals = whole.totals
    assert (totals.rows, totals.on_hand, totals.available, totals.pending) == (3, 18, 10, 5)
    assert totals.value == Decimal("1070.00")
    pages, cursor = [], None
    while True:
        page = queries.stock_view(queries.StockFilter(), actor=world.HOUSE, cursor=cursor, limit=1)
        pages += page.rows
        cursor = page.next
        if cursor is None:
            break
    assert tuple(pages) == whole.rows
    some = queries.StockFilter(text="膝关节 kn-01", statuses=("good",), expiring_until=dt.date(2027, 1, 1))
    assert [row.on_hand for row in queries.stock_view(some, actor=world.HOUSE).rows] == [2]


def test_costs_are_hidden_from_those_who_may_not_see_them(shanghai, knee):
    world.stock(shanghai, knee, 10, "100.00")
    assert queries.stock_view(queries.StockFilter(), actor=world.KEEPER).totals.value is None
    with pytest.raises(errors.Forbidden):
        queries.value_of(entity_id=1, item_ids=[knee], actor=world.KEEPER)
