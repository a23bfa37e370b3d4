"""Room for Python's frames.

CPython keeps frames in chunks of 16 KB and gives a chunk back as soon as its first frame returns. A loop whose
calls just cross the edge of a chunk therefore maps and unmaps memory at every call; a template that renders
rows meets such an edge at some depth or other, which made the same page 1.1 to 1.7 times as slow, depending on
nothing but how deep the caller stood. (github.com/python/cpython/issues/142183; later versions keep one chunk.)
"""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# In words of 8 bytes. A frame that wants a little over 256 KB gets a chunk of 512 KB: what it leaves is room for
# more frames than the interpreter's limit of recursion allows. Untouched memory costs an address, nothing more.
_WANTED = 32_768


def roomy(call: Callable[P, R]) -> Callable[P, R]:
    """`call`, with all that it calls in one chunk. Django takes it as a middleware, too."""

    def with_room(*args: P.args, **kwargs: P.kwargs) -> R:
        return call(*args, **kwargs)

    with_room.__code__ = with_room.__code__.replace(co_stacksize=_WANTED)
    return with_room
