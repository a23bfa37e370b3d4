"""The one list of orders of every channel: what it shows, how it is filtered."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qudao.catalog import queries as catalog
from qudao.inventory import queries as inventory
from qudao.kernel import periods, scope
from qudao.orders import queries, selecting, turns
from qudao.orders.rules import requests
from qudao.organisation import queries_people
from qudao.partners import queries as partners
from qudao.ui import filters, formats, listing, parsing, status, tables

CHANNELS = {one: status.look_up("channel", one).label for one in requests.CHANNELS}
STATES = ("draft", "confirmed", "picking", "shipped", "signed", "signed_with_difference", "cancelled")


def described(request) -> listing.Listing:
    """The list as the address asks for it."""
    actor, query = request.actor, request.GET
    days = filters.Days("from", "until", _("Date"), periods.business_date(request.now))
    columns = _columns(actor, drafts=query.get("status") == "draft")
    wanted = _wanted(query, actor, days, listing.sort_of(query, columns, "-business_on"))

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.list_orders(wanted, actor=actor, cursor=cursor or "", limit=limit)
        names = partners.party_names([row.party_id for row in found.rows], actor=actor)
        lines = catalog.line_names()
        people = queries_people.names_of([row.placed_by for row in found.rows]) if actor.house else {}
        rows = [_row(row, names, lines, people, days.today) | turns.cells(row, actor) for row in found.rows]
        return listing.Slice(rows, found.next_cursor)

    def sums():
        found = queries.sum_orders(wanted, actor=actor)
        return {"net": found.net, "tax": found.tax, "gross": found.gross}, _counted(found)

    return listing.Listing(
        name="orders",
        title=_("Orders"),
        columns=columns,
        filters=_filters(actor, days),
        fetch=fetch,
        sums=sums,
        empty=tables.Empty(
            title=_("No orders here"),
            hint=_("Place the first one; orders of every channel come together in this list."),
            url=reverse("order_desk"),
            action=_("New order"),
        ),
        order=_("Newest first"),
    )


def _counted(found: queries.Sums) -> str:
    """How many orders the sums are of; what is no sale is named beside them and not in them."""
    words = ngettext("%(count)s order", "%(count)s orders", found.count) % {
        "count": formats.quantity(found.count)
    }
    if not found.others:
        return words
    without = ngettext(
        "%(count)s draft or cancelled order not counted",
        "%(count)s draft or cancelled orders not counted",
        found.others,
    ) % {"count": formats.quantity(found.others)}
    return f"{words} · {without}"


def _wanted(query, actor: scope.Actor, days: filters.Days, sort: str) -> queries.Filter:
    since, until = days.read(query)
    text = query.get("q", "").strip()[:80]
    return queries.Filter(
        text=text,
        text_party_ids=parties_named(text, actor),
        status=query.get("status", ""),
        channel=query.get("channel", ""),
        unattended=query.get("inbox") == "1",
        only=tuple(selecting.held_up(actor=actor)) if query.get("short") == "1" else None,
        but=tuple(selecting.held_up(actor=actor)) if query.get("short") == "0" else (),
        party_id=own_only(query, actor),
        account_id=parsing.whole(query.get("account")),
        line_id=parsing.whole(query.get("line")),
        site_id=parsing.whole(query.get("site")) if actor.house else 0,
        placed_by=actor.ref if query.get("mine") == "1" else "",
        late_on=days.today if query.get("late") == "1" else None,
        since=since,
        until=until,
        sort=sort,
    )


def parties_named(text: str, actor: scope.Actor) -> tuple[int, ...]:
    """The parties a search finds by name or pinyin; those who see their own alone have none to find."""
    if not text or actor.alone:
        return ()
    return tuple(party.id for party in partners.search_parties(text, actor=actor, limit=50))


def _filters(actor: scope.Actor, days: filters.Days) -> list[filters.Filter]:
    found: list[filters.Filter] = [
        filters.Text(
            "q", _("Number or your reference") if actor.alone else _("Number, reference or partner")
        ),
        filters.Choice("status", _("State"), [(name, status.show("order", name).label) for name in STATES]),
        filters.Choice("channel", _("Channel"), list(CHANNELS.items())),
        filters.Choice(
            "line", _("Product line"), [(str(key), name) for key, name in catalog.line_names().items()]
        ),
        days,
    ]
    if actor.house:
        sites = inventory.list_sites(actor)
        found.append(filters.Choice("site", _("Warehouse"), [(str(site.id), site.name) for site in sites]))
        if actor.can("orders.order.release"):
            found.append(filters.Toggle("inbox", "1", _("Self-service")))
            found.append(filters.Toggle("short", "1", _("Stock taken back")))
            found.append(filters.Toggle("short", "0", _("Stock still held")))
    found += own_filters(actor)
    found.append(filters.Toggle("late", "1", pgettext("delivery", "Late")))
    found.append(filters.Toggle("mine", "1", _("Mine")))
    return found


def own_filters(actor: scope.Actor) -> list[filters.Filter]:
    """An agent sees its dealers' orders and deliveries beside its own: it may look at its own alone."""
    return [filters.Toggle("own", "1", _("Our own"))] if actor.can("portal.dealer.open") else []


def own_only(query, actor: scope.Actor) -> int:
    """The party whose rows alone are asked for, 0 for everybody's."""
    return actor.party_id or 0 if query.get("own") == "1" else 0


def _columns(actor: scope.Actor, *, drafts: bool) -> list[tables.Column]:
    who = _("Entered by") if drafts else _("Placed by")
    people = [tables.Column(key="placed_by", label=who)] if actor.house else []
    # Our own people have their queues; a partner is told whether it waits for us or we for it.
    turn = [tables.Column(key="turn", label=_("Next step"))] if actor.party_id else []
    return [
        tables.Column(key="number", label=_("Order"), sub="reference", sub_label=_("Reference")),
        tables.Column(key="party", label=_("Partner"), sub="line", sub_label=_("Product line"), whose="seen"),
        tables.Column(key="status", label=_("State"), kind="status", status="order"),
        *turn,
        tables.Column(key="business_on", label=_("Date"), kind="day", sortable=True),
        tables.Column(key="promised_on", label=_("Promised for"), kind="day", sortable=True),
        tables.Column(key="channel", label=_("Channel"), kind="status", status="channel"),
        *people,
        tables.Column(key="discount", label=_("Discount"), kind="money", sortable=True),
        tables.Column(key="net", label=_("Net"), kind="money"),
        tables.Column(key="tax", label=_("Tax"), kind="money"),
        tables.Column(key="gross", label=_("Amount"), kind="money", sortable=True),
    ]


def _row(row: queries.OrderView, names, lines, people, today: dt.date) -> dict[str, Any]:
    return {
        "id": row.id,
        "url": reverse("order", args=[row.id]),
        "number": row.number,
        "reference": row.reference,
        "party": names.get(row.party_id, ""),
        "line": lines.get(row.line_id, ""),
        "channel": row.channel,
        "status": row.state,
        "business_on": row.business_on,
        "promised_on": row.promise,
        "promised_on_tone": "bad" if row.is_late(today) else "",
        "placed_by": people.get(row.placed_by, ""),
        "discount": row.discount,
        "net": row.net,
        "tax": row.tax,
        "gross": row.gross,
    }
