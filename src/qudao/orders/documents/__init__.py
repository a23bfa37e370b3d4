"""Documents of a shipment as PDF: 随货同行单 and 出库复核单.

Everything printed is what the shipment froze; nothing is looked up that may have changed since.
"""

import pathlib
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from qudao.kernel import scope
from qudao.orders import queries
from qudao.organisation import queries as organisation
from qudao.organisation import queries_people
from qudao.partners import queries as partners
from qudao.ui import formats, pdf

HERE = pathlib.Path(__file__).parent


def delivery_note(shipment: queries.ShipmentView, *, actor: scope.Actor) -> bytes:
    """随货同行单 as PDF, in the active language."""
    data = _common(shipment, actor) | {
        "title": _("Delivery note"),
        "signatures": [_("Issued by"), _("Carrier"), _("Received by"), _("Supplier's stamp")],
    }
    return pdf.render(HERE / "delivery_note.typ", data)


def review_record(shipment: queries.ShipmentView, *, actor: scope.Actor) -> bytes:
    """出库复核单 as PDF, in the active language."""
    data = _common(shipment, actor) | {"title": _("Outgoing review record")}
    names = queries_people.names_of([shipment.picked_by, shipment.reviewed_by])
    data["facts"] += [
        [_("Picked by"), names.get(shipment.picked_by, shipment.picked_by)],
        [_("Reviewed by"), names.get(shipment.reviewed_by, shipment.reviewed_by)],
        [_("Result"), _("Conforming") if shipment.reviewed_by else _("Not reviewed yet")],
    ]
    return pdf.render(HERE / "review_record.typ", data)


def _common(shipment: queries.ShipmentView, actor: scope.Actor) -> dict[str, Any]:
    entity = organisation.get_entity(shipment.entity_id)
    place = partners.get_place(shipment.ship_to_id, actor)
    order = queries.get_order(shipment.order_id, actor=actor)
    shipped = timezone.localtime(shipment.shipped_at) if shipment.shipped_at else None
    return {
        "number": shipment.number,
        "supplier": entity.name,
        "facts": [
            [_("Supplier"), f"{entity.name} {entity.uscc}"],
            [_("Received by"), place.name],
            [_("Order"), order.number],
            [_("Address"), place.address],
            [_("Contact"), place.contact],
            [_("Shipped on"), shipped.strftime("%Y-%m-%d %H:%M") if shipped else ""],
        ],
        "heads": [
            "#",
            _("Product"),
            _("Specification"),
            _("Registration certificate"),
            _("Registrant / production permit"),
            _("Lot / serial"),
            _("Produced"),
            _("Usable until"),
            _("Quantity"),
            _("Storage"),
            "UDI-DI",
        ],
        "lines": [
            [
                str(line.no),
                line.item_name,
                line.specification,
                line.certificate_number,
                " ".join(filter(None, (line.registrant, line.production_permit))),
                " / ".join(filter(None, (line.lot_code, line.serial_code))),
                line.produced_on.isoformat() if line.produced_on else "",
                line.last_usable_on.isoformat() if line.last_usable_on else "",
                formats.quantity(line.shipped or line.quantity),
                line.storage,
                line.di,
            ]
            for line in shipment.lines
        ],
    }
