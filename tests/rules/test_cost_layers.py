import datetime as dt
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from qudao.inventory.rules import cost
from qudao.kernel import errors


def layer(number, quantity, value, day=1):
    return cost.Layer(number, dt.date(2026, 1, day), Decimal(quantity), Decimal(value))


def test_the_oldest_receipt_is_used_up_first():
    used = cost.consume(layers=[layer(2, 10, "110.00", 20), layer(1, 10, "100.00", 5)], quantity=Decimal(12))
    assert used.taken == (
        cost.Taken(1, Decimal(10), Decimal("100.00")),
        cost.Taken(2, Decimal(2), Decimal("22.00")),
    )
    assert used.remaining == (layer(2, 8, "88.00", 20),)
    assert used.value == Decimal("122.00")


def test_three_thirds_of_a_hundred_are_a_hundred():
    layers, values = (layer(1, 3, "100.00"),), []
    for _ in range(3):
        used = cost.consume(layers=layers, quantity=Decimal(1))
        values.append(used.value)
        layers = used.remaining
    assert values == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]
    assert layers == ()


def test_receipts_of_one_day_are_used_in_the_order_they_were_booked():
    used = cost.consume(layers=[layer(8, 1, "8.00"), layer(7, 1, "7.00")], quantity=Decimal(1))
    assert [part.layer_id for part in used.taken] == [7]


def test_more_than_the_layers_hold_is_refused():
    with pytest.raises(errors.Refused) as refusal:
        cost.consume(layers=[layer(1, 2, "5.00")], quantity=Decimal(3), line=6)
    assert refusal.value.reasons == [
        errors.Reason("inventory.cost_layers_short", 6, {"wanted": Decimal(3), "available": Decimal(2)})
    ]


@pytest.mark.parametrize("quantity", [0, -1])
def test_consuming_nothing_is_refused(quantity):
    with pytest.raises(errors.Refused):
        cost.consume(layers=[layer(1, 2, "5.00")], quantity=Decimal(quantity))


@pytest.mark.parametrize(("quantity", "value"), [(0, "1.00"), (-1, "1.00"), (1, "-0.01"), (1, "0.001")])
def test_a_layer_holds_a_quantity_and_whole_cents(quantity, value):
    with pytest.raises(ValueError):
        layer(1, quantity, value)


LAYERS = st.lists(
    st.tuples(st.integers(1, 50), st.integers(0, 100_000), st.integers(1, 28)), min_size=1, max_size=6
)
QUANTITIES = st.lists(st.integers(1, 40), min_size=1, max_size=12)


def cents_lost(specification, quantities, consume):
    """Value in, less value out and value left, after consuming until the layers run out."""
    layers = tuple(
        layer(number, quantity, Decimal(cents) / 100, day)
        for number, (quantity, cents, day) in enumerate(specification)
    )
    value_in, value_out = sum(each.value for each in layers), Decimal(0)
    for quantity in quantities:
        held = sum(each.quantity for each in layers)
        if not held:
            break
        used = consume(layers=layers, quantity=min(Decimal(quantity), held))
        assert sum(part.quantity for part in used.taken) == min(Decimal(quantity), held)
        assert all(part.value >= 0 for part in used.taken)
        value_out += used.value
        layers = used.remaining
    return value_in - value_out - sum(each.value for each in layers)


@hypothesis.given(LAYERS, QUANTITIES)
@hypothesis.settings(max_examples=200, deadline=None)
def test_no_consumption_gains_or_loses_a_cent(specification, quantities):
    assert cents_lost(specification, quantities, cost.consume) == 0


def test_a_rounded_unit_cost_would_lose_a_cent():
    def by_unit_cost(*, layers, quantity):
        [only] = layers
        value = (only.value / only.quantity).quantize(Decimal("0.01")) * quantity
        rest = only.quantity - quantity
        kept = (
            (layer(only.id, rest, (only.value / only.quantity).quantize(Decimal("0.01")) * rest),)
            if rest
            else ()
        )
        return cost.Consumption((cost.Taken(only.id, quantity, value),), kept)

    assert cents_lost([(3, 10_000, 1)], [1, 1, 1], by_unit_cost) == Decimal("0.01")


@hypothesis.given(LAYERS, st.integers(1, 50))
@hypothesis.settings(max_examples=100, deadline=None)
def test_no_layer_is_touched_while_an_older_one_holds_anything(specification, quantity):
    layers = [
        layer(number, held, Decimal(cents) / 100, day)
        for number, (held, cents, day) in enumerate(specification)
    ]
    used = cost.consume(layers=layers, quantity=min(Decimal(quantity), sum(each.quantity for each in layers)))
    rank = {each.id: (each.received_on, each.id) for each in layers}
    if used.remaining:
        oldest_left = min(rank[each.id] for each in used.remaining)
        assert all(rank[part.layer_id] <= oldest_left for part in used.taken)
