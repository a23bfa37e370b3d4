"""No depth of calls at which every further call maps memory: seen by the pages the system has to provide."""

import resource
import sys

import pytest

from qudao.kernel import frames

CALLS = 2000
DEPTHS = range(0, 240, 3)


def leaf() -> None:
    a = b = c = d = e = f = g = h = None
    assert (a, b, c, d) == (e, f, g, h)


def pages_provided(depth: int) -> int:
    """How many pages of memory CALLS calls took, this deep below the caller."""
    if depth:
        return pages_provided(depth - 1)
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for _ in range(CALLS):
        leaf()
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def test_with_room_no_depth_maps_memory_at_each_call() -> None:
    with_room = frames.roomy(pages_provided)
    assert max(with_room(depth) for depth in DEPTHS) < CALLS / 10


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="this Python keeps a chunk")
def test_without_room_some_depth_does() -> None:
    """The negative control."""
    assert max(pages_provided(depth) for depth in DEPTHS) >= CALLS


def test_arguments_and_answers_pass_through() -> None:
    assert frames.roomy(divmod)(17, 5) == (3, 2)
    assert frames.roomy(sorted)([2, 1], reverse=True) == [2, 1]
