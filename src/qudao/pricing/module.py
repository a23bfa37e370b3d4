"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="pricing",
    needs=("partners",),
    permissions={
        "pricing.price.view": _("See prices"),
        "pricing.floor.view": _("See floor prices and factors"),
        "pricing.contract.view": _("See contracts"),
        "pricing.contract.manage": _("Maintain contracts and prices"),
        "pricing.contract.sign": _("Put contracts into effect"),
        "pricing.promotion.manage": _("Run promotions"),
    },
    contributions=("qudao.pricing.decisions:PriceGate",),
    subjects={
        "pricing.contract": "pricing.Contract",
    },
    pages={
        "pricing.contract": ("contract", "pricing.contract.view"),
        "pricing.promotion": ("promotion", "pricing.price.view"),
    },
    names={
        "pricing.version": "qudao.pricing.naming:versions",
        "pricing.promotion": "qudao.pricing.naming:promotions",
        "pricing.term": "qudao.pricing.naming:terms",
    },
    codes={
        "pricing_pricerow.currency": "qudao.ui.formats:CURRENCIES",
        "pricing_contract.status": "status:contract",
        "pricing_contractversion.status": "status:contract",
        "pricing_pricerow.kind": "status:price_origin",
        "pricing_pricerow.tier": "status:grade",
        "pricing_tierfactor.tier": "status:grade",
        "pricing_rebateterm.basis": "qudao.pricing.names:BASES",
        "pricing_rebateterm.calendar": "qudao.pricing.names:CALENDARS",
    },
    journal_types={
        "pricing.version.drafted": _("Contract version drafted"),
        "pricing.version.effected": _("Contract version signed"),
        "pricing.contract.ended": _("Contract ended early"),
        "pricing.price.set": _("Prices set"),
        "pricing.promotion.started": _("Promotion set up"),
        "pricing.promotion.stopped": _("Promotion stopped"),
    },
    urls="qudao.pricing.urls",
    api="qudao.pricing.api:router",
    navigation=(
        manifest.Entry("channel", _("Contracts"), "contracts", "file-text", "pricing.contract.view", 14),
        manifest.Entry("channel", _("Prices"), "prices", "tag", "pricing.price.view", 15, insiders=True),
        manifest.Entry("channel", _("Promotions"), "promotions", "gift", "pricing.price.view", 16),
    ),
    search=("qudao.pricing.finding:find",),
    device_cards=("qudao.pricing.cards:of_device",),
    todos=("qudao.pricing.finding:waiting",),
    tabs=("qudao.pricing.finding:in_force",),
)
