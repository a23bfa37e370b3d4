import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qudao.kernel import errors, money
from qudao.pricing.rules import pool

TODAY = dt.date(2026, 11, 23)
VAT = Decimal("0.13")


def entry(number, gross, until=None):
    net, tax = money.split_tax(gross, VAT)
    return pool.Entry(number, net, tax, VAT, until)


def use(entries, want, *, order="100000.00", share="1", overdue=False):
    return pool.plan_use(
        entries=entries,
        order_amount=Decimal(order),
        want=Decimal(want),
        today=TODAY,
        max_share=Decimal(share),
        overdue=overdue,
    )


def codes(entries, want, **more):
    with pytest.raises(errors.Refused) as refused:
        use(entries, want, **more)
    return [reason.code for reason in refused.value.reasons]


def test_what_expires_first_is_used_first_and_says_its_tax():
    entries = [entry(1, "113.00"), entry(2, "226.00", dt.date(2026, 12, 1)), entry(3, "113.00", TODAY)]
    assert use(entries, "250.00") == (
        pool.Allocation(2, Decimal("226.00"), Decimal("200.00"), Decimal("26.00")),
        pool.Allocation(1, Decimal("24.00"), Decimal("21.24"), Decimal("2.76")),
    )


def test_an_entry_is_gone_on_its_last_day_excluded():
    assert pool.available(entries=[entry(1, "10", TODAY)], today=TODAY) == 0
    assert pool.available(entries=[entry(1, "10", TODAY + dt.timedelta(1))], today=TODAY) == 10


def test_every_reason_against_a_use_is_told_at_once():
    assert codes([entry(1, "10.00")], "20.00", order="50.00", share="0.20", overdue=True) == [
        "pricing.pool_overdue",
        "pricing.pool_share_exceeded",
        "pricing.pool_insufficient",
    ]


def test_the_share_is_never_rounded_up():
    assert pool.share_limit(order_amount=Decimal("99.99"), max_share=Decimal("0.30")) == Decimal("29.99")
    assert codes([entry(1, "99.00")], "30.00", order="99.99", share="0.30") == ["pricing.pool_share_exceeded"]


@pytest.mark.parametrize("want", ["0", "-1.00", "0.001"])
def test_only_cents_above_zero_can_be_used(want):
    assert codes([entry(1, "10.00")], want) == ["pricing.pool_amount_invalid"]


def test_a_clawback_takes_what_is_there_and_leaves_the_rest_owed():
    taken, owed = pool.plan_clawback(entries=[entry(1, "113.00")], amount=Decimal("200.00"), today=TODAY)
    assert taken == (pool.Allocation(1, Decimal("113.00"), Decimal("100.00"), Decimal("13.00")),)
    assert owed == Decimal("87.00")


def test_an_entry_expires_whole_and_once():
    entries = [entry(1, "113.00", TODAY), entry(2, "113.00"), entry(3, "0", TODAY)]
    assert pool.plan_expiry(entries=entries, today=TODAY) == (
        pool.Allocation(1, Decimal("113.00"), Decimal("100.00"), Decimal("13.00")),
    )


pools = st.lists(
    st.tuples(st.decimals("0", "500", places=2), st.none() | st.dates(TODAY, dt.date(2027, 12, 31))),
    max_size=6,
).map(lambda parts: [entry(i, *part) for i, part in enumerate(parts, 1)])


@settings(max_examples=200, deadline=None)
@given(pools, st.lists(st.decimals("0.01", "400", places=2), max_size=6))
def test_no_sequence_of_uses_takes_an_entry_below_zero_or_loses_a_cent(entries, wants):
    for want in wants:
        held = pool.available(entries=entries, today=TODAY)
        if want > held:
            assert codes(entries, str(want)) == ["pricing.pool_insufficient"]
            continue
        taken = {part.entry_id: part for part in use(entries, str(want))}
        assert sum(part.gross for part in taken.values()) == want
        entries = [
            pool.Entry(e.entry_id, e.net - t.net, e.tax - t.tax, VAT, e.valid_until)
            if (t := taken.get(e.entry_id))
            else e
            for e in entries
        ]
        assert all(e.net >= 0 and e.tax >= 0 for e in entries)
        assert pool.available(entries=entries, today=TODAY) == held - want


def test_splitting_the_tax_of_each_part_alone_would_be_noticed():
    whole = entry(1, "0.07")  # 0.06 + 0.01
    parts = [money.split_tax("0.01", VAT) for _ in range(7)]
    assert (whole.net, whole.tax, sum(tax for _, tax in parts)) == (Decimal("0.06"), Decimal("0.01"), 0)
    left = whole
    for _ in range(7):
        (part,) = use([left], "0.01")
        left = pool.Entry(1, left.net - part.net, left.tax - part.tax, VAT)
    assert (left.net, left.tax) == (0, 0)
