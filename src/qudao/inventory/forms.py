"""What the warehouse's forms share: one effect a form, typed numbers and days."""

import datetime as dt
import functools
import unicodedata
import uuid
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpRequest

from qudao.kernel import errors, idempotency
from qudao.ui import pages

KEY = "key"
_OWN = (KEY, "csrfmiddlewaretoken")


def house_page(permission: str) -> Callable:
    """A page of our own people alone: for partners, whatever they were granted, it does not exist.

    Operations open the house's tables to whoever acts, so the page is the wall before them.
    """

    def decorate(view: Callable) -> Callable:
        @functools.wraps(view)
        def ours(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not request.actor.house:
                raise errors.NotFound
            return view(request, *args, **kwargs)

        return pages.page(permission)(ours)

    return decorate


def new_key() -> str:
    """The key of a form not yet sent."""
    return str(uuid.uuid4())


def key_of(request: HttpRequest) -> str:
    """The key to show the form again with: its own after a refusal, which stores nothing."""
    return request.POST.get(KEY) or new_key()


def once(request: HttpRequest, perform: Callable[[], Any]) -> Any:
    """Do what the form asks, once however often it is sent; answers what `perform` gave (a JSON value).

    Raises Refused as `perform` does, and `kernel.key_missing`, `kernel.key_reused`; Conflict `kernel.key_running`.
    """
    body = {name: values for name, values in request.POST.lists() if name not in _OWN}
    return idempotency.run(
        key=request.POST.get(KEY, ""),
        body=[request.path, body],
        actor=request.actor,
        now=request.now,
        perform=lambda: (200, perform()),
    ).response


def number(text: str | None) -> Decimal | None:
    """A typed number: full-width digits and thousand separators are understood, anything else is not."""
    plain = unicodedata.normalize("NFKC", text or "").replace(",", "").strip()
    try:
        found = Decimal(plain)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**12 else None


def whole(text: str | None) -> int:
    """A whole number; anything else counts as 0."""
    plain = text or ""
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 10 else 0


def day(text: str | None) -> dt.date | None:
    """A day as 2026-11-23; anything else is none."""
    try:
        return dt.date.fromisoformat((text or "").strip())
    except ValueError:
        return None
