"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="orders",
    needs=("pricing", "inventory"),
    urls="qudao.orders.urls",
    api="qudao.orders.api:router",
    navigation=(
        manifest.Entry("business", _("Orders"), "orders", "shopping-cart", "orders.order.view", 20),
        manifest.Entry(
            *("business", _("Shipments"), "shipments", "truck-delivery", "orders.shipment.view"),
            order=32,
            insiders=True,
            lights=("/returns/",),
        ),
    ),
    rule_tables=("qudao.orders.rule_data:VERSIONS",),
    queues=("qudao.orders.waiting:queues",),
    search=("qudao.orders.finding:find",),
    todos=("qudao.orders.finding:waiting",),
    tabs=("qudao.orders.finding:recent",),
    hospitals=("qudao.orders.selecting:hospitals",),
    columns=("qudao.orders.dealt:columns",),
    subjects={
        "orders.order": "orders.Order",
        "orders.shipment": "orders.Shipment",
        "orders.return": "orders.Return",
    },
    pages={
        "orders.order": ("order", "orders.order.view"),
        "orders.shipment": ("shipment", "orders.shipment.view"),
    },
    codes={
        "orders_order.currency": "qudao.ui.formats:CURRENCIES",
        "orders_returnline.verdict": "status:zone",
        "orders_order.status": "status:order",
        "orders_order.channel": "status:channel",
        "orders_order.tier": "status:grade",
        "orders_orderline.price_kind": "status:price_origin",
        "orders_shipment.status": "status:shipment",
        "orders_return.status": "status:return",
    },
    journal_types={
        "orders.order.drafted": _("Saved as a draft"),
        "orders.order.confirmed": _("Confirmed, stock reserved"),
        "orders.order.cancelled": _("Order cancelled"),
        "orders.order.reallocated": _("Stock allocated anew"),
        "orders.template.saved": _("Template saved"),
        "orders.template.renamed": _("Template renamed"),
        "orders.template.removed": _("Template removed"),
        "orders.order.released": _("Released to the warehouse"),
        "orders.shipment.picked": _("Picked"),
        "orders.shipment.reviewed": _("Reviewed"),
        "orders.shipment.blocked": _("Stopped at the review, back to picking"),
        "orders.shipment.shipped": _("Shipped"),
        "orders.shipment.signed": _("Signed for"),
        "orders.difference.resolved": _("Difference resolved"),
        "orders.return.received": _("Return received"),
        "orders.return.inspected": _("Return inspected"),
    },
    permissions={
        "orders.order.view": _("See orders"),
        "orders.order.place": _("Place orders"),
        "orders.order.confirm": _("Confirm orders"),
        "orders.order.reallocate": _("Reallocate confirmed orders"),
        "orders.order.release": _("Release orders to the warehouse"),
        "orders.shipment.view": _("See shipments"),
        "orders.shipment.pick": _("Pick"),
        "orders.shipment.review": _("Review outgoing goods"),
        "orders.shipment.ship": _("Ship"),
        "orders.shipment.sign": _("Sign for goods"),
        "orders.return.manage": _("Take returns"),
        "orders.return.inspect": _("Inspect returned goods"),
    },
)
