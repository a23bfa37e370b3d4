"""Documents of a shipment as PDF: 随货同行单 and 出库复核单.

Everything printed of the goods is what the shipment froze; nothing is looked up that may have changed since.
The fields are those 医疗器械经营质量管理规范 and 医疗器械经营监督管理办法 §38 name for each.
"""

import datetime as dt
import pathlib
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qudao.kernel import scope
from qudao.orders import queries
from qudao.organisation import queries as organisation
from qudao.organisation import queries_people
from qudao.partners import queries as partners
from qudao.ui import formats, pdf

HERE = pathlib.Path(__file__).parent


def delivery_note(shipment: queries.ShipmentView, *, actor: scope.Actor) -> bytes:
    """随货同行单 as PDF, in the active language."""
    return pdf.render(HERE / "delivery_note.typ", note_data(shipment, actor=actor))


def review_record(shipment: queries.ShipmentView, *, actor: scope.Actor) -> bytes:
    """出库复核单 as PDF, in the active language."""
    return pdf.render(HERE / "review_record.typ", record_data(shipment, actor=actor))


def note_data(shipment: queries.ShipmentView, *, actor: scope.Actor) -> dict[str, Any]:
    """What the delivery note says."""
    data = _common(shipment, actor)
    data["facts"] += [
        [_("Shipped on"), _moment(shipment.shipped_at)],
        [_("Carrier"), shipment.carrier or _("Own vehicle")],
        [_("Waybill number"), shipment.tracking or "—"],
    ]
    return data | {
        "title": _("Delivery note"),
        "signatures": [
            _("Issued by"),
            _("Reviewer"),
            _("Carrier's driver"),
            pgettext("signature", "Received by"),
            _("Supplier's stamp"),
        ],
    }


def record_data(shipment: queries.ShipmentView, *, actor: scope.Actor) -> dict[str, Any]:
    """What the record of the outgoing review says."""
    data = _common(shipment, actor)
    names = queries_people.names_of([shipment.picked_by, shipment.reviewed_by])
    data["facts"] += [
        [_("Picked by"), _by(names, shipment.picked_by, shipment.picked_at)],
        [_("Reviewed by"), _by(names, shipment.reviewed_by, shipment.reviewed_at)],
        [_("Result"), _("Conforming") if shipment.reviewed_by else _("Not reviewed yet")],
        [_("Shipped on"), _moment(shipment.shipped_at)],
    ]
    return data | {
        "title": _("Outgoing review record"),
        "signatures": [_("Keeper"), _("Reviewer"), pgettext("signature", "Date")],
    }


def _common(shipment: queries.ShipmentView, actor: scope.Actor) -> dict[str, Any]:
    entity = organisation.get_entity(shipment.entity_id)
    # Names and addresses as they were when the goods left: a paper printed again says the same.
    place = partners.get_place(shipment.ship_to_id, actor, at=shipment.shipped_at)
    order = queries.get_order(shipment.order_id, actor=actor)
    buyer = partners.party_name_at(order.party_id, actor, at=shipment.shipped_at)
    return {
        "number": shipment.number,
        "supplier": entity.name,
        "facts": [
            [_("Supplier"), f"{entity.name} {entity.uscc}"],
            [_("Supplier's address"), entity.address],
            [_("Order"), order.number],
            [_("Buyer"), buyer],
            [_("Received at"), place.name],
            [_("Address"), place.address],
            [_("Contact"), place.reached or "—"],
        ],
        "heads": [
            "#",
            _("Product"),
            _("Specification"),
            _("Registration certificate"),
            _("Registrant / production permit"),
            _("Lot / serial"),
            _("Produced"),
            _("Expiry date"),
            _("Quantity"),
            _("Storage"),
            "UDI-DI",
        ],
        "lines": [_line(line) for line in shipment.lines],
        "total": _total(shipment),
    }


def _line(line: queries.ShipmentLineView) -> list[str]:
    return [
        str(line.no),
        line.item_name,
        line.specification,
        line.certificate_number,
        " ".join(filter(None, (line.registrant, line.production_permit))),
        " / ".join(filter(None, (line.lot_code, line.serial_code))),
        line.produced_on.isoformat() if line.produced_on else "—",
        line.last_usable_on.isoformat() if line.last_usable_on else "—",
        formats.quantity(line.shipped or line.quantity, line.unit),
        line.storage or _("As on the label"),
        line.di,
    ]


def _total(shipment: queries.ShipmentView) -> str:
    """Each unit has a sum of its own: pieces and boxes make no number together."""
    sums: dict[str, Decimal] = {}
    for line in shipment.lines:
        sums[line.unit] = sums.get(line.unit, Decimal(0)) + (line.shipped or line.quantity)
    count = len(shipment.lines)
    words = ngettext("%(count)s line, %(quantity)s", "%(count)s lines, %(quantity)s", count)
    said = " + ".join(formats.quantity(quantity, unit) for unit, quantity in sums.items())
    return words % {"count": count, "quantity": said}


def _moment(at: dt.datetime | None) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else _("Not shipped yet")


def _by(names: dict[str, str], who: str, at: dt.datetime | None) -> str:
    return f"{names.get(who, who)} {_moment(at)}" if who else "—"
