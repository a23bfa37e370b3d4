"""Thresholds of compliance, versioned by effective date."""

import datetime as dt

VERSIONS = [
    {
        "table": "compliance.retention",
        "effective_from": dt.date(2022, 5, 1),
        "data": {"years_after_expiry": 2, "years_without_expiry": 5},
        "source": "医疗器械经营监督管理办法 (市场监管总局令第 54 号, 2022-05-01) §32, §38",
    },
]
