"""A rebate case as `qudao rebate evaluate` takes it: 2,500,000.00 on a marginal scale."""

CASE = {
    "scale": {
        "measure": "amount",
        "mode": "marginal",
        "lower_inclusive": True,
        "tiers": [
            {"from": "0", "rate": "0"},
            {"from": "1000000", "rate": "0.03"},
            {"from": "2000000", "rate": "0.05"},
        ],
        "cap": None,
        "floor": None,
    },
    "volume": {"amount": "2500000.00", "quantity": "0"},
    "settled": "0.00",
}
