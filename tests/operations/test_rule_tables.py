"""A rule table answers for a day with the version in force on it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qudao.kernel import rule_tables, scope

pytestmark = pytest.mark.usefixtures("db")

FIRST, SECOND = dt.date(2026, 3, 1), dt.date(2026, 9, 1)


@pytest.fixture
def table(request):
    """A table of the test's own: published versions stay."""
    return request.node.name[-50:]


def publish(table, day, days):
    with scope.everything("rules"):
        rule_tables.publish(table=table, effective_from=day, data={"days": days}, source="a test")


def on(table, day):
    with scope.everything("rules"):
        return rule_tables.on(table, day)["days"]


def test_each_day_has_the_version_in_force_on_it(table):
    publish(table, SECOND, 60)
    publish(table, FIRST, 30)
    days = (FIRST, dt.date(2026, 8, 31), SECOND, dt.date(2030, 1, 1))
    assert [on(table, day) for day in days] == [30, 30, 60, 60]


def test_before_the_first_version_there_is_none(table):
    publish(table, FIRST, 30)
    with pytest.raises(LookupError, match=f"{table} has no version in force on 2026-02-28"):
        on(table, dt.date(2026, 2, 28))


def test_a_year_of_days_asks_the_database_once_and_a_new_version_once_more(table):
    publish(table, FIRST, 30)
    with scope.everything("rules"), CaptureQueriesContext(connection) as asked:
        found = {rule_tables.on(table, FIRST + dt.timedelta(days=n))["days"] for n in range(365)}
    assert found == {30}
    assert sum("kernel_ruleversion" in query["sql"] for query in asked) == 1
    publish(table, SECOND, 60)
    assert on(table, SECOND) == 60
