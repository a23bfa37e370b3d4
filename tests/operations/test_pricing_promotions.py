"""Promotions: which are in force for whom, and a budget that many spend at once."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import translation

from qudao.catalog import models as catalog
from qudao.kernel import errors, journal, scope
from qudao.pricing import models, names, operations, queries
from qudao.pricing.operations import promotions
from tests import harness
from tests.operations import pricing_world as world

pytestmark = pytest.mark.usefixtures("db")


def start(**more):
    values = {
        "entity_id": world.ENTITY,
        "name": "双十一影像节",
        "threshold": Decimal(30),
        "minus": Decimal("620.00"),
        "budget": Decimal("6200.00"),
        "valid_from": dt.date(2026, 11, 1),
        "valid_until": dt.date(2026, 12, 1),
        "actor": world.HOUSE,
        "now": harness.NOW,
    }
    return operations.start_promotion(**{**values, **more})


def in_force(items, **more):
    asked = {"entity_id": world.ENTITY, "tier": "B", "region_id": 4, "on": world.TODAY, **more}
    with scope.transaction(world.dealer(world.OURS)):
        return queries.promotions_in_force(item_ids=items, **asked)


def spend(*amounts):
    with scope.transaction(world.HOUSE, acting=True):
        return operations.spend_promotions(
            [(promotion, Decimal(amount)) for promotion, amount in amounts], entry=journal.entry()
        )


def spent(promotion):
    with scope.everything():
        return models.Promotion.objects.get(pk=promotion.id).spent


def test_a_promotion_speaks_of_the_unit_its_products_share():
    first, second, third = world.open_items(3)
    with scope.everything():
        catalog.Item.objects.filter(pk__in=[first, second]).update(price_unit="盒")
    for items, more, chinese, english in (
        ([first], {}, "满 30 盒减 ¥ 620", "¥ 620 off for 30 boxes or more"),
        ([first, second], {"repeats": True}, "每满 30 盒减 ¥ 620", "¥ 620 off every 30 boxes"),
        ([second, third], {}, "数量满 30 减 ¥ 620", "¥ 620 off for a quantity of 30 or more"),
        ([], {"repeats": True}, "数量每满 30 减 ¥ 620", "¥ 620 off every quantity of 30"),
    ):
        one = queries.get_promotion(start(item_ids=items, **more).id, actor=world.HOUSE)
        for language, said in (("zh-hans", chinese), ("en", english)):
            with translation.override(language):
                assert names.grants(one) == said
    assert [one.unit for one in queries.list_promotions(actor=world.HOUSE)] == ["盒", "盒", "", ""]


def test_a_promotion_is_in_force_for_whom_and_what_it_names():
    first, second = world.open_items(2)
    (foreign,) = world.open_items(1, line=2)
    start(name="all")
    start(name="item", item_ids=[first])
    start(name="line", line_id=2)
    start(name="tier", tiers=["A"])
    start(name="region", region_ids=[4, 5])
    start(name="over", valid_from=dt.date(2026, 10, 1), valid_until=world.TODAY)

    def names(items, **more):
        return [(each.name, sorted(each.items)) for each in in_force(items, **more)]

    assert names([second]) == [("all", [second]), ("region", [second])]
    assert names([first, second]) == [
        ("all", [first, second]),
        ("item", [first]),
        ("region", [first, second]),
    ]
    assert names([foreign], region_id=9) == [("all", [foreign]), ("line", [foreign])]
    assert names([second], tier="A", region_id=9) == [("all", [second]), ("tier", [second])]
    assert names([second], entity_id=2) == []


def test_what_a_promotion_needs_is_named():
    with pytest.raises(errors.Refused) as caught:
        start(name=" ", threshold=Decimal(0), minus=Decimal("1.001"), budget=Decimal(0), measure="weight")
    assert [reason.params["field"] for reason in caught.value.reasons] == [
        *("name", "measure", "threshold", "minus", "budget")
    ]


def test_spending_lowers_what_remains_and_returning_gives_it_back():
    (item,) = world.open_items(1)
    promotion = start()
    rows = spend((promotion.id, "620.00"), (promotion.id, "620.00"))
    assert [row.table for row in rows] == ["pricing_promotion"]
    assert in_force([item])[0].budget_remaining == Decimal("4960.00")
    with scope.transaction(world.HOUSE, acting=True):
        operations.return_promotions([(promotion.id, Decimal("620.00"))], entry=journal.entry())
    assert spent(promotion) == Decimal("620.00")


def test_spending_more_than_is_left_refuses_and_changes_nothing():
    plenty, short = start(name="plenty"), start(name="short", budget=Decimal("700.00"))
    with pytest.raises(errors.Refused) as caught:
        spend((plenty.id, "620.00"), (short.id, "700.01"))
    (reason,) = caught.value.reasons
    assert (reason.code, reason.params["name"]) == ("pricing.promotion_budget_spent", "short")
    assert reason.params["remaining"] == Decimal("700.00")
    assert (spent(plenty), spent(short)) == (0, 0)


def all_at_once(threads, act):
    """Run `act` in many threads with connections of their own; the refusals they met."""
    refused, ready = [], threading.Barrier(threads)

    def one():
        ready.wait()
        try:
            act()
        except errors.Refused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    running = [threading.Thread(target=one) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return refused


def test_eight_who_spend_at_once_never_exceed_the_budget():
    promotion = start(budget=Decimal("3100.00"))  # five times 620
    refused = all_at_once(8, lambda: spend((promotion.id, "620.00")))
    assert len(refused) == 3
    assert spent(promotion) == Decimal("3100.00")


def test_control_looking_first_and_writing_later_exceeds_the_budget():
    """Negative control: without the condition in the write and the check in the table, all eight spend."""
    promotion = start(budget=Decimal("3100.00"))
    looked = threading.Barrier(8)

    def careless():
        with scope.transaction(world.HOUSE, acting=True):
            row = models.Promotion.objects.get(pk=promotion.id)
            looked.wait()
            if row.spent + 620 <= row.budget:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "UPDATE pricing_promotion SET spent = spent + 620 WHERE id = %s::int", [promotion.id]
                    )

    with harness.owner() as owner:
        owner.execute("ALTER TABLE pricing_promotion DROP CONSTRAINT promotion_budget")
        try:
            all_at_once(8, careless)
            assert spent(promotion) == Decimal("4960.00")
        finally:
            owner.execute("UPDATE pricing_promotion SET spent = 0")
            owner.execute(
                "ALTER TABLE pricing_promotion ADD CONSTRAINT promotion_budget"
                " CHECK (spent >= 0 AND spent <= budget)"
            )


def test_those_who_spend_from_two_promotions_in_either_order_do_not_lock_each_other_out():
    one, other = start(name="one"), start(name="other")
    orders = iter([(one, other), (other, one)] * 4)

    def act():
        first, second = next(orders)
        spend((first.id, "620.00"), (second.id, "620.00"))

    assert all_at_once(8, act) == []
    assert (spent(one), spent(other)) == (Decimal("4960.00"), Decimal("4960.00"))
    assert "ORDER BY p.id FOR UPDATE" in promotions._SPEND
