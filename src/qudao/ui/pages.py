"""How a view is written: one decorator that names the permission and opens the person's transaction."""

import functools
from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render as django_render

from qudao.kernel import scope

# Every page with its permission, for the permission matrix: view name → permission ('' is any signed-in).
PAGES: dict[str, str] = {}


def page(permission: str, *, own_transaction: bool = False) -> Callable:
    """A page for signed-in people holding `permission` ('' for all).

    A GET runs inside the person's reading transaction, rendering included. A POST does not: its
    operation opens its own, so that a refusal leaves nothing behind; what it shows afterwards it shows
    through `show`. `own_transaction`: a GET does not either, for pages that look through an operation.
    """

    def decorate(view: Callable) -> Callable:
        PAGES[f"{view.__module__}.{view.__name__}"] = permission

        @login_required
        @functools.wraps(view)
        def wrapped(request, *args, **kwargs) -> HttpResponse:
            if permission:
                request.actor.require(permission)
            if own_transaction or request.method not in ("GET", "HEAD"):
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
