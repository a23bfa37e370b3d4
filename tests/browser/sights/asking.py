"""What a sight is held against: the database asked directly, past the queries of the program."""

from decimal import Decimal

from django.db import connection

from qudao.kernel import scope
from tests import harness
from tests.browser import trading


def rows(statement: str, *values) -> list[tuple]:
    with scope.transaction(trading.SYSTEM), connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def one(statement: str, *values):
    """The single value of a single row."""
    [[found]] = rows(statement, *values)
    return found


def yuan(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace("-", "−")


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")


def asked(statement: str, values=()) -> list[tuple]:
    """Rows as the owner sees them, whatever the clone the tests stand on."""
    with harness.owner() as owner, owner.transaction():
        owner.execute("SELECT set_config('app.everyone', 'on', true)")
        return owner.execute(statement, values).fetchall()
