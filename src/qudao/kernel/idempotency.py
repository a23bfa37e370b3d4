"""One effect per key, however often and however concurrently a request is sent."""

import dataclasses
import datetime as dt
import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import connection

from qudao.kernel import errors, scope

# The advisory lock makes a second request with a running key answer at once instead of waiting for it; it is
# held until the transaction ends, so that nobody else can store an answer under the key meanwhile.
_CLAIM = """
WITH claim AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock(hashtextextended(%(actor)s || chr(10) || %(key)s, 7)) AS got
)
SELECT claim.got, found.body_digest, found.status, found.response
FROM claim LEFT JOIN kernel_idempotencykey found ON found.actor = %(actor)s AND found.key = %(key)s
"""
_STORE = """
INSERT INTO kernel_idempotencykey (actor, key, body_digest, created_at, status, response)
VALUES (%s, %s, %s, %s, %s, %s::jsonb) ON CONFLICT (actor, key) DO NOTHING
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What the write answered, and whether it was answered from the store."""

    status: int
    response: Any
    replayed: bool


def digest(body: Any) -> bytes:
    """The fingerprint of a request's body (any JSON value; other types by their text)."""
    text = json.dumps(body, sort_keys=True, default=str, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def run(
    *,
    key: str,
    body: Any,
    actor: scope.Actor,
    now: dt.datetime,
    perform: Callable[[], tuple[int, Any]],
) -> Outcome:
    """Perform once under (actor, key), storing (status, JSON response) with the effect.

    A refusal stores nothing: the same key may be tried again once the cause is mended.
    Raises Refused `kernel.key_reused` for another body, Conflict `kernel.key_running` while the first
    request runs, Refused `kernel.key_missing` without a key.
    """
    if not key or len(key) > 200:
        raise errors.refuse("kernel.key_missing")
    fingerprint = digest(body)
    with scope.transaction(actor, acting=True):
        with connection.cursor() as cursor:
            cursor.execute(_CLAIM, {"actor": actor.ref, "key": key})
            got, stored, status, response = cursor.fetchone()
        if stored is not None:
            if bytes(stored) != fingerprint:
                raise errors.refuse("kernel.key_reused", key=key)
            decoded = json.loads(response) if isinstance(response, str) else response
            return Outcome(status, decoded, replayed=True)
        if not got:
            raise _running(key)
        status, response = perform()
        answer = json.dumps(response, default=str, ensure_ascii=False)
        with connection.cursor() as cursor:
            cursor.execute(_STORE, [actor.ref, key, fingerprint, now, status, answer])
            if not cursor.rowcount:
                # The first request ended between this one's snapshot and its lock.
                raise _running(key)
    return Outcome(status, response, replayed=False)


def _running(key: str) -> errors.Conflict:
    return errors.Conflict([errors.Reason("kernel.key_running", params={"key": key})])
