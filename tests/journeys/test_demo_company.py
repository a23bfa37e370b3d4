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
from qudao.insights import rules as insights_rules
from qudao.kernel import database, errors, periods, scope
from qudao.orders import operations as order_operations
from qudao.orders import queries as orders
from qudao.partners import queries as partners
from qudao.partners.rules import authorisations
from qudao.pricing import queries as pricing
from qudao.settlement import queries as settlement
from qudao.shell.company import terms
from qudao.shell.demo import (
    build,
    check,
    deals,
    goals,
    grants,
    people,
    shelving,
    stories,
    supplies,
    trade,
    worth,
)
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
    bargains = [*trade.plan(planned), *stories.standing(planned)]
    bargains += stories.earning(planned, bargains)
    assert 1450 <= len(bargains) <= 1550
    assert 6500 <= sum(len(deal.lines) for deal in bargains) <= 7800
    by_month = collections.Counter(
        deal.at.astimezone(periods.BUSINESS_ZONE).date().replace(day=1) for deal in bargains
    )
    assert len(by_month) == 12
    assert min(by_month, key=by_month.__getitem__) == dt.date(2026, 2, 1)
    assert max(by_month, key=by_month.__getitem__) == dt.date(2025, 12, 1)


def test_nobody_orders_or_buys_on_a_public_holiday(planned):
    """Of 2026: New Year to the 3rd, Spring Festival 15 to 23 February, National Day 1 to 7 October; some Saturdays
    and Sundays are worked instead."""
    orders = collections.Counter(
        deal.at.astimezone(periods.BUSINESS_ZONE).date()
        for deal in [*trade.plan(planned), *stories.standing(planned)]
    )
    wanted = supplies.demand(planned, trade.plan(planned))
    buys = collections.Counter(
        buy.at.astimezone(periods.BUSINESS_ZONE).date() for buy in supplies.plan(planned, wanted)
    )
    for first, until in ((1, 4), (46, 55), (274, 281)):
        for number in range(first, until):
            day = dt.date(2025, 12, 31) + dt.timedelta(days=number)
            assert orders[day] == buys[day] == 0, day
    weekends = {f"{day:%m-%d}" for day in (*orders, *buys) if day.weekday() > 4}
    assert weekends == {"01-04", "02-14", "02-28", "05-09", "09-20", "10-10"}


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
    assert {demo.partners[deal.partner].entity for deal in bargains} == {"qd", "gz", "bj"}


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
    # The 15th began the Spring Festival.
    assert deal.at.date() == dt.date(2026, 2, 24)
    assert list(stories.earning(planned, [*trade.plan(planned), *stories.standing(planned)])) == []


@pytest.mark.parametrize(
    "day", [harness.NOW.date(), dt.date(2027, 1, 2), dt.date(2027, 1, 20), dt.date(2027, 3, 31)]
)
def test_targets_follow_what_is_ordered(day):
    """In January too: what counts then began with the contract year, which is that of the targets."""
    demo = build.planned(dt.datetime.combine(day, dt.time(3), dt.UTC))
    bargains = [*trade.plan(demo), *stories.standing(demo)]
    targets = goals.targets(demo, bargains)
    assert all(target >= 1000 and target % 1000 == 0 for target in targets.values())
    stopped = {key for key, one in demo.partners.items() if one.paying.startswith("stopped")}
    year = insights_rules.Goal(Decimal(1), demo.year, periods.add_months(demo.year, 12))
    first = insights_rules.counted_from(
        goals=[year], first=day.replace(month=1, day=1), until=day + dt.timedelta(days=1)
    )
    assert (day - first).days > 280
    shares = {
        name: amount / targets[name]
        for name, amount in worth.yearly(demo, bargains).items()
        if name in targets
    }
    weak = {name for name, share in shares.items() if share < Decimal("0.6")}
    # Who stopped is far behind, or bought next to nothing and has no target.
    assert {name.split(".")[0] for name in weak} >= stopped & {name.split(".")[0] for name in shares}
    assert sum(name.split(".")[0] in stopped for name in weak) > 2
    assert 0.05 < len(weak) / len(shares) < 0.2
    assert all(Decimal("0.3") < share < Decimal("1.25") for share in shares.values())
    assert sum(share > 1 for share in shares.values()) > len(shares) / 6


def test_a_hospital_pays_more_than_any_dealer_for_every_product(planned):
    """But for what national procurement fixes: that has one price for everybody."""
    dearest = max(map(Decimal, worth.FACTORS.values()))
    small = {code: Decimal(price) for _, _, prices in terms.CONTRACTS for code, price in prices.items()}
    agreed: dict[str, Decimal] = collections.defaultdict(Decimal)
    for one, line in deals.contracted(planned):
        for product, price in worth.agreed(planned, one, line, Decimal("0.03")):
            agreed[product.code] = max(agreed[product.code], price)
    for code, product in planned.products.items():
        if not worth.is_procured(product):
            dealers = max(product.price * dearest, agreed[code], small.get(code, Decimal(0)))
            assert worth.bid(product) > dealers, code
    assert sum(map(worth.is_procured, planned.products.values())) < 30


def test_some_authorisations_are_exclusive_and_some_name_their_hospitals(planned):
    given = grants.plan(planned)
    territories = [one for one in given if not one.hospital]
    named = [one for one in given if one.hospital]
    alone = [one for one in territories if one.exclusive]
    assert 0.2 < len(alone) / len(territories) < 0.5
    assert len(named) > 30
    assert 0.2 < sum(one.exclusive for one in named) / len(named) < 0.6
    assert {("kangze", "CV", True), ("kangze", "IVD", True)} <= {
        (one.partner, one.line, one.exclusive) for one in named
    }
    # Whichever of our companies grants: beside who is alone nobody has any of it but the agent above and those below.
    for one in alone:
        own = authorisations.territory(code=one.area)
        beside = {
            other.partner
            for other in territories
            if other.line == one.line
            and own.within(authorisations.territory(code=other.area))
            and other.above != one.partner
        }
        assert beside <= {one.partner, one.above}, one
    for one in named:
        others = [each for each in named if (each.line, each.hospital) == (one.line, one.hospital)]
        assert not one.exclusive or others == [one], one
    for one in named:
        assert one.area == planned.partners[one.hospital].city
        assert planned.partners[one.partner].area // 10_000 == one.area // 10_000


def test_every_product_has_its_shelf_the_cold_ones_in_the_cold_room(planned):
    shelves = shelving.shelves(planned.products)
    assert shelves.keys() == planned.products.keys()
    assert set(shelves.values()) <= {code for code, zone in shelving.locations() if zone == "good"}
    assert {shelves[code][0] for code, product in planned.products.items() if product.cold} == {"L"}
    assert shelves["AC-001"] == "A-01-1"
    assert shelves["BQ-2515"] == "A-03-1"


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


def _ask(statement: str, *values):
    with harness.owner() as owner, owner.transaction():
        owner.execute("SELECT set_config('app.everyone', 'on', true)")
        return owner.execute(statement, values).fetchall()


def test_hospitals_pay_more_than_dealers_in_what_was_made(demo):
    """The prices the catalogue shows: of each line, those of every dealer's account beside those of every hospital's."""
    by_line = collections.defaultdict(list)
    for one in demo.partners.values():
        for line in one.lines:
            by_line[line].append((one.is_hospital, demo.company.accounts[f"{one.key}.{line}"]))
    items = {product.line: [] for product in demo.products.values()}
    for product in demo.products.values():
        items[product.line].append(demo.company.items[product.code])
    kinds = collections.Counter()
    for line, accounts in by_line.items():
        paid = {True: collections.defaultdict(set), False: collections.defaultdict(set)}
        for hospital, account_id in accounts:
            for item, choice in _prices(demo, account_id, items[line], hospital).items():
                # The small company's products are the first entity's alone.
                if not isinstance(choice, errors.Reason):
                    kinds[hospital, choice.kind] += 1
                    paid[hospital][item].add((choice.kind == "vbp", choice.unit_price))
        assert paid[True].keys() == paid[False].keys() == set(items[line]), line
        for item in items[line]:
            (procured, least), (_, most) = min(paid[True][item]), max(paid[False][item])
            assert least == most if procured else least > most, (line, item, least, most)
    assert {kind for hospital, kind in kinds if hospital} == {"hospital", "vbp"}
    assert kinds[False, "contract"] > 300


def _prices(demo, account_id, items, hospital):
    with scope.transaction(SYSTEM, acting=True):
        account = partners.get_account(account_id, SYSTEM)
        return pricing.resolve_prices(
            account=account,
            hospital_id=account.party_id if hospital else 0,
            lines=[pricing.PriceRequest(item, item, Decimal(1)) for item in items],
            on=demo.today,
            vat_rates=dict.fromkeys(items, Decimal("0.13")),
            actor=SYSTEM,
        )


def test_this_years_authorisations_say_what_they_ask_for_whom_they_name_and_who_is_alone(demo):
    [(territories, asked, named, alone, passed)] = _ask(
        "SELECT count(*) FILTER (WHERE hospital_id = 0), count(*) FILTER (WHERE target IS NOT NULL),"
        " count(*) FILTER (WHERE hospital_id > 0), count(*) FILTER (WHERE exclusive),"
        " count(*) FILTER (WHERE parent_id IS NOT NULL)"
        " FROM partners_authorisation WHERE valid_from <= %s AND valid_until > %s",
        demo.today,
        demo.today,
    )
    assert asked > territories * 0.4
    assert min(named, alone) > 20 and passed > 10
    for key in ("lianyou.CV", "kangze.CV", "kangze.IVD"):
        party, line = key.split(".")
        [(target,)] = _ask(
            "SELECT sum(target) FROM partners_authorisation WHERE party_id = %s AND line_id = %s"
            " AND valid_from <= %s AND valid_until > %s",
            *(demo.company.parties[party], demo.company.lines[line], demo.today, demo.today),
        )
        assert target == demo.targets[key]


def test_an_agent_is_asked_for_no_less_than_a_dealer_below_it(demo):
    short = _ask(
        "SELECT above.id FROM partners_authorisation above JOIN partners_authorisation below"
        " ON below.parent_id = above.id AND below.target > above.target"
    )
    assert short == []
    [(passed,)] = _ask(
        "SELECT count(*) FROM partners_authorisation above JOIN partners_authorisation below"
        " ON below.parent_id = above.id AND below.target <= above.target"
    )
    assert passed > 2


def test_certificates_and_permits_run_five_years_and_their_numbers_name_the_first(demo):
    terms = _ask(
        "SELECT c.number, v.number, v.valid_from, v.valid_until FROM catalog_certificateversion v"
        " JOIN catalog_certificate c ON c.id = v.certificate_id ORDER BY c.number, v.number"
    )
    assert all(until == periods.add_months(begins, 60) for _, _, begins, until in terms)
    years = {number: begins.year for number, version, begins, _ in terms if version == 1}
    # 国械注准20213030647: the year follows the authority and the kind.
    assert all(int(number[4:8]) == year for number, year in years.items())
    assert max(version for _, version, *_ in terms) > 1
    permits = _ask(
        "SELECT valid_from, valid_until FROM partners_licence l JOIN partners_party p ON p.id = l.party_id"
        " WHERE l.kind IN ('distribution_permit', 'practice_permit') AND p.code NOT IN ('P001', 'P002', 'P003')"
    )
    assert len(permits) > 50
    assert sum(until != periods.add_months(begins, 60) for begins, until in permits) <= 4


def test_every_promotion_that_runs_was_used(demo):
    unused = "SELECT name FROM pricing_promotion WHERE valid_until > %s GROUP BY name HAVING sum(spent) = 0"
    assert _ask(unused, demo.today) == []


def test_no_two_sell_through_files_are_called_alike(demo):
    names = [name for (name,) in _ask("SELECT file_name FROM flow_flowfile")]
    assert len(names) > 50
    assert len(set(names)) == len(names)
    assert "康泽医疗_体外诊断_2026-10_流向.csv" in names


def test_goods_to_sell_lie_on_shelves(demo):
    lying = collections.Counter()
    for shelf, free in _ask(
        "SELECT p.code <> upper(p.zone), b.on_hand > b.reserved FROM inventory_balance b"
        " JOIN inventory_site s ON s.id = b.site_id AND s.kind = 'warehouse'"
        " LEFT JOIN inventory_location p ON p.id = b.location_id WHERE b.status = 'good' AND b.on_hand > 0"
    ):
        lying[bool(shelf), free] += 1
    assert lying[True, True] > 200
    assert lying[False, True] == 0
    [(picked, of)] = _ask(
        "SELECT count(*) FILTER (WHERE p.code <> upper(p.zone)), count(*) FROM orders_shipmentline l"
        " JOIN orders_shipment s ON s.id = l.shipment_id AND s.status = 'to_pick'"
        " JOIN inventory_balance b ON b.id = l.balance_id"
        " LEFT JOIN inventory_location p ON p.id = b.location_id"
    )
    assert picked > of * 0.8


def test_goods_past_their_date_are_on_hold(demo):
    past = _ask(
        "SELECT b.status FROM inventory_balance b JOIN inventory_lot l ON l.id = b.lot_id"
        " JOIN inventory_site s ON s.id = b.site_id AND s.kind = 'warehouse'"
        " WHERE b.on_hand > 0 AND l.last_usable_on < %s",
        demo.today,
    )
    assert past
    assert {status for (status,) in past} <= {"held", "bad", "returned", "pending"}


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


def test_contracts_are_drafted_and_signed_by_people(demo):
    """王敏 drafts, 孟遥 of the management signs and puts into effect, and the partner's own person signs."""
    recorded = _ask("SELECT DISTINCT approved_by FROM pricing_pricerow WHERE kind = 'contract'")
    assert recorded == [(f"person:{demo.company.people['mengyao']}",)]
    signed = _ask("SELECT DISTINCT signed_by FROM pricing_contractversion WHERE status <> 'draft'")
    assert signed == [("孟遥",)]


def test_books_are_closed_on_working_days(demo):
    closed = {
        at.astimezone(periods.BUSINESS_ZONE).date()
        for (at,) in _ask("SELECT closed_at FROM organisation_accountingperiod WHERE closed_at IS NOT NULL")
    }
    # The 25th, or the first working day after it: of January a Sunday, of April a Saturday.
    assert {f"{day:%m-%d}" for day in closed} == {"01-26", "02-25", "03-25", "04-27", "05-25", "06-25"} | {
        "07-27",
        "08-25",
        "09-28",
        "10-26",
    }


def test_each_legal_entity_owns_the_warehouse_of_its_own_city(demo):
    rows = _ask(
        "SELECT e.short_name, string_agg(s.name, ' ' ORDER BY s.id) FROM inventory_site s"
        " JOIN organisation_legalentity e ON e.id = s.entity_id WHERE s.kind = 'warehouse' GROUP BY e.id, 1 ORDER BY e.id"
    )
    assert rows == [
        ("上海启渡", "杭州仓 上海仓 苏州仓"),
        ("广州启渡", "广州仓 武汉仓"),
        ("北京启渡", "北京仓 成都仓 沈阳仓"),
    ]


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


def test_the_journal_tells_the_year_in_the_order_of_its_days(demo):
    with database.connect("sequencer") as connection:
        told = connection.execute("SELECT at FROM journal_leaf ORDER BY number").fetchall()
    assert len(told) > 1000
    assert told == sorted(told)


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
