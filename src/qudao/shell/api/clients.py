"""API clients: registered by an administrator, known by an id and a secret told once."""

import datetime as dt
import secrets

from allauth.idp.oidc import models
from django.db import IntegrityError, transaction

from qudao.kernel import errors, scope
from qudao.organisation import operations


def register(
    *,
    client_id: str,
    name: str,
    role: str,
    party_id: int = 0,
    whole: bool = False,
    actor: scope.Actor,
    now: dt.datetime,
) -> str:
    """Register a client with one post and return its secret, which is kept only as a hash.

    `party_id` ties it to a partner's own nodes. Raises Refused `api.client_taken`, and what
    `organisation.operations.grant_post` refuses; nothing is left behind then.
    """
    secret = secrets.token_urlsafe(32)
    with scope.transaction(actor, acting=True):
        client = models.Client(id=client_id, name=name)
        client.set_secret(secret)
        client.set_scopes([])
        client.grant_types = models.Client.GrantType.CLIENT_CREDENTIALS
        try:
            with transaction.atomic():
                client.save(force_insert=True)
        except IntegrityError as error:
            raise errors.refuse("api.client_taken", client=client_id) from error
        operations.grant_post(
            role=role, client_id=client_id, party_id=party_id, whole=whole, actor=actor, now=now
        )
    return secret
