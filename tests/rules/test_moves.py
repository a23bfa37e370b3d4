import dataclasses
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from qudao.inventory.rules import moves, status
from qudao.kernel import errors

Status, Outside = status.Status, status.Outside
OURS = moves.Owner(moves.OwnerKind.ENTITY, 1)
SUPPLIER = moves.Owner(moves.OwnerKind.SUPPLIER, 7)
CUSTOMER = moves.Owner(moves.OwnerKind.CUSTOMER, 8)
EVERYTHING = frozenset(status.ALLOWED.values())


def passed_outside(done):
    """Net quantity that left our stock per (outside place, item, lot); negative is what came in.

    Per lot the effects and these figures add up to nothing: what came in is still here or went out.
    """
    flows = {}
    for one in done:
        for end, sign in ((one.from_key, -1), (one.to_key, 1)):
            if isinstance(end, Outside):
                key = one.keys[0]
                where = (end, key.item_id, key.lot_id)
                flows[where] = flows.get(where, Decimal(0)) + sign * one.quantity
    return {where: flow for where, flow in flows.items() if flow}


def key(site=1, **more):
    defaults = {
        "entity_id": 1,
        "site_id": site,
        "location_id": site * 10,
        "item_id": 10,
        "lot_id": 5,
        "serial_id": None,
        "status": Status.GOOD,
        "owner": OURS,
    }
    return moves.Key(**(defaults | more))


def move(from_key, to_key, quantity="1", value="0.00", no=1):
    return moves.Move(no, from_key, to_key, Decimal(quantity), Decimal(value))


def codes(*given, permissions=EVERYTHING):
    return [reason.code for reason in moves.check(moves=given, permissions=permissions)]


def test_a_move_takes_from_one_key_what_it_gives_to_another():
    assert moves.effects(moves=[move(key(1), key(2), "3")]) == {key(1): Decimal(-3), key(2): Decimal(3)}


def test_what_passes_through_a_key_leaves_no_effect_on_it():
    moved = [move(key(1), key(2), "3", no=1), move(key(2), key(3), "3", no=2)]
    assert moves.effects(moves=moved) == {key(1): Decimal(-3), key(3): Decimal(3)}


def test_effects_come_in_the_order_every_writer_locks_in():
    serials = [key(2, serial_id=9), key(1, serial_id=4), key(1), key(1, status=Status.BAD)]
    found = moves.effects(moves=[move(Outside.OPENING, each) for each in serials])
    assert list(found) == [serials[3], serials[2], serials[1], serials[0]]


def test_what_came_in_is_still_here_or_went_out():
    pending, good = key(status=Status.PENDING), key()
    history = [
        move(Outside.SUPPLIER, pending, "100", no=1),
        move(pending, good, "98", no=2),
        move(pending, key(status=Status.BAD), "2", no=3),
        move(good, Outside.CUSTOMER, "30", no=4),
        move(Outside.CUSTOMER, key(status=Status.RETURNED), "1", no=5),
        move(key(status=Status.BAD), Outside.LOSS, "2", no=6),
    ]
    assert codes(*history) == []
    assert passed_outside(history) == {
        (Outside.SUPPLIER, 10, 5): Decimal(-100),
        (Outside.CUSTOMER, 10, 5): Decimal(29),
        (Outside.LOSS, 10, 5): Decimal(2),
    }
    assert moves.apply(balances={}, moves=history) == {
        good: Decimal(68),
        key(status=Status.RETURNED): Decimal(1),
    }


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (move(key(1), key(2), "0"), "inventory.quantity_not_positive"),
        (move(key(1), key(2), "-1"), "inventory.quantity_not_positive"),
        (move(key(1), key(1)), "inventory.move_leads_nowhere"),
        (move(Outside.SUPPLIER, Outside.CUSTOMER), "inventory.move_leads_nowhere"),
        (move(key(1, serial_id=3), key(2, serial_id=3), "2"), "inventory.serial_moves_one"),
        (move(key(1, serial_id=3), key(2, serial_id=3), "0.5"), "inventory.serial_moves_one"),
        (move(key(1), key(2, lot_id=6)), "inventory.move_changes_goods"),
        (move(key(1), key(2, serial_id=6)), "inventory.move_changes_goods"),
        (move(key(1), key(2, entity_id=2)), "inventory.move_crosses_entities"),
        (move(key(1, owner=SUPPLIER), key(2)), "inventory.title_moves_alone"),
        (move(key(1), key(2), value="-1.00"), "inventory.move_value_wrong"),
        (move(key(1), key(2), value="1.005"), "inventory.move_value_wrong"),
        (
            move(Outside.SUPPLIER, key(owner=SUPPLIER, status=Status.PENDING), value="9.00"),
            "inventory.value_without_title",
        ),
        (move(key(1, status=Status.BAD), key(1)), "inventory.status_change_impossible"),
        (move(Outside.SUPPLIER, key(1)), "inventory.status_change_impossible"),
    ],
)
def test_a_move_that_breaks_a_rule_is_refused(given, expected):
    assert codes(given) == [expected]


def test_each_move_is_judged_and_named_by_its_number():
    found = moves.check(
        moves=[move(key(1), key(2), no=1), move(key(1), key(1), "-2", no=2)], permissions=EVERYTHING
    )
    assert [(reason.line, reason.code) for reason in found] == [
        (2, "inventory.quantity_not_positive"),
        (2, "inventory.move_leads_nowhere"),
    ]


def test_a_move_between_statuses_needs_its_permission():
    inspect = move(key(status=Status.PENDING), key())
    assert codes(inspect, permissions={status.RECEIVE}) == ["inventory.status_change_forbidden"]
    assert codes(inspect, permissions={status.INSPECT}) == []


def test_title_passes_by_a_move_of_its_own_that_carries_value():
    assert codes(move(key(1, owner=SUPPLIER), key(1), "2", "60.00")) == []
    assert codes(move(key(1), key(1, owner=CUSTOMER), "2", "60.00")) == []


def test_taking_more_than_there_is_is_refused():
    with pytest.raises(errors.Refused) as refusal:
        moves.apply(balances={key(1): Decimal(2)}, moves=[move(key(1), key(2), "3")])
    assert refusal.value.reasons == [
        errors.Reason(
            "inventory.not_enough_stock", None, {"lot_id": 5, "on_hand": Decimal(2), "wanted": Decimal(3)}
        )
    ]


def test_a_serial_received_twice_is_refused():
    there = key(1, serial_id=3)
    with pytest.raises(errors.Refused) as refusal:
        moves.apply(balances={there: Decimal(1)}, moves=[move(Outside.OPENING, key(2, serial_id=3))])
    assert [reason.code for reason in refusal.value.reasons] == ["inventory.serial_in_two_places"]


PLACES = st.one_of(
    st.sampled_from(list(Outside)),
    st.builds(
        lambda site, serial, condition: key(site, serial_id=serial, status=condition),
        st.integers(1, 3),
        st.sampled_from([1, 2, 3]),
        st.sampled_from([Status.GOOD, Status.PENDING, Status.HELD]),
    ),
)


def post_all(given):
    """Post each move that the rules let through; return the balances and what was posted."""
    balances, posted = {}, []
    for each in given:
        if moves.check(moves=[each], permissions=EVERYTHING):
            continue
        try:
            balances = moves.apply(balances=balances, moves=[each])
        except errors.Refused:
            continue
        posted.append(each)
    return balances, posted


@hypothesis.given(st.lists(st.builds(move, PLACES, PLACES), max_size=40))
@hypothesis.settings(max_examples=200, deadline=None)
def test_a_serial_is_in_exactly_one_place_after_any_moves(given):
    balances, posted = post_all(given)
    for serial in (1, 2, 3):
        here = [quantity for each, quantity in balances.items() if each.serial_id == serial]
        through = [each for each in posted if each.keys[0].serial_id == serial]
        outside_now = not through or isinstance(through[-1].to_key, Outside)
        assert here == ([] if outside_now else [Decimal(1)])
    assert moves.apply(balances={}, moves=posted) == balances
    assert sum(balances.values()) + sum(passed_outside(posted).values()) == 0


def test_without_the_serial_rule_the_count_sees_two_places():
    twice = {key(1, serial_id=3): Decimal(1), key(2, serial_id=3): Decimal(1)}
    assert [reason.code for reason in moves.serial_objections(balances=twice)] == [
        "inventory.serial_in_two_places"
    ]
    assert moves.serial_objections(balances={key(1): Decimal(40), key(2): Decimal(2)}) == []


LOT_PLACES = st.one_of(
    st.sampled_from(list(Outside)),
    st.builds(
        lambda site, lot, condition: key(site, lot_id=lot, status=condition),
        st.integers(1, 2),
        st.integers(1, 2),
        st.sampled_from([Status.GOOD, Status.PENDING]),
    ),
)


@hypothesis.given(st.lists(st.builds(move, LOT_PLACES, LOT_PLACES, st.integers(1, 5)), max_size=30))
@hypothesis.settings(max_examples=200, deadline=None)
def test_balances_rebuilt_from_the_moves_are_the_balances(given):
    balances, posted = post_all(given)
    assert moves.apply(balances={}, moves=posted) == balances
    assert all(quantity > 0 for quantity in balances.values())
    for lot in (1, 2):
        here = sum(quantity for each, quantity in balances.items() if each.lot_id == lot)
        out = sum(flow for (_, _, each), flow in passed_outside(posted).items() if each == lot)
        assert here + out == 0
    if posted:
        tampered = [*posted[:-1], dataclasses.replace(posted[-1], quantity=posted[-1].quantity + 1)]
        assert moves.effects(moves=tampered) != moves.effects(moves=posted)
