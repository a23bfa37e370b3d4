"""A part of the NMPA device register taken in: checked record by record first, then in the background."""

import io
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from qudao.catalog import jobs, operations
from qudao.kernel import errors
from qudao.ui import pages, progress, uploads

SALT = "catalog.register.checked"
SHOWN = 50


@pages.page("catalog.item.manage", own_transaction=True)
def udi_import(request) -> HttpResponse:
    """Check a part of the release, then take in exactly what was checked; afterwards what it did."""
    context: dict[str, Any] = {"limit": uploads.limit()}
    code = 200
    if request.method == "POST":
        try:
            if "take" in request.POST:
                return redirect("notice", pages.once(request, lambda: str(_started(request))))
            context |= _checked(request)
        except errors.Refused as refusal:
            context["refused"], code = refusal.reasons, refusal.status
    elif "done" in request.GET:
        context |= _told(request.GET["done"])
    return pages.show(request, "catalog/udi_import.html", context, status=code)


def _checked(request) -> dict[str, Any]:
    """The dry run. What was looked at is kept under a signed name, so that exactly it is taken in."""
    uploaded = request.FILES.get("file")
    content = uploads.content(uploaded)
    result = operations.check_udi(io.BytesIO(content), actor=request.actor)
    found: dict[str, Any] = {
        "name": uploaded.name,
        "counts": _counts({key: getattr(result, key) for key in result.COUNTS}),
        "reasons": result.reasons[:SHOWN],
        "more": max(0, len(result.reasons) - SHOWN),
    }
    if result.new or result.changed:
        told = {"name": uploaded.name[:100], "total": result.read}
        found["token"] = uploads.looked_at(request, content, salt=SALT, **told)
    return found


def _started(request):
    told = uploads.told(request, request.POST["take"], salt=SALT)
    return progress.start(
        title=_("Device register: %(name)s") % {"name": told["name"]},
        work="qudao.catalog.jobs:take_in_register",
        actor=request.actor,
        now=request.now,
        **told,
    )


def _told(text: str) -> dict[str, Any]:
    """What the work said it did; nothing for an address nobody signed."""
    try:
        told = signing.loads(text, salt=jobs.SALT)
    except signing.BadSignature:
        return {}
    return {"name": told["name"], "counts": _counts(told), "finished": True}


def _counts(told: dict[str, Any]) -> list[tuple[str, int]]:
    words = {
        "read": _("Records read"),
        "new": _("New"),
        "changed": _("Newer than on file"),
        "unchanged": _("On file already"),
        "refused": _("Refused"),
    }
    return [(words[key], told[key]) for key in operations.UdiImport.COUNTS]
