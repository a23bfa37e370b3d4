"""Pages of settlement."""

from django.urls import path

from qudao.settlement.views import debtors, invoices, periods, rebates, statements

urlpatterns = [
    path("statements/", statements.statement_list, name="statements"),
    path("statements/build/", statements.statements_build, name="statements_build"),
    path("statements/send/", statements.statements_send, name="statements_send"),
    path("statements/<uuid:statement_id>/", statements.statement, name="statement"),
    path("statements/<uuid:statement_id>/do/", statements.statement_step, name="statement_step"),
    path("statements/<uuid:statement_id>/lines/<int:no>/", statements.statement_line, name="statement_line"),
    path("statements/<uuid:statement_id>/statement.pdf", statements.statement_pdf, name="statement_pdf"),
    path("statements/<uuid:statement_id>/statement.xlsx", statements.statement_xlsx, name="statement_xlsx"),
    path("rebates/", rebates.rebate_list, name="rebates"),
    path("rebates/run/", rebates.rebates_run, name="rebates_run"),
    path("rebates/confirm/", rebates.rebates_confirm, name="rebates_confirm"),
    path("rebates/<uuid:run_id>/", rebates.rebate, name="rebate"),
    path("rebates/<uuid:run_id>/do/", rebates.rebate_step, name="rebate_step"),
    path("rebates/<uuid:run_id>/part/", rebates.rebate_part, name="rebate_part"),
    path("rebates/<uuid:run_id>/reverse/", rebates.rebate_reverse, name="rebate_reverse"),
    path("rebates/<uuid:run_id>/replay/", rebates.rebate_replay, name="rebate_replay"),
    path("pools/", rebates.pool_list, name="pools"),
    path("pools/<int:node_id>/", rebates.pool, name="pool"),
    path("invoices/", invoices.invoice_list, name="invoices"),
    path("invoices/<uuid:invoice_id>/", invoices.invoice, name="invoice"),
    path("invoices/<uuid:invoice_id>/apply/", invoices.invoice_apply, name="invoice_apply"),
    path("receipts/", invoices.receipt_list, name="receipts"),
    path("receipts/<uuid:receipt_id>/", invoices.receipt, name="receipt"),
    path("receipts/<uuid:receipt_id>/apply/", invoices.receipt_apply, name="receipt_apply"),
    path("periods/", periods.period_list, name="periods"),
    path("periods/close/", periods.period_close, name="period_close"),
    path("receivables/", debtors.receivables, name="receivables"),
    path("debtors/<int:node_id>/", debtors.debtor, name="debtor"),
    path("debtors/<int:node_id>/unbilled/", debtors.unbilled, name="unbilled"),
    path("debtors/<int:node_id>/orders/", debtors.open_orders, name="open_orders"),
    path("debtors/<int:node_id>/credit/", debtors.credit_set, name="credit_set"),
    path("debtors/<int:node_id>/invoices/", debtors.invoices_issue, name="invoices_issue"),
    path("debtors/<int:node_id>/statement/", debtors.statement_build, name="statement_build"),
    path("debtors/<int:node_id>/receipts/new/", invoices.receipt_new, name="receipt_new"),
]
