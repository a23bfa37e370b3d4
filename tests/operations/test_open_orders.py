"""What is ordered and not shipped opens to its orders, and adds up to the figure of the credit."""

from decimal import Decimal

from qudao.kernel import scope
from qudao.orders import operations, unshipped
from qudao.settlement import queries
from tests.browser import trading

HOUSE = scope.system("open orders")


def read(order, actor=HOUSE):
    """Of the order's debtor the figure, the rows, and how many rows with their sums."""
    node = order.debtor_node_id
    with scope.transaction(HOUSE):
        figure = queries.credit_of(node, on=trading.NOW.date(), actor=HOUSE).open_orders
    with scope.transaction(actor):
        rows, _more = unshipped.list_of(node, actor=actor)
        count, sums = unshipped.total_of(node, actor=actor)
    return figure, rows, count, sums


def test_open_orders_are_listed_with_what_is_not_shipped_and_add_up_to_the_credit(company):
    waiting = trading.order(company)
    trading.draft(company)
    sent = trading.on_the_road(company, ("DS-035", "20"))
    figure, rows, count, sums = read(waiting)
    assert sums["remaining"] == figure == sum(one.remaining for one in rows) == waiting.gross
    assert [(one.number, one.shipped, one.remaining) for one in rows] == [
        (waiting.number, Decimal("0.00"), waiting.gross)
    ]
    assert count == 1 and sent.order_id not in {one.id for one in rows}


def test_a_cancelled_order_is_open_no_more(company):
    order = trading.order(company)
    operations.cancel_order(
        order_id=order.id, version=order.version, reason="客户改期", actor=HOUSE, now=trading.NOW
    )
    figure, rows, count, _sums = read(order)
    assert (figure, rows, count) == (Decimal("0.00"), [], 0)


def test_a_partner_sees_its_own_open_orders_and_its_sibling_none(company):
    order = trading.order(company)
    assert [one.number for one in read(order, trading.actor(company, "kangze"))[1]] == [order.number]
    _figure, rows, count, sums = read(order, trading.actor(company, "renji"))
    assert (rows, count, sums["remaining"]) == ([], 0, Decimal("0.00"))
