"""What the pages of statements show."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from qudao.kernel import periods, scope
from qudao.organisation import queries_journal
from qudao.settlement import queries, showing
from qudao.settlement.operations import statements as verbs
from qudao.settlement.presenting import sides
from qudao.settlement.rules import statement as rules
from qudao.ui import formats, tables

# As our own people call the parts of a statement, as the partner does, and as the paper both sign says it.
SECTIONS = {
    "sales": gettext_lazy("Goods sold"),
    "returns": gettext_lazy("Goods returned"),
    "rebates": gettext_lazy("Rebate used"),
    "receipts": gettext_lazy("Receipts"),
    "invoices": gettext_lazy("Invoices"),
    "differences": gettext_lazy("Differences"),
}
OF_PARTNER = {
    **SECTIONS,
    "sales": gettext_lazy("Goods bought"),
    "receipts": sides.THE_PARTNERS["receipts"],
}
OF_BOTH = {**SECTIONS, "sales": gettext_lazy("Goods supplied")}
REASONS = {
    "price": gettext_lazy("Price is wrong"),
    "quantity": gettext_lazy("Quantity is wrong"),
    "not_received": gettext_lazy("Not received"),
    "twice": gettext_lazy("Listed twice"),
    "missing": gettext_lazy("Something is missing"),
    "rebate": gettext_lazy("Rebate is wrong"),
    "receipt": gettext_lazy("Payment is wrong"),
    "tax": gettext_lazy("Tax is wrong"),
    "other": gettext_lazy("Other"),
}
OUTCOMES = {"explained": gettext_lazy("The line stands"), "adjusted": gettext_lazy("Adjust by an amount")}
DOCUMENTS = {
    "order": gettext_lazy("Order"),
    "shipment": gettext_lazy("Shipment"),
    "return": gettext_lazy("Return"),
    "receipt": gettext_lazy("Cash receipt"),
    "invoice": gettext_lazy("Invoice"),
}
# Said once, under the first table in which it is so.
SPREAD = gettext_lazy(
    "An order line's cents are spread over its lots, so an amount may differ by a cent or so from price × quantity;"
    " the lots add up to the order line."
)
FIRST, PAGE = 30, 100
# In the order of the equation.
FIGURES = ("closing", "opening", "sales", "returns", "rebates", "receipts")
SIGNS = {"closing": "", "opening": "=", "sales": "+"}


def sections_for(actor: scope.Actor) -> Mapping[str, Any]:
    """The parts of a statement as the reader calls them: what we sell is what the partner buys."""
    return SECTIONS if actor.house else OF_PARTNER


def statement_columns(actor: scope.Actor) -> list[tables.Column]:
    """The list of statements."""
    names = sections_for(actor)
    return [
        tables.Column(key="number", label=_("Statement"), sub="month", sub_label=_("Month")),
        showing.PARTY,
        tables.Column(key="status", label=_("State"), kind="status", status="statement"),
        tables.Column(key="opening", label=_("Opening"), kind="money"),
        tables.Column(key="sales", label=names["sales"], kind="money"),
        tables.Column(key="returns", label=pgettext("statement", "Returned"), kind="money"),
        tables.Column(key="rebates", label=_("Rebate used"), kind="money"),
        tables.Column(key="receipts", label=names["receipts"], kind="money"),
        tables.Column(
            key="closing",
            label=_("Closing"),
            kind="money",
            telling=True,
            sub="after",
            sub_label=_("Closing after adjustment"),
            sub_kind="money",
        ),
        tables.Column(key="disputed", label=pgettext("statement", "Disputed"), kind="qty"),
        tables.Column(key="sent_at", label=_("Sent"), kind="day"),
    ]


def statement_rows(found: Sequence[queries.StatementView], actor: scope.Actor) -> list[dict[str, Any]]:
    names = showing.Names(found, actor)
    disputes = queries.disputes_of([one.id for one in found], actor=actor)

    def spoken(one: queries.StatementView) -> dict[str, Any]:
        disputed, adjusted = disputes.get(one.id, (0, None))
        return {
            "disputed": disputed or None,
            "disputed_tone": "bad" if disputed else None,
            "after": one.closing + adjusted if adjusted else None,
        }

    return [
        {
            "id": str(one.id) if one.status == "draft" else None,
            "number": one.number,
            "url": reverse("statement", args=[one.id]),
            "month": showing.span(one.period_from, one.period_until),
            "party": names.party(one),
            "entity": names.entity(one),
            "status": one.status,
            **{name: getattr(one, name) for name in FIGURES},
            **spoken(one),
            "sent_at": one.sent_at,
        }
        for one in found
    ]


def statement_table(listed: Sequence[queries.StatementView], actor: scope.Actor) -> tables.Table:
    """The latest statements of one debtor, for a card."""
    names = sections_for(actor)
    return tables.Table(
        label=_("Statements"),
        columns=[
            tables.Column(key="number", label=_("Statement"), sub="period"),
            tables.Column(key="status", label=_("State"), kind="status", status="statement"),
            tables.Column(key="opening", label=_("Opening"), kind="money"),
            tables.Column(key="sales", label=names["sales"], kind="money"),
            tables.Column(key="returns", label=pgettext("statement", "Returned"), kind="money"),
            tables.Column(key="rebates", label=_("Rebate used"), kind="money"),
            tables.Column(key="receipts", label=names["receipts"], kind="money"),
            tables.Column(key="closing", label=_("Closing"), kind="money", telling=True),
        ],
        rows=[
            {
                "number": one.number,
                "url": reverse("statement", args=[one.id]),
                "period": showing.span(one.period_from, one.period_until),
                "status": one.status,
                **{name: getattr(one, name) for name in FIGURES},
            }
            for one in listed
        ],
        empty=tables.Empty(
            title=_("No statement yet"),
            hint=_("The first one is built when the month is over."),
            icon="file-text",
        ),
    )


@dataclasses.dataclass(frozen=True, slots=True)
class May:
    """What this person may do with a statement as it stands."""

    send: bool
    confirm: bool
    lock: bool
    speak: bool
    answer: bool


def may(actor: scope.Actor, view: queries.StatementView) -> May:
    """The partner speaks for itself; our people send, answer and lock."""
    after = rules.STEPS[view.status]
    partner, ours = actor.can(verbs.CONFIRM) and not actor.house, actor.can(verbs.MANAGE) and actor.house
    return May(
        send=ours and "sent" in after,
        confirm=partner and "confirmed" in after,
        lock=ours and "locked" in after,
        speak=partner and "disputed" in after,
        answer=ours and view.status in rules.ANSWERED_IN,
    )


def statement(
    actor: scope.Actor, view: queries.StatementView, *, today: dt.date, section: str = "", after: int = 0
) -> dict[str, Any]:
    """The page: every section with its first lines, or one section from line number `after` on."""
    names, called = showing.Names([view], actor), sections_for(actor)
    allowed = may(actor, view)
    totals = queries.statement_sections(view.id, actor=actor)
    if section:
        lines = {
            section: queries.section_lines(view.id, section=section, actor=actor, after=after, limit=PAGE)
        }
    else:
        lines = queries.first_lines(view.id, actor=actor, limit=FIRST)
    return {
        "statement": view,
        "crumbs": [{"title": _("Statements"), "url": reverse("statements")}, {"title": view.number}],
        "party": names.party(view),
        "entity": names.entity(view),
        "party_url": reverse("partner", args=[view.party_id]) if actor.can("partners.party.view") else "",
        "debtor_url": reverse("debtor", args=[view.node_id]) if actor.can("settlement.credit.view") else "",
        "month": showing.span(view.period_from, view.period_until),
        "words": sides.words(actor),
        "equation": equation(view, called),
        "after": after_adjustment(view, totals["differences"].amount, called),
        "earlier": earlier(view, (one.first_on for one in totals.values())),
        "early": early(view, today=today),
        "sections": [
            {**_section(view, name, totals[name], found, allowed), "title": called[name]}
            for name, found in lines.items()
        ],
        "spread_in": next((name for name, found in lines.items() if any(one.spread for one in found)), ""),
        "spread_words": SPREAD,
        "section": section,
        "tabs": _tabs(view, totals, section, called),
        "may": allowed,
        "asks": _asks(view, totals),
        "version": view.version,
        "open_disputes": queries.disputed_lines(view.id, actor=actor) if view.status == "disputed" else (),
        "reasons_to_choose": list(REASONS.items()),
        "any_line": any(lines.values()),
        "last_day": view.period_until - dt.timedelta(days=1),
        "signatures": signatures(view, names),
        "checkpoint": checkpoint(view.checkpoint),
        "timeline": queries_journal.timeline(f"settlement.statement:{view.id}", actor=actor),
    }


def _asks(view: queries.StatementView, totals: Mapping[str, queries.SectionTotals]) -> dict[str, str]:
    """What is asked before each step that cannot be taken back, in its numbers."""
    adjusted = view.closing + totals["differences"].amount
    of = {
        "count": formats.quantity(sum(one.count for one in totals.values())),
        "closing": formats.amount(adjusted, "CNY"),
    }
    return {
        "send": _(
            "Send the statement with %(count)s lines and a closing of %(closing)s? Its lines then stand."
        )
        % of,
        "confirm": _(
            "Confirm the whole statement, %(count)s lines with a closing of %(closing)s? It can no longer be disputed."
        )
        % of,
        "lock": _("Lock and sign the statement with a closing of %(closing)s? It can no longer be changed.")
        % of,
    }


def equation(view: queries.StatementView, called: Mapping[str, Any]) -> list[dict[str, Any]]:
    """closing = opening + sales - returns - rebates - receipts, part by part; `called` is what sections are."""
    labels = {"closing": _("Closing"), "opening": _("Opening"), **called}
    return [
        {
            "key": name,
            "label": labels[name],
            "sign": SIGNS.get(name, "−"),
            "value": getattr(view, name),
            "url": f"{reverse('statement', args=[view.id])}?section={name}" if name in SECTIONS else "",
        }
        for name in FIGURES
    ]


def after_adjustment(
    view: queries.StatementView, differences: Decimal, called: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """closing after adjustment = closing ± differences, part by part; [] where nothing was adjusted."""
    if not differences:
        return []
    address = f"{reverse('statement', args=[view.id])}?section=differences"
    parts = [
        ("adjusted", _("Closing after adjustment"), "", view.closing + differences, ""),
        ("closing", _("Closing"), "=", view.closing, ""),
        ("differences", called["differences"], "−" if differences < 0 else "+", abs(differences), address),
    ]
    names = ("key", "label", "sign", "value", "url")
    return [dict(zip(names, part, strict=True)) for part in parts]


def earlier(view: queries.StatementView, days: Iterable[dt.date | None]) -> str:
    """What is listed of the time before the month, as no statement listed it yet; "" for nothing."""
    first = min((day for day in days if day), default=view.period_from)
    if first >= view.period_from:
        return ""
    return _("and what was not stated before, since %(day)s") % {"day": formats.day(first)}


def early(view: queries.StatementView, *, today: dt.date) -> str:
    """Said of a statement that was sent, or would be sent today, before its month is over; else ""."""
    if view.sent_at is None and today < view.period_until:
        said = _("The month is not over until %(day)s: what happens by then is listed in the next statement.")
        return said % {"day": formats.day(view.period_until)}
    if view.sent_at is not None and (sent := periods.business_date(view.sent_at)) < view.period_until:
        said = _(
            "Sent on %(day)s, before the month was over: what came later is listed in the next statement."
        )
        return said % {"day": formats.day(sent)}
    return ""


def _tabs(
    view: queries.StatementView, totals: dict, section: str, called: Mapping[str, Any]
) -> list[dict[str, Any]]:
    address = reverse("statement", args=[view.id])
    every = {"title": _("All sections"), "url": address, "active": not section, "count": None}
    return [every] + [
        {
            "title": called[name],
            "url": f"{address}?section={name}",
            "active": name == section,
            "count": totals[name].count,
        }
        for name in rules.SECTIONS
    ]


def after_line(found: queries.StatementLineView) -> Decimal:
    """The line's amount after what was answered to its dispute."""
    return rules.adjusted(section=found.section, amount=found.amount, adjustment=found.adjustment)


def _section(view, name: str, totals: queries.SectionTotals, lines, allowed: May) -> dict[str, Any]:
    address = reverse("statement", args=[view.id])
    more = totals.count > len(lines) and lines
    return {
        "name": name,
        "totals": totals,
        "lines": [
            (
                line,
                after_line(line) if line.adjustment else None,
                rules.line_state(status=view.status, state=line.state),
            )
            for line in lines
        ],
        "aside": _aside(totals),
        # Money has no product: what no line fills is not shown.
        "named": any(line.item_name for line in lines),
        "goods": any(line.quantity for line in lines),
        "said": view.status in rules.AGREED or any(line.state != "open" or line.difference for line in lines),
        # A column of buttons only where there is one to press.
        "speak": allowed.speak and any(line.adjusts is None and line.state != "disputed" for line in lines),
        "open": [line.no for line in lines if line.state == "open"] if allowed.speak else [],
        "more": f"{address}?section={name}&after={lines[-1].no}" if more else "",
    }


def _aside(totals: queries.SectionTotals) -> str:
    words = ngettext("%(count)s line", "%(count)s lines", totals.count) % {"count": totals.count}
    # Differences at the door have no amount.
    return f"{words} · {formats.amount(totals.amount)}" if totals.amount else words


def signatures(view: queries.StatementView, names: showing.Names) -> list[dict[str, Any]]:
    """Who signed for which side, and when; unsigned ones say so."""
    people = showing.people(view.confirmed_by, view.locked_by)
    return [
        {
            "side": names.party(view) or _("Partner"),
            "act": _("Partner's confirmation"),
            "who": people.get(view.confirmed_by, ""),
            "at": view.confirmed_at,
        },
        {
            "side": names.entity(view),
            "act": _("Supplier's lock"),
            "who": people.get(view.locked_by, ""),
            "at": view.locked_at,
        },
    ]


def checkpoint(note: str) -> dict[str, str] | None:
    """The signed note of the journal in its parts: whose tree, how many entries, its root; None before the lock."""
    if not note:
        return None
    origin, size, root, *_rest = note.split("\n")
    return {"origin": origin, "size": f"{int(size):,}", "root": root, "note": note}
