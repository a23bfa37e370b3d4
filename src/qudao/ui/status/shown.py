"""A state as it is shown, and the states several kinds of document share."""

import dataclasses
from typing import Any

from django.utils.translation import pgettext_lazy

TONES = frozenset(
    ["ok", "warn", "bad", "info", "hold", "zone-pending", "zone-good", "zone-bad", "zone-return", "zone-hold"]
)


@dataclasses.dataclass(frozen=True, slots=True)
class Status:
    """`tone` is one of TONES; `label` is in the reader's language when shown."""

    tone: str
    label: Any


def states(**states: tuple[str, Any]) -> dict[str, Status]:
    return {value: Status(tone, label) for value, (tone, label) in states.items()}


APPROVAL = {
    "draft": ("info", pgettext_lazy("status", "Draft")),
    "submitted": ("info", pgettext_lazy("status", "Submitted")),
    "approved": ("ok", pgettext_lazy("status", "Approved")),
    "refused": ("bad", pgettext_lazy("status", "Refused")),
    "withdrawn": ("hold", pgettext_lazy("status", "Withdrawn")),
}
VALIDITY = {
    "pending": ("info", pgettext_lazy("status", "Not yet valid")),
    "valid": ("ok", pgettext_lazy("status", "Valid")),
    "expiring": ("warn", pgettext_lazy("status", "Expiring")),
    "expired": ("bad", pgettext_lazy("status", "Expired")),
    "revoked": ("bad", pgettext_lazy("status", "Revoked")),
    "superseded": ("hold", pgettext_lazy("status", "Superseded")),
}
WORK = {
    "draft": ("info", pgettext_lazy("status", "Draft")),
    "open": ("info", pgettext_lazy("status", "Open")),
    "in_progress": ("warn", pgettext_lazy("status", "In progress")),
    "done": ("ok", pgettext_lazy("status", "Done")),
    "cancelled": ("hold", pgettext_lazy("status", "Cancelled")),
}
