"""What the forms of pricing share: numbers from an address, uploaded bytes, one effect per form."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings

from qudao.kernel import errors, idempotency


def whole(text: str | None) -> int:
    """A number an address or form names; 0 for what is none."""
    return int(text) if text and text.isdecimal() and len(text) < 10 else 0


def content(uploaded: Any) -> bytes:
    """The bytes of an upload; raises Refused for none and for one over the limit, before it is read."""
    if uploaded is None or not uploaded.size:
        raise errors.refuse("pricing.file_missing")
    if uploaded.size > settings.UPLOAD_LIMIT:
        raise errors.refuse("pricing.file_too_large", limit=settings.UPLOAD_LIMIT // (1024 * 1024))
    return uploaded.read()


def key(request) -> str:
    """The key of the form: the one it came with, so that sending it twice is one effect."""
    return request.POST.get("key", "") or str(uuid.uuid4())


def once(request, *, body: Any, perform: Callable[[], Any]) -> Any:
    """Perform under the key of the form; what `perform` returned, also the second time. Raises Refused."""
    outcome = idempotency.run(
        key=key(request),
        body=body,
        actor=request.actor,
        now=request.now,
        perform=lambda: (200, perform()),
    )
    return outcome.response
