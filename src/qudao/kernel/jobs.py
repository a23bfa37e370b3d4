"""Jobs: what happens later or again and again, kept in the database and run by `qudao worker`.

    @jobs.periodic("*/5 * * * *")
    def expire_reservations(*, now): ...

    @jobs.task
    def print_statement(*, statement_id): ...

    jobs.defer(print_statement, statement_id=7)        # in the transaction that wants it

A module lists its `jobs` modules in the manifest. A deferred job commits or vanishes with the transaction
that deferred it; it may run twice after a crash, so it decides by the state it finds. What a killed worker
left is queued again (`take_up`). The library's two
notifying triggers are switched off (`silence`): NOTIFY takes a lock on the whole database at commit, which
would line up all writers. The worker asks instead.
"""

import datetime as dt
import functools
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connection
from procrastinate import psycopg_connector, retry
from procrastinate.contrib.django import app as registry

from qudao.kernel import database, frames

POLL_SECONDS = 1.0
MOST_ATTEMPTS = 5
RETRIES = retry.RetryStrategy(max_attempts=MOST_ATTEMPTS, exponential_wait=3)
NOTIFYING = (
    "procrastinate_jobs_notify_queue_job_inserted_v1",
    "procrastinate_jobs_notify_queue_job_aborted_v1",
)

# Jobs whose worker is gone, or has not been heard of for half a minute.
_LEFT = """
SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
WHERE j.status = 'doing' AND j.attempts < %s
    AND (w.id IS NULL OR w.last_heartbeat < now() - interval '30 seconds')
"""


def task(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function deferrable. Its arguments are keyword-only JSON values; a failure is tried again."""
    registry.task(name=_name(function), retry=RETRIES)(frames.roomy(function))
    return function


def periodic(cron: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Run a function at the minutes `cron` names (UTC), once however many workers there are.

    It gets `now`, the instant it was due. A run that is still waiting is not joined by another.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def due(timestamp: int) -> None:
            function(now=dt.datetime.fromtimestamp(timestamp, dt.UTC))

        name = _name(function)
        made = registry.task(name=name, queueing_lock=name, lock=name)(due)
        registry.periodic(cron=cron)(made)
        return function

    return decorate


def defer(function: Callable[..., Any], *, at: dt.datetime | None = None, **arguments: Any) -> int:
    """Queue a task with the running transaction; returns the job's number."""
    return registry.configure_task(name=_name(function), schedule_at=at).defer(**arguments)


def run(*, wait: bool = True) -> None:
    """Run jobs in this thread: until a stop signal, or with `wait=False` until none is waiting."""
    connector = psycopg_connector.PsycopgConnector(kwargs=database.parameters("app"), min_size=1, max_size=4)
    with registry.replace_connector(connector) as app:
        app.run_worker(
            name="qudao",
            wait=wait,
            concurrency=2,
            listen_notify=False,
            fetch_job_polling_interval=POLL_SECONDS,
            delete_jobs="successful",
            install_signal_handlers=wait,
            shutdown_graceful_timeout=20,
        )


def _take_up(timestamp: int) -> None:
    take_up()


# Without a lock of its own: killed in the middle, it would stand in its own way for ever.
registry.periodic(cron="* * * * *")(
    registry.task(name=f"{__name__}.take_up", queueing_lock=f"{__name__}.take_up")(_take_up)
)


def take_up() -> int:
    """Queue again what a worker was doing when it was killed, five attempts at most; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [MOST_ATTEMPTS])
        left = [job for (job,) in cursor.fetchall()]
    for job in left:
        registry.job_manager.retry_job_by_id(job, retry_at=dt.datetime.now(dt.UTC))
    return len(left)


def silence(connection: psycopg.Connection) -> None:
    """As the owner, switch the notifying triggers off."""
    for trigger in NOTIFYING:
        connection.execute(f"ALTER TABLE procrastinate_jobs DISABLE TRIGGER {trigger}")


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__name__}"
