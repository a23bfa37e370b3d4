"""States of admitting a trading partner (首营企业): nobody trades before quality has let them in.

A lapsed core document locks an admitted partner. Lifting the lock is quality's act after seeing the new
document; it does not repeat the whole admission.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from qudao.kernel import errors

State = Literal["draft", "requested", "reviewed", "approved", "effective", "locked"]
Step = Literal["request", "review", "approve", "activate", "return", "lock", "unlock"]
Post = Literal["purchasing", "quality", "quality_head", "system"]

STEPS: Mapping[tuple[State, Step], State] = MappingProxyType({
    ("draft", "request"): "requested",
    ("requested", "review"): "reviewed",
    ("reviewed", "approve"): "approved",
    ("approved", "activate"): "effective",
    ("requested", "return"): "draft",
    ("reviewed", "return"): "draft",
    ("approved", "return"): "draft",
    ("effective", "lock"): "locked",
    ("locked", "unlock"): "effective",
})  # fmt: skip
"""草稿 → 采购申请 → 质管审核 → 质量负责人批准 → 生效, with the ways back."""

POSTS: Mapping[Step, frozenset[Post]] = MappingProxyType({
    "request": frozenset({"purchasing"}),
    "review": frozenset({"quality"}),
    "approve": frozenset({"quality_head"}),
    "activate": frozenset({"quality", "quality_head"}),
    "return": frozenset({"quality", "quality_head"}),
    "lock": frozenset({"quality", "quality_head", "system"}),
    "unlock": frozenset({"quality", "quality_head"}),
})  # fmt: skip
"""Which post may take which step."""


def next_state(*, state: State, step: Step, post: Post) -> State:
    """The state after `step`. Raises Refused `partners.admission_step` or `partners.admission_post`."""
    following = STEPS.get((state, step))
    if following is None:
        raise errors.refuse("partners.admission_step", state=state, step=step)
    if post not in POSTS[step]:
        raise errors.refuse("partners.admission_post", step=step, post=post)
    return following


def may_trade(*, state: State) -> bool:
    """Whether purchases from and sales to the partner may be entered at all."""
    return state == "effective"
