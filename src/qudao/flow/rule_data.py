"""Thresholds of sell-through, versioned by effective date."""

import datetime as dt

VERSIONS = [
    {
        "table": "flow.closing",
        "effective_from": dt.date(2020, 1, 1),
        "data": {"day": 5},
        "source": "House rule: a month's sell-through counts in that month until the 5th of the following one.",
    },
]
