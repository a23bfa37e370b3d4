"""Manifest."""

from django.utils.translation import gettext_lazy as _

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="flow",
    needs=("orders",),
    urls="qudao.flow.urls",
    api="qudao.flow.api:router",
    navigation=(manifest.Entry("channel", _("Sell-through"), "flow_files", "route", "flow.file.view", 40),),
    tabs=("qudao.flow.cards:of_partner",),
    todos=("qudao.flow.cards:waiting",),
    hospitals=("qudao.flow.queries:hospitals",),
    columns=("qudao.flow.cards:columns",),
    rule_tables=("qudao.flow.rule_data:VERSIONS",),
    permissions={
        "flow.file.view": _("See sell-through"),
        "flow.file.take_in": _("Take in sell-through files"),
        "flow.match.decide": _("Decide matches"),
        "flow.case.judge": _("Judge suspected diversions"),
    },
    subjects={
        "flow.file": "flow.FlowFile",
    },
    pages={
        "flow.file": ("flow_file", "flow.file.view"),
    },
    codes={
        "flow_flowfile.status": "status:flow_file",
        "flow_flowfile.method": "qudao.flow.presenting:METHODS",
        "flow_flowrow.state": "status:flow_line",
        "flow_flowrow.verdict": "status:diversion",
        "flow_flowrow.customer_rule": "qudao.flow.presenting:RULES",
        "flow_flowrow.product_rule": "qudao.flow.presenting:RULES",
        "flow_flowverdict.verdict": "status:diversion",
        "flow_flowverdict.ground": "qudao.flow.views.cases:GROUNDS",
    },
    journal_types={
        "flow.file.taken_in": _("Sell-through file taken in"),
        "flow.match.decided": _("Match decided"),
        "flow.case.judged": _("Suspected diversion judged"),
    },
)
