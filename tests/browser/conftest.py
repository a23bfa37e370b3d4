"""The site in a thread, on this worker's clone of the small company, and Chromium in front of it.

Every test fails on a content-security violation, a script error or anything else the console reports as an
error; a test that provokes an answer of 4xx says so with `page_of(..., expects=404)`.
"""

import contextlib
import pathlib

import pytest
from django.core import cache

from tests.browser import money, serving, trading, watching


def pytest_collection_modifyitems(items):
    here = [item for item in items if pathlib.Path(item.fspath).is_relative_to(pathlib.Path(__file__).parent)]
    reason = serving.missing() if here else None
    for item in here:
        item.add_marker(pytest.mark.browser)
        if reason:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def site(database_clone):
    """The address of the running site."""
    with serving.served() as address:
        yield address


@pytest.fixture(scope="session")
def browser():
    with serving.launched() as found:
        yield found


@pytest.fixture
def company(company, monkeypatch):
    """The small company on its own day; nobody has failed to sign in yet."""
    monkeypatch.setattr("qudao.shell.middleware.timezone", trading.Clock)
    cache.cache.clear()
    return company


@pytest.fixture
def page_of(site, browser, company):
    """`page_of("zhoulan", width=…, expects=…)`: a page signed in as that person, None for a stranger."""
    with _pages(site, browser, company) as open_page:
        yield open_page


@pytest.fixture
def opened(page_of):
    """`opened("zhoulan", "/orders/")`: a page signed in as that person, at that address."""

    def open_at(username, address, **more):
        page = page_of(username, **more)
        page.goto(address)
        return page

    return open_at


@pytest.fixture
def owed(company):
    """The money of the company after its trade."""
    return money.traded(company)


@pytest.fixture
def demo_page_of(site, browser, demo, monkeypatch):
    """`page_of` on the demo company, on its own day. `demo.company.people` has every user name."""
    monkeypatch.setattr("qudao.shell.middleware.timezone", trading.Clock)
    cache.cache.clear()
    with _pages(site, browser, demo.company) as open_page:
        yield open_page


@contextlib.contextmanager
def _pages(site, browser, company):
    with contextlib.ExitStack() as opened:

        def open_page(username=None, *, expects=(), **shape):
            person = trading.user(company, username) if username else None
            context = serving.context(browser, site, person, **shape)
            opened.callback(context.close)
            page = context.new_page()
            opened.enter_context(watching.errors_of(page, expects=expects))
            return page

        yield open_page
