"""The lists of contracts, price rows, floors and factors."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qudao.catalog import queries as catalog
from qudao.kernel import scope
from qudao.partners import queries as partners
from qudao.pricing import names as words
from qudao.pricing import queries
from qudao.pricing.names import Names
from qudao.pricing.rules import price
from qudao.ui import filters, formats, listing, parsing, status, tables

CONTRACT_STATES = ("effective", "expiring", "draft", "pending", "ended")
MOST_FOUND = 500


def choice(query: QueryDict, key: str, choices) -> str:
    text = query.get(key, "")
    return text if text in choices else ""


def contracts(query: QueryDict, *, today: dt.date, actor: scope.Actor) -> listing.Listing:
    """Contracts and which version of each holds today."""
    names = Names.load()
    wanted = _contract_filter(query, actor)
    chosen = _contract_columns()
    sort = listing.sort_of(query, chosen, "ends" if wanted.state == "expiring" else "current").lstrip("-")

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.find_contracts(wanted, on=today, actor=actor, cursor=cursor, sort=sort, limit=limit)
        return listing.Slice([_contract(row, names, today, actor) for row in found.rows], found.next)

    def sums() -> tuple[dict[str, Any], str]:
        found = queries.total_contracts(wanted, on=today, actor=actor)
        return {}, _(
            "%(contracts)s contracts · %(effective)s in force · %(expiring)s expiring · %(drafts)s to sign"
        ) % {
            "contracts": found.contracts,
            "effective": found.effective,
            "expiring": found.expiring,
            "drafts": found.drafts,
        }

    return listing.Listing(
        name="contracts",
        title=_("Contracts"),
        columns=chosen,
        filters=[
            filters.Text("q", _("Contract number or partner")),
            filters.Choice(
                "state",
                _("State"),
                [
                    (one, _("to sign") if one == "draft" else status.show("contract", one).label)
                    for one in CONTRACT_STATES
                ],
            ),
            filters.Choice("line", _("Product line"), [(str(k), v) for k, v in names.lines.items()]),
            filters.Choice("entity", _("Legal entity"), [(str(k), v) for k, v in names.entities.items()]),
        ],
        fetch=fetch,
        sums=sums,
        order=_("Soonest to end first") if sort == "ends" else _("To sign first, ended last"),
        empty=tables.Empty(
            title=_("No contract yet"),
            hint=_(
                "A contract is drafted from its workbook, checked cell by cell, and holds once both sides signed."
            ),
            icon="file-text",
        ),
    )


def _contract_filter(query: QueryDict, actor: scope.Actor) -> queries.ContractFilter:
    text = query.get("q", "").strip()
    named = partners.search_parties(text, actor=actor, limit=MOST_FOUND) if text else []
    return queries.ContractFilter(
        text=text,
        party_ids=tuple(party.id for party in named),
        state=choice(query, "state", CONTRACT_STATES),
        line_id=parsing.whole_or_none(query.get("line")),
        entity_id=parsing.whole_or_none(query.get("entity")),
        party_id=parsing.whole_or_none(query.get("party")),
    )


def _contract_columns() -> list[tables.Column]:
    return [
        tables.Column(key="number", label=_("Contract"), sub="title", sub_label=_("Title"), sortable=True),
        tables.Column(key="party", label=_("Partner"), whose="seen"),
        tables.Column(
            key="state",
            label=_("State"),
            kind="status",
            status="contract",
            sub="waits",
            sub_label=_("Who has to sign"),
        ),
        tables.Column(key="ends", label=_("Next expiry"), kind="day", sub="left", sortable=True),
        tables.Column(key="line", label=_("Product line"), sub="entity", sub_label=_("Legal entity")),
        tables.Column(key="tier", label=_("Tier"), kind="status", status="grade"),
        tables.Column(key="version", label=_("Version"), sub="draft", sub_label=_("To sign")),
        tables.Column(key="prices", label=_("Price rows"), kind="qty"),
        tables.Column(key="begins", label=_("Begins"), kind="day"),
    ]


def _contract(row: queries.ContractRow, names: Names, today: dt.date, actor: scope.Actor) -> dict[str, Any]:
    """One line; of a contract nobody signed yet its draft's version, days and prices."""
    url = reverse("contract", args=[row.id])
    last = words.last_day(row.ends)
    left = (last - today).days if last and row.state in ("effective", "expiring") else None
    return {
        "url": url,
        "number": row.number,
        "title": row.title,
        "party": row.party_name,
        "line": names.lines.get(row.line_id, ""),
        "entity": names.entities.get(row.entity_id, ""),
        "tier": row.tier,
        "version": f"v{row.version_number or row.draft_number}",
        "begins": row.valid_from if row.version_number else row.draft_from,
        "prices": row.prices,
        "state": row.state,
        "waits": _waits(row, names, actor),
        "ends": last,
        "ends_tone": "warn" if row.state == "expiring" else None,
        "left": _("%(days)s days left") % {"days": left} if row.state == "expiring" else "",
        # Of a contract nobody signed yet the version is the draft, and the state says whom it waits for.
        "draft": row.draft_number
        and row.version_number
        and _("v%(number)s to sign") % {"number": row.draft_number},
    }


def _waits(row: queries.ContractRow, names: Names, actor: scope.Actor) -> str:
    """Who has to sign the draft: a partner waits for us, our own people for the roles that may."""
    if not row.draft_number:
        return ""
    english = get_language() == "en"
    signers = [(english and name_en) or name for name, name_en in row.signers] if actor.house else []
    who = formats.listed(signers) or names.entities.get(row.entity_id, "")
    return _("Waits for %(who)s to sign") % {"who": who}


def prices(query: QueryDict, *, today: dt.date, actor: scope.Actor) -> listing.Listing:
    """Price rows of the lists and contracts: what may price something for the reader."""
    names = Names.load()
    wanted = queries.PriceFilter(
        kind=choice(query, "kind", words.KINDS),
        item_ids=_items(query, today),
        line_id=parsing.whole_or_none(query.get("line")),
        entity_id=parsing.whole_or_none(query.get("entity")),
        when=_when(query),
    )

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found = queries.find_prices(wanted, on=today, actor=actor, cursor=cursor, limit=limit)
        return listing.Slice(price_rows(found.rows, names, today=today, actor=actor), found.next)

    def sums() -> tuple[dict[str, Any], str]:
        rows, products = queries.count_prices(wanted, on=today, actor=actor)
        return {}, _("%(rows)s prices of %(products)s products") % {
            "rows": formats.quantity(rows),
            "products": formats.quantity(products),
        }

    return listing.Listing(
        name="prices",
        title=_("Prices"),
        columns=[
            tables.Column(key="item", label=_("Product"), sub="specification", sub_label=_("Specification")),
            tables.Column(key="code", label=_("Product code")),
            tables.Column(key="gross", label=_("Price with tax"), kind="price"),
            tables.Column(key="unit", label=_("Price unit")),
            tables.Column(key="kind", label=_("Kind"), kind="status", status="price_origin"),
            tables.Column(key="for_whom", label=_("For"), sub="hospital", sub_label=_("Hospital")),
            tables.Column(key="minimum", label=_("From quantity"), kind="qty"),
            tables.Column(key="net", label=_("Price without tax"), kind="exact"),
            tables.Column(key="period", label=_("Validity")),
            tables.Column(key="citation", label=_("Source"), link="source"),
            tables.Column(key="entity", label=_("Legal entity")),
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
    found: Sequence[queries.ListedPrice], names: Names, *, today: dt.date, actor: scope.Actor
) -> list[dict[str, Any]]:
    """Price rows in plain values, with and without tax; whom they are for as far as the reader sees them."""
    accounts = partners.accounts_by_id({row.account_id for row in found if row.account_id}, actor)
    hospitals = partners.party_names({row.hospital_id for row in found if row.hospital_id}, actor=actor)
    rates = {
        entity: catalog.items({row.item_id for row in found}, on=today, entity_id=entity)
        for entity in {row.entity_id for row in found}
    }
    contracts = actor.can("pricing.contract.view")
    return [_price(row, names, accounts, hospitals, rates, contracts) for row in found]


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
    wanted = queries.PriceFilter(
        item_ids=_items(query, today),
        line_id=parsing.whole_or_none(query.get("line")),
        entity_id=parsing.whole_or_none(query.get("entity")),
        when=_when(query),
    )

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
            tables.Column(key="unit", label=_("Price unit")),
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
