"""What tests of stock stand on: two warehouses, goods by lot and by serial."""

import pytest

from qudao.kernel import scope
from tests.operations import inventory_world as world


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
