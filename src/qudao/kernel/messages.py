"""Words for reasons. Each module lists its codes in `messages.py`; this joins and renders them."""

import dataclasses
import decimal
import functools
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from qudao.kernel import errors, money, units


@dataclasses.dataclass(frozen=True, slots=True)
class Message:
    """Title says what could not happen, why says the rule and the values, mend says what to do."""

    title: Any
    why: Any = ""
    mend: Any = ""


@dataclasses.dataclass(frozen=True, slots=True)
class Rendered:
    """A reason in the reader's language."""

    code: str
    line: int | None
    severity: str
    title: str
    why: str
    mend: str
    link: str | None

    def as_json(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in self.__slots__}


MESSAGES: dict[str, Message] = {
    "kernel.not_found": Message(
        _("Not found"), _("There is nothing under this address that you may see."), _("Check the number.")
    ),
    "kernel.forbidden": Message(
        _("Not permitted"),
        _("Your posts do not carry the permission “%(permission)s”."),
        _("Ask your administrator for it."),
    ),
    "kernel.changed_meanwhile": Message(
        _("Somebody changed it meanwhile"),
        _("You saw version %(seen)s, it is now version %(current)s."),
        _("Reload the page and look at what changed."),
    ),
    "kernel.key_missing": Message(
        _("Idempotency-Key is missing"),
        _("Every write carries a key, so that a repeated request has one effect."),
        _("Send a header Idempotency-Key with a value of your own, new for each intent."),
    ),
    "kernel.key_reused": Message(
        _("This key was used for something else"),
        _("The key %(key)s belongs to a request with another body."),
        _("Send a new key for a new intent."),
    ),
    "kernel.key_running": Message(
        _("The first request is still running"),
        _("A request with the key %(key)s has not ended yet."),
        _("Wait a moment and send the same request again."),
    ),
    "kernel.cursor_invalid": Message(
        _("This page of the list is not there"),
        _("%(cursor)s leads to no place in this list as it is sorted now."),
        _("Open the list from its beginning."),
    ),
    "kernel.busy": Message(
        _("Somebody else is working on it"),
        _("The same rows are locked by another operation."),
        _("Try again in a moment."),
    ),
}


@functools.cache
def catalogue() -> Mapping[str, Message]:
    """All codes of all modules that are on."""
    from qudao.kernel import manifest
    from qudao.kernel.tabular import messages as tabular_messages

    found = MESSAGES | tabular_messages.MESSAGES
    for module in manifest.modules():
        for code, message in module.messages().items():
            if code in found and found[code] is not message:
                raise ValueError(f"the reason {code} has two texts")
            found[code] = message
    return found


def render(reason: errors.Reason) -> Rendered:
    """The reason in the active language. A code without words is a defect and shows as its code."""
    message = catalogue().get(reason.code)
    if message is None:
        return Rendered(reason.code, reason.line, reason.severity, reason.code, "", "", reason.link)
    params = {"line": reason.line, **{key: _show(value) for key, value in reason.params.items()}}
    if "unit" in params:
        # Beside a quantity; where the unit itself is what is wrong it stands as it is to be typed.
        params["measure"] = units.shown(str(params["unit"]), 2)
    if "permission" in params:
        params["permission"] = _described(params["permission"])
    return Rendered(
        reason.code,
        reason.line,
        reason.severity,
        str(message.title) % params,
        str(message.why) % params,
        str(message.mend) % params,
        reason.link,
    )


def _described(permission: str) -> str:
    """A permission in the words that roles show it with."""
    from qudao.kernel import manifest

    return str(manifest.permissions().get(permission, permission))


def _show(value: Any) -> Any:
    if isinstance(value, decimal.Decimal):
        # Cents are money; quantities and prices drop the zeros nobody typed.
        return money.signed(f"{value:,.2f}" if value.as_tuple().exponent == -2 else f"{value.normalize():,f}")
    if isinstance(value, errors.Reason):
        lot = value.params.get("lot", "")
        return f"{lot} {render(value).why or render(value).title}".strip()
    if isinstance(value, list | tuple | set | frozenset):
        return " ".join(dict.fromkeys(str(_show(part)) for part in value))
    return value
