"""窜货: a sale reported from outside the authorisation, and what a person finds of it."""

from collections.abc import Collection

from qudao.flow.rules import states
from qudao.kernel import errors

SUSPICION = "flow.out_of_area"
"""The reason of a line that makes it a case."""
UPHELD, DISMISSED, AUTHORISED = "upheld", "dismissed", "authorised"
GROUNDS: dict[str, tuple[str, ...]] = {
    UPHELD: ("serial", "lot", "admitted", "silent"),
    DISMISSED: ("evidence", "misreported"),
    AUTHORISED: ("granted", "agreed"),
}
"""Verdict → what it may rest on."""
CLEARS = frozenset({DISMISSED, AUTHORISED})
"""Verdicts after which the line is judged anew as if it were authorised."""
MOST_NOTE = 500


def open_to(*, state: str, codes: Collection[str]) -> bool:
    """Whether a verdict may be given, or another one: a line that counts by now is settled."""
    return state == states.APPEAL and SUSPICION in codes


def check(*, state: str, codes: Collection[str], verdict: str, ground: str, note: str) -> list[errors.Reason]:
    """What speaks against the verdict."""
    if not open_to(state=state, codes=codes):
        return [errors.Reason("flow.no_case")]
    reasons = []
    if ground not in GROUNDS.get(verdict, ()):
        reasons.append(errors.Reason("flow.verdict_missing"))
    if not note or len(note) > MOST_NOTE:
        reasons.append(errors.Reason("flow.note_missing", params={"most": MOST_NOTE}))
    return reasons
