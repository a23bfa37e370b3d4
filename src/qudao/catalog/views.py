"""The list of devices, the page of one, and the register of certificates."""

import dataclasses
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.catalog import listing, operations, queries, showing
from qudao.kernel import manifest, periods, scope
from qudao.ui import acts, filters, formats, pages, tables
from qudao.ui import listing as lists

VIEW, MANAGE = "catalog.item.view", "catalog.item.manage"
CERTIFICATES, TAX = "catalog.certificate.manage", "catalog.tax.manage"


@require_safe
@pages.page(VIEW)
def devices(request) -> HttpResponseBase:
    """Products we deal in; the address holds filters, columns and place."""
    today = periods.business_date(request.now)
    wanted = listing.wanted(request.GET)
    lines = queries.line_names()
    # One standing takes the place of another: the chips count beside all other filters.
    overall = queries.total_devices(dataclasses.replace(wanted, standing=""), on=today)

    def fetch(cursor: str | None, limit: int) -> lists.Slice:
        page = queries.list_devices(wanted, on=today, cursor=cursor, limit=limit)
        return lists.Slice([listing.device(row, lines) for row in page.rows], page.next)

    def sums() -> tuple[dict[str, Any], Any]:
        found = queries.total_devices(wanted, on=today) if wanted.standing else overall
        return {}, listing.device_words(found)

    described = lists.Listing(
        name="devices",
        title=listing.called(request.actor),
        columns=listing.device_columns(),
        filters=listing.device_filters(overall, lines),
        fetch=fetch,
        sums=sums,
        order=_("By code"),
        empty=tables.Empty(
            title=_("No product yet"),
            hint=_("Products come by import, or from the device register."),
            icon="package",
        ),
    )
    actions = [lists.Action(label=_("Product certificates"), url=reverse("certificates"), icon="certificate")]
    if request.actor.can(MANAGE):
        actions += [
            lists.Action(label=_("Device register"), url=reverse("udi_import"), icon="database"),
            lists.Action(label=_("Products from Excel"), url=reverse("product_upload"), icon="file-upload"),
            lists.Action(label=_("New product"), url=reverse("device_new"), icon="plus", primary=True),
        ]
    return lists.respond(request, described, actions=actions)


@require_safe
@pages.page(VIEW)
def device(request, item_id: int) -> HttpResponse:
    """One product: what it is and may, what other modules know of it, what happened to it."""
    today = periods.business_date(request.now)
    found = queries.get_item(item_id, on=today)
    item = found.item
    cards = sorted(
        (
            card
            for find in manifest.collect("device_cards")
            for card in find(item_id, actor=request.actor, now=request.now)
        ),
        key=lambda card: card.order,
    )
    context = {
        "item": item,
        "subtitle": " · ".join(filter(None, (item.code, item.specification, item.manufacturer))),
        "crumbs": [{"title": _("Products"), "url": reverse("devices"), "rail": True}, {"title": item.code}],
        "state": showing.state(found, today),
        "facts": showing.facts(found),
        "certificates": showing.certificates(found, today),
        "packages": showing.packages(found),
        "details": showing.details(found, today),
        "steps": _steps(item, request.actor),
        "cards": cards,
        "charts": any(card.charts for card in cards),
        "timeline": showing.timeline(found, request.actor),
        "trace_url": showing.trace_url(found, request.actor),
    }
    return pages.show(request, "catalog/device.html", context)


def _steps(item: queries.ItemView, actor: scope.Actor) -> list[dict[str, Any]]:
    """What this person may change of the product; all but the look into the register opens in the panel."""
    known = [
        (MANAGE, "device_link", _("Link a record of the device register")),
        (MANAGE, "device_unit", _("Enter a unit")),
        (TAX, "device_tax", _("Set the VAT")),
        (MANAGE, "device_trade", _("Take it out of trade") if item.active else _("Back into trade")),
    ]
    return [
        {"url": reverse(name, args=[item.id]), "label": label, "drawer": name != "device_link"}
        for permission, name, label in known
        if actor.can(permission)
    ]


@pages.page(MANAGE, own_transaction=True)
def device_trade(request, item_id: int) -> HttpResponse:
    """Take a product out of trade, or back into it."""
    with scope.transaction(request.actor):
        item = queries.get_item(item_id, on=periods.business_date(request.now)).item
        at_stake = _at_stake(request, item) if item.active else ""
    back = reverse("device", args=[item_id])
    title = _("Take %(name)s out of trade") if item.active else _("Take %(name)s back into trade")
    act = acts.Act(
        title=title % {"name": item.name},
        button=_("Take it out of trade") if item.active else _("Back into trade"),
        back=back,
        crumbs=[
            {"title": _("Products"), "url": reverse("devices"), "rail": True},
            {"title": item.code, "url": back},
        ],
        about=" · ".join(filter(None, (item.code, item.specification, item.manufacturer))),
        consequence=_(
            "Nobody can order or buy it any more. What is ordered already goes out; stock and history stay. %(numbers)s"
        )
        % {"numbers": at_stake}
        if item.active
        else _("It can be ordered again wherever certificate, licence and price allow it."),
        done=_("The product is out of trade.") if item.active else _("The product is in trade again."),
        danger=item.active,
    )

    def perform(_values: dict[str, Any]) -> bool:
        operations.set_active(item_id=item_id, active=not item.active, actor=request.actor, now=request.now)
        return not item.active

    return acts.respond(request, act, acts.Form, perform=perform, then=lambda _answer: back)


def _at_stake(request, item: queries.ItemView) -> str:
    """How much of a product is under way, as the modules above know it: stock 120 boxes · …"""
    facts = [
        fact
        for find in manifest.collect("device_stakes")
        for fact in find(item.id, actor=request.actor, now=request.now)
    ]
    return " · ".join(
        f"{fact.label} {formats.quantity(fact.value, item.base_unit)} {fact.detail}".strip() for fact in facts
    )


@require_safe
@pages.page(VIEW)
def certificates(request) -> HttpResponseBase:
    """注册证与备案: the first to end on top, with how many products rest on each."""
    today = periods.business_date(request.now)
    wanted = listing.wanted_certificates(request.GET)
    # One window takes the place of another: the chips count beside all other filters.
    overall = queries.total_certificates(dataclasses.replace(wanted, within=None, lapsed=False), on=today)

    def fetch(cursor: str | None, limit: int) -> lists.Slice:
        page = queries.list_certificates(wanted, on=today, cursor=cursor, limit=limit)
        return lists.Slice([listing.certificate(row, today) for row in page.rows], page.next)

    def sums() -> tuple[dict[str, Any], Any]:
        totals = queries.total_certificates(wanted, on=today)
        return {}, _("%(count)s certificates · %(lapsed)s no longer valid") % {
            "count": totals.certificates,
            "lapsed": totals.lapsed,
        }

    described = lists.Listing(
        name="certificates",
        title=_("Product certificates"),
        columns=listing.certificate_columns(),
        filters=[
            filters.Text("q", _("Number, registrant or producer")),
            filters.Toggle("within", "lapsed", _("No longer valid"), overall.lapsed),
            *(
                filters.Toggle("within", str(days), _("Ends within %(days)s days") % {"days": days}, number)
                for days, number in overall.windows.items()
            ),
            filters.Toggle("unused", "yes", _("Include those with no product in trade")),
        ],
        fetch=fetch,
        sums=sums,
        order=_("Earliest to end first"),
        empty=tables.Empty(
            title=_("No certificate on file"),
            hint=_("Certificates come with the import of products."),
            icon="certificate",
        ),
    )
    actions = [lists.Action(label=listing.called(request.actor), url=reverse("devices"), icon="package")]
    if request.actor.can(CERTIFICATES):
        actions.append(
            lists.Action(
                label=_("New certificate"), url=reverse("certificate_new"), icon="plus", primary=True
            )
        )
    return lists.respond(request, described, actions=actions)
