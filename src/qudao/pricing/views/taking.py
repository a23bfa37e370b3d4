"""What the forms of pricing share: uploaded bytes."""

from typing import Any

from django.conf import settings

from qudao.kernel import errors


def content(uploaded: Any) -> bytes:
    """The bytes of an upload; raises Refused for none and for one over the limit, before it is read."""
    if uploaded is None or not uploaded.size:
        raise errors.refuse("pricing.file_missing")
    if uploaded.size > settings.UPLOAD_LIMIT:
        raise errors.refuse("pricing.file_too_large", limit=settings.UPLOAD_LIMIT // (1024 * 1024))
    return uploaded.read()
