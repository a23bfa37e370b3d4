"""A small stock: two warehouses of one entity, one of another, and goods opened into them."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from qudao.catalog import models as catalog
from qudao.inventory import models, operations, queries
from qudao.inventory.rules import allocation
from qudao.kernel import errors, journal, periods, scope, search_keys
from tests import harness

NOW, TODAY = harness.NOW, periods.business_date(harness.NOW)
HOUSE = scope.system("test")
KEEPER = scope.Actor(
    "person",
    3,
    "库管员",
    frozenset({"inventory.stock.view", "inventory.stock.move", "inventory.stock.hold"}),
    house=True,
    everyone=True,
)
GOOD_UNTIL = dt.date(2028, 6, 30)


def item(code="KN-01", *, tracking="lot", **more):
    line, _ = catalog.ProductLine.objects.get_or_create(code="ORT", defaults={"name": "骨科"})
    return catalog.Item.objects.create(
        code=code,
        name="膝关节假体",
        specification="3#",
        manufacturer="上海微创",
        line=line,
        device_class=3,
        tracking=tracking,
        base_unit="件",
        price_unit="件",
        search_keys=f"{search_keys.keys('膝关节假体')} {search_keys.normalised(code)}",
        **more,
    ).pk


def site(code, entity_id=1, **more):
    opening = operations.SiteOpening(code=code, name=f"{code}仓", entity_id=entity_id, **more)
    return operations.open_sites(openings=[opening], actor=HOUSE, now=NOW)[0].id


def stock(site_id, item_id, quantity, value="0.00", *, lot="L1", entity_id=1, **more):
    """Open stock of one line; returns its balance id."""
    quantity, value = Decimal(quantity), Decimal(value)
    more = {"produced_on": dt.date(2026, 1, 5), "last_usable_on": GOOD_UNTIL} | more
    line = operations.OpeningLine(
        site_id=site_id, item_id=item_id, quantity=quantity, value=value, lot=lot, **more
    )
    opened = operations.open_stock(
        entity_id=entity_id,
        lines=[line],
        control_quantity=quantity,
        control_value=value,
        actor=HOUSE,
        now=NOW,
    )
    with scope.everything():
        [move] = queries.moved(origin_type="inventory.opening", origin_id=opened.number)
    return move.to_balance_id


def on_hand(**filters):
    """{(site, status): quantity} of what is there."""
    found = {}
    with scope.everything():
        for row in models.Balance.objects.filter(on_hand__gt=0, **filters):
            key = (row.site_id, row.status)
            found[key] = found.get(key, Decimal(0)) + row.on_hand
    return found


def balance(balance_id):
    with scope.everything():
        return models.Balance.objects.get(pk=balance_id)


def pick(balance_id, quantity, line=1):
    row = balance(balance_id)
    return allocation.Pick(
        line, row.pk, row.site_id, row.location_id, row.lot_id, row.serial_id, Decimal(quantity)
    )


def reserve(balance_id, quantity, origin_id="O1", *, expires_at=None):
    with scope.everything():
        return operations.reserve(
            picks=[pick(balance_id, quantity)],
            origin_type="orders.order",
            origin_id=origin_id,
            expires_at=expires_at,
            entry=journal.entry(),
            now=NOW,
        )[0]


def posting(balance_id, quantity, **more):
    """A posting of a balance's goods out to a customer, unless `more` says otherwise."""
    row = balance(balance_id)
    with scope.everything():
        customer = operations.ensure_party_sites([77])[77]
    values = {
        "kind": "sign",
        "item_id": row.item_id,
        "lot_id": row.lot_id,
        "serial_id": row.serial_id,
        "quantity": Decimal(quantity),
        "entity_id": row.entity_id,
        "from_balance_id": row.pk,
        "to_site_id": customer,
        "origin_type": "test",
        "origin_id": "T1",
    }
    return operations.Posting(**(values | more))


def post(*postings):
    with scope.everything():
        return operations.post(postings=postings, entry=journal.entry(), at=NOW, on=TODAY)


def scalar(sql, *params):
    with scope.everything(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


def assert_books_agree():
    """Balances are what the moves make them; layers hold what came in less what went out, in value too."""
    differing = """
    SELECT count(*) FROM (
        SELECT id, sum(q) AS q FROM (
            SELECT to_balance_id AS id, quantity AS q FROM inventory_move WHERE to_balance_id IS NOT NULL
            UNION ALL
            SELECT from_balance_id, -quantity FROM inventory_move WHERE from_balance_id IS NOT NULL
        ) m GROUP BY id
    ) m FULL JOIN inventory_balance b USING (id)
    WHERE COALESCE(m.q, 0) <> COALESCE(b.on_hand, 0)
    """
    assert scalar(differing) == 0, "balances differ from their moves"
    reserved = """
    SELECT count(*) FROM inventory_balance b WHERE b.reserved <> (
        SELECT COALESCE(sum(quantity), 0) FROM inventory_reservation r
        WHERE r.balance_id = b.id AND r.state = 'active')
    """
    assert scalar(reserved) == 0, "reserved differs from the reservations"
    layers = """
    SELECT count(*) FROM (
        SELECT entity_id, item_id, lot_id, sum(left_quantity) AS q, sum(left_value) AS v
        FROM inventory_costlayer GROUP BY 1, 2, 3
    ) l FULL JOIN (
        SELECT entity_id, item_id, lot_id, sum(on_hand) AS q FROM inventory_balance
        WHERE owner_kind = 'entity' AND owner_id = entity_id GROUP BY 1, 2, 3
    ) b USING (entity_id, item_id, lot_id)
    FULL JOIN (
        SELECT entity_id, item_id, lot_id,
               sum(CASE WHEN from_balance_id IS NULL THEN value ELSE -value END) AS v
        FROM inventory_move GROUP BY 1, 2, 3
    ) m USING (entity_id, item_id, lot_id)
    WHERE COALESCE(l.q, 0) <> COALESCE(b.q, 0) OR COALESCE(l.v, 0) <> COALESCE(m.v, 0)
    """
    assert scalar(layers) == 0, "cost layers differ from stock or from the value moved"
    serials = """
    SELECT count(*) FROM (SELECT serial_id FROM inventory_balance WHERE on_hand > 0 AND serial_id IS NOT NULL
                          GROUP BY 1 HAVING sum(on_hand) > 1) s
    """
    assert scalar(serials) == 0, "a serial is in two places"


def refusal(call):
    with pytest.raises(errors.Refused) as caught:
        call()
    return [reason.code for reason in caught.value.reasons]


class Statements:
    """Counts what is sent to the database inside the block."""

    def __enter__(self):
        self.count = 0
        self._wrapper = connection.execute_wrapper(self._count)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *error):
        self._wrapper.__exit__(*error)

    def _count(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)
