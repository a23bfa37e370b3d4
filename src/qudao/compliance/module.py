"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="compliance",
    needs=("orders", "supply"),
    permissions={
        "compliance.trace.view": _("Trace lots and serials"),
    },
    urls="qudao.compliance.urls",
    api="qudao.compliance.api:router",
    navigation=(
        manifest.Entry("quality", _("Trace"), "trace", "barcode", "compliance.trace.view", order=30),
        manifest.Entry("quality", _("Stock holds"), "holds", "lock", "inventory.stock.hold", order=32),
    ),
    pages={
        "inventory.hold": ("hold", "inventory.stock.hold"),
    },
    search=("qudao.compliance.search:find",),
    todos=("qudao.compliance.search:waiting",),
    lots=("qudao.compliance.search:of_lot",),
    rule_tables=("qudao.compliance.rule_data:VERSIONS",),
)
