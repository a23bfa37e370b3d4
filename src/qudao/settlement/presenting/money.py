"""What the pages of invoices, receipts and receivables show."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from qudao.catalog import queries as catalog
from qudao.kernel import money, scope
from qudao.organisation import queries_journal
from qudao.settlement import queries, showing
from qudao.settlement.operations import receipts as receipt_verbs
from qudao.settlement.presenting import sides
from qudao.settlement.rules import billing
from qudao.ui import formats, tables

BUCKETS = {
    "not_due": gettext_lazy("Not yet due"),
    "1-30": gettext_lazy("1–30 days overdue"),
    "31-60": gettext_lazy("31–60 days overdue"),
    "61-90": gettext_lazy("61–90 days overdue"),
    "91-180": gettext_lazy("91–180 days overdue"),
    "181-365": gettext_lazy("181–365 days overdue"),
    "over_365": gettext_lazy("More than a year overdue"),
}
KINDS = {"blue": gettext_lazy("Blue invoice"), "red": gettext_lazy("Red invoice")}
METHODS = {
    "bank": gettext_lazy("Bank transfer"),
    "bill": gettext_lazy("Bank acceptance bill"),
    "cash": gettext_lazy("Cash"),
    "other": gettext_lazy("Other"),
}
SHOWN = 50
VIEW_CREDIT, VIEW_INVOICES = "settlement.credit.view", "settlement.invoice.view"


def invoice_columns() -> list[tables.Column]:
    return [
        tables.Column(key="number", label=_("Invoice"), sub="fiscal", sub_label=_("Fiscal number")),
        showing.PARTY,
        tables.Column(key="kind", label=_("Kind")),
        tables.Column(key="status", label=_("State"), kind="status", status="invoice"),
        tables.Column(key="issued_on", label=_("Issued"), kind="day"),
        tables.Column(key="due_on", label=_("Due"), kind="day", sub="age", sub_label=_("Age")),
        tables.Column(key="net", label=_("Net"), kind="money"),
        tables.Column(key="tax", label=_("Tax"), kind="money"),
        tables.Column(key="gross", label=_("Amount"), kind="money"),
        tables.Column(key="open", label=_("Open amount"), kind="money"),
    ]


def invoice_rows(
    found: Sequence[queries.InvoiceView], actor: scope.Actor, *, today: dt.date
) -> list[dict[str, Any]]:
    names = showing.Names(found, actor)
    return [
        {
            "number": one.number,
            "fiscal": one.fiscal_number,
            "url": reverse("invoice", args=[one.id]),
            "party": names.party(one),
            "entity": names.entity(one),
            "kind": KINDS[one.kind],
            "kind_tone": "bad" if one.kind == "red" else None,
            "status": invoice_state(one, today),
            "issued_on": one.issued_on,
            "due_on": one.due_on,
            "age": late_words(one, today),
            "net": one.net,
            "tax": one.tax,
            "gross": one.gross,
            "open": one.open,
            "open_tone": "bad" if invoice_state(one, today) == "overdue" else None,
        }
        for one in found
    ]


def invoice_state(one: queries.InvoiceView, today: dt.date) -> str:
    """What is past due is called so, whatever was paid of it; neither a red invoice nor a credit is a debt."""
    if one.kind == "red":
        return "issued"
    if one.unapplied:
        return "credit"
    return "overdue" if one.open > 0 and one.due_on < today else one.status


def late_words(one: queries.InvoiceView, today: dt.date) -> str:
    if one.open <= 0 or one.due_on >= today:
        return ""
    days = (today - one.due_on).days
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def invoice(
    actor: scope.Actor, view: queries.InvoiceView, *, today: dt.date, typed: Mapping[str, str]
) -> dict[str, Any]:
    """The page of an invoice."""
    lines = queries.invoice_lines(view.id, actor=actor)
    names = showing.Names([view], actor)
    reverses = queries.find_invoice(view.reverses_id, actor=actor) if view.reverses_id else None
    reds = queries.red_of(view.id, actor=actor) if view.kind == "blue" else []
    # Only what red invoices touched, here or on another invoice, can have a credit applied.
    uses = queries.credits_of(view.id, actor=actor) if reds or view.credited else []
    may_apply = bool(view.unapplied) and actor.house and actor.can(receipt_verbs.RECORD)
    return {
        "invoice": view,
        "state_value": invoice_state(view, today),
        "kind": KINDS[view.kind],
        "crumbs": [{"title": _("Invoices"), "url": reverse("invoices")}, {"title": view.number}],
        "party": names.party(view),
        "entity": names.entity(view),
        "debtor_url": reverse("debtor", args=[view.node_id]) if actor.can(VIEW_CREDIT) else "",
        "facts": [
            (_("Issued"), formats.day(view.issued_on)),
            (_("Due"), " · ".join(filter(None, (formats.day(view.due_on), late_words(view, today))))),
            (_("Net"), formats.amount(view.net)),
            (_("Tax"), formats.amount(view.tax)),
            (_("Amount"), formats.amount(view.gross, "CNY")),
            *(_settled(view, reds, uses) if view.kind == "blue" else ()),
        ],
        "table": _invoice_lines(actor, view, lines),
        "odd_cents": _odd_cents(lines),
        "payments": queries.payments_of(view.id, actor=actor),
        "reds": reds,
        "uses": uses,
        "may_apply": may_apply,
        "credit_words": formats.amount(view.unapplied, "CNY"),
        "payable": proposed(actor, view, today=today, typed=typed) if may_apply else (),
        "how": typed.get("how", "oldest"),
        "reverses": reverses,
    }


def _settled(
    view: queries.InvoiceView, reds: Sequence[queries.InvoiceView], uses: Sequence[queries.CreditUse]
) -> list[tuple[Any, str]]:
    """Amount - paid - taken back + credit used elsewhere - credit from elsewhere = open, or a credit to apply."""
    given = sum((one.amount for one in uses if one.given), money.ZERO)
    taken = sum((one.amount for one in uses if not one.given), money.ZERO)
    return [
        (_("Paid"), formats.amount(view.paid)),
        (_("Reversed by red invoices"), formats.amount(-sum((one.gross for one in reds), money.ZERO))),
        *([(_("Credit used on other invoices"), formats.amount(given))] if given else []),
        *([(_("Credit from other invoices"), formats.amount(taken))] if taken else []),
        (_("Unapplied credit"), formats.amount(view.unapplied, "CNY"))
        if view.unapplied
        else (_("Open amount"), formats.amount(view.open, "CNY")),
    ]


def _invoice_lines(
    actor: scope.Actor, view: queries.InvoiceView, lines: Sequence[queries.InvoiceLineView]
) -> tables.Table:
    ties = queries.invoice_ties(view.id, actor=actor)
    items = catalog.items({line.item_id for line in lines}, on=view.issued_on, entity_id=0)
    may_open = actor.can("orders.shipment.view")
    return tables.Table(
        label=_("Lines"),
        columns=[
            tables.Column(key="item", label=_("Product"), sub="what"),
            tables.Column(key="delivery", label=_("Delivery"), link="delivery_url", sub="signed"),
            tables.Column(key="quantity", label=_("Quantity"), kind="qty", unit="unit"),
            tables.Column(key="price", label=_("Unit price, tax included"), kind="price"),
            tables.Column(key="rate", label=_("VAT"), kind="rate"),
            tables.Column(key="net", label=_("Net"), kind="money"),
            tables.Column(key="tax", label=_("Tax"), kind="money"),
            tables.Column(key="gross", label=_("Amount"), kind="money"),
        ],
        rows=[
            _invoice_line(line, items.get(line.item_id), ties.get(line.shipment_line_id), may_open=may_open)
            for line in lines
        ],
        sums={"net": view.net, "tax": view.tax, "gross": view.gross},
        sums_label=_("Sum"),
    )


def _invoice_line(line: queries.InvoiceLineView, item, tie, *, may_open: bool) -> dict[str, Any]:
    """The price is what the line comes to a piece, rebates and promotions taken off."""
    return {
        **showing.goods(item, tie.lot_code if tie else ""),
        "item": line.item_name,
        "delivery": tie.number if tie else "",
        "delivery_url": reverse("shipment", args=[tie.shipment_id]) if tie and may_open else None,
        "signed": formats.day(tie.signed_on) if tie else "",
        "quantity": line.quantity,
        "price": money.unit_price(line.gross / line.quantity) if line.quantity else None,
        "rate": line.tax_rate,
        "net": line.net,
        "tax": line.tax,
        "gross": line.gross,
    }


def _odd_cents(lines: Sequence[queries.InvoiceLineView]) -> bool:
    """Whether a line's tax is another than its own net would give: what is delivered in parts adds up to the order."""
    return any(line.tax != money.amount(line.net * line.tax_rate) for line in lines)


# -- receipts ---------------------------------------------------------------------------------------


def receipt_columns(actor: scope.Actor) -> list[tables.Column]:
    called = sides.words(actor)["receipt"]
    return [
        tables.Column(key="number", label=called, sub="reference", sub_label=_("Bank reference")),
        showing.PARTY,
        tables.Column(key="status", label=_("State"), kind="status", status="payment"),
        tables.Column(key="received_on", label=_("Received on"), kind="day"),
        tables.Column(key="method", label=_("Paid by")),
        tables.Column(key="amount", label=_("Amount"), kind="money"),
        tables.Column(key="applied", label=_("Applied"), kind="money"),
        tables.Column(key="prepaid", label=_("To be applied"), kind="money"),
    ]


def receipt_state(one: queries.ReceiptView) -> str:
    if not one.prepaid:
        return "matched"
    return "partly_matched" if one.applied else "unclaimed"


def receipt_rows(found: Sequence[queries.ReceiptView], actor: scope.Actor) -> list[dict[str, Any]]:
    names = showing.Names(found, actor)
    return [
        {
            "number": one.number,
            "reference": one.reference,
            "url": reverse("receipt", args=[one.id]),
            "party": names.party(one),
            "entity": names.entity(one),
            "status": receipt_state(one),
            "received_on": one.received_on,
            "method": METHODS.get(one.method, one.method),
            "amount": one.amount,
            "applied": one.applied,
            "prepaid": one.prepaid,
            "prepaid_tone": "warn" if one.prepaid else None,
        }
        for one in found
    ]


def receipt(
    actor: scope.Actor, view: queries.ReceiptView, *, today: dt.date, typed: Mapping[str, str]
) -> dict[str, Any]:
    """The page of a receipt."""
    names, called = showing.Names([view], actor), sides.words(actor)
    paid = {
        one.id: one for one in queries.invoices_by_id([key for key, _sum in view.applications], actor=actor)
    }
    may_apply = bool(view.prepaid) and actor.house and actor.can(receipt_verbs.RECORD)
    return {
        "receipt": view,
        "state_value": receipt_state(view),
        "words": called,
        "crumbs": [{"title": called["receipts"], "url": reverse("receipts")}, {"title": view.number}],
        "party": names.party(view),
        "entity": names.entity(view),
        "debtor_url": reverse("debtor", args=[view.node_id]) if actor.can(VIEW_CREDIT) else "",
        "facts": [
            (_("Received on"), formats.day(view.received_on)),
            *([(_("Posted on"), formats.day(view.posted_on))] if view.posted_on != view.received_on else []),
            (_("Paid by"), METHODS.get(view.method, view.method)),
            (_("Bank reference"), view.reference),
            (_("Amount"), formats.amount(view.amount, "CNY")),
            (_("Applied"), formats.amount(view.applied)),
            (_("To be applied"), formats.amount(view.prepaid)),
        ],
        "applications": [
            {
                "number": paid[key].number,
                "url": reverse("invoice", args=[key]),
                "due_on": paid[key].due_on,
                "gross": paid[key].gross,
                "amount": amount,
            }
            for key, amount in view.applications
            if key in paid
        ],
        "may_apply": may_apply,
        "prepaid_words": formats.amount(view.prepaid, "CNY"),
        "payable": payable(actor, view.node_id, today=today, typed=typed) if may_apply else (),
        "how": typed.get("how", "oldest"),
        "timeline": queries_journal.timeline(f"settlement.receipt:{view.id}", actor=actor),
    }


def payable(
    actor: scope.Actor, node_id: int, *, today: dt.date, typed: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Open invoices that money could pay, due first first, with what was typed beside them."""
    found = queries.open_items(node_id, today=today, actor=actor).invoices[:SHOWN]
    return [
        {
            "id": one.id,
            "number": one.number,
            "url": reverse("invoice", args=[one.id]),
            "due_on": one.due_on,
            "late": late_words(one, today),
            "open": one.open,
            "typed": typed.get(f"pay_{one.id}", ""),
        }
        for one in found
    ]


def proposed(
    actor: scope.Actor, view: queries.InvoiceView, *, today: dt.date, typed: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Open invoices that the credit of this one could be used on, with what the due dates propose for each."""
    rows = payable(actor, view.node_id, today=today, typed=typed)
    listed = [billing.OpenInvoice(one["id"], one["number"], one["due_on"], one["open"]) for one in rows]
    plan = dict(billing.pay_oldest(open_invoices=listed, amount=view.unapplied))
    if not typed:
        for one in rows:
            one["typed"] = plan.get(one["id"], "")
    return rows


def new_receipt(
    actor: scope.Actor, node_id: int, *, today: dt.date, typed: Mapping[str, str]
) -> dict[str, Any]:
    """The form that records a receipt."""
    party, entity, _party_id = showing.whose(node_id, actor)
    return {
        "node_id": node_id,
        "party": party,
        "entity": entity,
        "crumbs": [
            {"title": _("Receivables"), "url": reverse("receivables")},
            {"title": party, "url": reverse("debtor", args=[node_id])},
            {"title": _("Record a receipt")},
        ],
        "methods": list(METHODS.items()),
        "today": f"{today}",
        "typed": {"method": "bank", "received_on": f"{today}", "how": "oldest", **typed},
        "payable": payable(actor, node_id, today=today, typed=typed),
        "how": typed.get("how", "oldest"),
    }
