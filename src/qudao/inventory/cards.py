"""What stock shows on the page of a product: how much lies where."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.inventory import figures, queries, words
from qudao.kernel import periods, scope
from qudao.ui import cards, formats, tables

VIEW = "inventory.stock.view"
SHOWN = 20


def of_device(item_id: int, *, actor: scope.Actor, now: dt.datetime) -> list[cards.Card]:
    """Stock by warehouse, for our own people; two or three statements."""
    if not actor.house or not actor.can(VIEW):
        return []
    today = periods.business_date(now)
    common: dict[str, Any] = {"by": "site", "today": today, "near": today + dt.timedelta(days=figures.USUAL)}
    chosen = queries.StockFilter(item_ids=(item_id,))
    rows, more = queries.stock_overview(chosen, actor=actor, limit=SHOWN, **common)
    totals = queries.stock_totals(chosen, actor=actor, **common)
    roads = {one.id for one in queries.list_sites(actor, kinds=("transit",))}
    address = f"{reverse('stock')}?by=lot&q={rows[0].item_code}" if rows else ""
    table = tables.Table(
        label=_("Stock by warehouse"),
        columns=[
            tables.Column(key="site", label=_("Warehouse")),
            *figures.columns(figures.USUAL),
        ],
        rows=[
            {
                "url": f"{address}&site={one.key_id}",
                "site": words.site(one.site, "transit") if one.key_id in roads else one.site,
                **figures.row(one.figures),
            }
            for one in rows
        ],
        sums=figures.values(totals.figures) if rows else {},
        sums_label=_("Total (%(unit)s)") % {"unit": formats.unit(rows[0].base_unit, 2)} if rows else "",
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


def at_stake(item_id: int, *, actor: scope.Actor, now: dt.datetime) -> list[cards.Fact]:
    """What lies in houses and what is on the road, for our own people; one statement, or two with costs."""
    if not actor.house or not actor.can(VIEW):
        return []
    today = periods.business_date(now)
    chosen = queries.StockFilter(item_ids=(item_id,))
    found = queries.stock_totals(chosen, by="site", today=today, near=today, actor=actor).figures
    return [
        cards.Fact(label=_("On hand"), value=found.on_hand),
        cards.Fact(label=_("In transit"), value=found.in_transit),
    ]
