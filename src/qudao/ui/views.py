"""A person's saved views and notices; and the page of every component, for those who build pages."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from qudao.kernel import scope

from . import listing, operations, pages, parsing, queries, sample


@pages.page("")
def components(request: HttpRequest) -> HttpResponse:
    """Every component once, filled with invented data; reads nothing from the database, and what is sent
    changes nothing."""
    return render(request, "ui/components.html", sample.context(request))


@require_safe
@pages.page("")
def drawer(request: HttpRequest) -> HttpResponse:
    """What a link with `data-drawer` loads."""
    return render(request, "ui/components_drawer.html", {"explanation": sample.EXPLANATION})


@require_safe
@pages.page("")
def search(request: HttpRequest) -> HttpResponse:
    """The palette's answer, over the invented data."""
    query = request.GET.get("q", "").strip()
    return render(request, "ui/search_results.html", {"query": query, "groups": sample.found(query)})


@pages.page("")
@require_POST
def saved_views(request: HttpRequest) -> HttpResponse:
    """Save, rename, delete a view of a list, or have the list open with it; back to the list."""
    post = request.POST
    back, step = listing.back(request, "/"), post.get("step", "")
    if step == "save":
        view = operations.save_view(
            listing=post.get("listing", "")[:60],
            title=post.get("title", ""),
            query=post.get("query", ""),
            first="first" in post,
            actor=request.actor,
            now=request.now,
        )
        return redirect(f"{back.partition('?')[0]}?{view.query}")
    view_id = parsing.whole(post.get("view"))
    if step == "rename":
        operations.rename_view(view_id=view_id, title=post.get("title", ""), actor=request.actor)
    elif step == "delete":
        operations.delete_view(view_id=view_id, actor=request.actor)
    elif step in ("first", "not_first"):
        operations.open_view_first(view_id=view_id, first=step == "first", actor=request.actor)
    return redirect(back)


@require_safe
@pages.page("")
def notices(request: HttpRequest) -> HttpResponse:
    """What the person started and should know, newest first; having seen it, the bell falls silent."""
    found = queries.list_notices(actor=request.actor)
    running = any(one.state in ("waiting", "running") for one in found)
    shown = [{"notice": one, "stalled": queries.stalled(one, request.now)} for one in found]
    context = {"notices_shown": shown, "running": running}
    if request.headers.get("HX-Request"):
        return pages.show(request, "ui/parts/notices.html", context)
    answer = pages.show(request, "ui/notices.html", context)
    operations.read_notices(actor=request.actor, now=request.now)
    return answer


@require_safe
@pages.page("")
def notice(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """The progress of one piece of work, asked again and again until it ends."""
    found = queries.get_notice(notice_id, actor=request.actor)
    context = {
        "notice": found,
        "stalled": queries.stalled(found, request.now),
        "crumbs": [{"title": _("Notices"), "url": reverse("notices")}, {"title": found.title}],
    }
    if request.headers.get("HX-Request"):
        return pages.show(request, "ui/parts/progress.html", context)
    return pages.show(request, "ui/notice.html", context)


@require_safe
@pages.page("")
def bell(request: HttpRequest) -> HttpResponse:
    """The bell of the top bar, asked while work is under way."""
    return pages.show(request, "ui/parts/bell.html", {"notices": bell_of(request.actor)})


def bell_of(actor: scope.Actor) -> dict:
    """What the top bar shows: how much ended unseen, and whether anything is under way."""
    with scope.transaction(actor):
        unread, running = queries.bell(actor=actor)
    return {"url": reverse("notices"), "count": unread, "running": running}
