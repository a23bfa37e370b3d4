"""Pages of invoices and receipts."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qudao.kernel import errors, periods, scope
from qudao.settlement import operations, queries, showing
from qudao.settlement.operations import receipts as verbs
from qudao.settlement.presenting import money as presenting
from qudao.settlement.presenting import sides
from qudao.settlement.rules import billing
from qudao.ui import filters, listing, pages, parsing, tables

VIEW, RECORD = "settlement.invoice.view", verbs.RECORD


def _today(request) -> dt.date:
    return periods.business_date(request.now)


def _issued(request) -> filters.Days:
    return filters.Days("from", "until", _("Issued"), today=_today(request))


def filter_of(request) -> queries.InvoiceFilter:
    query = request.GET
    since, until = _issued(request).read(query)
    age = query.get("age", "")
    due = (None, None)
    if age in billing.BUCKETS:
        due = billing.due_between(bucket=age, today=_today(request))
    elif age == "overdue":
        due = (None, _today(request))
    return queries.InvoiceFilter(
        debtor_node_id=parsing.whole_or_none(query.get("debtor")),
        **showing.named(request),
        entity_id=parsing.whole_or_none(query.get("entity")),
        kind=query.get("kind", "") if query.get("kind") in ("blue", "red") else "",
        open_only=bool(query.get("open")) or due != (None, None),
        credit_only=bool(query.get("credit")),
        from_=since,
        until=until,
        due_from=due[0],
        due_until=due[1],
    )


@pages.page(VIEW)
def invoice_list(request) -> HttpResponse:
    """Invoices, blue and red, with what is open of them and since when it is due."""
    actor, wanted = request.actor, filter_of(request)

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_invoices(actor=actor, wanted=wanted, cursor=cursor or "", limit=limit)
        rows = presenting.invoice_rows(found.rows, actor, today=_today(request))
        return listing.Slice(rows, found.next_cursor)

    def sums() -> tuple[dict, str]:
        count, totals = queries.total_invoices(wanted, actor=actor)
        return totals, ngettext("%(count)s invoice", "%(count)s invoices", count) % {"count": count}

    ages = [("overdue", _("All overdue")), *presenting.BUCKETS.items()]
    shown: list[filters.Filter] = [
        showing.named_filter(actor),
        filters.Toggle("open", "1", pgettext("invoice", "Open")),
        filters.Toggle("credit", "1", _("Unapplied credit")),
        filters.Choice("age", _("Age"), ages),
        filters.Choice("kind", _("Kind"), list(presenting.KINDS.items())),
        _issued(request),
    ]
    if actor.house:
        shown.append(filters.Choice("entity", _("Legal entity"), showing.entity_choices()))
    described = listing.Listing(
        name="invoices",
        title=_("Invoices"),
        columns=presenting.invoice_columns(),
        filters=shown,
        fetch=fetch,
        sums=sums,
        order=_("Newest first"),
        empty=tables.Empty(
            title=_("No invoice yet"),
            hint=sides.words(actor)["invoices_come"],
            icon="receipt-2",
        ),
    )
    return listing.respond(request, described)


@pages.page(VIEW)
def invoice(request, invoice_id) -> HttpResponse:
    """One invoice: its lines with the deliveries they bill, payments, red invoices."""
    return _show_invoice(request, invoice_id)


def _show_invoice(request, invoice_id, *, reasons=(), typed: dict | None = None, code=200) -> HttpResponse:
    with scope.transaction(request.actor):
        view = queries.get_invoice(invoice_id, actor=request.actor)
        context = presenting.invoice(request.actor, view, today=_today(request), typed=typed or {})
        context["reasons"] = reasons
        return pages.show(request, "settlement/invoice.html", context, status=code)


@pages.page(RECORD)
def invoice_apply(request, invoice_id) -> HttpResponse:
    """Use the credit of a paid invoice on open ones: those typed, or those due first."""
    return _applied(request, operations.apply_credit, _show_invoice, invoice_id=invoice_id)


# -- receipts ---------------------------------------------------------------------------------------


def _received(request) -> filters.Days:
    return filters.Days("from", "until", _("Received on"), today=_today(request))


def receipt_filter_of(request) -> queries.ReceiptFilter:
    query = request.GET
    since, until = _received(request).read(query)
    return queries.ReceiptFilter(
        debtor_node_id=parsing.whole_or_none(query.get("debtor")),
        **showing.named(request),
        open_only=bool(query.get("open")),
        from_=since,
        until=until,
    )


@pages.page(VIEW)
def receipt_list(request) -> HttpResponse:
    """Money received, and what of it pays no invoice yet."""
    actor, wanted = request.actor, receipt_filter_of(request)
    called = sides.words(actor)

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_receipts(actor=actor, wanted=wanted, cursor=cursor or "", limit=limit)
        return listing.Slice(presenting.receipt_rows(found.rows, actor), found.next_cursor)

    def sums() -> tuple[dict, str]:
        count, totals = queries.total_receipts(wanted, actor=actor)
        return totals, ngettext("%(count)s receipt", "%(count)s receipts", count) % {"count": count}

    shown: list[filters.Filter] = [
        filters.Text("q", _("Number, reference, partner") if actor.house else _("Number or bank reference")),
        filters.Toggle("open", "1", _("To be applied")),
        _received(request),
    ]
    described = listing.Listing(
        name="receipts",
        title=called["receipts"],
        columns=presenting.receipt_columns(actor),
        filters=shown,
        fetch=fetch,
        sums=sums,
        order=_("Newest first"),
        empty=tables.Empty(
            title=called["no_receipt"],
            hint=called["receipts_come"],
            icon="cash",
        ),
    )
    who = f"{reverse('receivables')}?for=receipt&all=1"
    record = listing.Action(label=_("Record a receipt"), url=who, icon="plus", primary=True)
    may = actor.house and actor.can(RECORD) and actor.can(presenting.VIEW_CREDIT)
    return listing.respond(request, described, actions=[record] if may else ())


@pages.page(VIEW)
def receipt(request, receipt_id) -> HttpResponse:
    """One receipt: the invoices it pays, and those the rest could pay."""
    return _show_receipt(request, receipt_id)


def _show_receipt(request, receipt_id, *, reasons=(), typed: dict | None = None, code=200) -> HttpResponse:
    with scope.transaction(request.actor):
        view = queries.get_receipt(receipt_id, actor=request.actor)
        context = presenting.receipt(request.actor, view, today=_today(request), typed=typed or {})
        context["reasons"] = reasons
        return pages.show(request, "settlement/receipt.html", context, status=code)


@pages.page(RECORD)
def receipt_apply(request, receipt_id) -> HttpResponse:
    """Apply what is left of a receipt: to the invoices typed, or to those due first."""
    return _applied(request, operations.apply_receipt, _show_receipt, receipt_id=receipt_id)


def _applied(request, verb: Callable, show: Callable, **document: uuid.UUID) -> HttpResponse:
    """Apply what is typed on the page of a document, named as its address names it; refused, the page again."""
    ((name, document_id),) = document.items()
    back = redirect(name.removesuffix("_id"), **document)
    if request.method != "POST":
        return back

    def apply() -> str:
        made = verb(**document, applications=applications(request.POST), actor=request.actor, now=request.now)
        return str(made.id)

    try:
        pages.once(request, apply)
    except errors.NotFound:
        raise
    except errors.Refused as refusal:
        typed = request.POST.dict()
        return show(request, document_id, reasons=refusal.reasons, typed=typed, code=refusal.status)
    return back


def applications(post) -> list[tuple[uuid.UUID, Decimal]] | None:
    """The amounts typed beside invoices (`pay_<invoice id>`); None: those due first."""
    if post.get("how") != "chosen":
        return None
    found = []
    for name, text in post.items():
        if name.startswith("pay_") and text.strip():
            found.append((uuid.UUID(name[4:]), showing.amount_of(text, field=_("Pays"))))
    return found


@pages.page(RECORD)
def receipt_new(request, node_id) -> HttpResponse:
    """Record money received from a debtor; what pays no invoice is prepaid."""
    if request.method != "POST":
        return _show_new(request, node_id)
    try:
        made = pages.once(request, lambda: str(_record(request, node_id).id))
    except errors.NotFound:
        raise
    except errors.Refused as refusal:
        return _show_new(
            request, node_id, reasons=refusal.reasons, typed=request.POST.dict(), code=refusal.status
        )
    return redirect("receipt", receipt_id=made)


def _record(request, node_id: int) -> queries.ReceiptView:
    post = request.POST
    return operations.record_receipt(
        debtor_node_id=node_id,
        amount=showing.amount_of(post.get("amount", ""), field=_("Amount")),
        method=post.get("method", "").strip()[:20],
        reference=post.get("reference", "").strip()[:80],
        received_on=showing.day_of(post.get("received_on", ""), field=_("Received on")),
        applications=applications(post),
        actor=request.actor,
        now=request.now,
    )


def _show_new(request, node_id, *, reasons=(), typed: dict | None = None, code: int = 200) -> HttpResponse:
    with scope.transaction(request.actor):
        context = presenting.new_receipt(request.actor, node_id, today=_today(request), typed=typed or {})
        context["reasons"] = reasons
        return pages.show(request, "settlement/receipt_new.html", context, status=code)
