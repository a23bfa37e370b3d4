"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="catalog",
    needs=("organisation",),
    permissions={
        "catalog.item.view": _("See products"),
        "catalog.item.manage": _("Maintain products"),
        "catalog.certificate.manage": _("Maintain certificates"),
    },
)
