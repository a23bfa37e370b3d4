"""What settlement contributes to the search and the to-dos."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.kernel import periods, scope
from qudao.pricing import names as term_words
from qudao.settlement import queries, showing
from qudao.settlement.operations import rebates, receipts, statements
from qudao.settlement.presenting import rebates as presenting
from qudao.ui import formats, search, status, todos

VIEW_STATEMENTS, VIEW_INVOICES = "settlement.statement.view", "settlement.invoice.view"
VIEW_REBATES, VIEW_CREDIT = "settlement.rebate.view", "settlement.credit.view"


def find(text: str, *, actor: scope.Actor, limit: int) -> list[search.Hit]:
    """Statements, invoices and rebate runs whose number the text names; `limit` of each."""
    if len(text) < 2 or not text.isascii():
        return []
    hits: list[search.Hit] = []
    if actor.can(VIEW_STATEMENTS):
        wanted = queries.StatementFilter(text=text)
        hits += [
            search.Hit(
                kind=_("Statements"),
                title=one.number,
                detail=f"{showing.span(one.period_from, one.period_until)}"
                f" · {status.show('statement', one.status).label}",
                url=reverse("statement", args=[one.id]),
                icon="file-invoice",
            )
            for one in queries.list_statements(actor=actor, wanted=wanted, limit=limit).rows
        ]
    if actor.can(VIEW_INVOICES):
        issued = queries.InvoiceFilter(text=text)
        hits += [
            search.Hit(
                kind=_("Invoices"),
                title=one.number,
                detail=formats.amount(one.gross, "CNY"),
                url=reverse("invoice", args=[one.id]),
                icon="receipt-2",
            )
            for one in queries.list_invoices(actor=actor, wanted=issued, limit=limit).rows
        ]
    if actor.can(VIEW_REBATES):
        runs = queries.RunFilter(text=text)
        hits += [
            search.Hit(
                kind=_("Rebates"),
                title=one.number,
                detail=f"{term_words.rebate(one.explanation['term'])} · {status.show('rebate_run', presenting.state(one)).label}",
                url=reverse("rebate", args=[one.id]),
                icon="discount-2",
            )
            for one in queries.list_runs(actor=actor, wanted=runs, limit=limit).rows
        ]
    return hits


def waiting(*, actor: scope.Actor, now: dt.datetime) -> list[todos.Todo]:
    """What waits for this person: statements, disputes, rebates, receipts."""
    found = [*_statements(actor, now)]
    if actor.house and actor.can(rebates.CONFIRM):
        # A preview waits for the end of its period, not for a person.
        results = queries.RunFilter(status="calculated", preview=False)
        count = queries.total_runs(results, actor=actor)[0]
        found.append(
            _todo(_("Rebates to confirm"), "rebates", "status=calculated", "discount-2", count, "warn")
        )
    if actor.house and actor.can(receipts.RECORD):
        count, _sums = queries.total_receipts(queries.ReceiptFilter(open_only=True), actor=actor)
        found.append(_todo(_("Receipts to apply"), "receipts", "open=1", "cash", count, "info"))
        usable = queries.count_credits(actor=actor)
        found.append(_todo(_("Credits to apply"), "invoices", "credit=1", "receipt-refund", usable, "info"))
    return [one for one in found if one.count]


def _statements(actor: scope.Actor, now: dt.datetime) -> list[todos.Todo]:
    if actor.party_id is not None and actor.can(statements.CONFIRM):
        counts = queries.count_statements(actor=actor)
        return [
            _todo(title, "statements", f"status={state}", icon, counts.get(state, 0), "warn")
            for title, state, icon in (
                (_("Statements to confirm"), "sent", "file-invoice"),
                (_("Disputes answered, statements to confirm"), "adjusted", "message-check"),
            )
        ]
    if not (actor.house and actor.can(statements.MANAGE)):
        return []
    counts = queries.count_statements(actor=actor)
    month = periods.add_months(periods.business_date(now).replace(day=1), -1)
    missing = len(queries.debtors_to_state(month, actor=actor))
    drafts = counts.get("draft", 0)
    due = _("Partners without a statement of %(month)s sent") % {"month": f"{month:%Y-%m}"}
    return [
        _todo(
            _("Disputes to answer"),
            "statements",
            "status=disputed",
            "message-exclamation",
            counts.get("disputed", 0),
            "bad",
        ),
        _todo(due, "receivables", f"unstated={month:%Y-%m}", "file-invoice", missing, "warn")
        if actor.can(VIEW_CREDIT)
        else _todo(due, "statements", f"month={month:%Y-%m}", "file-invoice", missing, "warn"),
        _todo(_("Draft statements to send"), "statements", "status=draft", "send", drafts, "info"),
        _todo(
            _("Confirmed statements to lock"),
            "statements",
            "status=confirmed",
            "lock",
            counts.get("confirmed", 0),
            "info",
        ),
    ]


def _todo(title: str, page: str, query: str, icon: str, count: int, tone: str) -> todos.Todo:
    return todos.Todo(title=title, url=f"{reverse(page)}?{query}", icon=icon, count=count, tone=tone)
