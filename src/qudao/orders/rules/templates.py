"""What may be kept as an order template, and how many."""

from collections.abc import Collection, Sequence

from qudao.kernel import errors
from qudao.orders.rules import requests

MOST_TEMPLATES = 50
MOST_NAME = 60


def check_name(*, name: str, taken: Collection[str] = ()) -> list[errors.Reason]:
    """What speaks against the name; `taken` are those of the account's other templates."""
    if not name or len(name) > MOST_NAME:
        return [errors.Reason("orders.template_name", params={"most": MOST_NAME})]
    return [errors.Reason("orders.template_name_taken", params={"name": name})] if name in taken else []


def check(*, name: str, lines: Sequence[requests.LineRequest], others: int, new: bool) -> list[errors.Reason]:
    """What speaks against keeping `lines` under `name`; `others` is how many the account has already."""
    reasons = check_name(name=name)
    if not lines:
        reasons.append(errors.Reason("orders.no_lines"))
    if len(lines) > requests.MOST_LINES:
        counts = {"lines": len(lines), "most": requests.MOST_LINES}
        reasons.append(errors.Reason("orders.too_many_lines", params=counts))
    if new and others >= MOST_TEMPLATES:
        reasons.append(errors.Reason("orders.too_many_templates", params={"most": MOST_TEMPLATES}))
    return reasons
