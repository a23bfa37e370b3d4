"""Figures over facts and documents, worked out by hand; who sees them; what a target does."""

import contextlib
import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from qudao.flow import models as flow
from qudao.flow import queries_punctuality
from qudao.insights import (
    asking,
    cards,
    consumers,
    figures,
    finding,
    labels,
    models,
    operations,
    presenting,
    queries,
    rows,
    rules,
    terms,
)
from qudao.kernel import errors, journal, records, scope
from qudao.organisation import queries_journal
from qudao.pricing import models as pricing
from tests import harness, query_counts
from tests.browser import trading
from tests.operations import settlement_world as worlds

NOW, TODAY = harness.NOW, worlds.TODAY
HOUSE = scope.system("test")
NOVEMBER = queries.Cut(first=dt.date(2026, 11, 1), until=dt.date(2026, 12, 1))
YEAR = {"valid_from": dt.date(2026, 1, 1), "valid_until": dt.date(2027, 1, 1)}


def sold():
    """Account 1: 1,130.00 signed on 10 November, 113.00 of it back on the 12th; account 2: 226.00 in October."""
    world = worlds.build()
    [line] = worlds.signed(world, "1130.00", on=dt.date(2026, 11, 10))
    worlds.returned(world, "113.00", line, on=dt.date(2026, 11, 12))
    october = worlds.line(world, "226.00")
    worlds.tell("orders.shipment.signed", world, [october], on=dt.date(2026, 10, 5), number="SH-2", account=1)
    worlds.settle()
    return world


def read(actor=HOUSE, cut=NOVEMBER):
    with scope.transaction(actor):
        return queries.total(cut)


def keep_sums():
    while journal.consume("insights.sales", consumers.sales):
        pass


def test_sales_are_goods_signed_for_less_goods_returned(db):
    sold()
    assert read() == (Decimal("900.00"), Decimal("1017.00"))
    with scope.transaction(HOUSE):
        months = queries.by_month(NOVEMBER.within(dt.date(2026, 1, 1), dt.date(2027, 1, 1)))
        found = queries.break_down(NOVEMBER, before=(dt.date(2026, 10, 1), dt.date(2026, 10, 24)))
    assert months.net == {dt.date(2026, 10, 1): Decimal("200.00"), dt.date(2026, 11, 1): Decimal("900.00")}
    by_line = {one.key: (one.net, one.before) for one in found if one.dimension == "line_id"}
    assert by_line == {1: (Decimal("900.00"), Decimal(0)), 2: (Decimal(0), Decimal("200.00"))}
    [region] = [one for one in found if one.dimension == "region_id"]
    assert (region.net, region.before) == (Decimal("900.00"), Decimal("200.00"))


def test_the_daily_sums_and_newer_facts_together_are_the_facts(db):
    world = sold()
    keep_sums()
    with scope.everything():
        assert models.DailySale.objects.count() == 3
    assert read() == (Decimal("900.00"), Decimal("1017.00"))
    worlds.signed(world, "56.50", on=dt.date(2026, 11, 10), number="SH-3")
    worlds.settle()
    assert read() == (Decimal("950.00"), Decimal("1073.50"))
    keep_sums()
    with scope.everything():
        assert models.DailySale.objects.count() == 3
        consumers.sales([])
    assert read() == (Decimal("950.00"), Decimal("1073.50"))


@pytest.mark.parametrize("kept", [False, True])
def test_an_account_sees_its_own_sales_alone(db, kept):
    world = sold()
    if kept:
        keep_sums()
    year = NOVEMBER.within(dt.date(2026, 1, 1), dt.date(2027, 1, 1))
    first, second = world.accounts
    assert read(world.actor(nodes=[first]), year) == (Decimal("900.00"), Decimal("1017.00"))
    assert read(world.actor(nodes=[second]), year) == (Decimal("200.00"), Decimal("226.00"))
    assert read(world.actor(nodes=[world.debtor]), year) == (0, 0)


def test_a_board_may_show_what_was_counted_before_and_nobody_elses(db, monkeypatch):
    monkeypatch.setattr(settings, "FIGURES_SECONDS", 60)
    world = sold()
    first, second = world.accounts

    def owed(actor, *, board=True):
        """What is receivable, and in how many statements that was counted."""
        context = queries.remembered() if board else contextlib.nullcontext()
        with scope.transaction(actor), context, CaptureQueriesContext(connection) as captured:
            return queries.receivables(NOVEMBER, today=TODAY), len(captured)

    one, other = world.actor(nodes=[first]), world.actor(nodes=[second])
    nothing = (Decimal(0), Decimal(0))
    assert owed(one) == (nothing, 1)
    assert owed(one) == (nothing, 0)
    assert owed(other) == (nothing, 1)
    assert owed(one, board=False) == (nothing, 1)
    monkeypatch.setattr(settings, "FIGURES_SECONDS", 0)
    assert owed(one) == (nothing, 1)


# --- Targets ----------------------------------------------------------------------------------------


def set_target(**more):
    given = {"kpi": "on_time", "target": Decimal("0.95"), **YEAR, "actor": HOUSE, "now": NOW}
    return operations.set_target(**(given | more))


def codes(refusal):
    return [reason.code for reason in refusal.value.reasons]


def test_a_target_set_again_replaces_it_and_the_journal_keeps_both(db):
    first = set_target()
    again = set_target(target=Decimal("0.97"), baseline=Decimal("0.90"))
    assert (again.id, again.target, again.baseline) == (first.id, Decimal("0.97"), Decimal("0.90"))
    journal.advance()
    with scope.transaction(HOUSE):
        [kept] = queries.list_targets(actor=HOUSE)
        told = queries_journal.list_about(
            subjects=[f"insights.target:{kept.id}"], node_ids=[], actor=HOUSE, limit=9
        )
    assert len(told) == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kpi": "luck"}, "insights.kpi_unknown"),
        ({"target": None}, "insights.target_empty"),
        ({"valid_until": dt.date(2026, 1, 1)}, "insights.target_period"),
        ({"valid_from": dt.date(2026, 6, 1), "valid_until": dt.date(2027, 6, 1)}, "insights.target_overlaps"),
    ],
)
def test_a_target_that_says_nothing_or_contradicts_is_refused(db, change, code):
    set_target()
    with pytest.raises(errors.Refused) as refusal:
        set_target(**change)
    assert codes(refusal) == [code]
    with scope.transaction(HOUSE):
        assert [one.target for one in queries.list_targets(actor=HOUSE)] == [Decimal("0.95")]


def test_only_who_may_sets_a_target(db):
    with pytest.raises(errors.Forbidden):
        set_target(actor=scope.Actor("person", 5, "x", frozenset({"insights.dashboard.view"}), house=True))


def test_a_target_holds_for_exactly_its_part_of_the_business(db):
    set_target(region_id=1)
    with scope.transaction(HOUSE):
        assert queries.targets_for(NOVEMBER, actor=HOUSE) == {}
        [found] = queries.targets_for(dataclasses.replace(NOVEMBER, region_id=1), actor=HOUSE)["on_time"]
    assert found.target == Decimal("0.95")


def test_the_sum_of_a_part_is_not_held_against_the_target_of_the_whole_business(db):
    world = sold()
    set_target(kpi="sales", target=Decimal("365000"), baseline=Decimal("292000"))
    set_target()
    part = dataclasses.replace(world.actor(nodes=world.accounts), house=True)
    told = {}
    for actor in (HOUSE, part):
        with scope.transaction(actor):
            found = figures.compute(figures.Asked(NOVEMBER, actor, TODAY), ["sales", "on_time"])
        told[actor] = [(one.target, one.baseline) for one in found.values()]
    # Twenty-three days of a year have passed; a rate is asked of every part alike.
    assert told[HOUSE] == [(Decimal("23000.00"), Decimal("18400.00")), (Decimal("0.95"), None)]
    assert told[part] == [(None, None), (Decimal("0.95"), None)]


def test_a_month_that_is_over_is_held_against_the_whole_of_its_target(db):
    set_target(kpi="sales", target=Decimal("365000"))
    october = NOVEMBER.within(dt.date(2026, 10, 1), dt.date(2026, 11, 1))
    with scope.transaction(HOUSE):
        found = figures.compute(figures.Asked(october, HOUSE, TODAY), ["sales"])
    assert found["sales"].target == Decimal("31000.00")


def test_goods_say_to_whom_of_ours_they_are_more_than_what_is_seen(db):
    part = scope.Actor("person", 5, "x", HOUSE.permissions, house=True)
    told = {}
    for actor in (HOUSE, part):
        with scope.transaction(actor):
            found = figures.compute(
                figures.Asked(NOVEMBER, actor, TODAY), ["stock_out", "near_expiry", "on_time"]
            )
        told[actor] = [one.apart for one in found.values()]
    assert told == {HOUSE: [[], [], []], part: [["house", "demand"], ["house"], []]}


# --- The small company ------------------------------------------------------------------------------


@pytest.fixture
def traded(company):
    return company, trading.trade(company)


def compute(code, actor=HOUSE, today=TODAY, **more):
    first, until = asking.window("month", today)
    asked = figures.Asked(queries.Cut(first=first, until=until, **more), actor, today)
    with scope.transaction(actor):
        return figures.compute(asked, [code])[code]


def test_figures_of_goods_and_money_are_those_worked_out_by_hand(traded):
    """Stock at go-live 207,960.00; 20 balloons of 880.00 and 50 wires of 42.50 signed for, a balloon came back,
    20 wires are on the road. 10 balloons of 900.00 came, 5 of that cost are between two warehouses. 40,140.00
    invoiced, 20,000.00 paid."""
    near = compute("near_expiry").measured
    assert (near.numerator, near.denominator) == (Decimal("19180.00"), Decimal("192765.00"))
    turned = compute("turnover")
    assert (turned.measured.numerator, turned.measured.denominator) == (
        Decimal("99057.50"),
        Decimal("18845.00"),
    )
    assert turned.value == Decimal("473.1")
    assert compute("sales").value == Decimal("35522.12")
    dso = compute("dso")
    assert (dso.measured.numerator, dso.measured.denominator) == (Decimal("20140.00"), Decimal("40140.00"))
    assert dso.value == Decimal("45.2")
    assert compute("overdue").value == 0
    later = compute("overdue", today=dt.date(2026, 12, 24))
    assert (later.measured.numerator, later.value) == (Decimal("20140.00"), 1)


def test_the_near_expiry_of_the_database_is_that_of_the_rule(traded):
    with scope.transaction(HOUSE):
        rows = queries.rows_of("near_expiry", NOVEMBER, today=TODAY, limit=50)
    found = {(row["lot"], row["produced_on"], row["last_usable_on"]) for row in rows}
    assert {lot for lot, *_ in found} == {"L2601", "B2502"}
    assert all(
        rules.is_near_expiry(today=TODAY, produced_on=made, last_usable_on=last) for _lot, made, last in found
    )


def test_what_is_past_its_date_is_a_figure_of_its_own_with_its_lots(traded):
    """On 8 January the two lots that end in the first days of the month are past, and two more are near."""
    later = dt.date(2027, 1, 8)
    near, past = compute("near_expiry", today=later), compute("expired", today=later)
    assert (past.measured.numerator, past.measured.denominator) == (Decimal("19180.00"), Decimal("192765.00"))
    assert near.measured.denominator == past.measured.denominator
    assert compute("expired").value == 0
    with scope.transaction(HOUSE):
        listed = {
            code: queries.rows_of(code, NOVEMBER, today=later, limit=50)
            for code in ("near_expiry", "expired")
        }
    assert {row["lot"] for row in listed["expired"]} == {"L2601", "B2502"}
    assert sum(row["value"] for row in listed["expired"]) == past.measured.numerator
    assert sum(row["value"] for row in listed["near_expiry"]) == near.measured.numerator
    assert not {row["lot"] for row in listed["near_expiry"]} & {"L2601", "B2502"}
    shown = rows.linked(rows.lot(listed["expired"][0]))
    assert (shown["lot"], shown["days"], shown["last_usable_on_tone"]) == ("L2601", 5, "bad")
    assert shown["url"] == f"/stock/lots/{listed['expired'][0]['lot_id']}/"
    assert figures.may("expired", trading.actor(traded[0], "kangze")) is False


def test_what_was_chosen_and_does_not_touch_a_figure_is_said_beside_it_and_not_in_its_words(traded):
    """Stock and debts know no region; of October they say what they are today. Their targets stay those of all."""
    company, _trade = traded
    set_target(kpi="overdue", target=Decimal("0.08"))
    set_target(kpi="on_time", target=Decimal("0.95"))
    region = company.regions["east"]
    october = queries.Cut(first=dt.date(2026, 10, 1), until=dt.date(2026, 11, 1), region_id=region, tier="B")
    asked = figures.Asked(october, HOUSE, TODAY)
    with scope.transaction(HOUSE):
        found = figures.compute(asked, rules.KPIS)
        names = labels.Names.load()
    assert {code: list(one.apart) for code, one in found.items() if one.apart} == {
        "stock_out": ["region_id", "tier", "today"],
        "near_expiry": ["region_id", "tier", "today"],
        "expired": ["region_id", "tier", "today"],
        "turnover": ["region_id", "tier", "today"],
        "coverage": ["tier", "today"],
        "flow": ["january"],
        "overdue": ["region_id", "tier", "today"],
        "dso": ["region_id", "tier", "today"],
        "disputes": ["region_id", "tier"],
    }
    assert (found["overdue"].target, found["on_time"].target) == (Decimal("0.08"), None)
    tile = presenting.tile("overdue", found["overdue"], QueryDict(""), terms.SALES)
    assert tile["detail"][-1] == "全部区域、全部等级、截至今日"
    told = {code: asking.in_words(asked, names, code=code) for code in ("on_time", "overdue", "flow")}
    assert told["on_time"] == f"2026-10-01 – 2026-10-31 · {names.regions[region]} · B"
    assert told["overdue"] == f"截至 {TODAY} · 全部区域 · 全部等级"
    assert told["flow"].startswith("2026-01-01 – 2026-10-31")
    # A figure of a period still running says nothing that the page does not say.
    assert list(compute("overdue").apart) == []


def test_coverage_of_a_region_is_that_of_its_hospitals(traded):
    with scope.transaction(HOUSE):
        regions = labels.Names.load().regions
        whole = queries.coverage(NOVEMBER, today=TODAY)
        parts = {
            region: queries.coverage(dataclasses.replace(NOVEMBER, region_id=region), today=TODAY)
            for region in regions
        }
        listed = {
            region: queries.rows_of(
                "coverage", dataclasses.replace(NOVEMBER, region_id=region), today=TODAY, limit=99
            )
            for region in regions
        }
    assert whole[0] > 0
    assert tuple(map(sum, zip(*parts.values(), strict=True))) == whole
    assert {region: len(one) for region, one in listed.items()} == {
        region: one[0] for region, one in parts.items()
    }


def test_the_rows_of_every_figure_come_to_its_numbers(traded):
    """Turnover product by product; every other list under the column that adds up, or in words above."""
    first, until = asking.window("year", TODAY)
    asked = figures.Asked(queries.Cut(first=first, until=until), HOUSE, TODAY)
    with scope.transaction(HOUSE):
        names = labels.Names.load()
        for code in rules.KPIS:
            figure = figures.compute(asked, [code])[code]
            assert figures.measure(asked, code) == figure.measured
            summed, said = rows.sums(code, asked, terms.SALES, costs=True)()
            shown = rows.fetch(code, asked, names)(None, 500).rows
            assert {key: sum(row[key] for row in shown) for key in summed} == summed, code
            assert code == "sales" or labels.shown(rules.KPIS[code], figure.value) in said
        turned = rows.fetch("turnover", asked, names)(None, 500).rows
        assert sum(row["stock"] for row in turned) == Decimal("99057.50")
        assert sum(row["sold"] for row in turned) == Decimal("18845.00")
        assert rows.sums("turnover", asked, terms.SALES, costs=True)()[1] == "库存周转天数 473.1 天"
        assert rows.sums("on_time", asked, terms.SALES, costs=True)()[1] == (
            "足量准时行数 0 · 应交付行数 0 · 准时交付率 —"
        )
        late = rows.fetch("on_time", asked, names)(None, 500).rows
        assert {str(row["state"]) for row in late} <= {"足量准时", "未足量准时"}


def test_a_month_without_statements_says_why_it_has_no_errors(traded):
    figure = compute("disputes", today=dt.date(2026, 12, 10))
    tile = presenting.tile("disputes", figure, QueryDict(""), terms.SALES)
    assert (figure.value, [str(one) for one in tile["detail"]]) == (None, ["本期对账单尚未发出"])
    assert "所属月份" in str(tile["meaning"])


def test_stock_is_set_against_demand_and_what_waits(traded):
    company, _trade = traded
    trading.draft(company, ("ZJ-3018", "900"))
    with scope.transaction(HOUSE):
        items = {one.code: one for one in queries.list_cover(NOVEMBER, today=TODAY)}
    # 200 wires less 50 signed, 20 on the road, 13 reserved; 83 ordered within eight weeks.
    wires = items["DS-035"]
    assert (wires.available, wires.ordered, wires.cover.days, wires.cover.state) == (117, 83, 78, "ok")
    stents = items["ZJ-3018"]
    assert (stents.available, stents.waiting, stents.cover.state) == (12, 900, "out")
    with scope.transaction(HOUSE):
        names = labels.Names.load()
    assert rows.item(stents, names)["why"] == "草稿待货 900，超过可用库存"
    assert rows.item(wires, names)["why"] == ""
    assert compute("shortage").measured.numerator == 1


def test_attainment_is_sales_over_the_target_of_the_days_passed(traded):
    company, _trade = traded
    account = company.accounts["kangze.CV"]
    set_target(kpi="sales", account_id=account, target=Decimal("73000.00"))
    with scope.transaction(HOUSE):
        cut = queries.Cut(first=dt.date(2026, 1, 1), until=dt.date(2026, 11, 24))
        [found] = queries.attainment(cut)
    assert (found.sales, found.due, found.rate) == (
        *(Decimal("35522.12"), Decimal("65400.00"), Decimal("0.543152")),
    )
    kangze, renji = trading.actor(company, "kangze"), trading.actor(company, "renji")
    with scope.transaction(kangze):
        assert [one.account_id for one in queries.attainment(cut)] == [account]
    with scope.transaction(renji):
        assert queries.attainment(cut) == []


def test_who_sells_is_told_of_accounts_far_behind_their_target(traded):
    """54% of what the target asks of the days passed; nobody else's to-do."""
    company, _trade = traded
    set_target(kpi="sales", account_id=company.accounts["kangze.CV"], target=Decimal("73000.00"))
    told = {}
    for login in ("zhoulan", "kangze"):
        actor = trading.actor(company, login)
        with scope.transaction(actor):
            told[login] = [
                one.count for one in finding.waiting(actor=actor, now=NOW) if "attainment" in one.url
            ]
    assert told == {"zhoulan": [1], "kangze": []}


def test_in_january_attainment_counts_from_the_begin_of_the_year_the_target_runs(traded):
    """Of a target from March 314 days have passed on 8 January; one that is over asks for nothing any more."""
    company, _trade = traded
    january = queries.Cut(first=dt.date(2027, 1, 1), until=dt.date(2027, 1, 9))
    for account, first, until in (
        ("kangze.CV", dt.date(2026, 3, 1), dt.date(2027, 3, 1)),
        ("renji.CV", dt.date(2026, 1, 1), dt.date(2027, 1, 1)),
        ("kangze.IVD", dt.date(2026, 1, 5), dt.date(2027, 1, 5)),
    ):
        year = {"valid_from": first, "valid_until": until}
        set_target(kpi="sales", account_id=company.accounts[account], target=Decimal("73000.00"), **year)
    with scope.transaction(HOUSE):
        found = {one.account_id: (one.sales, one.due, one.rate) for one in queries.attainment(january)}
    assert found == {
        company.accounts["kangze.CV"]: (Decimal("35522.12"), Decimal("62800.00"), Decimal("0.565639")),
        company.accounts["kangze.IVD"]: (Decimal(0), Decimal("800.00"), Decimal("0.000000")),
    }


def test_a_line_is_on_time_when_signed_in_full_by_the_day_first_promised(company):
    def promised(on, quantity):
        request = trading.work.request(
            company, "kangze.CV", "kangze", ("DS-035", quantity), channel="rep", requested_on=on
        )
        order = trading.operations.place_order(
            request=request, actor=trading.actor(company, "zhoulan"), now=NOW
        )
        [shipment] = trading.work.release(company, order, now=NOW)
        for step in (trading.work.pick, trading.work.review, trading.work.ship):
            shipment = step(company, shipment, now=NOW)
        return shipment

    trading.work.sign(company, promised(TODAY, "20"), "kangze", now=NOW)
    promised(TODAY, "10")
    promised(TODAY + dt.timedelta(days=3), "5")
    # What is promised for today and still under way is not late before the day is over.
    found = compute("on_time")
    assert (found.measured.numerator, found.measured.denominator) == (1, 1)
    found = compute("on_time", today=TODAY + dt.timedelta(days=1))
    assert (found.measured.numerator, found.measured.denominator) == (1, 2)
    late = compute("on_time", today=dt.date(2026, 11, 30))
    assert (late.measured.numerator, late.measured.denominator) == (1, 3)


def test_a_month_is_owed_from_the_first_delivery_and_in_time_until_its_closing_day(traded):
    company, _trade = traded
    window = {"first": dt.date(2026, 11, 1), "until": dt.date(2027, 1, 1), "actor": HOUSE}

    def count(today):
        return queries_punctuality.count_punctual(today=today, **window)

    assert count(dt.date(2026, 12, 5)) == (0, 0)
    assert count(dt.date(2026, 12, 6)) == (1, 0)
    [owed] = queries_punctuality.list_punctuality(today=dt.date(2026, 12, 6), **window)
    assert (owed.account_id, owed.month, owed.state, owed.due_on) == (
        *(company.accounts["kangze.CV"], dt.date(2026, 11, 1), "missing", dt.date(2026, 12, 5)),
    )


def test_who_owes_a_month_stands_first_then_who_was_late_and_who_was_in_time_can_be_left_out(traded):
    company, _trade = traded
    sent = {dt.date(2026, 12, 1): dt.date(2027, 1, 5), dt.date(2026, 11, 1): dt.date(2026, 12, 6)}
    with scope.everything():
        for month, day in sent.items():
            at = dt.datetime.combine(day, dt.time(4), dt.UTC)
            flow.FlowFile.objects.create(
                id=records.key(at),
                created_at=at,
                number=f"FF-{month:%m}",
                period_from=month,
                node_id=1,
                entity_id=1,
                account_id=company.accounts["kangze.CV"],
                party_id=1,
                file_digest=f"{month}",
                file_name="x",
                method="excel",
                row_count=1,
            )
    window = {"first": dt.date(2026, 11, 1), "until": dt.date(2027, 3, 1), "actor": HOUSE}
    window["today"] = dt.date(2027, 2, 6)

    def listed(**more):
        found = queries_punctuality.list_punctuality(**window, **more)
        return [(f"{one.month:%Y-%m}", one.state) for one in found]

    late = [("2027-01", "missing"), ("2026-11", "late")]
    assert listed() == [*late, ("2026-12", "matched")]
    assert listed(tardy=True) == late
    # The form for a file offers the earliest month that has none, of the account that owes it.
    account = company.accounts["kangze.CV"]

    def offered(last):
        return queries_punctuality.first_missing(
            party_id=company.parties["kangze"],
            account_id=0,
            first=dt.date(2026, 9, 1),
            last=last,
            actor=HOUSE,
        )

    assert offered(dt.date(2027, 2, 1)) == (account, dt.date(2027, 1, 1))
    assert offered(dt.date(2026, 12, 1)) is None


def test_a_partner_is_shown_its_own_board_alone(traded):
    company, _trade = traded
    kangze, renji, lianyou = (trading.actor(company, who) for who in ("kangze", "renji", "lianyou"))
    party = company.parties["kangze"]
    with scope.transaction(kangze):
        [board] = cards.of_partner(party, actor=kangze, now=NOW)
    value = {tile["code"]: tile["value"] for tile in board.context["tiles"]}
    assert value["sales"] == "¥ 35,522.12"
    assert not {"stock_out", "near_expiry", "turnover", "order_to_ship"} & set(value)
    for other in (renji, lianyou):
        with scope.transaction(other):
            assert cards.of_partner(party, actor=other, now=NOW) == []
    assert compute("sales", renji).value == 0
    # The agent above sees what its dealers took in its line.
    assert compute("sales", lianyou).value == Decimal("35522.12")


def test_what_is_our_sale_is_called_its_purchase_to_a_partner(traded):
    company, _trade = traded
    party = company.parties["kangze"]

    def told(username):
        actor = trading.actor(company, username)
        with scope.transaction(actor):
            [board] = cards.of_partner(party, actor=actor, now=NOW)
            columns = cards.columns((), actor=actor, now=NOW)
        names = {tile["code"]: str(tile["name"]) for tile in board.context["tiles"]}
        labels = [str(one.label) for one in terms_of(actor)] + [str(columns[0].column.label)]
        return [names["sales"], names["dso"], *labels]

    def terms_of(actor):
        return rows.columns("attainment", terms.for_reader(actor), costs=False)[2:4]

    assert told("wangmin") == ["销售额", "应收周转天数", "不含税销售额", "时间进度目标", "本年销售额"]
    assert told("kangze") == ["进货额", "付款周转天数", "不含税进货额", "时间进度目标", "本年进货额"]


def test_a_tile_says_what_its_numbers_count_and_a_partners_board_what_it_means(traded):
    company, _trade = traded
    actor = trading.actor(company, "wangmin")
    with scope.transaction(actor):
        [board] = cards.of_partner(company.parties["kangze"], actor=actor, now=NOW)
    tiles = {one["code"]: one for one in board.context["tiles"]}
    counted = {
        code: one["detail"][-1].rpartition(" ")[2] for code, one in tiles.items() if "/" in str(one["detail"])
    }
    assert counted == {"shortage": "行", "coverage": "家医院", "overdue": "20,140.00", "dso": "40,140.00"}
    shown = render_to_string(board.template, {"card": board.context})
    assert all(str(one["meaning"]) in shown for one in tiles.values())


def test_goods_are_for_our_own_people(traded):
    company, _trade = traded
    kangze = trading.actor(company, "kangze")
    assert not any(figures.may(code, kangze) for code in figures.GOODS)
    wangmin = trading.actor(company, "wangmin")
    assert figures.may("stock_out", wangmin)
    assert not figures.may("turnover", wangmin)
    near = compute("near_expiry", wangmin).measured
    # Without the right to see costs the share is of pieces: 30 tests and a balloon.
    assert near.numerator == 31
    # And says so, on the tile, in the drawer and over the rows; who sees costs reads that it is of those.
    mengyao = trading.actor(company, "mengyao")
    for actor, code, basis in (
        (wangmin, "near_expiry", "按数量，今日库存"),
        (mengyao, "near_expiry", "按成本，今日库存"),
        (mengyao, "expired", "按成本，今日库存"),
        (mengyao, "turnover", "按成本，90 天前与今日的平均"),
    ):
        figure = compute(code, actor)
        shown = presenting.tile(code, figure, QueryDict(), terms.SALES, costs=actor.can(figures.COST))
        assert str(shown["detail"][2]) == basis
        with scope.transaction(actor):
            names = labels.Names.load()
            head = asking.in_words(figures.Asked(NOVEMBER, actor, TODAY), names, code=code)
        assert head.split(" · ")[-1] == basis


def test_a_promotion_is_measured_against_as_many_days_before(traded):
    """The promotion of tests runs since January: 14 tests ordered while it ran, 10 of them 11,185.84; what
    came before it nobody can say: trade began later."""
    with scope.transaction(HOUSE):
        [found] = queries.list_promotions(NOVEMBER, today=TODAY)
    assert (found.during, found.baseline, found.effect.lift) == (Decimal("15660.18"), None, None)


def test_a_promotion_that_runs_on_shows_its_own_last_day_and_that_it_is_counted_so_far(traded):
    """Sales are counted up to today; the days beside them are the promotion's, as its contract has them."""
    begun, tomorrow = TODAY - dt.timedelta(days=30), TODAY + dt.timedelta(days=1)
    said = []
    for until in (TODAY + dt.timedelta(days=22), tomorrow, None):
        with scope.everything():
            pricing.Promotion.objects.update(valid_from=begun, valid_until=until)
        with scope.transaction(HOUSE):
            found = queries.list_promotions(NOVEMBER, today=TODAY)
        with translation.override("zh-hans"):
            [row] = presenting.promotions(found, {one.entity_id: "启道" for one in found}).rows
        said.append(row["ran"])
    assert said == [
        f"启道 · {begun} – {TODAY + dt.timedelta(days=21)}，截至今天",
        f"启道 · {begun} – {TODAY}",
        f"启道 · {begun} 起，截至今天",
    ]


# --- Statements -------------------------------------------------------------------------------------


def statements(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return query_counts.of(captured)


def test_statements_do_not_grow_with_rows(traded):
    company, _trade = traded
    first, until = asking.window("twelve", TODAY)
    asked = figures.Asked(queries.Cut(first=first, until=until), HOUSE, TODAY)

    def every_figure():
        with scope.transaction(HOUSE):
            figures.compute(asked, rules.KPIS)

    def columns():
        with scope.transaction(HOUSE):
            cards.columns(company.parties.values(), actor=HOUSE, now=NOW)

    every_figure()  # reads the rule of the closing day, which is remembered
    found = {"insights.every_figure": statements(every_figure), "insights.columns": statements(columns)}
    budget = query_counts.read()
    assert found == {name: budget[name] for name in found}
    trading.on_the_road(company, ("DS-035", "20"))
    trading.number()
    assert statements(every_figure) == found["insights.every_figure"]


def test_a_change_of_a_rate_is_told_in_points_as_exact_as_the_rate():
    rate, sum_ = rules.KPIS["shortage"], rules.KPIS["sales"]
    told = [labels.changed(rate, Decimal(one)) for one in ("0.0017", "-0.5", "0.00001")]
    assert told == ["+0.17 个百分点", "−50 个百分点", ""]
    assert labels.changed(sum_, Decimal("-0.1648")) == "−16.5%"
