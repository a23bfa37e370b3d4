"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="inventory",
    needs=("partners",),
    urls="qudao.inventory.urls",
    api="qudao.inventory.api:router",
    navigation=(
        manifest.Entry(
            *("business", _("Warehouse"), "warehouse", "building-warehouse", "inventory.queue.view"),
            order=30,
            lights=("/stock/inspect/",),
        ),
        manifest.Entry(
            *("business", _("Stock"), "stock", "packages", "inventory.stock.view"),
            order=34,
            lights=("/transfers/", "/warehouses/"),
        ),
    ),
    search=("qudao.inventory.finding:find",),
    device_cards=("qudao.inventory.cards:of_device",),
    device_stakes=("qudao.inventory.cards:at_stake",),
    todos=("qudao.inventory.finding:waiting",),
    queues=("qudao.inventory.finding:waiting_queues",),
    permissions={
        "inventory.queue.view": _("See what waits in the warehouses"),
        "inventory.stock.view": _("See stock"),
        "inventory.stock.move": _("Move stock"),
        "inventory.stock.hold": _("Put stock on hold"),
        "inventory.hold.release": _("Release stock on hold (quality)"),
        "inventory.stock.inspect": _("Decide on stock that awaits inspection (quality)"),
        "inventory.stock.adjust": _("Book stock counts"),
        "inventory.stock.open": _("Open stock at go-live"),
        "inventory.cost.view": _("See costs"),
        "inventory.site.manage": _("Open warehouses"),
    },
    contributions=("qudao.inventory.decisions:HoldGate",),
    jobs=("qudao.inventory.jobs",),
    subjects={
        "inventory.hold": "inventory.Hold",
        "inventory.transfer": "inventory.Transfer",
    },
    pages={
        "inventory.transfer": ("transfer", "inventory.stock.view"),
        "inventory.lot": ("lot", "inventory.stock.view"),
    },
    names={
        "inventory.site": "qudao.inventory.naming:sites",
        "inventory.site_code": "qudao.inventory.naming:site_codes",
        "inventory.lot": "qudao.inventory.naming:lots",
        "inventory.serial": "qudao.inventory.naming:serials",
    },
    codes={
        "inventory_move.owner_kind": "status:owner",
        "inventory_reservation.state": "status:reservation",
        "inventory_move.kind": "qudao.inventory.words:MOVES",
        "inventory_move.from_status": "status:zone",
        "inventory_move.to_status": "status:zone",
        "inventory_transfer.status": "status:transfer",
        "inventory_site.kind": "status:site",
        "inventory_location.zone": "status:zone",
    },
    journal_types={
        "inventory.sites.opened": _("Sites opened"),
        "inventory.shelves.opened": _("Shelves opened"),
        "inventory.reservations.expired": _("Reservations expired"),
        "inventory.lot.dated": _("Production date entered"),
        "inventory.hold.placed": _("Stock put on hold"),
        "inventory.hold.released": _("Hold released"),
        "inventory.transfer.sent": _("Transfer sent"),
        "inventory.transfer.received": _("Transfer received"),
        "inventory.stock.relocated": _("Stock relocated"),
        "inventory.stock.inspected": _("Stock inspected"),
        "inventory.opening.posted": _("Opening stock posted"),
        "inventory.stock.counted": _("Stock count booked"),
    },
)
