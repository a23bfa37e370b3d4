"""The lists. Each is a page, and its own Excel file."""

import functools

from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.kernel import periods, scope
from qudao.pricing import listing as lists
from qudao.pricing import price_list, promotion_list, queries
from qudao.ui import listing, pages


@require_safe
@pages.page("pricing.contract.view")
def contracts(request) -> HttpResponseBase:
    """Contracts, which version holds, what waits to be signed, what ends next."""
    actions = []
    if request.actor.can("pricing.contract.manage"):
        actions.append(
            listing.Action(label=_("New contract"), url=reverse("contract_draft"), icon="plus", primary=True)
        )
    if request.actor.can("pricing.price.view"):
        actions.insert(0, listing.Action(label=_("Prices"), url=reverse("prices"), icon="tag"))
    return _respond(request, lists.contracts, actions)


@require_safe
@pages.page("pricing.price.view", own_transaction=True)
def prices(request) -> HttpResponseBase:
    """Every price row that may price something for the reader; a partner's guide prices as it pays them."""
    today = periods.business_date(request.now)
    factors = queries.own_factors(on=today, actor=request.actor)
    actions = [
        listing.Action(
            label=_("Explain a price"), url=reverse("price_explain"), icon="help-circle", primary=True
        )
    ]
    if request.actor.house and request.actor.can("pricing.floor.view"):
        actions = [
            listing.Action(label=_("Factors"), url=reverse("factors"), icon="percentage"),
            listing.Action(label=_("Floor prices"), url=reverse("floors"), icon="arrow-bar-to-down"),
            *actions,
        ]
    if request.actor.can("pricing.contract.manage"):
        for said, page in (
            (_("Centralised procurement prices from Excel"), "vbp_upload"),
            (_("Registered prices from Excel"), "hospital_upload"),
            (_("Guide prices from Excel"), "guide_upload"),
        ):
            actions.insert(0, listing.Action(label=said, url=reverse(page), icon="upload"))
    with scope.transaction(request.actor):
        return _respond(request, functools.partial(price_list.prices, factors=factors), actions)


@require_safe
@pages.house_page("pricing.floor.view")
def floors(request) -> HttpResponseBase:
    """What we do not sell below."""
    actions = _back()
    if request.actor.can("pricing.contract.manage"):
        said = _("Floor prices from Excel")
        actions.insert(0, listing.Action(label=said, url=reverse("floor_upload"), icon="upload"))
    return _respond(request, price_list.floors, actions)


@require_safe
@pages.house_page("pricing.floor.view")
def factors(request) -> HttpResponseBase:
    """What tiers and regions pay of the guide price."""
    actions = _back()
    if request.actor.can("pricing.contract.manage"):
        actions.append(
            listing.Action(label=_("New factor"), url=reverse("factor_new"), icon="plus", primary=True)
        )
    return _respond(request, price_list.factors, actions)


@require_safe
@pages.page("pricing.price.view")
def promotions(request) -> HttpResponseBase:
    """Promotions running, planned and ended."""
    actions = []
    if request.actor.can("pricing.promotion.manage"):
        actions.append(
            listing.Action(
                label=_("New promotion"), url=reverse("promotion_start"), icon="plus", primary=True
            )
        )
    return _respond(request, promotion_list.promotions, actions)


def _back() -> list[listing.Action]:
    return [listing.Action(label=_("Prices"), url=reverse("prices"), icon="tag")]


def _respond(request, declared, actions) -> HttpResponseBase:
    wanted = declared(request.GET, today=periods.business_date(request.now), actor=request.actor)
    return listing.respond(request, wanted, actions=actions)
