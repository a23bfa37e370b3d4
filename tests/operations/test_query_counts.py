"""How many statements each operation needs: as tests/query_counts.json says, whatever the number of lines.

Fewer is progress, and is written into the file; more needs a reason in the change that brings it.
"""

import functools
import json
import uuid
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qudao.kernel import idempotency, journal, scope
from qudao.orders import operations
from qudao.orders.operations import returning
from qudao.orders.rules import requests
from qudao.partners import queries as partners
from qudao.pricing import queries as pricing
from qudao.settlement import consumers
from qudao.settlement import operations as settlement
from qudao.shell.company import work
from tests import query_counts

HOUSE = scope.system("desk")
ONE = ("DS-035",)
TEN = ("DS-035", "ZJ-3018", "DS-035", "DS-035", "DS-035", "ZJ-3018", *("DS-035",) * 4)


class Counting:
    """Runs operations and keeps how many statements each sent."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}

    def __call__(self, name, operation, **arguments):
        with CaptureQueriesContext(connection) as captured:
            outcome = operation(actor=HOUSE, **arguments)
        self.found[name] = query_counts.of(captured)
        return outcome


def ordered(company, items):
    return requests.OrderRequest(
        account_id=company.accounts["kangze.CV"],
        ship_to_id=company.places["kangze"],
        channel="call_centre",
        lines=tuple(
            requests.LineRequest(no, company.items[code], Decimal(1)) for no, code in enumerate(items, 1)
        ),
    )


def posted(*, request, actor, now):
    """Placing as the API does it: under a key."""

    def perform():
        return 201, operations.place_order(request=request, actor=actor, now=now).number

    return idempotency.run(key=f"K-{uuid.uuid4()}", body={}, actor=actor, now=now, perform=perform)


def trade(company, items, now) -> dict[str, int]:
    """One order of these items, all the way to its invoice."""
    count = Counting()
    request = ordered(company, items)
    count("orders.quote_order", operations.quote_order, request=request, now=now)
    count("orders.place_order", operations.place_order, request=request, now=now)
    count("orders.place_order under a key", posted, request=request, now=now)
    order = count("orders.save_draft", operations.save_draft, request=request, now=now)

    def step(name, **arguments):
        return count(f"orders.{name}", getattr(operations, name), now=now, **arguments)

    order = step("change_draft", order_id=order.id, version=order.version, request=request)
    order = step("confirm_order", order_id=order.id, version=order.version)
    order = step("reallocate_order", order_id=order.id, version=order.version)
    count(
        "orders.save_template",
        functools.partial(operations.save_template, name="每周补货"),
        account_id=request.account_id,
        lines=request.lines,
        now=now,
    )
    [parcel] = step("release_order", order_id=order.id, version=order.version)
    for name, more in (
        ("pick_shipment", {"scans": work.labels(parcel)}),
        ("review_shipment", {"scans": work.labels(parcel)}),
        ("ship_shipment", {}),
        ("sign_for", {"arrived": None}),
    ):
        person = scope.Actor("job", 0, name, frozenset({"*"}), house=True, everyone=True)
        parcel = _as(person, count, f"orders.{name}", getattr(operations, name), parcel, now, more)
    settle(company, count, now)
    step(
        "take_return",
        shipment_id=parcel.id,
        returned=[returning.Returned(line.no, line.quantity) for line in parcel.lines],
        reason="包装破损",
    )
    cancelled = operations.place_order(request=request, actor=HOUSE, now=now)
    step("cancel_order", order_id=cancelled.id, version=cancelled.version, reason="不再需要")
    return count.found


def _as(person, count, name, operation, parcel, now, more):
    """The warehouse's steps belong to different people."""

    def act(actor):
        return operation(shipment_id=parcel.id, version=parcel.version, actor=person, now=now, **more)

    return count(name, act)


def settle(company, count, now) -> None:
    journal.advance()
    while journal.consume(consumers.NAME, consumers.facts):
        pass
    debtor = partners.get_account(company.accounts["kangze.CV"], HOUSE).debtor_node_id
    version = company.contracts["HT-2026-0183"]
    with scope.transaction(HOUSE):
        [term] = pricing.rebate_terms(version_id=version, actor=HOUSE)
    today = company.today
    count("settlement.issue_invoices", settlement.issue_invoices, debtor_node_id=debtor, up_to=today, now=now)
    count(
        "settlement.build_statement", settlement.build_statement, debtor_node_id=debtor, month=today, now=now
    )
    count(
        "settlement.run_rebate",
        settlement.run_rebate,
        contract_version_id=version,
        term_id=term.id,
        day=today,
        now=now,
    )


@pytest.fixture
def counted(company, now):
    trade(company, ONE, now)  # what is read once a process is read now
    return trade(company, ONE, now), trade(company, TEN, now)


def test_statements_are_as_many_as_budgeted_for_one_line_and_for_ten(counted):
    one, ten = counted
    assert ten == one
    budgets = query_counts.read()
    assert one == {name: budgets.get(name) for name in one}, json.dumps(one, indent=2)


def test_control_an_operation_that_asks_line_by_line_is_seen(company, now):
    count = Counting()
    for items in (ONE, TEN):

        def line_by_line(actor, items=items):
            for _ in ordered(company, items).lines:
                partners.get_account(company.accounts["kangze.CV"], actor)

        count(len(items), line_by_line)
    assert count.found[1] < count.found[10]
