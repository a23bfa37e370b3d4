"""States of settlement: invoices, payments, statements, rebates, credit."""

from django.utils.translation import pgettext_lazy

from .shown import APPROVAL, states

STATES = {
    "invoice": states(
        draft=("info", pgettext_lazy("status", "Draft")),
        requested=("info", pgettext_lazy("status", "Requested")),
        issued=("ok", pgettext_lazy("status", "Issued")),
        partly_paid=("warn", pgettext_lazy("status", "Partly paid")),
        paid=("ok", pgettext_lazy("status", "Paid")),
        overdue=("bad", pgettext_lazy("status", "Overdue")),
        credit=("info", pgettext_lazy("status", "Credit to apply")),
        reversed=("hold", pgettext_lazy("status", "Reversed")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
    ),
    "payment": states(
        received=("info", pgettext_lazy("payment", "Received")),
        unclaimed=("warn", pgettext_lazy("payment", "To be applied")),
        partly_matched=("warn", pgettext_lazy("payment", "Partly applied")),
        matched=("ok", pgettext_lazy("payment", "Applied")),
        returned=("hold", pgettext_lazy("payment", "Returned")),
    ),
    "statement": states(
        draft=("info", pgettext_lazy("status", "Draft")),
        sent=("info", pgettext_lazy("status", "Sent")),
        confirmed=("ok", pgettext_lazy("status", "Confirmed")),
        disputed=("bad", pgettext_lazy("status", "Disputed")),
        adjusted=("warn", pgettext_lazy("status", "Answered")),
        locked=("hold", pgettext_lazy("status", "Locked")),
        closed=("hold", pgettext_lazy("status", "Closed")),
    ),
    "statement_line": states(
        open=("info", pgettext_lazy("statement_line", "Open")),
        confirmed=("ok", pgettext_lazy("status", "Confirmed")),
        disputed=("bad", pgettext_lazy("status", "Disputed")),
        adjusted=("warn", pgettext_lazy("status", "Adjusted")),
        settled=("info", pgettext_lazy("status", "Answered")),
    ),
    "rebate_run": states(
        draft=("info", pgettext_lazy("status", "Draft")),
        preview=("hold", pgettext_lazy("rebate_run", "Preview")),
        calculated=("info", pgettext_lazy("status", "Calculated")),
        reviewed=("info", pgettext_lazy("rebate_run", "Reviewed")),
        confirmed=("ok", pgettext_lazy("status", "Confirmed")),
        credited=("ok", pgettext_lazy("status", "Credited to the pool")),
        reversed=("hold", pgettext_lazy("rebate_run", "Reversed")),
        cancelled=("hold", pgettext_lazy("status", "Cancelled")),
    ),
    "pool_entry": states(
        accrue=("info", pgettext_lazy("status", "Accrued")),
        confirm=("ok", pgettext_lazy("status", "Credited")),
        use=("hold", pgettext_lazy("status", "Used")),
        restore=("ok", pgettext_lazy("status", "Given back")),
        expire=("warn", pgettext_lazy("status", "Lapsed")),
        adjust=("info", pgettext_lazy("status", "Adjusted")),
        clawback=("bad", pgettext_lazy("status", "Clawed back")),
    ),
    "claim": states(
        **APPROVAL,
        settled=("ok", pgettext_lazy("status", "Settled")),
        partly_settled=("warn", pgettext_lazy("status", "Partly settled")),
    ),
    "credit": states(
        normal=("ok", pgettext_lazy("status", "Within limit")),
        near=("warn", pgettext_lazy("status", "Near its limit")),
        over=("bad", pgettext_lazy("status", "Over its limit")),
    ),
}
