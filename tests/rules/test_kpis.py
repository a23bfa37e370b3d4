"""The tables of docs/domain/kpis.md, read and computed."""

import datetime as dt
import pathlib
from decimal import Decimal

import pytest

from qudao.insights import rules

TEXT = (pathlib.Path(__file__).parents[2] / "docs/domain/kpis.md").read_text()
TODAY = dt.date(2026, 11, 23)


def table(heading):
    """The rows of the table under a heading, without its head."""
    section = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    rows = [
        [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
        for line in lines
    ]
    assert len(rows) > 3
    return rows[2:]


def number(text):
    return Decimal(text) if text else None


def day(text):
    return dt.date.fromisoformat(text) if text else None


def test_the_list_of_figures_is_the_one_of_the_code():
    rows = [
        line.strip("|").split("|") for line in TEXT.split("## ")[0].splitlines() if line.startswith("| ")
    ][1:]
    told = {row[0].strip(): (row[2].strip(), row[3].strip()) for row in rows}
    assert told == {kpi.code: (kpi.unit, "up" if kpi.up else "down") for kpi in rules.KPIS.values()}


@pytest.mark.parametrize("row", table("Ratio, span"))
def test_a_figure_is_its_numerator_over_its_denominator(row):
    code, numerator, denominator, days, expected = row
    measured = rules.Measured(number(numerator), number(denominator), int(days))
    assert rules.value(kpi=rules.KPIS[code], measured=measured) == number(expected)


@pytest.mark.parametrize("row", table("Target of the days passed"))
def test_a_target_asks_for_the_days_passed(row):
    target, first, until, window_first, window_until, expected = row
    goal = rules.Goal(Decimal(target), day(first), day(until))
    assert rules.due(goals=[goal], first=day(window_first), until=day(window_until)) == Decimal(expected)


@pytest.mark.parametrize("row", table("From when attainment counts"))
def test_attainment_counts_from_january_or_from_the_earlier_begin_of_the_running_target(row):
    first, until, expected = row
    goal = rules.Goal(Decimal(1), day(first), day(until))
    window = {"first": dt.date(2026, 1, 1), "until": TODAY + dt.timedelta(days=1)}
    assert rules.counted_from(goals=[goal], **window) == day(expected)
    assert rules.counted_from(goals=[], **window) == dt.date(2026, 1, 1)


@pytest.mark.parametrize("row", table("How long stock lasts"))
def test_stock_lasts_as_long_as_demand_lets_it(row):
    available, waiting, ordered, expected_on, days, out_on, state = row
    found = rules.cover(
        available=Decimal(available),
        waiting=Decimal(waiting),
        demand=Decimal(ordered),
        window=56,
        incoming_on=day(expected_on),
        today=TODAY,
    )
    assert (found.days, found.out_on, found.state) == (int(days) if days else None, day(out_on), state)


@pytest.mark.parametrize("row", table("Near expiry"))
def test_a_lot_nears_its_expiry(row):
    produced_on, last, expected = row
    found = rules.is_near_expiry(today=TODAY, produced_on=day(produced_on), last_usable_on=day(last))
    assert found == (expected == "yes")
    assert rules.is_expired(today=TODAY, last_usable_on=day(last)) == (expected == "past")


@pytest.mark.parametrize("row", table("Promotion effect"))
def test_a_promotion_is_measured_against_the_days_before(row):
    during, baseline, cost, more, lift, per_cost = map(number, row)
    assert rules.effect(during=during, baseline=baseline, cost=cost) == rules.Effect(more, lift, per_cost)


@pytest.mark.parametrize("row", table("The period before"))
def test_a_running_period_is_compared_with_as_many_days(row):
    first, until, before_first, before_until = map(day, row)
    assert rules.previous(first=first, until=until, today=TODAY) == (before_first, before_until)


@pytest.mark.parametrize(
    ("code", "now", "before", "change", "tone"),
    [
        ("sales", "110", "100", "0.1", "ok"),
        ("sales", "90", "100", "-0.1", "bad"),
        ("sales", "90", "0", None, ""),
        ("on_time", "0.95", "0.90", "0.05", "ok"),
        ("overdue", "0.3", "0.2", "0.1", "bad"),
        ("dso", "45", "60", "-0.25", "ok"),
        ("dso", "45", "45", "0", ""),
    ],
)
def test_a_change_is_good_when_it_goes_the_good_way(code, now, before, change, tone):
    kpi = rules.KPIS[code]
    found = rules.change(kpi=kpi, now=Decimal(now), before=Decimal(before))
    assert found == number(change)
    assert rules.tone(kpi=kpi, change=found) == tone


def test_a_target_is_met_from_the_right_side():
    up, down = rules.KPIS["on_time"], rules.KPIS["overdue"]
    assert rules.met(kpi=up, value=Decimal("0.95"), target=Decimal("0.95")) is True
    assert rules.met(kpi=up, value=Decimal("0.94"), target=Decimal("0.95")) is False
    assert rules.met(kpi=down, value=Decimal("0.05"), target=Decimal("0.10")) is True
    assert rules.met(kpi=down, value=None, target=Decimal("0.10")) is None


def test_a_year_is_not_held_against_the_target_of_a_month():
    november = rules.Goal(Decimal(300), dt.date(2026, 11, 1), dt.date(2026, 12, 1))
    december = rules.Goal(Decimal(310), dt.date(2026, 12, 1), dt.date(2027, 1, 1))
    both = {"first": dt.date(2026, 11, 1), "until": dt.date(2027, 1, 1)}
    assert rules.due_of_whole(goals=[november], **both) is None
    assert rules.due_of_whole(goals=[november, december], **both) == Decimal("610.00")
    assert (
        rules.due_of_whole(goals=[november], first=dt.date(2026, 11, 1), until=dt.date(2026, 11, 11)) == 100
    )
