"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="supply",
    needs=("inventory",),
    urls="qudao.supply.urls",
    api="qudao.supply.api:router",
    navigation=(
        manifest.Entry(
            *("business", _("Purchases"), "purchases", "package-import", "supply.purchase.view"),
            order=36,
            lights=("/goods-receipts/",),
        ),
    ),
    search=("qudao.supply.finding:find",),
    todos=("qudao.supply.finding:waiting",),
    queues=("qudao.supply.finding:waiting_queues",),
    incoming=("qudao.supply.queries:incoming",),
    device_stakes=("qudao.supply.finding:at_stake",),
    permissions={
        "supply.purchase.view": _("See purchases"),
        "supply.purchase.manage": _("Place purchase orders"),
        "supply.receipt.manage": _("Receive goods"),
        "supply.inspection.decide": _("Decide inspections"),
    },
    subjects={
        "supply.purchase": "supply.PurchaseOrder",
        "supply.receipt": "supply.GoodsReceipt",
    },
    pages={
        "supply.purchase": ("purchase", "supply.purchase.view"),
        "supply.receipt": ("goods_receipt", "supply.purchase.view"),
    },
    codes={
        "supply_goodsreceiptline.disposition": "qudao.supply.words:DISPOSITIONS",
        "supply_purchaseorder.status": "status:purchase",
        "supply_goodsreceipt.status": "status:receipt",
    },
    journal_types={
        "supply.purchase.placed": _("Purchase placed"),
        "supply.goods.received": _("Goods received"),
        "supply.goods.inspected": _("Goods inspected"),
    },
)
