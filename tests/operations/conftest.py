"""What several tests of operations stand on: people in front of their pages, warehouses and goods."""

import pytest
from django.test import Client

from qudao.kernel import scope
from qudao.shell import middleware
from tests.operations import inventory_world as world


@pytest.fixture
def browser(company, monkeypatch):
    """`browser("lijun")`: a client signed in as that person of the small company, on the company's own day."""
    # The company trades in modules that may be off, where other tests of this folder still run.
    from tests.browser import trading
    from tests.page_budgets import BACKEND

    monkeypatch.setattr(middleware, "timezone", trading.Clock)

    def of(username):
        client = Client()
        client.force_login(trading.user(company, username), backend=BACKEND)
        return client

    return of


@pytest.fixture
def shanghai(db):
    return world.site("SH")


@pytest.fixture
def wuhan(db):
    return world.site("WH")


@pytest.fixture
def knee(db):
    with scope.everything():
        return world.item()


@pytest.fixture
def valve(db):
    with scope.everything():
        return world.item("HV-01", tracking="serial")
