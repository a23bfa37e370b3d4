"""Orders in from a dealer's Excel."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.kernel import errors, scope
from qudao.orders import files, presenting
from qudao.partners import queries as partners
from qudao.ui import excel, pages, parsing, uploads


@pages.page("orders.order.place", own_transaction=True)
def order_upload(request) -> HttpResponse:
    """Take in a dealer's Excel as one order, or say row by row why not. Nothing is kept half."""
    party_id = request.actor.party_id or parsing.whole(request.GET.get("party") or request.POST.get("party"))
    with scope.transaction(request.actor):
        party = partners.get_party(party_id, request.actor)
        context = {
            "party": party,
            "crumbs": [{"title": _("Orders"), "url": reverse("orders")}, {"title": _("Order from Excel")}],
            "accounts": presenting.choices(party.accounts),
            "places": party.places,
            "limit": uploads.limit(),
            "columns": _columns(),
            "reference": request.POST.get("reference", ""),
        }
    if request.method != "POST":
        return pages.show(request, "orders/upload.html", context)
    try:
        order = files.place_order_file(
            uploads.content(request.FILES.get("file")),
            filename=request.FILES["file"].name,
            account_id=parsing.whole(request.POST.get("account")),
            ship_to_id=parsing.whole(request.POST.get("ship_to")),
            reference=context["reference"].strip(),
            actor=request.actor,
            now=request.now,
        )
    except errors.Refused as refusal:
        context["reasons"] = refusal.reasons[:50]
        context["more"] = max(0, len(refusal.reasons) - 50)
        return pages.show(request, "orders/upload.html", context, status=refusal.status)
    notices.success(request, _("The order is placed."))
    return redirect("order", order_id=order.id)


def _columns() -> list[tuple[str, str]]:
    """The columns of a sheet, and what becomes of each."""
    names = {
        "code": _("Product code"),
        "quantity": _("Quantity"),
        "unit": _("Unit"),
        "name": _("Product name"),
        "specification": _("Specification"),
        "remark": _("Remark"),
    }
    needed = {one.name: _("required") if one.required else _("optional") for one in files.BLANK.columns}
    return [(label, needed.get(name, _("ignored"))) for name, label in names.items()]


@require_safe
@pages.page("orders.order.place")
def order_form(_request) -> HttpResponse:
    """The blank form of an order: the columns that are read."""
    return excel.blank(files.BLANK, _("Order template"))
