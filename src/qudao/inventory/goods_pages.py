"""A warehouse's goods with fields beside them: what transfers, counts and putting away share."""

from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from qudao.inventory import queries
from qudao.kernel import errors, scope
from qudao.ui import formats, pages, parsing

# Rows of fields on a page; who looks for more says what.
SHOWN = 100


def show(
    request,
    template: str,
    zones: tuple[str, ...],
    refusal: errors.Refused | None = None,
    *,
    shelving: bool = False,
    **more: Any,
) -> HttpResponse:
    """A warehouse's goods with fields beside them, as typed before; for `shelving` those that lie on no shelf, while
    there are any and nobody asks for all."""
    asked = request.POST if request.method == "POST" else request.GET
    with scope.transaction(request.actor):
        sites = queries.list_sites(request.actor)
        site_id = parsing.whole(asked.get("site")) or (sites[0].id if sites else 0)
        text = asked.get("q", "").strip()
        waiting, pieces = queries.unshelved(site_id, request.actor) if shelving else (0, Decimal(0))
        only = waiting > 0 and asked.get("of") != "all"
        found = queries.goods_at(
            site_id, request.actor, text=text, statuses=zones, to_shelve=only, limit=SHOWN
        )
        usual = queries.usual_places(site_id, {one.item_id for one in found}, request.actor) if only else {}
    posted = request.POST
    here = next((one for one in sites if one.id == site_id), None)
    if zones == ("good",):
        crumbs = [
            {"title": _("Stock"), "url": reverse("stock")},
            {"title": _("Transfers"), "url": reverse("transfers")},
            {"title": _("New transfer")},
        ]
    else:
        crumbs = [{"title": _("Stock"), "url": reverse("stock")}, {"title": _("Stock count")}]
    context = {
        "sites": sites,
        "here": here,
        "others": [one for one in sites if here and one.id != site_id and one.entity_id == here.entity_id],
        "q": text,
        "crumbs": crumbs,
        "waiting": waiting,
        "pieces": pieces,
        "only": only,
        "shelves": any(one.location for one in found),
        "goods": [
            {
                "goods": one,
                "usual": usual.get(one.item_id, ""),
                "typed": posted.get(f"quantity_{one.balance_id}")
                or posted.get(f"counted_{one.balance_id}")
                or "",
                "free": formats.quantity(one.available),
                "shelf": posted.get(f"shelf_{one.balance_id}", ""),
            }
            for one in found
            if zones != ("good",) or one.available > 0
        ],
        "full": len(found) >= SHOWN,
        "most": SHOWN,
        "to": parsing.whole(posted.get("to")),
        "reason": posted.get("reason", ""),
        "reasons": refusal.reasons if refusal else (),
        **more,
    }
    return pages.show(request, template, context, status=refusal.status if refusal else 200)


def typed(request, name: str) -> dict[int, Decimal]:
    """`<name>_<id>` → the number typed; empty fields are left out. Raises Refused for what is no number."""
    found: dict[int, Decimal] = {}
    for field, text in request.POST.items():
        head, _, number = field.rpartition("_")
        if head != name or not number.isdigit() or not text.strip():
            continue
        value = parsing.number(text)
        if value is None:
            raise errors.refuse("inventory.quantity_not_a_number", text=text[:40])
        found[int(number)] = value
    return found
