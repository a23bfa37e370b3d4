"""What the pages of orders show, from views and quotes to plain template data."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib import parse

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qudao.catalog import queries as catalog
from qudao.kernel import errors, journal, manifest, messages, periods, scope
from qudao.orders import desk as desks
from qudao.orders import explaining, kept, outlook, preparation, queries, turns, writing
from qudao.orders.rules import progress
from qudao.organisation import queries_journal, queries_people
from qudao.partners import queries as partners
from qudao.pricing import explaining as prices
from qudao.pricing.rules import price
from qudao.ui import cards, formats


def desk(
    actor: scope.Actor,
    state: desks.Desk,
    quote: preparation.Prepared | None,
    reasons: Sequence[errors.Reason],
    *,
    draft: queries.OrderView | None = None,
    now: dt.datetime,
) -> dict[str, Any]:
    """The desk: head facts, lines, what refuses and mends it, how the price in focus came about; `draft` where it was
    read already."""
    today = periods.business_date(now)
    party = partners.get_party(state.party_id, actor, today=today)
    rows = _desk_rows(state, quote, reasons, today, house=actor.house)
    focus = next((row for row in rows if row["no"] == state.focus), rows[-1] if rows else None)
    mends = {row["no"]: row for row in rows}
    party_url = _party_url(actor, party.id)
    elsewhere = _elsewhere(state, rows, party.accounts)
    rendered = [_refusal(reason, mends.get(reason.line or 0), party_url, elsewhere) for reason in reasons]
    if state.draft_id and draft is None:
        draft = queries.get_order(uuid.UUID(state.draft_id), actor=actor)
    return {
        "desk": state,
        "draft": draft,
        "figures": figures(state.account_id, actor, now, quote),
        "templates": kept.list_templates(state.account_id, actor=actor) if state.account_id else [],
        "reach": quote and _reach(quote),
        "party": party,
        "crumbs": desk_crumbs(draft.number if draft else ""),
        "party_url": party_url,
        "accounts": [
            one for one in choices(party.accounts) if draft is None or one["id"] == draft.account_id
        ],
        "places": party.places,
        "rows": rows,
        "focus": focus,
        "refusals": sorted(rendered, key=lambda one: (not one["refuses"], one["reason"].line or 0)),
        "refused": sum(one["refuses"] for one in rendered),
        "explanation": focus and focus["explanation"],
        "totals": quote and {name: quote.total(name) for name in ("gross", "net")},
        "tax": quote and quote.total("gross") - quote.total("net"),
        "discount": quote and sum((line.money.discount for line in quote.lines), Decimal(0)),
        "contract": quote and quote.contract,
        "priced_by": quote and _priced_by(quote),
        "sites": ", ".join(quote.sites.values()) if quote else "",
    }


def desk_crumbs(draft: str = "") -> list[dict[str, str]]:
    """The way back from the desk; with the number of the draft that is gone on with."""
    return [{"title": _("Orders"), "url": reverse("orders")}, {"title": draft or _("New order")}]


def _elsewhere(
    state: desks.Desk, rows: Sequence[Mapping[str, Any]], known: Sequence[partners.Account]
) -> dict[int, str]:
    """Product line → a new order of the account that carries it, with what stands here of that line."""
    here = next((one for one in known if one.id == state.account_id), None)
    found: dict[int, str] = {}
    for one in known if here else ():
        lines = [row["line"] for row in rows if row["item"] and row["item"].line_id == one.line_id]
        if lines and one.line_id != here.line_id and one.entity_id == here.entity_id:
            query = [("party", state.party_id), ("account", one.id), ("ship_to", state.ship_to_id)]
            for line in lines:
                query += [
                    ("item", line.item_id),
                    ("quantity", line.quantity),
                    ("unit", line.unit),
                    ("di", line.di),
                ]
            found[one.line_id] = f"{reverse('order_desk')}?{parse.urlencode(query)}"
    return found


def _refusal(
    reason: errors.Reason, row: Mapping[str, Any] | None, party_url: str, elsewhere: Mapping[int, str]
) -> dict[str, Any]:
    """A reason with what mends it here: the quantity that is there, the partner's papers, another account."""
    papers = reason.code.startswith("partners.") and party_url
    other = reason.code == "orders.item_of_other_line" and row and row["item"]
    link = elsewhere.get(row["item"].line_id, "") if other else ""
    return {
        "reason": messages.render(reason),
        "refuses": reason.refuses,
        "take": row["take"] if row and reason.code == "orders.short" else None,
        "more": row["outlook"] if row and reason.code == "orders.short" else (),
        "link": reason.link or link or (party_url if papers else ""),
    }


def _reach(quote: preparation.Prepared) -> dict[str, Any] | None:
    """Whether the goods can be there on the day they are wanted, and from which day on they can; `whole`: all of
    them, none is short."""
    if quote.earliest_on is None:
        return None
    wanted = quote.request.requested_on
    return {
        "on": quote.earliest_on,
        "late": wanted is not None and wanted < quote.earliest_on,
        "whole": not quote.allocation.shortages,
    }


def figures(
    account_id: int, actor: scope.Actor, now: dt.datetime, quote: preparation.Prepared | None = None
) -> list[cards.Fact]:
    """What is worth knowing before an order of the account: its last one, and what other modules say."""
    if not account_id:
        return []
    account = partners.get_account(account_id, actor)
    last = queries.last_order_of(account_id, actor=actor)
    basket = quote and _basket(quote)
    found = [
        fact
        for find in manifest.collect("desk")
        for fact in find(account, basket=basket, actor=actor, now=now)
    ]
    if last is not None:
        count = len(last.lines)
        lines = ngettext("%(n)s line", "%(n)s lines", count) % {"n": count}
        found.append(
            cards.Fact(
                label=_("Last order"),
                value=formats.day(last.business_on),
                detail=f"{lines} · {formats.amount(last.gross)}",
            )
        )
    return found


def _basket(quote: preparation.Prepared) -> cards.Basket:
    return cards.Basket(
        gross=sum((line.money.gross for line in quote.lines), Decimal(0)),
        net=quote.total("net"),
        quantity=sum((line.measured.base for line in quote.lines), Decimal(0)),
    )


def accounts(party_id: int, actor: scope.Actor) -> list[dict[str, Any]]:
    """The party's accounts to choose from, see `choices`."""
    return choices(partners.list_accounts(party_id=party_id, actor=actor))


def choices(held: Sequence[partners.Account]) -> list[dict[str, Any]]:
    """A party's accounts to choose from, by the name of their product line."""
    names = catalog.line_names()
    return [
        {"id": account.id, "line": names.get(account.line_id, ""), "tier": account.tier} for account in held
    ]


def _cancelled(leaf: journal.Leaf, actor: scope.Actor) -> str:
    """Why an order was cancelled: ours to read, and whoever wrote it."""
    mine = actor.house or leaf.actor == actor.ref
    return str(leaf.data["reason"]) if leaf.type == "orders.order.cancelled" and mine else ""


def _priced_by(quote: preparation.Prepared) -> str:
    """Which prices hold where there is no contract."""
    kinds = (line.choice.kind if line.choice.kind in prices.AGREED else "guide" for line in quote.lines)
    return formats.listed(dict.fromkeys(prices.label(kind, {}) for kind in kinds))


def _desk_rows(state, quote, reasons, on, *, house: bool) -> list[dict[str, Any]]:
    priced = {line.no: line for line in quote.lines} if quote else {}
    names = _item_names(state, priced, on)
    return [
        _desk_row(line, priced.get(line.no), names.get(line.item_id), quote, reasons, house)
        for line in state.lines
    ]


def _item_names(state, priced, on) -> Mapping[int, Any]:
    known = {line.item.id: line.item for line in priced.values()}
    missing = {line.item_id for line in state.lines} - set(known)
    if missing:
        known |= catalog.items(missing, on=on, entity_id=0)
    return known


def _desk_row(line, priced, item, quote, reasons, house) -> dict[str, Any]:
    mine = [reason for reason in reasons if reason.line == line.no]
    short = next((reason.params for reason in mine if reason.code == "orders.short"), None)
    unit = line.unit or (item.price_unit if item else "")
    row = {
        "no": line.no,
        "line": line,
        "item": item,
        "about": _about(item, ""),
        "refusing": sum(reason.refuses for reason in mine),
        "warning": sum(not reason.refuses for reason in mine),
        "supply": "",
        "outlook": [],
        "short": short,
        # What is there counts in base units: it is offered where the line is typed in them.
        "take": short["available"] if short and short["unit"] == unit else None,
        "priced": priced,
        "explanation": None,
        "tags": [],
    }
    if priced is None:
        return row
    covering = quote.certificates.get(priced.item.id, ())
    row["about"] = _about(item, covering[0].number if covering else "")
    row["supply"] = _supply(priced.no, quote)
    found = quote.outlooks.get(priced.item.id) if short else None
    row["outlook"] = outlook.told(found, unit=priced.item.base_unit, today=quote.on)
    if priced.choice.kind == "vbp":
        row["tags"].append(("info", _("Centralised procurement")))
    if priced.promotion_id:
        granted = next((step.params.get("name") for step in priced.steps if step.code == "promotion"), None)
        row["tags"].append(("warn", granted or _("Promotion discount")))
    steps = [step.as_json() for step in writing.explanation(priced)]
    row["explanation"] = explanation(
        price.told(steps, house=house),
        priced.choice.unit_price,
        formats.quantity(priced.measured.entered, priced.measured.unit),
    )
    return row


def _about(item, certificate: str) -> str:
    """BQ-2515 · 国械注准20213030647 · 2–8℃."""
    if item is None:
        return ""
    return " · ".join(filter(None, (item.code, certificate, item.storage if item.cold_chain else "")))


def _supply(no: int, quote: preparation.Prepared) -> str:
    """杭州仓 8 + 上海仓 4."""
    by_site: dict[int, Decimal] = {}
    for pick in quote.allocation.picks:
        if pick.line == no:
            by_site[pick.site_id] = by_site.get(pick.site_id, Decimal(0)) + pick.quantity
    return " + ".join(
        f"{quote.sites.get(site, site)} {formats.quantity(quantity)}" for site, quantity in by_site.items()
    )


def explanation(steps: Sequence[Mapping[str, Any]], unit_price: Decimal, quantity: str) -> dict[str, Any]:
    """The steps of a price as the explain panel shows them: those of one unit, and those of the line of `quantity`."""
    return {
        "title": _("How %(price)s came about") % {"price": formats.unit_price(unit_price)},
        "steps": [_step(step, quantity) for step in steps],
    }


def _step(step: Mapping[str, Any], quantity: str) -> dict[str, Any]:
    code, params, after = step["code"], step["params"], Decimal(step["after"])
    value: Any = formats.unit_price(after)
    of_line = code in ("promotion", "rebate_used", "tax")
    if code in ("promotion", "rebate_used"):
        value = after - Decimal(step["before"] or 0)
    elif code == "tax":
        value = f"{formats.amount(after)} / {formats.amount(Decimal(params['tax']))}"
    return {
        "label": _("Rebate pool used") if code == "rebate_used" else prices.label(code, params),
        "value": value,
        "note": _("This line: %(quantity)s") % {"quantity": quantity} if of_line else "",
        "source": params.get("citation", ""),
        "strong": code in prices.AGREED,
    }


def order(actor: scope.Actor, view: queries.OrderView, *, today: dt.date) -> dict[str, Any]:
    """An order's page."""
    party = partners.get_party(view.party_id, actor)
    place = partners.get_place(view.ship_to_id, actor)
    ever = queries.shipments_of(view.id, actor=actor, withdrawn=True)
    shipments = [one for one in ever if one.status != "withdrawn"]
    stock = explaining.allocation(view, shipments, actor)
    sites, holds = (stock["sites"], stock["holds"]) if stock else ({}, [])
    steps = {wanted for current, wanted in progress.ORDER_STEPS if current == view.status}
    sent = [line.id for one in shipments for line in one.lines]
    shipped = any(line.shipped for line in view.lines)
    return {
        "order": view,
        "late": view.is_late(today),
        "turn": turns.of(view, actor),
        "facts": [fact for find in manifest.collect("order_facts") for fact in find(view, sent, actor=actor)],
        "crumbs": [{"title": _("Orders"), "url": reverse("orders")}, {"title": view.number}],
        "party": party,
        "party_url": _party_url(actor, party.id),
        "place": place,
        "shipped": shipped,
        "signed": any(line.signed for line in view.lines),
        "together": queries.others_of_basket(view, actor=actor),
        "shipments": [
            {
                "view": one,
                "title": _shipment_title(one, sites.get(one.site_id, "")),
                "signed": one.status.startswith("signed"),
                "different": one.status == "signed_with_difference",
                "returnable": actor.can("orders.return.manage")
                and any(line.signed > line.returned for line in one.lines),
            }
            for one in shipments
        ],
        "allocation": stock,
        "returns": queries.returns_of(view.id, actor=actor),
        "warnings": view.warnings,
        "placed_by": queries_people.names_of([view.placed_by]).get(view.placed_by, "") if actor.house else "",
        "timeline": queries_journal.timeline(
            f"orders.order:{view.id}",
            *(f"orders.shipment:{one.id}" for one in ever),
            *(f"inventory.hold:{one}" for one in holds),
            actor=actor,
            said=lambda leaf: _cancelled(leaf, actor),
        ),
        "can_go_on": view.status == "draft" and may_place(actor, view),
        "can_confirm": "confirmed" in steps and actor.can("orders.order.confirm"),
        "can_reallocate": view.status == "confirmed" and actor.can("orders.order.reallocate"),
        "can_withdraw": view.status == "picking" and actor.can("orders.order.release"),
        "can_release": "picking" in steps and actor.can("orders.order.release"),
        "can_cancel": "cancelled" in steps and not shipped and actor.can("orders.order.place"),
    }


def may_place(actor: scope.Actor, view: queries.OrderView) -> bool:
    """Our own people for everybody, a partner for itself."""
    return actor.can("orders.order.place") and actor.party_id in (None, view.party_id)


def _shipment_title(view: queries.ShipmentView, site: str) -> SafeString:
    name = " · ".join(filter(None, (view.number, site)))
    return format_html('<a href="{}">{}</a>', reverse("shipment", args=[view.id]), name)


def _party_url(actor: scope.Actor, party_id: int) -> str:
    return reverse("partner", args=[party_id]) if actor.can("partners.party.view") else ""
