"""The certificates of a delivery in one file (随货资质): number, holder, validity, lot by lot."""

import datetime as dt
import pathlib

from django.utils.translation import gettext as _

from qudao.kernel import periods, scope
from qudao.orders import queries as orders
from qudao.organisation import queries as organisation
from qudao.partners import queries as partners
from qudao.portal import queries
from qudao.ui import formats, pdf

HERE = pathlib.Path(__file__).parent


def certificates(shipment: orders.ShipmentView, *, on: dt.date, actor: scope.Actor) -> bytes:
    """The PDF, in the active language: what each lot was made under, and how long that holds."""
    entity = organisation.get_entity(shipment.entity_id)
    place = partners.get_place(shipment.ship_to_id, actor, at=shipment.shipped_at)
    order = orders.get_order(shipment.order_id, actor=actor)
    data = {
        "title": _("Certificates of a delivery"),
        "number": shipment.number,
        "supplier": entity.name,
        "facts": [
            [_("Supplier"), f"{entity.name} {entity.uscc}"],
            [_("Received by"), place.name],
            [_("Order"), order.number],
            [_("As of"), on.isoformat()],
        ],
        "heads": [
            "#",
            _("Product"),
            _("Specification"),
            _("Lot / serial"),
            _("Produced"),
            _("Expiry date"),
            _("Quantity"),
            _("Registration certificate"),
            _("Registrant"),
            _("Production permit"),
            _("Certificate valid"),
        ],
        "lines": [_row(line, found) for line, found in queries.certificates_of(shipment, on=on)],
    }
    return pdf.render(HERE / "certificates.typ", data)


def _row(line, found) -> list[str]:
    valid = _("not found")
    if found is not None:
        last = periods.last_day(found.period.valid_until)
        valid = f"{formats.day(found.period.valid_from)} – {formats.day(last) if last else ''}"
    return [
        str(line.no),
        line.item_name,
        line.specification,
        " / ".join(filter(None, (line.lot_code, line.serial_code))),
        line.produced_on.isoformat() if line.produced_on else "",
        line.last_usable_on.isoformat() if line.last_usable_on else "",
        formats.quantity(line.shipped or line.quantity),
        line.certificate_number,
        line.registrant,
        line.production_permit,
        valid,
    ]
