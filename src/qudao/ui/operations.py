"""What a person does to saved views and notices. Nothing of the trade changes, so nothing is journalled."""

import datetime as dt

from django.http import QueryDict

from qudao.kernel import errors, scope
from qudao.ui import filters, models

MOST_VIEWS = 20
# Of an address, these are not part of a view.
PASSING = (filters.CURSOR, "format")


def save_view(
    *, listing: str, title: str, query: str, first: bool = False, actor: scope.Actor, now: dt.datetime
) -> models.SavedView:
    """Keep a list's query string under a title; the same title again replaces it. 20 a list at most."""
    title, query = _title(title), kept(query)
    if len(query) > 1000:
        raise errors.refuse("ui.view_too_long")
    with scope.transaction(actor, acting=True):
        mine = models.SavedView.objects.filter(owner=actor.ref, listing=listing)
        if mine.count() >= MOST_VIEWS and not mine.filter(title=title).exists():
            raise errors.refuse("ui.too_many_views", most=MOST_VIEWS)
        found, _ = models.SavedView.objects.update_or_create(
            owner=actor.ref, listing=listing, title=title, defaults={"query": query, "created_at": now}
        )
        if first:
            _open_first(found, True)
    return found


def rename_view(*, view_id: int, title: str, actor: scope.Actor) -> None:
    """Raises Refused when another view of the list has the title."""
    with scope.transaction(actor, acting=True):
        view = _mine(view_id, actor)
        view.title = _title(title)
        others = models.SavedView.objects.filter(owner=actor.ref, listing=view.listing, title=view.title)
        if others.exclude(pk=view.pk).exists():
            raise errors.refuse("ui.view_title_taken", title=view.title)
        view.save(update_fields=["title"])


def delete_view(*, view_id: int, actor: scope.Actor) -> None:
    """Gone; the list itself is untouched."""
    with scope.transaction(actor, acting=True):
        _mine(view_id, actor).delete()


def open_view_first(*, view_id: int, first: bool, actor: scope.Actor) -> None:
    """Whether the list opens with this view; at most one does."""
    with scope.transaction(actor, acting=True):
        _open_first(_mine(view_id, actor), first)


def read_notices(*, actor: scope.Actor, now: dt.datetime) -> None:
    """The person has seen everything that ended."""
    with scope.transaction(actor):
        ended = models.Notice.objects.filter(
            owner=actor.ref, read_at__isnull=True, state__in=("done", "failed")
        )
        ended.update(read_at=now)


def kept(query: str) -> str:
    """A query string without what belongs to the moment."""
    found = QueryDict(query.removeprefix("?"), mutable=True)
    for key in PASSING:
        found.pop(key, None)
    return found.urlencode()


def _open_first(view: models.SavedView, first: bool) -> None:
    models.SavedView.objects.filter(owner=view.owner, listing=view.listing, opens_first=True).update(
        opens_first=False
    )
    if first:
        models.SavedView.objects.filter(pk=view.pk).update(opens_first=True)


def _mine(view_id: int, actor: scope.Actor) -> models.SavedView:
    found = models.SavedView.objects.filter(owner=actor.ref, pk=view_id).first()
    if found is None:
        raise errors.NotFound()
    return found


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title or len(title) > 40:
        raise errors.refuse("ui.view_without_title")
    return title
