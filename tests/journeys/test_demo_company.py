"""The demo company: what it promises, that it adds up, and that every story can be found."""

import collections
import datetime as dt
import subprocess
import sys
from decimal import Decimal

import pytest

from qudao.compliance import queries as compliance
from qudao.kernel import periods, scope
from qudao.orders import queries as orders
from qudao.settlement import queries as settlement
from qudao.shell.demo import build, check, stories, supplies, trade
from tests import harness

SYSTEM = scope.system("setup")


@pytest.fixture(scope="module")
def planned():
    return build.planned(harness.NOW)


def test_the_plan_has_everybody_who_is_promised(planned):
    roles = collections.Counter(one.role for one in planned.partners.values())
    assert roles == {
        "supplier": 12,
        "agent": 6,
        "dealer": 60,
        "service_point": 12,
        "store": 8,
        "hospital": 150,
    }
    assert len(planned.products) == 400
    assert collections.Counter(one.line for one in planned.products.values()).keys() == {
        *("CV", "IVD", "OR", "SU", "EQ")
    }
    campuses = [one for one in planned.partners.values() if len(one.places) > 1]
    assert len(campuses) > 60
    names = [one.name for one in planned.partners.values()]
    assert len(set(names)) == len(names)


def test_the_plan_has_a_year_of_orders_with_its_seasons(planned):
    bargains = trade.plan(planned)
    assert 1450 <= len(bargains) <= 1550
    assert 6500 <= sum(len(deal.lines) for deal in bargains) <= 7800
    by_month = collections.Counter(
        deal.at.astimezone(periods.BUSINESS_ZONE).date().replace(day=1) for deal in bargains
    )
    assert len(by_month) == 12
    assert min(by_month, key=by_month.__getitem__) == dt.date(2026, 2, 1)
    assert max(by_month, key=by_month.__getitem__) == dt.date(2025, 12, 1)


def test_few_partners_make_most_of_the_trade(planned):
    orders_of = collections.Counter(deal.partner for deal in trade.plan(planned))
    tenth = [count for _, count in orders_of.most_common(len(orders_of) // 10)]
    assert sum(tenth) > 0.3 * sum(orders_of.values())


def test_the_same_day_makes_the_same_company(planned):
    again = build.planned(harness.NOW)
    assert again.partners == planned.partners
    assert again.products == planned.products
    assert trade.plan(again) == trade.plan(planned)
    assert stories.standing(again) == stories.standing(planned)
    wanted = supplies.demand(planned, trade.plan(planned))
    assert supplies.plan(again, wanted) == supplies.plan(planned, wanted)


@pytest.mark.parametrize("day", [dt.date(2027, 2, 28), dt.date(2026, 10, 1), dt.date(2028, 1, 3)])
def test_it_can_be_planned_on_any_day(day):
    demo = build.planned(dt.datetime.combine(day, dt.time(3), dt.UTC))
    bargains = [*trade.plan(demo), *stories.standing(demo)]
    assert all(deal.at < demo.now for deal in bargains)
    assert {demo.partners[deal.partner].entity for deal in bargains} == {"qd", "hz", "bj"}


# --- What was made ---------------------------------------------------------------------------------


def test_nothing_that_was_planned_is_refused(demo):
    assert demo.counts["orders"] >= harness.DEMO_ORDERS
    assert sum(demo.refused.values()) <= demo.counts["orders"] * 0.02, demo.refused


def test_everything_adds_up(demo):
    with harness.owner() as owner:
        assert list(check.contradictions(owner)) == []


def test_every_queue_has_something_in_it(demo):
    queues = demo.stories.queues
    for name in (
        "draft",
        "confirmed",
        "to_pick",
        "picked",
        "reviewed",
        "shipped",
        "to_receive",
        "to_inspect",
    ):
        assert queues.get(name), name
    with scope.transaction(SYSTEM):
        for state in ("to_pick", "picked", "reviewed", "shipped"):
            page = orders.list_shipments(orders.Filter(status=state), actor=SYSTEM)
            assert {one.entity_id for one in page.rows} == set(demo.company.entities.values()), state


def test_the_trace_of_the_recalled_lot_adds_up(demo):
    with scope.transaction(SYSTEM):
        found = compliance.trace(lot_ids=[demo.stories.recalled_lot_id], actor=SYSTEM, today=demo.today)
    assert found.differences == ()
    assert found.subjects[0].hold == demo.stories.recall_hold
    assert len(demo.stories.recall_holders) >= 2
    assert sum(one.left for one in found.holders) == sum(map(Decimal, demo.stories.recall_holders.values()))


def test_the_statements_of_the_stories_stand_as_told(demo):
    told = demo.stories
    with scope.transaction(SYSTEM):
        disputed = settlement.get_statement(told.disputed_statement, actor=SYSTEM)
        settled = settlement.get_statement(told.settled_statement, actor=SYSTEM)
    assert disputed.statement.status == "disputed"
    assert disputed.lines[told.disputed_line - 1].state == "disputed"
    assert settled.statement.status in ("confirmed", "locked")


def test_the_other_stories_have_their_documents(demo):
    told = demo.stories
    for name in (
        *("lapsing_partner", "lapsed_partner", "rebate_run", "split_order", "short_draft", "short_purchase"),
        *("versioned_contract", "diverted_hospital", "diverted_file", "returned_shipment"),
    ):
        assert getattr(told, name), name
    with scope.transaction(SYSTEM):
        run = settlement.get_run(told.rebate_run, actor=SYSTEM).run
    assert run.status == "confirmed"
    assert run.payable > 0


def test_making_it_again_says_that_it_is_there(demo):
    done = subprocess.run(
        [sys.executable, "-m", "qudao.shell.cli", "demo"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "The demo company is there." in done.stdout
    accounts = [line.split()[0] for line in done.stdout.splitlines() if "Qudao-demo-2026" in line]
    assert accounts[:2] == ["zhoulan", "wangmin"]
    assert {"liuyang", "fuwudian", "mendian"} <= set(accounts)
