"""Manifest."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qudao.kernel import manifest

MODULE = manifest.Module(
    name="settlement",
    needs=("orders",),
    contributions=("qudao.settlement.decisions:PoolUse", "qudao.settlement.decisions:CreditGate"),
    consumers=("qudao.settlement.consumers:facts",),
    rule_tables=("qudao.settlement.rule_data:VERSIONS",),
    jobs=("qudao.settlement.jobs",),
    urls="qudao.settlement.urls",
    api="qudao.settlement.api:router",
    navigation=(
        manifest.Entry(
            "settlement", _("Statements"), "statements", "file-invoice", "settlement.statement.view", 10
        ),
        manifest.Entry(
            *("settlement", _("Receivables"), "receivables", "scale", "settlement.credit.view", 20),
            insiders=True,
            lights=("/debtors/",),
        ),
        # What we are owed and paid is what a partner owes and pays: it has the same pages by its own words.
        manifest.Entry(
            *("settlement", pgettext_lazy("to the partner", "Payables"), "receivables", "scale"),
            *("settlement.credit.view", 20),
            outsiders=True,
            lights=("/debtors/",),
        ),
        manifest.Entry("settlement", _("Invoices"), "invoices", "receipt-2", "settlement.invoice.view", 30),
        manifest.Entry(
            *("settlement", _("Receipts"), "receipts", "cash", "settlement.invoice.view", 40),
            insiders=True,
        ),
        manifest.Entry(
            *("settlement", pgettext_lazy("to the partner", "Payments"), "receipts", "cash"),
            *("settlement.invoice.view", 40),
            outsiders=True,
        ),
        manifest.Entry("settlement", _("Rebates"), "rebates", "discount-2", "settlement.rebate.view", 50),
        manifest.Entry("settlement", _("Rebate pools"), "pools", "pig-money", "settlement.rebate.view", 60),
        manifest.Entry(
            *(
                "settlement",
                _("Accounting periods"),
                "periods",
                "calendar-check",
                "organisation.period.close",
            ),
            order=70,
        ),
    ),
    search=("qudao.settlement.finding:find",),
    tabs=("qudao.settlement.cards:of_partner",),
    desk=("qudao.settlement.cards:of_account",),
    order_facts=("qudao.settlement.cards:of_order",),
    todos=("qudao.settlement.finding:waiting",),
    permissions={
        "settlement.credit.view": _("See credit"),
        "settlement.credit.manage": _("Set credit limits"),
        "settlement.invoice.view": _("See invoices"),
        "settlement.invoice.issue": _("Issue invoices"),
        "settlement.cash.record": _("Record receipts"),
        "settlement.statement.view": _("See statements"),
        "settlement.statement.manage": _("Build and send statements"),
        "settlement.statement.confirm": _("Confirm statements for a partner"),
        "settlement.rebate.view": _("See rebates"),
        "settlement.rebate.run": _("Run rebates"),
        "settlement.rebate.confirm": _("Confirm rebates"),
    },
    subjects={
        "settlement.invoice": "settlement.Invoice",
        "settlement.receipt": "settlement.CashReceipt",
        "settlement.statement": "settlement.Statement",
        "settlement.run": "settlement.RebateRun",
    },
    pages={
        "settlement.invoice": ("invoice", "settlement.invoice.view"),
        "settlement.receipt": ("receipt", "settlement.invoice.view"),
        "settlement.statement": ("statement", "settlement.statement.view"),
        "settlement.run": ("rebate", "settlement.rebate.view"),
        "settlement.debtor": ("debtor", "settlement.credit.view"),
        "settlement.credit": ("debtor", "settlement.credit.view"),
        "settlement.pool": ("pool", "settlement.rebate.view"),
    },
    names={
        "settlement.debtor": "qudao.settlement.naming:debtors",
        "settlement.credit": "qudao.settlement.naming:debtors",
        "settlement.pool": "qudao.settlement.naming:debtors",
    },
    codes={
        "settlement.reason": "qudao.settlement.presenting.statements:REASONS",
        "settlement.outcome": "qudao.settlement.presenting.statements:OUTCOMES",
        "settlement_statement.status": "status:statement",
        "settlement_statementline.section": "qudao.settlement.presenting.statements:SECTIONS",
        "settlement_statementline.document_type": "qudao.settlement.presenting.statements:DOCUMENTS",
        "settlement_statementline.state": "status:statement_line",
        "settlement_statementline.dispute_reason": "qudao.settlement.presenting.statements:REASONS",
        "settlement_rebaterun.status": "status:rebate_run",
        "settlement_poolentry.kind": "status:pool_entry",
        "settlement_invoice.kind": "qudao.settlement.presenting.money:KINDS",
        "settlement_cashreceipt.method": "qudao.settlement.presenting.money:METHODS",
        "settlement_rebaterunline.exclusion": "qudao.settlement.presenting.rebates:EXCLUSIONS",
    },
    journal_types={
        "settlement.credit.set": _("Credit set"),
        "settlement.invoice.issued": _("Invoice issued"),
        "settlement.cash.recorded": _("Receipt recorded"),
        "settlement.cash.applied": _("Receipt applied to invoices"),
        "settlement.credit.applied": _("Credit applied to invoices"),
        "settlement.statement.built": _("Statement generated"),
        "settlement.statement.sent": _("Statement sent"),
        "settlement.statement.confirmed": _("Statement confirmed"),
        "settlement.statement.agreed": _("Statement lines confirmed"),
        "settlement.statement.disputed": _("Statement line disputed"),
        "settlement.statement.resolved": _("Dispute settled"),
        "settlement.statement.locked": _("Statement locked"),
        "settlement.rebate.calculated": _("Rebate calculated"),
        "settlement.rebate.confirmed": _("Rebate confirmed"),
        "settlement.rebate.reversed": _("Rebate reversed"),
        "settlement.rebate.expired": _("Rebate expired"),
    },
)
