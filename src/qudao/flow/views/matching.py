"""The matching desk."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.catalog import queries as catalog
from qudao.flow import operations, queries
from qudao.kernel import errors, periods, scope
from qudao.partners import queries as partners
from qudao.ui import pages, parsing

# Names shown at once: what one person decides in a sitting, and a phone can be scrolled through.
AT_ONCE = 12


@pages.page(operations.DECIDE)
def matching(request) -> HttpResponse:
    """Words nobody understood, those that hold up most lines first: accept a candidate or choose another."""
    context: dict[str, Any] = {}
    code = 200
    if request.method == "POST":
        try:
            return _decide(request)
        except errors.Refused as refusal:
            context["reasons"], code = refusal.reasons, refusal.status
    with scope.transaction(request.actor):
        waiting = queries.list_waiting(actor=request.actor, limit=AT_ONCE)
        context |= {
            "groups": _groups(waiting, request),
            "count": queries.count_waiting(actor=request.actor),
            "text": request.GET.get("q", ""),
            "decided": request.GET.get("counted", ""),
            "crumbs": [
                {"title": _("Sell-through"), "url": reverse("flow_files")},
                {"title": _("Matching desk")},
            ],
        }
    return pages.show(request, "flow/matching.html", context, status=code)


def _groups(waiting: list[queries.Waiting], request) -> list[dict[str, Any]]:
    """Each group of words with its candidates by name; for the one being searched, what the search finds."""
    today = periods.business_date(request.now)
    hospitals = {one["hospital_id"] for group in waiting for one in group.candidates if "hospital_id" in one}
    items = {one["item_id"] for group in waiting for one in group.candidates if "item_id" in one}
    parties = {group.party_id for group in waiting if group.party_id}
    names = partners.party_names(hospitals | parties, request.actor)
    products = catalog.items(items, on=today, entity_id=0)
    searched, text = parsing.whole(request.GET.get("row")), request.GET.get("q", "").strip()[:60]
    found = []
    for group in waiting:
        offered = [
            {"id": one.get("hospital_id") or one.get("item_id"), "score": _percent(one.get("score"))}
            for one in group.candidates
        ]
        if group.row_id == searched and text:
            offered = [
                {"id": one, "score": ""} for one in _searched(group, text, names, products, request, today)
            ]
        for one in offered:
            item = products.get(one["id"]) if group.what == "product" else None
            one["name"] = f"{item.name} {item.specification}" if item else names.get(one["id"], "")
        found.append(
            {
                "group": group,
                "party": names.get(group.party_id, ""),
                "field": "hospital" if group.what == "customer" else "item",
                "offered": [one for one in offered if one["name"]],
                "searched": group.row_id == searched,
            }
        )
    return found


def _searched(group, text: str, names: dict, products: dict, request, today: dt.date) -> list[int]:
    """Ids the search finds; their names are added to what is known."""
    if group.what == "customer":
        hits = partners.search_parties(text, actor=request.actor, role="hospital", limit=8)
        names |= {one.id: one.name for one in hits}
        return [one.id for one in hits]
    goods = catalog.search_items(text, 8, on=today)
    products |= {one.id: one for one in goods}
    return [one.id for one in goods]


def _decide(request) -> HttpResponse:
    form = request.POST
    wanted = {
        "row_id": parsing.whole(form.get("row")),
        "hospital_id": parsing.whole(form.get("hospital")) or None,
        "item_id": parsing.whole(form.get("item")) or None,
    }

    counted = pages.once(
        request, lambda: operations.decide_match(**wanted, actor=request.actor, now=request.now).counted
    )
    return redirect(f"{reverse('flow_matching')}?counted={counted}")


def _percent(score: str | None) -> str:
    return f"{float(score) * 100:.0f}%" if score else ""
