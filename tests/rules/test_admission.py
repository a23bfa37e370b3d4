"""States of admitting a partner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qudao.kernel import errors
from qudao.partners.rules import admission


def test_admission_runs_through_quality_before_trade():
    state = "draft"
    for step, post in [("request", "purchasing"), ("review", "quality"), ("approve", "quality_head")]:
        assert not admission.may_trade(state=state)
        state = admission.next_state(state=state, step=step, post=post)
    assert not admission.may_trade(state=state)
    assert admission.may_trade(state=admission.next_state(state=state, step="activate", post="quality"))


def test_a_lapsed_core_document_locks_and_quality_unlocks():
    assert admission.next_state(state="effective", step="lock", post="system") == "locked"
    assert not admission.may_trade(state="locked")
    assert admission.next_state(state="locked", step="unlock", post="quality") == "effective"
    with pytest.raises(errors.Refused, match=r"partners\.admission_post"):
        admission.next_state(state="locked", step="unlock", post="system")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(admission.POSTS)),
            st.sampled_from(["purchasing", "quality", "quality_head", "system"]),
        )
    )
)
def test_nobody_trades_before_a_review_and_an_approval(tries):
    state, done = "draft", set()
    for step, post in tries:
        try:
            state = admission.next_state(state=state, step=step, post=post)
        except errors.Refused:
            continue
        done = set() if step == "return" else done | {(step, post)}
        if admission.may_trade(state=state):
            assert {("review", "quality"), ("approve", "quality_head")} <= done


@pytest.mark.parametrize(
    ("state", "step"), [("draft", "approve"), ("draft", "activate"), ("effective", "return")]
)
def test_a_step_out_of_order_is_refused(state, step):
    with pytest.raises(errors.Refused, match=r"partners\.admission_step"):
        admission.next_state(state=state, step=step, post="quality_head")
