"""People, roles and posts: nobody grants more than they hold; periods close in order."""

import datetime as dt
import threading

import pytest
from django.db import connection

from qudao.kernel import errors, journal, manifest, scope
from qudao.organisation import models, operations, queries, standard_roles, views
from tests.operations import partners_world as world
from tests.operations.partners_world import HOUSE, NOW

# Standard roles name permissions of these.
NEEDS = ("orders", "settlement", "flow", "compliance")

pytestmark = pytest.mark.usefixtures("db")
MANAGE = "organisation.person.manage"


def define(code, *permissions, actor=HOUSE):
    return operations.define_role(
        code=code, name=code, name_en=code, permissions=permissions, actor=actor, now=NOW
    )


def grant(role, person_id, actor=HOUSE, **facets):
    return operations.grant_post(role=role, person_id=person_id, actor=actor, now=NOW, **facets)


def refused(code):
    return pytest.raises(errors.Refused, match=code)


def posts():
    with scope.everything():
        return models.Post.objects.count()


# --- entities, regions, people ---


def test_two_regions_never_share_a_province():
    act = {"actor": HOUSE, "now": NOW}
    operations.open_region(code="E", name="华东", provinces=[330000, 310000], **act)
    with refused("organisation.province_covered"):
        operations.open_region(code="S", name="华南", provinces=[310000], **act)
    with refused("organisation.code_taken"):
        operations.open_region(code="E", name="又一个", provinces=[440000], **act)
    assert [(one.name, one.provinces) for one in queries.list_regions()] == [("华东", (310000, 330000))]


def test_an_entity_needs_a_code_that_passes_its_check():
    act = {"code": "A", "name": "甲", "short_name": "甲", "actor": HOUSE, "now": NOW}
    with refused("organisation.uscc_invalid"):
        operations.open_entity(uscc="91330108MA2CE7K83X", **act)
    made = operations.open_entity(uscc=world.uscc(1), **act)
    assert queries.list_entities() == [made]


def test_a_weak_password_and_a_taken_name_are_refused():
    world.open_person("li")
    with refused("organisation.username_taken"):
        world.open_person("li")
    with refused("organisation.password_weak"):
        operations.open_person(username="wang", name="王", password="123456", actor=HOUSE, now=NOW)
    assert models.Person.objects.count() == 1


# --- roles ---


def test_every_permission_a_standard_role_names_exists():
    known = manifest.permissions()
    for role in standard_roles.ROLES:
        for pattern in (*role.permissions, *role.but):
            alone = standard_roles.StandardRole(code="x", name="x", name_en="x", permissions=(pattern,))
            assert standard_roles.expand(alone, known), f"{role.code} names {pattern}"
        assert standard_roles.expand(role, known)


def test_every_permission_is_in_some_standard_role():
    known = manifest.permissions()
    given = {one for role in standard_roles.ROLES for one in standard_roles.expand(role, known)}
    assert given == set(known)


def test_administrators_cannot_read_the_journal_and_auditors_change_nothing():
    roles = {role.code: role for role in standard_roles.ROLES}
    known = manifest.permissions()
    administrator = set(standard_roles.expand(roles["administrator"], known))
    auditor = set(standard_roles.expand(roles["auditor"], known))
    assert not [one for one in administrator if one.startswith("organisation.journal.")]
    assert {one for one in auditor if not one.endswith(".view")} == {"organisation.journal.export"}
    for role in roles.values():
        both = {MANAGE, "organisation.journal.export"} <= set(standard_roles.expand(role, known))
        assert not both, f"{role.code} manages people and audits"


def test_partners_roles_never_reach_into_the_house():
    known = manifest.permissions()
    house = {"inventory.cost.view", "settlement.rebate.run", "orders.order.release", "partners.party.manage"}
    for role in standard_roles.ROLES:
        if role.code in ("dealer", "dealer_staff", "agent", "hospital", "service_point", "api_client"):
            assert not house & set(standard_roles.expand(role, known))


def test_defining_the_standard_roles_again_changes_nothing():
    first = operations.define_standard_roles(actor=HOUSE, now=NOW)
    assert operations.define_standard_roles(actor=HOUSE, now=NOW) == first
    assert len(queries.list_roles()) == len(standard_roles.ROLES)


def test_a_role_takes_no_permission_that_is_unknown_or_not_held():
    with refused("organisation.permission_unknown"):
        define("x", "orders.order.dream")
    manager = world.person("m", permissions=[MANAGE, "orders.order.view"], whole=True)
    define("clerk", "orders.order.view", actor=manager)
    with refused("organisation.grant_exceeds_own"):
        define("clerk", "orders.order.view", "orders.order.confirm", actor=manager)
    define("auditor", "organisation.journal.export")
    # Taking away what one does not hold would be as much a change of it as giving it.
    with refused("organisation.grant_exceeds_own"):
        define("auditor", actor=manager)


# --- posts ---


def test_nobody_grants_a_permission_they_do_not_hold():
    manager = world.person("m", permissions=[MANAGE, "orders.order.view"], whole=True)
    define("viewer", "orders.order.view")
    define("desk", "orders.order.view", "orders.order.confirm")
    somebody = world.open_person("s")
    assert grant("viewer", somebody, actor=manager, whole=True).granted_by == manager.ref
    before = posts()
    with refused("organisation.grant_exceeds_own") as refusal:
        grant("desk", somebody, actor=manager)
    assert refusal.value.reasons[0].params == {"permissions": "orders.order.confirm"}
    assert posts() == before


@pytest.mark.parametrize(
    ("facets", "allowed"),
    [
        ({"region_id": 2}, True),
        ({"region_id": 2, "line_id": 5}, True),
        ({"region_id": 3}, False),
        ({}, False),
        ({"line_id": 5}, False),
        ({"whole": True}, False),
        ({"region_id": 2, "whole": True}, False),
    ],
)
def test_nobody_grants_beyond_their_own_part(facets, allowed):
    regional = world.person("r", permissions=[MANAGE, "orders.order.view"], region_id=2)
    define("viewer", "orders.order.view")
    somebody = world.open_person("s")
    if allowed:
        assert grant("viewer", somebody, actor=regional, **facets).region_id == 2
    else:
        with refused("organisation.grant_exceeds_own"):
            grant("viewer", somebody, actor=regional, **facets)


def test_a_permission_held_elsewhere_does_not_help():
    """Two posts do not add up: confirming in region 3 is not confirming in region 2."""
    regional = world.person("r", permissions=[MANAGE], region_id=2)
    define("desk", "orders.order.confirm")
    grant("desk", regional.id, region_id=3)
    both = world.actor_of(regional.id)
    assert both.can("orders.order.confirm")
    with refused("organisation.grant_exceeds_own"):
        grant("desk", world.open_person("s"), actor=both, region_id=2)


def test_a_partner_manages_its_own_people_only():
    owner = world.person("o", party_id=7, permissions=[MANAGE, "orders.order.place"])
    define("buyer", "orders.order.place")
    own = operations.open_person(
        username="own", name="own", password="a-Long-enough-word-7", party_id=7, actor=owner, now=NOW
    )
    assert grant("buyer", own, actor=owner, party_id=7).party_id == 7
    with refused("organisation.post_of_another_party"):
        operations.open_person(
            username="x", name="x", password="a-Long-enough-word-7", party_id=8, actor=owner, now=NOW
        )
    with refused("organisation.post_of_another_party"):
        grant("buyer", own, actor=owner)
    for stranger in (world.open_person("ours"), world.open_person("theirs", party_id=8)):
        with pytest.raises(errors.NotFound):
            grant("buyer", stranger, actor=owner, party_id=7)
    foreign = grant("buyer", stranger, party_id=8)
    with pytest.raises(errors.NotFound):
        operations.revoke_post(post_id=foreign.id, actor=owner, now=NOW)


def test_nobody_grants_a_post_to_themselves_or_joins_auditing_to_managing():
    manager = world.person("m", permissions=[MANAGE], whole=True)
    define("empty")
    with refused("organisation.grant_to_self"):
        grant("empty", manager.id, actor=manager)
    define("auditor", "organisation.journal.export")
    with refused("organisation.duties_conflict"):
        grant("auditor", manager.id)
    grant("auditor", world.open_person("a"))


def test_a_revoked_post_is_gone_on_the_next_request():
    define("desk", "orders.order.view")
    person = world.open_person("p")
    post = grant("desk", person, whole=True)
    assert world.actor_of(person).everyone
    assert operations.revoke_post(post_id=post.id, actor=HOUSE, now=NOW).revoked_at == NOW
    after = world.actor_of(person)
    assert (after.permissions, after.everyone, after.visible) == (frozenset(), False, ())
    with pytest.raises(errors.Forbidden):
        after.require("orders.order.view")
    operations.revoke_post(post_id=post.id, actor=HOUSE, now=NOW)
    with scope.transaction(HOUSE):
        found = journal.timeline(f"organisation.post:{post.id}", HOUSE)
    assert [leaf.type for leaf in found] == ["organisation.post.revoked", "organisation.post.granted"]


def test_without_the_permission_nothing_of_it_is_done():
    nobody = world.person("n", whole=True)
    for act in (
        lambda: define("x", actor=nobody),
        lambda: grant("n", nobody.id, actor=nobody),
        lambda: operations.revoke_post(post_id=1, actor=nobody, now=NOW),
        lambda: close(dt.date(2026, 9, 1), actor=nobody),
    ):
        with pytest.raises(errors.Forbidden):
            act()


# --- periods ---


@pytest.fixture
def entity():
    return operations.open_entity(
        code="A", name="甲", short_name="甲", uscc=world.uscc(1), actor=HOUSE, now=NOW
    ).id


def close(first_on, entity_id=1, ledger="receivable", actor=HOUSE):
    return operations.close_period(
        entity_id=entity_id, ledger=ledger, first_on=first_on, actor=actor, now=NOW
    )


def posting(on, entity_id=1, ledger="receivable"):
    with scope.transaction(HOUSE, acting=True):
        return queries.posting_date(entity_id=entity_id, ledger=ledger, on=on)


def test_what_comes_late_posts_on_the_first_day_that_is_open(entity):
    late = dt.date(2026, 8, 17)
    assert posting(late) == late
    close(dt.date(2026, 8, 1))
    close(dt.date(2026, 9, 1))
    assert posting(late) == dt.date(2026, 10, 1)
    assert posting(dt.date(2026, 10, 9)) == dt.date(2026, 10, 9)
    assert posting(late, ledger="rebate") == late
    assert [
        one.first_on.month
        for one in queries.list_closed_periods(entity_id=1, ledger="receivable", actor=HOUSE)
    ] == [9, 8]


def test_periods_close_one_after_the_other_and_once_ended(entity):
    with refused("organisation.period_not_ended"):
        close(dt.date(2026, 11, 1))
    assert posting(dt.date(2026, 7, 31)) == dt.date(2026, 7, 31)
    close(dt.date(2026, 8, 1))
    assert posting(dt.date(2026, 7, 31)) == dt.date(2026, 9, 1), (
        "what lies before the first is closed with it"
    )
    with refused("organisation.period_closed"):
        close(dt.date(2026, 8, 1))
    with refused("organisation.period_out_of_order") as refusal:
        close(dt.date(2026, 10, 1))
    assert refusal.value.reasons[0].params == {"month": "2026-09"}
    close(dt.date(2026, 10, 1), ledger="rebate")


def test_only_who_is_responsible_for_a_whole_entity_closes_its_months(entity):
    half = world.person("half", permissions=[operations.CLOSE], entity_id=1, region_id=5)
    whole = world.person("whole", permissions=[operations.CLOSE], entity_id=1)
    with refused("organisation.period_of_others"):
        close(dt.date(2026, 8, 1), actor=half)
    assert queries.list_closed_periods(actor=HOUSE) == []
    assert close(dt.date(2026, 8, 1), actor=whole).closed_by == whole.ref
    with pytest.raises(errors.NotFound):
        close(dt.date(2026, 8, 1), entity_id=99)


def test_closing_waits_for_a_posting_under_way(entity):
    closed = threading.Event()

    def closing():
        close(dt.date(2026, 8, 1))
        closed.set()
        connection.close()

    thread = threading.Thread(target=closing)
    with scope.transaction(HOUSE, acting=True):
        assert queries.posting_date(entity_id=1, ledger="receivable", on=dt.date(2026, 8, 5)) == dt.date(
            2026, 8, 5
        )
        thread.start()
        wait_until_blocked()
        assert not closed.is_set()
    thread.join(10)
    assert closed.is_set()
    assert posting(dt.date(2026, 8, 5)) == dt.date(2026, 9, 1)


def wait_until_blocked():
    """Until some session waits for an advisory lock."""
    with connection.cursor() as cursor:
        for _ in range(10_000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


def test_a_post_is_granted_with_a_role_somebody_chose():
    choices = {"roles": [("admin", "系统管理员"), ("desk", "订单专员")], "entity": [], "region": []}
    assert views.Grant(choices=choices, ours=True).fields["role"].choices[0][0] == ""
    assert "role" in views.Grant({"role": ""}, choices=choices, ours=True).errors
