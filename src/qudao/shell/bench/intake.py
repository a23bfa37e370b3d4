"""Order intake: ten lines decided, priced, reserved, stored with their key and journalled, against a floor.

The floor knows everything beforehand: it writes the very rows the product wrote for such an order (their
values are read back once), takes the same stock under the same condition, and decides nothing.
"""

import dataclasses
import itertools
import json
import random
from decimal import Decimal
from typing import Any

import psycopg
from psycopg.rows import dict_row

from qudao.kernel import database, idempotency, journal, records
from qudao.orders import operations, shapes
from qudao.orders.rules import requests
from qudao.shell.bench import DATABASE, timing, world

LINES = 10
_COUNTED = (
    *(
        "orders_order",
        "orders_orderline",
        "inventory_reservation",
        "kernel_idempotencykey",
        "journal_staging",
    ),
)
_SEED = 20261123
_keys = itertools.count(1)


def measure(made: world.World, *, rounds: int) -> timing.Compared:
    """Raises AssertionError when the floor does not write what the product writes."""
    dice = random.Random(_SEED)
    with Floor(made) as floor:
        baskets = [dice.sample(made.stocked, LINES) for _ in range(64)]

        def product(number: int) -> None:
            place(made, baskets[number % len(baskets)])

        def by_hand(number: int) -> None:
            floor.place(baskets[number % len(baskets)])

        for basket in baskets:
            floor.learn(basket)
        written = [floor.written_by(way) for way in (product, by_hand)]
        if written[0] != written[1]:
            raise AssertionError(f"the floor does not write the same rows: {written}")
        return timing.compare(product, by_hand, rounds=rounds)


def place(made: world.World, items: list[int]) -> Any:
    """What a POST of such an order does between the parsed body and the answer."""
    request = requests.OrderRequest(
        account_id=made.account.id,
        ship_to_id=made.place_id,
        channel="api",
        lines=tuple(requests.LineRequest(no, item, Decimal(1 + no)) for no, item in enumerate(items, 1)),
    )

    def perform() -> tuple[int, Any]:
        view = operations.place_order(request=request, actor=made.actor, now=world.NOW)
        return 201, shapes.OrderOut.model_validate(view, from_attributes=True).model_dump(mode="json")

    return idempotency.run(
        key=f"bench-{next(_keys)}",
        body={"account_id": made.account.id, "lines": [[item, 1] for item in items]},
        actor=made.actor,
        now=world.NOW,
        perform=perform,
    ).response


@dataclasses.dataclass(frozen=True)
class Template:
    """The rows of one order as the product wrote them, with the balances it took from."""

    order: dict[str, Any]
    lines: list[dict[str, Any]]
    reservations: list[dict[str, Any]]
    body: str
    answer: str


class Floor:
    """Hand-written SQL on a connection of its own, in the program's role, every statement prepared."""

    def __init__(self, made: world.World) -> None:
        self.made = made
        self.templates: dict[tuple[int, ...], Template] = {}

    def __enter__(self) -> "Floor":
        self.connection = psycopg.connect(**database.parameters("app", DATABASE), prepare_threshold=0)
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def written_by(self, way: Any) -> list[int]:
        """How many rows one order adds to each table."""
        way(0)
        before = self._counts()
        way(0)
        return [after - earlier for after, earlier in zip(self._counts(), before, strict=True)]

    def place(self, items: list[int]) -> None:
        """The same order as `place` makes of the items, without a decision."""
        known = self.templates[tuple(items)]
        entry, order_id, run = journal.entry(), records.key(world.NOW), self.connection.execute
        key = f"floor-{next(_keys)}"
        taken = [row["balance_id"] for row in known.reservations]
        quantities = [row["quantity"] for row in known.reservations]
        with self.connection.transaction():
            run(_SEE_ALL)
            run(_KEY, ["floor", key, idempotency.digest(key), 201, known.answer, world.NOW])
            number = run(_NUMBER, [self.made.account.entity_id, world.NOW.year]).fetchone()[0]
            run(
                _ORDER,
                {**known.order, "id": order_id, "entry": entry, "number": f"SO-F{number:06d}"},
            )
            run(_LINES, [entry, order_id, *_columns(known.lines, _LINE_COLUMNS)])
            done = run(_TAKE, [taken, quantities])
            if done.rowcount != len(taken):
                raise AssertionError("the floor could not take its stock")
            numbers = [row["origin_line"] for row in known.reservations]
            expires_at = known.reservations[0]["expires_at"]
            run(_RESERVE, [entry, str(order_id), expires_at, taken, quantities, numbers])
            gross = known.order["gross"]
            covered = run(_CREDIT, [gross, entry, self.made.account.debtor_node_id, gross])
            if covered.rowcount != 1:
                raise AssertionError("the floor could not take its credit")
            run(_STAGE, [entry, f"orders.order:{order_id}", world.NOW, self.made.account.node_id, known.body])

    def learn(self, items: list[int]) -> None:
        """Let the product place the order once and read its rows."""
        answer = place(self.made, items)
        with self.connection.transaction(), self.connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(_SEE_ALL)

            def rows(query: str) -> list[dict[str, Any]]:
                return cursor.execute(query, [answer["id"]]).fetchall()

            order = rows("SELECT * FROM orders_order WHERE id = %s::uuid")[0]
            found = Template(
                order=order | {"warnings": json.dumps(order["warnings"])},
                lines=[
                    row
                    | {name: json.dumps(row[name], ensure_ascii=False) for name in ("explanation", "skipped")}
                    for row in rows("SELECT * FROM orders_orderline WHERE order_id = %s::uuid ORDER BY no")
                ],
                reservations=rows(
                    "SELECT * FROM inventory_reservation WHERE origin_id = %s::text ORDER BY balance_id"
                ),
                body=rows("SELECT body FROM journal_staging WHERE subject = 'orders.order:' || %s")[0][
                    "body"
                ],
                answer=json.dumps(answer, ensure_ascii=False),
            )
        self.templates[tuple(items)] = found

    def _counts(self) -> list[int]:
        with self.connection.transaction():
            self.connection.execute(_SEE_ALL)
            return [
                self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in _COUNTED
            ]


def _columns(rows: list[dict[str, Any]], names: tuple[tuple[str, str], ...]) -> list[list[Any]]:
    return [[row[name] for row in rows] for name, _ in names]


_SEE_ALL = "SELECT set_config('app.everyone', 'on', true)"
_KEY = (
    "INSERT INTO kernel_idempotencykey (actor, key, body_digest, status, response, created_at)"
    " VALUES (%s, %s, %s, %s, %s::jsonb, %s)"
)
_NUMBER = (
    "INSERT INTO kernel_numberseries (entity_id, series, year, last) VALUES (%s, 'SO', %s, 1)"
    " ON CONFLICT (entity_id, series, year) DO UPDATE SET last = kernel_numberseries.last + 1 RETURNING last"
)
_ORDER_COLUMNS = (
    *("id", "entry", "version", "created_at", "node_id", "number", "basket", "entity_id", "account_id"),
    *("debtor_node_id", "party_id", "line_id", "ship_to_id", "bill_to_id", "payer_id", "hospital_id"),
    *("channel", "status", "business_on", "requested_on", "promised_on", "currency", "contract_version_id"),
    *("tier", "region_id", "sales_person_id", "gross", "net", "tax", "discount", "rebate_used", "placed_by"),
    *("reference", "source_digest", "confirmed_at", "line_count", "warnings"),
)
_ORDER = (
    f"INSERT INTO orders_order ({', '.join(_ORDER_COLUMNS)})"
    f" VALUES ({', '.join(f'%({name})s' for name in _ORDER_COLUMNS)})"
)
_LINE_COLUMNS = (
    *(("node_id", "int"), ("no", "smallint"), ("item_id", "int"), ("item_name", "text")),
    *(("specification", "text"), ("certificate_number", "text"), ("entered_quantity", "numeric")),
    *(("unit", "text"), ("unit_factor", "int"), ("unit_version", "int"), ("di", "text")),
    *(("quantity", "numeric"), ("unit_price", "numeric"), ("tax_included", "bool"), ("tax_rate", "numeric")),
    *(("gross", "numeric"), ("net", "numeric"), ("tax", "numeric"), ("discount", "numeric")),
    *(("rebate_used", "numeric"), ("price_kind", "text"), ("price_row_id", "int"), ("promotion_id", "int")),
    *(
        ("explanation", "jsonb"),
        ("skipped", "jsonb"),
        ("reserved", "numeric"),
        ("shipped", "numeric"),
        ("signed", "numeric"),
    ),
    ("returned", "numeric"),
)
_LINES = (
    f"INSERT INTO orders_orderline (entry, order_id, {', '.join(name for name, _ in _LINE_COLUMNS)})"
    f" SELECT %s::uuid, %s::uuid, * FROM unnest({', '.join(f'%b::{kind}[]' for _, kind in _LINE_COLUMNS)})"
    " RETURNING id"
)
_TAKE = (
    "UPDATE inventory_balance b SET reserved = b.reserved + w.quantity"
    " FROM unnest(%b::bigint[], %b::numeric[]) AS w (id, quantity)"
    " WHERE b.id = w.id AND b.status = 'good' AND b.on_hand - b.reserved >= w.quantity"
)
_RESERVE = (
    "INSERT INTO inventory_reservation"
    " (entry, balance_id, quantity, origin_type, origin_id, origin_line, state, expires_at)"
    " SELECT %s::uuid, b, q, 'orders.order', %s::text, l, 'active', %s::timestamptz"
    " FROM unnest(%b::bigint[], %b::numeric[], %b::int[]) AS w (b, q, l) RETURNING id"
)
_CREDIT = (
    "UPDATE settlement_creditline SET open_orders = open_orders + %s, entry = %s WHERE node_id = %s"
    ' AND "limit" - receivable - shipped_not_invoiced - open_orders + prepaid >= %s'
)
_STAGE = (
    "INSERT INTO journal_staging (entry, part, type, subject, at, node_id, body)"
    " VALUES (%s, 0, 'orders.order.confirmed', %s, %s, %s, %s)"
)
