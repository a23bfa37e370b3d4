"""Putting goods away (上架) and moving them between the shelves of a warehouse."""

from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from qudao.inventory import goods_pages, operations, shelving
from qudao.kernel import errors
from qudao.ui import pages, parsing

TEMPLATE = "inventory/shelve.html"


@pages.house_page("inventory.stock.move")
def shelve(request) -> HttpResponse:
    """Goods to sell of a warehouse, their free quantity beside each, first those that lie on no shelf; a row with a
    shelf typed or scanned moves."""
    crumbs = [{"title": _("Stock"), "url": reverse("stock"), "rail": True}, {"title": _("Put away and move")}]
    if request.method == "POST":
        try:
            moved = pages.once(request, lambda: _move(request))
        except errors.Refused as refusal:
            return goods_pages.show(request, TEMPLATE, ("good",), refusal, shelving=True, crumbs=crumbs)
        kept = {"site": request.POST.get("site", ""), "q": request.POST.get("q", ""), "moved": moved}
        if request.POST.get("of") == "all":
            kept["of"] = "all"
        return redirect(f"{reverse('stock_shelve')}?{urlencode(kept)}")
    moved = parsing.whole(request.GET.get("moved"))
    return goods_pages.show(request, TEMPLATE, ("good",), shelving=True, crumbs=crumbs, moved=moved)


def _move(request) -> str:
    """Move the rows that name a shelf; how many. Raises Refused `inventory.shelf_unknown` by row."""
    quantities = goods_pages.typed(request, "quantity")
    site_id = parsing.whole(request.POST.get("site"))
    wanted = [
        (int(name.removeprefix("shelf_")), code)
        for name, code in request.POST.items()
        if name.startswith("shelf_") and name[6:].isdigit() and code.strip()
    ]
    portions = shelving.portions(
        site_id,
        [(balance_id, quantities.get(balance_id, Decimal(0)), code) for balance_id, code in wanted],
        request.actor,
    )
    operations.relocate_stock(portions=portions, actor=request.actor, now=request.now)
    return str(len(portions))
