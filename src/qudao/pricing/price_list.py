"""The lists of price rows, floors and factors."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qudao.catalog import queries as catalog
from qudao.kernel import money, scope
from qudao.partners import queries as partners
from qudao.pricing import names as words
from qudao.pricing import queries
from qudao.pricing.listing import MOST_FOUND, choice
from qudao.pricing.names import Names
from qudao.pricing.rules import price
from qudao.ui import filters, formats, listing, parsing, status, tables

# (legal entity, product line) → the reader's factor on the guide price.
Factors = Mapping[tuple[int, int], Decimal]


def prices(
    query: QueryDict, *, today: dt.date, actor: scope.Actor, factors: Factors | None = None
) -> listing.Listing:
    """Price rows of the lists and contracts: what may price something for the reader. With the `factors` of a partner
    the guide price stands as what it pays, as the order desk computes it."""
    names = Names.load()
    wanted = _wanted(query, today, kind=choice(query, "kind", words.KINDS))

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.find_prices(wanted, on=today, actor=actor, cursor=cursor, limit=limit)
        rows = price_rows(found.rows, names, today=today, actor=actor, factors=factors or {})
        return listing.Slice(rows, found.next)

    count, products, graded = queries.count_prices(wanted, on=today, actor=actor)

    def sums() -> tuple[dict[str, Any], str]:
        priced = ngettext("%(rows)s price", "%(rows)s prices", count) % {"rows": formats.quantity(count)}
        of = ngettext("%(products)s product", "%(products)s products", products)
        return {}, _("%(products)s: %(prices)s") % {
            "products": of % {"products": formats.quantity(products)},
            "prices": priced,
        }

    return listing.Listing(
        name="prices",
        title=_("Prices"),
        columns=[
            tables.Column(key="item", label=_("Product"), sub="specification", sub_label=_("Specification")),
            tables.Column(key="code", label=_("Product code")),
            tables.Column(
                key="gross",
                label=_("Price with tax"),
                kind="price",
                **({"sub": "listed", "sub_label": _("Guide price"), "sub_kind": "price"} if factors else {}),
            ),
            tables.Column(key="unit", label=_("Price unit"), kind="unit"),
            tables.Column(key="kind", label=_("Kind"), kind="status", status="price_origin"),
            tables.Column(key="for_whom", label=_("For"), sub="hospital", sub_label=_("Hospital")),
            *([tables.Column(key="minimum", label=_("From quantity"), kind="qty")] if graded else []),
            tables.Column(key="net", label=_("Price without tax"), kind="exact"),
            tables.Column(key="period", label=_("Validity")),
            tables.Column(
                key="citation", label=_("Source"), link="source", sub="entity", sub_label=_("Legal entity")
            ),
        ],
        filters=[
            _product_filter(),
            filters.Choice("kind", _("Kind"), list(words.KINDS.items())),
            *_common_filters(names),
        ],
        fetch=fetch,
        sums=sums,
        order=_("By product code"),
        empty=tables.Empty(
            title=_("No price yet"), hint=_("Guide prices hold where nothing else does."), icon="tag"
        ),
    )


def price_rows(
    found: Sequence[queries.ListedPrice],
    names: Names,
    *,
    today: dt.date,
    actor: scope.Actor,
    factors: Factors = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """Price rows in plain values, with and without tax; whom they are for as far as the reader sees them."""
    accounts = partners.accounts_by_id({row.account_id for row in found if row.account_id}, actor)
    hospitals = partners.party_names({row.hospital_id for row in found if row.hospital_id}, actor=actor)
    rates = {
        entity: catalog.items({row.item_id for row in found}, on=today, entity_id=entity)
        for entity in {row.entity_id for row in found}
    }
    contracts = actor.can("pricing.contract.view")
    return [
        _price(row, names, accounts, hospitals, rates, contracts)
        | _paid(row, rates[row.entity_id].get(row.item_id), factors, today)
        for row in found
    ]


def _paid(row: queries.ListedPrice, item: catalog.ItemView | None, factors: Factors, today: dt.date) -> dict:
    """What the reader pays where the guide price holds, with the guide price itself; {} where its tier has no part."""
    factor = factors.get((row.entity_id, row.line_id), Decimal(1))
    over = row.valid_until is not None and row.valid_until <= today
    if row.kind != "guide" or factor == 1 or over:
        return {}
    rate = item.tax_rate if item else None
    gross, net = price.both_taxes(money.unit_price(row.price * factor), rate, row.tax_included)
    return {
        "kind": "tier_region",
        "for_whom": _("Your tier"),
        "gross": gross,
        "net": net,
        "listed": price.both_taxes(row.price, rate, row.tax_included)[0],
    }


def _price(row: queries.ListedPrice, names, accounts, hospitals, rates, contracts: bool) -> dict[str, Any]:
    item = rates[row.entity_id].get(row.item_id)
    gross, net = price.both_taxes(row.price, item.tax_rate if item else None, row.tax_included)
    account = accounts.get(row.account_id)
    return {
        "url": reverse("device", args=[row.item_id]),
        "item": row.item_name,
        "specification": row.specification,
        "code": row.item_code,
        "kind": row.kind,
        "for_whom": account.party_name if account else names.facets(row.tier, row.region_id),
        # Of what a hospital pays itself its name is said already.
        "hospital": ""
        if account and account.party_id == row.hospital_id
        else hospitals.get(row.hospital_id, ""),
        "minimum": row.minimum_quantity or None,
        "unit": row.price_unit,
        "gross": gross,
        "net": net,
        "period": words.period(row.valid_from, row.valid_until),
        "citation": row.citation,
        "source": reverse("contract", args=[row.contract_id]) if row.contract_id and contracts else None,
        "entity": names.entities.get(row.entity_id, ""),
    }


def floors(query: QueryDict, *, today: dt.date, actor: scope.Actor) -> listing.Listing:
    """Our floors, for our own people."""
    names = Names.load()
    wanted = _wanted(query, today)

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.find_floors(wanted, on=today, actor=actor, cursor=cursor, limit=limit)
        return listing.Slice(
            [
                {
                    "url": reverse("device", args=[row.item_id]),
                    "item": row.item_name,
                    "specification": row.specification,
                    "code": row.item_code,
                    "line": names.lines.get(row.line_id, ""),
                    "unit": row.price_unit,
                    "price": row.price,
                    "period": words.period(row.valid_from, row.valid_until),
                    "entity": names.entities.get(row.entity_id, ""),
                }
                for row in found.rows
            ],
            found.next,
        )

    return listing.Listing(
        name="floors",
        title=_("Floor prices"),
        columns=[
            tables.Column(key="item", label=_("Product"), sub="specification", sub_label=_("Specification")),
            tables.Column(key="code", label=_("Product code")),
            tables.Column(key="price", label=_("Floor without tax"), kind="price"),
            tables.Column(key="unit", label=_("Price unit"), kind="unit"),
            tables.Column(key="line", label=_("Product line")),
            tables.Column(key="period", label=_("Validity")),
            tables.Column(key="entity", label=_("Legal entity")),
        ],
        filters=[_product_filter(), *_common_filters(names)],
        fetch=fetch,
        order=_("By product code"),
        empty=tables.Empty(
            title=_("No floor yet"), hint=_("A line below its floor is refused unless approved."), icon="tag"
        ),
    )


def factors(query: QueryDict, *, today: dt.date, actor: scope.Actor) -> listing.Listing:
    """Factors of tiers and regions on the guide price, for our own people."""
    names = Names.load()
    entity, when = parsing.whole_or_none(query.get("entity")), _when(query)

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        skip = parsing.whole(cursor)
        found = queries.list_factors(
            on=today, actor=actor, entity_id=entity, when=when, skip=skip, limit=limit + 1
        )
        rows = [
            {
                "tier": status.show("grade", row.tier).label if row.tier else _("All tiers"),
                "for_whom": names.regions.get(row.region_id, "") if row.region_id else _("All regions"),
                "line": names.lines.get(row.line_id, "") if row.line_id else _("All lines"),
                "factor": formats.unit_price(row.factor),
                "off": 1 - row.factor,
                "period": words.period(row.valid_from, row.valid_until),
                "entity": names.entities.get(row.entity_id, ""),
            }
            for row in found[:limit]
        ]
        return listing.Slice(rows, str(skip + limit) if len(found) > limit else None)

    return listing.Listing(
        name="factors",
        title=_("Tier and region factors"),
        columns=[
            tables.Column(key="tier", label=_("Tier")),
            tables.Column(key="for_whom", label=_("Region")),
            tables.Column(key="factor", label=_("Factor"), figure=True),
            tables.Column(key="off", label=_("Discount"), kind="rate"),
            tables.Column(key="line", label=_("Product line")),
            tables.Column(key="period", label=_("Validity")),
            tables.Column(key="entity", label=_("Legal entity")),
        ],
        filters=_common_filters(names)[1:],
        fetch=fetch,
        empty=tables.Empty(
            title=_("No factor yet"),
            hint=_("Without factors the guide price holds as it is."),
            icon="percentage",
        ),
    )


def _wanted(query: QueryDict, today: dt.date, *, kind: str = "") -> queries.PriceFilter:
    return queries.PriceFilter(
        kind=kind,
        item_ids=_items(query, today),
        line_id=parsing.whole_or_none(query.get("line")),
        entity_id=parsing.whole_or_none(query.get("entity")),
        when=_when(query),
    )


def _items(query: QueryDict, today: dt.date) -> tuple[int, ...] | None:
    """The products a text means; None without a text. Found in the catalogue, which is no secret."""
    text = query.get("q", "").strip()
    if not text:
        return None
    return tuple(item.id for item in catalog.search_items(text, limit=MOST_FOUND, on=today))


def _when(query: QueryDict) -> str:
    """What holds today, unless the address asks for another time."""
    wanted = query.get("when", "now")
    return {"all": ""}.get(wanted, wanted if wanted in ("now", "coming", "past") else "now")


def _product_filter() -> filters.Text:
    return filters.Text("q", _("Product name, code or DI"))


def _common_filters(names: Names) -> list[filters.Filter]:
    times = [
        ("now", _("Holding today")),
        ("coming", _("To come")),
        ("past", _("Past")),
        ("all", _("Any time")),
    ]
    return [
        filters.Choice("line", _("Product line"), [(str(key), name) for key, name in names.lines.items()]),
        filters.Choice(
            "entity", _("Legal entity"), [(str(key), name) for key, name in names.entities.items()]
        ),
        filters.Choice("when", _("Validity"), times),
    ]
