"""A person's saved views and notices."""

import datetime as dt
import uuid

from qudao.kernel import errors, scope
from qudao.ui import models

MOST_NOTICES = 50
# Work nobody picked up for so long: probably no worker runs, and the page says so.
STALLED = dt.timedelta(seconds=60)


def list_views(listing: str, *, actor: scope.Actor) -> list[models.SavedView]:
    """The person's views of a list, the one that opens first at the front."""
    mine = models.SavedView.objects.filter(owner=actor.ref, listing=listing)
    return list(mine.order_by("-opens_first", "title"))


def list_notices(*, actor: scope.Actor) -> list[models.Notice]:
    """The last 50, newest first."""
    return list(models.Notice.objects.filter(owner=actor.ref).order_by("-id")[:MOST_NOTICES])


def get_notice(notice: uuid.UUID, *, actor: scope.Actor) -> models.Notice:
    """Raises NotFound for another's."""
    found = models.Notice.objects.filter(owner=actor.ref, pk=notice).first()
    if found is None:
        raise errors.NotFound()
    return found


def bell(*, actor: scope.Actor) -> tuple[int, int]:
    """(ended and unread, still under way), in one statement over the unread alone."""
    unread = models.Notice.objects.filter(owner=actor.ref, read_at__isnull=True).values_list(
        "state", flat=True
    )
    states = list(unread[:100])
    running = sum(state in ("waiting", "running") for state in states)
    return len(states) - running, running


def stalled(notice: models.Notice, now: dt.datetime) -> bool:
    """Whether the work still waits for a worker after a minute."""
    return notice.state == "waiting" and now - notice.created_at > STALLED
