"""A draft is gone on with: kept anew or placed under its number; lists leave drafts out of their sums and say what is
late."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from qudao.kernel import errors, scope
from qudao.orders import models, operations, queries, turns
from qudao.organisation import queries_journal
from tests.operations.test_orders import HOUSE, as_person, credit, later, place, request, reserved
from tests.operations.test_orders_desk import words

D = Decimal
pytestmark = pytest.mark.usefixtures("company")


def kept(company, *lines, now, **more):
    return operations.save_draft(
        request=request(company, *(lines or [("BQ-2515", 2)]), **more), actor=HOUSE, now=now
    )


def go_on(verb, draft, wanted, *, now, actor=HOUSE, version=None):
    return verb(order_id=draft.id, version=version or draft.version, request=wanted, actor=actor, now=now)


def test_a_draft_becomes_the_order_as_it_is_now_on_the_desk(company, now):
    draft = kept(company, now=now)
    wanted = request(company, ("BQ-2515", 5), ("DS-035", 50), place="kangze", reference="KZ-1")
    placed = go_on(operations.confirm_order, draft, wanted, now=now)
    assert (placed.id, placed.number, placed.status, placed.version) == (
        draft.id,
        draft.number,
        "confirmed",
        2,
    )
    assert [(line.no, line.entered_quantity) for line in placed.lines] == [(1, D(5)), (2, D(50))]
    assert (placed.gross, placed.ship_to_id, placed.reference) == (
        D("14100.00"),
        company.places["kangze"],
        "KZ-1",
    )
    with scope.everything():
        assert reserved(company, "BQ-2515") == D(5)
        assert credit(company, "kangze").open_orders == D("14100.00")
        assert models.Order.objects.count() == 1
    with pytest.raises(errors.Conflict, match="changed_meanwhile"):
        go_on(operations.confirm_order, draft, wanted, now=now)
    with scope.transaction(HOUSE):
        told = queries_journal.timeline(f"orders.order:{draft.id}", actor=HOUSE)
    assert len(told) == 2


def test_a_draft_kept_anew_stays_a_draft_and_sets_nothing_aside(company, now):
    draft = kept(company, now=now, source_digest="a" * 64)
    changed = go_on(operations.change_draft, draft, request(company, ("DS-035", 50)), now=now)
    assert (changed.number, changed.status, changed.version, changed.gross) == (
        draft.number,
        "draft",
        2,
        D("4800.00"),
    )
    # The file it came from is still the one that made it, and where it goes still the same hospital's.
    with scope.everything():
        row = models.Order.objects.get(pk=draft.id)
        assert (row.source_digest, row.hospital_id) == ("a" * 64, draft.hospital_id)
        assert row.confirmed_at is None
        assert reserved(company, "DS-035") == 0


def test_a_refused_draft_is_what_it_was(company, now):
    draft = kept(company, now=now)
    with pytest.raises(errors.Refused) as refusal:
        go_on(operations.confirm_order, draft, request(company, ("BQ-2515", 1000)), now=now)
    assert "orders.short" in {reason.code for reason in refusal.value.reasons}
    with scope.transaction(HOUSE):
        same = queries.get_order(draft.id, actor=HOUSE)
    assert (same.status, same.version, same.lines[0].quantity) == ("draft", 1, D(2))


def test_a_draft_stays_with_its_account_and_an_order_is_not_changed(company, now):
    draft, order = kept(company, now=now), place(company, ("BQ-2515", 1), now=now)
    other = request(company, ("CTNI-100", 1), account="kangze.IVD", place="kangze")
    for verb in (operations.change_draft, operations.confirm_order):
        with pytest.raises(errors.Refused, match="orders.draft_of_other_account"):
            go_on(verb, draft, other, now=now)
        with pytest.raises(errors.Refused, match="orders.wrong_state"):
            go_on(verb, order, request(company, ("BQ-2515", 2)), now=now)


def test_nobody_goes_on_with_anothers_draft(company, now, browser):
    draft = kept(company, now=now)
    wanted = request(company, ("BQ-2515", 1))
    for who in ("renji", "lianyou"):
        with pytest.raises(errors.NotFound):
            go_on(operations.change_draft, draft, wanted, now=now, actor=as_person(company, who, now))
        assert browser(who).get(f"/orders/new/?draft={draft.id}").status_code == 404
    assert browser("zhoulan").get("/orders/new/?draft=nonsense").status_code == 404


def test_the_desk_opens_with_the_draft_and_turns_it_into_the_order(company, now, browser):
    day = now.date() + dt.timedelta(days=9)
    draft = kept(
        company, ("BQ-2515", 2), ("DS-035", 50), now=now, place="kangze", reference="KZ-7", requested_on=day
    )
    clerk = browser("zhoulan")
    page = clerk.get(f"/orders/{draft.id}/").content.decode()
    assert f'href="/orders/new/?draft={draft.id}"' in page
    assert "再来一单" not in page
    desk = clerk.get(f"/orders/new/?draft={draft.id}").content.decode()
    for field in (
        f'name="draft_id" value="{draft.id}"',
        'name="draft_version" value="1"',
        'value="KZ-7"',
        f'value="{day}"',
        'name="quantity" value="50"',
    ):
        assert field in desk
    assert draft.number in words(clerk.get(f"/orders/new/?draft={draft.id}"))
    typed = {
        "party": company.parties["kangze"],
        "account": draft.account_id,
        "ship_to": draft.ship_to_id,
        "channel": "call_centre",
        "item": [company.items["BQ-2515"], company.items["DS-035"]],
        "quantity": ["3", "50"],
        "unit": ["支", "根"],
        "di": ["", ""],
        "draft_id": str(draft.id),
        "draft_version": "1",
        "key": "go-on",
    }
    for _ in range(2):
        answer = clerk.post("/orders/new/", typed)
        assert (answer.status_code, answer["Location"]) == (302, f"/orders/{draft.id}/")
    with scope.transaction(HOUSE):
        [order] = queries.list_orders(queries.Filter(), actor=HOUSE).rows
        assert (order.number, order.status, order.version, order.gross) == (
            draft.number,
            "confirmed",
            2,
            D("10380.00"),
        )
    # What is no draft any more is shown; a stale desk is told so and changes nothing.
    assert clerk.get(f"/orders/new/?draft={draft.id}")["Location"] == f"/orders/{draft.id}/"
    assert clerk.post("/orders/new/", typed | {"key": "later", "quantity": ["9", "9"]}).status_code == 409


def test_sums_are_of_orders_that_stand_and_say_what_they_leave_out(company, now, browser):
    stands = place(company, ("BQ-2515", 2), now=now)
    kept(company, now=now)
    gone = place(company, ("DS-035", 50), now=now)
    operations.cancel_order(order_id=gone.id, version=gone.version, reason="测试", actor=HOUSE, now=now)

    def sums(**wanted):
        with scope.transaction(HOUSE):
            found = queries.sum_orders(queries.Filter(**wanted), actor=HOUSE)
        return found.count, found.others, found.gross

    assert sums() == (1, 2, stands.gross)
    # Who asks for drafts wants to know what they come to.
    assert sums(status="draft") == (1, 0, D("3720.00"))
    page = words(browser("zhoulan").get("/orders/"))
    assert "1 张订单 · 另有 2 张草稿或已取消，未计入" in page
    assert "张草稿" not in words(browser("zhoulan").get("/orders/?status=confirmed"))
    assert "下单人" in page and "录入人" not in page
    assert "录入人" in words(browser("zhoulan").get("/orders/?status=draft"))


def test_a_draft_was_entered_by_somebody_and_to_cancel_it_gives_nothing_back(company, now, browser):
    draft, order = kept(company, now=now), place(company, ("BQ-2515", 2), now=now)
    back = "将退回本单占用的库存、信用和返利"
    page = words(browser("zhoulan").get(f"/orders/{draft.id}/"))
    assert ("录入人" in page, "下单人" in page, "取消订单" in page, back in page) == (
        True,
        False,
        True,
        False,
    )
    page = words(browser("zhoulan").get(f"/orders/{order.id}/"))
    assert ("录入人" in page, "下单人" in page, back in page) == (False, True, True)


def test_an_order_that_is_not_there_on_its_day_is_late_until_it_is_signed_or_called_off(
    company, now, browser
):
    day = now.date() + dt.timedelta(days=1)
    late = place(company, ("BQ-2515", 2), now=now, requested_on=day)
    place(company, ("BQ-2515", 1), now=now, requested_on=day + dt.timedelta(days=30))
    kept(company, now=now, requested_on=day)
    assert (late.promise, late.is_late(day), late.is_late(day + dt.timedelta(days=1))) == (day, False, True)
    assert dataclasses.replace(late, status="draft").promise is None
    assert not dataclasses.replace(late, status="signed").is_late(day + dt.timedelta(days=1))
    with scope.transaction(HOUSE):
        wanted = queries.Filter(late_on=day + dt.timedelta(days=1))
        assert [one.number for one in queries.list_orders(wanted, actor=HOUSE).rows] == [late.number]
    with scope.everything():
        models.Order.objects.filter(pk=late.id).update(promised_on=later(now, days=-3).date())
    page = browser("zhoulan").get(f"/orders/{late.id}/").content.decode()
    assert "承诺到货" in page and "已延误" in page and f"要求到货 {day}" in page
    listed = browser("zhoulan").get("/orders/?late=1").content.decode()
    assert late.number in listed and "q-bad" in listed


def test_a_partner_is_told_whose_turn_it_is(company, now, browser):
    dealer = as_person(company, "kangze", now)
    draft, placed = kept(company, now=now), place(company, ("DS-035", 5), now=now)
    states = ("draft", "confirmed", "picking", "shipped", "signed_with_difference", "signed", "cancelled")
    told = [turns.of(dataclasses.replace(placed, status=state), dealer) for state in states]
    assert [turn and (turn.said, turn.theirs) for turn in told] == [
        ("待您确认", True),
        ("待供方下发仓库", False),
        ("供方备货发货中", False),
        ("待您签收", True),
        ("待供方处理差异", False),
        None,
        None,
    ]
    # Not to our own people, nor to the agent above.
    assert [turns.of(draft, as_person(company, who, now)) for who in ("zhoulan", "lianyou")] == [None, None]
    for address in ("/my/", "/orders/", f"/orders/{draft.id}/"):
        assert "下一步" in words(browser("kangze").get(address)), address
    assert "待您确认" in words(browser("kangze").get("/orders/"))
    assert "下一步" not in words(browser("zhoulan").get("/orders/"))
