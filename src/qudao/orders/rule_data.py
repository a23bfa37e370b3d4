"""Thresholds of orders, versioned by effective date."""

import datetime as dt

VERSIONS = [
    {
        "table": "orders.reservation",
        "effective_from": dt.date(2020, 1, 1),
        "data": {"hours": 72},
        "source": "House rule: an order that is not released within three working days gives its stock back.",
    },
    {
        "table": "orders.delivery",
        "effective_from": dt.date(2020, 1, 1),
        "data": {"city": 1, "province": 2, "beyond": 3},
        "source": "House rule: working days on the road within the city, within the province, and beyond.",
    },
]
