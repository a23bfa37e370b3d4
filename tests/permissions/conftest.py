"""The trade, made once for a file of tests that only look, and the clock they look by."""

import pytest
from django.utils import timezone

from tests import harness


@pytest.fixture(scope="module")
def trade(database_clone):
    from tests.permissions import trade as trades

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: harness.NOW)
        yield trades.build(harness.company())
