"""What the search finds. Modules contribute `find(text, *, actor, limit) -> list[Hit]` (manifest `search`).

`text` is what was typed, or one part of a scanned code: device identifier, lot or serial number.
"""

import dataclasses
from collections.abc import Iterable
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One find. `kind` is the heading it stands under, in words ("Partners"); hits of a kind stay together.

    `about` names a thing that several modules find (`lot:7`): it stands once, where the lowest has it, and the others'
    pages are its further links (`also`: words and address).
    """

    kind: Any
    title: Any
    url: str
    detail: Any = ""
    icon: str = "chevron-right"
    about: str = ""
    also: tuple[tuple[Any, str], ...] = ()


def goods(lot_id: int, serial_id: int | None) -> str:
    """How a lot or serial is called in `about`."""
    return f"serial:{serial_id}" if serial_id else f"lot:{lot_id}"


def joined(hits: Iterable[Hit]) -> list[Hit]:
    """Each page once, and each thing that hits are `about` once."""
    found: dict[Any, Hit] = {}
    for hit in hits:
        key = hit.about or (str(hit.kind), hit.url)
        first = found.setdefault(key, hit)
        if hit.url != first.url and hit.url not in (url for _words, url in first.also):
            found[key] = dataclasses.replace(first, also=(*first.also, (hit.kind, hit.url)))
    return list(found.values())
