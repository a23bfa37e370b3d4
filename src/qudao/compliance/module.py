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
    navigation=(
        manifest.Entry("quality", _("Trace"), "trace", "barcode", "compliance.trace.view", order=30),
    ),
    search=("qudao.compliance.search:find",),
    rule_tables=("qudao.compliance.rule_data:VERSIONS",),
)
