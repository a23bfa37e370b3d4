"""Pages of statements: the list, one statement with its lines, its documents."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qudao.kernel import errors, messages, periods, scope
from qudao.settlement import documents, operations, queries, showing
from qudao.settlement.operations import statements as verbs
from qudao.settlement.presenting import lines
from qudao.settlement.presenting import statements as presenting
from qudao.settlement.rules import statement as rules
from qudao.ui import filters, listing, pages, parsing, progress, status, tables

VIEW, MANAGE = "settlement.statement.view", verbs.MANAGE
STATES = ("draft", "sent", "disputed", "adjusted", "confirmed", "locked")
MONTHS = 18
# Beside which field of the forms about a line a reason stands.
BESIDE = {
    "settlement.adjustment_too_large": "amount",
    "settlement.amount_unreadable": "amount",
    "settlement.resolution_invalid": "amount",
    "settlement.answer_missing": "resolution",
    "settlement.dispute_reason_unknown": "reason",
}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def filter_of(request) -> queries.StatementFilter:
    query = request.GET
    return queries.StatementFilter(
        month=parsing.month(query.get("month", "")),
        status=query.get("status", "") if query.get("status") in STATES else "",
        entity_id=parsing.whole_or_none(query.get("entity")),
        debtor_node_id=parsing.whole_or_none(query.get("debtor")),
        **showing.named(request),
    )


@pages.page(VIEW)
def statement_list(request) -> HttpResponse:
    """Statements by month, partner and state, with what they come to."""
    actor, wanted = request.actor, filter_of(request)

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_statements(actor=actor, wanted=wanted, cursor=cursor or "", limit=limit)
        return listing.Slice(presenting.statement_rows(found.rows, actor), found.next_cursor)

    def sums() -> tuple[dict, str]:
        count, totals = queries.total_statements(wanted, actor=actor)
        if wanted.month is None:
            # Balances of several months do not add up to one.
            totals = {name: total for name, total in totals.items() if name not in ("opening", "closing")}
        return totals, ngettext("%(count)s statement", "%(count)s statements", count) % {"count": count}

    described = listing.Listing(
        name="statements",
        title=_("Statements"),
        columns=presenting.statement_columns(actor),
        filters=_filters(request),
        fetch=fetch,
        sums=sums,
        order=_("Newest first"),
        empty=tables.Empty(
            title=_("No statement yet"),
            hint=_("The first one is built when the month is over."),
            icon="file-text",
        ),
        batch=[
            listing.Action(
                label=pgettext("statement", "Send"),
                url=reverse("statements_send"),
                icon="send",
                confirm=_("Send {count} statements to their partners? Their lines then stand."),
            )
        ]
        if actor.can(MANAGE)
        else (),
    )
    last = periods.add_months(periods.business_date(request.now).replace(day=1), -1)
    context = {"may_build": actor.can(MANAGE), "month": f"{last:%Y-%m}"}
    return listing.respond(request, described, template="settlement/statements.html", context=context)


def _filters(request) -> list[filters.Filter]:
    month = periods.business_date(request.now).replace(day=1)
    months = [f"{periods.add_months(month, -back):%Y-%m}" for back in range(MONTHS)]
    states = [one for one in STATES if one != "draft" or request.actor.house]
    found: list[filters.Filter] = [
        showing.named_filter(request.actor),
        filters.Choice("month", _("Month"), [(one, one) for one in months]),
        filters.Choice("status", _("State"), [(one, status.show("statement", one).label) for one in states]),
    ]
    if request.actor.house:
        found.append(filters.Choice("entity", _("Legal entity"), showing.entity_choices()))
    return found


@pages.page(MANAGE)
def statements_build(request) -> HttpResponse:
    """Have the worker build the month's statement of every debtor that has something to state."""
    if request.method != "POST":
        return redirect("statements")
    month = parsing.month(request.POST.get("month", ""))
    if month is None:
        raise errors.refuse("settlement.month_unreadable", text=request.POST.get("month", "")[:40])
    first = periods.add_months(month, 1)
    if periods.business_date(request.now) < first:
        raise errors.refuse("settlement.month_not_over", month=f"{month:%Y-%m}", day=first)
    started = pages.once(request, lambda: _start_building(request, month))
    if started:
        return redirect("notice", started)
    words = _("Nothing to state for %(month)s: every debtor has its statement, or no business.")
    notices.info(request, words % {"month": f"{month:%Y-%m}"})
    return redirect(f"{reverse('statements')}?month={month:%Y-%m}")


def _start_building(request, month: dt.date) -> str:
    """The notice of the work; "" when nothing is to be stated. The debtors are those in the person's scope."""
    nodes = queries.debtors_to_state(month, actor=request.actor)
    if not nodes:
        return ""
    return str(
        progress.start(
            title=_("Statements of %(month)s") % {"month": f"{month:%Y-%m}"},
            work="qudao.settlement.jobs:build_statements",
            actor=request.actor,
            now=request.now,
            month=f"{month}",
            debtor_nodes=nodes,
        )
    )


@pages.page(MANAGE)
def statements_send(request) -> HttpResponse:
    """Have the worker send the drafts picked in the list."""
    if request.method != "POST":
        return redirect("statements")
    ids = showing.picked(request)
    words = ngettext("Sending %(count)s statement", "Sending %(count)s statements", len(ids))
    title = words % {"count": len(ids)}
    return showing.handed_over(request, title, "qudao.settlement.jobs:send_statements", statements=ids)


@pages.page(VIEW)
def statement(request, statement_id) -> HttpResponse:
    """One statement: how the balance came about, its lines, what each side did."""
    return _show(request, statement_id)


def _show(request, statement_id, *, reasons=(), typed: dict | None = None, code: int = 200) -> HttpResponse:
    with scope.transaction(request.actor):
        view = queries.find_statement(statement_id, actor=request.actor)
        section = request.GET.get("section", "")
        context = presenting.statement(
            request.actor,
            view,
            section=section if section in rules.SECTIONS else "",
            after=parsing.whole(request.GET.get("after")),
            today=periods.business_date(request.now),
        )
        if typed:
            line = queries.get_line(statement_id, typed["no"], actor=request.actor)
            context["typing"] = lines.line(request.actor, view, line) | {
                "typed": typed,
                "wrong": {BESIDE[one.code]: _said(one) for one in reasons if one.code in BESIDE},
            }
        context["reasons"] = [one for one in reasons if not typed or one.code not in BESIDE]
        return pages.show(request, "settlement/statement.html", context, status=code)


def _said(reason: errors.Reason) -> str:
    """A reason as it stands beside its field."""
    said = messages.render(reason)
    return " ".join(str(part) for part in (said.title, said.why, said.mend) if part)


@pages.page(VIEW)
def statement_line(request, statement_id, no) -> HttpResponse:
    """One line in the drawer: where it comes from, and what this person may say about it."""
    view = queries.find_statement(statement_id, actor=request.actor)
    line = queries.get_line(statement_id, no, actor=request.actor)
    context = lines.line(request.actor, view, line)
    return pages.show(request, "settlement/statement_line.html", context)


@pages.page(VIEW)
@pages.acts_on("statement")
def statement_step(request, statement_id) -> HttpResponse:
    """Send, confirm, lock; confirm, dispute or settle lines. A refusal shows the page with what was typed."""
    typed = _typed(request)
    try:
        words = pages.once(request, lambda: _perform(request, statement_id, typed))
    except errors.NotFound:
        raise
    except errors.Refused as refusal:
        return _show(request, statement_id, reasons=refusal.reasons, typed=typed, code=refusal.status)
    if words:
        notices.success(request, words)
    back = request.POST.get("section", "")
    address = reverse("statement", args=[statement_id])
    return redirect(f"{address}?section={back}" if back in rules.SECTIONS else address)


def _agreed(request) -> list[int]:
    """The lines agreed with."""
    numbers = [parsing.whole_or_none(one) for one in request.POST.getlist("agree")]
    return [one for one in numbers if one is not None]


def _typed(request) -> dict[str, Any] | None:
    """What was typed about one line."""
    no = parsing.whole_or_none(request.POST.get("no"))
    if no is None:
        return None
    names = ("reason", "note", "outcome", "amount", "resolution")
    return {"no": no, **{name: request.POST.get(name, "") for name in names}}


def _perform(request, statement_id: uuid.UUID, typed: dict[str, Any] | None) -> str:
    """Do the step; answers what it did, in words, "" for nothing."""
    post = request.POST
    common = {"statement_id": statement_id, "actor": request.actor, "now": request.now}
    version = parsing.whole_or_none(post.get("version"))
    match post.get("step"):
        case "send":
            operations.send_statement(version=version, **common)
            return _("The statement was sent to the partner.")
        case "confirm":
            operations.confirm_statement(version=version, **common)
            return _("The statement is confirmed.")
        case "lock":
            operations.lock_statement(version=version, **common)
            return _("The statement is locked and signed.")
        case "dispute" if typed:
            operations.dispute_line(no=typed["no"], reason=typed["reason"], note=typed["note"], **common)
            return _("Line %(no)s is disputed and waits for the answer.") % {"no": typed["no"]}
        case "resolve" if typed:
            _resolve(typed, common)
            return _("The answer to line %(no)s was sent to the partner.") % {"no": typed["no"]}
    wanted = _agreed(request)
    if not wanted:
        return ""
    operations.confirm_lines(nos=wanted, **common)
    words = ngettext("%(count)s line agreed with.", "%(count)s lines agreed with.", len(wanted))
    return words % {"count": len(wanted)}


def _resolve(typed: dict[str, Any], common: dict[str, Any]) -> None:
    adjusted = typed["outcome"] == "adjusted"
    if not typed["resolution"].strip():
        raise errors.refuse("settlement.answer_missing", line=typed["no"])
    operations.resolve_dispute(
        no=typed["no"],
        outcome=typed["outcome"],
        resolution=typed["resolution"].strip(),
        amount=showing.amount_of(typed["amount"], field=_("Adjustment")) if adjusted else None,
        **common,
    )


@pages.page(VIEW)
def statement_pdf(request, statement_id) -> HttpResponse:
    found = queries.get_statement(statement_id, actor=request.actor)
    content = documents.statement_pdf(found, actor=request.actor)
    return _file(content, "application/pdf", f"{found.statement.number}.pdf", "inline")


@pages.page(VIEW)
def statement_xlsx(request, statement_id) -> HttpResponse:
    found = queries.get_statement(statement_id, actor=request.actor)
    return _file(
        documents.statement_xlsx(found, actor=request.actor),
        XLSX,
        f"{found.statement.number}.xlsx",
        "attachment",
    )


def _file(content: bytes, kind: str, name: str, how: str) -> HttpResponse:
    headers = {"Content-Disposition": f'{how}; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
