"""A suspected diversion judged: upheld it does not count, else it is checked once more; nothing is overwritten."""

import datetime as dt

import pytest

from qudao.flow import models, operations, queries
from qudao.kernel import errors, journal, scope
from tests.operations import flow_world
from tests.operations.flow_world import HOUSE, MONTH, NOW, report
from tests.operations.test_flow import codes, rows, take_in

ABROAD = {"客户名称": "宁波市第二医院", "城市": "宁波"}


def judge(row, verdict, ground, *, note="见举证材料", actor=HOUSE, now=NOW):
    return operations.judge_case(
        row_id=row.id, verdict=verdict, ground=ground, note=note, actor=actor, now=now
    )


def partner(node_id):
    return scope.Actor("person", 7, "他", frozenset({"flow.file.view"}), visible=frozenset({node_id}))


@pytest.fixture
def world(db):
    return flow_world.build()


@pytest.fixture
def case(world):
    [row] = rows(take_in(world, report(ABROAD)))
    assert (row.state, codes(row), row.may_be_judged) == ("appeal", ["flow.out_of_area"], True)
    return row


def test_upheld_it_goes_on_not_to_count(world, case):
    found = judge(case, "upheld", "lot")
    assert (found.state, found.verdict, found.move_id, found.may_be_judged) == (
        "appeal",
        "upheld",
        None,
        True,
    )
    assert flow_world.left_at(world.channel.kangze, world.lot) == 40
    [told] = queries.verdicts_of(case.id, HOUSE)
    assert (told.verdict, told.ground, told.note, told.judged_by, told.judged_at) == (
        *("upheld", "lot", "见举证材料", HOUSE.ref, NOW),
    )


@pytest.mark.parametrize(("verdict", "ground"), [("dismissed", "evidence"), ("authorised", "agreed")])
def test_cleared_it_counts_and_goes_into_the_trace(world, case, verdict, ground):
    found = judge(case, verdict, ground)
    assert (found.state, found.verdict, codes(found), found.hospital_id) == (
        *("normal", verdict, [], world.second),
    )
    assert found.move_id
    assert flow_world.left_at(world.channel.kangze, world.lot) == 35
    assert flow_world.left_at(world.second, world.lot) == 5
    with pytest.raises(errors.Refused, match=r"flow\.no_case"):
        judge(case, "upheld", "lot")


def test_cleared_it_still_is_no_more_than_was_delivered(world):
    [row] = rows(take_in(world, report(ABROAD | {"数量": "41"})))
    assert codes(row) == ["flow.out_of_area", "flow.more_than_bought"]
    found = judge(row, "authorised", "granted")
    assert (found.state, found.verdict, codes(found)) == ("appeal", "authorised", ["flow.more_than_bought"])
    assert flow_world.left_at(world.channel.kangze, world.lot) == 40


def test_another_verdict_is_added_and_the_first_stays(case):
    judge(case, "upheld", "silent", note="逾期未举证")
    judge(case, "dismissed", "evidence", now=NOW + dt.timedelta(hours=1))
    told = queries.verdicts_of(case.id, HOUSE)
    assert [(one.verdict, one.note) for one in told] == [
        ("dismissed", "见举证材料"),
        ("upheld", "逾期未举证"),
    ]
    while journal.advance():
        pass
    with scope.transaction(HOUSE):
        entries = journal.timeline(f"flow.row:{case.id}", HOUSE)
    assert [one.type for one in entries] == ["flow.case.judged", "flow.case.judged"]


@pytest.mark.parametrize(
    ("verdict", "ground", "note", "code"),
    [("upheld", "agreed", "x", "flow.verdict_missing"), ("upheld", "lot", "  ", "flow.note_missing")],
)
def test_half_a_verdict_is_refused_and_nothing_is_kept(case, verdict, ground, note, code):
    with pytest.raises(errors.Refused, match=code):
        judge(case, verdict, ground, note=note)
    assert queries.verdicts_of(case.id, HOUSE) == []
    assert queries.get_row(case.id, HOUSE).verdict == ""


def test_the_partner_sees_what_was_found_and_nobody_else(case):
    judge(case, "upheld", "admitted")
    with scope.everything():
        node = models.FlowRow.objects.get(pk=case.id).node_id
    assert [one.verdict for one in queries.verdicts_of(case.id, partner(node))] == ["upheld"]
    other = partner(node + 1000)
    assert queries.verdicts_of(case.id, other) == []
    for ask in (lambda: queries.get_row(case.id, other), lambda: judge(case, "upheld", "lot", actor=other)):
        with pytest.raises((errors.NotFound, errors.Forbidden)):
            ask()


def test_the_list_keeps_one_verdict_or_those_that_wait(world, case):
    file = take_in(world, report(ABROAD | {"单据号": "XS9"}, {"数量": "90", "单据号": "XS10"}), name="二.csv")
    second, over = rows(file)
    assert queries.count_unjudged(actor=HOUSE) == 2
    judge(case, "upheld", "lot")
    judge(second, "authorised", "granted")

    def listed(verdict=""):
        return [one.id for one in queries.list_appeals(actor=HOUSE, verdict=verdict)]

    assert listed() == [case.id, second.id, over.id]
    assert (listed("upheld"), listed("authorised"), listed("dismissed")) == ([case.id], [second.id], [])
    assert (listed("open"), queries.count_unjudged(actor=HOUSE)) == ([], 0)


def test_files_are_found_by_state_month_number_and_partner(world):
    done = take_in(world, report({}))
    waiting = take_in(world, report({"客户名称": "某不知名医院", "单据号": "XS5"}), name="二.csv")
    partly = take_in(
        world, report({"单据号": "XS7"}, {"客户名称": "另一家不知名医院", "单据号": "XS8"}), name="四.csv"
    )
    earlier = operations.take_in_file(
        account_id=world.account,
        month=dt.date(2026, 10, 1),
        stream=report({"单据号": "XS6"}),
        name="三.csv",
        actor=HOUSE,
        now=NOW,
    )

    def listed(**wanted):
        return {one.number for one in queries.list_files(actor=HOUSE, **wanted)}

    assert listed(status="taken_in") == {waiting.number}
    assert listed(status="partly_matched") == {partly.number}
    assert listed(status="matched") == {done.number, earlier.number}
    stated = {one.number: (one.status, one.states) for one in queries.list_files(actor=HOUSE)}
    assert stated == {
        done.number: ("matched", {"normal": 1}),
        waiting.number: ("taken_in", {"unmatched": 1}),
        partly.number: ("partly_matched", {"normal": 1, "unmatched": 1}),
        earlier.number: ("matched", {"normal": 1}),
    }
    assert listed(month=MONTH) == {done.number, waiting.number, partly.number}
    assert listed(text=done.number.lower()) == {done.number}
    assert listed(text="康泽", text_party_ids=[world.channel.kangze]) == {
        *(done.number, waiting.number, partly.number, earlier.number),
    }
    assert listed(text="别家") == set()
