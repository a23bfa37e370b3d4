"""Locks: once, late, sorted; a lock that does not come in time is a clear refusal, not a hang.

How long is waited is said once, where connections are opened (kernel.database).
"""

import contextlib
from collections.abc import Iterator

from django.db import OperationalError
from psycopg import errors as database_errors

from qudao.kernel import errors

_WAITED = (database_errors.LockNotAvailable, database_errors.DeadlockDetected)


@contextlib.contextmanager
def refusing_when_busy() -> Iterator[None]:
    """Turn a lock time-out or a deadlock into the refusal `kernel.busy` (safe to try again)."""
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, _WAITED):
            raise errors.Conflict([errors.Reason("kernel.busy")]) from error
        raise
