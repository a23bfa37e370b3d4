"""What a scanner page shows after each code: a verdict in words, colour and sound, and what is still to do.

A page includes ui/parts/scan_field.html in a form `data-scanner` with `data-check` (the address that judges a
code and answers ui/parts/scan_state.html) and `data-key` (names the work: accepted codes are kept under it on
the device). `ui/scanner.js` sends the accepted codes as `scans`, one a line, and the new one as `code`. What
stands in `data-scan-said` is of the work so far: the next accepted code takes it away.
"""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _

from qudao.kernel import errors, messages
from qudao.ui import formats

MOST = 2000
Kind = Literal["ready", "ok", "warn", "bad", "done"]
_TONES = {"ready": "info", "ok": "ok", "warn": "warn", "bad": "bad", "done": "ok"}
_ICONS = {
    "ready": "barcode",
    "ok": "circle-check",
    "warn": "alert-triangle",
    "bad": "circle-x",
    "done": "checks",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing to scan: `done` of `wanted`. `now` marks the line of the last code.

    `place` is where it lies, `zone` the state of ui.status "zone" it lies in, `kept` how it is stored, `cold`
    that this is the cold; all empty where that says nothing.
    """

    title: Any
    detail: Any = ""
    done: Decimal
    wanted: Decimal
    unit: str = ""
    now: bool = False
    place: str = ""
    zone: str = ""
    kept: str = ""
    cold: bool = False

    @property
    def complete(self) -> bool:
        return self.done >= self.wanted


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """`kind` decides colour, mark and sound; a code judged "bad" is not kept. `left` is what is to go.

    `of` names the product of the last code as far as the title does not; `counted` and `read` say what the code
    counted for and what it says, as `counted` and `label` make them.
    """

    kind: Kind
    title: Any
    detail: Any = ""
    mend: Any = ""
    of: str = ""
    counted: str = ""
    read: Sequence[tuple[str, str]] = ()
    left: Decimal | None = None
    lines: Sequence[Line] = ()

    @property
    def tone(self) -> str:
        return _TONES[self.kind]

    @property
    def icon(self) -> str:
        return _ICONS[self.kind]


def codes(request: HttpRequest) -> list[str]:
    """The accepted codes of the form, as the scanner sent them: 0x1D inside a code is its own."""
    rows = request.POST.get("scans", "").replace("\r", "\n").split("\n")
    found = [row.strip(" \t") for row in rows]
    return [row for row in found if row][:MOST]


def code(request: HttpRequest) -> str:
    """The new code; "" when only the state is asked for."""
    return request.POST.get("code", "").strip(" \t\r\n")


def counted(quantity: Decimal, unit: str, *, package: str = "", holds: int = 1) -> str:
    """What a code counted for: 1 支, or 1 盒 = 10 支 for a `package` that `holds` several base units."""
    said = formats.quantity(quantity, unit)
    if not package or package == unit or holds == 1:
        return said
    return f"{formats.quantity(quantity / holds, package)} = {said}"


def label(
    *, lot: str, serial: str = "", produced_on: dt.date | None = None, last_usable_on: dt.date | None = None
) -> list[tuple[str, str]]:
    """What stands on a label, to be held against the goods: (what, value)."""
    found = [
        (_("Lot"), lot),
        (_("Serial"), serial),
        (_("Produced"), produced_on.isoformat() if produced_on else ""),
        (_("Expiry date"), last_usable_on.isoformat() if last_usable_on else ""),
    ]
    return [(name, value) for name, value in found if value]


def refusal(reasons: Sequence[errors.Reason], **more: Any) -> State:
    """The first refusing reason in words, the number of further ones behind it."""
    said = [messages.render(one) for one in reasons if one.refuses]
    title = said[0].title if len(said) == 1 else f"{said[0].title} (+{len(said) - 1})"
    return State(kind="bad", title=title, detail=said[0].why, mend=said[0].mend, **more)


def warning(reasons: Sequence[errors.Reason]) -> str:
    """What the reasons warn of, in one line; "" when nothing."""
    said = dict.fromkeys(messages.render(one).title for one in reasons if not one.refuses)
    return " · ".join(str(one) for one in said)
