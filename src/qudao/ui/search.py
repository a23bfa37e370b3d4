"""What the search finds. Modules contribute `find(text, *, actor, limit) -> list[Hit]` (manifest `search`).

`text` is what was typed, or one part of a scanned code: device identifier, lot or serial number.
"""

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One find. `kind` is the heading it stands under, in words ("Partners"); hits of a kind stay together."""

    kind: Any
    title: Any
    url: str
    detail: Any = ""
    icon: str = "chevron-right"
