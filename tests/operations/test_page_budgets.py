"""How many statements each page needs, for each kind of person: as tests/query_counts.json says under `pages`,
whatever the size of the company.

Fewer is progress, and is written into the file (`python -m tests.page_budgets`); more needs a reason in the
change that brings it.
"""

import json

import pytest

from qudao.kernel import database
from qudao.shell import middleware
from qudao.shell.bench import pages as bench
from qudao.shell.demo import check, multiply, sights
from qudao.ui import pages
from tests import harness, page_budgets
from tests.browser import trading

# A search for one document's number leads straight to it.
LEADS_ON = {"search-lands.zhoulan", "search-lot.zhaoqing"}


@pytest.fixture(scope="module", autouse=True)
def clock():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(middleware, "timezone", trading.Clock)
        yield


@pytest.fixture(scope="module")
def seen(demo):
    """The sights of the demo company with the answers and the statements of each."""
    chosen = sights.found()
    return chosen, *page_budgets.looked(chosen)


def test_every_page_has_a_sample_or_the_reason_why_it_has_none(demo):
    there = {sight.view for sight in sights.found()}
    assert there | set(sights.WITHOUT) == {view for view in pages.PAGES if view.startswith("qudao.")}
    assert not there & set(sights.WITHOUT)


def test_every_sight_is_there_for_its_person(seen):
    _, answers, _ = seen
    assert answers == {name: 302 if name in LEADS_ON else 200 for name in answers}


def test_pages_send_as_many_statements_as_budgeted(seen):
    _, _, statements = seen
    budgets = page_budgets.budgets()
    differing = {name: found for name, found in statements.items() if budgets.get(name) != found}
    assert not differing, json.dumps(differing, indent=2)
    assert set(budgets) == set(statements)


def test_a_company_three_times_as_large_needs_no_statement_more(seen):
    chosen, _, before = seen
    harness.close()
    made = list(multiply.multiply(database.name(), 3))
    assert any("orders_order" in one for one in made)
    with harness.owner() as owner:
        assert list(check.contradictions(owner)) == []
    _, after = page_budgets.looked([one for one in chosen if one.name not in LEADS_ON])
    grown = {name: (before[name], found) for name, found in after.items() if found > before[name]}
    assert not grown
    with pytest.raises(ValueError, match="larger before"):
        list(multiply.multiply(database.name(), 3))


def test_the_bench_measures_a_page_by_the_clock_its_company_was_made_at(demo):
    bench._keep(database.name(), {"fingerprint": "", "now": harness.NOW.isoformat()})
    found = bench.measure(rounds=2, words=("bell.zhoulan",))
    assert list(found) == ["bell.zhoulan"]
    assert found["bell.zhoulan"].statements == page_budgets.budgets()["bell.zhoulan"]
    assert 0 < found["bell.zhoulan"].p50_ms <= found["bell.zhoulan"].p95_ms
    assert bench.slow({"a": bench.Measured(1, 101, 1, 1), "b": bench.Measured(1, 99, 200, 1)}) == ["a"]
