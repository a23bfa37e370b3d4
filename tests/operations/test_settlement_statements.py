"""Statements: what happened, to the cent; sent, disputed, confirmed once, locked with the checkpoint."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qudao.kernel import errors, journal, scope
from qudao.settlement import models, queries
from qudao.settlement import operations as settlement
from tests import harness
from tests.operations import settlement_world as worlds

NOW = harness.NOW
NOVEMBER, DECEMBER = dt.date(2026, 11, 1), dt.date(2026, 12, 1)


@pytest.fixture
def world(db):
    found = worlds.build()
    worlds.credit(found, "10000.00")
    return found


def build(world, month=NOVEMBER, **more):
    return settlement.build_statement(
        debtor_node_id=world.debtor, month=month, actor=worlds.HOUSE, now=NOW, **more
    )


def step(name, statement, *, actor=worlds.HOUSE, **more):
    action = getattr(settlement, name)
    return action(statement_id=statement.statement.id, actor=actor, now=NOW, **more)


def refused(action, *arguments, **more):
    with pytest.raises(errors.Refused) as found:
        action(*arguments, **more)
    return [one.code for one in found.value.reasons]


def a_month(world):
    """Sold 339 (13 of it by rebate), 33.90 back, 200 paid, 305.10 invoiced, one piece short."""
    (line,) = worlds.signed(world, "113.00", quantity="10")
    worlds.returned(world, "33.90", line, quantity="3")
    worlds.signed(
        world, "226.00", used="13.00", number="SH-2", difference={"short": Decimal(1), "damaged": Decimal(0)}
    )
    worlds.settle()
    settlement.issue_invoices(debtor_node_id=world.debtor, up_to=worlds.TODAY, actor=worlds.HOUSE, now=NOW)
    worlds.receive(world, "200.00", "TX-1")
    worlds.settle()


def test_a_statement_adds_up_to_the_cent(world):
    a_month(world)
    found = build(world)
    head = found.statement
    assert (head.opening, head.sales, head.returns, head.rebates, head.receipts) == (
        Decimal("0.00"),
        Decimal("352.00"),
        Decimal("33.90"),
        Decimal("13.00"),
        Decimal("200.00"),
    )
    assert head.closing == Decimal("105.10")
    assert (head.invoiced_receivable, head.shipped_not_invoiced) == (Decimal("105.10"), Decimal("0.00"))
    assert [(line.section, line.amount) for line in found.lines] == [
        ("sales", Decimal("113.00")),
        ("sales", Decimal("239.00")),
        ("returns", Decimal("33.90")),
        ("rebates", Decimal("13.00")),
        ("receipts", Decimal("200.00")),
        ("invoices", Decimal("79.10")),
        ("invoices", Decimal("226.00")),
        ("differences", Decimal("0.00")),
    ]
    assert found.lines[0].item_name == "椎弓根螺钉"
    assert found.lines[0].unit_price == Decimal("11.3000")
    assert found.section("differences")[0].quantity == 1


def test_the_lines_equal_the_facts(world):
    """R4: every fact of the month is in one line, and every line is its fact's."""
    a_month(world)
    found = build(world)
    with scope.everything():
        facts = {fact.pk: fact for fact in models.Fact.objects.all()}
    listed = [line for line in found.lines if line.section != "rebates"]
    assert sorted(line.fact_id for line in listed) == sorted(facts)
    for line in listed:
        fact = facts[line.fact_id]
        assert (line.on, line.quantity, line.document_number) == (
            fact.on,
            fact.quantity,
            fact.document_number,
        )
        assert line.amount == fact.gross + fact.rebate_used
    _rebuilt_from_facts(found)


def _rebuilt_from_facts(found):
    signs = {"signed": 1, "returned": -1, "paid": -1}
    with scope.everything():
        total = sum(signs.get(fact.kind, 0) * fact.gross for fact in models.Fact.objects.all())
    assert found.statement.closing == total


def test_control_a_fact_that_is_left_out_is_seen(world, monkeypatch):
    a_month(world)
    taken = queries.statement_facts
    monkeypatch.setattr(queries, "statement_facts", lambda *a, **more: taken(*a, **more)[1:])
    with pytest.raises(AssertionError):
        _rebuilt_from_facts(build(world))


def test_the_next_month_opens_with_the_closing_and_lists_what_came_late(world):
    a_month(world)
    november = build(world)
    step("send_statement", november)
    worlds.signed(world, "50.00", on=dt.date(2026, 11, 30), number="SH-LATE")
    worlds.signed(world, "70.00", on=dt.date(2026, 12, 5), number="SH-DEC")
    worlds.settle()
    december = build(world, DECEMBER)
    assert december.statement.opening == november.statement.closing
    assert [(line.document_number, line.on) for line in december.section("sales")] == [
        ("SH-LATE", dt.date(2026, 11, 30)),
        ("SH-DEC", dt.date(2026, 12, 5)),
    ]
    assert december.statement.closing == november.statement.closing + 120
    assert december.statement.shipped_not_invoiced == 120
    _rebuilt_from_facts(december)


def test_a_draft_is_built_anew_and_what_was_sent_stands(world):
    a_month(world)
    first = build(world)
    worlds.signed(world, "10.00", number="SH-3")
    worlds.settle()
    second = build(world)
    assert second.statement.id == first.statement.id
    assert second.statement.number == first.statement.number
    assert second.statement.closing == first.statement.closing + 10
    step("send_statement", second)
    assert refused(build, world) == ["settlement.statement_exists"]


def test_months_are_stated_in_order(world):
    a_month(world)
    november = build(world)
    assert refused(build, world, DECEMBER) == ["settlement.statement_previous_open"]
    step("send_statement", november)
    build(world, DECEMBER)
    assert refused(build, world, dt.date(2026, 10, 1)) == ["settlement.statement_out_of_order"]


def test_a_statement_up_to_a_number_does_not_know_what_came_after(world):
    worlds.signed(world, "10.00")
    number = worlds.settle()
    worlds.signed(world, "20.00")
    last = worlds.settle()
    assert build(world, up_to=number).statement.closing == Decimal("10.00")
    assert refused(build, world, up_to=last + 1) == ["settlement.facts_not_so_far"]


def test_a_partner_confirms_its_statement_once(world):
    a_month(world)
    found = build(world)
    dealer = world.actor("settlement.statement.confirm")
    with pytest.raises(errors.NotFound):
        step("confirm_statement", found, actor=dealer)
    step("send_statement", found)
    confirmed = step("confirm_statement", found, actor=dealer)
    assert (confirmed.status, confirmed.confirmed_by) == ("confirmed", "person:7")
    assert refused(step, "confirm_statement", found, actor=dealer) == [
        "settlement.statement_already_confirmed"
    ]


def test_nobody_confirms_a_strangers_statement(world):
    a_month(world)
    found = build(world)
    step("send_statement", found)
    stranger = world.actor("settlement.statement.confirm", nodes=[world.debtor + 1000])
    with pytest.raises(errors.NotFound):
        step("confirm_statement", found, actor=stranger)
    with pytest.raises(errors.Forbidden):
        step("confirm_statement", found, actor=world.actor())
    with scope.transaction(stranger):
        assert queries.list_statements(actor=stranger).rows == ()


def test_a_disputed_line_is_settled_before_the_statement_is_confirmed(world):
    a_month(world)
    found = build(world)
    step("send_statement", found)
    dealer = world.actor("settlement.statement.confirm")
    assert refused(step, "dispute_line", found, actor=dealer, no=1, reason="mood") == [
        "settlement.dispute_reason_unknown"
    ]
    step("dispute_line", found, actor=dealer, no=1, reason="price", note="合同价 11.00")
    step("dispute_line", found, actor=dealer, no=2, reason="quantity")
    assert refused(step, "dispute_line", found, actor=dealer, no=1, reason="price") == [
        "settlement.line_already_disputed"
    ]
    assert refused(step, "confirm_statement", found, actor=dealer) == ["settlement.statement_state"]
    assert refused(step, "resolve_dispute", found, no=1, outcome="adjusted", resolution="") == [
        "settlement.resolution_invalid"
    ]
    answered = step(
        "resolve_dispute",
        found,
        no=1,
        outcome="adjusted",
        resolution="开红字发票",
        amount=Decimal("-3.00"),
    )
    assert answered.statement.status == "disputed"
    added = answered.lines[-1]
    assert (added.section, added.amount, added.dispute_reason, added.adjusts) == (
        "differences",
        Decimal("-3.00"),
        "price",
        1,
    )
    assert answered.lines[0].adjustment == Decimal("-3.00")
    answered = step("resolve_dispute", found, no=2, outcome="explained", resolution="已补发")
    assert answered.statement.status == "adjusted"
    assert answered.statement.closing == found.statement.closing
    assert step("confirm_statement", found, actor=dealer).status == "confirmed"
    assert refused(step, "dispute_line", found, actor=dealer, no=1, reason="price") == [
        "settlement.statement_state"
    ]


def disputed(world, no=1):
    """The month's statement, sent, with line `no` (113.00 of goods) disputed."""
    a_month(world)
    found = build(world)
    step("send_statement", found)
    dealer = world.actor("settlement.statement.confirm")
    step("dispute_line", found, actor=dealer, no=no, reason="price")
    return found, dealer


def answer(found, amount=None, *, no=1, words="按合同价"):
    outcome = "explained" if amount is None else "adjusted"
    more = {} if amount is None else {"amount": Decimal(amount)}
    return step("resolve_dispute", found, no=no, outcome=outcome, resolution=words, **more)


def adjusting(detail):
    """(line adjusted, amount) of every line that answers a dispute, in order."""
    return [(line.adjusts, line.amount) for line in detail.lines if line.adjusts is not None]


def test_a_line_is_adjusted_by_no_more_than_its_amount_in_size(world):
    found, _dealer = disputed(world)
    with pytest.raises(errors.Refused) as refusal:
        answer(found, "-113.01")
    (reason,) = refusal.value.reasons
    assert (reason.code, reason.line) == ("settlement.adjustment_too_large", 1)
    assert reason.params == {"adjustment": Decimal("-113.01"), "amount": Decimal("113.00")}
    assert refused(answer, found, "113.01") == ["settlement.adjustment_too_large"]
    with scope.everything():
        assert models.StatementLine.objects.get(no=1).state == "disputed"
    assert adjusting(answer(found, "-113.00")) == [(1, Decimal("-113.00"))]


def test_a_later_answer_to_a_line_replaces_the_earlier_one_by_a_correcting_entry(world):
    found, dealer = disputed(world)
    answer(found, "-100.00")
    step("dispute_line", found, actor=dealer, no=1, reason="price", note="应为 -3.00")
    again = answer(found, "-3.00")
    assert adjusting(again) == [(1, Decimal("-100.00")), (1, Decimal("97.00"))]
    assert (again.lines[0].state, again.lines[0].adjustment) == ("adjusted", Decimal("-3.00"))


def test_our_own_answer_is_corrected_and_taken_back_until_the_partner_agrees(world):
    found, dealer = disputed(world)
    answer(found, "-100.00")
    corrected = answer(found, "-3.00")
    assert corrected.statement.status == "adjusted"
    with pytest.raises(errors.Conflict):
        step("confirm_statement", found, actor=dealer, version=corrected.statement.version - 1)
    back = answer(found, words="维持原价")
    assert (back.lines[0].state, back.lines[0].adjustment) == ("settled", Decimal("0.00"))
    assert adjusting(back) == [(1, Decimal(one)) for one in ("-100.00", "97.00", "3.00")]
    same = answer(found, words="维持原价，另附签收单")
    assert adjusting(same) == adjusting(back)
    step("confirm_statement", found, actor=dealer)
    assert refused(answer, found, "-3.00") == ["settlement.statement_state"]


def test_a_line_nobody_disputed_is_not_answered_nor_one_that_is_an_answer_itself(world):
    found, dealer = disputed(world)
    added = answer(found, "-3.00").lines[-1]
    assert refused(answer, found, "-3.00", no=2) == ["settlement.line_not_disputed"]
    assert refused(answer, found, "-3.00", no=added.no) == ["settlement.line_not_disputed"]
    assert refused(step, "dispute_line", found, actor=dealer, no=added.no, reason="price") == [
        "settlement.line_adjusts"
    ]


def test_a_locked_statement_prints_the_checkpoint_that_covers_its_facts(world):
    a_month(world)
    found = build(world)
    step("send_statement", found)
    step("confirm_statement", found)
    assert refused(step, "lock_statement", found) == ["settlement.no_checkpoint"]
    journal.advance()
    journal.checkpoint(NOW)
    locked = step("lock_statement", found)
    assert locked.status == "locked"
    assert int(locked.checkpoint.split("\n")[1]) > locked.journal_number
    assert refused(step, "confirm_statement", found) == ["settlement.statement_already_confirmed"]


def test_who_sees_only_part_of_a_debtor_cannot_state_it(world):
    a_month(world)
    part = scope.Actor(
        "person", 3, "区域", frozenset({"*"}), visible=(world.debtor, world.accounts[0]), house=True
    )
    assert refused(
        settlement.build_statement, debtor_node_id=world.debtor, month=NOVEMBER, actor=part, now=NOW
    ) == ["settlement.debtor_partly_seen"]


def test_building_costs_the_same_statements_for_any_number_of_lines(world):
    counts = []
    for count in (5, 150):
        worlds.signed(world, *["1.13"] * count)
        worlds.settle()
        with CaptureQueriesContext(connection) as seen:
            build(world)
        counts.append(len(seen))
        # The first was inserted, the second replaces its lines.
    build(world)
    with CaptureQueriesContext(connection) as seen:
        build(world)
    assert counts[1] == len(seen)


def test_facts_are_written_once_however_often_they_are_told(world):
    from qudao.settlement import consumers

    a_month(world)
    worlds.tell("orders.order.confirmed", world, [worlds.line(world, "10.00")])
    seen = []
    journal.advance()
    journal.consume("test.again", seen.extend)
    with scope.everything("test"):
        consumers.facts(seen)
        before = models.Fact.objects.count()
        consumers.facts(seen)
        assert models.Fact.objects.count() == before


def test_the_worker_keeps_its_place_under_the_name_the_statements_ask_for(world):
    from qudao.settlement import consumers
    from qudao.shell.commands import worker

    worlds.signed(world, "10.00")
    worker.catch_up()
    with scope.everything():
        assert consumers.cursor() >= 0
    assert build(world).statement.closing == Decimal("10.00")
