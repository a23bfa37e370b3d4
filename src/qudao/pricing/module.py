"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="pricing",
    needs=("partners",),
    permissions={
        "pricing.price.view": _("See prices"),
        "pricing.contract.view": _("See contracts"),
        "pricing.contract.manage": _("Maintain contracts and prices"),
        "pricing.contract.sign": _("Put contracts into effect"),
        "pricing.promotion.manage": _("Run promotions"),
    },
    contributions=("qudao.pricing.decisions:PriceGate",),
    journal_types={
        "pricing.version.drafted": _("Contract version drafted"),
        "pricing.version.effected": _("Contract version put into effect"),
        "pricing.price.set": _("Prices set"),
        "pricing.promotion.started": _("Promotion started"),
    },
)
