"""What was signed for is billed once, what came back is taken back, and receipts pay what is due first."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qudao.kernel import errors, scope
from qudao.settlement import models, queries
from qudao.settlement import operations as settlement
from tests import harness
from tests.operations import settlement_world as worlds

NOW = harness.NOW


@pytest.fixture
def world(db):
    found = worlds.build()
    worlds.credit(found, "10000.00")
    return found


def issue(world, *, now=NOW, up_to=worlds.TODAY, actor=worlds.HOUSE):
    return settlement.issue_invoices(debtor_node_id=world.debtor, up_to=up_to, actor=actor, now=now)


def read(question, *arguments, **more):
    with scope.transaction(worlds.HOUSE):
        return question(*arguments, actor=worlds.HOUSE, **more)


def refused(action, *arguments, **more):
    with pytest.raises(errors.Refused) as found:
        action(*arguments, **more)
    return [one.code for one in found.value.reasons]


def credit(world):
    return read(queries.credit_of, world.debtor, on=worlds.TODAY)


def test_an_invoice_bills_what_was_signed_for_and_falls_due_after_the_payment_days(world):
    worlds.signed(world, "113.00", "226.00")
    worlds.settle()
    (invoice,) = issue(world)
    assert (invoice.net, invoice.tax, invoice.gross) == (Decimal(300), Decimal(39), Decimal(339))
    assert invoice.due_on == dt.date(2026, 12, 23)
    lines = read(queries.invoice_lines, invoice.id)
    assert [(line.item_name, line.quantity, line.gross, line.tax_rate) for line in lines] == [
        ("椎弓根螺钉", Decimal(1), Decimal(113), Decimal("0.13")),
        ("椎弓根螺钉", Decimal(1), Decimal(226), Decimal("0.13")),
    ]
    assert (credit(world).receivable, credit(world).shipped_not_invoiced) == (339, -339)


def test_nothing_is_billed_twice(world):
    worlds.signed(world, "113.00")
    worlds.settle()
    issue(world)
    assert refused(issue, world) == ["settlement.nothing_to_invoice"]
    worlds.settle()
    assert refused(issue, world) == ["settlement.nothing_to_invoice"]


def test_what_was_signed_for_later_waits_for_its_day(world):
    worlds.signed(world, "113.00", on=worlds.TODAY)
    worlds.settle()
    assert refused(issue, world, up_to=worlds.TODAY - dt.timedelta(days=1)) == [
        "settlement.nothing_to_invoice"
    ]


def test_what_came_back_before_billing_is_not_billed(world):
    (line,) = worlds.signed(world, "113.00", quantity="10")
    worlds.returned(world, "33.90", line, quantity="3")
    worlds.settle()
    (invoice,) = issue(world)
    assert invoice.gross == Decimal("79.10")
    assert read(queries.invoice_lines, invoice.id)[0].quantity == Decimal(7)


def test_what_came_back_after_billing_is_taken_back_by_a_red_invoice(world):
    (line,) = worlds.signed(world, "113.00", quantity="10")
    worlds.settle()
    (blue,) = issue(world)
    worlds.returned(world, "33.90", line, quantity="3")
    worlds.settle()
    (red,) = issue(world)
    assert (red.kind, red.reverses_id, red.net, red.tax, red.gross) == (
        "red",
        blue.id,
        Decimal("-30.00"),
        Decimal("-3.90"),
        Decimal("-33.90"),
    )
    blue = read(queries.get_invoice, blue.id)
    assert (blue.credited, blue.open) == (Decimal("33.90"), Decimal("79.10"))
    assert credit(world).receivable == Decimal("79.10")
    assert refused(issue, world) == ["settlement.nothing_to_invoice"]


def test_many_lines_make_several_invoices_in_a_fixed_number_of_statements(world):
    counts = []
    for shipments in (1, 1, 3):
        for _ in range(shipments):
            worlds.signed(world, *["1.13"] * 150)
        worlds.settle()
        with CaptureQueriesContext(connection) as seen:
            invoices = issue(world)
        counts.append(len(seen))
    assert [read(queries.invoice_lines, one.id)[-1].no for one in invoices] == [200, 200, 50]
    assert counts[1] == counts[2]


def test_invoiced_facts_are_of_the_account_of_what_they_bill(world):
    worlds.signed(world, "113.00")
    worlds.tell("orders.shipment.signed", world, [worlds.line(world, "226.00")], account=1)
    worlds.settle()
    issue(world)
    worlds.settle()
    with scope.everything():
        facts = models.Fact.objects.filter(kind="invoiced").order_by("account_id")
        assert [(one.account_id, one.node_id, one.gross) for one in facts] == [
            (1, world.accounts[0], Decimal("113.00")),
            (2, world.accounts[1], Decimal("226.00")),
        ]


def test_who_sees_only_part_of_a_debtor_cannot_bill_it(world):
    worlds.signed(world, "113.00")
    worlds.settle()
    part = scope.Actor(
        "person", 3, "区域", frozenset({"*"}), visible=(world.debtor, world.accounts[0]), house=True
    )
    assert refused(issue, world, actor=part) == ["settlement.debtor_partly_seen"]


def test_a_receipt_pays_what_is_due_first_and_keeps_the_rest_prepaid(world):
    worlds.signed(world, "100.00")
    worlds.settle()
    (old,) = issue(world, now=NOW - dt.timedelta(days=40))
    worlds.signed(world, "50.00")
    worlds.settle()
    (new,) = issue(world)
    receipt = worlds.receive(world, "120.00", "TX-1")
    assert receipt.applications == ((old.id, Decimal("100.00")), (new.id, Decimal("20.00")))
    worlds.receive(world, "70.00", "TX-2")
    found = credit(world)
    assert (found.receivable, found.prepaid) == (Decimal("0.00"), Decimal("40.00"))
    assert read(queries.open_items, world.debtor, today=worlds.TODAY).total == 0


def test_a_receipt_is_recorded_once(world):
    worlds.receive(world, "10.00", "TX-1")
    assert refused(worlds.receive, world, "10.00", "TX-1") == ["settlement.receipt_twice"]
    assert refused(worlds.receive, world, "10.00", " TX-1 ") == ["settlement.receipt_twice"]
    assert credit(world).prepaid == Decimal("10.00")


def test_a_receipt_pays_the_invoices_named_and_no_more_than_is_open(world):
    worlds.signed(world, "100.00")
    worlds.settle()
    (invoice,) = issue(world)
    wrong = [(invoice.id, Decimal("100.01"))]
    assert refused(worlds.receive, world, "100.00", "TX-1", applications=wrong) == [
        "settlement.invoice_overpaid",
        "settlement.receipt_overspent",
    ]
    receipt = worlds.receive(world, "100.00", "TX-1", applications=[(invoice.id, Decimal("30.00"))])
    assert (receipt.applied, receipt.prepaid) == (Decimal("30.00"), Decimal("70.00"))
    again = settlement.apply_receipt(receipt_id=receipt.id, actor=worlds.HOUSE, now=NOW)
    assert again.applied == Decimal("100.00")
    assert (credit(world).receivable, credit(world).prepaid) == (0, 0)
    assert refused(settlement.apply_receipt, receipt_id=receipt.id, actor=worlds.HOUSE, now=NOW) == [
        "settlement.nothing_to_apply"
    ]


@pytest.mark.parametrize("amount", ["0", "-1.00", "1.005"])
def test_an_amount_that_is_no_cents_above_zero_is_refused(world, amount):
    assert refused(worlds.receive, world, amount, "TX-1") == ["settlement.amount_invalid"]


def test_open_items_are_aged_from_their_due_date(world):
    worlds.signed(world, "100.00")
    worlds.settle()
    issue(world, now=NOW - dt.timedelta(days=61))
    worlds.signed(world, "7.00")
    worlds.settle()
    issue(world)
    found = read(queries.open_items, world.debtor, today=worlds.TODAY)
    assert {name: amount for name, amount in found.ageing.items() if amount} == {
        "not_due": Decimal("7.00"),
        "31-60": Decimal("100.00"),
    }


def test_a_dealer_sees_its_invoices_and_a_stranger_none(world):
    worlds.signed(world, "113.00")
    worlds.settle()
    (invoice,) = issue(world)
    dealer, stranger = world.actor(), world.actor(nodes=[world.debtor + 1000])
    with scope.transaction(dealer):
        assert [one.id for one in queries.list_invoices(actor=dealer).rows] == [invoice.id]
    with scope.transaction(stranger):
        assert queries.list_invoices(actor=stranger).rows == ()
        with pytest.raises(errors.NotFound):
            queries.get_invoice(invoice.id, actor=stranger)
        assert queries.unbilled(world.debtor, up_to=worlds.TODAY, actor=stranger) == []
