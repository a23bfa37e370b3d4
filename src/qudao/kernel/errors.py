"""What could not happen, why, and what mends it.

Rules name a reason by its stable code and the values it speaks of; each module's `messages.py` holds
the words for its codes, so that pure code never carries prose and every language says the same.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any, Literal

Severity = Literal["refuse", "warn"]


@dataclasses.dataclass(frozen=True, slots=True)
class Reason:
    """One finding. `line` is the document line number (from 1) it concerns, None for the whole."""

    code: str
    line: int | None = None
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    severity: Severity = "refuse"
    link: str | None = None

    @property
    def refuses(self) -> bool:
        return self.severity == "refuse"


class Refused(Exception):
    """The operation changed nothing. Carries every reason, not only the first."""

    status = 422

    def __init__(self, reasons: Iterable[Reason]) -> None:
        self.reasons = list(reasons)
        if not self.reasons:
            raise ValueError("a refusal has at least one reason")
        super().__init__(", ".join(sorted({reason.code for reason in self.reasons})))


class NotFound(Refused):
    """There is no such thing, or none this actor may see: the two are never told apart."""

    status = 404

    def __init__(self, what: str = "kernel.not_found") -> None:
        super().__init__([Reason(what)])


class Conflict(Refused):
    """Somebody else changed it meanwhile, or a request with this key is still running."""

    status = 409


class Forbidden(Refused):
    """The actor lacks the permission the operation names."""

    status = 403


def refuse(code: str, *, line: int | None = None, **params: Any) -> Refused:
    """A refusal with a single reason, for `raise errors.refuse(...)`."""
    return Refused([Reason(code, line, params)])


def raise_if_refused(reasons: Iterable[Reason]) -> list[Reason]:
    """Raise Refused when any reason refuses; otherwise return the warnings."""
    found = list(reasons)
    if any(reason.refuses for reason in found):
        raise Refused(found)
    return found
