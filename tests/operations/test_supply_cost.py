"""Whatever the deliveries, a purchase line costs what it was ordered for."""

from decimal import Decimal

import hypothesis
from hypothesis import strategies as st

from qudao.kernel import money
from qudao.supply import rules

parts = st.lists(st.integers(1, 40), min_size=1, max_size=12)
cents = st.integers(0, 10_000_000).map(lambda value: Decimal(value) / 100)


def expected(quantity, net, received=0):
    return rules.Expected(1, 7, "lot", False, Decimal(quantity), Decimal(received), net)


def arrival(no, quantity):
    return rules.Arrival(no, 1, Decimal(quantity), "L1", "", None, None)


def delivered(net, quantities, values_of):
    """The cost of the quantities, each delivered on its own."""
    received, values = 0, []
    for quantity in quantities:
        line = expected(sum(quantities), net, received)
        values += values_of(expected={1: line}, arrivals=[arrival(1, quantity)])
        received += quantity
    return values


@hypothesis.given(net=cents, quantities=parts)
def test_deliveries_one_by_one_or_at_once_cost_the_line_to_the_cent(net, quantities):
    one_by_one = delivered(net, quantities, rules.net_values)
    at_once = rules.net_values(
        expected={1: expected(sum(quantities), net)},
        arrivals=[arrival(no, quantity) for no, quantity in enumerate(quantities, 1)],
    )
    assert one_by_one == at_once
    assert sum(one_by_one) == net
    assert all(value >= 0 for value in one_by_one)


def test_control_rounding_each_delivery_on_its_own_loses_cents():
    """Negative control: the share of each delivery, rounded without regard to the others."""

    def naive(*, expected, arrivals):
        return [
            money.amount(expected[one.purchase_line_no].net * one.quantity / expected[1].quantity)
            for one in arrivals
        ]

    assert sum(delivered(Decimal("100.00"), [1, 1, 1], naive)) == Decimal("99.99")
    assert sum(delivered(Decimal("100.00"), [1, 1, 1], rules.net_values)) == Decimal("100.00")
