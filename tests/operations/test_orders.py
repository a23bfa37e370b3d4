"""Orders on the small company: from the first look to the return, and what must be refused."""

import datetime as dt
from decimal import Decimal

import pytest

from qudao.kernel import errors, scope
from qudao.orders import finding, operations, queries, shipment_pages
from qudao.orders.rules import requests
from qudao.pricing import finding as contracts
from qudao.shell.company import work

D = Decimal
HOUSE = scope.system("desk")


def request(company, *lines, account="kangze.CV", place="zheer.binjiang", **more):
    return requests.OrderRequest(
        account_id=company.accounts[account],
        ship_to_id=company.places[place],
        channel="call_centre",
        lines=tuple(
            requests.LineRequest(no, company.items[code], D(quantity), *unit)
            for no, (code, quantity, *unit) in enumerate(lines, start=1)
        ),
        **more,
    )


def place(company, *lines, now, actor=HOUSE, **more):
    return operations.place_order(request=request(company, *lines, **more), actor=actor, now=now)


def refused(company, *lines, now, **more):
    with pytest.raises(errors.Refused) as refusal:
        place(company, *lines, now=now, **more)
    return {(reason.code, reason.line) for reason in refusal.value.reasons if reason.refuses}


def test_an_order_freezes_its_price_with_the_explanation(company, now):
    order = place(company, ("BQ-2515", 20), ("DS-035", 50), now=now)
    first, second = order.lines
    assert (first.unit_price, first.gross, first.net, first.tax) == (
        D("1860.0000"),
        D("37200.00"),
        D("32920.35"),
        D("4279.65"),
    )
    assert [step["code"] for step in first.explanation] == ["guide", "tier", "contract", "tax"]
    assert first.explanation[2]["params"]["citation"].startswith("HT-2026-0183")
    assert second.gross == D("4800.00")
    assert (order.gross, order.status) == (D("42000.00"), "confirmed")


def test_first_expiry_goes_first_and_two_warehouses_serve_what_one_cannot(company, now):
    # B2502 would expire first, but the hospital asks for 90 days; neither B2601 nor B2602 has 120.
    order = place(company, ("BQ-2515", 120), now=now)
    shipments = operations.release_order(order_id=order.id, version=order.version, actor=HOUSE, now=now)
    taken = {line.lot_code: line.quantity for shipment in shipments for line in shipment.lines}
    assert len(shipments) == 2
    assert sum(taken.values()) == D(120)
    assert set(taken) == {"B2601", "B2602"}


def test_one_warehouse_that_serves_the_whole_line_comes_before_two(company, now):
    order = place(company, ("BQ-2515", 90), now=now)
    shipments = operations.release_order(order_id=order.id, version=order.version, actor=HOUSE, now=now)
    assert [(line.lot_code, line.quantity) for line in shipments[0].lines] == [("B2602", D(90))]


def test_a_confirmed_order_reserves_and_takes_credit(company, now):
    order = place(company, ("BQ-2515", 20), now=now)
    with scope.everything():
        assert reserved(company, "BQ-2515") == D(20)
        assert credit(company, "kangze").open_orders == D("37200.00")
    operations.cancel_order(order_id=order.id, version=order.version, reason="测试", actor=HOUSE, now=now)
    with scope.everything():
        assert reserved(company, "BQ-2515") == 0
        assert credit(company, "kangze").open_orders == 0


def test_a_refusal_changes_nothing(company, now):
    found = refused(company, ("BQ-2515", 1000), now=now)
    assert ("orders.short", 1) in found
    with scope.everything():
        assert reserved(company, "BQ-2515") == 0
        assert credit(company, "kangze").open_orders == 0
        assert queries.sum_orders(queries.Filter(), actor=HOUSE).count == 0


def test_a_scope_without_6840_is_refused(company, now):
    found = refused(company, ("CTNI-100", 5), now=now, account="kangze.IVD")
    # The reagent is class II: neither the permit nor the filing names 6840.
    assert found == {("partners.scope_missing", 1), ("partners.scope_missing_undated", 1)}


def test_a_lot_too_short_for_the_hospital_is_passed_over_and_said(company, now):
    # L2601 ends on 2027-01-03: 41 days are left, the hospital asks for 90.
    with pytest.raises(errors.Refused) as refusal:
        place(company, ("CTNI-100", 30), now=now, account="zheer.IVD")
    short = next(reason for reason in refusal.value.reasons if reason.code == "orders.short")
    assert (short.params["available"], short.params["missing"]) == (D(24), D(6))
    assert [reason.code for reason in short.params["skipped"]] == ["inventory.lot_too_short"]


def test_credit_is_refused_with_the_figures(company, now):
    with pytest.raises(errors.Refused) as refusal:
        place(company, ("BQ-2515", 40), now=now, account="renji.CV", place="renji")
    reason = next(reason for reason in refusal.value.reasons if reason.code == "settlement.credit_exceeded")
    assert reason.params["needed"] == D("79200.00")


def test_the_same_file_makes_one_order(company, now):
    made = place(company, ("BQ-2515", 1), now=now, source_digest="a" * 64)
    with pytest.raises(errors.Refused) as refusal:
        place(company, ("BQ-2515", 1), now=now, source_digest="a" * 64)
    [reason] = refusal.value.reasons
    assert (reason.code, reason.params["number"], reason.link) == (
        "orders.source_taken_in",
        made.number,
        f"/orders/{made.id}/",
    )


def test_a_customers_number_used_before_is_said_and_does_not_stop_the_order(company, now):
    first = place(company, ("BQ-2515", 1), now=now, reference="PO-77")
    other = place(company, ("BQ-2515", 1), now=now, reference="PO-78")
    again = place(company, ("BQ-2515", 1), now=now, reference=" po-77")
    assert (first.warnings, other.warnings) == ([], [])
    [said] = again.warnings
    assert (said["code"], said["link"]) == ("orders.reference_repeated", f"/orders/{first.id}/")
    assert "po-77" in said["title"] and first.number in said["why"]
    operations.cancel_order(order_id=first.id, version=first.version, reason="double", actor=HOUSE, now=now)
    operations.cancel_order(order_id=again.id, version=again.version, reason="double", actor=HOUSE, now=now)
    assert place(company, ("BQ-2515", 1), now=now, reference="PO-77").warnings == []


def test_two_people_confirming_one_draft_make_one_order(company, now):
    draft = operations.save_draft(request=request(company, ("BQ-2515", 2)), actor=HOUSE, now=now)
    assert draft.status == "draft"
    confirmed = operations.confirm_order(order_id=draft.id, version=draft.version, actor=HOUSE, now=now)
    assert (confirmed.status, confirmed.number) == ("confirmed", draft.number)
    with pytest.raises(errors.Conflict, match="changed_meanwhile"):
        operations.confirm_order(order_id=draft.id, version=draft.version, actor=HOUSE, now=now)
    with scope.everything():
        assert reserved(company, "BQ-2515") == D(2)


def test_the_look_while_typing_says_the_same_and_writes_nothing(company, now):
    looked = operations.quote_order(request=request(company, ("BQ-2515", 20)), actor=HOUSE, now=now)
    placed = place(company, ("BQ-2515", 20), now=now)
    assert looked.total("gross") == placed.gross
    assert not looked.refused


def reserved(company, code):
    from qudao.inventory import models

    rows = models.Balance.objects.filter(item_id=company.items[code])
    return sum((row.reserved for row in rows), D(0))


def credit(company, party):
    from qudao.settlement import models

    return models.CreditLine.objects.get(party_id=company.parties[party])


def later(now, **delta):
    return now + dt.timedelta(**delta)


# -- the warehouse -------------------------------------------------------------------------------


def person(name):
    return scope.Actor(
        "person", {"picker": 3, "reviewer": 4}[name], name, frozenset({"*"}), house=True, everyone=True
    )


def reviewed(company, *lines, now, **more):
    """A shipment picked and reviewed."""
    order = place(company, *lines, now=now, **more)
    (shipment,) = operations.release_order(order_id=order.id, version=order.version, actor=HOUSE, now=now)
    shipment = operations.pick_shipment(
        shipment_id=shipment.id,
        version=shipment.version,
        scans=work.labels(shipment),
        actor=person("picker"),
        now=now,
    )
    return operations.review_shipment(
        shipment_id=shipment.id,
        version=shipment.version,
        scans=work.labels(shipment),
        actor=person("reviewer"),
        now=now,
    )


def shipped(company, *lines, now, **more):
    """A shipment picked, reviewed and on the road."""
    shipment = reviewed(company, *lines, now=now, **more)
    return operations.ship_shipment(
        shipment_id=shipment.id, version=shipment.version, actor=person("picker"), now=now
    )


def test_the_whole_way_from_order_to_signature_and_return(company, now):
    from qudao.orders.operations import returning, signing

    shipment = shipped(company, ("BQ-2515", 20), ("ZJ-3018", 2), now=now)
    assert shipment.status == "shipped"
    with scope.everything():
        assert credit(company, "kangze").shipped_not_invoiced == D("38796.00")
        assert credit(company, "kangze").open_orders == 0
    signed = operations.sign_for(
        shipment_id=shipment.id,
        version=shipment.version,
        arrived=[signing.Arrived(1, D(19), short=D(1))],
        actor=HOUSE,
        now=now,
    )
    assert signed.status == "signed_with_difference"
    with scope.everything():
        assert credit(company, "kangze").shipped_not_invoiced == D("36936.00")
    back = operations.take_return(
        shipment_id=shipment.id,
        returned=[returning.Returned(1, D(1))],
        reason="包装破损",
        actor=HOUSE,
        now=now,
    )
    assert [(line.quantity, line.gross) for line in back.lines] == [(D(1), D("1860.00"))]
    inspected = operations.inspect_return(
        return_id=back.id, version=back.version, good=False, actor=HOUSE, now=now
    )
    assert inspected.status == "inspected"
    order = queries.get_order(shipment.order_id, actor=HOUSE) if False else None
    with scope.transaction(HOUSE):
        order = queries.get_order(shipment.order_id, actor=HOUSE)
    assert (order.status, order.lines[0].signed, order.lines[0].returned) == (
        "signed_with_difference",
        D(19),
        D(1),
    )


def test_the_picker_cannot_review(company, now):
    order = place(company, ("BQ-2515", 2), now=now)
    (shipment,) = operations.release_order(order_id=order.id, version=order.version, actor=HOUSE, now=now)
    common = {
        "shipment_id": shipment.id,
        "actor": person("picker"),
        "now": now,
        "scans": work.labels(shipment),
    }
    picked = operations.pick_shipment(version=shipment.version, **common)
    with pytest.raises(errors.Refused, match="reviewer_picked"):
        operations.review_shipment(version=picked.version, **common)


def test_another_lot_cannot_be_picked(company, now):
    from qudao.catalog.udi import encode
    from qudao.orders import scanning

    order = place(company, ("BQ-2515", 2), now=now)
    (shipment,) = operations.release_order(order_id=order.id, version=order.version, actor=HOUSE, now=now)
    wrong = encode.gs1(shipment.lines[0].di, lot="B2502", last_usable_on=dt.date(2027, 1, 7))
    with pytest.raises(errors.Refused, match="scanned_other_lot"):
        operations.pick_shipment(
            shipment_id=shipment.id,
            version=shipment.version,
            scans=[scanning.Scan(wrong, 2)],
            actor=HOUSE,
            now=now,
        )
    with scope.transaction(HOUSE):
        assert queries.get_shipment(shipment.id, actor=HOUSE).status == "to_pick"


def test_a_licence_that_lapsed_between_order_and_shipment_stops_the_shipment(company, now):
    from qudao.partners import models

    shipment = reviewed(company, ("BQ-2515", 2), now=now)
    with scope.everything():
        models.Licence.objects.filter(party_id=company.parties["kangze"]).update(revoked_on=now.date())
    with pytest.raises(errors.Refused, match="licence_revoked"):
        operations.ship_shipment(
            shipment_id=shipment.id, version=shipment.version, actor=person("picker"), now=now
        )
    with scope.transaction(HOUSE):
        assert queries.get_shipment(shipment.id, actor=HOUSE).status == "reviewed"


# -- who sees what -------------------------------------------------------------------------------


def as_person(company, username, now):
    from qudao.organisation import actors, models

    return actors.of_person(models.Person.objects.get(pk=company.people[username]), now=now)


def test_a_dealer_sees_and_places_its_own_orders_only(company, now):
    dealer, sibling = as_person(company, "kangze", now), as_person(company, "renji", now)
    order = place(company, ("BQ-2515", 2), now=now, actor=dealer)
    with scope.transaction(dealer):
        assert queries.get_order(order.id, actor=dealer).number == order.number
    with scope.transaction(sibling):
        assert queries.sum_orders(queries.Filter(), actor=sibling).count == 0
        with pytest.raises(errors.NotFound):
            queries.get_order(order.id, actor=sibling)
    with pytest.raises(errors.NotFound):
        place(company, ("BQ-2515", 2), now=now, actor=sibling)


def test_an_agent_sees_its_dealers_orders_in_its_own_line_alone(company, now):
    agent = as_person(company, "lianyou", now)
    order = place(company, ("BQ-2515", 2), now=now)
    other = operations.save_draft(
        request=request(company, ("CTNI-100", 2), account="kangze.IVD"), actor=HOUSE, now=now
    )
    with scope.transaction(agent):
        assert queries.get_order(order.id, actor=agent).number == order.number
        with pytest.raises(errors.NotFound):
            queries.get_order(other.id, actor=agent)
        assert queries.sum_orders(queries.Filter(), actor=agent).count == 1


def test_an_agent_orders_nothing_for_its_dealer(company, now):
    agent = as_person(company, "lianyou", now)
    with pytest.raises(errors.NotFound):
        operations.quote_order(request=request(company, ("BQ-2515", 2)), actor=agent, now=now)
    with pytest.raises(errors.NotFound):
        place(company, ("BQ-2515", 2), now=now, actor=agent)
    draft = operations.save_draft(request=request(company, ("BQ-2515", 2)), actor=HOUSE, now=now)
    with pytest.raises(errors.NotFound):
        operations.confirm_order(order_id=draft.id, version=draft.version, actor=agent, now=now)
    with scope.transaction(HOUSE):
        found = queries.sum_orders(queries.Filter(), actor=HOUSE)
        assert (found.count, found.others) == (0, 1)
        assert queries.get_order(draft.id, actor=HOUSE).status == "draft"
        assert reserved(company, "BQ-2515") == 0


def test_an_agent_neither_cancels_nor_signs_for_its_dealer(company, now):
    agent, dealer = as_person(company, "lianyou", now), as_person(company, "kangze", now)
    order = place(company, ("BQ-2515", 1), now=now, account="kangze.CV", place="kangze")
    with pytest.raises(errors.NotFound):
        operations.cancel_order(order_id=order.id, version=order.version, reason="-", actor=agent, now=now)
    shipment = shipped(company, ("DS-035", 2), now=now, account="kangze.CV", place="kangze")
    with pytest.raises(errors.NotFound):
        operations.sign_for(shipment_id=shipment.id, version=shipment.version, actor=agent, now=now)
    with scope.transaction(agent):
        assert not shipment_pages.may(agent, queries.get_shipment(shipment.id, actor=agent))["sign"]
        assert {todo.count for todo in finding.waiting(actor=agent, now=now)} == {0}
    with scope.transaction(dealer):
        assert shipment_pages.may(dealer, queries.get_shipment(shipment.id, actor=dealer))["sign"]
        assert [one.count for one in finding.waiting(actor=dealer, now=now) if one.count] == [1]
        assert queries.get_order(order.id, actor=dealer).status == "confirmed"
    signed = operations.sign_for(shipment_id=shipment.id, version=shipment.version, actor=dealer, now=now)
    assert signed.status == "signed"


def test_statements_do_not_grow_with_lines(company, now):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for lines in ([("BQ-2515", 1)], [("BQ-2515", 1), ("DS-035", 2), ("ZJ-3018", 1)]):
        place(company, *lines, now=now)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            place(company, *lines, now=now)
        counts.append(len(captured))
    assert counts[0] == counts[1], counts


def test_a_shipment_of_many_lines_is_told_in_several_entries(company, now, monkeypatch):
    from qudao.kernel import journal
    from qudao.orders import writing

    monkeypatch.setattr(writing, "LINES_AN_ENTRY", 1)
    shipment = shipped(company, ("BQ-2515", 2), ("DS-035", 3), now=now)
    with scope.transaction(HOUSE):
        told = journal.timeline(f"orders.shipment:{shipment.id}", actor=HOUSE, limit=50)
    lines = [leaf.data["lines"] for leaf in told if leaf.type == "orders.shipment.shipped"]
    assert sorted((line["no"], line["gross"]) for one in lines for line in one) == [(1, "3720"), (2, "288")]
    assert [len(one) for one in lines] == [1, 1]


def test_an_order_of_two_hundred_lines_fits(company, now):
    lines = [("DS-035", 1)] * requests.MOST_LINES
    assert len(place(company, *lines, now=now).lines) == requests.MOST_LINES


def test_a_number_is_found_by_its_beginning_and_by_its_last_figures(company, now):
    order = place(company, ("BQ-2515", 2), now=now)
    other = place(company, ("DS-035", 2), now=now)
    (shipment,) = operations.release_order(order_id=order.id, version=order.version, actor=HOUSE, now=now)

    def hits(text):
        with scope.transaction(HOUSE):
            found = [*finding.find(text, actor=HOUSE, limit=9), *contracts.find(text, actor=HOUSE, limit=9)]
        return {one.title for one in found}

    assert (order.number, other.number) == ("SO1-2026-000001", "SO1-2026-000002")
    assert hits("so1-2026") == {order.number, other.number}
    assert hits("000001") == {order.number, shipment.number}
    assert hits("002") == {other.number}
    assert hits("0183") == {"HT-2026-0183"}
    # Two figures end too many numbers.
    assert hits("83") == set()
