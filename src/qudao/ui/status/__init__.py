"""One map from a state to its tone and its words, for every screen, export and document.

`MAP[kind][value]` is a Status. A tone names a class in tokens.css (`q-<tone>`): ok, warn, bad, info,
hold, or a regulatory storage zone.
"""

from collections.abc import Mapping

from . import goods, money, partners, records, sales
from .shown import TONES, Status

__all__ = ["MAP", "TONES", "Status", "look_up", "show"]

MAP: Mapping[str, Mapping[str, Status]] = {
    **partners.STATES,
    **goods.STATES,
    **sales.STATES,
    **money.STATES,
    **records.STATES,
}


def look_up(kind: str, value: str) -> Status:
    """The Status of a state; raises LookupError naming both when the map lacks it."""
    try:
        return MAP[kind][value]
    except KeyError:
        raise LookupError(f"qudao.ui.status has no {kind} {value!r}") from None


def show(kind: str, value: str) -> Status:
    """The Status for a screen: a state without words shows as its code, and never breaks the page."""
    try:
        return look_up(kind, value)
    except LookupError:
        return Status("hold", value)
