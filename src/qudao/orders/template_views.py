"""Pages of order templates (常用清单): the list, one with its lines, calling it otherwise, removing it."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from qudao.catalog import queries as catalog
from qudao.kernel import periods, scope
from qudao.orders import kept, operations
from qudao.orders.rules import templates
from qudao.organisation import queries_people
from qudao.partners import queries as partners
from qudao.ui import acts, filters, formats, listing, pages, parsing, tables

PLACE = "orders.order.place"
Accounts = dict[int, partners.Account]


@require_safe
@pages.page(PLACE)
def order_templates(request) -> HttpResponseBase:
    """A partner's own templates; for our own people those of everybody, or of the partner of `?party=`."""
    actor, query = request.actor, request.GET
    party_id = actor.party_id or parsing.whole(query.get("party"))
    own = partners.list_accounts(party_id=party_id, actor=actor) if party_id else None

    def fetch(cursor: str | None, limit: int) -> listing.Slice:
        found, following = kept.page_of_templates(
            account_ids=None if own is None else [one.id for one in own],
            text=query.get("q", "").strip()[:60],
            actor=actor,
            cursor=cursor,
            limit=limit,
        )
        accounts = partners.accounts_by_id({one.account_id for one in found}, actor)
        return listing.Slice(_rows(found, accounts, actor), following)

    described = listing.Listing(
        name="order_templates",
        title=_("Templates"),
        crumbs=[{"title": _("Orders"), "url": reverse("orders")}, {"title": _("Templates")}],
        subtitle=partners.party_names([party_id], actor).get(party_id, "") if party_id else "",
        columns=_columns(actor.house),
        filters=[filters.Text("q", _("Name of the template"))],
        fetch=fetch,
        order=_("Sorted by name"),
        empty=tables.Empty(
            title=_("No templates yet"),
            hint=_("Put what is ordered again and again on the desk and save it as a template."),
            url=reverse("order_desk"),
            action=_("New order"),
            icon="template",
        ),
    )
    return listing.respond(request, described)


def _columns(house: bool) -> list[tables.Column]:
    who = [tables.Column(key="saved_by", label=_("Saved by"))] if house else []
    return [
        tables.Column(key="name", label=_("Template")),
        tables.Column(key="party", label=_("Partner"), whose="own"),
        tables.Column(key="line", label=_("Product line")),
        *who,
        tables.Column(key="at", label=_("Saved on"), kind="moment"),
        tables.Column(key="count", label=_("Lines"), kind="qty"),
    ]


def _rows(found: list[kept.TemplateView], accounts: Accounts, actor: scope.Actor) -> list[dict[str, Any]]:
    lines = catalog.line_names()
    people = queries_people.names_of([one.saved_by for one in found]) if actor.house else {}
    return [
        {
            "name": one.name,
            "url": reverse("order_template", args=[one.id]),
            "party": accounts[one.account_id].party_name,
            "line": lines.get(accounts[one.account_id].line_id, ""),
            "count": len(one.lines),
            "saved_by": people.get(one.saved_by, ""),
            "at": one.created_at,
        }
        for one in found
        if one.account_id in accounts
    ]


@require_safe
@pages.page(PLACE)
def order_template(request, template_id: uuid.UUID) -> HttpResponse:
    """What a template holds; from here it goes to the desk, gets another name, or is removed."""
    found, account = _own(template_id, request.actor)
    items = catalog.items(
        {line.item_id for line in found.lines},
        on=periods.business_date(request.now),
        entity_id=account.entity_id,
    )
    place = partners.place_names([found.ship_to_id], request.actor).get(found.ship_to_id, "")
    desk = {"party": account.party_id, "account": account.id, "kept": found.id}
    context = {
        "template": found,
        "crumbs": _crumbs(found.name),
        "party": account.party_name if request.actor.house else "",
        "line": catalog.line_names().get(account.line_id, ""),
        "place": place,
        "desk_url": f"{reverse('order_desk')}?{urlencode(desk)}",
        "table": tables.Table(
            label=_("Lines"),
            columns=[
                tables.Column(key="item", label=_("Product"), sub="code"),
                tables.Column(key="specification", label=_("Specification")),
                tables.Column(key="quantity", label=_("Quantity"), figure=True),
            ],
            rows=[_line(line, items.get(line.item_id)) for line in found.lines],
        ),
    }
    return pages.show(request, "orders/template.html", context)


def _line(line: kept.TemplateLine, item: Any) -> dict[str, Any]:
    unit = line.unit or (item.price_unit if item else "")
    return {
        "item": item.name if item else _("No longer in the catalogue"),
        "code": item.code if item else "",
        "specification": item.specification if item else "",
        "quantity": formats.quantity(line.quantity, unit),
        "url": reverse("device", args=[line.item_id]) if item else None,
    }


class Remove(acts.Form):
    """Nothing to fill in: the page asks once more. `version` is what was looked at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class Rename(Remove):
    name = forms.CharField(label=gettext_lazy("Name of the template"), max_length=templates.MOST_NAME)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.page(PLACE)
def template_rename(request, template_id: uuid.UUID) -> HttpResponse:
    """Call a template otherwise."""
    found, _account = _own(template_id, request.actor)
    act = acts.Act(
        title=_("Rename “%(name)s”") % {"name": found.name},
        button=_("Rename"),
        back=reverse("order_template", args=[found.id]),
        crumbs=_crumbs(found.name),
        beside={"orders.template_name": "name", "orders.template_name_taken": "name"},
        done=_("The template has its new name."),
        grid=False,
    )

    def perform(values: dict[str, Any]) -> str:
        made = operations.rename_template(
            template_id=found.id,
            version=values["version"],
            name=values["name"],
            actor=request.actor,
            now=request.now,
        )
        return str(made.id)

    initial = {"name": found.name, "version": found.version}
    return acts.respond(request, act, Rename, perform=perform, then=lambda _made: act.back, initial=initial)


@require_http_methods(["GET", "HEAD", "POST"])
@pages.page(PLACE)
def template_remove(request, template_id: uuid.UUID) -> HttpResponse:
    """Forget a template, once asked whether that is meant."""
    found, account = _own(template_id, request.actor)
    count = len(found.lines)
    act = acts.Act(
        title=_("Remove “%(name)s”") % {"name": found.name},
        button=_("Remove the template"),
        back=reverse("order_template", args=[found.id]),
        crumbs=_crumbs(found.name),
        consequence=ngettext(
            "The template with its %(n)s line will be removed for everybody who orders for this account. Orders made from"
            " it stay as they are.",
            "The template with its %(n)s lines will be removed for everybody who orders for this account. Orders made from"
            " it stay as they are.",
            count,
        )
        % {"n": count},
        done=_("The template is removed."),
        danger=True,
        grid=False,
    )

    def perform(values: dict[str, Any]) -> str:
        operations.remove_template(
            template_id=found.id, version=values["version"], actor=request.actor, now=request.now
        )
        return str(account.party_id)

    return acts.respond(
        request,
        act,
        Remove,
        perform=perform,
        then=lambda _party: reverse("order_templates"),
        initial={"version": found.version},
    )


def _own(template_id: uuid.UUID, actor: scope.Actor) -> tuple[kept.TemplateView, partners.Account]:
    """The template with its account; a partner has its own alone, not those of its dealers. Raises NotFound."""
    with scope.transaction(actor):
        found = kept.get_template(template_id, actor=actor)
        return found, kept.own_account(found.account_id, actor=actor)


def _crumbs(name: str) -> list[dict[str, Any]]:
    return [
        {"title": _("Orders"), "url": reverse("orders")},
        {"title": _("Templates"), "url": reverse("order_templates")},
        {"title": name},
    ]
