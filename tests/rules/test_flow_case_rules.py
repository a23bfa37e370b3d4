"""窜货: which lines are judged, and what a verdict needs."""

import pytest

from qudao.flow.rules import cases

CASE = {"state": "appeal", "codes": ["flow.out_of_area"]}


def codes(*, verdict="upheld", ground="lot", note="批号只发给该伙伴", **case):
    found = cases.check(**(CASE | case), verdict=verdict, ground=ground, note=note)
    return [reason.code for reason in found]


@pytest.mark.parametrize(
    ("verdict", "ground"),
    [(verdict, ground) for verdict in cases.GROUNDS for ground in cases.GROUNDS[verdict]],
)
def test_every_verdict_rests_on_a_ground_of_its_own(verdict, ground):
    assert codes(verdict=verdict, ground=ground) == []
    other = next(one for one in cases.GROUNDS if one != verdict)
    assert codes(verdict=other, ground=ground) == ["flow.verdict_missing"]


def test_a_verdict_says_why():
    assert codes(note="") == ["flow.note_missing"]
    assert codes(note="x" * 500) == []
    assert codes(note="x" * 501) == ["flow.note_missing"]
    assert codes(verdict="", ground="", note="") == ["flow.verdict_missing", "flow.note_missing"]


@pytest.mark.parametrize(
    "case",
    [
        {"state": "normal"},
        {"state": "late"},
        {"state": "unmatched"},
        {"codes": ["flow.more_than_bought"]},
        {"codes": []},
    ],
)
def test_only_a_suspicion_that_does_not_count_is_judged(case):
    assert not cases.open_to(**(CASE | case))
    assert codes(**case) == ["flow.no_case"]
    assert cases.open_to(**CASE)
