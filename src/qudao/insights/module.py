"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="insights",
    needs=("settlement", "supply", "flow"),
    urls="qudao.insights.urls",
    api="qudao.insights.api:router",
    navigation=(
        manifest.Entry("", _("Dashboard"), "dashboard", "chart-histogram", "insights.dashboard.view", 5),
    ),
    consumers=("qudao.insights.consumers:sales",),
    tabs=("qudao.insights.cards:of_partner",),
    columns=("qudao.insights.cards:columns",),
    device_cards=("qudao.insights.cards:of_device",),
    todos=("qudao.insights.finding:waiting",),
    permissions={
        "insights.dashboard.view": _("See the dashboard"),
        "insights.target.set": _("Set targets"),
    },
    codes={"insights_target.kpi": "qudao.insights.labels:NAMES", "insights_target.tier": "status:grade"},
    journal_types={"insights.target.set": _("Target set")},
)
