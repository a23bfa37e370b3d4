"""What the pages of receivables show: debtors by age, and one debtor."""

import datetime as dt
import urllib.parse
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from qudao.catalog import queries as catalog
from qudao.kernel import periods, scope
from qudao.orders import unshipped
from qudao.organisation import queries_journal
from qudao.settlement import queries, showing
from qudao.settlement.operations import credit as credit_verbs
from qudao.settlement.operations import invoices as invoice_verbs
from qudao.settlement.operations import receipts as receipt_verbs
from qudao.settlement.operations import statements as statement_verbs
from qudao.settlement.presenting import money, sides
from qudao.settlement.presenting.statements import statement_table
from qudao.settlement.rules import billing
from qudao.ui import formats, tables

# As a column's head, where there is little room.
SHORT = {
    "not_due": gettext_lazy("Not due"),
    "1-30": gettext_lazy("1–30 d"),
    "31-60": gettext_lazy("31–60 d"),
    "61-90": gettext_lazy("61–90 d"),
    "91-180": gettext_lazy("91–180 d"),
    "181-365": gettext_lazy("181–365 d"),
    "over_365": gettext_lazy("> 365 d"),
}
VIEW_INVOICES = money.VIEW_INVOICES
SHOWN = money.SHOWN


def _unbroken(words: Any) -> str:
    """In one line, however narrow its column: a range is not read in pieces."""
    return str(words).replace(" ", "\N{NO-BREAK SPACE}").replace("–", "–\N{WORD JOINER}")


def debtor_columns(actor: scope.Actor) -> list[tables.Column]:
    ages = [
        tables.Column(key=name, label=_unbroken(SHORT[name]), kind="money", link=f"{name}_url")
        for name in billing.BUCKETS
    ]
    return [
        showing.PARTY,
        tables.Column(key="total", label=_("Open invoices"), kind="money", link="total_url"),
        *ages,
        tables.Column(
            key="unapplied", label=pgettext("credit", "Unapplied"), kind="money", link="unapplied_url"
        ),
        tables.Column(
            key="shipped_not_invoiced", label=_("Shipped, not invoiced"), kind="money", link="unbilled_url"
        ),
        tables.Column(key="open_orders", label=_("Open orders"), kind="money", link="open_orders_url"),
        tables.Column(key="prepaid", label=sides.words(actor)["prepaid"], kind="money"),
        tables.Column(
            key="available",
            label=pgettext("credit", "Available"),
            kind="money",
            sub="limit",
            sub_label=pgettext("credit", "Limit"),
            sub_kind="money",
            telling=True,
        ),
    ]


def invoices_url(**query: Any) -> str:
    return f"{reverse('invoices')}?{urllib.parse.urlencode(query)}"


def debtor_rows(
    found: Sequence[queries.DebtorView], actor: scope.Actor, *, today: dt.date, paid: bool = False
) -> list[dict[str, Any]]:
    """`paid` rows lead to the form of a receipt, not to the debtor's page."""
    names = showing.Names(found, actor)
    opens = actor.can(VIEW_INVOICES)
    rows = []
    for one in found:
        row = {
            "party": names.party(one),
            "entity": names.entity(one),
            "url": reverse("receipt_new" if paid else "debtor", args=[one.node_id]),
            "total": one.total or None,
            "total_url": invoices_url(debtor=one.node_id, open=1) if opens and one.total else None,
            "unapplied": -one.unapplied if one.unapplied else None,
            "unapplied_url": invoices_url(debtor=one.node_id, credit=1) if opens and one.unapplied else None,
            "shipped_not_invoiced": one.shipped_not_invoiced or None,
            "unbilled_url": reverse("unbilled", args=[one.node_id]) if one.shipped_not_invoiced else None,
            "open_orders": one.open_orders or None,
            "open_orders_url": reverse("open_orders", args=[one.node_id]) if one.open_orders else None,
            "prepaid": one.prepaid or None,
            "limit": one.granted(today),
            "available": one.available(today),
            "available_tone": "bad" if one.available(today) <= 0 else None,
        }
        for name, amount in one.ageing.items():
            row[name] = amount if amount else None
            row[f"{name}_tone"] = "bad" if amount and name != "not_due" else None
            row[f"{name}_url"] = invoices_url(debtor=one.node_id, age=name) if opens and amount else None
        rows.append(row)
    return rows


def debtor(actor: scope.Actor, node_id: int, *, today: dt.date, typed: Mapping[str, str]) -> dict[str, Any]:
    """The page of a debtor."""
    party, entity, party_id = showing.whose(node_id, actor)
    called = sides.words(actor)
    credit = queries.find_credit(node_id, on=today, actor=actor)
    sees = actor.can(VIEW_INVOICES)
    items = queries.open_items(node_id, today=today, actor=actor) if sees else None
    may_apply = bool(items and items.invoices) and actor.house and actor.can(receipt_verbs.RECORD)
    receipts = queries.list_receipts(actor=actor, debtor_node_id=node_id, limit=8).rows if sees else ()
    statements = (
        queries.list_statements(actor=actor, debtor_node_id=node_id, limit=8).rows
        if actor.can("settlement.statement.view")
        else ()
    )
    return {
        "node_id": node_id,
        "party": party,
        "entity": entity,
        "words": called,
        "party_url": reverse("partner", args=[party_id]) if actor.can("partners.party.view") else "",
        "crumbs": [{"title": called["receivables"], "url": reverse("receivables")}, {"title": party}],
        "credit": credit,
        "temporary_to": periods.last_day(credit.temporary_until) if credit else None,
        "uses": _uses(credit, called, today, sees=sees) if credit else (),
        "share": _share(credit, today) if credit else None,
        "ageing": _ageing(node_id, items) if items else (),
        "total": items.total if items else Decimal("0.00"),
        "credits": _credits(items.credits, may_apply) if items else (),
        "unapplied": -items.unapplied if items else Decimal("0.00"),
        "may_apply": may_apply,
        "table": _open_table(items, actor, today) if items else None,
        "all_url": invoices_url(debtor=node_id),
        "receipts_table": _receipts_table(receipts, actor),
        "statements_table": statement_table(statements, actor),
        "pool_url": reverse("pool", args=[node_id])
        if actor.can("settlement.rebate.view") and queries.has_pool(node_id, actor=actor)
        else "",
        "sees": sees,
        "may_set": actor.house and actor.can(credit_verbs.MANAGE),
        "may_issue": actor.house and actor.can(invoice_verbs.ISSUE),
        "may_build": actor.house and actor.can(statement_verbs.MANAGE),
        "this_month": f"{today:%Y-%m}",
        "may_record": actor.house and actor.can(receipt_verbs.RECORD),
        "typed": {**_credit_form(credit), "up_to": f"{today}", "month": f"{today:%Y-%m}", **typed},
        "timeline": queries_journal.timeline(
            f"settlement.credit:{node_id}", f"settlement.debtor:{node_id}", actor=actor
        ),
    }


def unbilled_columns() -> list[tables.Column]:
    return [
        tables.Column(key="number", label=_("Delivery"), sub="shipped", sub_label=_("Shipped")),
        tables.Column(
            key="item", label=_("Product"), sub="what", sub_label=_("Code, specification, lot, serial")
        ),
        tables.Column(key="signed_on", label=_("Day signed for"), kind="day"),
        tables.Column(
            key="delivered",
            label=_("Delivered, rebates used taken off"),
            kind="money",
            sub="quantity",
            sub_label=_("Quantity"),
        ),
        tables.Column(key="returned", label=pgettext("statement", "Returned"), kind="money"),
        tables.Column(key="invoiced", label=_("Amount invoiced"), kind="money"),
        tables.Column(key="remaining", label=_("Shipped, not invoiced"), kind="money"),
    ]


def unbilled_rows(found: Sequence[queries.UnbilledLine], actor: scope.Actor) -> list[dict[str, Any]]:
    may_open = actor.can("orders.shipment.view")
    ids = {one.item_id for one in found} - {0}
    days = [one.signed_on or one.shipped_on for one in found]
    items = catalog.items(ids, on=max(day for day in days if day), entity_id=0) if ids else {}
    return [
        {
            "number": one.number,
            "url": reverse("shipment", args=[one.shipment_id]) if may_open else None,
            "shipped": formats.day(one.shipped_on) if one.shipped_on else "",
            **_goods(items.get(one.item_id), one),
            "signed_on": one.signed_on,
            "delivered": one.delivered,
            "returned": one.returned or None,
            "invoiced": one.invoiced or None,
            "remaining": one.remaining,
            "remaining_tone": "bad" if one.remaining < 0 else None,
        }
        for one in found
    ]


def _goods(item: catalog.ItemView | None, one: queries.UnbilledLine) -> dict[str, str]:
    goods = showing.goods(item, " · ".join(filter(None, (one.lot_code, one.serial_code))))
    return {**goods, "quantity": formats.quantity(one.quantity, goods["unit"])}


def open_order_columns() -> list[tables.Column]:
    return [
        tables.Column(key="number", label=_("Order"), sub="line", sub_label=_("Product line")),
        tables.Column(key="status", label=_("State"), kind="status", status="order"),
        tables.Column(key="business_on", label=_("Date"), kind="day"),
        tables.Column(key="promised_on", label=_("Promised for"), kind="day"),
        tables.Column(key="gross", label=_("Amount ordered"), kind="money"),
        tables.Column(key="shipped", label=_("Amount shipped"), kind="money"),
        tables.Column(key="remaining", label=_("Not shipped yet"), kind="money"),
    ]


def open_order_rows(found: Sequence[unshipped.OpenOrder], actor: scope.Actor) -> list[dict[str, Any]]:
    lines, may_open = catalog.line_names(), actor.can("orders.order.view")
    return [
        {
            "number": one.number,
            "url": reverse("order", args=[one.id]) if may_open else None,
            "line": lines.get(one.line_id, ""),
            "status": one.status,
            "business_on": one.business_on,
            "promised_on": one.promised_on,
            "gross": one.gross,
            "shipped": one.shipped or None,
            "remaining": one.remaining,
        }
        for one in found
    ]


def _uses(
    credit: queries.CreditView, called: Mapping[str, Any], today: dt.date, *, sees: bool
) -> list[tuple[str, str, Decimal, str]]:
    """limit + temporary - receivable - shipped not invoiced - open orders + prepaid = available, as (sign, label,
    amount, where its rows are)."""
    node = credit.node_id
    unbilled = reverse("unbilled", args=[node])
    receipts = f"{reverse('receipts')}?{urllib.parse.urlencode({'debtor': node, 'open': 1})}"
    holds = credit.temporary_until is None or today < credit.temporary_until
    return [
        ("", _("Limit"), credit.limit, ""),
        *([("+", _("Temporary limit"), credit.temporary, "")] if credit.temporary and holds else []),
        ("−", called["receivable"], credit.receivable, invoices_url(debtor=node, open=1) if sees else ""),
        ("−", _("Shipped, not invoiced"), credit.shipped_not_invoiced, unbilled),
        ("−", _("Open orders"), credit.open_orders, reverse("open_orders", args=[node])),
        ("+", called["prepaid"], credit.prepaid, receipts if sees else ""),
    ]


def _share(credit: queries.CreditView, today: dt.date) -> Decimal | None:
    """How much of what is granted is used."""
    granted = credit.available + (
        credit.receivable + credit.shipped_not_invoiced + credit.open_orders - credit.prepaid
    )
    return (granted - credit.available) / granted if granted else None


def _credit_form(credit: queries.CreditView | None) -> dict[str, str]:
    if credit is None:
        return {"limit": "0.00", "temporary": "", "temporary_until": "", "payment_days": "30", "approver": ""}
    return {
        "limit": formats.amount(credit.limit),
        "temporary": formats.amount(credit.temporary) if credit.temporary else "",
        "temporary_until": f"{periods.last_day(credit.temporary_until) or ''}",
        "payment_days": f"{credit.payment_days}",
        "approver": "",
    }


def _ageing(node_id: int, items: queries.OpenItems) -> list[dict[str, Any]]:
    return [
        {
            "label": money.BUCKETS[name],
            "amount": amount,
            "late": name != "not_due",
            "share": amount / items.total if items.total > 0 else None,
            "url": invoices_url(debtor=node_id, age=name) if amount else "",
        }
        for name, amount in items.ageing.items()
    ]


def _credits(found: Sequence[queries.InvoiceView], may_apply: bool) -> list[dict[str, Any]]:
    """The invoices whose credit waits to be used on others."""
    return [
        {
            "number": one.number,
            "url": reverse("invoice", args=[one.id]),
            "apply_url": f"{reverse('invoice', args=[one.id])}#apply" if may_apply else "",
            "amount": -one.unapplied,
        }
        for one in found[:SHOWN]
    ]


def _open_table(items: queries.OpenItems, actor: scope.Actor, today: dt.date) -> tables.Table:
    wanted = {"number", "status", "issued_on", "due_on", "gross", "open"}
    return tables.Table(
        label=_("Open invoices"),
        columns=[column for column in money.invoice_columns() if column.key in wanted],
        rows=money.invoice_rows(items.invoices[:SHOWN], actor, today=today),
        sums={"open": items.total} if items.invoices else {},
        sums_label=formats.in_all(
            ngettext("%(count)s invoice open", "%(count)s invoices open", len(items.invoices))
            % {"count": len(items.invoices)}
        ),
        empty=tables.Empty(title=_("Nothing open"), hint=_("Every invoice is paid."), icon="circle-check"),
    )


def _receipts_table(found: Sequence[queries.ReceiptView], actor: scope.Actor) -> tables.Table:
    wanted, called = {"number", "status", "received_on", "amount", "prepaid"}, sides.words(actor)
    return tables.Table(
        label=called["receipts"],
        columns=[column for column in money.receipt_columns(actor) if column.key in wanted],
        rows=money.receipt_rows(found, actor),
        empty=tables.Empty(title=called["no_receipt"], icon="cash"),
    )
