"""The demo company: what it promises, that it adds up, and that every story can be found."""

import collections
import datetime as dt
import random
import subprocess
import sys
from decimal import Decimal

import pytest

from qudao.catalog import queries as catalog
from qudao.compliance import queries as compliance
from qudao.insights import queries as insights
from qudao.kernel import errors, periods, scope
from qudao.orders import operations as order_operations
from qudao.orders import queries as orders
from qudao.settlement import queries as settlement
from qudao.shell.demo import build, check, goals, people, stories, supplies, trade, worth
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


# The first and the last days of quarters and months, a leap day, a Sunday after Spring Festival, and many between.
DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=days) for days in range(0, 800, 9)] + [
    *(dt.date(2027, month, day) for month in range(1, 13) for day in (1, 2)),
    *(dt.date(2027, month, 1) - dt.timedelta(days=1) for month in range(1, 13)),
    *(dt.date(2028, 2, 29), dt.date(2028, 1, 30)),
]


@pytest.mark.parametrize("orders", [build.ORDERS, harness.DEMO_ORDERS])
def test_the_first_dealer_is_on_its_way_to_the_next_step_on_any_day(orders):
    """Whenever its deliveries are signed for in the days they may take, and if an order of it is refused."""
    for place, day in enumerate(DAYS[:: 1 if orders < 500 else 4]):
        hour = (0, 2, 12)[place % 3]
        now = dt.datetime.combine(day, dt.time(hour, 20), periods.BUSINESS_ZONE).astimezone(dt.UTC)
        demo = build.planned(now, orders=orders)
        bargains = [*trade.plan(demo), *stories.standing(demo)]
        asked = worth.asked(demo, bargains)
        assert asked.keys() == {"kangze.CV", "kangze.IVD"}
        for name, steps in asked.items():
            bounds = [Decimal(start) for start, _ in steps]
            assert bounds == sorted(set(bounds)), (day, name)
            assert all(bound % 500 == 0 and len(str(bound).rstrip("0")) <= 2 for bound in bounds), (
                day,
                steps,
            )
            for luck in range(3):
                bought = _bought(demo, [one for one in bargains if one.account == name], random.Random(luck))
                assert bounds[2] < bought < bounds[3] * Decimal("0.95"), (day, name, bought, steps)


def _bought(demo, bargains, chance) -> Decimal:
    """What was signed for this quarter without tax, the last order but the deliveries of today refused."""
    prices, total = worth.Worth(demo), Decimal(0)
    refused = (
        next((one for one in reversed(bargains) if one.arrives is None), None)
        if chance.random() < 0.4
        else None
    )
    for deal in bargains:
        on = periods.business_date(deal.arrives or deal.at + dt.timedelta(days=chance.randint(1, 3)))
        if deal.until == "signed" and demo.quarter <= on <= demo.today and deal is not refused:
            total += prices.net(deal, procured=False)
    return total


def test_the_first_dealer_has_earned_a_rebate_even_where_few_orders_are_wanted(planned):
    few = build.planned(dt.datetime(2026, 7, 2, 1, 30, tzinfo=dt.UTC), orders=150)
    [deal] = stories.earning(few, [*trade.plan(few), *stories.standing(few)])
    assert (deal.account, deal.lines) == ("kangze.CV", (("BQ-2515", 24),))
    assert deal.at.date() == dt.date(2026, 2, 15)
    assert list(stories.earning(planned, [*trade.plan(planned), *stories.standing(planned)])) == []


def test_targets_follow_what_is_ordered(planned):
    bargains = [*trade.plan(planned), *stories.standing(planned)]
    targets = goals.targets(planned, bargains)
    assert all(target >= 1000 and target % 1000 == 0 for target in targets.values())
    stopped = {key for key, one in planned.partners.items() if one.paying.startswith("stopped")}
    shares = {
        name: amount / targets[name]
        for name, amount in worth.yearly(planned, bargains).items()
        if name in targets
    }
    weak = {name for name, share in shares.items() if share < Decimal("0.6")}
    assert {name.split(".")[0] for name in weak} >= stopped
    assert 0.05 < len(weak) / len(shares) < 0.2
    assert all(Decimal("0.3") < share < Decimal("1.25") for share in shares.values())
    assert sum(share > 1 for share in shares.values()) > len(shares) / 6


# --- What was made ---------------------------------------------------------------------------------


def test_nothing_that_was_planned_is_refused(demo):
    assert demo.counts["orders"] >= harness.DEMO_ORDERS
    assert sum(demo.refused.values()) <= demo.counts["orders"] * 0.02, demo.refused


def test_everything_adds_up(demo):
    with harness.owner() as owner:
        assert list(check.contradictions(owner)) == []


def test_every_story_can_be_shown(demo):
    with harness.owner() as owner:
        assert list(check.lacking(demo, owner)) == []


def test_accounts_attain_their_targets_by_and_large(demo):
    with scope.transaction(SYSTEM):
        standing = insights.attainment(
            insights.Cut(first=dt.date(2026, 1, 1), until=demo.today + dt.timedelta(days=1))
        )
    rates = sorted(one.rate for one in standing)
    assert len(rates) > 40
    assert sum(rate == 0 for rate in rates) <= len(rates) * 0.05
    assert sum(Decimal("0.6") <= rate <= Decimal("1.2") for rate in rates) > len(rates) * 0.7


def test_people_were_here_lately_but_for_newcomers(demo):
    with harness.owner() as owner:
        seen = dict(owner.execute("SELECT username, last_login FROM organisation_person").fetchall())
    for username, *_ in people.NEWCOMERS:
        assert seen.pop(username) is None
    for username in ("zhoulan", "lijun", "mengyao", "kangze"):
        assert demo.now - dt.timedelta(days=8) < seen[username] < demo.now
    stopped = next(one for one in demo.partners.values() if one.paying == "stopped 8")
    assert seen[stopped.code.lower()] is None or seen[stopped.code.lower()] < demo.now - dt.timedelta(
        days=200
    )


def test_what_rests_on_a_revoked_certificate_is_refused(demo):
    with harness.owner() as owner, owner.transaction():
        owner.execute("SELECT set_config('app.everyone', 'on', true)")
        [(order_id, version)] = owner.execute(
            "SELECT id, version FROM orders_order WHERE number = %s", [demo.stories.refused_draft]
        ).fetchall()
    with pytest.raises(errors.Refused) as caught:
        order_operations.confirm_order(order_id=order_id, version=version, actor=SYSTEM, now=demo.now)
    assert "catalog.certificate_revoked" in {reason.code for reason in caught.value.reasons}
    listed = catalog.list_devices(catalog.DeviceFilter(standing="lapsed"), on=demo.today).rows
    assert {(row.item.code.split("-")[0], row.state) for row in listed} == {
        ("DX", "expired"),
        ("ES", "revoked"),
    }


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
    names = {key: f"{one.short} {one.contact}" for key, one in demo.partners.items()}
    for username, key in (("fuwudian", "n01"), ("mendian", "m01")):
        assert any(
            line.split()[0] == username and names[key] in line
            for line in done.stdout.splitlines()
            if line.strip()
        )
