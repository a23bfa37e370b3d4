"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="inventory",
    needs=("partners",),
    permissions={
        "inventory.stock.view": _("See stock"),
        "inventory.stock.move": _("Move stock"),
        "inventory.stock.hold": _("Hold and release stock"),
        "inventory.cost.view": _("See costs"),
    },
)
