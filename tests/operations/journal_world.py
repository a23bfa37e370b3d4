"""What the journal's tests do to fill it and to tamper with it."""

import datetime as dt
import decimal

from qudao.kernel import database, journal, scope
from tests import harness

HOUSE = scope.system("test")


def record(number=1, *, actor=HOUSE, subject="orders.order:1", node_id=None, rows=(), data=None):
    """One operation that only records."""
    with scope.transaction(actor, acting=True):
        return journal.record(
            journal.entry(),
            "orders.order.confirmed",
            subject=subject,
            at=harness.NOW + dt.timedelta(seconds=number),
            node_id=node_id,
            rows=rows,
            data=data if data is not None else {"数量": decimal.Decimal(number)},
        )


def stage(count):
    """Many small entries in one transaction."""
    with scope.transaction(HOUSE):
        for number in range(count):
            journal.record(
                journal.entry(), "a.b.c", subject=f"a:{number}", at=harness.NOW, data={"n": number}
            )


def as_owner(statement, *parameters):
    """What somebody with the owner's rights does to the tables."""
    with database.connect("owner") as connection:
        connection.execute("SELECT set_config('app.everyone', 'on', true)")
        return connection.execute(statement, parameters).rowcount
