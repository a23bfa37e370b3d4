"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="supply",
    needs=("inventory",),
    permissions={
        "supply.purchase.view": _("See purchases"),
        "supply.purchase.manage": _("Place purchase orders"),
        "supply.receipt.manage": _("Receive goods"),
        "supply.inspection.decide": _("Decide inspections"),
    },
    journal_types={
        "supply.purchase.placed": _("Purchase placed"),
        "supply.goods.received": _("Goods received"),
        "supply.goods.inspected": _("Goods inspected"),
    },
)
