"""The product list taken in from Excel: checked cell by cell, then entered whole or not at all."""

import dataclasses
from typing import Any

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qudao.catalog import files, queries
from qudao.kernel import errors, periods, scope
from qudao.ui import excel, pages, uploads, verdicts

MANAGE = "catalog.item.manage"
SALT = "catalog.product.file"


@pages.page(MANAGE, own_transaction=True)
def product_upload(request) -> HttpResponse:
    """Check the file, then enter exactly the products that were checked, with their certificates."""
    context: dict[str, Any] = {
        "crumbs": [
            {"title": _("Products"), "url": reverse("devices"), "rail": True},
            {"title": _("Products from Excel")},
        ],
        "limit": uploads.limit(),
    }
    code = 200
    try:
        if request.method == "POST" and request.POST.get("token"):
            return _taken_in(request)
        if request.method == "POST":
            context |= _checked(request)
            code = 200 if context["token"] else 422
    except errors.Refused as refusal:
        context["reasons"], code = refusal.reasons[:50], refusal.status
    with scope.transaction(request.actor):
        context["lines"] = [(one.code, queries.line_names()[one.id]) for one in queries.list_lines()]
    return pages.show(request, "catalog/product_upload.html", context, status=code)


@require_safe
@pages.page(MANAGE)
def product_template(_request) -> HttpResponse:
    """The empty workbook of a product list."""
    return excel.blank(files.SHEET, _("Product template"))


def _checked(request) -> dict[str, Any]:
    uploaded = request.FILES.get("file")
    content = uploads.content(uploaded)
    with scope.transaction(request.actor):
        result = files.check(content, today=periods.business_date(request.now), filename=uploaded.name)
    good = result.ok and result.count
    return {
        "filename": uploaded.name,
        "sheets": [verdicts.sheet(result)],
        "count": result.count,
        "token": uploads.looked_at(request, content, salt=SALT, name=uploaded.name) if good else "",
    }


def _taken_in(request) -> HttpResponse:
    """Enter exactly what was checked."""
    told = uploads.told(request, request.POST["token"], salt=SALT)
    done = pages.once(
        request,
        lambda: dataclasses.asdict(
            files.commit(uploads.kept(told), filename=told["name"], actor=request.actor, now=request.now)
        ),
    )
    notices.success(
        request,
        _("Entered: %(items)s products, %(certificates)s certificates.")
        % {"items": done["items"], "certificates": done["certificates"]},
    )
    return redirect("devices")
