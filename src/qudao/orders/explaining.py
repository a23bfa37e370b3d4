"""How an order's stock was chosen, line by line, for our own people: lots with their why, lots passed over."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from qudao.inventory import queries as inventory
from qudao.kernel import errors, messages, scope
from qudao.orders import queries
from qudao.orders.rules import progress
from qudao.organisation import queries_people
from qudao.ui import formats

ELSEWHERE = "inventory.lot_in_other_warehouse"
# What the reasons of stock count in base units.
QUANTITIES = ("reserved", "available", "wanted")


def allocation(
    order: queries.OrderView, shipments: Sequence[queries.ShipmentView], actor: scope.Actor
) -> dict[str, Any] | None:
    """Every line with what is set aside for it or was sent, what was taken back since, and what was passed over.
    None for outsiders, who see no stock of ours, and for an order that has none set aside.

    `holds` are the ids of all holds that ever took stock back from it, `sites` the names of its warehouses.
    """
    if not actor.house or order.status in progress.NO_SALE:
        return None
    kept, taken_back = inventory.kept_and_lost(
        origin_type="orders.order", origin_id=str(order.id), actor=actor
    )
    # What is missing was taken back after the order was last allocated or released, or else last of all: the order was
    # withdrawn since. What is missing no more was made good.
    last = max((one.entry for one in taken_back), default=order.entry)
    lost = [one for one in taken_back if one.entry > order.entry or one.entry == last]
    left = [one for one in shipments if one.status not in progress.IN_THE_HOUSE]
    taken = _by_line([*_sent(order, left), *map(_reserved, kept)])
    gone = _by_line(_lost(lost))
    sites = {one["site"] for found in (taken, gone) for lots in found.values() for one in lots}
    sites |= {skip["site"] for line in order.lines for skip in line.skipped}
    names = inventory.site_names(sites, actor=actor)
    lines = [_line(line, taken.get(line.no, []), gone.get(line.no, []), names) for line in order.lines]
    return {
        "lines": lines,
        "lost": [line for line in lines if line["missing"] > 0],
        "held": any(one.hold_id for one in lost),
        "expired": any(not one.hold_id for one in lost),
        "links": actor.can("inventory.stock.view"),
        "holds": list(dict.fromkeys(one.hold_id for one in taken_back if one.hold_id)),
        "sites": names,
    }


Lot = dict[str, Any]


def _by_line(found: Iterable[Lot]) -> dict[int, list[Lot]]:
    lines: dict[int, list[Lot]] = {}
    for one in found:
        lines.setdefault(one["line"], []).append(one)
    return lines


def _reserved(one: inventory.ReservationView) -> Lot:
    return {
        "line": one.origin_line,
        "lot": one.lot_code,
        "lot_id": one.lot_id,
        "serial": one.serial_code,
        "until": one.last_usable_on,
        "site": one.site_id,
        "quantity": one.quantity,
    }


def _lost(found: Sequence[inventory.TakenBack]) -> list[Lot]:
    """What was taken back, by whom, when and why."""
    names = queries_people.names_of(one.held_by for one in found) if found else {}
    return [_reserved(one.was) | {"why": _taken_back(one, names)} for one in found]


def _taken_back(one: inventory.TakenBack, names: Mapping[str, str]) -> str:
    if one.hold_id is None:
        return _("It was set aside until %(moment)s.") % {"moment": formats.moment(one.was.expires_at)}
    return _("Hold %(number)s of %(moment)s by %(person)s: %(reason)s") % {
        "number": one.hold_number,
        "moment": formats.moment(one.held_at),
        "person": names.get(one.held_by, one.held_by),
        "reason": one.because,
    }


def _sent(order, shipments) -> list[Lot]:
    numbers = {line.id: line.no for line in order.lines}
    return [
        {
            "line": numbers[one.order_line_id],
            "lot": one.lot_code,
            "lot_id": one.lot_id,
            "serial": one.serial_code,
            "until": one.last_usable_on,
            "site": shipment.site_id,
            "quantity": one.quantity,
        }
        for shipment in shipments
        for one in shipment.lines
    ]


def _line(
    line: queries.LineView, lots: Sequence[Lot], lost: Sequence[Lot], names: Mapping[int, str]
) -> dict[str, Any]:
    elsewhere = any(one["code"] == ELSEWHERE for skip in line.skipped for one in skip["reasons"])
    missing = line.quantity - sum((one["quantity"] for one in lots), Decimal(0))
    return {
        "line": line,
        "missing": missing,
        "lots": [
            one | {"site": names.get(one["site"], ""), "why": _why(place, elsewhere)}
            for place, one in enumerate(lots)
        ],
        "lost": [one | {"site": names.get(one["site"], "")} for one in lost] if missing > 0 else [],
        "skipped": [
            {
                "lot": skip["lot"],
                "lot_id": skip.get("lot_id"),
                "serial": skip["serial"],
                "until": dt.date.fromisoformat(skip["until"]) if skip.get("until") else None,
                "site": names.get(skip["site"], ""),
                "quantity": Decimal(skip["quantity"]),
                "why": [_words(one, line.base_unit) for one in skip["reasons"]],
            }
            for skip in line.skipped
        ],
    }


def _why(place: int, elsewhere: bool) -> str:
    if place:
        return _("expires next")
    if elsewhere:
        return _("expires first in the one warehouse that serves the line")
    return _("earliest expiry among the usable lots")


def _words(reason: Mapping[str, Any], unit: str) -> str:
    params = {
        name: formats.quantity(Decimal(value), unit) if name in QUANTITIES else value
        for name, value in reason["params"].items()
    }
    shown = messages.render(errors.Reason(reason["code"], params=params))
    return shown.why or shown.title
