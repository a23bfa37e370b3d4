"""Files people send: within the limit, looked at first, then taken in exactly as they were looked at.

content = uploads.content(request.FILES.get("file"))
token = uploads.looked_at(request, content, salt=SALT, name=…, account=…)   # a hidden field of the next form
told = uploads.told(request, request.POST["token"], salt=SALT)              # name, account, digest
content = uploads.kept(told)
"""

from typing import Any

from django.conf import settings
from django.core import signing

from qudao.kernel import blobs, errors

A_DAY = 86_400
_MB = 1024 * 1024


def limit() -> int:
    """What is taken in at the most, in MB."""
    return settings.UPLOAD_LIMIT // _MB


def content(uploaded: Any) -> bytes:
    """The bytes of an upload; raises Refused for none and for one over the limit, before it is read."""
    if uploaded is None or not uploaded.size:
        raise errors.refuse("ui.file_missing")
    if uploaded.size > settings.UPLOAD_LIMIT:
        raise errors.refuse("ui.file_too_large", size=uploaded.size // _MB, limit=limit())
    return uploaded.read()


def looked_at(request: Any, content: bytes, *, salt: str, **told: Any) -> str:
    """Keep what was looked at, with what was told of it, under a name signed for this person."""
    return signing.dumps({**told, "digest": blobs.put(content), "actor": request.actor.ref}, salt=salt)


def told(request: Any, token: str, *, salt: str) -> dict[str, Any]:
    """What was told of a file, and its `digest`. Raises Refused `ui.check_again` for a name that is more than
    a day old or another person's."""
    try:
        found = signing.loads(token, salt=salt, max_age=A_DAY)
    except signing.BadSignature as error:
        raise errors.refuse("ui.check_again") from error
    if found.pop("actor", "") != request.actor.ref:
        raise errors.refuse("ui.check_again")
    return found


def kept(told: dict[str, Any]) -> bytes:
    """The bytes as they were looked at."""
    with blobs.open(told["digest"]) as blob:
        return blob.read()
