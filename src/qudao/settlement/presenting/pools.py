"""What the pages of the rebate pools show."""

import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qudao.kernel import errors, money, scope
from qudao.organisation import queries_journal
from qudao.settlement import queries, showing
from qudao.ui import formats, tables

ENTRIES = 50
# Rows on a card, and entries read for them: an order may draw on several rebates.
LATEST, READ = 5, 30


def columns() -> list[tables.Column]:
    return [
        showing.PARTY,
        tables.Column(key="balance", label=_("Balance"), kind="money"),
        tables.Column(key="next_expiry", label=_("Next expiry"), kind="day"),
        tables.Column(key="lapsing", label=_("Amount expiring"), kind="money"),
    ]


def rows(found: Sequence[queries.PoolRow], actor: scope.Actor) -> list[dict[str, Any]]:
    names = showing.Names(found, actor)
    return [
        {
            "party": names.party(one),
            "entity": names.entity(one),
            "url": reverse("pool", args=[one.node_id]),
            "balance": one.balance,
            "next_expiry": one.next_expiry,
            "lapsing": one.lapsing,
        }
        for one in found
    ]


def pool(actor: scope.Actor, node_id: int, *, today: dt.date, before: int | None) -> dict[str, Any]:
    """A debtor's pool; raises NotFound for a debtor not seen, or one without a pool."""
    found = queries.list_pools(actor=actor, after=node_id - 1, limit=1)
    if not found or found[0].node_id != node_id:
        raise errors.NotFound
    names = showing.Names(found, actor)
    view = queries.pool_of(node_id, today=today, actor=actor)
    entries = queries.pool_entries(node_id, actor=actor, before=before, limit=ENTRIES + 1)
    return {
        "party": names.party(found[0]),
        "entity": names.entity(found[0]),
        "party_url": reverse("partner", args=[found[0].party_id]) if actor.can("partners.party.view") else "",
        "crumbs": [{"title": _("Rebate pools"), "url": reverse("pools")}, {"title": names.party(found[0])}],
        "pool": view,
        "may_order": bool(actor.party_id) and actor.can("orders.order.place") and view.usable > 0,
        "lapsing": found[0],
        "table": _entries(node_id, entries, actor),
        "timeline": queries_journal.timeline(f"settlement.pool:{node_id}", actor=actor),
    }


def _origin_url(one: queries.PoolEntryView, numbers: dict, actor: scope.Actor) -> str | None:
    """The rebate run an entry was confirmed by, or the order that used it."""
    if one.origin_type == "settlement.run":
        return reverse("rebate", args=[one.origin_id]) if one.origin_id in numbers else None
    may_open = one.origin_type == "orders.order" and actor.can("orders.order.view")
    return reverse("order", args=[one.origin_id]) if may_open else None


def _origin(one: queries.PoolEntryView, numbers: dict) -> str:
    """The document's number; an order of the last seconds is not in the facts yet."""
    return numbers.get(one.origin_id) or (_("Order") if one.origin_type == "orders.order" else "")


def _act(one: queries.PoolEntryView) -> tuple:
    """What entries that drew on several rebates at once have in common; one that came in stands for itself."""
    drawn = one.draws_on_id is not None
    return one.kind, one.on, one.origin_type, one.origin_id, None if drawn else one.id


def together(found: Iterable[queries.PoolEntryView]) -> list[queries.PoolEntryView]:
    """Entries as people think of them: what one order took of several rebates is one sum."""
    acts = [list(several) for _act_of, several in itertools.groupby(found, key=_act)]
    return [
        dataclasses.replace(
            several[0],
            **{name: sum(getattr(one, name) for one in several) for name in ("gross", "net", "tax")},
        )
        for several in acts
    ]


def _whole(found: Sequence[queries.PoolEntryView], most: int) -> Sequence[queries.PoolEntryView]:
    """At most `most` entries, the last act not cut in two."""
    shown = found[:most]
    if len(found) <= most or _act(found[most]) != _act(shown[-1]):
        return shown
    return [one for one in shown if _act(one) != _act(shown[-1])] or shown


def latest(node_id: int, actor: scope.Actor) -> tables.Table | None:
    """The latest entries for a card, each with the order or the rebate it belongs to; None without any."""
    found = queries.pool_entries(node_id, actor=actor, limit=READ)
    if not found:
        return None
    shown = together(found)[:LATEST]
    numbers = queries.origin_numbers(shown, actor=actor)
    return tables.Table(
        label=_("Rebate pool"),
        columns=[
            tables.Column(key="kind", label=_("Pool entry"), kind="status", status="pool_entry"),
            tables.Column(key="origin", label=_("Order or rebate"), link="origin_url"),
            tables.Column(key="on", label=_("Date"), kind="day"),
            tables.Column(key="gross", label=_("Amount"), kind="money"),
        ],
        rows=[
            {
                "kind": one.kind,
                "origin": _origin(one, numbers),
                "origin_url": _origin_url(one, numbers, actor),
                "on": one.on,
                "gross": one.gross,
            }
            for one in shown
        ],
    )


def _entries(node_id: int, found: Sequence[queries.PoolEntryView], actor: scope.Actor) -> tables.Table:
    left = queries.entry_left(node_id, actor=actor)
    read = _whole(found, ENTRIES)
    shown = together(read)
    numbers = queries.origin_numbers(shown, actor=actor)
    return tables.Table(
        label=_("Entries"),
        columns=[
            tables.Column(key="kind", label=_("Pool entry"), kind="status", status="pool_entry", sub="on"),
            tables.Column(key="origin", label=_("Order or rebate"), link="origin_url"),
            tables.Column(key="net", label=_("Net"), kind="money"),
            tables.Column(key="tax", label=_("Tax"), kind="money"),
            tables.Column(key="gross", label=_("Amount"), kind="money"),
            tables.Column(key="left", label=_("Remaining"), kind="money"),
            tables.Column(key="expires_on", label=_("Lapses on"), kind="day"),
        ],
        rows=[
            {
                "kind": one.kind,
                "on": formats.day(one.on),
                "origin": _origin(one, numbers),
                "origin_url": _origin_url(one, numbers, actor),
                "net": one.net,
                "tax": one.tax,
                "gross": one.gross,
                "gross_tone": "bad" if one.gross < 0 else "ok",
                "left": left.get(one.id, money.ZERO) if one.draws_on_id is None and one.gross > 0 else None,
                "expires_on": one.expires_on,
            }
            for one in shown
        ],
        page=tables.Page(
            next=str(read[-1].id) if len(found) > len(read) else None,
            summary=ngettext("%(count)s entry here", "%(count)s entries here", len(shown))
            % {"count": len(shown)},
        ),
        empty=tables.Empty(title=_("No entry yet")),
    )
