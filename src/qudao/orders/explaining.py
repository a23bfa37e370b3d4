"""How an order's stock was chosen, line by line, for our own people: lots with their why, lots passed over."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from qudao.inventory import queries as inventory
from qudao.kernel import errors, messages, scope
from qudao.orders import queries

ELSEWHERE = "inventory.lot_in_other_warehouse"


def allocation(
    order: queries.OrderView, shipments: Sequence[queries.ShipmentView], actor: scope.Actor
) -> dict[str, Any] | None:
    """Every line with what is set aside for it or was sent, and what was passed over. None for outsiders,
    who see no stock of ours, and for an order that has none set aside."""
    if not actor.house or order.status in ("draft", "submitted", "cancelled"):
        return None
    taken = _sent(order, shipments) if shipments else _reserved(order, actor)
    sites = {one["site"] for lots in taken.values() for one in lots}
    sites |= {skip["site"] for line in order.lines for skip in line.skipped}
    names = inventory.site_names(sites, actor=actor)
    lines = [_line(line, taken.get(line.no, []), names) for line in order.lines]
    lost = [] if shipments else [line for line in lines if line["missing"] > 0]
    return {"lines": lines, "lost": lost, "links": actor.can("inventory.stock.view")}


def _reserved(order, actor) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for one in inventory.reservations_of(origin_type="orders.order", origin_id=str(order.id), actor=actor):
        found.setdefault(one.origin_line, []).append(
            {
                "lot": one.lot_code,
                "lot_id": one.lot_id,
                "serial": one.serial_code,
                "until": one.last_usable_on,
                "site": one.site_id,
                "quantity": one.quantity,
            }
        )
    return found


def _sent(order, shipments) -> dict[int, list[dict[str, Any]]]:
    numbers = {line.id: line.no for line in order.lines}
    found: dict[int, list[dict[str, Any]]] = {}
    for shipment in shipments:
        for one in shipment.lines:
            found.setdefault(numbers[one.order_line_id], []).append(
                {
                    "lot": one.lot_code,
                    "lot_id": one.lot_id,
                    "serial": one.serial_code,
                    "until": one.last_usable_on,
                    "site": shipment.site_id,
                    "quantity": one.quantity,
                }
            )
    return found


def _line(line: queries.LineView, lots: list[dict[str, Any]], names: Mapping[int, str]) -> dict[str, Any]:
    elsewhere = any(one["code"] == ELSEWHERE for skip in line.skipped for one in skip["reasons"])
    return {
        "line": line,
        "missing": line.quantity - sum((one["quantity"] for one in lots), Decimal(0)),
        "lots": [
            one | {"site": names.get(one["site"], ""), "why": _why(place, elsewhere)}
            for place, one in enumerate(lots)
        ],
        "skipped": [
            {
                "lot": skip["lot"],
                "serial": skip["serial"],
                "site": names.get(skip["site"], ""),
                "quantity": Decimal(skip["quantity"]),
                "why": [_words(one) for one in skip["reasons"]],
            }
            for skip in line.skipped
        ],
    }


def _why(place: int, elsewhere: bool) -> str:
    if place:
        return _("expires next")
    if elsewhere:
        return _("expires first in the one warehouse that serves the line")
    return _("expires first of all that may serve")


def _words(reason: Mapping[str, Any]) -> str:
    shown = messages.render(errors.Reason(reason["code"], params=reason["params"]))
    return shown.why or shown.title
