"""Thresholds of settlement in force from a day on."""

import datetime as dt

_START = dt.date(2020, 1, 1)

VERSIONS = [
    {
        "table": "settlement.overdue",
        "effective_from": _START,
        # Orders stop when more than `amount` is open for more than `days` after it was due.
        "data": {"days": 0, "amount": "0.00"},
        "source": "House credit policy",
    },
    {
        "table": "settlement.invoice",
        "effective_from": _START,
        "data": {"lines": 200},
        "source": "House rule: an invoice a person can still check",
    },
]
