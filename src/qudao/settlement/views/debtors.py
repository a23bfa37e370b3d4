"""Pages of receivables: debtors by age, and one debtor with its credit, invoices, receipts, pool."""

import datetime as dt
from decimal import Decimal

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qudao.kernel import errors, periods, scope
from qudao.orders import unshipped
from qudao.settlement import operations, queries, showing
from qudao.settlement.operations import credit as credit_verbs
from qudao.settlement.operations import invoices as invoice_verbs
from qudao.settlement.operations import receipts as receipt_verbs
from qudao.settlement.operations import statements as statement_verbs
from qudao.settlement.presenting import debtors as presenting
from qudao.settlement.presenting import sides
from qudao.ui import filters, listing, pages, parsing, tables

VIEW = "settlement.credit.view"


def _today(request) -> dt.date:
    return periods.business_date(request.now)


def filter_of(request) -> queries.DebtorFilter:
    """`?unstated=2026-10` leaves those the month's statement was not sent to, whatever they owe."""
    query, actor = request.GET, request.actor
    month = parsing.month(query.get("unstated", "")) if actor.house else None
    return queries.DebtorFilter(
        party_ids=showing.parties_named(query.get("q", ""), request.actor),
        entity_id=parsing.whole_or_none(query.get("entity")),
        owing=query.get("all") != "1" and month is None,
        late=bool(query.get("late")),
        nodes=tuple(queries.debtors_to_state(month, actor=actor)) if month else None,
    )


@pages.page(VIEW)
def receivables(request) -> HttpResponse:
    """What debtors owe by age, the most overdue first, with the credit they have left.

    `?for=receipt` asks who paid: each row leads to the form of its receipt.
    """
    actor, wanted, today = request.actor, filter_of(request), _today(request)
    paid = request.GET.get("for") == "receipt" and actor.house and actor.can(receipt_verbs.RECORD)

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        rows, more = queries.list_debtors(wanted, today=today, actor=actor, cursor=cursor or "", limit=limit)
        return listing.Slice(presenting.debtor_rows(rows, actor, today=today, paid=paid), more)

    def sums() -> tuple[dict, str]:
        count, totals = queries.total_debtors(wanted, today=today, actor=actor)
        totals["unapplied"] = -totals["unapplied"]
        words = (
            ngettext("%(count)s partner", "%(count)s partners", count)
            if actor.house
            else ngettext("%(count)s supplier", "%(count)s suppliers", count)
        )
        return totals, words % {"count": count}

    shown: list[filters.Filter] = [
        filters.Toggle("late", "1", _("Overdue")),
        filters.Toggle("all", "1", _("Include zero balances")),
    ]
    if actor.house:
        shown.insert(0, filters.Text("q", _("Partner")))
        last = f"{periods.add_months(today.replace(day=1), -1):%Y-%m}"
        shown.append(filters.Toggle("unstated", last, _("%(month)s: statement not sent") % {"month": last}))
        shown.append(filters.Choice("entity", _("Legal entity"), showing.entity_choices()))
    described = listing.Listing(
        name="receivables",
        title=_("Record a receipt: who paid?") if paid else sides.words(actor)["receivables"],
        crumbs=_paid_crumbs() if paid else (),
        columns=presenting.debtor_columns(actor),
        filters=shown,
        fetch=fetch,
        sums=sums,
        order=_("Most overdue first"),
        empty=tables.Empty(
            title=_("Nobody owes anything"),
            hint=_("Deliveries signed for and open invoices appear here."),
            icon="circle-check",
        ),
    )
    return listing.respond(request, described)


def _paid_crumbs() -> list[dict[str, str]]:
    return [{"title": _("Receipts"), "url": reverse("receipts")}, {"title": _("Record a receipt")}]


@pages.page(VIEW)
def debtor(request, node_id) -> HttpResponse:
    """One partner's account in one legal entity: credit and what uses it, ageing, open invoices, receipts."""
    return _show(request, node_id)


def _show(request, node_id, *, reasons=(), typed: dict | None = None, code: int = 200) -> HttpResponse:
    with scope.transaction(request.actor):
        context = presenting.debtor(request.actor, node_id, today=_today(request), typed=typed or {})
        context["reasons"] = reasons
        return pages.show(request, "settlement/debtor.html", context, status=code)


@pages.page(VIEW)
def unbilled(request, node_id) -> HttpResponse:
    """What makes "shipped, not invoiced" of a debtor: the delivery lines, with what came back and was invoiced."""
    actor = request.actor

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        before = parsing.whole_or_none(cursor)
        found = queries.list_unbilled(node_id, actor=actor, before=before, limit=limit + 1)
        more = str(found[limit - 1].shipment_line_id) if len(found) > limit else ""
        return listing.Slice(presenting.unbilled_rows(found[:limit], actor), more)

    def sums() -> tuple[dict, str]:
        count, totals = queries.total_unbilled(node_id, actor=actor)
        return totals, ngettext("%(count)s delivery line", "%(count)s delivery lines", count) % {
            "count": count
        }

    empty = tables.Empty(
        title=_("Everything is invoiced"),
        hint=_("What is shipped and not invoiced yet is listed here."),
        icon="circle-check",
    )
    columns = presenting.unbilled_columns()
    return _rows_of(request, node_id, "unbilled", _("Shipped, not invoiced"), columns, fetch, sums, empty)


@pages.page(VIEW)
def open_orders(request, node_id) -> HttpResponse:
    """What makes "open orders" of a debtor: the orders with something not shipped yet, and how much of each."""
    actor = request.actor

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found, more = unshipped.list_of(node_id, actor=actor, cursor=cursor or "", limit=limit)
        return listing.Slice(presenting.open_order_rows(found, actor), more)

    def sums() -> tuple[dict, str]:
        count, totals = unshipped.total_of(node_id, actor=actor)
        return totals, ngettext("%(count)s order", "%(count)s orders", count) % {"count": count}

    empty = tables.Empty(
        title=_("Everything ordered is shipped"),
        hint=_("Orders with something still to ship are listed here."),
        icon="circle-check",
    )
    columns = presenting.open_order_columns()
    return _rows_of(request, node_id, "open_orders", _("Open orders"), columns, fetch, sums, empty)


def _rows_of(request, node_id, name, title, columns, fetch, sums, empty) -> HttpResponse:
    """The rows behind a figure of a debtor's credit, newest first, with the way back to its page."""
    party, entity, _party_id = showing.whose(node_id, request.actor)
    described = listing.Listing(
        name=name,
        title=title,
        subtitle=f"{party} · {entity}",
        columns=columns,
        fetch=fetch,
        sums=sums,
        order=_("Newest first"),
        empty=empty,
    )
    return listing.respond(request, described, actions=[_account(node_id, request.actor)])


def _account(node_id: int, actor: scope.Actor) -> listing.Action:
    """Back to the page of the debtor."""
    label = sides.words(actor)["credit_and_receivables"]
    return listing.Action(label=label, url=reverse("debtor", args=[node_id]))


@pages.page(credit_verbs.MANAGE)
def credit_set(request, node_id) -> HttpResponse:
    """Change what a debtor may owe."""
    if request.method != "POST":
        return redirect("debtor", node_id=node_id)
    return _act(request, node_id, lambda: _set_credit(request, node_id))


def _set_credit(request, node_id: int) -> None:
    post = request.POST
    until = post.get("temporary_until", "").strip()
    temporary = post.get("temporary", "").strip()
    days = parsing.whole_or_none(post.get("payment_days"))
    if days is None or days > 365:
        raise errors.refuse(
            "settlement.amount_unreadable",
            field=str(_("Payment term")),
            text=post.get("payment_days", "")[:40],
        )
    amount = showing.amount_of(temporary, field=_("Temporary limit")) if temporary else Decimal("0.00")
    last = showing.day_of(until, field=_("Temporary until")) if until else None
    if amount and last is None:
        raise errors.refuse("settlement.temporary_without_end")
    if amount and last < _today(request):
        raise errors.refuse("settlement.temporary_over", last=last)
    operations.set_credit(
        debtor_node_id=node_id,
        limit=showing.amount_of(post.get("limit", ""), field=_("Limit")),
        temporary=amount,
        temporary_until=periods.day_after(last),
        payment_days=days,
        approver=post.get("approver", "").strip()[:80],
        actor=request.actor,
        now=request.now,
    )


@pages.page(invoice_verbs.ISSUE)
def invoices_issue(request, node_id) -> HttpResponse:
    """Invoice what the debtor signed for up to a day."""
    if request.method != "POST":
        return redirect("debtor", node_id=node_id)

    def issue() -> None:
        made = operations.issue_invoices(
            debtor_node_id=node_id,
            up_to=showing.day_of(request.POST.get("up_to", ""), field=_("Signed for up to")),
            actor=request.actor,
            now=request.now,
        )
        words = ngettext(
            "%(count)s invoice issued: %(numbers)s", "%(count)s invoices issued: %(numbers)s", len(made)
        )
        numbers = "、".join(one.number for one in made[:10])
        notices.success(request, words % {"count": len(made), "numbers": numbers})

    return _act(request, node_id, issue)


@pages.page(statement_verbs.MANAGE)
def statement_build(request, node_id) -> HttpResponse:
    """Build the debtor's statement of a month, also of one that is not over; a draft is built anew."""
    if request.method != "POST":
        return redirect("debtor", node_id=node_id)

    def build() -> str:
        month = parsing.month(request.POST.get("month", ""))
        if month is None:
            raise errors.refuse("settlement.month_unreadable", text=request.POST.get("month", "")[:40])
        built = operations.build_statement(
            debtor_node_id=node_id, month=month, actor=request.actor, now=request.now
        )
        notices.success(request, _("%(number)s is built.") % {"number": built.statement.number})
        return reverse("statement", args=[built.statement.id])

    return _act(request, node_id, build)


def _act(request, node_id: int, act) -> HttpResponse:
    """Do it once; then to the address it answers, or back to the debtor."""
    try:
        address = pages.once(request, act)
    except errors.NotFound:
        raise
    except errors.Refused as refusal:
        return _show(
            request, node_id, reasons=refusal.reasons, typed=request.POST.dict(), code=refusal.status
        )
    return redirect(address) if address else redirect("debtor", node_id=node_id)
