"""What the pool paid of goods that did not stay goes back to it: short at the door, or returned."""

import datetime as dt
import uuid
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from qudao.kernel import journal, money, periods, scope
from qudao.orders import operations
from qudao.orders.operations import returning, signing
from qudao.pricing.rules import pool as rules
from qudao.settlement import debtors, models, pool
from tests.operations.test_orders import HOUSE, credit, shipped

D = Decimal
VAT = D("0.13")


def fill(company, *, now):
    """Two confirmed rebates of 500.00 in 康泽's pool; the second expires."""
    entity, party = company.entities["qd"], company.parties["kangze"]
    net, tax = money.split_tax(D("500.00"), VAT)
    with scope.transaction(HOUSE, acting=True):
        debtor = debtors.of(entity_id=entity, party_id=party, actor=HOUSE)
        pool.ensure(debtor)
        entry = journal.entry()
        rows = pool.post(
            [
                pool.Posting("confirm", net, tax, VAT, "lasting"),
                pool.Posting("confirm", net, tax, VAT, "expiring", expires_on=dt.date(2027, 6, 1)),
            ],
            node_id=debtor.node_id,
            entity_id=entity,
            on=periods.business_date(now),
            origin_type="test",
            origin_id=uuid.uuid4(),
            entry=entry,
        )
        journal.record(entry, "test.pool.filled", subject="test:pool", at=now, rows=rows)


def moves():
    with scope.everything():
        rows = models.PoolEntry.objects.exclude(kind="confirm").order_by("pk")
        return [(one.kind, one.gross, one.draws_on.key) for one in rows.select_related("draws_on")]


def balance():
    with scope.everything():
        return models.Pool.objects.get().balance


def one_short(shipment, *, now):
    """19 of 20 arrive."""
    return operations.sign_for(
        shipment_id=shipment.id,
        version=shipment.version,
        arrived=[signing.Arrived(1, D(19), short=D(1))],
        actor=HOUSE,
        now=now,
    )


def back(shipment, quantity, *, now):
    return operations.take_return(
        shipment_id=shipment.id,
        returned=[returning.Returned(1, D(quantity))],
        reason="包装破损",
        actor=HOUSE,
        now=now,
    )


def test_what_is_short_and_what_comes_back_gives_its_rebate_to_the_pool_again(company, now):
    fill(company, now=now)
    shipment = shipped(company, ("BQ-2515", 20), now=now, rebate_use=D("1000.00"))
    used = [("use", D("-500.00"), "expiring"), ("use", D("-500.00"), "lasting")]
    assert (moves(), balance()) == (used, D(0))
    signed = one_short(shipment, now=now)
    # Of 20 pieces paid with 1,000.00 one did not arrive: 50.00, to the entry that was drawn on last.
    assert (moves(), balance()) == ([*used, ("restore", D("50.00"), "lasting")], D("50.00"))
    first = back(signed, 12, now=now)
    assert [line.gross for line in first.lines] == [D("21720.00")]
    assert moves()[3:] == [("restore", D("450.00"), "lasting"), ("restore", D("150.00"), "expiring")]
    back(signed, 7, now=now)
    assert moves()[5:] == [("restore", D("350.00"), "expiring")]
    assert balance() == D("1000.00")
    with scope.everything():
        owed = credit(company, "kangze")
        sums = models.PoolEntry.objects.exclude(kind="confirm")
        assert (sum(one.net for one in sums), sum(one.tax for one in sums)) == (0, 0)
    assert (owed.shipped_not_invoiced, owed.open_orders) == (0, 0)


def test_control_goods_not_paid_by_a_rebate_leave_the_pool_alone(company, now):
    fill(company, now=now)
    shipment = shipped(company, ("BQ-2515", 20), now=now)
    signed = one_short(shipment, now=now)
    back(signed, 19, now=now)
    assert (moves(), balance()) == ([], D("1000.00"))


amounts = st.integers(0, 100_000).map(lambda cents: D(cents) / 100)


@given(st.lists(amounts, min_size=1, max_size=5), st.lists(amounts, min_size=1, max_size=6))
def test_no_entry_gets_back_more_than_was_drawn_of_it_and_all_back_is_all(drawn, wanted):
    entries = [rules.Entry(no, *money.split_tax(gross, VAT), VAT) for no, gross in enumerate(drawn)]
    left = {one.entry_id: one for one in entries}
    total = sum(drawn, D(0))
    for amount in [*wanted, total]:
        missing = sum((one.gross for one in left.values()), D(0))
        parts = rules.plan_return(drawn=list(left.values()), amount=amount)
        assert sum((one.gross for one in parts), D(0)) == min(amount, missing)
        for one in parts:
            held = left[one.entry_id]
            assert 0 <= one.net <= held.net and 0 <= one.tax <= held.tax
            left[one.entry_id] = rules.Entry(held.entry_id, held.net - one.net, held.tax - one.tax, VAT)
    assert all(one.gross == 0 for one in left.values())
