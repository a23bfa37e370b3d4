"""What pricing shows on the page of a product: the prices in force that the reader may see."""

import datetime as dt

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from qudao.kernel import periods, scope
from qudao.pricing import names as words
from qudao.pricing import price_list, queries
from qudao.pricing.names import Names
from qudao.ui import cards, formats, tables

VIEW = "pricing.price.view"
SHOWN = 10


def of_device(item_id: int, *, actor: scope.Actor, now: dt.datetime) -> list[cards.Card]:
    """The first price rows of the product, as the price list shows them to this reader."""
    if not actor.can(VIEW):
        return []
    today = periods.business_date(now)
    found = queries.find_prices(queries.PriceFilter(item_ids=(item_id,)), on=today, actor=actor, limit=SHOWN)
    code = found.rows[0].item_code if found.rows else ""
    ordered = sorted(found.rows, key=lambda row: list(words.KINDS).index(row.kind))
    rows = price_list.price_rows(ordered, Names.load(), today=today, actor=actor)
    # Of the guide price each tier and region pays its part; what the reader pays is told by its price list.
    for row in rows:
        said = (row["entity"], _("before factors") if row["kind"] == "guide" else "")
        row["entity"] = " · ".join(filter(None, said))
    table = tables.Table(
        label=_("Prices in force"),
        columns=[
            tables.Column(key="kind", label=_("Kind"), kind="status", status="price_origin", sub="entity"),
            tables.Column(key="gross", label=_("Price with tax"), kind="price", sub="unit"),
            tables.Column(key="for_whom", label=_("For"), sub="hospital"),
            *(
                [tables.Column(key="minimum", label=_("From quantity"), kind="qty")]
                if any(row["minimum"] for row in rows)
                else []
            ),
            tables.Column(key="net", label=_("Price without tax"), kind="exact"),
            tables.Column(key="period", label=_("Validity")),
            tables.Column(key="citation", label=_("Source"), link="source"),
        ],
        # The page is the product's own: rows open nothing.
        rows=[{**row, "unit": formats.unit(row["unit"]), "url": None} for row in rows],
        empty=tables.Empty(
            title=_("No price yet"), hint=_("Guide prices hold where nothing else does."), icon="tag"
        ),
    )
    more = f"{reverse('prices')}?{urlencode({'q': code})}" if found.next else ""
    return [
        cards.Card(
            title=_("Prices in force"),
            template="ui/parts/card_table.html",
            context={"table": table, "more": more},
            order=30,
            wide=True,
        )
    ]
