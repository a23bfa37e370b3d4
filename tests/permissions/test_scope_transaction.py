"""The third wall: what the database lets through, with real commits."""

import pytest
from django.db import connection, utils

from qudao.kernel import scope
from qudao.partners import models


def actor(*nodes, **more):
    return scope.Actor("person", 7, "Li", frozenset(), visible=nodes, reach=nodes, **more)


def party(node, code):
    return models.Party(node_id=node, file_node_id=node, code=code, name=code)


@pytest.fixture
def two_dealers(db):
    with scope.everything():
        models.Party.objects.bulk_create([party(11, "A"), party(12, "B")])


def codes():
    return list(models.Party.objects.order_by("code").values_list("code", flat=True))


def test_a_dealer_sees_its_own_row_and_nobody_elses(two_dealers):
    with scope.transaction(actor(11)):
        assert codes() == ["A"]


def test_without_a_transaction_no_row_is_seen(two_dealers):
    assert codes() == []
    with scope.transaction(actor(11)):
        assert codes() == ["A"]
    # After a local setting ended its value is '', which must still mean nothing.
    assert codes() == []


def test_a_row_cannot_be_written_for_another_node(two_dealers):
    with pytest.raises(utils.ProgrammingError, match="row-level security"), scope.transaction(actor(11)):
        models.Party.objects.bulk_create([party(12, "C")])
    with scope.everything():
        assert codes() == ["A", "B"]


def test_control_without_the_policy_the_sibling_is_seen(two_dealers):
    """Negative control: it is the policy that hides B, not the query."""
    from tests import harness

    with harness.owner() as owner:
        owner.execute("ALTER TABLE partners_party DISABLE ROW LEVEL SECURITY")
        try:
            with scope.transaction(actor(11)):
                assert codes() == ["A", "B"]
        finally:
            owner.execute("ALTER TABLE partners_party ENABLE ROW LEVEL SECURITY")


def test_another_actor_cannot_join_an_open_transaction(db):
    with (
        scope.transaction(actor(11)),
        pytest.raises(RuntimeError, match="cannot join"),
        scope.transaction(actor(12)),
    ):
        pass


def test_a_refusal_inside_a_joined_operation_rolls_all_back(two_dealers):
    with pytest.raises(ValueError), scope.transaction(actor(11), acting=True):
        models.Party.objects.filter(code="A").update(name="changed")
        with scope.transaction(actor(11), acting=True):
            raise ValueError
    with scope.everything():
        assert models.Party.objects.get(code="A").name == "A"


def test_the_settings_do_not_outlive_the_transaction_on_a_pooled_connection(two_dealers):
    with scope.transaction(actor(11)):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.visible', true), '')")
        assert cursor.fetchone() == ("",)


def far_reaching(nodes):
    """An agent with `nodes` dealers, whose own operations may touch the dealers' debtors (+1000)."""
    seen = tuple(range(1, nodes + 1))
    return scope.Actor(
        "person", 8, "Wu", frozenset(), visible=seen, reach=seen + tuple(1000 + one for one in seen)
    )


@pytest.mark.parametrize("dealers", [3, 60])
def test_acting_reaches_further_but_asking_by_identifier_does_not(db, dealers):
    with scope.everything():
        owner = models.Party.objects.create(node_id=1, file_node_id=1, code="A", name="A")
        models.Debtor.objects.bulk_create(
            models.Debtor(node_id=node, party=owner, entity_id=node) for node in (1, 1001)
        )
    agent = far_reaching(dealers)
    with scope.transaction(agent, acting=True):
        assert set(models.Debtor.objects.values_list("node_id", flat=True)) == {1, 1001}
        seen = scope.visible(models.Debtor.objects.all(), agent)
        assert set(seen.values_list("node_id", flat=True)) == {1}
