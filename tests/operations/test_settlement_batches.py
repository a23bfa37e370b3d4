"""Statements and rebates for many at once, lines confirmed one by one, debtors by age; and who sees none of it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qudao.kernel import errors, scope
from qudao.kernel import models as kernel
from qudao.settlement import models, queries
from qudao.settlement import operations as settlement
from qudao.settlement.rules import billing
from tests import harness
from tests.operations import settlement_world as worlds

NOW, TODAY = harness.NOW, worlds.TODAY
NOVEMBER = dt.date(2026, 11, 1)
PARTNER = ("settlement.statement.view", "settlement.statement.confirm", "settlement.rebate.view")


@pytest.fixture
def world(db):
    found = worlds.build()
    worlds.credit(found, "10000.00")
    return found


def build(month=NOVEMBER, **more):
    return settlement.build_statements(month=month, actor=worlds.HOUSE, now=NOW, **more)


def sent(world):
    """A statement with two lines sold, sent to the partner."""
    worlds.signed(world, "113.00", "226.00")
    worlds.settle()
    (made,) = build().made
    return settlement.send_statement(statement_id=made.statement.id, actor=worlds.HOUSE, now=NOW)


def codes(found) -> list[str]:
    return [one.code for one in found.value.reasons]


def states(statement_id) -> list[str]:
    with scope.everything() as actor:
        return [line.state for line in queries.get_statement(statement_id, actor=actor).lines]


# -- many at once -----------------------------------------------------------------------------------


def test_building_a_month_takes_who_has_business_in_it_and_no_one_else(world):
    worlds.signed(world, "113.00")
    worlds.settle()
    found = build()
    assert [one.statement.node_id for one in found.made] == [world.debtor]
    assert (found.refused, found.left) == ((), 0)
    # A draft is built anew under its number; one that was sent is not touched.
    again = build()
    assert again.made[0].statement.number == found.made[0].statement.number
    settlement.send_statement(statement_id=found.made[0].statement.id, actor=worlds.HOUSE, now=NOW)
    assert build() == settlement.Batch((), ())


def test_one_that_cannot_be_built_stops_no_other(world):
    with scope.everything():
        other = kernel.Node.objects.filter(kind="debtor", party_id=10).get()
    worlds.signed(world, "113.00", on=dt.date(2026, 10, 5))
    worlds.settle()
    build(dt.date(2026, 10, 1))
    with scope.everything():
        models.Statement.objects.create(
            entry=None, created_at=NOW, node_id=other.pk, number="ST-X", entity_id=1, party_id=10,
            period_from=dt.date(2026, 10, 1), period_until=NOVEMBER, status="locked", journal_number=0,
            opening=5, sales=0, returns=0, rebates=0, receipts=0, closing=5, invoiced_receivable=5,
            shipped_not_invoiced=0,
        )  # fmt: skip
    found = build()
    assert [one.statement.node_id for one in found.made] == [other.pk]
    [(node, reasons)] = found.refused
    assert node == world.debtor
    assert [one.code for one in reasons] == ["settlement.statement_previous_open"]


def test_a_batch_stops_at_its_bound_and_says_how_many_are_left(world):
    worlds.signed(world, "113.00")
    worlds.settle()
    assert build(most=0) == settlement.Batch((), (), left=1)


def test_sending_many_sends_each_once(world):
    statement = sent(world)
    found = settlement.send_statements(statement_ids=[statement.id], actor=worlds.HOUSE, now=NOW)
    assert found.made == ()
    assert [one.code for one in found.refused[0][1]] == ["settlement.statement_state"]


def test_all_terms_of_a_day_are_run_once_until_confirmed(world):
    worlds.term(world)
    worlds.signed(world, "2260.00")
    worlds.settle()
    over = dt.datetime(2027, 1, 4, 1, tzinfo=dt.UTC)
    found = settlement.run_rebates(day=TODAY, actor=worlds.HOUSE, now=over)
    assert [one.run.volume_amount for one in found.made] == [Decimal("2000.00")]
    assert settlement.run_rebates(day=TODAY, actor=worlds.HOUSE, now=over).made == ()
    confirmed = settlement.confirm_runs(run_ids=[found.made[0].run.id] * 2, actor=worlds.HOUSE, now=over)
    assert [one.status for one in confirmed.made] == ["confirmed"]
    assert [one.code for one in confirmed.refused[0][1]] == ["settlement.run_state"]


def test_what_was_calculated_of_a_period_under_way_is_left_out_and_calculated_anew_once_it_is_over(world):
    worlds.term(world)
    worlds.signed(world, "2260.00")
    worlds.settle()
    over = dt.datetime(2027, 1, 4, 1, tzinfo=dt.UTC)
    (preview,) = settlement.run_rebates(day=TODAY, actor=worlds.HOUSE, now=NOW).made
    assert settlement.run_rebates(day=TODAY, actor=worlds.HOUSE, now=NOW).made == ()
    found = settlement.confirm_runs(run_ids=[preview.run.id], actor=worlds.HOUSE, now=over)
    assert (found.made, [one.code for one in found.refused[0][1]]) == ((), ["settlement.period_not_over"])
    (anew,) = settlement.run_rebates(day=TODAY, actor=worlds.HOUSE, now=over).made
    found = settlement.confirm_runs(run_ids=[anew.run.id], actor=worlds.HOUSE, now=over)
    assert [one.status for one in found.made] == ["confirmed"]


# -- line by line -----------------------------------------------------------------------------------


def test_lines_are_confirmed_one_by_one_and_stay_so(world):
    statement = sent(world)
    partner = world.actor(*PARTNER)
    first = settlement.confirm_lines(statement_id=statement.id, nos=[1], actor=partner, now=NOW)
    assert (first.status, first.version) == ("sent", statement.version + 1)
    assert states(statement.id) == ["confirmed", "open"]
    again = settlement.confirm_lines(statement_id=statement.id, nos=[1], actor=partner, now=NOW)
    assert again.version == first.version


def test_a_line_in_dispute_or_none_at_all_is_not_confirmed(world):
    statement = sent(world)
    partner = world.actor(*PARTNER)
    settlement.dispute_line(statement_id=statement.id, no=1, reason="price", actor=partner, now=NOW)
    with pytest.raises(errors.Refused) as found:
        settlement.confirm_lines(statement_id=statement.id, nos=[1, 2, 9], actor=partner, now=NOW)
    assert codes(found) == ["settlement.line_in_dispute", "settlement.line_unknown"]
    assert states(statement.id) == ["disputed", "open"]


def test_a_statement_read_before_a_change_is_not_confirmed(world):
    statement = sent(world)
    partner = world.actor(*PARTNER)
    settlement.confirm_lines(statement_id=statement.id, nos=[1], actor=partner, now=NOW)
    with pytest.raises(errors.Conflict):
        settlement.confirm_statement(
            statement_id=statement.id, version=statement.version, actor=partner, now=NOW
        )
    confirmed = settlement.confirm_statement(
        statement_id=statement.id, version=statement.version + 1, actor=partner, now=NOW
    )
    assert confirmed.status == "confirmed"


# -- who sees it ------------------------------------------------------------------------------------


def test_an_agent_above_sees_the_account_and_none_of_its_dealers_money(world):
    """It sees the nodes of the accounts; what hangs on the debtor stays the dealer's own."""
    statement = sent(world)
    worlds.fill_pool(world, "50.00")
    worlds.receive(world, "10.00", "TX-9")
    agent = scope.Actor("person", 8, "代理", frozenset({"*"}), visible=world.accounts, party_id=77)
    with scope.transaction(agent):
        assert queries.list_statements(actor=agent).rows == ()
        assert queries.list_runs(actor=agent).rows == ()
        assert queries.list_receipts(actor=agent).rows == ()
        assert queries.list_pools(actor=agent) == []
        assert queries.list_debtors(queries.DebtorFilter(), today=TODAY, actor=agent) == ([], "")
        assert queries.total_debtors(queries.DebtorFilter(), today=TODAY, actor=agent)[0] == 0
        assert queries.count_statements(actor=agent) == {}
        assert queries.statement_sections(statement.id, actor=agent)["sales"].count == 0
        assert queries.section_lines(statement.id, section="", actor=agent) == []
        with pytest.raises(errors.NotFound):
            queries.find_statement(statement.id, actor=agent)
    partner = world.actor(*PARTNER)
    with scope.transaction(partner):
        assert [one.number for one in queries.list_statements(actor=partner).rows] == [statement.number]
        assert len(queries.list_runs(actor=partner).rows) == 1
        assert queries.list_pools(actor=partner)[0].balance == Decimal("50.00")


# -- debtors by age ---------------------------------------------------------------------------------


def test_debtors_stand_by_what_is_overdue_with_every_bucket(world):
    worlds.signed(world, "113.00")
    worlds.settle()
    settlement.issue_invoices(debtor_node_id=world.debtor, up_to=TODAY, actor=worlds.HOUSE, now=NOW)
    for days, bucket in ((0, "not_due"), (30, "not_due"), (31, "1-30"), (61, "31-60"), (396, "over_365")):
        with scope.transaction(worlds.HOUSE):
            [row], more = queries.list_debtors(
                queries.DebtorFilter(owing=True), today=TODAY + dt.timedelta(days=days), actor=worlds.HOUSE
            )
            wanted = queries.InvoiceFilter(
                debtor_node_id=world.debtor,
                open_only=True,
                **dict(
                    zip(
                        ("due_from", "due_until"),
                        billing.due_between(bucket=bucket, today=TODAY + dt.timedelta(days=days)),
                        strict=True,
                    )
                ),
            )
            count, sums = queries.total_invoices(wanted, actor=worlds.HOUSE)
        assert {name for name, amount in row.ageing.items() if amount} == {bucket}, days
        assert (row.total, more) == (Decimal("113.00"), "")
        # The figure opens to exactly its invoices.
        assert (count, sums["open"]) == (1, row.ageing[bucket])


def test_the_lists_ask_no_more_for_more_rows(world):
    def asked() -> int:
        with scope.transaction(worlds.HOUSE), CaptureQueriesContext(connection) as captured:
            queries.list_debtors(queries.DebtorFilter(), today=TODAY, actor=worlds.HOUSE)
            queries.total_debtors(queries.DebtorFilter(), today=TODAY, actor=worlds.HOUSE)
            queries.list_statements(actor=worlds.HOUSE)
            queries.total_statements(queries.StatementFilter(), actor=worlds.HOUSE)
            statement = queries.list_statements(actor=worlds.HOUSE).rows[0]
            queries.statement_sections(statement.id, actor=worlds.HOUSE)
            queries.first_lines(statement.id, actor=worlds.HOUSE, limit=30)
        return len(captured)

    statement = sent(world)
    few = asked()
    with scope.everything() as actor:
        line = queries.get_statement(statement.id, actor=actor).lines[0]
        models.StatementLine.objects.bulk_create(
            models.StatementLine(
                node_id=world.debtor, statement_id=statement.id, no=100 + no, section="differences", on=TODAY,
                document_type="shipment", document_number=line.document_number, amount=0,
            )
            for no in range(60)
        )  # fmt: skip
    assert asked() == few
