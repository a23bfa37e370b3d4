"""Long work that can be left: it runs in the worker, shows how far it is, and ends in a notice.

    notice = progress.start(
        title=_("Statements of October"), work="qudao.settlement.jobs:build_all",
        actor=actor, now=now, month="2026-10",
    )                                                   # in a POST; queued with the caller's transaction
    return redirect("notice", notice)                   # shows the progress until it ends

    def build_all(run: progress.Run, *, month: str):    # in the worker; arguments are JSON values
        actor = actors.of_reference(run.owner, now=timezone.now())
        for n, account in enumerate(accounts, 1):
            ...                                         # transactions of its own
            run.advance(n, len(accounts))
        run.say(_("%(count)s statements built.") % …)   # what the notice says at the end
        return reverse("statements")                    # where the result is; None for nowhere

Work may run twice after a crash, so it decides by the state it finds. A refusal ends it with the reason;
anything else is a defect: the notice says so and the worker tries again. `tell` is a notice without work.
"""

import contextlib
import datetime as dt
import logging
import time
import uuid
from collections.abc import Iterator
from typing import Any

import psycopg
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from qudao.kernel import database, errors, jobs, manifest, messages, scope

from . import models

_LOG = logging.getLogger(__name__)
SECONDS_BETWEEN = 0.5
_SET = (
    "UPDATE ui_notice SET state = %s, done = %s, total = %s, changed_at = %s WHERE id = %s::uuid"
    " AND state <> 'done'"
)


def start(*, title: Any, work: str, actor: scope.Actor, now: dt.datetime, **arguments: Any) -> uuid.UUID:
    """Queue `work` (`module:function`) for the actor; the notice's id. Both vanish if the transaction does."""
    with scope.transaction(actor, acting=True):
        notice = _made(title, actor.ref, now, state="waiting")
        jobs.defer(run, notice=str(notice.pk), work=work, arguments=arguments)
    return notice.pk


def tell(
    *,
    owner: str,
    title: Any,
    now: dt.datetime,
    detail: Any = "",
    url: str = "",
    failed: bool = False,
) -> uuid.UUID:
    """A notice for the actor with reference `owner` ("person:7"), in the transaction that is open."""
    state = "failed" if failed else "done"
    return _made(title, owner, now, state=state, detail=str(detail)[:1000], url=url).pk


def _made(title: Any, owner: str, now: dt.datetime, **more: Any) -> models.Notice:
    return models.Notice.objects.create(
        owner=owner,
        title=str(title)[:200],
        language=translation.get_language() or "zh-hans",
        created_at=now,
        changed_at=now,
        **more,
    )


class Run:
    """One run of the work. `owner` is the reference of who started it."""

    def __init__(self, notice: str, owner: str, connection: psycopg.Connection) -> None:
        self.notice, self.owner, self.said = notice, owner, ""
        self._connection = connection
        self._told = 0.0

    def advance(self, done: int, total: int) -> None:
        """Say how far the work is; may be called often, also inside a transaction."""
        if done < total and time.monotonic() - self._told < SECONDS_BETWEEN:
            return
        self._told = time.monotonic()
        self._connection.execute(_SET, ["running", done, total, timezone.now(), self.notice])

    def say(self, words: Any) -> None:
        """What the notice will say once the work is done: lines of text, 1,000 characters at most."""
        self.said = str(words)


@jobs.task
def run(*, notice: str, work: str, arguments: dict) -> None:
    """What the worker does: the work, then its end."""
    with scope.everything("progress"):
        found = models.Notice.objects.filter(pk=notice).first()
    if found is None or found.state == "done":
        return
    with translation.override(found.language), _telling() as connection:
        running = Run(notice, found.owner, connection)
        running.advance(0, 0)
        try:
            url = manifest.resolve(work)(running, **arguments)
        except errors.Refused as refusal:
            said = [messages.render(reason) for reason in refusal.reasons[:5]]
            detail = "\n".join(" ".join(filter(None, (one.title, one.why, one.mend))) for one in said)
            _end(notice, "failed", detail)
        except Exception:
            _LOG.exception("work %s of notice %s failed", work, notice)
            _end(notice, "failed", _("A defect of ours. It is logged and will be tried again."))
            raise
        else:
            _end(notice, "done", running.said, url or "")


def _end(notice: str, state: str, detail: str, url: str = "") -> None:
    with scope.everything("progress"):
        models.Notice.objects.filter(pk=notice).update(
            state=state, detail=detail[:1000], url=url, changed_at=timezone.now(), read_at=None
        )


@contextlib.contextmanager
def _telling() -> Iterator[psycopg.Connection]:
    """A connection of its own: progress is seen while the work's transaction is still open."""
    with database.connect("app", autocommit=True) as connection:
        connection.execute("SELECT set_config('app.everyone', 'on', false)")
        yield connection
