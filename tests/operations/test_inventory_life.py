"""Holds, transfers, counts and openings, and what is seen of the stock."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from qudao.inventory import models, operations, queries
from qudao.inventory.rules import allocation, eligibility, moves
from qudao.kernel import decisions, errors, journal, scope
from tests.operations import inventory_world as world
from tests.operations.inventory_world import refusal

pytestmark = pytest.mark.usefixtures("db")
NOW, TODAY = world.NOW, world.TODAY


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
    with translation.override("en"):
        assert queries.get_hold(placed.hold.id, world.HOUSE).because == "Past its last day of use"
    assert queries.get_hold(placed.hold.id, world.HOUSE).because == placed.hold.reason
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


def test_a_transfer_held_on_its_way_arrives_held_and_is_inspected_once_freed(shanghai, wuhan, knee):
    balance = world.stock(shanghai, knee, 10)
    send = {"to_site_id": wuhan, "actor": world.KEEPER, "now": NOW}
    transfer = operations.send_transfer(portions=[operations.Portion(balance, Decimal(6))], **send)
    with scope.everything():
        road, lot_id = queries.transit_site(1), models.Lot.objects.get().pk
    seen = queries.balances_of_lot(lot_id, world.HOUSE)
    assert operations.reach(seen) == (Decimal(10), Decimal(0))
    placed = operations.hold_lot(lot_id=lot_id, reason="疑似污染", actor=world.KEEPER, now=NOW)
    assert world.on_hand() == {(shanghai, "held"): 4, (road, "held"): 6}
    operations.receive_transfer(
        transfer_id=transfer.id, received={1: Decimal(6)}, actor=world.KEEPER, now=NOW
    )
    assert world.on_hand() == {(shanghai, "held"): 4, (wuhan, "held"): 6}
    release = {"to": "good", "reason": "复核合格", "actor": world.HOUSE, "now": NOW}
    operations.release_hold(hold_id=placed.hold.id, **release)
    assert world.on_hand() == {(shanghai, "good"): 4, (wuhan, "pending"): 6}
    world.assert_books_agree()


def test_what_waited_for_inspection_waits_again_when_its_hold_ends(shanghai, wuhan, knee):
    world.stock(shanghai, knee, 4, status="pending")
    balance = world.stock(shanghai, knee, 10)
    send = {"to_site_id": wuhan, "actor": world.KEEPER, "now": NOW}
    transfer = operations.send_transfer(portions=[operations.Portion(balance, Decimal(3))], **send)
    with scope.everything():
        road, lot_id = queries.transit_site(1), models.Lot.objects.get().pk
    release = {"to": "good", "reason": "复核合格", "actor": world.HOUSE, "now": NOW}
    # The second time too: what counts is how the goods came under the hold that ends.
    for _ in range(2):
        placed = operations.hold_lot(lot_id=lot_id, reason="疑似污染", actor=world.KEEPER, now=NOW)
        assert world.on_hand() == {(shanghai, "held"): 11, (road, "held"): 3}
        operations.release_hold(hold_id=placed.hold.id, **release)
        assert world.on_hand() == {(shanghai, "good"): 7, (shanghai, "pending"): 4, (road, "pending"): 3}
    operations.receive_transfer(
        transfer_id=transfer.id, received={1: Decimal(3)}, actor=world.KEEPER, now=NOW
    )
    assert world.on_hand() == {(shanghai, "good"): 7, (shanghai, "pending"): 4, (wuhan, "pending"): 3}
    world.assert_books_agree()


def test_a_transfer_between_legal_entities_is_refused(shanghai, knee):
    balance = world.stock(shanghai, knee, 10)
    other = world.site("GZ", entity_id=2)
    send = {"portions": [operations.Portion(balance, Decimal(1))], "actor": world.KEEPER, "now": NOW}
    assert refusal(lambda: operations.send_transfer(to_site_id=other, **send)) == [
        "inventory.transfer_between_entities"
    ]


def test_nothing_is_transferred_to_an_address_that_is_on_no_licence(shanghai, knee):
    balance = world.stock(shanghai, knee, 10)
    other = world.site("BJ", licensed_address=False)
    send = {"portions": [operations.Portion(balance, Decimal(1))], "actor": world.KEEPER, "now": NOW}
    assert refusal(lambda: operations.send_transfer(to_site_id=other, **send)) == [
        "inventory.site_unlicensed"
    ]
    assert world.on_hand() == {(shanghai, "good"): 10}


def test_stock_is_put_on_shelves_of_its_own_warehouse_only(shanghai, wuhan, knee):
    balance = world.stock(shanghai, knee, 10)
    with scope.everything():
        here, there = (queries.find_location(one, "good") for one in (shanghai, wuhan))
    put = {"actor": world.KEEPER, "now": NOW}
    assert refusal(
        lambda: operations.relocate_stock(portions=[operations.Portion(balance, Decimal(4), there)], **put)
    ) == ["inventory.location_elsewhere"]
    with scope.everything():
        bad = queries.find_location(shanghai, "bad")
        put_away = models.Balance.objects.get(pk=balance)
    assert refusal(
        lambda: operations.relocate_stock(portions=[operations.Portion(balance, Decimal(4), bad)], **put)
    ) == ["inventory.shelf_of_other_zone"]
    assert world.on_hand() == {(shanghai, "good"): 10}
    operations.relocate_stock(portions=[operations.Portion(balance, Decimal(4), here)], **put)
    with scope.everything():
        assert models.Balance.objects.get(location=here).on_hand == 4
        [told, *_] = journal.timeline(None, world.KEEPER)
    [line] = told.data["lines"]
    assert told.data["name"].endswith(": — → GOOD")
    assert (line["lot_id"], line["quantity"], line["to_shelf"]) == (put_away.lot_id, "4", "GOOD")


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


def test_what_is_on_the_road_is_not_on_hand_and_what_lies_in_a_house_adds_up(shanghai, wuhan, knee):
    balance = world.stock(shanghai, knee, 10, "100.00")
    world.stock(shanghai, knee, 2, status="pending")
    world.stock(wuhan, knee, 1, status="held")
    world.stock(wuhan, knee, 1, status="bad")
    world.reserve(balance, 3)
    portions = [operations.Portion(balance, Decimal(4))]
    operations.send_transfer(to_site_id=wuhan, portions=portions, actor=world.KEEPER, now=NOW)
    common = {"today": TODAY, "near": TODAY, "actor": world.HOUSE}
    whole = queries.stock_totals(queries.StockFilter(), by="site", **common).figures
    in_house = whole.available + whole.reserved + whole.pending + whole.held + whole.apart
    assert (in_house, whole.on_hand, whole.in_transit, whole.available) == (10, 10, 4, 3)
    rows, _more = queries.stock_overview(queries.StockFilter(), by="lot", **common)
    assert [(row.figures.on_hand, row.figures.in_transit) for row in rows] == [(10, 4)]
    for road, found in ((True, (0, 4)), (False, (10, 0))):
        totals = queries.stock_totals(queries.StockFilter(road=road), by="site", **common).figures
        assert (totals.on_hand, totals.in_transit) == found
    totals = queries.stock_view(queries.StockFilter(), actor=world.HOUSE).totals
    assert (totals.on_hand, totals.in_transit, totals.available, totals.pending) == (10, 4, 3, 2)


def test_what_is_past_its_date_is_counted_apart_from_what_is_near_it(shanghai, knee):
    day = dt.timedelta(days=1)
    for lot, pieces, last in (
        ("PAST", 2, TODAY - day),
        ("TODAY", 3, TODAY),
        ("NEAR", 4, TODAY + 90 * day),
        ("FAR", 5, TODAY + 91 * day),
    ):
        world.stock(shanghai, knee, pieces, lot=lot, last_usable_on=last)
    operations.lock_expired(now=NOW)
    common = {"by": "lot", "today": TODAY, "near": TODAY + 90 * day, "actor": world.HOUSE}
    whole = queries.stock_totals(queries.StockFilter(), **common).figures
    assert (whole.on_hand, whole.available, whole.near, whole.expired, whole.held) == (14, 12, 7, 2, 2)
    past = queries.StockFilter(expiring_until=TODAY - day)
    near = queries.StockFilter(expiring_from=TODAY, expiring_until=TODAY + 90 * day)
    found = {}
    for name, chosen in (("past", past), ("near", near)):
        rows, _more = queries.stock_overview(chosen, **common)
        found[name] = {row.lot: (row.figures.near, row.figures.expired, row.lot_held) for row in rows}
    assert found == {"past": {"PAST": (0, 2, True)}, "near": {"TODAY": (3, 0, False), "NEAR": (4, 0, False)}}


def test_costs_are_hidden_from_those_who_may_not_see_them(shanghai, knee):
    world.stock(shanghai, knee, 10, "100.00")
    assert queries.stock_view(queries.StockFilter(), actor=world.KEEPER).totals.value is None
    with pytest.raises(errors.Forbidden):
        queries.value_of(entity_id=1, item_ids=[knee], actor=world.KEEPER)
