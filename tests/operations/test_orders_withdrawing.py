"""An order that the warehouse has comes back: when a lot is held, or when the buyer thinks better of it."""

import datetime as dt

import pytest
from django.contrib import auth
from django.test import Client

from qudao.inventory import operations as inventory
from qudao.inventory.models import Reservation
from qudao.kernel import errors, scope
from qudao.orders import explaining, finding, operations, queries, shipment_pages
from qudao.orders import waiting as board
from qudao.orders.models import Shipment
from qudao.orders.rules import progress
from qudao.shell.company import work
from tests.operations.test_orders import D, credit, person, place, reserved, reviewed
from tests.operations.test_orders_reallocating import HOUSE, hold, reallocate, taken
from tests.page_budgets import BACKEND


def of(order_id):
    with scope.transaction(HOUSE):
        return queries.get_order(order_id, actor=HOUSE)


def release(order, *, now):
    return operations.release_order(order_id=order.id, version=order.version, actor=HOUSE, now=now)


def withdraw(order, *, now):
    fresh = of(order.id)
    return operations.withdraw_order(order_id=order.id, version=fresh.version, actor=HOUSE, now=now)


def states(order):
    with scope.transaction(HOUSE):
        return sorted(Shipment.objects.filter(order_id=order.id).values_list("status", flat=True))


def send(shipment, *, now):
    """Picked, reviewed and on the road."""
    for act, who in (
        (operations.pick_shipment, "picker"),
        (operations.review_shipment, "reviewer"),
    ):
        shipment = act(
            shipment_id=shipment.id,
            version=shipment.version,
            scans=work.labels(shipment),
            actor=person(who),
            now=now,
        )
    return operations.ship_shipment(
        shipment_id=shipment.id, version=shipment.version, actor=person("picker"), now=now
    )


def warned(shipment):
    """The lots that the pages of the warehouse say may not leave."""
    with scope.transaction(HOUSE):
        found = shipment_pages.taken_back(queries.get_shipment(shipment.id, actor=HOUSE), HOUSE)
    return shipment_pages.lots_of(found)


def scanned(shipment, *, now):
    """The scanner's verdict on one piece of the shipment."""
    code = work.labels(shipment)[0].code
    with scope.transaction(HOUSE):
        walk = shipment_pages.walk(queries.get_shipment(shipment.id, actor=HOUSE), HOUSE)
        return shipment_pages.state(walk, [], code, now=now)[0]


def test_a_lot_held_while_it_is_picked_is_replaced(company, now):
    order = place(company, ("BQ-2515", 20), now=now)
    (first,) = release(order, now=now)
    hold(company, "BQ-2515", "B2601", now=now)
    with scope.transaction(HOUSE):
        told = explaining.allocation(of(order.id), queries.shipments_of(order.id, actor=HOUSE), HOUSE)
        urls = {one.url: one.count for one in finding.waiting(actor=HOUSE, now=now) if one.count}
    assert [(line["missing"], [one["lot"] for one in line["lost"]]) for line in told["lost"]] == [
        (D(20), ["B2601"])
    ]
    assert urls["/orders/?short=1"] == 1
    assert warned(first) == "B2601"
    said = scanned(first, now=now)
    assert (said.kind, said.title, said.left) == ("bad", "批号 B2601 已冻结", D(20))
    assert [(line.zone, line.done) for line in said.lines] == [("held", D(0))]
    back = withdraw(order, now=now)
    assert (back.status, states(order)) == ("confirmed", ["withdrawn"])
    with scope.transaction(HOUSE):
        told = explaining.allocation(of(order.id), queries.shipments_of(order.id, actor=HOUSE), HOUSE)
    assert (told["held"], [one["lot"] for one in told["lines"][0]["lost"]]) == (True, ["B2601"])
    with pytest.raises(errors.Refused) as refusal:
        operations.pick_shipment(
            shipment_id=first.id,
            version=first.version + 1,
            scans=work.labels(first),
            actor=person("picker"),
            now=now,
        )
    assert [reason.code for reason in refusal.value.reasons] == ["orders.wrong_state"]
    (second,) = release(reallocate(order, now=now, version=back.version), now=now)
    assert warned(second) == ""
    assert (scanned(second, now=now).kind, scanned(second, now=now).left) == ("ok", D(19))
    assert [line.lot_code for line in second.lines] == ["B2602"]
    assert second.number != first.number
    send(second, now=now)
    after = of(order.id)
    assert (after.status, after.lines[0].shipped, after.gross) == ("shipped", D(20), order.gross)
    with scope.everything():
        assert reserved(company, "BQ-2515") == 0


def test_what_stays_set_aside_expires_again_and_a_cancelled_order_gives_everything_back(company, now):
    order = place(company, ("BQ-2515", 20), now=now)
    release(order, now=now)
    with scope.everything():
        assert [one.expires_at for one in Reservation.objects.filter(state="active")] == [None]
    back = withdraw(order, now=now)
    assert taken(order) == {"B2601": D(20)}
    with scope.everything():
        assert [one.expires_at for one in Reservation.objects.filter(state="active")] == [
            now + dt.timedelta(hours=72)
        ]
    operations.cancel_order(order_id=order.id, version=back.version, reason="客户改期", actor=HOUSE, now=now)
    with scope.everything():
        assert (reserved(company, "BQ-2515"), credit(company, "kangze").open_orders) == (0, 0)
    # Why it was cancelled is ours to read.
    assert ["客户改期" in page(who, f"/orders/{order.id}/") for who in ("zhoulan", "kangze")] == [True, False]


def test_who_is_picking_a_withdrawn_shipment_is_told_to_put_back_what_was_taken(company, now):
    order = place(company, ("BQ-2515", 20), now=now)
    (shipment,) = release(order, now=now)
    keeper = signed_in("lijun")
    codes = [scan.code for scan in work.labels(shipment)]
    address = f"/shipments/{shipment.id}/scan/"
    assert keeper.post(f"{address}check/", {"scans": "", "code": codes[0]}).status_code == 200
    withdraw(order, now=now)
    told = f"{shipment.number} 已撤回：请把已取的货放回库位。"
    # The scanner loads its page anew when it is led on.
    checked = keeper.post(f"{address}check/", {"scans": codes[0], "code": codes[0]})
    assert (checked.status_code, checked.headers["Location"]) == (302, address)
    assert told in keeper.get(address, follow=True).content.decode()
    form = {"step": "pick", "version": shipment.version, "scans": "\n".join(codes), "key": "k-1"}
    finished = keeper.post(address, form, follow=True)
    assert finished.redirect_chain == [(f"/shipments/{shipment.id}/", 302)]
    assert told in finished.content.decode()


def signed_in(username):
    client = Client()
    client.force_login(auth.get_user_model().objects.get(username=username), backend=BACKEND)
    return client


def page(username, address):
    return signed_in(username).get(address).content.decode()


def test_what_was_reviewed_comes_back_too(company, now):
    shipment = reviewed(company, ("BQ-2515", 20), now=now)
    back = operations.withdraw_order(
        order_id=shipment.order_id, version=of(shipment.order_id).version, actor=HOUSE, now=now
    )
    assert (back.status, states(back)) == ("confirmed", ["withdrawn"])


def put_back(shipment, *, now):
    version = of_shipment(shipment.id).version
    return operations.put_back_shipment(
        shipment_id=shipment.id, version=version, actor=person("picker"), now=now
    )


def test_what_was_picked_of_a_withdrawn_shipment_waits_for_the_keeper_until_it_is_on_its_shelf(company, now):
    client = signed_in("lijun")
    order = place(company, ("BQ-2515", 20), now=now)
    (untouched,) = release(order, now=now)
    withdraw(order, now=now)
    # Nothing was taken from a shelf: nothing goes back.
    with pytest.raises(errors.Refused) as refusal:
        put_back(untouched, now=now)
    assert [reason.code for reason in refusal.value.reasons] == ["orders.nothing_to_put_back"]
    assert off_shelf(now) == ({}, [])
    (shipment,) = release(of(order.id), now=now)
    operations.pick_shipment(
        shipment_id=shipment.id,
        version=shipment.version,
        scans=work.labels(shipment),
        actor=person("picker"),
        now=now,
    )
    with pytest.raises(errors.Refused) as refusal:
        put_back(shipment, now=now)
    assert [reason.code for reason in refusal.value.reasons] == ["orders.wrong_state"]
    withdraw(order, now=now)
    assert off_shelf(now) == ({"/shipments/?off_shelf=1": 1}, [(1, 0, [shipment.number])])
    listed = client.get("/shipments/?off_shelf=1").content.decode()
    assert (shipment.number in listed, untouched.number in listed) == (True, False)
    page = client.get(f"/shipments/{shipment.id}/").content.decode()
    assert "已全部放回库位" in page
    form = {"step": "put_back", "version": of_shipment(shipment.id).version, "key": "back"}
    page = client.post(f"/shipments/{shipment.id}/do/", form, follow=True).content.decode()
    assert f"{shipment.number}：货已放回库位。" in page
    done = of_shipment(shipment.id)
    assert (done.status, done.put_back_at is None, off_shelf(now)) == ("withdrawn", False, ({}, []))
    assert ("已全部放回库位" in page, "已放回库位" in page) == (False, True)
    with pytest.raises(errors.Refused) as refusal:
        put_back(shipment, now=now)
    assert [reason.code for reason in refusal.value.reasons] == ["orders.nothing_to_put_back"]


def off_shelf(now):
    """The to-dos of goods to put back, and their queue: how many, how many due, which come first."""
    with scope.transaction(HOUSE):
        todos = [one for one in finding.waiting(actor=HOUSE, now=now) if "off_shelf" in one.url]
        queues = board.queues(actor=HOUSE, now=now, site_ids=None)
    return {one.url: one.count for one in todos if one.count}, [
        (one.count, one.due, [task.title for task in one.tasks]) for one in queues if one.key == "withdrawn"
    ]


def test_only_what_the_warehouse_has_is_withdrawn(company, now):
    order = place(company, ("BQ-2515", 20), now=now)
    for status in ("confirmed", "shipped"):
        before = of(order.id)
        assert before.status == status
        with pytest.raises(errors.Refused) as refusal:
            withdraw(order, now=now)
        assert [reason.code for reason in refusal.value.reasons] == ["orders.wrong_state"]
        assert of(order.id) == before
        if status == "confirmed":
            (shipment,) = release(before, now=now)
            send(shipment, now=now)
    assert states(order) == ["shipped"]


def test_of_an_order_that_left_in_part_the_rest_is_withdrawn_allocated_anew_and_shipped(company, now):
    order = place(company, ("BQ-2515", 120), now=now)
    one, other = sorted(release(order, now=now), key=lambda found: found.lines[0].lot_code)
    assert [(found.lines[0].lot_code, found.lines[0].quantity) for found in (one, other)] == [
        ("B2601", D(60)),
        ("B2602", D(60)),
    ]
    send(one, now=now)
    assert of(order.id).status == "picking"
    held = hold(company, "BQ-2515", "B2602", now=now).hold
    back = withdraw(order, now=now)
    assert (back.status, back.lines[0].shipped, states(order)) == (
        "confirmed",
        D(60),
        ["shipped", "withdrawn"],
    )
    with pytest.raises(errors.Refused) as refusal:
        operations.cancel_order(
            order_id=order.id, version=back.version, reason="客户改期", actor=HOUSE, now=now
        )
    assert [reason.code for reason in refusal.value.reasons] == ["orders.some_left"]
    # Signing for what left does not end the order: its rest waits.
    shipment = of_shipment(one.id)
    operations.sign_for(shipment_id=one.id, version=shipment.version, arrived=[], actor=HOUSE, now=now)
    assert of(order.id).status == "confirmed"
    # Nothing else is usable for this hospital until the hold is lifted.
    with pytest.raises(errors.Refused) as refusal:
        reallocate(order, now=now, version=of(order.id).version)
    [reason] = refusal.value.reasons
    assert (reason.code, reason.params["wanted"]) == ("orders.short", D(60))
    inventory.release_hold(hold_id=held.id, to="good", reason="复查合格", actor=HOUSE, now=now)
    again = reallocate(order, now=now, version=of(order.id).version)
    assert taken(order) == {"B2602": D(60)}
    (last,) = release(again, now=now)
    send(last, now=now)
    after = of(order.id)
    assert (after.status, after.lines[0].shipped) == ("shipped", D(120))
    with scope.everything():
        assert credit(company, "kangze").open_orders == 0


def of_shipment(shipment_id):
    with scope.transaction(HOUSE):
        return queries.get_shipment(shipment_id, actor=HOUSE)


def test_an_order_s_state_leaves_out_what_was_withdrawn():
    assert progress.order_status(["withdrawn", "shipped"]) == "shipped"
    assert progress.order_status(["withdrawn", "to_pick"]) == "picking"
    assert progress.order_status(["withdrawn", "signed"]) == "signed"


def test_a_withdrawn_shipment_has_no_papers_to_send_goods_with(company, now):
    order = place(company, ("BQ-2515", 20), now=now)
    (shipment,) = release(order, now=now)
    client = Client()
    client.force_login(auth.get_user_model().objects.get(username="lijun"), backend=BACKEND)
    paper = f"/shipments/{shipment.id}/delivery-note.pdf"
    assert client.get(paper).status_code == 200
    withdraw(order, now=now)
    assert client.get(paper).status_code == 404
    page = client.get(f"/shipments/{shipment.id}/").content.decode()
    assert paper not in page
    # Who withdrew it stands there, and what was done with it stays in what happened to the order.
    assert "已从仓库撤回" in page
