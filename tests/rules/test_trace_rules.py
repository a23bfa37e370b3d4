"""The trace of a lot, composed of its summed moves: levels, holders, sums that agree or say where they do not."""

import dataclasses
import datetime as dt
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from qudao.compliance.rules import tracing

SUPPLIER, HZ, SH, ROAD, KANGZE, RENJI, HOSPITAL, LOSS, COUNT = range(1, 10)
KINDS = {
    SUPPLIER: "supplier",
    HZ: "warehouse",
    SH: "warehouse",
    ROAD: "transit",
    KANGZE: "customer",
    RENJI: "customer",
    HOSPITAL: "customer",
    LOSS: "loss",
    COUNT: "count",
}
DAY = dt.date(2026, 10, 1)


@dataclasses.dataclass(frozen=True)
class Flow:
    kind: str
    from_site_id: int
    from_status: str
    to_site_id: int
    to_status: str
    quantity: Decimal
    moves: int = 1
    first_on: dt.date = DAY
    last_on: dt.date = DAY


@dataclasses.dataclass(frozen=True)
class Lying:
    site_id: int
    status: str
    quantity: Decimal


def flow(kind, source, target, quantity):
    return Flow(kind, *source, *target, Decimal(quantity))


def outside(site):
    return (site, "")


STORY = [
    flow("receive", outside(SUPPLIER), (HZ, "pending"), 100),
    flow("inspect", (HZ, "pending"), (HZ, "good"), 98),
    flow("inspect", (HZ, "pending"), (HZ, "bad"), 2),
    flow("destroy", (HZ, "bad"), outside(LOSS), 2),
    flow("transfer", (HZ, "good"), (SH, "good"), 20),
    flow("ship", (HZ, "good"), (ROAD, "good"), 45),
    flow("sign", (ROAD, "good"), outside(KANGZE), 40),
    flow("return", outside(KANGZE), (HZ, "returned"), 3),
    flow("sell_through", outside(KANGZE), outside(HOSPITAL), 12),
    flow("sell_back", outside(HOSPITAL), outside(KANGZE), 2),
    flow("sign", (SH, "good"), outside(RENJI), 5),
]
SHELVES = [
    *(Lying(HZ, "good", Decimal(33)), Lying(HZ, "returned", Decimal(3)), Lying(SH, "good", Decimal(15))),
    Lying(ROAD, "good", Decimal(5)),
]


def compose(flows=STORY, shelves=SHELVES):
    return tracing.compose(flows=flows, kinds=KINDS, lying=shelves, transit=frozenset({ROAD}))


def test_what_came_in_equals_where_it_is():
    found = compose()
    assert [(one.side, one.code, one.site_id, one.status, one.quantity) for one in found.totals] == [
        ("in", "received", SUPPLIER, "", 100),
        ("out", "on_hand", HZ, "good", 33),
        ("out", "on_hand", HZ, "returned", 3),
        ("out", "on_hand", SH, "good", 15),
        ("out", "in_transit", ROAD, "good", 5),
        ("out", "delivered", KANGZE, "", 37),
        ("out", "delivered", RENJI, "", 5),
        ("out", "lost", LOSS, "", 2),
    ]
    assert (found.came, found.adds_up, found.differences) == (100, True, ())


def test_a_holder_has_what_came_less_what_it_passed_on_and_gave_back():
    assert [
        (one.site_id, one.level, one.came, one.passed_on, one.returned, one.left) for one in compose().holders
    ] == [(KANGZE, 1, 40, 10, 3, 27), (RENJI, 1, 5, 0, 0, 5), (HOSPITAL, 2, 12, 0, 2, 10)]


def test_hospitals_stand_below_the_dealer_that_sold_to_them():
    found = [(one.direction, one.level, one.kind, one.to_site_id) for one in compose().edges]
    assert found == [
        ("backward", 0, "receive", HZ),
        *[("inside", 0, kind, site) for kind, site in (("inspect", HZ), ("inspect", HZ), ("transfer", SH))],
        ("inside", 0, "ship", ROAD),
        ("forward", 1, "destroy", LOSS),
        ("forward", 1, "sign", KANGZE),
        ("forward", 2, "return", HZ),
        ("forward", 2, "sell_through", HOSPITAL),
        ("forward", 3, "sell_back", KANGZE),
        ("forward", 1, "sign", RENJI),
    ]


def test_a_balance_that_is_not_what_its_moves_make_it_is_named():
    tampered = [dataclasses.replace(SHELVES[0], quantity=Decimal(30)), *SHELVES[1:]]
    assert compose(shelves=tampered).differences == (
        tracing.Difference("sum", 0, "", Decimal(100), Decimal(97)),
        tracing.Difference("books", HZ, "good", Decimal(33), Decimal(30)),
    )


def test_more_passed_on_than_came_is_named_with_its_holder():
    found = compose([*STORY, flow("sell_through", outside(RENJI), outside(HOSPITAL), 6)])
    assert found.differences == (tracing.Difference("holder", RENJI, "", Decimal(5), Decimal(6)),)


def test_goods_lost_without_a_move_are_noticed():
    assert not compose(STORY[1:]).adds_up


def branch(sites, flows=None):
    seen = [
        one
        for one in flows or STORY
        if (not one.from_status and one.from_site_id in sites)
        or (not one.to_status and one.to_site_id in sites)
    ]
    return tracing.compose_branch(flows=seen, kinds=KINDS, sites=frozenset(sites))


def test_a_dealer_sees_what_came_to_it_and_where_it_went():
    found = branch({KANGZE})
    assert [(one.side, one.code, one.site_id, one.quantity) for one in found.totals] == [
        ("in", "delivered", 0, 40),
        ("out", "left", KANGZE, 27),
        ("out", "sold_on", HOSPITAL, 10),
        ("out", "returned", 0, 3),
    ]
    assert found.adds_up
    assert {one.site_id for one in found.holders} == {KANGZE}
    assert not {site for one in found.edges for site in (one.from_site_id, one.to_site_id)} & {
        SUPPLIER,
        RENJI,
        SH,
    }


def test_goods_that_an_agent_passed_to_a_dealer_below_count_once_in_its_branch():
    chain = [
        flow("sign", (HZ, "good"), outside(RENJI), 10),
        flow("sell_through", outside(RENJI), outside(KANGZE), 6),
        flow("sell_through", outside(KANGZE), outside(HOSPITAL), 4),
    ]
    both = branch({RENJI, KANGZE}, chain)
    assert [(one.code, one.quantity) for one in both.totals] == [
        *(("delivered", 10), ("left", 4), ("left", 2), ("sold_on", 4)),
    ]
    assert both.adds_up
    below = branch({KANGZE}, chain)
    assert [(one.code, one.quantity) for one in below.totals] == [
        ("delivered", 6),
        ("left", 2),
        ("sold_on", 4),
    ]


GOODS = st.integers(1, 5)


@settings(max_examples=200)
@given(st.data())
def test_whatever_moves_happen_the_sums_agree_and_a_lost_shelf_is_noticed(data):
    ends = [outside(SUPPLIER), (HZ, "pending"), (HZ, "good"), (SH, "good"), (ROAD, "good"), outside(LOSS)]
    ends += [outside(COUNT), outside(KANGZE), outside(RENJI), outside(HOSPITAL)]
    holders = {KANGZE, RENJI, HOSPITAL}
    have = {end: Decimal(0) for end in ends}
    flows = []
    for _ in range(data.draw(st.integers(1, 20))):
        source, target = data.draw(st.permutations(ends))[:2]
        quantity = data.draw(GOODS)
        counted = source[1] or source[0] in holders
        outsiders = not source[1] and not target[1]
        if (counted and have[source] < quantity) or (outsiders and not {source[0], target[0]} <= holders):
            continue
        flows.append(flow("sell_through" if outsiders else "move", source, target, quantity))
        have[source] -= quantity
        have[target] += quantity
    shelves = [Lying(*end, quantity) for end, quantity in have.items() if end[1] and quantity]
    found = compose(flows, shelves)
    assert found.adds_up, found.differences
    assert {one.site_id: one.left for one in found.holders if one.left} == {
        site: have[outside(site)] for site in holders if have[outside(site)]
    }
    if shelves:
        assert not compose(flows, shelves[1:]).adds_up
