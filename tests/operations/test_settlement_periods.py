"""A closed month takes nothing any more: what is dated in it and comes late posts in the first one that is open."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib import auth
from django.db import connection
from django.test import Client

from qudao.kernel import errors, journal, scope
from qudao.organisation import operations as organisation
from qudao.organisation import queries as periods
from qudao.settlement import models, queries
from qudao.settlement import operations as settlement
from qudao.ui import pages
from tests import harness
from tests.browser import trading
from tests.operations import partners_world
from tests.operations import settlement_world as worlds

NOW = harness.NOW
SEPTEMBER, OCTOBER, NOVEMBER = (dt.date(2026, month, 1) for month in (9, 10, 11))
# An instant of October: an operation begun before midnight and finished after the month was closed.
LATE = dt.datetime(2026, 10, 31, 15, 59, tzinfo=dt.UTC)


@pytest.fixture
def world(db):
    organisation.open_entity(
        code="A", name="甲", short_name="甲", uscc=partners_world.uscc(1), actor=worlds.HOUSE, now=NOW
    )
    found = worlds.build()
    worlds.credit(found, "10000.00")
    return found


def close(first_on, ledger="receivable", **more):
    return organisation.close_period(
        entity_id=1, ledger=ledger, first_on=first_on, actor=worlds.HOUSE, now=NOW, **more
    )


def statement(world, month):
    return settlement.build_statement(debtor_node_id=world.debtor, month=month, actor=worlds.HOUSE, now=NOW)


def receipts(found):
    return [(line.on, line.amount) for line in found.section("receipts")]


def test_a_receipt_dated_in_a_closed_month_posts_on_the_first_open_day_and_keeps_its_date(world):
    early = worlds.receive(world, "100.00", "TX-1", on=dt.date(2026, 10, 30))
    close(OCTOBER)
    late = worlds.receive(world, "200.00", "TX-2", on=dt.date(2026, 10, 31))
    assert (early.received_on, early.posted_on) == (dt.date(2026, 10, 30), dt.date(2026, 10, 30))
    assert (late.received_on, late.posted_on) == (dt.date(2026, 10, 31), NOVEMBER)
    worlds.settle()
    with scope.everything():
        facts = models.Fact.objects.filter(kind="paid").order_by("number").values_list("on", "posted_on")
        assert list(facts) == [(dt.date(2026, 10, 30), None), (dt.date(2026, 10, 31), NOVEMBER)]


def test_the_statement_of_a_closed_month_no_longer_changes(world):
    worlds.receive(world, "100.00", "TX-1", on=dt.date(2026, 10, 30))
    worlds.settle()
    before = statement(world, OCTOBER)
    close(OCTOBER)
    worlds.receive(world, "200.00", "TX-2", on=dt.date(2026, 10, 31))
    worlds.settle()
    again = statement(world, OCTOBER)
    assert receipts(again) == receipts(before) == [(dt.date(2026, 10, 30), Decimal("100.00"))]
    assert again.statement.closing == Decimal("-100.00")
    settlement.send_statement(statement_id=again.statement.id, actor=worlds.HOUSE, now=NOW)
    following = statement(world, NOVEMBER)
    assert receipts(following) == [(dt.date(2026, 10, 31), Decimal("200.00"))], "under its own date"
    assert (following.statement.opening, following.statement.closing) == (Decimal(-100), Decimal(-300))


def test_a_debtor_with_late_documents_alone_is_stated_in_the_month_they_post(world):
    close(OCTOBER)
    worlds.receive(world, "200.00", "TX-2", on=dt.date(2026, 10, 31))
    worlds.settle()
    with scope.transaction(worlds.HOUSE):
        assert queries.debtors_to_state(OCTOBER, actor=worlds.HOUSE) == []
        assert queries.debtors_to_state(NOVEMBER, actor=worlds.HOUSE) == [world.debtor]


def test_a_debtor_is_stated_while_its_newest_statement_leaves_something_open(world):
    """113.00 signed for in September and paid in October: September's closing alone asks for a statement."""
    worlds.signed(world, "113.00", on=SEPTEMBER)
    worlds.settle()
    asked = []
    for month, following in ((SEPTEMBER, OCTOBER), (OCTOBER, NOVEMBER)):
        if month == OCTOBER:
            worlds.receive(world, "113.00", "TX-1", on=dt.date(2026, 10, 8))
            worlds.settle()
        sent = statement(world, month).statement
        settlement.send_statement(statement_id=sent.id, actor=worlds.HOUSE, now=NOW)
        with scope.transaction(worlds.HOUSE):
            asked.append((sent.closing, queries.debtors_to_state(following, actor=worlds.HOUSE)))
    assert asked == [(Decimal("113.00"), [world.debtor]), (Decimal("0.00"), [])]


def test_invoices_and_credits_of_the_last_minute_post_in_the_open_month(world):
    (line,) = worlds.signed(world, "113.00", quantity="10", on=SEPTEMBER)
    worlds.settle()
    (paid,) = settlement.issue_invoices(
        debtor_node_id=world.debtor, up_to=OCTOBER, actor=worlds.HOUSE, now=LATE
    )
    assert paid.issued_on == dt.date(2026, 10, 31)
    worlds.receive(world, "113.00", "TX-1")
    worlds.returned(world, "33.90", line, quantity="3", on=SEPTEMBER)
    worlds.signed(world, "226.00", on=SEPTEMBER, number="SH-2")
    worlds.settle()
    close(OCTOBER)
    made = settlement.issue_invoices(debtor_node_id=world.debtor, up_to=OCTOBER, actor=worlds.HOUSE, now=LATE)
    assert {(one.kind, one.issued_on) for one in made} == {("blue", NOVEMBER), ("red", NOVEMBER)}
    settlement.apply_credit(invoice_id=paid.id, actor=worlds.HOUSE, now=LATE)
    with scope.everything():
        assert [one.on for one in models.CreditApplication.objects.all()] == [NOVEMBER]


def test_a_rebate_of_the_last_minute_enters_the_pool_in_the_open_month(world):
    worlds.term(world)
    worlds.signed(world, "5650.00", on=dt.date(2026, 8, 3))
    worlds.settle()
    with scope.everything():
        term = worlds.pricing.RebateTerm.objects.get()
    run = settlement.run_rebate(
        contract_version_id=term.contract_version_id,
        term_id=term.pk,
        day=SEPTEMBER,
        actor=worlds.HOUSE,
        now=LATE,
    ).run
    close(OCTOBER, "rebate")
    settlement.confirm_run(run_id=run.id, actor=worlds.HOUSE, now=LATE)
    with scope.transaction(worlds.HOUSE):
        (entry,) = queries.pool_entries(world.debtor, actor=worlds.HOUSE)
    assert (entry.kind, entry.on) == ("confirm", NOVEMBER)


def test_the_ledgers_close_apart(world):
    close(OCTOBER, "rebate")
    assert worlds.receive(world, "1.00", "TX-1", on=dt.date(2026, 10, 31)).posted_on == dt.date(2026, 10, 31)


# --- the pages -------------------------------------------------------------------------------------


def signed_in(company, name="qianfang") -> Client:
    client = Client(raise_request_exception=False)
    person = auth.get_user_model().objects.get(pk=company.people[name])
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def address(company, month, *, entity="qd", ledger="receivable") -> str:
    return f"/periods/close/?entity={company.entities[entity]}&ledger={ledger}&month={month}"


def closed():
    return [
        (one.entity_id, one.ledger, one.first_on) for one in periods.list_closed_periods(actor=worlds.HOUSE)
    ]


def leaves() -> int:
    journal.advance()
    with connection.cursor() as cursor, scope.everything():
        cursor.execute("SELECT count(*) FROM journal_leaf WHERE type = 'organisation.period.closed'")
        return cursor.fetchone()[0]


@pytest.fixture
def today(monkeypatch):
    monkeypatch.setattr("qudao.shell.middleware.timezone", trading.Clock)


def test_finance_closes_the_month_that_ended_and_the_list_says_so(company, today):
    client = signed_in(company)
    shown = client.get("/periods/").content.decode()
    assert "month=2026-10" in shown and "month=2026-11" not in shown
    page = client.get(address(company, "2026-10")).content.decode()
    assert "2026-11-01" in page
    answer = client.post(address(company, "2026-10"), {pages.KEY: "close-october-of-qd"})
    assert (answer.status_code, answer["Location"]) == (302, "/periods/")
    assert closed() == [(company.entities["qd"], "receivable", OCTOBER)]
    assert leaves() == 1
    assert client.post(address(company, "2026-10"), {pages.KEY: "close-october-of-qd"}).status_code == 302
    assert leaves() == 1, "a second click closes nothing"


@pytest.mark.parametrize(
    ("month", "code"),
    [
        ("2026-11", "organisation.period_not_ended"),
        ("2026-09", "organisation.period_closed"),
        ("2026-08", "organisation.period_closed"),
    ],
)
def test_a_month_that_cannot_be_closed_says_why_and_nothing_changes(company, today, month, code):
    client = signed_in(company)
    client.post(address(company, "2026-09"), {pages.KEY: "close-september"})
    before, entries = closed(), leaves()
    shown = client.get(address(company, month))
    assert shown.status_code == 422 and "q-refusal " in shown.content.decode()
    with pytest.raises(errors.Refused, match=code):
        organisation.close_period(
            entity_id=company.entities["qd"],
            ledger="receivable",
            first_on=dt.date.fromisoformat(f"{month}-01"),
            actor=worlds.HOUSE,
            now=NOW,
        )
    answer = client.post(address(company, month), {pages.KEY: "close-another"})
    assert answer.status_code >= 400
    assert (closed(), leaves()) == (before, entries)


def test_a_month_is_not_closed_before_the_one_before_it(company, today):
    for ledger, month, status in (("rebate", "2026-08", 302), ("rebate", "2026-10", 422)):
        answer = signed_in(company).post(
            address(company, month, ledger=ledger), {pages.KEY: f"close-{month}-of-{ledger}"}
        )
        assert answer.status_code == status
    assert closed() == [(company.entities["qd"], "rebate", dt.date(2026, 8, 1))]


def test_an_address_that_names_no_month_of_ours_is_not_found(company, today):
    client = signed_in(company)
    for wrong in ("month=2026-13", "month=", "entity=9999", "ledger=stock"):
        assert client.get(address(company, "2026-10") + "&" + wrong).status_code == 404
