"""What was credited after it was paid: in no bucket of the ageing, and applied to open invoices by entries."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest

from qudao.kernel import decisions, errors, scope
from qudao.kernel import models as kernel
from qudao.settlement import models, queries
from qudao.settlement import operations as settlement
from tests import harness
from tests.operations import settlement_world as worlds

NOW, TODAY = harness.NOW, worlds.TODAY
LATER = TODAY + dt.timedelta(days=45)
A, B = Decimal("113.00"), Decimal("226.00")
CREDIT = Decimal("33.90")


@pytest.fixture
def world(db):
    found = worlds.build()
    worlds.credit(found, "10000.00")
    return found


def issue(world, now=NOW):
    worlds.settle()
    return settlement.issue_invoices(debtor_node_id=world.debtor, up_to=TODAY, actor=worlds.HOUSE, now=now)


@pytest.fixture
def credited(world):
    """The worked table of docs/domain/settlement.md: A was paid and 3 of its 10 came back; B is open."""
    (line,) = worlds.signed(world, f"{A}", quantity="10", number="SH-A")
    [a] = issue(world)
    worlds.receive(world, f"{A}", "TX-A")
    worlds.signed(world, f"{B}", number="SH-B")
    [b] = issue(world)
    worlds.returned(world, f"{CREDIT}", line, quantity="3")
    [_red] = issue(world)
    return a.id, b.id


def apply(invoice_id, **more):
    return settlement.apply_credit(invoice_id=invoice_id, **{"actor": worlds.HOUSE, "now": NOW} | more)


def read(question, *arguments, **more):
    with scope.transaction(worlds.HOUSE):
        return question(*arguments, actor=worlds.HOUSE, **more)


def opens(*ids) -> list[Decimal]:
    return [read(queries.get_invoice, one).open for one in ids]


def receivable(world) -> Decimal:
    return read(queries.credit_of, world.debtor, on=TODAY).receivable


def row(world, today=LATER) -> queries.DebtorView:
    found, _more = read(queries.list_debtors, queries.DebtorFilter(owing=True), today=today)
    return found[0]


def refused(action, *arguments, **more):
    with pytest.raises(errors.Refused) as found:
        action(*arguments, **more)
    return [one.code for one in found.value.reasons]


def test_a_credit_is_in_no_bucket_of_the_ageing_and_stands_for_itself(world, credited):
    assert opens(*credited) == [-CREDIT, B]
    found = read(queries.open_items, world.debtor, today=LATER)
    assert {name: amount for name, amount in found.ageing.items() if amount} == {"1-30": B}
    assert (found.total, found.unapplied) == (B, CREDIT)
    assert [one.id for one in found.credits] == [credited[0]]
    listed = row(world)
    assert (listed.total, listed.overdue, listed.unapplied) == (B, B, CREDIT)
    assert listed.receivable == receivable(world) == B - CREDIT == Decimal("192.10")
    count, sums = read(queries.total_debtors, queries.DebtorFilter(owing=True), today=LATER)
    assert (count, sums["overdue"], sums["unapplied"]) == (1, B, CREDIT)


def test_who_has_a_credit_alone_owes_nothing_overdue_and_is_listed(world):
    (line,) = worlds.signed(world, f"{A}", quantity="10")
    issue(world)
    worlds.receive(world, f"{A}", "TX-A")
    worlds.returned(world, f"{CREDIT}", line, quantity="3")
    issue(world)
    listed = row(world)
    assert (listed.total, listed.overdue, listed.unapplied) == (0, 0, CREDIT)
    assert read(queries.list_debtors, queries.DebtorFilter(late=True), today=LATER) == ([], "")
    assert read(queries.credit_of, world.debtor, on=LATER).overdue == 0


def test_a_credit_is_applied_to_what_is_due_first_and_what_is_owed_stays(world, credited):
    before = receivable(world)
    applied = apply(credited[0])
    assert (applied.open, applied.unapplied, applied.credited) == (0, 0, 0)
    assert opens(*credited) == [0, B - CREDIT]
    assert receivable(world) == before == Decimal("192.10")
    found = read(queries.open_items, world.debtor, today=LATER)
    assert (found.ageing["1-30"], found.unapplied) == (Decimal("192.10"), 0)
    [use] = read(queries.credits_of, credited[0])
    assert (use.given, use.invoice_id, use.on, use.amount) == (True, credited[1], TODAY, CREDIT)
    [use] = read(queries.credits_of, credited[1])
    assert (use.given, use.invoice_id, use.amount) == (False, credited[0], CREDIT)


def test_a_credit_is_applied_once_and_never_beyond_what_it_is(world, credited):
    a, b = credited
    too_much = [(b, CREDIT + Decimal("0.01"))]
    assert refused(apply, a, applications=too_much) == ["settlement.credit_overspent"]
    apply(a, applications=[(b, Decimal("10.00"))])
    assert opens(a, b) == [Decimal("-23.90"), Decimal("216.00")]
    apply(a)
    assert opens(a, b) == [0, Decimal("192.10")]
    assert refused(apply, a) == ["settlement.no_credit_to_apply"]
    assert refused(apply, b) == ["settlement.no_credit_to_apply"]
    with scope.everything():
        kept = models.CreditApplication.objects.order_by("pk").values_list("amount", flat=True)
        assert list(kept) == [Decimal("10.00"), Decimal("23.90")]


def test_a_credit_is_to_be_applied_while_there_is_an_invoice_for_it(world, credited):
    assert read(queries.count_credits) == 1
    worlds.receive(world, f"{B}", "TX-B")
    assert read(queries.count_credits) == 0


def test_a_credit_waits_while_no_invoice_is_open(world, credited):
    worlds.receive(world, f"{B}", "TX-B")
    assert refused(apply, credited[0]) == ["settlement.nothing_to_credit"]
    assert opens(*credited) == [-CREDIT, 0]


def test_a_credit_pays_no_other_debtor(world, credited):
    with scope.everything():
        other = kernel.Node.objects.get(kind="debtor", party_id=10).pk
        foreign = models.Invoice.objects.create(
            entry=None, created_at=NOW, node_id=other, number="IV-X", entity_id=1, party_id=10,
            issued_on=TODAY, due_on=TODAY, net=100, tax=13, gross=113,
        )  # fmt: skip
    wrong = [(foreign.pk, Decimal("1.00"))]
    assert refused(apply, credited[0], applications=wrong) == ["settlement.invoice_unknown"]


def test_a_red_invoice_after_the_credit_was_applied_credits_anew(world, credited):
    apply(credited[0])
    worlds.settle()
    with scope.everything():
        line = models.InvoiceLine.objects.filter(invoice_id=credited[0]).get().shipment_line_id
    worlds.returned(world, "22.60", line, quantity="2", number="RT-2")
    issue(world)
    assert opens(*credited) == [Decimal("-22.60"), Decimal("192.10")]
    assert receivable(world) == Decimal("169.50")
    apply(credited[0])
    assert opens(*credited) == [0, Decimal("169.50")]


def of_sale(world, gross="1.00", *, on=LATER, actor=worlds.HOUSE):
    """What is said of an order on a day."""
    facts = dataclasses.replace(worlds.sale(world, gross), on=on)
    with scope.transaction(actor, acting=True):
        found = decisions.run(facts, actor=actor, now=NOW, locking=False).reasons
    return {one.code: one for one in found}


@pytest.fixture
def gates(monkeypatch):
    worlds.alone(monkeypatch)


def test_an_order_is_refused_with_the_credit_named_that_covers_a_part_of_what_is_overdue(
    world, credited, gates
):
    said = of_sale(world)
    assert list(said) == ["settlement.overdue_in_part"]
    reason = said["settlement.overdue_in_part"]
    assert reason.params == {
        "overdue": B,
        "since": TODAY + dt.timedelta(days=30),
        "unapplied": CREDIT,
        "late": B - CREDIT,
    }
    assert reason.link == f"/debtors/{world.debtor}/"


def test_a_credit_that_covers_what_is_overdue_lets_the_order_through_and_says_that_it_waits(
    world, credited, gates
):
    worlds.receive(world, "192.10", "TX-B", applications=[(credited[1], B - CREDIT)])
    said = of_sale(world)
    assert [(code, one.severity) for code, one in said.items()] == [("settlement.overdue_covered", "warn")]
    apply(credited[0])
    assert of_sale(world) == {}


def test_a_buyer_who_sees_no_receivables_gets_no_link_to_them(world, credited, gates):
    (reason,) = of_sale(world, actor=world.actor("orders.order.place")).values()
    assert reason.link is None


def test_the_statement_says_the_same_whether_the_credit_was_applied_or_not(world, credited):
    def invoiced() -> Decimal:
        worlds.settle()
        built = settlement.build_statement(
            debtor_node_id=world.debtor, month=TODAY, actor=worlds.HOUSE, now=NOW
        )
        return built.statement.invoiced_receivable

    before = invoiced()
    apply(credited[0])
    assert before == invoiced() == Decimal("192.10")


def test_the_application_has_its_entry_in_the_journal_with_every_row(world, credited):
    apply(credited[0])
    with scope.everything():
        entry = models.CreditApplication.objects.get().entry
        changed = models.Invoice.objects.filter(entry=entry).values_list("pk", flat=True)
        assert set(changed) == set(credited)


def test_what_is_not_invoiced_opens_to_its_delivery_lines_and_adds_up_to_the_credit_row(world):
    (first, _second) = worlds.signed(world, "113.00", "226.00", quantity="10", number="SH-1")
    issue(world)
    worlds.returned(world, "33.90", first, quantity="3")
    worlds.signed(world, "50.00", number="SH-2")
    worlds.tell("orders.shipment.shipped", world, [worlds.line(world, "80.00")], number="SH-3")
    worlds.settle()
    lines = read(queries.list_unbilled, world.debtor)
    assert [(one.number, one.delivered, one.returned, one.invoiced, one.remaining) for one in lines] == [
        ("SH-3", Decimal("80.00"), 0, 0, Decimal("80.00")),
        ("SH-2", Decimal("50.00"), 0, 0, Decimal("50.00")),
        ("SH-1", Decimal("113.00"), Decimal("33.90"), Decimal("113.00"), Decimal("-33.90")),
    ]
    assert [one.signed_on for one in lines] == [None, TODAY, TODAY]
    assert [one.quantity for one in lines] == [1, 1, 10]
    count, sums = read(queries.total_unbilled, world.debtor)
    assert (count, sums["remaining"]) == (3, Decimal("96.10"))
    # A line that was refused whole is neither signed for nor on its way any more.
    refused = worlds.line(world, "0.00", quantity="0") | {"difference": {"damaged": "4"}}
    on_its_way = read(queries.list_unbilled, world.debtor)[0].shipment_line_id
    worlds.tell("orders.shipment.signed", world, [{**refused, "document_line_id": on_its_way}], number="SH-3")
    worlds.settle()
    assert [one.number for one in read(queries.list_unbilled, world.debtor)] == ["SH-2", "SH-1"]
    worlds.tell("orders.shipment.shipped", world, [worlds.line(world, "80.00")], number="SH-4")
    worlds.settle()
    lines = read(queries.list_unbilled, world.debtor)
    later = read(queries.list_unbilled, world.debtor, before=lines[0].shipment_line_id, limit=1)
    assert [(lines[0].number, later[0].number)] == [("SH-4", "SH-2")]
    stranger = world.actor("settlement.credit.view", nodes=[world.debtor + 1000])
    with scope.transaction(stranger):
        assert queries.list_unbilled(world.debtor, actor=stranger) == []
        assert queries.total_unbilled(world.debtor, actor=stranger)[0] == 0


def test_who_may_not_record_receipts_applies_no_credit(world, credited):
    clerk = scope.Actor(
        "person", 3, "结算", frozenset({"settlement.invoice.view"}), house=True, everyone=True
    )
    with pytest.raises(errors.Forbidden):
        apply(credited[0], actor=clerk)
    stranger = world.actor("settlement.cash.record", nodes=[world.debtor + 1000])
    with pytest.raises(errors.NotFound):
        apply(credited[0], actor=stranger)
    assert opens(*credited) == [-CREDIT, B]
