"""R14: what is written has its leaf, and what a leaf names is there."""

import pytest
from django.apps import apps
from django.db import connection

from qudao.kernel import journal, scope, writes
from qudao.kernel.journal import entries
from tests.operations import test_orders

NEEDS = ("orders", "settlement", "pricing", "inventory")
# Rows whose every column is in the leaf.
WHOLE = ("pricing.PriceRow", "partners.Licence", "settlement.PoolEntry")
TOLD = (*WHOLE, "inventory.Move", "orders.OrderLine", "orders.ShipmentLine", "orders.ReturnLine")


@pytest.fixture
def told(company, now):
    """A company that has sold, delivered and taken back; every entry numbered. Rows by (table, id)."""
    from qudao.orders import operations
    from qudao.orders.operations import returning

    shipment = test_orders.shipped(company, ("BQ-2515", 5), ("ZJ-3018", 2), now=now)
    operations.sign_for(shipment_id=shipment.id, version=shipment.version, actor=test_orders.HOUSE, now=now)
    operations.take_return(
        shipment_id=shipment.id,
        returned=[returning.Returned(1, test_orders.D(1))],
        reason="包装破损",
        actor=test_orders.HOUSE,
        now=now,
    )
    while journal.advance():
        pass
    return listed()


def listed() -> dict[tuple[str, str], str]:
    """The newest digest of every row any leaf names."""
    found: dict[tuple[str, str], str] = {}
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute("SELECT body FROM journal_leaf ORDER BY number")
        for (body,) in cursor.fetchall():
            found |= {(row.table, row.id): row.digest for row in entries.read(0, body).rows}
    return found


def model(name):
    return apps.get_model(name)


@pytest.mark.parametrize("name", TOLD)
def test_every_row_has_its_leaf(told, name):
    with scope.everything():
        ids = {str(pk) for pk in model(name).objects.values_list("pk", flat=True)}
    assert ids or name == "settlement.PoolEntry"
    assert ids <= {row_id for table, row_id in told if table == model(name)._meta.db_table}


@pytest.mark.parametrize("name", TOLD)
def test_every_row_a_leaf_names_is_there(told, name):
    with scope.everything():
        ids = {str(pk) for pk in model(name).objects.values_list("pk", flat=True)}
    assert {row_id for table, row_id in told if table == model(name)._meta.db_table} <= ids


@pytest.mark.parametrize("name", WHOLE)
def test_a_row_stands_as_its_newest_leaf_says(told, name):
    with scope.everything():
        rows = writes.written(model(name).objects.all())
    different = [row.id for row in rows if told[row.table, row.id] != row.digest]
    assert not different


def test_control_a_price_changed_behind_the_programs_back_is_noticed(told):
    from tests import harness

    with harness.owner() as owner:
        owner.execute("SELECT set_config('app.everyone', 'on', false)")
        owner.execute("UPDATE pricing_pricerow SET price = price - 1 WHERE id = 1")
    with scope.everything():
        rows = writes.written(model("pricing.PriceRow").objects.all())
    assert [row.id for row in rows if told[row.table, row.id] != row.digest] == ["1"]
