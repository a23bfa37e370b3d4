"""What the sights of partners, trace and journal begin with, in one place: today the small company, traded."""

import pytest

from tests.browser import trading


@pytest.fixture
def traded(company):
    """康泽 had 20 of one lot, and gave one back; everything is numbered and signed."""
    return trading.trade(company)
