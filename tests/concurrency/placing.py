"""A program that gets killed: `python -m tests.concurrency.placing make|place FIRST END …|look|destroy`.

`place` posts orders FIRST to END, each under its key, and says so once the answer is there; posting again what
is done already is what a client does that never heard the answer.
"""

import datetime as dt
import json
import sys
from decimal import Decimal

from qudao.kernel import database
from qudao.shell import starting

DATABASE = "qudao_crash"
FACTS = {
    "orders": "SELECT count(*) FROM orders_order WHERE status = 'confirmed'",
    "numbers": "SELECT count(DISTINCT number) FROM orders_order",
    "last": "SELECT coalesce(max(last), 0) FROM kernel_numberseries WHERE series = 'SO'",
    "lines": "SELECT count(*) FROM orders_orderline",
    "keys": "SELECT count(*) FROM kernel_idempotencykey WHERE status = 201",
    "entries": "SELECT count(*) FROM journal_staging WHERE type = 'orders.order.confirmed'",
    "reservations": "SELECT coalesce(sum(quantity), 0)::int FROM inventory_reservation WHERE state = 'active'",
    "reserved": "SELECT sum(reserved)::int FROM inventory_balance",
    "gross": "SELECT sum(gross)::text FROM orders_order",
    "open_orders": "SELECT sum(open_orders)::text FROM settlement_creditline",
}


def make() -> None:
    """The small company, with stock for every order to come."""
    database.ensure_server()
    database.create(DATABASE)
    starting.migrated(DATABASE)
    starting.ready(name=DATABASE)
    from qudao.inventory import operations as inventory
    from qudao.kernel import scope
    from qudao.shell.company import build
    from tests import harness

    company = build.everything(now=harness.NOW)
    line = inventory.OpeningLine(
        site_id=company.sites["sh"],
        item_id=company.items["DS-035"],
        lot="D2699",
        produced_on=dt.date(2026, 4, 2),
        last_usable_on=dt.date(2029, 4, 1),
        quantity=Decimal(100_000),
        value=Decimal("4250000.00"),
    )
    inventory.open_stock(
        entity_id=company.entities["qd"],
        lines=[line],
        control_quantity=line.quantity,
        control_value=line.value,
        actor=scope.system("setup"),
        now=harness.NOW,
    )
    say(account=company.accounts["kangze.CV"], place=company.places["kangze"], item=company.items["DS-035"])


def place(first: int, end: int, account: int, place: int, item: int) -> None:
    """Post the orders one after the other, saying which is answered."""
    starting.ready(name=DATABASE)
    from qudao.kernel import idempotency, scope
    from qudao.orders import operations
    from qudao.orders.rules import requests
    from tests import harness

    say(server=int((database.embedded().places.data / "postmaster.pid").read_text().split()[0]))
    desk = scope.system("desk")
    request = requests.OrderRequest(
        account_id=account,
        ship_to_id=place,
        channel="api",
        lines=(requests.LineRequest(1, item, Decimal(1)),),
    )

    def perform() -> tuple[int, str]:
        return 201, operations.place_order(request=request, actor=desk, now=harness.NOW).number

    for key in range(first, end):
        outcome = idempotency.run(key=f"K-{key}", body=key, actor=desk, now=harness.NOW, perform=perform)
        say(key=key, number=outcome.response)


def look() -> None:
    """What the books say."""
    database.ensure_server()
    with database.connect("owner", database=DATABASE) as owner:
        owner.execute("SELECT set_config('app.everyone', 'on', true)")
        say(**{name: owner.execute(query).fetchone()[0] for name, query in FACTS.items()})


def destroy() -> None:
    database.embedded().destroy()


def say(**facts) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    verb, *numbers = sys.argv[1:]
    {"make": make, "place": place, "look": look, "destroy": destroy}[verb](*map(int, numbers))
