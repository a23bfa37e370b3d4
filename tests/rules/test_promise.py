import datetime as dt
from decimal import Decimal

import hypothesis
import pytest
from hypothesis import strategies as st

from qudao.inventory.rules import promise

TODAY = dt.date(2026, 3, 10)


def supply(quantity, start=0, end=None):
    last = None if end is None else TODAY + dt.timedelta(days=end)
    return promise.Supply(TODAY + dt.timedelta(days=start), last, Decimal(quantity))


def promised(quantity, day):
    return promise.Promise(TODAY + dt.timedelta(days=day), Decimal(quantity))


def atp(day, supplies, promises=(), safety=0):
    return promise.available(
        on=TODAY + dt.timedelta(days=day), supplies=supplies, promises=promises, safety=Decimal(safety)
    )


@pytest.mark.parametrize(
    ("day", "supplies", "promises", "safety", "expected"),
    [
        (0, [supply(10)], [], 0, 10),
        (0, [supply(10)], [], 4, 6),
        (0, [supply(3)], [], 4, 0),
        (0, [supply(10), supply(5, start=7)], [], 0, 10),
        (7, [supply(10), supply(5, start=7)], [], 0, 15),
        (0, [supply(10)], [promised(4, 20)], 0, 6),
        (0, [supply(10), supply(5, start=7)], [promised(4, 20)], 0, 10),
        (0, [supply(10, end=30)], [promised(4, 40)], 0, 10),
        (31, [supply(10, end=30)], [], 0, 0),
        (0, [supply(6, end=10), supply(6, end=90)], [promised(5, 30)], 0, 7),
    ],
)
def test_what_can_be_promised_keeps_every_earlier_promise(day, supplies, promises, safety, expected):
    assert atp(day, supplies, promises, safety) == expected


SUPPLIES = st.lists(
    st.builds(supply, st.integers(1, 5), st.integers(0, 4), st.one_of(st.none(), st.integers(4, 8))),
    max_size=4,
)


@hypothesis.given(SUPPLIES, st.lists(st.builds(promised, st.integers(1, 4), st.integers(0, 8)), max_size=4))
@hypothesis.settings(max_examples=150, deadline=None)
def test_a_promise_within_the_answer_costs_nobody_and_one_more_does(supplies, promises):
    answer = atp(3, supplies, promises)

    def total(extra):
        return promise._delivered(supplies, [*promises, promised(extra, 3)])

    assert total(answer) == total(0) + answer
    assert total(answer + 1) < total(0) + answer + 1
