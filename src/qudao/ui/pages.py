"""How a view is written: one decorator that names the permission and opens the person's transaction.

@pages.page("orders.order.place")
def place(request):                                     # the template's form holds {% form_key %}
    order = pages.once(request, lambda: str(operations.place_order(...).id))
    return redirect("order", order)
"""

import functools
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as django_render
from django.urls import NoReverseMatch, reverse

from qudao.kernel import errors, idempotency, scope

# Every page with its permission, for the permission matrix: view name → permission ('' is any signed-in).
PAGES: dict[str, str] = {}
KEY = "key"
TOKEN = "csrfmiddlewaretoken"


def page(permission: str, *, own_transaction: bool = False) -> Callable:
    """A page for signed-in people holding `permission` ('' for all).

    A GET runs inside the person's reading transaction, rendering included. A POST does not: its
    operation opens its own, so that a refusal leaves nothing behind; what it shows afterwards it shows
    through `show`. `own_transaction`: a GET does not either, for pages that look through an operation.

    Somebody whose session ended is asked to sign in; what a form carried is kept (`signed_out`).
    """

    def decorate(view: Callable) -> Callable:
        PAGES[f"{view.__module__}.{view.__name__}"] = permission

        @functools.wraps(view)
        def wrapped(request, *args, **kwargs) -> HttpResponse:
            reading = request.method in ("GET", "HEAD")
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path()) if reading else signed_out(request)
            if permission:
                request.actor.require(permission)
            if own_transaction or not reading:
                return view(request, *args, **kwargs)
            with scope.transaction(request.actor):
                return view(request, *args, **kwargs)

        wrapped.permission = permission
        return wrapped

    return decorate


def show(request, template: str, context: dict, *, status: int = 200) -> HttpResponse:
    """Render a template inside the person's reading transaction."""
    with scope.transaction(request.actor):
        return django_render(request, template, context, status=status)


def house_page(permission: str) -> Callable:
    """A page of our own people alone: for partners, whatever they were granted, it does not exist.

    Operations open the house's tables to whoever acts, so the page is the wall before them.
    """

    def decorate(view: Callable) -> Callable:
        @functools.wraps(view)
        def ours(request, *args, **kwargs) -> HttpResponse:
            if not request.actor.house:
                raise errors.NotFound
            return view(request, *args, **kwargs)

        return page(permission)(ours)

    return decorate


def acts_on(back: str) -> Callable:
    """For an address that only acts: looked at, by a reload or a change of language, it leads to the page `back`,
    which takes the same parts of the address or none."""

    def decorate(view: Callable) -> Callable:
        @functools.wraps(view)
        def posted(request, *args, **kwargs) -> HttpResponse:
            if request.method == "POST":
                return view(request, *args, **kwargs)
            try:
                return redirect(reverse(back, kwargs=kwargs))
            except NoReverseMatch:
                return redirect(reverse(back))

        return posted

    return decorate


def once(request, perform: Callable[[], Any], *, body: Any = None) -> Any:
    """What `perform` answers (a JSON value: an id, an address), done once for this filling of the form.

    A double click, the back button and a second tab of the same form get the first answer again. A refusal
    stores nothing: the form may be mended and sent again under its key. Raises Refused
    `ui.form_sent_already` when the form comes again with other values after it took effect, or another
    form of the page under its key. `body`: what of the form counts, where not every field does.
    """
    if body is None:
        body = {name: values for name, values in request.POST.lists() if name != TOKEN}
    try:
        outcome = idempotency.run(
            key=request.POST.get(KEY, ""),
            body=[request.get_full_path(), body],
            actor=request.actor,
            now=request.now,
            perform=lambda: (200, perform()),
        )
    except errors.Refused as refusal:
        if [reason.code for reason in refusal.reasons] == ["kernel.key_reused"]:
            raise errors.refuse("ui.form_sent_already") from refusal
        raise
    return outcome.response


def form_key(request) -> str:
    """The key of a form: the one it was sent with, while it is shown again to be mended; else a new one."""
    return (request.POST.get(KEY) if request is not None else None) or str(uuid.uuid4())


def signed_out(request, reason: str = "") -> HttpResponse:
    """The answer to a form sent without a session: it keeps every field, and sends them again once the
    person has signed in. Files cannot be kept; the page says so. Also the view of failed form tokens.

    A form token no longer fits when the person signed in anew in another tab. Only a form of our own site
    (its Origin says so) is kept; anything else is refused as before.
    """
    if not _from_here(request):
        return django_render(request, "ui/not_from_here.html", {}, status=403)
    fields = [(name, value) for name, values in request.POST.lists() if name != TOKEN for value in values]
    context = {"fields": fields, "files": bool(request.FILES), "signed_in": request.user.is_authenticated}
    return django_render(request, "ui/signed_out.html", context, status=403 if reason else 401)


def _from_here(request) -> bool:
    origin = request.headers.get("Origin")
    return origin is None or origin == f"{request.scheme}://{request.get_host()}"
