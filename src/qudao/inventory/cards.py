"""What stock shows on the page of a product: how much lies where."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.inventory import queries, words
from qudao.kernel import periods, scope
from qudao.ui import cards, tables

VIEW = "inventory.stock.view"
NEAR, SHOWN = 90, 20
FIGURES = ("available", "reserved", "pending", "held", "apart", "in_transit", "on_hand", "near")


def of_device(item_id: int, *, actor: scope.Actor, now: dt.datetime) -> list[cards.Card]:
    """Stock by warehouse, for our own people; two or three statements."""
    if not actor.house or not actor.can(VIEW):
        return []
    today = periods.business_date(now)
    common: dict[str, Any] = {"by": "site", "today": today, "near": today + dt.timedelta(days=NEAR)}
    chosen = queries.StockFilter(item_ids=(item_id,))
    rows, more = queries.stock_overview(chosen, actor=actor, limit=SHOWN, **common)
    totals = queries.stock_totals(chosen, actor=actor, **common)
    roads = {one.id for one in queries.list_sites(actor, kinds=("transit",))}
    address = f"{reverse('stock')}?by=lot&q={rows[0].item_code}" if rows else ""
    table = tables.Table(
        label=_("Stock by warehouse"),
        columns=[
            tables.Column(key="site", label=_("Warehouse")),
            tables.Column(key="available", label=_("Available"), kind="qty", telling=True),
            tables.Column(key="reserved", label=_("Reserved"), kind="qty"),
            tables.Column(key="pending", label=_("Awaiting inspection"), kind="qty"),
            tables.Column(key="held", label=_("On hold"), kind="qty"),
            tables.Column(key="apart", label=_("Rejected / returned"), kind="qty"),
            tables.Column(key="in_transit", label=_("On the road"), kind="qty"),
            tables.Column(key="on_hand", label=_("On hand"), kind="qty"),
            tables.Column(key="near", label=_("Near expiry"), kind="qty"),
        ],
        rows=[
            {
                "url": f"{address}&site={one.key_id}",
                "site": words.site(one.site, "transit") if one.key_id in roads else one.site,
                "near_tone": "warn" if one.figures.near else None,
                **{name: getattr(one.figures, name) for name in FIGURES},
            }
            for one in rows
        ],
        sums={name: getattr(totals.figures, name) for name in FIGURES} if rows else {},
        sums_label=_("Total (%(unit)s)") % {"unit": rows[0].base_unit} if rows else "",
        empty=tables.Empty(title=_("No stock"), hint=_("Goods appear here once they are received.")),
    )
    return [
        cards.Card(
            title=_("Stock by warehouse"),
            template="ui/parts/card_table.html",
            context={"table": table, "more": address if more else ""},
            order=20,
            wide=True,
        )
    ]
