"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

OPEN, DEALERS = "portal.page.open", "portal.dealer.open"

MODULE = manifest.Module(
    name="portal",
    needs=("settlement",),
    urls="qudao.portal.urls",
    navigation=(
        manifest.Entry("", _("My page"), "portal", "home", OPEN, 0, outsiders=True),
        manifest.Entry(
            *("business", _("Product catalogue"), "catalogue", "package", OPEN, 22),
            outsiders=True,
            lights=("/devices/", "/prices/"),
        ),
        manifest.Entry(
            *("business", _("Deliveries"), "deliveries", "truck-delivery", OPEN, 24),
            outsiders=True,
            lights=("/shipments/",),
        ),
        manifest.Entry("business", _("My dealers"), "own_dealers", "affiliate", DEALERS, 26, outsiders=True),
    ),
    permissions={
        OPEN: _("Open the pages of partners and hospitals"),
        DEALERS: _("See the orders of one's own dealers"),
    },
)
