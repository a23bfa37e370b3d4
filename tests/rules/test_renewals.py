"""Expiry alerts and the renewal window in working days."""

import dataclasses
import datetime as dt
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qudao.partners import holidays
from qudao.partners.rules import licences, renewals

D = dt.date
POLICY = licences.Policy()
TODAY = D(2026, 5, 6)
PERMIT = licences.Licence(
    holder="康泽",
    kind="distribution_permit",
    number="浙杭药监械经营许20220316号",
    valid_from=D(2022, 3, 15),
    valid_until=D(2027, 3, 15),
)
FILING = licences.Licence(
    holder="康泽",
    kind="distribution_filing",
    number="浙杭药监械经营备20190123号",
    valid_from=D(2019, 6, 1),
)


def worked(page, name):
    """Cells of the table that follows the mark `worked: name` on a page of docs/domain."""
    text = (pathlib.Path(__file__).parents[2] / "docs/domain" / page).read_text(encoding="utf-8")
    _, _, rest = text.partition(f"<!-- worked: {name} -->\n")
    table = [line for line in rest.partition("\n\n")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


# --- expiry ---


@pytest.mark.parametrize(
    ("days_left", "window"),
    [
        (91, None),
        (90, 90),
        (61, 90),
        (60, 60),
        (31, 60),
        (30, 30),
        (8, 30),
        (7, 7),
        (0, 7),
        (-1, 0),
        (-400, 0),
    ],
)
def test_an_expiring_licence_falls_into_the_narrowest_window_reached(days_left, window):
    today = D(2027, 3, 14) - dt.timedelta(days=days_left)
    found = renewals.expiring(held=[PERMIT], today=today, policy=POLICY)
    assert [(row.days_left, row.window) for row in found] == ([] if window is None else [(days_left, window)])


def test_expiring_leaves_out_filings_and_revoked_licences_and_sorts_by_urgency():
    sooner = dataclasses.replace(PERMIT, number="B", valid_until=D(2026, 6, 1))
    later = dataclasses.replace(PERMIT, number="A", valid_until=D(2026, 7, 1))
    revoked = dataclasses.replace(sooner, revoked_on=D(2026, 1, 1))
    found = renewals.expiring(held=[later, FILING, revoked, sooner], today=TODAY, policy=POLICY)
    assert [row.licence.number for row in found] == ["B", "A"]


def test_the_windows_are_data():
    policy = licences.Policy(expiry_windows=(400,))
    (found,) = renewals.expiring(held=[PERMIT], today=TODAY, policy=policy)
    assert found.window == 400


# --- renewal ---


def window(expires_on, policy=POLICY):
    return renewals.renewal_window(expires_on=expires_on, calendar=holidays, policy=policy)


def test_the_renewal_window_counts_working_days_with_holidays_and_make_up_days():
    assert window(D(2026, 9, 30)) == renewals.RenewalWindow(D(2026, 5, 26), D(2026, 8, 19))


@pytest.mark.parametrize("cells", worked("licences.md", "renewal"))
def test_the_worked_table_of_renewals_holds(cells):
    expires_on, opens_on, closes_on = map(D.fromisoformat, cells)
    assert window(expires_on) == renewals.RenewalWindow(opens_on, closes_on)


class Weekends:
    def is_published(self, year):
        return True

    def is_working_day(self, day):
        return day.weekday() < 5


class EveryDay(Weekends):
    def is_working_day(self, day):
        return True


@pytest.mark.parametrize("naive", [Weekends(), EveryDay()])
def test_the_check_vector_catches_calendar_days_and_forgotten_holidays(naive):
    counted = renewals.renewal_window(expires_on=D(2026, 9, 30), calendar=naive, policy=POLICY)
    assert (counted.opens_on, counted.closes_on) != (D(2026, 5, 26), D(2026, 8, 19))


def test_the_check_vector_catches_counting_the_expiry_day():
    assert window(D(2026, 10, 1)) != window(D(2026, 9, 30))


def test_an_application_is_accepted_on_both_ends_of_the_window_only():
    def judge(day):
        return renewals.judge_renewal(window=window(D(2026, 9, 30)), applied_on=day)

    assert judge(D(2026, 5, 25)) == "early"
    assert judge(D(2026, 5, 26)) == judge(D(2026, 8, 19)) == "open"
    assert judge(D(2026, 8, 20)) == "late"


def test_a_year_without_published_holidays_counts_weekends_and_says_so():
    found = window(D(2091, 9, 28))
    assert found.assumed_years == (2091,)
    weekdays = renewals.renewal_window(expires_on=D(2091, 9, 28), calendar=Weekends(), policy=POLICY)
    assert (found.opens_on, found.closes_on) == (weekdays.opens_on, weekdays.closes_on)


@given(st.dates(D(2006, 1, 1), D(2100, 1, 1)))
def test_the_window_holds_as_many_working_days_as_the_policy_says(expires_on):
    found = window(expires_on)
    days = (found.opens_on + dt.timedelta(days=n) for n in range((expires_on - found.opens_on).days))
    working = [day for day in days if holidays.is_working_day(day)]
    assert (len(working), working[0], working[-30]) == (90, found.opens_on, found.closes_on)


def test_holidays_and_make_up_days_are_known():
    assert not holidays.is_working_day(D(2026, 5, 1))
    assert holidays.is_working_day(D(2026, 5, 9))
    assert (holidays.is_published(2026), holidays.is_published(2099)) == (True, False)
