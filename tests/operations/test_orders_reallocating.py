"""A confirmed order whose lots were held or whose reservation ran out, and what it gets instead."""

import datetime as dt
from decimal import Decimal

import pytest

from qudao.inventory import operations as inventory
from qudao.inventory import queries as stock
from qudao.kernel import errors, scope
from qudao.orders import explaining, finding, operations, queries
from tests.operations.test_orders import as_person, credit, place, reserved

D = Decimal
HOUSE = scope.system("desk")


def hold(company, code, lot, *, now):
    with scope.transaction(HOUSE):
        found = stock.find_lot(company.items[code], lot, HOUSE)
    return inventory.hold_lot(lot_id=found.id, reason="召回", actor=HOUSE, now=now)


def taken(order):
    found = stock.reservations_of(origin_type="orders.order", origin_id=str(order.id), actor=HOUSE)
    return {one.lot_code: one.quantity for one in found}


def reallocate(order, *, now, version=None):
    return operations.reallocate_order(
        order_id=order.id, version=version or order.version, actor=HOUSE, now=now
    )


def test_an_order_keeps_what_was_passed_over_and_why(company, now):
    order = place(company, ("BQ-2515", 90), now=now)
    skipped = {skip["lot"]: [one["code"] for one in skip["reasons"]] for skip in order.lines[0].skipped}
    assert skipped == {
        "B2502": ["inventory.lot_too_short"],
        "B2601": ["inventory.lot_in_other_warehouse"],
    }
    with scope.transaction(HOUSE):
        assert queries.get_order(order.id, actor=HOUSE).lines[0].skipped == order.lines[0].skipped
    line = explained(order)["lines"][0]
    # Each with its last day and its lot to look at.
    assert [(one["lot"], one["until"], one["lot_id"] is not None) for one in line["skipped"]] == [
        ("B2502", dt.date(2027, 1, 7), True),
        ("B2601", dt.date(2028, 1, 9), True),
    ]


def explained(order, shipments=()):
    with scope.transaction(HOUSE):
        return explaining.allocation(queries.get_order(order.id, actor=HOUSE), shipments, HOUSE)


def test_what_others_have_reserved_is_said_with_its_unit(company, now):
    place(company, ("BQ-2515", 60), now=now)
    order = place(company, ("BQ-2515", 20), now=now)
    [line] = explained(order)["lines"]
    why = {one["lot"]: one["why"] for one in line["skipped"]}
    assert why["B2601"] == ["全部（60 支）已被其他单据预留。"]


def test_an_order_says_which_hold_took_its_stock_back_until_it_is_allocated_anew(company, now):
    quality = as_person(company, "zhaoqing", now)
    order = place(company, ("BQ-2515", 20), ("DS-035", 5), now=now)
    with scope.transaction(HOUSE):
        lot = stock.find_lot(company.items["BQ-2515"], "B2601", HOUSE)
    placed = inventory.hold_lot(lot_id=lot.id, reason="外包装破损", actor=quality, now=now)
    told = explained(order)
    first, second = told["lines"]
    [lost] = first["lost"]
    assert (lost["lot"], lost["quantity"], second["lost"]) == ("B2601", D(20), [])
    for said in (placed.hold.number, "赵青", "外包装破损"):
        assert said in lost["why"]
    assert (told["held"], told["expired"], told["holds"]) == (True, False, [placed.hold.id])
    reallocate(order, now=now)
    after = explained(order)
    assert [line["lost"] for line in after["lines"]] == [[], []]
    # That it was held stays in what happened to the order.
    assert after["holds"] == [placed.hold.id]
    # Lifting it later changes nothing of that.
    inventory.release_hold(hold_id=placed.hold.id, to="good", reason="复查合格", actor=HOUSE, now=now)
    assert explained(order)["holds"] == [placed.hold.id]


def test_an_order_says_that_its_reservation_expired(company, now):
    order = place(company, ("DS-035", 50), now=now)
    inventory.expire_reservations(now=now + dt.timedelta(days=30))
    told = explained(order)
    assert (told["held"], told["expired"]) == (False, True)
    [lost] = told["lines"][0]["lost"]
    assert (lost["lot"], lost["quantity"]) == ("D2603", D(50))


def test_a_held_lot_is_replaced_at_the_same_price(company, now):
    order = place(company, ("BQ-2515", 20), now=now)
    assert taken(order) == {"B2601": D(20)}
    hold(company, "BQ-2515", "B2601", now=now)
    assert taken(order) == {}
    with pytest.raises(errors.Refused) as refusal:
        operations.release_order(order_id=order.id, version=order.version, actor=HOUSE, now=now)
    assert [reason.code for reason in refusal.value.reasons] == ["orders.reservation_lost"]
    after = reallocate(order, now=now)
    assert taken(order) == {"B2602": D(20)}
    assert (after.status, after.version, after.gross) == ("confirmed", order.version + 1, order.gross)
    assert after.lines[0].explanation == order.lines[0].explanation
    assert {skip["lot"]: skip["reasons"][0]["code"] for skip in after.lines[0].skipped} == {
        "B2502": "inventory.lot_too_short",
        "B2601": "inventory.lot_held",
    }
    with scope.everything():
        assert reserved(company, "BQ-2515") == D(20)
        assert credit(company, "kangze").open_orders == order.gross
    shipments = operations.release_order(order_id=order.id, version=after.version, actor=HOUSE, now=now)
    assert [line.lot_code for line in shipments[0].lines] == ["B2602"]


def test_an_order_whose_stock_was_taken_back_is_one_todo(company, now):
    order = place(company, ("BQ-2515", 20), now=now)
    other = place(company, ("DS-035", 10), now=now)

    def asked():
        with scope.transaction(HOUSE):
            found = finding.waiting(actor=HOUSE, now=now)
        return {one.url: one.count for one in found if one.url.startswith("/orders/") and one.count}

    assert asked() == {"/orders/?status=confirmed": 2}
    hold(company, "BQ-2515", "B2601", now=now)
    assert asked() == {"/orders/?short=1": 1, "/orders/?status=confirmed&short=0": 1}
    wanted = queries.Filter(status="confirmed", but=(order.id,))
    with scope.transaction(HOUSE):
        assert [one.id for one in queries.list_orders(wanted, actor=HOUSE).rows] == [other.id]


def test_an_expired_reservation_is_taken_again(company, now):
    order = place(company, ("DS-035", 50), now=now)
    later = now + dt.timedelta(days=30)
    inventory.expire_reservations(now=later)
    assert taken(order) == {}
    reallocate(order, now=now)
    assert taken(order) == {"D2603": D(50)}


def test_what_the_stock_does_not_serve_changes_nothing(company, now):
    order = place(company, ("DS-035", 150), ("BQ-2515", 20), now=now)
    hold(company, "BQ-2515", "B2601", now=now)
    before = taken(order)
    place(company, ("BQ-2515", 90), account="lianyou.CV", place="lianyou", now=now)
    with pytest.raises(errors.Refused) as refusal:
        reallocate(order, now=now)
    [reason] = refusal.value.reasons
    assert (reason.code, reason.line, reason.params["missing"]) == ("orders.short", 2, D(10))
    assert taken(order) == before == {"D2603": D(150)}
    with scope.transaction(HOUSE):
        assert queries.get_order(order.id, actor=HOUSE).version == order.version


def test_only_a_confirmed_order_is_allocated_anew_and_once_per_version(company, now):
    order = place(company, ("DS-035", 5), now=now)
    reallocate(order, now=now)
    with pytest.raises(errors.Conflict):
        reallocate(order, now=now)
    with scope.transaction(HOUSE):
        fresh = queries.get_order(order.id, actor=HOUSE)
    operations.release_order(order_id=order.id, version=fresh.version, actor=HOUSE, now=now)
    with pytest.raises(errors.Refused) as refusal:
        reallocate(order, now=now, version=fresh.version + 1)
    assert [reason.code for reason in refusal.value.reasons] == ["orders.wrong_state"]
