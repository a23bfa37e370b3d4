import itertools

import hypothesis
import pytest
from hypothesis import strategies as st

from qudao.inventory.rules import status

Status, Outside = status.Status, status.Outside
EVERYTHING = frozenset(status.ALLOWED.values())
ENDS = [*Status, *Outside]


def codes(from_, to, permissions=EVERYTHING):
    return [reason.code for reason in status.check(from_=from_, to=to, permissions=permissions)]


@pytest.mark.parametrize(
    "path",
    [
        [Outside.SUPPLIER, Status.IN_TRANSIT, Status.PENDING, Status.GOOD, Outside.CUSTOMER],
        [Outside.SUPPLIER, Status.PENDING, Status.BAD, Outside.SUPPLIER],
        [Outside.CUSTOMER, Status.RETURNED, Status.GOOD],
        [Outside.CUSTOMER, Status.RETURNED, Status.BAD, Outside.LOSS],
        [Status.GOOD, Status.HELD, Status.GOOD],
        [Status.GOOD, Status.HELD, Status.BAD],
        [Status.IN_TRANSIT, Status.HELD, Outside.SUPPLIER],
        [Status.GOOD, Status.IN_TRANSIT, Status.PENDING],
        [Outside.OPENING, Status.GOOD],
        [Outside.COUNT, Status.PENDING, Status.GOOD, Outside.COUNT],
    ],
)
def test_goods_go_the_ways_of_the_trade(path):
    assert [codes(a, b) for a, b in itertools.pairwise(path)] == [[]] * (len(path) - 1)


@pytest.mark.parametrize(
    ("from_", "to"),
    [
        (Outside.SUPPLIER, Status.GOOD),
        (Outside.CUSTOMER, Status.GOOD),
        (Outside.COUNT, Status.GOOD),
        (Status.IN_TRANSIT, Status.GOOD),
        (Status.PENDING, Outside.CUSTOMER),
        (Status.RETURNED, Outside.CUSTOMER),
        (Status.HELD, Outside.CUSTOMER),
        (Status.BAD, Outside.CUSTOMER),
        (Status.BAD, Status.GOOD),
        (Status.BAD, Status.HELD),
        (Status.BAD, Status.PENDING),
        (Outside.SUPPLIER, Outside.CUSTOMER),
        (Outside.LOSS, Status.GOOD),
        (Outside.LOSS, Outside.LOSS),
    ],
)
def test_no_shortcut_leads_to_sale_or_back_from_bad(from_, to):
    assert codes(from_, to) == ["inventory.status_change_impossible"]


def test_a_change_names_its_ends_and_the_permission_it_needs():
    [reason] = status.check(from_=Status.HELD, to=Status.GOOD, permissions={status.HOLD}, line=4)
    assert reason.code == "inventory.status_change_forbidden"
    assert reason.line == 4
    assert reason.params == {
        "from_status": "held",
        "to_status": "good",
        "permission": "inventory.stock.release",
    }


def test_staying_in_a_status_is_a_matter_of_place_alone():
    assert [codes(each, each, frozenset()) for each in Status] == [[]] * len(Status)


def test_the_way_to_good_and_out_of_bad_and_held_is_the_quality_posts():
    ordinary = EVERYTHING - status.QUALITY_PERMISSIONS - {status.OPEN}
    assert [each for each in Status if Status.GOOD in status.targets(from_=each, permissions=ordinary)] == []
    assert status.targets(from_=Status.HELD, permissions=ordinary) == [Outside.COUNT]
    assert status.targets(from_=Status.BAD, permissions=ordinary) == [Outside.SUPPLIER, Outside.COUNT]
    assert status.targets(from_=Status.HELD, permissions=status.QUALITY_PERMISSIONS) == [
        Status.GOOD,
        Status.PENDING,
        Status.BAD,
        Outside.SUPPLIER,
    ]


@hypothesis.given(st.sampled_from(ENDS), st.sampled_from(ENDS), st.sets(st.sampled_from(sorted(EVERYTHING))))
def test_a_pair_is_allowed_only_by_the_table_and_its_permission(from_, to, permissions):
    allowed = status.ALLOWED.get((from_, to)) in permissions
    stays = from_ == to and from_ in list(Status)
    assert (codes(from_, to, permissions) == []) == (allowed or stays)


def test_nothing_reaches_a_customer_but_through_good():
    reach_customer = [from_ for from_, to in status.ALLOWED if to == Outside.CUSTOMER]
    into_good = {from_ for from_, to in status.ALLOWED if to == Status.GOOD}
    assert reach_customer == [Status.GOOD]
    assert into_good == {Status.PENDING, Status.RETURNED, Status.HELD, Outside.OPENING}
