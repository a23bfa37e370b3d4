"""What the API says of itself and of the caller."""

from typing import Literal

import pydantic

from qudao.kernel import web

router = web.router("me")


class Me(pydantic.BaseModel):
    """The caller as this request sees it."""

    kind: Literal["person", "client", "job"]
    name: str
    permissions: list[str]
    party_id: int | None


@web.operation(router.get, "/me", permission="", response=Me)
def me(request):
    """Who you are and what you may do, as of this request."""
    actor = request.actor
    return Me(
        kind=actor.kind, name=actor.name, permissions=sorted(actor.permissions), party_id=actor.party_id
    )
