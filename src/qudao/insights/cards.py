"""What insights show on the pages of partners and products: boards, columns of the list, a year of sales."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.catalog import queries as catalog
from qudao.insights import asking, figures, labels, presenting, queries, rows, terms
from qudao.kernel import periods, scope
from qudao.ui import cards, formats, tables

BOARD = ("sales", "attainment", "on_time", "shortage", "coverage", "flow", "overdue", "dso")


@queries.remembered()
def of_partner(party_id: int, *, actor: scope.Actor, now: dt.datetime) -> list[cards.Card]:
    """The partner's own board: the same figures, of this year, for it alone."""
    if not actor.can(figures.VIEW) or (actor.party_id and actor.party_id != party_id and not actor.house):
        return []
    today = periods.business_date(now)
    first, until = asking.window("year", today)
    asked = figures.Asked(queries.Cut(first=first, until=until, party_id=party_id), actor, today)
    standing = queries.attainment(asked.year)
    found = figures.compute(asked, BOARD, standing=standing)
    query = QueryDict(f"period=year&party={party_id}")
    names, said = labels.Names.load(), terms.for_reader(actor)
    table = presenting.ranking(standing, names, said, alone=True) if standing else None
    return [
        cards.Card(
            title=_("This year's figures"),
            template="insights/board.html",
            context={
                "tiles": presenting.tiles(found, query, said),
                "table": table,
                "url": f"{reverse('dashboard')}?{query.urlencode()}",
            },
            order=15,
            wide=True,
        )
    ]


def of_device(item_id: int, *, actor: scope.Actor, now: dt.datetime) -> list[cards.Card]:
    """Twelve months of one product, as far as this person sees them; one statement for the facts."""
    if not actor.can(figures.VIEW):
        return []
    today = periods.business_date(now)
    last = today.replace(day=1)
    shown = [periods.add_months(last, back - 11) for back in range(12)]
    cut = queries.Cut(first=shown[0], until=periods.add_months(last, 1))
    months = queries.of_item(item_id, cut)
    unit = catalog.items([item_id], on=today, entity_id=0)[item_id].base_unit
    return [
        cards.Card(
            title=_("Signed for in twelve months"),
            template="insights/device.html",
            context={
                "quantity": sum((quantity for quantity, _net in months.values()), Decimal(0)),
                "net": sum((net for _quantity, net in months.values()), Decimal(0)),
                "unit": unit,
                "option": presenting.device_option(shown, months, formats.unit(unit, 2)) if months else None,
            },
            order=40,
            charts=bool(months),
        )
    ]


@queries.remembered()
def columns(party_ids: Any, *, actor: scope.Actor, now: dt.datetime) -> list[cards.Figures]:
    """On the list of partners: sales of this year and how far they attain the target. Three statements."""
    if not actor.can(figures.VIEW):
        return []
    wanted = set(party_ids)
    sales: dict[int, Decimal] = {}
    attained: dict[int, Decimal | None] = {}
    if wanted:
        today = periods.business_date(now)
        cut = queries.Cut(first=today.replace(month=1, day=1), until=today + dt.timedelta(days=1))
        sales = queries.by_party(cut, wanted)
        due: dict[int, list[queries.Standing]] = {}
        for one in queries.attainment(cut, party_ids=wanted):
            due.setdefault(one.party_id, []).append(one)
        attained = {
            party: figures.rules.value(
                kpi=figures.rules.KPIS["attainment"], measured=figures.attained(standing)
            )
            for party, standing in due.items()
        }
    return [
        cards.Figures(
            column=tables.Column(key="sales", label=terms.for_reader(actor).this_year, kind="money"),
            values=sales,
        ),
        cards.Figures(
            column=tables.Column(key="attained", label=_("Attainment to date"), kind="bar"),
            values=attained,
            tones={party: rows.tone_of(rate) for party, rate in attained.items()},
        ),
    ]
