"""What the drawer of one statement line shows: where it comes from, and what may be said about it."""

import uuid
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from qudao.kernel import scope
from qudao.orders import presenting as order_pages
from qudao.orders import queries as orders
from qudao.settlement import queries
from qudao.settlement.presenting import statements
from qudao.settlement.rules import statement as rules
from qudao.ui import formats


def line(actor: scope.Actor, view: queries.StatementView, found: queries.StatementLineView) -> dict[str, Any]:
    """One line: its facts, what was said about it, and the form of what may be said now."""
    allowed = statements.may(actor, view)
    behind = queries.behind(found.fact_id, actor=actor) if found.fact_id is not None else None
    disputable = allowed.speak and found.state != "disputed" and found.adjusts is None
    answered = found.state in rules.ANSWERED and found.adjusts is None
    return {
        "statement": view,
        "line": found,
        "section_title": statements.sections_for(actor)[found.section],
        "facts": _line_facts(found),
        "reasons_to_choose": list(statements.REASONS.items()),
        "may_dispute": disputable,
        "may_answer": allowed.answer and (found.state == "disputed" or answered),
        "answered": answered,
        "source": source(actor, found, behind),
        "explanation": _price(actor, found, behind),
        "typed": {
            "reason": "",
            "note": "",
            "outcome": "adjusted" if found.adjustment else "explained",
            "amount": str(found.adjustment) if found.adjustment else "",
            "resolution": found.resolution if answered else "",
        },
    }


def _line_facts(found: queries.StatementLineView) -> list[tuple[Any, Any]]:
    rows = [
        (_("Document"), found.document_number),
        (_("Date"), formats.day(found.on)),
        (_("Product"), " · ".join(filter(None, (found.item_name, found.item_code)))),
        (_("Lot"), found.lot_code),
        (_("Serial number"), found.serial_code),
        (_("Quantity"), formats.quantity(found.quantity) if found.quantity else ""),
        (_("Unit price, tax included"), formats.unit_price(found.unit_price) if found.unit_price else ""),
        (_("Amount"), formats.amount(found.amount, "CNY")),
        (_("Tax, after rebates used"), formats.amount(found.tax) if found.tax else ""),
        (_("Adjustment"), formats.amount(found.adjustment, "CNY") if found.adjustment else ""),
        (
            _("After adjustment"),
            formats.amount(statements.after_line(found), "CNY") if found.adjustment else "",
        ),
        (_("Adjusts line"), found.adjusts or ""),
    ]
    return [row for row in rows if row[1]]


Behind = tuple[uuid.UUID, int] | None


def _price(actor: scope.Actor, found: queries.StatementLineView, behind: Behind) -> dict[str, Any] | None:
    """How the price of the goods came about when they were ordered, for who may open the order."""
    if behind is None or not behind[1] or not found.item_name or not actor.can("orders.order.view"):
        return None
    ordered = orders.find_order_line(behind[1], actor=actor)
    if ordered is None:
        return None
    quantity = formats.quantity(ordered.entered_quantity, ordered.unit)
    return order_pages.explanation(ordered.explanation, ordered.unit_price, quantity)


def source(actor: scope.Actor, found: queries.StatementLineView, behind: Behind) -> dict[str, Any] | None:
    """Where the line comes from, for who may open it."""
    pages = {
        "shipment": ("shipment", "orders.shipment.view"),
        "invoice": ("invoice", "settlement.invoice.view"),
        "receipt": ("receipt", "settlement.invoice.view"),
    }
    name, permission = pages.get(found.document_type, ("", ""))
    if not name or behind is None or not actor.can(permission):
        return None
    try:
        return {"title": found.document_number, "url": reverse(name, args=[behind[0]])}
    except NoReverseMatch:
        return None
