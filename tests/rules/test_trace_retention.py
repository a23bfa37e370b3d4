"""How long records are kept."""

import datetime as dt

import pytest

from qudao.compliance import rule_data
from qudao.compliance.rules import retention

POLICY = retention.Policy(**rule_data.VERSIONS[0]["data"])
SOLD = dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("is_implant", "last_usable_on", "until"),
    [
        (False, dt.date(2027, 6, 30), dt.date(2029, 6, 30)),
        (False, dt.date(2028, 2, 29), dt.date(2030, 2, 28)),
        (False, None, dt.date(2031, 3, 1)),
        (True, dt.date(2027, 6, 30), None),
        (True, None, None),
    ],
)
def test_records_outlive_the_goods(is_implant, last_usable_on, until):
    found = retention.retain_until(
        is_implant=is_implant, last_usable_on=last_usable_on, recorded_on=SOLD, policy=POLICY
    )
    assert found == until
