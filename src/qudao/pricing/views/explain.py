"""How a price comes about: an account, a product, a quantity, a day, an end hospital."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.catalog import queries as catalog
from qudao.kernel import periods, scope
from qudao.partners import queries as partners
from qudao.pricing import explaining
from qudao.pricing.names import Names
from qudao.ui import filters, pages, parsing

SHOWN = 12


@require_safe
@pages.page("pricing.price.view", own_transaction=True)
def price_explain(request) -> HttpResponse:
    """Choose, and see the price with the row behind every step. As a fragment it fills the drawer."""
    query, actor = request.GET, request.actor
    today = periods.business_date(request.now)
    on = parsing.day(query.get("on")) or today
    quantity = _quantity(query.get("quantity", ""))
    with scope.transaction(actor):
        names = Names.load()
        account = _account(query, actor)
        parties = [] if account else _parties(query, actor)
        context: dict[str, Any] = {
            "account": account,
            "account_words": _words(account, names) if account else "",
            "parties": parties if len(parties) > 1 else [],
            "accounts": [] if account else _accounts(query, parties, names, actor),
            "item_id": parsing.whole(query.get("item")),
            "found_items": _found_items(query, account, today),
            "hospital": _hospital(query, actor),
            "hospitals": _hospitals(query, actor),
            "on": on,
            "quantity": quantity,
            "query": query,
            "crumbs": [
                {"title": _("Prices"), "url": reverse("prices"), "rail": True},
                {"title": _("Explain a price")},
            ],
            "own": bool(actor.party_id) and not actor.house,
            "without": {key: filters.with_value(query, key, None) for key in ("account", "item", "hospital")},
        }
    if account and context["item_id"]:
        hospital = context["hospital"]
        found = explaining.explain(
            account=account,
            item_id=context["item_id"],
            quantity=quantity,
            on=on,
            hospital_id=hospital.id if hospital else 0,
            actor=actor,
        )
        with scope.transaction(actor):
            context |= {"found": found, "explanation": explaining.shown(found, actor=actor)}
    drawer = request.headers.get("HX-Request") and context.get("found")
    template = "pricing/explain_drawer.html" if drawer else "pricing/explain.html"
    return pages.show(request, template, context)


def _account(query, actor) -> partners.Account | None:
    """The account named; of a partner with a single one, that."""
    account_id = parsing.whole(query.get("account"))
    if account_id:
        return partners.get_account(account_id, actor)
    if actor.party_id and not actor.house:
        own = partners.list_accounts(party_id=actor.party_id, actor=actor)
        return own[0] if len(own) == 1 else None
    return None


def _parties(query, actor) -> list[dict[str, Any]]:
    """Partners whose name was typed, to choose one of; none once there is only one."""
    if actor.party_id and not actor.house:
        return []
    text = query.get("who", "").strip()
    if not text or parsing.whole(query.get("party")):
        return []
    return [
        {"id": hit.id, "words": hit.name, "url": filters.with_value(query, "party", str(hit.id))}
        for hit in partners.search_parties(text, actor=actor, limit=SHOWN)
        if hit.kind != "person"
    ]


def _accounts(query, parties: list[dict[str, Any]], names: Names, actor) -> list[dict[str, Any]]:
    """The accounts of one's own, or of the one partner that is meant."""
    if actor.party_id and not actor.house:
        party_id = actor.party_id
    else:
        party_id = parsing.whole(query.get("party")) or (parties[0]["id"] if len(parties) == 1 else 0)
    return [
        {"words": _words(one, names), "url": filters.with_value(query, "account", str(one.id))}
        for one in (partners.list_accounts(party_id=party_id, actor=actor) if party_id else ())
        if one.is_open
    ]


def _words(account: partners.Account, names: Names) -> str:
    parts = (
        account.party_name,
        names.lines.get(account.line_id, ""),
        names.entities.get(account.entity_id, ""),
    )
    return " · ".join([*filter(None, parts), _("Tier %(tier)s") % {"tier": account.tier}])


def _found_items(query, account, today: dt.date) -> list[dict[str, Any]]:
    text = query.get("what", "").strip()
    if not text or parsing.whole(query.get("item")):
        return []
    lines = [account.line_id] if account else None
    return [
        {
            "words": f"{item.name} {item.specification}",
            "code": item.code,
            "url": filters.with_value(query, "item", str(item.id)),
        }
        for item in catalog.search_items(text, limit=SHOWN, on=today, line_ids=lines)
    ]


def _hospital(query, actor):
    hospital_id = parsing.whole(query.get("hospital"))
    return partners.get_party(hospital_id, actor) if hospital_id else None


def _hospitals(query, actor) -> list[dict[str, Any]]:
    text = query.get("end", "").strip()
    if not text or parsing.whole(query.get("hospital")):
        return []
    return [
        {"words": hit.name, "url": filters.with_value(query, "hospital", str(hit.id))}
        for hit in partners.search_parties(text, actor=actor, limit=SHOWN)
        if hit.kind == "hospital"
    ]


def _quantity(text: str) -> Decimal:
    """A quantity of price units; 1 for what is none."""
    found = parsing.number(text)
    usable = found is not None and 0 < found < 10**9 and found == found.quantize(Decimal("0.0001"))
    return found.normalize() if usable else Decimal(1)
