"""采购订单 as PDF, to be sent to the supplier."""

import pathlib
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qudao.inventory import queries as inventory
from qudao.kernel import scope
from qudao.organisation import queries as organisation
from qudao.partners import queries as partners
from qudao.supply import queries
from qudao.ui import formats, pdf

HERE = pathlib.Path(__file__).parent


def purchase_order(purchase: queries.PurchaseView, *, actor: scope.Actor) -> bytes:
    """The purchase as PDF, in the active language; what we pay only for those who may see it."""
    return pdf.render(HERE / "purchase_order.typ", order_data(purchase, actor=actor))


def order_data(purchase: queries.PurchaseView, *, actor: scope.Actor) -> dict[str, Any]:
    """What the purchase order says; names as they were when it was placed."""
    entity = organisation.get_entity(purchase.entity_id)
    site = inventory.get_site(purchase.site_id, actor)
    prices = queries.sees_prices(actor)
    paid = [_("Unit price, tax included"), _("Tax rate"), _("Amount, tax included")] if prices else []
    return {
        "title": pgettext("paper", "Purchase order"),
        "number": purchase.number,
        "issuer": entity.name,
        "facts": [
            [
                pgettext("role", "Supplier"),
                partners.party_name_at(purchase.supplier_id, actor, at=purchase.created_at),
            ],
            [_("Ordered"), formats.day(purchase.ordered_on)],
            [_("Expected"), formats.day(purchase.expected_on)],
            [_("Buyer"), f"{entity.name} {entity.uscc}"],
            [_("Buyer's address"), entity.address or formats.NOTHING],
            [_("Telephone"), entity.phone or formats.NOTHING],
            [_("Warehouse"), site.name],
            [_("Delivery address"), site.address or formats.NOTHING],
        ],
        "heads": ["#", _("Product code"), _("Product"), _("Specification"), _("Quantity"), *paid],
        "lines": [_line(one, prices) for one in purchase.lines],
        "total": _total(purchase) if prices else "",
        "signatures": [_("Buyer's stamp"), _("Confirmed by the supplier"), pgettext("signature", "Date")],
    }


def _line(one: queries.PurchaseLineView, prices: bool) -> list[str]:
    said = [
        str(one.no),
        one.item_code,
        one.item_name,
        one.specification,
        formats.quantity(one.entered_quantity, one.unit),
    ]
    if not prices:
        return said
    return [*said, formats.unit_price(one.unit_price), formats.rate(one.tax_rate), formats.amount(one.gross)]


def _total(purchase: queries.PurchaseView) -> str:
    net = sum(one.net for one in purchase.lines)
    return _("Total, tax included: %(gross)s (net %(net)s, tax %(tax)s)") % {
        "gross": formats.amount(purchase.gross),
        "net": formats.amount(net),
        "tax": formats.amount(purchase.gross - net),
    }
