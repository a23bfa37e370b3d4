"""R16, by identifier: whoever asks for another's thing by any address learns no more than of a thing that is not."""

import pytest

from qudao.kernel import scope, web
from qudao.ui import pages
from tests import harness
from tests.permissions import matrix, probing
from tests.permissions import trade as trades

# The tables of the matrix are those of the whole product.
NEEDS = ("compliance", "flow", "settlement", "supply", "field", "insights", "portal")

ADDRESSES = probing.routes()
ROWS = {f"{one.method} {one.path}" for one in web.OPERATIONS if one.module.startswith("qudao.")}
ROWS |= {view for view in pages.PAGES if view.startswith("qudao.")}


def uncovered(rows, addresses):
    """Rows in no table of the matrix, and rows whose address names a thing but whose kind is not told."""
    found = rows - matrix.NAMED.keys() - matrix.ASKED - matrix.LISTED - matrix.PLAIN
    named = {row for row in rows if {"{", "<"} & set(addresses.get(row, row))}
    return found | (named - matrix.NAMED.keys())


def test_every_operation_and_page_says_what_it_names():
    assert uncovered(ROWS, ADDRESSES) == set()
    assert matrix.NAMED.keys() | matrix.ASKED | matrix.LISTED | matrix.PLAIN == ROWS
    assert {row for row in ROWS if {"{", "<"} & set(ADDRESSES.get(row, row))} == matrix.NAMED.keys()


def test_control_a_new_operation_or_page_without_its_row_is_found():
    new = {"GET /orders/{uuid:order_id}/costs", "qudao.orders.views.new"}
    addresses = ADDRESSES | {"qudao.orders.views.new": "/new/<int:id>/"}
    assert uncovered(ROWS | new, addresses) == new


@pytest.mark.parametrize(("who", "owner"), trades.OUTSIDERS)
def test_anothers_thing_and_no_thing_have_the_same_answer(trade, who, owner):
    assert probing.told(trade, who, owner) == []


@pytest.mark.parametrize("who", ["stranger", "revoked"])
def test_without_a_post_every_address_answers_the_same(trade, who):
    assert probing.told(trade, who, "kangze") == []


@pytest.mark.parametrize(("who", "owner"), trades.INSIDERS)
def test_ones_own_things_are_there(trade, who, owner):
    """Positive control: the same addresses with one's own identifiers."""
    for row, kind in matrix.NAMED.items():
        if kind in matrix.HOUSE:
            continue
        for identifier in probing.identifiers(trade, kind, owner):
            first, *steps = probing.ask(trade, who, row, identifier, version=999)
            if kind in probing.MONEY and who != owner.partition(".")[0]:
                assert all(probing.closed(one) for one in (first, *steps)), row
                continue
            if kind in matrix.CONFIDENTIAL and trade.party(who) != trade.party(owner):
                assert first.status == 404, row
                continue
            if row.startswith("GET") or (row not in probing.STEPS and " " not in row):
                assert first.status == 200, (row, first.body[:500])
            for one in (first, *steps):
                assert one.status not in (401, 403, 404), (row, one.body[:500])


def test_nothing_of_all_this_changed_anything(trade):
    """Run after all that was asked above: the documents are as they were made."""
    assert trades.versions() == trade.versions


# -- negative controls -------------------------------------------------------------------------------


@pytest.fixture
def without_the_database_wall():
    tables = (
        *("orders_order", "orders_orderline", "orders_shipment", "orders_shipmentline"),
        *("settlement_statement", "settlement_statementline", "settlement_invoice", "settlement_invoiceline"),
        *("settlement_rebaterun", "settlement_rebaterunline", "settlement_fact"),
        *("pricing_contract", "pricing_contractversion", "pricing_pricerow"),
        *("settlement_cashreceipt", "settlement_creditline"),
        *("orders_ordertemplate", "partners_channelaccount", "partners_party"),
    )
    with harness.owner() as owner:
        for table in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        yield
        for table in tables:
            owner.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")


@pytest.fixture
def without_the_filter(monkeypatch):
    monkeypatch.setattr(scope, "visible", lambda rows, actor: rows)
    # What statements written out ask before they name the nodes themselves.
    monkeypatch.setattr(scope.Actor, "few", property(lambda actor: False))


READS = [
    row
    for row, kind in matrix.NAMED.items()
    # This trade has no photo and no case: tests/api/test_like_the_pages.py asks for those of others. Terms and what is
    # our house's alone have a wall of their own besides.
    if row.startswith("GET")
    and kind not in ("account", "templates", "photo", "flow_case", "terms", *matrix.HOUSE)
]


def test_control_without_both_walls_the_leak_is_seen(trade, without_the_database_wall, without_the_filter):
    leaking = probing.told(trade, "renji", "kangze", READS)
    assert {row.rpartition(" ")[0] for row in leaking} == set(READS)


def test_the_database_alone_holds(trade, without_the_filter):
    assert probing.told(trade, "renji", "kangze", READS) == []


def test_the_filter_alone_holds(trade, without_the_database_wall):
    assert probing.told(trade, "renji", "kangze", READS) == []
